//! The user of every measurement, with 2.8 KB of claims.

use oidc_login_dev_provider::User;
use serde::Deserialize;

/// About how long the claims in alice's ID token are, as JSON.
pub const CLAIMS_BYTES: usize = 2800;

/// Memberships, which are what makes claims large in practice.
const GROUPS: usize = 52;

/// alice, with as many groups as make [`CLAIMS_BYTES`] of claims.
pub fn alice() -> User {
    let groups: Vec<String> = (0..GROUPS)
        .map(|n| format!("/company/division-{}/department-{n:03}/staff", n % 7))
        .collect();
    User::new("alice", "alice")
        .role("admin")
        .claim("department", "press")
        .claim("groups", groups)
}

/// A type of the app's own, as `Claims<Employee>` decodes it.
#[derive(Clone, Debug, Deserialize)]
pub struct Employee {
    /// Who it is.
    pub sub: String,
    /// How she wants to be called.
    pub preferred_username: String,
    /// Where she works.
    pub department: Option<String>,
    /// What she belongs to.
    pub groups: Vec<String>,
}

#[cfg(test)]
mod tests {
    use oidc_login_dev_provider::SigningKeys;
    use tokio::runtime::Builder;

    use super::*;
    use crate::world::{OneClient, World};

    #[test]
    fn the_claims_are_as_long_as_it_says() {
        let runtime = Builder::new_current_thread().build().unwrap();
        let login = runtime.block_on(async {
            let world = World::new(OneClient::Rs256, SigningKeys::generate().unwrap());
            world.login(&world.sign_in().await).await
        });
        let length = login.claims_json().len();
        assert!(length.abs_diff(CLAIMS_BYTES) < 100, "{length}");
        assert_eq!(login.decode::<Employee>().unwrap().groups.len(), GROUPS);
    }
}
