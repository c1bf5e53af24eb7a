//! A real Keycloak: the demo signs in there, and its verdicts on redirect URIs are compared with ours.

mod backchannel_logout;
mod confidential;
mod form_post;
mod frontchannel_logout;
mod keys;
mod logout;
mod pushed_requests;
mod realm;
mod redirect_uri_refused;
mod redirect_uris;
mod refresh;
mod roles;
mod sessions;
mod shared_session;
mod silent_login;
mod stage;
mod step_up;
mod tutorial;
mod used_once;
