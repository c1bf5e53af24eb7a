//! Requests that overlap, in every order that matters, against every store: tables of races, and stores as their second
//! dimension.
//!
//! So are the flows in which users see and end their sessions, which go through every part of a store.
//!
//! A race is a function of the [`stage::Stage`] it is run on. Another store is one more stage, and its name in the lists of
//! [`races!`](stage::races).

mod ending_sessions;
mod listed_sessions;
mod one_node;
mod renewals;
mod stage;
mod two_nodes;
