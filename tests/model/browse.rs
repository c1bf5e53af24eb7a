//! What browsers do, each thing a task.

use std::rc::Rc;

use http::Method;
use oidc_login_tests::{
    user_agent::{Page, UserAgent, script},
    world::APP,
};

use crate::{executor::Place, plan::What, run::Run, truth::Asked};

/// A browser on its way to a node.
#[derive(Clone, Copy)]
pub(crate) struct Visit {
    pub(crate) browser: usize,
    pub(crate) node: usize,
    /// With an id that the browser had before, if it had one; it keeps nothing of the answer.
    pub(crate) stale: Option<u8>,
}

impl Run {
    /// Does what an operation says.
    pub(crate) async fn browse(self: Rc<Self>, number: usize, what: What, place: Place) {
        let visit = |browser: usize, node: usize| {
            place.set(Some(node));
            Visit {
                browser,
                node,
                stale: None,
            }
        };
        match what {
            What::Login(login) => self.log_in(number, login, &place).await,
            What::Page {
                browser,
                node,
                stale,
                steps,
            } => {
                let value = self.last_value.get() + 1;
                self.last_value.set(value);
                let visit = Visit {
                    stale,
                    ..visit(browser, node)
                };
                let url = format!("{APP}/do?{}", steps.query(value));
                let asked = Asked::Page { steps, value };
                self.ask(asked, visit, async |agent| agent.get(&url).await)
                    .await;
            }
            What::Token {
                browser,
                node,
                is_forced,
            } => {
                let path = if is_forced { "refresh" } else { "token" };
                let url = format!("{APP}/{path}");
                let visit = visit(browser, node);
                let send =
                    async |agent: &mut UserAgent| agent.request(script(Method::GET, &url)).await;
                self.ask(Asked::Token, visit, send).await;
            }
            What::WhoAmI { browser, node } => {
                let url = format!("{APP}/auth/session");
                let visit = visit(browser, node);
                self.ask(Asked::WhoAmI, visit, async |agent| agent.get(&url).await)
                    .await;
            }
            What::Logout { browser, node } => {
                let url = format!("{APP}/auth/logout");
                let visit = visit(browser, node);
                let send = async |agent: &mut UserAgent| agent.post(&url, &[]).await;
                self.ask(Asked::Logout, visit, send).await;
            }
            What::EndBy { user, node, by_sid } => {
                place.set(Some(node));
                self.end_by(user, node, by_sid).await;
            }
            What::Time(_) | What::Crash(_) | What::HangUp(_) => {}
        }
    }

    /// The browser as it is at this moment.
    pub(crate) fn agent(&self, visit: Visit) -> UserAgent {
        let mut agent = self.nodes.borrow()[visit.node].agent.clone();
        agent.jar = self.browsers[visit.browser].borrow().jar.clone();
        // These browsers sign in more often than people do.
        agent
            .jar
            .retain(|(_, name), _| !name.contains("oidc_trail"));
        let had = &self.had.borrow()[visit.browser];
        if let Some(stale) = visit.stale.filter(|_| !had.is_empty()) {
            let mut names = agent.jar.keys();
            let name = names.find(|(_, name)| name.starts_with("oidc_session"));
            let name = name.cloned().expect("it had one");
            let id = had[usize::from(stale) % had.len()].clone();
            agent.jar.insert(name, (id, None));
        }
        agent
    }

    /// Asks, keeps the cookies that come back, and holds the answer against the truth.
    pub(crate) async fn ask(
        &self,
        asked: Asked,
        visit: Visit,
        send: impl AsyncFnOnce(&mut UserAgent) -> Page,
    ) {
        let mut agent = self.agent(visit);
        let presented = agent.session();
        let number = self.truth.borrow_mut().begin(asked, visit.node, presented);
        let ticket = Ticket {
            run: self,
            number: Some(number),
        };
        let page = send(&mut agent).await;
        ticket.answered();
        if visit.stale.is_none() {
            self.receive(visit.browser, &page);
        }
        let result = self.truth.borrow_mut().answer(number, &page);
        if let Err(broken) = result {
            self.broken.borrow_mut().get_or_insert(broken);
        }
    }

    pub(crate) fn receive(&self, browser: usize, page: &Page) {
        let mut agent = self.browsers[browser].borrow_mut();
        agent.receive(page);
        let had = &mut self.had.borrow_mut()[browser];
        let session = agent.session();
        let session = session.filter(|session| !had.contains(session));
        had.extend(session);
    }
}

/// A request whose answer may never come.
struct Ticket<'a> {
    run: &'a Run,
    number: Option<usize>,
}

impl Ticket<'_> {
    fn answered(mut self) {
        self.number = None;
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.run.truth.borrow_mut().lose(number);
        }
    }
}
