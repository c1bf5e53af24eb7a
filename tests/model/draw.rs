//! How plans are drawn.

use proptest::{collection::vec, prelude::*};

use crate::plan::{
    BROWSERS, Change, LogIn, NAMES, NODES, Operation, Plan, SecondAnswer, Steps, USERS, What,
};

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
