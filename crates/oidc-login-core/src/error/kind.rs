//! The kinds of failure, sorted by whose move it is.

use http::StatusCode;

/// Who can do something about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Move {
    /// The browser sent something that cannot be used: start again.
    Browser,
    /// The user said no, or may not: choose another account, or ask for the right.
    User,
    /// The provider answered wrongly or not at all.
    Provider,
    /// The app, its configuration or its store.
    App,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $code:literal, $status:ident, $move:ident, $what:literal, $todo:literal;)+) => {
        /// What went wrong, for code; [`code`](Self::code) is the same as a stable text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum LoginErrorKind {
            $($(#[doc = $doc])+ $kind,)+
        }

        impl LoginErrorKind {
            /// Every kind there is.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// A stable name, for logs, metrics and pages.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$kind => $code,)+ }
            }

            /// The HTTP status of the answer.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status,)+ }
            }

            /// Whose move it is.
            pub const fn whose_move(self) -> Move {
                match self { $(Self::$kind => Move::$move,)+ }
            }

            /// What happened, in one line.
            pub const fn what_happened(self) -> &'static str {
                match self { $(Self::$kind => $what,)+ }
            }

            /// What to do next, for the person in front of the page.
            pub const fn what_to_do(self) -> &'static str {
                match self { $(Self::$kind => $todo,)+ }
            }
        }
    };
}

