//! What is saved of a login, and the formats it was ever saved in.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::protocol::{AccessTokenText, RawIdToken, RefreshToken, step_up::Authentication};

/// The format that is written. A node that knows only older ones takes the record for damaged, and
/// the user for a visitor.
const FORMAT: u8 = 4;
/// The formats before, and what they lack at the end, as it is written where it is absent: format 1
/// knew of no refresh and no granted scope, format 2 of no userinfo, format 3 of no authentication.
const OLDER: [(u8, &[u8]); 3] = [(1, &[0; 6]), (2, &[0; 4]), (3, &[0; 3])];
/// Room for the lengths of the texts and for all that is no text; more roles than usual need more.
const REST: usize = 128;

/// What is saved of a login. Fields are only ever added at the end, behind a new format number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LoginRecord {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) subject: String,
    /// Stays what it was at the login, because the store finds the login by it.
    pub(crate) sid: Option<String>,
    /// Claims as JSON, each value exactly as it was verified.
    pub(crate) claims: String,
    /// `None` when the provider sent no role claim at all.
    pub(crate) roles: Option<Vec<String>>,
    #[serde(serialize_with = "RawIdToken::write")]
    pub(crate) id_token: RawIdToken,
    /// When the login's own ID token was issued, by the provider's clock: a refresh leaves it, or a
    /// late logout token would spare the login.
    pub(crate) issued_at: i64,
    pub(crate) id_token_expires_at: i64,
    #[serde(serialize_with = "AccessTokenText::write")]
    pub(crate) access_token: AccessTokenText,
    pub(crate) access_token_expires_at: Option<i64>,
    pub(crate) refresh_token: Option<RefreshToken>,
    pub(crate) logged_in_at: i64,
    pub(crate) ends_at: i64,
    /// When the tokens were last refreshed.
    pub(crate) refreshed_at: Option<i64>,
    /// As the provider wrote it.
    pub(crate) granted_scope: Option<String>,
    /// What of the claims came from userinfo, as JSON and before the app changed anything: an ID
    /// token that comes later leaves it standing, but for what it speaks of itself.
    pub(crate) userinfo: Option<String>,
    /// Stays what it was at the login.
    pub(crate) authentication: Authentication,
}

impl LoginRecord {
    pub(crate) fn to_bytes(&self) -> Bytes {
        let mut bytes = Vec::with_capacity(self.texts().map(str::len).sum::<usize>() + REST);
        bytes.push(FORMAT);
        let mut bytes =
            postcard::to_extend(self, bytes).expect("strings and numbers always serialize");
        // A store in this process keeps these very bytes.
        bytes.shrink_to_fit();
        Bytes::from(bytes)
    }

    /// Every text that it holds.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let always = [
            &*self.issuer,
            &self.client_id,
            &self.subject,
            &self.claims,
            self.id_token.secret(),
            self.access_token.secret(),
        ];
        let sometimes = [
            self.sid.as_deref(),
            self.refresh_token.as_ref().map(RefreshToken::secret),
            self.granted_scope.as_deref(),
            self.userinfo.as_deref(),
            self.authentication.acr.as_deref(),
        ];
        let roles = self.roles.iter().flatten().map(String::as_str);
        let texts = always.into_iter().chain(sometimes.into_iter().flatten());
        texts.chain(roles)
    }

    /// Reads a saved record; `None` for an unknown format or damage.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&format, record) = bytes.split_first()?;
        if format == FORMAT {
            return postcard::from_bytes(record).ok();
        }
        let (_, lacking) = OLDER.into_iter().find(|(older, _)| *older == format)?;
        postcard::from_bytes(&[record, lacking].concat()).ok()
    }
}

