//! Access tokens that pages were given.

use http::StatusCode;
use oidc_login_tests::user_agent::Page;

use super::{Asked, Truth};
use crate::{
    guarantee::{Broken, Guarantee},
    seen::{Seen, Who},
};

impl Truth {
    pub(super) fn see_token(&self, page: &Page) -> Seen {
        let user = self.token(page).map(|(_, user)| user);
        Seen {
            who: Some(user.map_or(Who::Nobody, Who::User)),
            ..Seen::of(page)
        }
    }

    /// Which token an answer shows, by its age, and whose it is.
    fn token(&self, page: &Page) -> Option<(usize, String)> {
        let (tokens, text) = (self.tokens.lock().expect("no panic"), page.text());
        let number = tokens.iter().position(|(token, _)| *token == text)?;
        Some((number, tokens[number].1.clone()))
    }

    /// A token, or a word that there is nobody to have one; a failure only where a node died, or
    /// the session may have ended or moved.
    pub(super) fn check_token_status(&self, number: usize, seen: &Seen) -> Result<(), Broken> {
        let request = &self.requests[number];
        let is_answer = matches!(seen.status, StatusCode::OK | StatusCode::UNAUTHORIZED);
        let mut others = self.requests.iter();
        let may_fail = self.last_disturbance > 0
            || self.may_be_ended_by_provider(request.presented.as_deref())
            || others.any(|other| other.presented == request.presented && other.asked.may_end());
        if is_answer || may_fail {
            return Ok(());
        }
        Guarantee::NoError.broken(self.text(number, seen))
    }

    /// Never an older token than one that was shown before this request began.
    pub(super) fn check_token(
        &mut self,
        number: usize,
        seen: &Seen,
        page: &Page,
    ) -> Result<(), Broken> {
        if self.requests[number].asked != Asked::Token {
            return Ok(());
        }
        let Some((age, _)) = self.token(page) else {
            return Ok(());
        };
        let (began, text) = (self.requests[number].began, self.text(number, seen));
        let moment = self.moment;
        let Some(login) = self.login_mut(number) else {
            return Ok(());
        };
        let is_older = login
            .shown
            .is_some_and(|(at, newest)| at < began && age < newest);
        if is_older {
            return Guarantee::RefreshedTokenKept.broken(text);
        }
        if login.shown.is_none_or(|(_, newest)| age > newest) {
            login.shown = Some((moment, age));
        }
        Ok(())
    }

    /// A node that dies between the provider's answer and the store takes the new tokens with it,
    /// and the old refresh token is used up. So it is where a lease ran out meanwhile.
    pub(super) fn may_have_lost_tokens(&self, id: Option<&str>) -> bool {
        let of = |id: Option<&str>| id.and_then(|id| self.ids.get(id)?.login);
        let Some(number) = of(id) else {
            return false;
        };
        let mut requests = self.requests.iter();
        !self.setting.keeps_refresh_tokens
            && self.last_disturbance > self.logins[number].began
            && requests.any(|request| {
                request.asked == Asked::Token && of(request.presented.as_deref()) == Some(number)
            })
    }
}
