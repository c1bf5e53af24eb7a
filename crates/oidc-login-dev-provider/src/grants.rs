//! Codes, and what came of them: access and refresh tokens.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::{User, acr::Acr, bounded::Bounded, pkce::CodeChallenge, scope::Scope};

/// How many codes, grants or tokens are remembered at most: each.
const CAPACITY: usize = 10_000;

/// What a person let a client have, from the code to the last refresh token. All its tokens end with it.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) id: String,
    pub(crate) client_id: String,
    pub(crate) user: Arc<User>,
    pub(crate) scope: Scope,
    pub(crate) nonce: Option<String>,
    pub(crate) sid: String,
    pub(crate) auth_time: OffsetDateTime,
    pub(crate) acr: Acr,
}

/// A code waiting to be exchanged, and afterwards the memory that it was.
pub(crate) struct Code {
    pub(crate) grant: Grant,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<CodeChallenge>,
    pub(crate) expires: OffsetDateTime,
    pub(crate) used: bool,
}

/// A code as the client presents it.
pub(crate) struct CodeExchange<'a> {
    pub(crate) code: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) redirect_uri: Option<&'a str>,
    pub(crate) code_verifier: Option<&'a str>,
}

struct RefreshToken {
    grant_id: String,
    used: bool,
}

struct AccessToken {
    grant_id: String,
    scope: Scope,
}

/// Everything that was granted and is not forgotten yet.
pub(crate) struct Grants {
    codes: Bounded<Code>,
    living: Bounded<Grant>,
    access_tokens: Bounded<AccessToken>,
    refresh_tokens: Bounded<RefreshToken>,
}

/// Why there is no token, for `error_description`.
pub(crate) type Refused = &'static str;

impl Grants {
    pub(crate) fn new() -> Self {
        Self {
            codes: Bounded::new(CAPACITY),
            living: Bounded::new(CAPACITY),
            access_tokens: Bounded::new(CAPACITY),
            refresh_tokens: Bounded::new(CAPACITY),
        }
    }

    pub(crate) fn add_code(
        &mut self,
        value: String,
        code: Code,
        remembered: OffsetDateTime,
        now: OffsetDateTime,
    ) {
        self.codes.insert(value, code, remembered, now);
    }

    /// Exchanges a code for its grant. Whatever comes of it, the right client can do so once;
    /// a second attempt ends the tokens of the first, [RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2).
    pub(crate) fn redeem(
        &mut self,
        exchange: &CodeExchange<'_>,
        remembered: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<Grant, Refused> {
        let code = self
            .codes
            .get_mut(exchange.code, now)
            .ok_or("the code is unknown")?;
        if code.grant.client_id != exchange.client_id {
            return Err("the code was issued to another client");
        }
        if code.used {
            self.living.remove(&code.grant.id);
            return Err("the code was used before; the tokens issued for it are revoked");
        }
        code.used = true;
        if code.expires <= now {
            return Err("the code has expired");
        }
        if exchange.redirect_uri != Some(&code.redirect_uri) {
            return Err("redirect_uri is not the one of the authorization request");
        }
        match (&code.challenge, exchange.code_verifier) {
            (None, None) => {}
            (Some(challenge), Some(verifier)) if challenge.is_of(verifier) => {}
            (Some(_), Some(_)) => return Err("code_verifier does not match the code_challenge"),
            (Some(_), None) => {
                return Err(
                    "code_verifier is missing; the authorization request had a code_challenge",
                );
            }
            // RFC 9700 §2.1.1: otherwise an attacker could leave the challenge out.
            (None, Some(_)) => {
                return Err("code_verifier without a code_challenge in the authorization request");
            }
        }
        let grant = code.grant.clone();
        self.living
            .insert(grant.id.clone(), grant.clone(), remembered, now);
        Ok(grant)
    }

    pub(crate) fn add_access_token(
        &mut self,
        token: String,
        grant: &Grant,
        scope: Scope,
        expires: OffsetDateTime,
        now: OffsetDateTime,
    ) {
        self.access_tokens.insert(
            token,
            AccessToken {
                grant_id: grant.id.clone(),
                scope,
            },
            expires,
            now,
        );
    }

    /// The grant of an access token that is neither expired nor revoked, and the token's own scope.
    pub(crate) fn by_access_token(
        &self,
        token: &str,
        now: OffsetDateTime,
    ) -> Option<(&Grant, &Scope)> {
        let token = self.access_tokens.get(token, now)?;
        Some((self.living.get(&token.grant_id, now)?, &token.scope))
    }

    pub(crate) fn add_refresh_token(
        &mut self,
        token: String,
        grant: &Grant,
        expires: OffsetDateTime,
        now: OffsetDateTime,
    ) {
        self.refresh_tokens.insert(
            token,
            RefreshToken {
                grant_id: grant.id.clone(),
                used: false,
            },
            expires,
            now,
        );
    }

    /// The grant of a refresh token. With `once`, a second use ends the grant: one of the two holders stole the token,
    /// [RFC 9700 §4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2).
    pub(crate) fn refresh(
        &mut self,
        token: &str,
        client_id: &str,
        once: bool,
        remembered: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<Grant, Refused> {
        let token = self
            .refresh_tokens
            .get_mut(token, now)
            .ok_or("the refresh token is unknown or has expired")?;
        let grant = self
            .living
            .get(&token.grant_id, now)
            .ok_or("the refresh token was revoked")?
            .clone();
        if grant.client_id != client_id {
            return Err("the refresh token was issued to another client");
        }
        if once && token.used {
            self.living.remove(&grant.id);
            return Err(
                "the refresh token was used before; all tokens of this sign-in are revoked",
            );
        }
        token.used = true;
        self.living
            .insert(grant.id.clone(), grant.clone(), remembered, now);
        Ok(grant)
    }

    /// Takes a token back: a refresh token with everything that was granted with it, an access token alone,
    /// [RFC 7009 §2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1). One that is unknown is of no more use already.
    pub(crate) fn revoke(
        &mut self,
        token: &str,
        client_id: &str,
        now: OffsetDateTime,
    ) -> Result<(), Refused> {
        let refresh_token = self.refresh_tokens.get(token, now);
        let access_token = self.access_tokens.get(token, now);
        let grant_id = match (refresh_token, access_token) {
            (Some(token), _) => &token.grant_id,
            (None, Some(token)) => &token.grant_id,
            (None, None) => return Ok(()),
        };
        let Some(grant) = self.living.get(grant_id, now) else {
            return Ok(());
        };
        if grant.client_id != client_id {
            return Err("the token was issued to another client");
        }
        if refresh_token.is_some() {
            let grant_id = grant_id.clone();
            self.living.remove(&grant_id);
        } else {
            self.access_tokens.remove(token);
        }
        Ok(())
    }

    /// What hangs on a session ends with it, except what was granted for use without the person.
    pub(crate) fn end_session(&mut self, sid: &str) {
        let ends =
            |grant: &Grant| grant.sid == sid && !grant.scope.contains(crate::scope::OFFLINE_ACCESS);
        self.living.retain(|grant| !ends(grant));
        self.codes.retain(|code| !ends(&code.grant));
    }
}
