//! What happens in one run, as a value: operations, and the order in which their steps are taken.

use std::fmt;

use proptest::{collection::vec, prelude::*};

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

/// Any run.
pub(crate) fn plans() -> impl Strategy<Value = Plan> {
    let operations = prop_oneof![
        6 => vec(operation(whats()), 1..14).boxed(),
        2 => one_session(at_once()).boxed(),
        1 => one_session(over_time()).boxed(),
    ];
    (operations, vec(any::<u8>(), 0..160)).prop_map(|(operations, schedule)| Plan {
        operations,
        schedule,
    })
}

/// The life of one session, of which these are the operations.
fn one_session(then: impl Strategy<Value = Operation>) -> impl Strategy<Value = Vec<Operation>> {
    let login = nodes().prop_map(|node| {
        What::Login(LogIn {
            browser: 0,
            user: 0,
            begins_at: node,
            answered_at: node,
            second_answer: SecondAnswer::No,
        })
    });
    let login = login.prop_map(|what| Operation {
        is_parallel: false,
        what,
    });
    (login, vec(then, 1..12)).prop_map(|(login, mut then)| {
        then.insert(0, login);
        then
    })
}

/// What overlaps: refreshes, renewals, the end.
fn at_once() -> impl Strategy<Value = Operation> {
    operation(prop_oneof![
        6 => (nodes(), any::<bool>())
            .prop_map(|(node, is_forced)| What::Token { browser: 0, node, is_forced }),
        3 => (nodes(), steps()).prop_map(|(node, steps)| {
            What::Page { browser: 0, node, stale: None, steps }
        }),
        2 => prop::sample::select(vec![5, 20, 250, 400]).prop_map(What::Time),
        1 => nodes().prop_map(|node| What::Logout { browser: 0, node }),
        1 => nodes().prop_map(What::Crash),
        1 => any::<u8>().prop_map(What::HangUp),
    ])
}

/// What keeps a session in use until its time is up.
fn over_time() -> impl Strategy<Value = Operation> {
    let look = |steps| {
        move |node| What::Page {
            browser: 0,
            node,
            stale: None,
            steps,
        }
    };
    let renews = Steps {
        change: Change::Cycle,
        ..Steps::LOOK
    };
    let what = prop_oneof![
        6 => prop::sample::select(vec![400, 1800, 3300]).prop_map(What::Time),
        6 => nodes().prop_map(look(Steps::LOOK)),
        1 => nodes().prop_map(look(renews)),
        1 => nodes().prop_map(|node| What::Token { browser: 0, node, is_forced: true }),
    ];
    what.prop_map(|what| Operation {
        is_parallel: false,
        what,
    })
}

fn operation(what: impl Strategy<Value = What>) -> impl Strategy<Value = Operation> {
    (prop::bool::weighted(0.6), what)
        .prop_map(|(is_parallel, what)| Operation { is_parallel, what })
}

fn whats() -> impl Strategy<Value = What> {
    prop_oneof![
        5 => logins(),
        10 => pages(),
        1 => (browsers(), nodes()).prop_map(|(browser, node)| What::WhoAmI { browser, node }),
        3 => (browsers(), nodes(), any::<bool>()).prop_map(|(browser, node, is_forced)| {
            What::Token { browser, node, is_forced }
        }),
        3 => (browsers(), nodes()).prop_map(|(browser, node)| What::Logout { browser, node }),
        1 => (users(), nodes(), any::<bool>())
            .prop_map(|(user, node, by_sid)| What::EndBy { user, node, by_sid }),
        2 => prop::sample::select(vec![5, 20, 200, 400, 1800, 3300, 3600, 5400]).prop_map(What::Time),
        1 => nodes().prop_map(What::Crash),
        1 => any::<u8>().prop_map(What::HangUp),
    ]
}

fn logins() -> impl Strategy<Value = What> {
    let second = prop_oneof![
        5 => Just(SecondAnswer::No),
        1 => Just(SecondAnswer::SameNode),
        1 => Just(SecondAnswer::OtherNode),
        1 => Just(SecondAnswer::OtherBrowser),
    ];
    (browsers(), users(), nodes(), nodes(), second).prop_map(
        |(browser, user, begins_at, answered_at, second_answer)| {
            What::Login(LogIn {
                browser,
                user,
                begins_at,
                answered_at,
                second_answer,
            })
        },
    )
}

fn pages() -> impl Strategy<Value = What> {
    let stale = prop::option::weighted(0.15, any::<u8>());
    (browsers(), nodes(), stale, steps()).prop_map(|(browser, node, stale, steps)| What::Page {
        browser,
        node,
        stale,
        steps,
    })
}

fn steps() -> impl Strategy<Value = Steps> {
    let change = prop_oneof![
        8 => Just(Change::No),
        1 => Just(Change::Clear),
        3 => Just(Change::Cycle),
        1 => Just(Change::Flush),
        1 => Just(Change::Delete),
    ];
    (
        prop::bool::weighted(0.7),
        change,
        prop::option::weighted(0.6, 0..NAMES.len()),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.15),
    )
        .prop_map(|(looks, change, writes, saves, fails)| Steps {
            looks,
            change,
            writes: writes.filter(|_| change != Change::Delete),
            saves,
            fails,
        })
}

/// The first browser has more to do, so that its requests overlap.
fn browsers() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(0), 1 => 0..BROWSERS]
}

fn users() -> impl Strategy<Value = usize> {
    prop_oneof![2 => Just(0), 1 => 0..USERS.len()]
}

fn nodes() -> impl Strategy<Value = usize> {
    0..NODES
}
