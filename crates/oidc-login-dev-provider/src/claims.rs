//! The claims of a person, by scope.

use serde_json::{Map, Value, json};

use crate::{
    User,
    scope::{self, Scope},
};

/// What a scope lets a client know about a person, [OIDC Core §5.4](https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims).
///
/// Roles come in both usual places: `roles`, and `realm_access.roles` as in Keycloak.
pub(crate) fn about(user: &User, scope: &Scope) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut add = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    add("sub", json!(user.sub));
    if scope.contains(scope::PROFILE) {
        add("preferred_username", json!(user.username));
        add("name", json!(user.full_name()));
        add("given_name", json!(user.given_name));
        add("family_name", json!(user.family_name));
    }
    if scope.contains(scope::EMAIL) {
        add("email", json!(user.email));
        add("email_verified", json!(user.email_verified));
    }
    if scope.contains(scope::ROLES) {
        add("roles", json!(user.roles));
        add("realm_access", json!({ "roles": user.roles }));
    }
    claims.extend(user.claims.clone());
    claims
}
