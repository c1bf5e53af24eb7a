//! How requests for our endpoints ended, as it is counted.

use bytes::Bytes;
use http::{Method, Response};

use super::context::RequestContext;
use crate::{
    config::Endpoint,
    error::LoginError,
    telemetry::{self, LogoutBy, OK},
};

impl RequestContext {
    /// Counts how a request for one of our endpoints ended.
    pub(super) fn count(&self, endpoint: Endpoint, served: &Result<Response<Bytes>, LoginError>) {
        match endpoint {
            // A posted answer is only kept; the callback that looks at it comes next.
            Endpoint::Callback if self.method == Method::POST && served.is_ok() => {}
            Endpoint::Callback => telemetry::callback(self.outcome_of_callback(served)),
            // Who signs out here is counted where the session ends.
            Endpoint::Logout => {
                if let Err(error) = served {
                    telemetry::logout(LogoutBy::User, error.code());
                }
            }
            Endpoint::BackchannelLogout => {
                telemetry::logout(LogoutBy::BackChannel, outcome(served));
            }
            Endpoint::FrontchannelLogout => {
                telemetry::logout(LogoutBy::FrontChannel, outcome(served));
            }
            _ => {}
        }
    }

    /// A callback that was met kindly did not sign anybody in all the same.
    fn outcome_of_callback(&self, served: &Result<Response<Bytes>, LoginError>) -> &'static str {
        let met = self.outcome_so_far().and_then(|outcome| outcome.met);
        match (served, met) {
            (Ok(_), Some(kind)) => kind.code(),
            (served, _) => outcome(served),
        }
    }

    /// Notes why a callback signs nobody in, whatever it is answered with.
    pub(super) fn meet(&self, error: &LoginError) {
        self.outcome().met = Some(error.kind());
    }
}

fn outcome(served: &Result<Response<Bytes>, LoginError>) -> &'static str {
    match served {
        Err(error) => error.code(),
        // The provider is told of a failure in an answer of its own.
        Ok(response) => {
            let failed = response.extensions().get::<LoginError>();
            failed.map_or(OK, LoginError::code)
        }
    }
}
