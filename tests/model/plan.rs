//! What happens in one run, as a value: operations, and the order in which their steps are taken.

use std::fmt;

pub(crate) const USERS: [&str; 2] = ["alice", "bob"];
pub(crate) const BROWSERS: usize = 2;
pub(crate) const NODES: usize = 2;
pub(crate) const NAMES: [&str; 2] = ["a", "b"];

/// One run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) operations: Vec<Operation>,
    /// At each step, which of those that can go on does; when it is used up, always the oldest.
    pub(crate) schedule: Vec<u8>,
}

/// What a run takes place in.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Setting {
    /// The store of the values saves whatever it is told to.
    pub(crate) has_open_values: bool,
    /// The provider takes a refresh token again, and gives no other one.
    pub(crate) keeps_refresh_tokens: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// Begins while others are under way; the rest waits until all is quiet.
    pub(crate) is_parallel: bool,
    pub(crate) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Login(LogIn),
    /// A page of the app.
    Page {
        browser: usize,
        node: usize,
        /// With an id that this browser had before, if it had one; its answer comes to nobody.
        stale: Option<u8>,
        steps: Steps,
    },
    /// A page that needs an access token, or refreshes it.
    Token {
        browser: usize,
        node: usize,
        is_forced: bool,
    },
    /// `GET /auth/session`.
    WhoAmI {
        browser: usize,
        node: usize,
    },
    Logout {
        browser: usize,
        node: usize,
    },
    /// The provider ends all logins of a user up to now, or one of its own sessions.
    EndBy {
        user: usize,
        node: usize,
        by_sid: bool,
    },
    /// Time passes.
    Time(i64),
    /// `kill -9`: the node starts again with empty memory.
    Crash(usize),
    /// Somebody closes a tab.
    HangUp(u8),
}

/// A user signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LogIn {
    pub(crate) browser: usize,
    pub(crate) user: usize,
    pub(crate) begins_at: usize,
    pub(crate) answered_at: usize,
    pub(crate) second_answer: SecondAnswer,
}

/// Where the provider's answer comes a second time, at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecondAnswer {
    No,
    SameNode,
    OtherNode,
    /// From a browser that did not begin this login.
    OtherBrowser,
}

/// What a page of the app does with its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Steps {
    /// Looks at login and values before anything else.
    pub(crate) looks: bool,
    pub(crate) change: Change,
    /// Writes this name.
    pub(crate) writes: Option<usize>,
    pub(crate) saves: bool,
    pub(crate) fails: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    No,
    Clear,
    Cycle,
    Flush,
    Delete,
}

impl What {
    /// Needs that nothing is under way: no request takes that long.
    pub(crate) fn needs_quiet(&self) -> bool {
        matches!(self, Self::Time(seconds) if *seconds > 600)
    }
}

impl Steps {
    pub(crate) const LOOK: Self = Self {
        looks: true,
        change: Change::No,
        writes: None,
        saves: false,
        fails: false,
    };

    pub(crate) fn ends(&self) -> bool {
        matches!(self.change, Change::Flush | Change::Delete)
    }

    /// Whether anything of it is saved.
    pub(crate) fn is_saved(&self) -> bool {
        !self.fails || self.saves
    }

    /// The query of the page, which writes this value if it writes one.
    pub(crate) fn query(&self, value: u32) -> String {
        let mut steps = Vec::new();
        if self.looks {
            steps.push("who&claims&read=a&read=b".to_owned());
        }
        steps.extend(match self.change {
            Change::No => None,
            Change::Clear => Some("clear".to_owned()),
            Change::Cycle => Some("cycle".to_owned()),
            Change::Flush => Some("flush".to_owned()),
            Change::Delete => Some("delete".to_owned()),
        });
        if let Some(name) = self.writes {
            steps.push(format!("set={}:{value}", NAMES[name]));
        }
        if self.saves {
            steps.push("save".to_owned());
        }
        if !self.looks && !self.ends() {
            steps.push("who".to_owned());
        }
        if self.fails {
            steps.push("fail".to_owned());
        }
        steps.join("&")
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Login(LogIn { browser, user, .. }) => {
                write!(f, "login of {} in browser {browser}", USERS[*user])
            }
            Self::Page {
                browser,
                node,
                stale,
                steps,
            } => {
                let cookie = if stale.is_some() {
                    ", with an old id"
                } else {
                    ""
                };
                write!(
                    f,
                    "page of browser {browser} at node {node}{cookie}: {}",
                    steps.query(0)
                )
            }
            Self::Token {
                browser,
                node,
                is_forced,
            } => {
                let what = if *is_forced { "refresh" } else { "token" };
                write!(f, "{what} of browser {browser} at node {node}")
            }
            Self::WhoAmI { browser, node } => {
                write!(f, "who am I, browser {browser} at node {node}")
            }
            Self::Logout { browser, node } => {
                write!(f, "logout of browser {browser} at node {node}")
            }
            Self::EndBy { user, .. } => write!(f, "logout of {} by the provider", USERS[*user]),
            Self::Time(seconds) => write!(f, "{seconds} s pass"),
            Self::Crash(node) => write!(f, "crash of node {node}"),
            Self::HangUp(_) => f.write_str("somebody hangs up"),
        }
    }
}
