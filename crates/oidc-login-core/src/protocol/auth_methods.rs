//! What the provider says about client authentication
//! (`token_endpoint_auth_methods_supported`, OpenID Connect Discovery §3).

/// The methods that the metadata lists, as written; none where there is no list.
///
/// A list says what may work. It forbids nothing: providers leave out what they take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AuthMethods(Option<Vec<String>>);

/// How a secret goes to the provider (OpenID Connect Core §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretMethod {
    /// In the `Authorization` header.
    Basic,
    /// In the body.
    Post,
    /// As the key of an assertion, so that it stays here.
    Jwt,
}

impl AuthMethods {
    pub(crate) fn new(methods: Option<impl IntoIterator<Item = impl Into<String>>>) -> Self {
        Self(methods.map(|methods| methods.into_iter().map(Into::into).collect()))
    }

    /// Whether there is a list and the method is not in it.
    pub(crate) fn leaves_out(&self, method: &str) -> bool {
        self.0.is_some() && !self.names(method)
    }

    /// The way for a secret that is left to the provider, and why.
    pub(crate) fn for_secret(&self) -> (SecretMethod, &'static str) {
        if self.0.is_none() {
            let why = "the provider lists no methods, which means this one";
            return (SecretMethod::Basic, why);
        }
        for (method, why) in [
            (SecretMethod::Basic, "the provider lists it"),
            (
                SecretMethod::Post,
                "the provider lists it and not client_secret_basic",
            ),
            (
                SecretMethod::Jwt,
                "the provider lists it and no other for a secret",
            ),
        ] {
            if self.names(method.name()) {
                return (method, why);
            }
        }
        let why = "the provider lists no method for a secret; this is what most take";
        (SecretMethod::Basic, why)
    }

    fn names(&self, method: &str) -> bool {
        let mut methods = self.0.iter().flatten();
        methods.any(|listed| listed == method)
    }
}

impl SecretMethod {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::Jwt => "client_secret_jwt",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_where_the_provider_takes_it() {
        use SecretMethod::{Basic, Jwt, Post};
        for (list, expected) in [
            (None, Basic),
            (Some(&[][..]), Basic),
            (Some(&["client_secret_basic"]), Basic),
            (Some(&["client_secret_post", "client_secret_basic"]), Basic),
            (Some(&["client_secret_jwt", "client_secret_basic"]), Basic),
            (Some(&["client_secret_post", "private_key_jwt"]), Post),
            (Some(&["client_secret_jwt", "client_secret_post"]), Post),
            (Some(&["private_key_jwt", "client_secret_jwt"]), Jwt),
            (Some(&["private_key_jwt"]), Basic),
            (Some(&["none"]), Basic),
            (Some(&["CLIENT_SECRET_POST", "something_new"]), Basic),
        ] {
            let methods = AuthMethods::new(list.map(<[&str]>::to_vec));
            assert_eq!(methods.for_secret().0, expected, "{list:?}");
        }
    }

    #[test]
    fn what_no_list_names_is_not_left_out() {
        let none = AuthMethods::default();
        let some = AuthMethods::new(Some(["client_secret_post"]));
        assert!(!none.leaves_out("none"));
        assert!(some.leaves_out("none"));
        assert!(!some.leaves_out("client_secret_post"));
    }
}
