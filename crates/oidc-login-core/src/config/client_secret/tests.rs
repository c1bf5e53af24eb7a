#![allow(clippy::unwrap_used)]

use std::fs;

use super::*;
use crate::{config::test_folder::Folder, error::LoginError};

fn read(secret: &ClientSecret) -> Result<String, String> {
    let read = secret.read().map_err(|error| error.to_string())?;
    Ok(read.secret().to_owned())
}

#[test]
fn a_file_holds_one_line() {
    let folder = Folder::new();
    let ok = |text: &str| Ok(text.to_owned());
    let refused = |text: &str| Err(text.to_owned());
    let largest = "s".repeat(64 * 1024);
    let too_large = format!("{largest}s");
    for (name, content, expected) in [
        ("as it is", b"s3cret".as_slice(), ok("s3cret")),
        ("by echo", b"s3cret\n", ok("s3cret")),
        ("by an editor", b"\xef\xbb\xbfs3cret\r\n", ok("s3cret")),
        ("blank lines after it", b"s3cret\n\r\n\n", ok("s3cret")),
        ("blanks are part of it", b" s3 cret \n", ok(" s3 cret ")),
        (
            "anything",
            "}(!]\"\\% é\n".as_bytes(),
            ok("}(!]\"\\% \u{e9}"),
        ),
        ("as large as may be", largest.as_bytes(), ok(&largest)),
        ("nothing", b"", refused("it is empty")),
        ("a line end", b"\n", refused("it is empty")),
        (
            "two lines",
            b"s3cret\nother\n",
            refused("it has more than one line"),
        ),
        (
            "UTF-16",
            b"\xff\xfes\x003\x00",
            refused("it is not UTF-8 text"),
        ),
        (
            "too large",
            too_large.as_bytes(),
            refused("it is larger than 64 KiB"),
        ),
    ] {
        let secret = ClientSecret::from_file(folder.write("secret", content));
        assert!(read(&secret) == expected, "{name}");
    }
}

#[test]
fn what_is_no_file_is_not_opened() {
    let folder = Folder::new();
    let missing = ClientSecret::from_file(folder.path("missing"));
    assert_eq!(
        read(&missing),
        Err("it cannot be read: entity not found".to_owned())
    );
    let not_a_file = Err("it is not a file".to_owned());
    assert_eq!(read(&ClientSecret::from_file(folder.root())), not_a_file);
    #[cfg(unix)]
    assert_eq!(read(&ClientSecret::from_file("/dev/zero")), not_a_file);
}

#[test]
fn a_changed_file_counts_at_once() {
    let folder = Folder::new();
    let secret = ClientSecret::from_file(folder.write("secret", "first"));
    assert_eq!(read(&secret).unwrap(), "first");
    folder.write("secret", "other");
    assert_eq!(read(&secret).unwrap(), "other", "written in place");
    fs::rename(folder.write("next", "third"), folder.path("secret")).unwrap();
    assert_eq!(read(&secret).unwrap(), "third", "replaced");
    fs::remove_file(folder.path("secret")).unwrap();
    read(&secret).unwrap_err();
    folder.write("secret", "again");
    assert_eq!(read(&secret).unwrap(), "again", "gone and back");
}

/// A mounted secret of Kubernetes: `secret` links to `..data/secret`, and `..data` to a folder with
/// a date, which is replaced as a whole.
#[cfg(unix)]
#[test]
fn a_link_on_the_way_to_it_may_be_replaced() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    for (name, content) in [("..2026_01", "first"), ("..2026_02", "other")] {
        fs::create_dir(folder.path(name)).unwrap();
        folder.write(&format!("{name}/secret"), content);
    }
    symlink("..2026_01", folder.path("..data")).unwrap();
    symlink("..data/secret", folder.path("secret")).unwrap();
    let secret = ClientSecret::from_file(folder.path("secret"));
    assert_eq!(read(&secret).unwrap(), "first");
    symlink("..2026_02", folder.path("..next")).unwrap();
    fs::rename(folder.path("..next"), folder.path("..data")).unwrap();
    fs::remove_dir_all(folder.path("..2026_01")).unwrap();
    assert_eq!(read(&secret).unwrap(), "other");
}

#[test]
fn a_variable_holds_it_as_it_stands() {
    let set = ClientSecret::from_env("CARGO_PKG_NAME");
    assert_eq!(read(&set).unwrap(), "oidc-login-core");
    let unset = ClientSecret::from_env("OIDC_LOGIN_NOBODY_SETS_THIS");
    assert_eq!(read(&unset), Err("it is not set".to_owned()));
}

#[test]
fn an_error_says_where_it_looked() {
    let folder = Folder::new();
    let path = folder.write("secret", "");
    let error = ClientSecret::from_file(&path).read().unwrap_err();
    let error = LoginError::from(error);
    assert_eq!(error.code(), "client_credential_unusable");
    let evidence: Vec<_> = error
        .evidence()
        .iter()
        .map(|one| (one.what(), one.value()))
        .collect();
    let path = path.display().to_string();
    assert_eq!(
        evidence,
        [("file", path.as_str()), ("what is wrong", "it is empty")]
    );
}

#[test]
fn nothing_secret_is_printed() {
    let folder = Folder::new();
    let lines = "s3cret\ns3cret";
    for secret in [
        ClientSecret::new("s3cret"),
        ClientSecret::new(lines),
        ClientSecret::from_file(folder.write("secret", lines)),
    ] {
        let error = secret.read().err();
        let login_error = secret.read().err().map(LoginError::from);
        let config_error = secret.read().err().map(CredentialError::in_client_secret);
        let config_text = config_error.as_ref().map(ToString::to_string);
        let printed =
            format!("{secret:?} {error:?} {login_error:?} {config_error:?} {config_text:?}");
        assert!(!printed.contains("s3cret"), "{printed}");
    }
}