kinds! {
    /// No `state` in the answer.
    StateMissing = "state_missing", BAD_REQUEST, Browser,
        "the answer of the provider carries no state",
        "Start the sign-in again from the app.";
    /// `state` more than once in the answer.
    StateDuplicated = "state_duplicated", BAD_REQUEST, Browser,
        "the answer of the provider carries state more than once",
        "Start the sign-in again from the app.";
    /// The `state` was not made by this app, or with a key it no longer has.
    StateUnknown = "state_unknown", BAD_REQUEST, Browser,
        "the state in the answer was not issued by this app",
        "Start the sign-in again. If it happens after every restart of the app, set a fixed session secret.";
    /// The `state` was made by this app with a session secret that it no longer has, or that another
    /// node has: this browser has the cookie that belongs to it.
    SessionSecretDiffers = "session_secret_differs", BAD_REQUEST, App,
        "this sign-in began under another session secret than the app has now",
        "Start the sign-in again. If it happens after every restart of the app, set a fixed session secret; with several nodes, give all of them the same.";
    /// The browser sent no cookie of ours at all.
    NoCookies = "no_cookies", BAD_REQUEST, Browser,
        "the browser sent none of the app's cookies back",
        "Allow cookies for this site, and sign in in the window where you began. If it stays, the app's administrator looks for what drops the header Set-Cookie between app and browser.";
    /// No cookie of ours, and the sign-in began by http although the root URL is https.
    SecureCookieOverHttp = "secure_cookie_over_http", BAD_REQUEST, Browser,
        "the sign-in began by http, where the browser does not keep the app's secure cookies",
        "Open the app by its https address, and sign in there. The app's administrator redirects http to https, or corrects the root URL.";
    /// No cookie of this login, and it began under another host than the provider leads back to.
    HostDiffers = "host_differs", BAD_REQUEST, Browser,
        "the sign-in began under another host name than it came back to, and cookies belong to one of them",
        "Use one address for the app, that of its root URL (localhost and 127.0.0.1 are two), and sign in again.";
    /// No pending login in this browser for this `state`.
    NoPendingLogin = "no_pending_login", BAD_REQUEST, Browser,
        "this browser has no sign-in under way that fits this answer",
        "Start the sign-in again. An old tab, the back button or a link from somebody else leads here.";
    /// The pending login's cookie cannot be opened.
    PendingLoginUnreadable = "pending_login_unreadable", BAD_REQUEST, Browser,
        "the sign-in under way in this browser cannot be read",
        "Start the sign-in again. If it happens after every restart of the app, set a fixed session secret.";
    /// The pending login is older than ten minutes.
    PendingLoginExpired = "pending_login_expired", BAD_REQUEST, Browser,
        "the sign-in took longer than it may",
        "Start the sign-in again.";
    /// The same browser signed in again and again, each time without use.
    LoginLoop = "login_loop", TOO_MANY_REQUESTS, App,
        "this browser signed in several times in a row and was asked to sign in each time",
        "Nothing is locked: sign in again, or go back to the app. If it happens again, allow cookies for this site; the app's administrator finds the likely cause in the details.";
    /// This answer was used before.
    StateReplayed = "state_replayed", BAD_REQUEST, Browser,
        "this answer of the provider was used before",
        "Go back to the app; if you are not signed in, start again.";
    /// Another `iss` in the answer than the provider's (RFC 9207).
    IssuerMismatch = "issuer_mismatch", BAD_GATEWAY, Provider,
        "the answer comes from another issuer than the one asked",
        "Do not continue if you did not expect this. The issuer in the configuration must be the very text the provider uses.";
    /// No `iss` in the answer although the provider announces it (RFC 9207).
    IssuerMissing = "issuer_missing", BAD_GATEWAY, Provider,
        "the answer names no issuer although the provider announces that it does",
        "Start the sign-in again. If it stays, something between provider and browser drops the parameter iss.";
    /// `iss` more than once in the answer.
    IssuerDuplicated = "issuer_duplicated", BAD_REQUEST, Browser,
        "the answer of the provider carries iss more than once",
        "Start the sign-in again from the app.";
    /// `error=access_denied`: the user or the provider said no.
    AccessDenied = "access_denied", FORBIDDEN, User,
        "the provider did not let the sign-in through",
        "If you cancelled it yourself, nothing is wrong. Otherwise ask for access, or use another account.";
    /// `error=login_required`: the provider wants the user to sign in, and was not allowed to ask.
    LoginRequired = "login_required", UNAUTHORIZED, User,
        "the provider wants you to sign in there first",
        "Sign in again. If it stays, the app's administrator looks at what the app asks for: prompt=none, max_age.";
    /// `error=interaction_required`: the provider has something to ask the user.
    InteractionRequired = "interaction_required", UNAUTHORIZED, User,
        "the provider has to ask you something before it lets you in",
        "Sign in again, and answer what the provider asks. If it stays, sign in at the provider itself first.";
    /// `error=consent_required`: the user has to agree to what the app asks for.
    ConsentRequired = "consent_required", UNAUTHORIZED, User,
        "the provider needs your consent to let this app know who you are",
        "Sign in again, and agree at the provider. If it does not ask, its administrator can agree for all users.";
    /// `error=account_selection_required`: the user has to choose an account.
    AccountSelectionRequired = "account_selection_required", UNAUTHORIZED, User,
        "the provider needs to know which of your accounts you want to use",
        "Sign in again, and choose an account at the provider.";
    /// `error=unmet_authentication_requirements`: not in the way that was asked for (OpenID Connect
    /// Core Error Code `unmet_authentication_requirements` 1.0).
    AuthenticationRequirementsUnmet = "unmet_authentication_requirements", FORBIDDEN, User,
        "the provider cannot sign you in in the way this page asks for",
        "Use another account, or set up a second factor at the provider.";
    /// `error=temporarily_unavailable`: the provider is busy or under maintenance.
    ProviderBusy = "temporarily_unavailable", SERVICE_UNAVAILABLE, Provider,
        "the provider cannot sign anybody in right now",
        "Wait a moment and sign in again.";
    /// `error=server_error`: something went wrong at the provider.
    ProviderFailed = "server_error", BAD_GATEWAY, Provider,
        "something went wrong at the provider",
        "Sign in again; if it stays, the provider's administrator finds the reason in its log.";
    /// `error=unauthorized_client`: the client may not do this.
    ClientUnauthorized = "unauthorized_client", BAD_GATEWAY, App,
        "the provider does not let this app sign users in in this way",
        "The provider's administrator looks at the client: it must be enabled, with the standard flow (authorization code) switched on.";
    /// `error=invalid_scope`: a scope that is unknown, or not for this client.
    ScopeInvalid = "invalid_scope", BAD_GATEWAY, App,
        "the provider does not give this app one of the scopes it asks for",
        "The app's administrator compares the scopes of the app with those of the client at the provider.";
    /// `error=unsupported_response_type` or `unsupported_response_mode`.
    ResponseTypeUnsupported = "unsupported_response_type", BAD_GATEWAY, App,
        "the provider does not answer in the way this app asks for",
        "The app's administrator sets the response mode to query; at the provider, the client needs the response type code.";
    /// `error=invalid_request` and its like: the provider does not take the request as it is.
    AuthorizationRequestRefused = "authorization_request_refused", BAD_GATEWAY, App,
        "the provider refused the request to sign somebody in",
        "The provider's own words say why. The app's administrator compares client id, redirect URI, PKCE and extra parameters with the client at the provider.";
    /// Another `error` in the answer.
    ProviderError = "provider_error", BAD_GATEWAY, Provider,
        "the provider answered with an error",
        "Try again; if it stays, the provider's administrator finds the reason in its log.";
    /// No `code` in the answer.
    CodeMissing = "code_missing", BAD_REQUEST, Browser,
        "the answer of the provider carries no code",
        "Start the sign-in again from the app.";
    /// The posted answer is too long to be kept.
    AnswerTooLong = "answer_too_long", BAD_GATEWAY, Provider,
        "the answer of the provider is longer than this app can keep",
        "The app's administrator uses response_mode query: the provider's code is too long for form_post.";
    /// The posted answer is not there any more.
    AnswerLost = "answer_lost", BAD_REQUEST, Browser,
        "the answer of the provider got lost on the way",
        "Start the sign-in again. If it stays, allow cookies for this site.";
    /// `code` (or another parameter) more than once in the answer.
    CodeDuplicated = "code_duplicated", BAD_REQUEST, Browser,
        "the answer of the provider carries code more than once",
        "Start the sign-in again from the app.";
    /// The provider cannot be reached, or does not answer in time.
    ProviderUnavailable = "provider_unavailable", SERVICE_UNAVAILABLE, Provider,
        "the provider cannot be reached, or cannot answer",
        "Wait a moment and try again. The app's administrator finds in the details what was asked and what happened; the issuer's address must be right and reachable from the app.";
    /// The discovery document cannot be used.
    DiscoveryInvalid = "discovery_invalid", BAD_GATEWAY, Provider,
        "the provider's discovery document cannot be used",
        "The app's administrator finds in the details what is wrong with it. The configured issuer and the one in the document must be the same text.";
    /// What `jwks_uri` answers is no key set.
    KeysInvalid = "keys_invalid", BAD_GATEWAY, Provider,
        "the provider's keys cannot be used",
        "Try again in a moment. If it stays, the provider's administrator opens the address in the details (jwks_uri): its answer must be a JSON Web Key Set.";
    /// App and provider contradict each other on pushed authorization requests (RFC 9126 §5).
    PushedRequestImpossible = "pushed_request_impossible", BAD_GATEWAY, App,
        "app and provider do not agree on whether sign-in requests are pushed",
        "The app's administrator compares the setting pushed authorization requests with what the provider demands: see the details.";
    /// The provider does not take the pushed authorization request (RFC 9126 §2.3).
    PushedRequestRefused = "pushed_request_refused", BAD_GATEWAY, Provider,
        "the provider refused this app's request for a sign-in",
        "Try again. If it stays, client id, secret, redirect URI and scopes must be the same at the app and at the provider: see what the provider says.";
    /// The answer to a pushed authorization request is not one (RFC 9126 §2.2).
    PushedResponseInvalid = "pushed_response_invalid", BAD_GATEWAY, Provider,
        "the provider's answer to this app's request for a sign-in cannot be used",
        "Try again; if it stays, the provider or something before it is broken. The app's administrator can do without: pushed authorization requests never.";
    /// The token endpoint refused the request (RFC 6749 §5.2).
    TokenRequestRefused = "token_request_refused", BAD_GATEWAY, Provider,
        "the provider refused to exchange the code for tokens",
        "Start the sign-in again. If it stays, client id, secret and redirect URI must be the same at the app and at the provider.";
    /// The app's own secret or key for the provider is missing or cannot be used.
    ClientCredentialUnusable = "client_credential_unusable", INTERNAL_SERVER_ERROR, App,
        "the app's own secret or key for the provider cannot be used",
        "Try again in a moment. The app's administrator puts the file back that the log names.";
    /// The token endpoint's answer is not one.
    TokenResponseInvalid = "token_response_invalid", BAD_GATEWAY, Provider,
        "the provider's token answer cannot be read",
        "Start the sign-in again; if it stays, the provider or something before it is broken.";
    /// The token endpoint gave no ID token.
    IdTokenMissing = "id_token_missing", BAD_GATEWAY, Provider,
        "the provider sent no ID token",
        "The scope openid must be requested and allowed for this client.";
    /// The ID token is no signed token, or lacks a claim that must be there.
    IdTokenMalformed = "id_token_malformed", BAD_GATEWAY, Provider,
        "the ID token of the provider cannot be read",
        "Start the sign-in again. If it stays, the provider or something before it is broken.";
    /// The ID token is encrypted.
    IdTokenEncrypted = "id_token_encrypted", BAD_GATEWAY, Provider,
        "the ID token of the provider is encrypted, which this app does not support",
        "The app's administrator turns ID token encryption off for this client at the provider.";
    /// The ID token is signed by an algorithm that is not allowed, or not at all.
    IdTokenAlgorithm = "id_token_algorithm", BAD_GATEWAY, Provider,
        "the ID token of the provider is not signed by an allowed algorithm",
        "The app's administrator compares the algorithm in the details with the client's setting at the provider.";
    /// The ID token is signed by a key the provider does not publish.
    IdTokenKeyUnknown = "id_token_key_unknown", BAD_GATEWAY, Provider,
        "the ID token is signed with a key that the provider does not publish for it",
        "Try again in a minute: the provider may be changing its keys. If it stays, the app's administrator finds in the details what is wrong with the key.";
    /// The ID token names no key, and the provider has several.
    IdTokenKeyAmbiguous = "id_token_key_ambiguous", BAD_GATEWAY, Provider,
        "the ID token does not say which of the provider's keys signed it",
        "The provider must give its keys and tokens a key id (kid).";
    /// The ID token's signature is wrong.
    IdTokenSignature = "id_token_signature", BAD_GATEWAY, Provider,
        "the signature of the ID token is wrong",
        "Start the sign-in again. If it stays, the provider or something before it is broken.";
    /// The ID token is of another issuer.
    IdTokenIssuer = "id_token_issuer", BAD_GATEWAY, Provider,
        "the ID token comes from another issuer than the one asked",
        "The issuer in the configuration must be the very text the provider uses: compare both in the details.";
    /// The ID token is not for us, or for others too.
    IdTokenAudience = "id_token_audience", BAD_GATEWAY, Provider,
        "the ID token was not issued for this app alone",
        "The app's administrator compares the client id in the details with the one registered at the provider.";
    /// The ID token's `azp` is missing or another client.
    IdTokenAuthorizedParty = "id_token_authorized_party", BAD_GATEWAY, Provider,
        "the ID token was issued to another client",
        "The app's administrator compares the client id in the details with the one registered at the provider.";
    /// The ID token has expired.
    IdTokenExpired = "id_token_expired", BAD_GATEWAY, Provider,
        "the ID token has already expired",
        "Try again. If it stays, the clocks of the app and of the provider differ: compare the times in the details.";
    /// The ID token is from the future.
    IdTokenIssuedInFuture = "id_token_issued_in_future", BAD_GATEWAY, Provider,
        "the ID token was issued in the future",
        "The clocks of the app and of the provider differ: compare the times in the details.";
    /// The ID token is not valid yet.
    IdTokenNotYetValid = "id_token_not_yet_valid", BAD_GATEWAY, Provider,
        "the ID token is not valid yet",
        "The clocks of the app and of the provider differ: compare the times in the details.";
    /// The ID token's `nonce` is missing or of another login.
    IdTokenNonce = "id_token_nonce", BAD_GATEWAY, Provider,
        "the ID token belongs to another sign-in",
        "Start the sign-in again. If it stays, the provider or something before it is broken.";
    /// The `auth_time` of a refreshed ID token is before the login's, or the one that a `max_age` asked
    /// for lies in the future.
    IdTokenAuthTime = "id_token_auth_time", BAD_GATEWAY, Provider,
        "the ID token is about another time of authentication",
        "Sign in again.";
    /// The request had a `max_age`, and the ID token has no `auth_time`.
    IdTokenAuthTimeMissing = "id_token_auth_time_missing", BAD_GATEWAY, Provider,
        "the provider does not say when you proved who you are, although this app asked",
        "The provider's administrator lets it put auth_time into the ID token when a request has max_age (OpenID Connect Core 2); in Keycloak: client scope basic, mapper auth_time.";
    /// The authentication is older than the `max_age` of the request.
    IdTokenAuthTimeTooOld = "id_token_auth_time_too_old", FORBIDDEN, Provider,
        "the provider did not ask you again who you are, although this app wanted it to",
        "Sign out at the provider, then sign in again. The app's administrator compares the times in the details: the clocks may differ.";
    /// The ID token's `acr` is none of those that the request called essential.
    IdTokenAcr = "id_token_acr", FORBIDDEN, Provider,
        "the provider did not sign you in in the way this app asks for",
        "Sign in again in the way the app asks for. The administrators of app and provider compare the values of acr in the details.";
    /// The access token does not fit the ID token's `at_hash`.
    IdTokenAccessTokenHash = "id_token_access_token_hash", BAD_GATEWAY, Provider,
        "the access token does not belong to the ID token",
        "Start the sign-in again. If it stays, the provider or something before it is broken.";
    /// The ID token's `sub` cannot be used.
    IdTokenSubject = "id_token_subject", BAD_GATEWAY, Provider,
        "the ID token names no usable subject, or another one than before",
        "Start the sign-in again. If it stays, the provider or something before it is broken.";
    /// The userinfo endpoint does not answer for now.
    UserInfoUnavailable = "userinfo_unavailable", SERVICE_UNAVAILABLE, Provider,
        "the provider's userinfo endpoint does not answer",
        "Wait a moment and try again.";
    /// The userinfo endpoint's answer cannot be used.
    UserInfoInvalid = "userinfo_invalid", BAD_GATEWAY, Provider,
        "the answer of the provider's userinfo endpoint cannot be used",
        "Start the sign-in again. If it stays, the app's administrator compares the details with the client's settings at the provider.";
    /// The userinfo endpoint's answer is encrypted.
    UserInfoEncrypted = "userinfo_encrypted", BAD_GATEWAY, Provider,
        "the answer of the provider's userinfo endpoint is encrypted, which this app does not support",
        "The app's administrator turns userinfo encryption off for this client at the provider.";
    /// Userinfo is always to be asked, and the provider names no endpoint.
    UserInfoMissing = "userinfo_missing", BAD_GATEWAY, Provider,
        "the provider has no userinfo endpoint",
        "The app's administrator sets userinfo to auto or off, or names the endpoint.";
    /// The userinfo endpoint's answer is about another `sub` than the ID token, or about none.
    UserInfoSubject = "userinfo_subject", BAD_GATEWAY, Provider,
        "the provider's userinfo endpoint answered about somebody else",
        "Start the sign-in again. If it stays, the provider or something before it is broken.";
    /// No `logout_token` in a back-channel logout, or more than one.
    LogoutTokenMissing = "logout_token_missing", BAD_REQUEST, Provider,
        "the request carries not exactly one logout token",
        "Only the provider uses this address; its logout_token comes in a form (OpenID Connect Back-Channel Logout 2.5).";
    /// A logout token that ends nothing here.
    LogoutTokenRefused = "logout_token_refused", BAD_REQUEST, Provider,
        "the logout token of the provider was refused",
        "The log has the check that failed: compare issuer, client id and signing algorithm with the client at the provider.";
    /// A logout token that came before.
    LogoutTokenReplayed = "logout_token_replayed", BAD_REQUEST, Provider,
        "the logout token of the provider was used before",
        "Nothing needs to be done: what it ended is over.";
    /// A front-channel logout that does not name one session of the provider.
    FrontchannelLogoutRefused = "frontchannel_logout_refused", BAD_REQUEST, Provider,
        "the request names no session of the provider, so nothing was ended",
        "Only the provider uses this address, with iss and sid: the app's administrator asks it to send them (frontchannel_logout_session_required).";
    /// The app's `on_login` said no.
    LoginDenied = "login_denied", FORBIDDEN, User,
        "this account may not use this app",
        "Use another account, or ask the people who run this app.";
    /// The login was ended before it was saved: by the provider, an administrator, or the user.
    LoginEnded = "login_ended", CONFLICT, Browser,
        "this sign-in was ended before it was complete",
        "Sign in again in a moment. Somebody signed this account out everywhere while you were signing in.";
    /// The app's `on_login`, `on_claims` or `on_logout` failed.
    HookFailed = "hook_failed", INTERNAL_SERVER_ERROR, App,
        "the app could not finish the sign-in",
        "Try again; the log has the reason.";
    /// The access token cannot be refreshed for now; the login lives on.
    RefreshFailed = "refresh_failed", SERVICE_UNAVAILABLE, Provider,
        "the access token cannot be refreshed right now",
        "Wait a moment and try again; you are still signed in.";
    /// A refresh was asked for, and the provider gave no refresh token.
    RefreshTokenMissing = "refresh_token_missing", BAD_GATEWAY, Provider,
        "the provider gave no refresh token for this sign-in",
        "The app's administrator asks for the scope offline_access, or lets this client have refresh tokens at the provider.";
    /// The access token has ended, and nothing can refresh it.
    AccessTokenEnded = "access_token_ended", UNAUTHORIZED, User,
        "the access token has ended and cannot be refreshed",
        "Sign in again, then do it again.";
    /// A login asked for from outside (OpenID Connect Core §4) names no issuer, or not ours.
    InitiatorUnknown = "initiator_unknown", BAD_REQUEST, Browser,
        "somebody asked for a sign-in at a provider that this app does not use",
        "Open the app itself and sign in there. The provider's administrator compares the issuer in the details with the configured one.";
    /// A sign-in link with sealed parameters that has expired, or is not ours.
    LoginLinkUnusable = "login_link_unusable", BAD_REQUEST, Browser,
        "this sign-in link is too old, or was not made by this app",
        "Go back to the app, load the page again, and follow the link from there.";
    /// Not signed in where it is required.
    NotSignedIn = "not_signed_in", UNAUTHORIZED, User,
        "you are not signed in",
        "Sign in, then do it again.";
    /// Signed in, and not in the way, or not as lately, as a page asks for (RFC 9470).
    AuthenticationInsufficient = "insufficient_user_authentication", UNAUTHORIZED, User,
        "your sign-in is not enough for this: it has to be newer, or done in another way",
        "Sign in again, then do it again.";
    /// Signed out here a moment ago, and not at the provider.
    SignedOut = "signed_out", UNAUTHORIZED, User,
        "you have signed out of this app",
        "To go on, sign in again; the provider may still know you and ask for no password. On a shared computer, sign out at the provider too.";
    /// A login was asked for by something that is not a navigation.
    NotANavigation = "not_a_navigation", UNAUTHORIZED, Browser,
        "a sign-in starts only when the page itself is opened",
        "Open the sign-in link itself.";
    /// The role is not among the user's roles.
    RoleMissing = "role_missing", FORBIDDEN, User,
        "you do not have the role this page asks for",
        "Ask the people who run this app for the role, or use another account.";
    /// The provider sent no roles at all.
    RoleClaimMissing = "role_claim_missing", FORBIDDEN, App,
        "the provider sent no roles at all, so nobody can have this one",
        "The provider's administrator switches it on; in Keycloak: Client scopes, roles, Mappers, realm roles, Add to ID token.";
    /// A guard asks for an `acr` or an age that no request can carry.
    PolicyUnusable = "policy_unusable", INTERNAL_SERVER_ERROR, App,
        "this page asks for a sign-in that cannot be asked for",
        "The app's administrator corrects acr_values and max_age of the guard: see the details.";
    /// Our redirect URI is not among the valid redirect URIs.
    RedirectUriRefused = "redirect_uri_refused", BAD_REQUEST, App,
        "the redirect URI of this app is not among its valid redirect URIs",
        "Add it to the valid redirect URIs here and at the provider, or correct the root URL.";
    /// Forwarded headers that contradict each other, or a host that is not one.
    HostRefused = "host_refused", BAD_REQUEST, Browser,
        "the host of the request cannot be trusted",
        "Use the app's own address. Behind a proxy, configure it as a trusted proxy and let it send one value.";
    /// Something that only the app's own pages may ask for was asked for from elsewhere.
    CrossOrigin = "cross_origin", FORBIDDEN, Browser,
        "this was asked for from outside the app, so nothing was done",
        "Open the app and do it there. If you did, use the app's own address.";
    /// The request's body is larger than an endpoint reads.
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, Browser,
        "the request is larger than this endpoint reads",
        "Start again from the app.";
    /// The request's body ended early.
    BodyBroken = "body_broken", BAD_REQUEST, Browser,
        "the request broke off",
        "Start again from the app.";
    /// This endpoint does not know the method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, Browser,
        "this endpoint does not know this method",
        "Use the links and buttons of the app.";
    /// Nothing below our base path has this name.
    UnknownEndpoint = "unknown_endpoint", NOT_FOUND, Browser,
        "there is no such endpoint",
        "Use the links and buttons of the app.";
    /// The session store does not answer.
    StoreUnavailable = "store_unavailable", SERVICE_UNAVAILABLE, App,
        "the session store cannot be reached",
        "Try again in a moment; you are not signed out by this.";
    /// A guard or an extractor without the layer.
    LayerMissing = "layer_missing", INTERNAL_SERVER_ERROR, App,
        "this route asks for a login, but the login layer is not around it",
        "Add OidcLayer to the outermost router, after (outside) all routes and guards.";
    /// One `OidcLayer` inside another.
    LayerDoubled = "layer_doubled", INTERNAL_SERVER_ERROR, App,
        "one login layer is inside another, and a request can have one session only",
        "Add OidcLayer once. For two clients give each a router of its own, side by side.";
    /// `app_sessions()` without the app's session layer outside ours.
    SessionLayerMissing = "session_layer_missing", INTERNAL_SERVER_ERROR, App,
        "app_sessions() is set, but no session layer of the app is around the login layer",
        "Add the app's SessionManagerLayer after OidcLayer, so that it sits outside it.";
    /// The app's session layer outside ours without `app_sessions()`.
    SessionLayerDoubled = "session_layer_doubled", INTERNAL_SERVER_ERROR, App,
        "a session layer of the app's is around the login layer, which was not told of it",
        "Remove the app's SessionManagerLayer, or call app_sessions() on the builder of the RelyingParty.";
    /// The app's claims type does not fit the claims.
    ClaimsMismatch = "claims_mismatch", INTERNAL_SERVER_ERROR, App,
        "the claims of this login do not fit the type the app asks for",
        "Make the field optional, or let the provider send the claim.";
    /// Something of ours that must not happen.
    Internal = "internal", INTERNAL_SERVER_ERROR, App,
        "the sign-in could not be processed",
        "Try again; the log has the reason.";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_texts_are_written() {
        let codes: HashSet<_> = LoginErrorKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), LoginErrorKind::ALL.len());
        for kind in LoginErrorKind::ALL {
            assert!(!kind.what_happened().ends_with('.'), "{kind:?}");
            assert!(kind.what_to_do().ends_with('.'), "{kind:?}");
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
        }
    }
}
