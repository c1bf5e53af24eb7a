//! The command line of the provider as a program.

mod options;

use oidc_login_dev_provider::{Bend, Client, DevProvider, DevProviderBuilder, UnknownBend, User};

use self::options::Options;

pub(crate) const HELP: &str = "\
An OpenID provider for development. Not for production.

Usage: oidc-login-dev-provider [OPTION VALUE]...

  --port PORT                      where to listen on 127.0.0.1 and [::1]   (default 5001)
  --issuer URL                     instead of http://localhost:PORT; may have a path
  --client-id ID                   the app that signs people in             (default flask-app)
  --client-secret SECRET           makes it a confidential client
  --client-name NAME               its name on the sign-in page
  --root-url URL                   where its relative URIs start
  --redirect-uri URI               valid redirect URI, one `*` at the end of the path is allowed;
                                   again for more                           (default http://localhost:5000/*)
  --post-logout-redirect-uri URI   valid post-logout redirect URI; again for more
                                   (default: the redirect URIs)
  --user NAME:PASSWORD[:ROLE,...]  a person who can sign in; again for more (default alice:alice:admin, bob:bob)
  --bend NAME                      lies about one thing, to see what an app does then; one that is unknown lists all
  --help

Each can be an environment variable too: OIDC_DEV_PROVIDER_PORT, OIDC_DEV_PROVIDER_CLIENT_ID, and so on; lists by
space in OIDC_DEV_PROVIDER_REDIRECT_URI, _POST_LOGOUT_REDIRECT_URI and _USER. An option wins over its variable.
";

/// What the command line asks for.
#[cfg_attr(test, derive(Debug, PartialEq))]
pub(crate) enum Command {
    Help,
    Serve(Args),
}

/// Options and variables, with the defaults filled in.
#[cfg_attr(test, derive(Debug, PartialEq))]
pub(crate) struct Args {
    issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<String>,
    client_name: Option<String>,
    root_url: Option<String>,
    pub(crate) redirect_uris: Vec<String>,
    post_logout_redirect_uris: Vec<String>,
    pub(crate) users: Vec<UserArg>,
    pub(crate) bend: Option<Bend>,
}

#[cfg_attr(test, derive(Debug, PartialEq))]
pub(crate) struct UserArg {
    pub(crate) name: String,
    pub(crate) password: String,
    pub(crate) roles: Vec<String>,
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum ArgsError {
    #[error("unknown option `{0}`")]
    Unknown(String),
    #[error("{0} needs a value")]
    NoValue(String),
    #[error("{0} may be given once")]
    Twice(&'static str),
    #[error("--port is a number from 0 to 65535 (0 takes a free one), not `{0}`")]
    Port(String),
    #[error("--port and --issuer exclude each other: the port is part of the issuer")]
    PortAndIssuer,
    #[error("--user is NAME:PASSWORD or NAME:PASSWORD:ROLE,ROLE")]
    User,
    #[error("--bend `{0}`: {UnknownBend}")]
    Bend(String),
}

const OPTIONS: [&str; 10] = [
    "--port",
    "--issuer",
    "--client-id",
    "--client-secret",
    "--client-name",
    "--root-url",
    "--redirect-uri",
    "--post-logout-redirect-uri",
    "--user",
    "--bend",
];

impl Args {
    pub(crate) fn parse(
        args: impl IntoIterator<Item = String>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Command, ArgsError> {
        let Some(options) = Options::read(args.into_iter(), variable)? else {
            return Ok(Command::Help);
        };
        let (one, many) = (|name| options.one(name), |name| options.many(name));
        let users =
            many("--user").unwrap_or_else(|| vec!["alice:alice:admin".into(), "bob:bob".into()]);
        Ok(Command::Serve(Self {
            issuer: issuer(one("--issuer")?, one("--port")?)?,
            client_id: one("--client-id")?.unwrap_or_else(|| "flask-app".into()),
            client_secret: one("--client-secret")?,
            client_name: one("--client-name")?,
            root_url: one("--root-url")?,
            redirect_uris: many("--redirect-uri")
                .unwrap_or_else(|| vec!["http://localhost:5000/*".into()]),
            post_logout_redirect_uris: many("--post-logout-redirect-uri")
                .unwrap_or_else(|| vec!["+".into()]),
            users: users
                .iter()
                .map(|user| UserArg::parse(user))
                .collect::<Result<_, _>>()?,
            bend: one("--bend")?.map(bend).transpose()?,
        }))
    }

    pub(crate) fn builder(&self) -> DevProviderBuilder {
        let mut client = match &self.client_secret {
            Some(secret) => Client::confidential(&self.client_id, secret),
            None => Client::public(&self.client_id),
        };
        client = client
            .valid_redirect_uris(&self.redirect_uris)
            .valid_post_logout_redirect_uris(&self.post_logout_redirect_uris);
        if let Some(name) = &self.client_name {
            client = client.name(name);
        }
        if let Some(root_url) = &self.root_url {
            client = client.root_url(root_url);
        }
        let builder = DevProvider::builder().issuer(&self.issuer).client(client);
        self.users
            .iter()
            .fold(builder, |builder, user| builder.user(user.user()))
    }
}

fn issuer(issuer: Option<String>, port: Option<String>) -> Result<String, ArgsError> {
    match (issuer, port) {
        (Some(_), Some(_)) => Err(ArgsError::PortAndIssuer),
        (Some(issuer), None) => Ok(issuer),
        (None, None) => Ok("http://localhost:5001".into()),
        (None, Some(port)) => match port.parse::<u16>() {
            Ok(port) => Ok(format!("http://localhost:{port}")),
            Err(_) => Err(ArgsError::Port(port)),
        },
    }
}

fn bend(name: String) -> Result<Bend, ArgsError> {
    name.parse().map_err(|UnknownBend| ArgsError::Bend(name))
}

impl UserArg {
    fn parse(arg: &str) -> Result<Self, ArgsError> {
        let mut parts = arg.splitn(3, ':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(name), Some(password), roles) if !name.is_empty() && !password.is_empty() => {
                Ok(Self {
                    name: name.to_owned(),
                    password: password.to_owned(),
                    roles: roles
                        .unwrap_or_default()
                        .split(',')
                        .filter(|role| !role.is_empty())
                        .map(str::to_owned)
                        .collect(),
                })
            }
            _ => Err(ArgsError::User),
        }
    }

    fn user(&self) -> User {
        self.roles
            .iter()
            .fold(User::new(&self.name, &self.password), User::role)
    }
}

#[cfg(test)]
mod tests;
