//! The authorization request, checked (OpenID Connect Core §3.1.2.1).

use std::time::Duration;

use crate::{
    acr::Acr,
    authorization_response::{AuthorizationResponse, ResponseMode, ReturnAddress},
    client::RegisteredClient,
    id_token_hint::IdTokenHint,
    pages::ErrorPage,
    params::Params,
    pkce::CodeChallenge,
    provider::Provider,
    scope::{self, Scope},
};

/// A request that was checked, [OIDC Core §3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
pub(crate) struct AuthorizationRequest<'p> {
    pub(crate) client: &'p RegisteredClient,
    pub(crate) return_address: ReturnAddress,
    /// As the client wrote it: the token request must repeat it.
    pub(crate) redirect_uri: String,
    pub(crate) scope: Scope,
    pub(crate) nonce: Option<String>,
    pub(crate) code_challenge: Option<CodeChallenge>,
    pub(crate) prompt: Prompt,
    /// Whether the person is asked for consent, given before or not.
    pub(crate) prompts_consent: bool,
    pub(crate) max_age: Option<Duration>,
    /// A wish: whoever leaves the code out signs in without.
    pub(crate) acr: Acr,
    pub(crate) login_hint: Option<String>,
    pub(crate) expected_sub: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prompt {
    WhenNeeded,
    /// `none`: the person must not see a page.
    Never,
    /// `login` or `select_account`: the person must sign in again.
    Always,
}

/// Why there is no sign-in: told to the person when the client cannot be trusted, else to the client.
pub(crate) enum Refusal {
    Page(ErrorPage),
    /// With its `error`.
    Answer(Box<AuthorizationResponse>, &'static str),
}

impl<'p> AuthorizationRequest<'p> {
    pub(crate) fn parse(provider: &'p Provider, params: &Params) -> Result<Self, Refusal> {
        let (client, return_address, redirect_uri) =
            destination(provider, params).map_err(Refusal::Page)?;
        let issuer = &provider.settings.issuer;
        let refuse = |(error, description): Refused| {
            let answer = AuthorizationResponse::error(&return_address, issuer, error, &description);
            Refusal::Answer(Box::new(answer), error)
        };
        check_form(params).map_err(refuse)?;
        let (prompt, prompts_consent) = prompt(params).map_err(refuse)?;
        let max_age = max_age(params).map_err(refuse)?;
        let code_challenge = code_challenge(client, params).map_err(refuse)?;
        let scope = granted_scope(client, params).map_err(refuse)?;
        let expected_sub = match params.get("id_token_hint") {
            None => None,
            Some(hint) => match IdTokenHint::verify(provider, hint) {
                Some(hint) => Some(hint.sub),
                None => {
                    return Err(refuse(invalid(
                        "id_token_hint is not an ID token of this provider",
                    )));
                }
            },
        };
        Ok(Self {
            client,
            redirect_uri,
            scope,
            nonce: params.get("nonce").map(str::to_owned),
            code_challenge,
            prompt,
            prompts_consent,
            max_age,
            acr: Acr::wished_for(params.get("acr_values").unwrap_or_default()),
            login_hint: params.get("login_hint").map(str::to_owned),
            expected_sub,
            return_address,
        })
    }
}

type Refused = (&'static str, String);

fn invalid(description: &str) -> Refused {
    ("invalid_request", description.to_owned())
}

/// Who asks, and where the answer goes. Until both are known to be right the browser stays here.
fn destination<'p>(
    provider: &'p Provider,
    params: &Params,
) -> Result<(&'p RegisteredClient, ReturnAddress, String), ErrorPage> {
    if let Some(name @ ("client_id" | "redirect_uri")) = params.repeated() {
        return Err(ErrorPage::new(
            "This sign-in request cannot be understood",
            format!("It has more than one {name}."),
        ));
    }
    let client = provider.client(params.get("client_id"))?;
    let registered = client.redirect_uris.written();
    let Some(asked) = params.get("redirect_uri") else {
        let text =
            "The app did not say where to send you after signing in: redirect_uri is missing.";
        return Err(ErrorPage::new("Where should the answer go?", text)
            .fact("Registered for this client", registered));
    };
    let refused = |why: String| {
        ErrorPage::new(
            "This redirect URI is not registered",
            format!("The app asked to send you to an address that was not agreed on. {why}."),
        )
        .fact("Client", [&client.settings.id])
        .fact("Asked for", [asked])
        .fact("Registered for this client", registered)
    };
    let redirect_uri = client
        .redirect_uris
        .check(asked)
        .map_err(refused)?
        .url()
        .clone();
    let state = params.get("state").map(str::to_owned);
    let mode = match params.get("response_mode") {
        Some("form_post") => ResponseMode::FormPost,
        _ => ResponseMode::Query,
    };
    Ok((
        client,
        ReturnAddress {
            redirect_uri,
            state,
            mode,
        },
        asked.to_owned(),
    ))
}

fn check_form(params: &Params) -> Result<(), Refused> {
    if params.repeated().is_some() {
        return Err(invalid("a parameter comes more than once"));
    }
    for (name, error) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        if params.contains(name) {
            return Err((error, format!("this provider does not support {name}")));
        }
    }
    match params.get("response_type") {
        Some("code") => {}
        None => {
            return Err(invalid(
                "response_type is missing; this provider supports code",
            ));
        }
        Some(_) => {
            return Err((
                "unsupported_response_type",
                "this provider supports response_type code".into(),
            ));
        }
    }
    match params.get("response_mode") {
        None | Some("query" | "form_post") => Ok(()),
        Some(_) => Err(invalid(
            "this provider supports response_mode query and form_post",
        )),
    }
}

