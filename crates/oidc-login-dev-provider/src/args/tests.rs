#![allow(clippy::unwrap_used)]
use super::*;

fn parse(args: &[&str], variables: &[(&str, &str)]) -> Result<Args, ArgsError> {
    let variable = |name: &str| {
        variables
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    };
    match Args::parse(args.iter().map(ToString::to_string), variable)? {
        Command::Serve(args) => Ok(args),
        Command::Help => panic!("help was not asked for"),
    }
}

#[test]
fn without_anything_it_serves_the_tutorial() {
    let args = parse(&[], &[]).unwrap();
    assert_eq!(
        (args.issuer.as_str(), args.client_id.as_str()),
        ("http://localhost:5001", "flask-app")
    );
    assert_eq!(args.redirect_uris, ["http://localhost:5000/*"]);
    assert_eq!(
        args.users
            .iter()
            .map(|user| user.name.as_str())
            .collect::<Vec<_>>(),
        ["alice", "bob"]
    );
    assert!(args.builder().build().is_ok());
}

#[test]
fn options_win_over_variables() {
    let variables = [
        ("OIDC_DEV_PROVIDER_PORT", "1"),
        ("OIDC_DEV_PROVIDER_CLIENT_ID", "other"),
        (
            "OIDC_DEV_PROVIDER_REDIRECT_URI",
            "http://localhost:1/a http://localhost:1/b",
        ),
    ];
    let args = parse(
        &["--port", "2", "--user=carol:pw:a,b", "--user", "dan:pw"],
        &variables,
    )
    .unwrap();
    assert_eq!(
        (args.issuer.as_str(), args.client_id.as_str()),
        ("http://localhost:2", "other")
    );
    assert_eq!(
        args.redirect_uris,
        ["http://localhost:1/a", "http://localhost:1/b"]
    );
    assert_eq!(
        (args.users.len(), args.users[0].roles.as_slice()),
        (2, ["a".to_owned(), "b".to_owned()].as_slice())
    );
}

#[test]
fn a_lie_is_called_by_its_name() {
    let variable = [("OIDC_DEV_PROVIDER_BEND", "keys-none")];
    for (args, bend) in [
        (&[][..], Bend::KeysNone),
        (&["--bend", "id-token-nonce"], Bend::IdTokenNonce),
    ] {
        assert_eq!(parse(args, &variable).unwrap().bend, Some(bend));
    }
    let error = ArgsError::Bend("no".into()).to_string();
    assert!(error.contains("there are discovery-issuer, "));
}

#[test]
fn mistakes_are_named() {
    let cases: [(&[&str], ArgsError); 7] = [
        (&["--bend", "no"], ArgsError::Bend("no".into())),
        (&["--prot", "1"], ArgsError::Unknown("--prot".into())),
        (&["--port"], ArgsError::NoValue("--port".into())),
        (&["--port", "1", "--port", "2"], ArgsError::Twice("--port")),
        (&["--port", "70000"], ArgsError::Port("70000".into())),
        (
            &["--port", "1", "--issuer", "http://localhost:1"],
            ArgsError::PortAndIssuer,
        ),
        (&["--user", "carol"], ArgsError::User),
    ];
    for (args, expected) in cases {
        assert_eq!(parse(args, &[]), Err(expected));
    }
    assert_eq!(Args::parse(["-h".to_owned()], |_| None), Ok(Command::Help));
}
