//! The request to sign a person out, checked (RP-Initiated Logout §2).

use url::Url;

use crate::{
    client::RegisteredClient, id_token_hint::IdTokenHint, pages::ErrorPage, params::Params,
    provider::Provider, sessions::Session,
};

/// A request to sign a person out that was checked.
pub(crate) struct EndSessionRequest<'p> {
    pub(crate) client: Option<&'p RegisteredClient>,
    /// The registered address to go to afterwards, with the client's state.
    pub(crate) return_to: Option<Url>,
    hinted_sub: Option<String>,
}

impl<'p> EndSessionRequest<'p> {
    pub(crate) fn parse(provider: &'p Provider, params: &Params) -> Result<Self, ErrorPage> {
        if let Some(name) = params.repeated() {
            return Err(ErrorPage::new(
                "This sign-out request cannot be understood",
                format!("It has more than one {name}."),
            ));
        }
        // One that is no ID token of ours says nothing: the person is asked instead.
        let hint = params
            .get("id_token_hint")
            .and_then(|token| IdTokenHint::verify(provider, token));
        let named = params.get("client_id");
        if let (Some(hint), Some(named)) = (&hint, named)
            && hint.client_id != named
        {
            let title = "Two different apps ask for this sign-out";
            let text = "client_id is not the client that id_token_hint was issued to.";
            return Err(ErrorPage::new(title, text)
                .fact("client_id", [named])
                .fact("Client of id_token_hint", [&hint.client_id]));
        }
        let client = match named.or(hint.as_ref().map(|hint| hint.client_id.as_str())) {
            Some(id) => Some(provider.client(Some(id))?),
            None => None,
        };
        let return_to = match params.get("post_logout_redirect_uri") {
            Some(uri) => Some(return_to(client, uri, params.get("state"))?),
            None => None,
        };
        Ok(Self {
            client,
            return_to,
            hinted_sub: hint.map(|hint| hint.sub),
        })
    }

    /// Whether the request has an ID token of this very person; otherwise any page could sign people out.
    pub(crate) fn is_from_an_app_of(&self, session: &Session) -> bool {
        self.hinted_sub.as_ref() == Some(&session.user.sub)
    }
}

fn return_to(
    client: Option<&RegisteredClient>,
    uri: &str,
    state: Option<&str>,
) -> Result<Url, ErrorPage> {
    let Some(client) = client else {
        let text = "The app wants you back after signing out, but neither a valid id_token_hint \
                    nor client_id says which app it is.";
        return Err(
            ErrorPage::new("Which app asks for this sign-out?", text).fact("Asked for", [uri])
        );
    };
    let uris = &client.post_logout_redirect_uris;
    let refused = |why: String| {
        let title = "This post-logout redirect URI is not registered";
        let text = format!(
            "You are still signed in. The app wants to send you where nobody agreed: {why}."
        );
        ErrorPage::new(title, text)
            .fact("Client", [&client.settings.id])
            .fact("Asked for", [uri])
            .fact("Registered for this client", uris.written())
    };
    let mut url = uris.check(uri).map_err(refused)?.url().clone();
    if let Some(state) = state {
        url.query_pairs_mut().append_pair("state", state);
    }
    Ok(url)
}