fn prompt(params: &Params) -> Result<(Prompt, bool), Refused> {
    let (mut prompt, mut consent) = (Prompt::WhenNeeded, false);
    let values: Vec<_> = params
        .get("prompt")
        .unwrap_or_default()
        .split_ascii_whitespace()
        .collect();
    for value in &values {
        match *value {
            "none" if values.len() > 1 => {
                return Err(invalid("prompt none goes with no other value"));
            }
            "none" => prompt = Prompt::Never,
            "login" | "select_account" => prompt = Prompt::Always,
            "consent" => consent = true,
            _ => {
                return Err(invalid(
                    "prompt has an unknown value; there are none, login, select_account and consent",
                ));
            }
        }
    }
    Ok((prompt, consent))
}

fn max_age(params: &Params) -> Result<Option<Duration>, Refused> {
    let seconds = params.get("max_age").map(str::parse).transpose();
    seconds
        .map(|seconds| seconds.map(Duration::from_secs))
        .map_err(|_| invalid("max_age is not a number of seconds"))
}

fn code_challenge(
    client: &RegisteredClient,
    params: &Params,
) -> Result<Option<CodeChallenge>, Refused> {
    match (
        params.get("code_challenge"),
        params.get("code_challenge_method"),
    ) {
        (None, Some(_)) => Err(invalid("code_challenge_method without code_challenge")),
        (None, None) if client.settings.require_pkce => Err(invalid(
            "code_challenge is missing; this client must use PKCE with S256",
        )),
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) => match CodeChallenge::parse(challenge) {
            Some(challenge) => Ok(Some(challenge)),
            None => Err(invalid(
                "code_challenge is not the base64url form of a SHA-256 hash",
            )),
        },
        (Some(_), _) => Err(invalid("code_challenge_method must be S256")),
    }
}

fn granted_scope(client: &RegisteredClient, params: &Params) -> Result<Scope, Refused> {
    let requested: Vec<_> = params
        .get("scope")
        .unwrap_or_default()
        .split_ascii_whitespace()
        .collect();
    if !requested.contains(&scope::OPENID) {
        let description = "scope has no openid; without it there is no sign-in";
        return Err(("invalid_scope", description.into()));
    }
    let by_default = client.settings.default_scopes.iter().map(String::as_str);
    Ok(Scope::of(requested.into_iter().chain(by_default)))
}
