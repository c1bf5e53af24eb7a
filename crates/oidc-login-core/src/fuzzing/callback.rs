//! The query of the provider's answer.

use super::keys;
use crate::{
    protocol::{
        State,
        authorization_response::{ExpectedIssuer, check},
        parameters::{Parameter, Parameters},
    },
    session::seal::{Keys, Purpose},
};

const ISSUER: &str = "https://provider.test";

/// A query of anybody's: a code only where the answer is one, a state only where we made it.
pub fn callback(query: &[u8]) {
    let parameters = Parameters::parse(query);
    for announced in [false, true] {
        let expected = ExpectedIssuer {
            issuer: ISSUER,
            announced,
        };
        match check(&parameters, expected) {
            Ok(code) => {
                assert_eq!(parameters.get("code").once(), Some(code.secret()));
                assert!(parameters.get("error") == Parameter::Missing);
                let iss = parameters.get("iss");
                let unsaid = !announced && iss == Parameter::Missing;
                assert!(unsaid || iss.once() == Some(ISSUER));
            }
            Err(error) => {
                let said = error.said_by_provider();
                assert!(said.is_none_or(|said| said.error.chars().count() <= 200));
                assert!(!error.to_string().contains('\n'));
            }
        }
    }
    let keys = keys();
    if let Some(text) = parameters.get("state").once() {
        assert!(parse(&keys, text).is_none(), "nobody else can make one");
    }
}

fn parse(keys: &Keys, text: &str) -> Option<State> {
    State::parse(text, |body, tag| keys.is_tag(Purpose::State, body, tag))
}
