//! A real Keycloak: the demo signs in there, and its verdicts on redirect URIs are compared with ours.

mod confidential;
mod redirect_uri_refused;
mod redirect_uris;
mod roles;
mod sessions;
mod stage;
mod tutorial;
