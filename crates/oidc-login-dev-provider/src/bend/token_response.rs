//! Lies in the token response.

use super::Bend;
use crate::tokens::TokenResponse;

pub(crate) fn bend(bend: Option<Bend>, tokens: &mut TokenResponse) {
    match bend {
        Some(Bend::TokenNoIdToken) => tokens.id_token = None,
        Some(Bend::TokenType) => tokens.token_type = "nobody-understands",
        _ => {}
    }
}
