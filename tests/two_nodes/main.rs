//! Two processes of the demo behind a proxy, with one Redis and one provider: what `scripts/two-nodes` starts.

mod browser;
mod cached;
mod callback;
mod killed;
mod lease;
mod login;
mod ready;
mod script;
mod secrets;
mod stage;
mod storm;