#[cfg(test)]
impl LoginRecord {
    pub(crate) fn sample() -> Self {
        Self {
            issuer: "https://provider.test".into(),
            client_id: "flask-app".into(),
            subject: "1".into(),
            sid: None,
            claims: r#"{"sub":"1"}"#.into(),
            roles: None,
            id_token: RawIdToken::new("id"),
            issued_at: 0,
            id_token_expires_at: 300,
            access_token: AccessTokenText::new("access"),
            access_token_expires_at: None,
            refresh_token: None,
            logged_in_at: 0,
            ends_at: 28_800,
            refreshed_at: None,
            granted_scope: None,
            userinfo: None,
            authentication: Authentication::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn full() -> LoginRecord {
        LoginRecord {
            sid: Some("s".into()),
            roles: Some(vec!["admin".into()]),
            access_token_expires_at: Some(300),
            refresh_token: Some(RefreshToken::new("refresh")),
            ..LoginRecord::sample()
        }
    }

    /// Bytes that were once written must be read for ever; what writes them is in no code any more.
    const WRITTEN_IN_FORMAT_1: &[u8] = b"\x01\x15https://provider.test\x09flask-app\x011\x01\x01s\
        \x0b{\"sub\":\"1\"}\x01\x01\x05admin\x02id\x00\xd8\x04\x06access\x01\xd8\x04\
        \x01\x07refresh\x00\x80\xc2\x03";

    const WRITTEN_IN_FORMAT_2: &[u8] = b"\x02\x15https://provider.test\x09flask-app\x011\x01\x01s\
        \x0b{\"sub\":\"1\"}\x01\x01\x05admin\x02id\x00\xd8\x04\x06access\x01\xd8\x04\
        \x01\x07refresh\x00\x80\xc2\x03\x01\xc8\x01\x01\x06openid";

    #[test]
    fn what_was_written_in_format_1_is_read() {
        let record = LoginRecord::from_bytes(WRITTEN_IN_FORMAT_1).unwrap();
        assert_eq!(record, full());
    }

    const WRITTEN_IN_FORMAT_3: &[u8] = b"\x03\x15https://provider.test\x09flask-app\x011\x01\x01s\
        \x0b{\"sub\":\"1\"}\x01\x01\x05admin\x02id\x00\xd8\x04\x06access\x01\xd8\x04\
        \x01\x07refresh\x00\x80\xc2\x03\x01\xc8\x01\x01\x06openid\x01\x0c{\"name\":\"A\"}";

    fn refreshed() -> LoginRecord {
        LoginRecord {
            refreshed_at: Some(100),
            granted_scope: Some("openid".into()),
            ..full()
        }
    }

    #[test]
    fn what_was_written_in_format_2_is_read() {
        let record = LoginRecord::from_bytes(WRITTEN_IN_FORMAT_2).unwrap();
        assert_eq!(record, refreshed());
    }

    fn with_userinfo() -> LoginRecord {
        LoginRecord {
            userinfo: Some(r#"{"name":"A"}"#.into()),
            ..refreshed()
        }
    }

    #[test]
    fn what_was_written_in_format_3_is_read() {
        let record = LoginRecord::from_bytes(WRITTEN_IN_FORMAT_3).unwrap();
        assert_eq!(record, with_userinfo());
    }

    const WRITTEN_IN_FORMAT_4: &[u8] = b"\x04\x15https://provider.test\x09flask-app\x011\x01\x01s\
        \x0b{\"sub\":\"1\"}\x01\x01\x05admin\x02id\x00\xd8\x04\x06access\x01\xd8\x04\
        \x01\x07refresh\x00\x80\xc2\x03\x01\xc8\x01\x01\x06openid\x01\x0c{\"name\":\"A\"}\
        \x01\x0e\x01\x04gold\x01\x05";

    #[test]
    fn what_was_written_in_format_4_is_read_and_written_again() {
        let record = LoginRecord {
            authentication: Authentication {
                auth_time: Some(7),
                acr: Some("gold".into()),
                max_age: Some(5),
            },
            ..with_userinfo()
        };
        assert_eq!(
            LoginRecord::from_bytes(WRITTEN_IN_FORMAT_4).unwrap(),
            record
        );
        assert_eq!(record.to_bytes(), WRITTEN_IN_FORMAT_4);
    }

    #[test]
    fn damage_and_other_formats_are_nothing() {
        let written = full().to_bytes();
        let other = |format: u8| [&[format], &written[1..]].concat();
        for (name, bytes) in [
            ("empty", Vec::new()),
            ("a format alone", vec![FORMAT]),
            ("an older format alone", vec![1]),
            ("format 2, cut", WRITTEN_IN_FORMAT_2[..20].to_vec()),
            ("format 3, cut", WRITTEN_IN_FORMAT_3[..20].to_vec()),
            ("cut", written[..9].to_vec()),
            ("cut at the end", written[..written.len() - 1].to_vec()),
            ("format 1, cut", WRITTEN_IN_FORMAT_1[..20].to_vec()),
            ("no format", other(0)),
            ("a newer format", other(FORMAT + 1)),
        ] {
            assert!(LoginRecord::from_bytes(&bytes).is_none(), "{name}");
        }
    }
}
