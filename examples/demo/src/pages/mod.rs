//! The demo's pages: what each shows, and how it is sent.

mod admin;
mod claim;
mod failed;
mod home;
mod lifetime;
mod not_found;
mod person;
mod refreshed;
mod response;
mod secure;
mod sessions;
mod step_up;
mod style;
mod when;

pub(crate) use self::{
    admin::{AdminPage, UsersSessions},
    claim::Claim,
    failed::FailedPage,
    home::HomePage,
    lifetime::Lifetime,
    not_found::NotFoundPage,
    person::Person,
    refreshed::{NotRefreshedPage, RefreshedPage},
    response::page,
    secure::SecurePage,
    sessions::{SessionRow, SessionsPage},
    step_up::StepUpPage,
    style::style,
};

#[cfg(test)]
mod tests;
