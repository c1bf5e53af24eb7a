//! Logouts that the provider asks for.

use super::{Truth, logins::Login};

/// The provider ended logins of a user.
pub(super) struct ProviderLogout {
    user: usize,
    /// One of the provider's sessions, or all.
    session: Option<u32>,
    until: i64,
    pub(super) answered: Option<u64>,
}

impl Truth {
    pub(crate) fn begin_logout(&mut self, user: usize, session: Option<u32>) -> usize {
        self.moment += 1;
        self.logouts.push(ProviderLogout {
            user,
            session,
            until: self.clock.seconds(),
            answered: None,
        });
        self.logouts.len() - 1
    }

    pub(crate) fn answer_logout(&mut self, number: usize) {
        self.moment += 1;
        self.logouts[number].answered = Some(self.moment);
    }

    pub(super) fn may_be_ended_by_provider(&self, id: Option<&str>) -> bool {
        let Some(login) = self.login_of(id) else {
            return false;
        };
        let mut logouts = self.logouts.iter();
        logouts.any(|logout| logout.may_mean(login.user, login.began))
    }
}

impl ProviderLogout {
    /// Whether it may end a login of this user that began then.
    pub(super) fn may_mean(&self, user: usize, began: u64) -> bool {
        self.user == user && self.answered.is_none_or(|answered| answered > began)
    }

    /// Whether it means this login, whenever that is saved.
    pub(super) fn means(&self, login: &Login) -> bool {
        let session = login.exchange.sessions[login.user];
        self.user == login.user
            && match self.session {
                Some(meant) => meant == session,
                None => login.exchange.at <= self.until,
            }
    }
}
