//! Lies in what goes back with a code.

use super::Bend;
use crate::authorization_response::Params;

/// Changes what goes back with a code.
pub(crate) fn bend(bend: Option<Bend>, params: &mut Params) {
    match bend {
        Some(Bend::AnswerState) => set(params, "state", "another state"),
        Some(Bend::AnswerNoIssuer) => params.retain(|(name, _)| *name != "iss"),
        Some(Bend::AnswerIssuer) => set(params, "iss", "https://provider.invalid"),
        Some(Bend::AnswerCodeTwice) => params.push(("code", "another code".into())),
        Some(Bend::AnswerHtml) => {
            params.retain(|(name, _)| *name != "code");
            params.push(("error", "access_denied".into()));
            let text = "<b>Call us</b><script>alert(1)</script>";
            params.push(("error_description", text.into()));
        }
        Some(Bend::AnswerEmpty) => params.clear(),
        _ => {}
    }
}

fn set(params: &mut Params, name: &str, value: &str) {
    let found = params.iter_mut().filter(|(known, _)| *known == name);
    found.for_each(|(_, old)| value.clone_into(old));
}
