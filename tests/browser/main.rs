//! The demo and its embedded provider in a real browser.

mod back_button;
mod consent;
mod cookie;
mod elsewhere;
mod https;
mod looks;
mod refusals;
mod scripts;
mod sessions;
mod silent_login;
mod stage;
mod step_up;
mod tabs;
mod tutorial;
