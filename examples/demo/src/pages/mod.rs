//! The demo's pages: what each shows, and how it is sent.

mod admin;
mod claim;
mod home;
mod lifetime;
mod not_found;
mod person;
mod refreshed;
mod response;
mod secure;
mod style;
mod when;

pub(crate) use self::{
    admin::AdminPage,
    claim::Claim,
    home::HomePage,
    lifetime::Lifetime,
    not_found::NotFoundPage,
    person::Person,
    refreshed::{NotRefreshedPage, RefreshedPage},
    response::page,
    secure::SecurePage,
    style::style,
};

#[cfg(test)]
mod tests;
