//! What a login knows of its user: the claims of the ID token, of userinfo, and what the app makes
//! of them.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    lease::CLAIMS_LIMIT,
    userinfo::{Asked, Known},
};
use crate::{
    config::UserInfo,
    error::{LoginError, LoginErrorKind},
    hooks::{LOGIN_LIMIT, hook_failed, in_time, unpanicking},
    protocol::{
        AccessTokenText, StandardClaims,
        exact_claims::{ExactClaims, keep_authentication},
        id_token::VerifiedIdToken,
        jws::Jws,
        metadata::Metadata,
    },
    relying_party::Inner,
    session::{Login, LoginRecord},
    verified_claims::VerifiedClaims,
};

/// What a login keeps of what it knows of its user.
pub(super) struct UserClaims {
    pub(super) json: String,
    pub(super) decoded: Arc<StandardClaims>,
    pub(super) roles: Option<Vec<String>>,
    pub(super) userinfo: Option<String>,
}

impl Inner {
    /// The claims of a new login.
    pub(super) async fn claims_of_login(
        &self,
        metadata: &Metadata,
        id_token: &VerifiedIdToken,
        access_token: &AccessTokenText,
    ) -> Result<UserClaims, LoginError> {
        let known = Known {
            claims: id_token.claims(),
            subject: id_token.subject(),
            access_token,
            had_userinfo: false,
            limit: self.provider.request_timeout(),
        };
        let userinfo = match self.ask_userinfo(metadata, &known).await? {
            Asked::No => None,
            Asked::Came(userinfo) => Some(userinfo.into_claims()),
            Asked::Failed(error) if self.client.userinfo == UserInfo::Always => return Err(error),
            Asked::Failed(error) => {
                log_failure(&error, "a user signs in without the claims of userinfo");
                None
            }
        };
        let (json, decoded) = if userinfo.is_some() || self.hooks.on_claims.is_some() {
            let claims = ExactClaims::parse(id_token.claims_json());
            let claims = claims.ok_or(LoginErrorKind::Internal)?;
            let map = || known.claims.clone();
            let merged = merged(claims, map, userinfo.as_ref(), access_token);
            let changed = match &self.hooks.on_claims {
                None => merged,
                Some(hook) => {
                    let changed = in_time(&*self.timer, LOGIN_LIMIT, hook(merged)).await;
                    changed.map_err(|error| hook_failed("on_claims", &error))?
                }
            };
            let (json, map) = texts(changed);
            (json, Arc::new(map.into()))
        } else {
            (
                id_token.claims_json().to_owned(),
                id_token.decoded().clone(),
            )
        };
        let roles = self.roles(metadata, decoded.as_map(), access_token).await;
        let userinfo = userinfo.map(|claims| claims.to_json());
        Ok(UserClaims {
            json,
            decoded,
            roles,
            userinfo,
        })
    }

    /// The claims of a login with refreshed tokens, which stand in the record already. What cannot be
    /// had now stays as it was: claims of userinfo, or all of them where the app's hook fails.
    ///
    /// This comes before the new tokens are saved, because a `sub` of somebody else's refuses them;
    /// so nothing here may take long, or panic.
    pub(super) async fn renew_claims(
        &self,
        metadata: &Metadata,
        before: &Login,
        new_id_token: Option<VerifiedIdToken>,
        record: &mut LoginRecord,
    ) -> Result<Arc<StandardClaims>, LoginError> {
        let parse = |json: &str| ExactClaims::parse(json).ok_or(LoginErrorKind::Internal);
        let older = parse(&record.claims)?;
        let has_new_id_token = new_id_token.is_some();
        let (claims, map) = if let Some(id_token) = new_id_token {
            let claims = parse(id_token.claims_json())?.refreshing(older);
            let mut map = Arc::unwrap_or_clone(id_token.into_decoded()).into();
            keep_authentication(&mut map, before.claims().as_map());
            (claims, map)
        } else {
            // Without an ID token of the provider's there are claims that an app's own test made up.
            let said = said_by(record).unwrap_or_else(|| record.claims.clone());
            let claims = parse(&said)?.refreshing(older);
            let map = map_of(&claims);
            (claims, map)
        };
        let known = Known {
            claims: &map,
            subject: &record.subject,
            access_token: &record.access_token,
            had_userinfo: record.userinfo.is_some(),
            limit: CLAIMS_LIMIT,
        };
        let asked = self.ask_userinfo(metadata, &known).await?;
        let userinfo = match asked {
            Asked::No => None,
            Asked::Came(userinfo) => Some(userinfo.into_claims()),
            Asked::Failed(error) => {
                log_failure(
                    &error,
                    "a refreshed login keeps the claims of userinfo that it has",
                );
                let kept = record.userinfo.as_deref().and_then(ExactClaims::parse);
                // An ID token that came just now is newer.
                kept.map(|kept| {
                    if has_new_id_token {
                        kept.without(&claims)
                    } else {
                        kept
                    }
                })
            }
        };
        let merged = merged(claims, || map, userinfo.as_ref(), &record.access_token);
        record.userinfo = userinfo.map(|claims| claims.to_json());
        let changed = match &self.hooks.on_claims {
            None => Ok(merged),
            Some(hook) => {
                // The task holds the new tokens.
                let changed = unpanicking(async { hook(merged).await });
                in_time(&*self.timer, CLAIMS_LIMIT, changed).await
            }
        };
        let map = match changed {
            Ok(changed) => {
                let (json, map) = texts(changed);
                record.claims = json;
                map
            }
            Err(error) => {
                tracing::error!(%error, "on_claims failed, a refreshed login keeps the claims it has");
                map_of(&parse(&record.claims)?)
            }
        };
        record.roles = self.roles(metadata, &map, &record.access_token).await;
        Ok(Arc::new(map.into()))
    }
}

/// The claims, of which `map` are the decoded ones, and those of userinfo over them.
fn merged(
    claims: ExactClaims,
    map: impl FnOnce() -> Map<String, Value>,
    userinfo: Option<&ExactClaims>,
    access_token: &AccessTokenText,
) -> VerifiedClaims {
    let (claims, map) = match userinfo {
        None => (claims, map()),
        Some(userinfo) => {
            let claims = claims.overlaid(userinfo);
            let map = map_of(&claims);
            (claims, map)
        }
    };
    VerifiedClaims::new(claims, map, access_token.clone())
}

fn texts(claims: VerifiedClaims) -> (String, Map<String, Value>) {
    let (exact, map) = claims.into_parts();
    (exact.to_json(), map)
}

fn map_of(claims: &ExactClaims) -> Map<String, Value> {
    serde_json::from_str(&claims.to_json()).unwrap_or_default()
}

/// What the ID token of a login said: it was verified before it came into the record.
fn said_by(record: &LoginRecord) -> Option<String> {
    let jws = Jws::parse(record.id_token.secret()).ok()?;
    String::from_utf8(jws.payload).ok()
}

fn log_failure(error: &LoginError, what_then: &str) {
    let evidence = error.evidence();
    tracing::warn!(code = error.code(), ?evidence, "{error}: {what_then}");
}
