//! Lies in the userinfo answer.

use serde_json::{Map, Value, json};

use super::Bend;

pub(crate) fn bend(bend: Option<Bend>, claims: &mut Map<String, Value>) {
    if bend == Some(Bend::UserInfoSubject) {
        claims.insert("sub".into(), json!("somebody-else"));
    }
}
