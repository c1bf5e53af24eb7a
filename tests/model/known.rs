//! Orders that once broke a promise, found by random runs and written down.

use crate::{
    plan::{Change, LogIn, SecondAnswer, Setting, Steps, What},
    script::{Script, Turn, play_or_panic},
};

fn login(node: usize) -> What {
    What::Login(LogIn {
        browser: 0,
        user: 0,
        begins_at: node,
        answered_at: node,
        second_answer: SecondAnswer::No,
    })
}

fn page(node: usize, steps: Steps) -> What {
    What::Page {
        browser: 0,
        node,
        stale: None,
        steps,
    }
}

const CYCLE: Steps = Steps {
    change: Change::Cycle,
    ..Steps::LOOK
};

const SAVE: Steps = Steps {
    saves: true,
    ..Steps::LOOK
};

fn logout(node: usize) -> What {
    What::Logout { browser: 0, node }
}

/// The order as a failure prints it: `3!` begins an operation, `3*2` gives it two steps and `3+*`
/// all it can take of what the library does for it on its own.
fn play(operations: Vec<What>, order: &str) {
    play_in(Setting::default(), operations, order);
}

fn play_in(setting: Setting, operations: Vec<What>, order: &str) {
    let order = order.split(' ').flat_map(|word| {
        if let Some(number) = word.strip_suffix('!') {
            return vec![Turn::Begin(number.parse().expect("a number"))];
        }
        let (task, times) = word.split_once('*').expect("a task and its turns");
        match times {
            "" => vec![Turn::AllOf(task.to_owned())],
            times => vec![Turn::Of(task.to_owned()); times.parse().expect("a number")],
        }
    });
    play_or_panic(&Script {
        setting,
        operations: operations.into_iter().enumerate().collect(),
        order: order.collect(),
    });
}

/// The renewal was taken for a flush, and its answer took the cookie of the login away.
#[test]
fn a_renewal_that_a_login_overtakes_at_another_node_ends_nothing() {
    for order in (1..12).flat_map(|before| (1..12).map(move |login| (before, login))) {
        let (before, login_turns) = order;
        let order = format!("0! 0* 0+* 0* 1! 1*{before} 2! 2* 2+*{login_turns} 1*");
        play(vec![login(0), page(1, CYCLE), login(0)], &order);
    }
}

/// The values were made anew after the sign-out had deleted them.
#[test]
fn values_that_are_made_anew_do_not_outlive_a_sign_out() {
    for order in (1..8).flat_map(|before| (1..8).map(move |logout| (before, logout))) {
        let (before, logout_turns) = order;
        let order = format!("0! 0* 0+* 0* 1! 1*{before} 2! 2*{logout_turns} 1*");
        let writes = Steps {
            writes: Some(0),
            ..SAVE
        };
        play(vec![login(0), page(1, writes), logout(0)], &order);
    }
}

/// The sign-out came with the old id, and the answer with the new one after it.
#[test]
fn a_sign_out_and_renewals_in_every_order() {
    for order in (1..9).flat_map(|first| (1..9).map(move |second| (first, second))) {
        let (first, second) = order;
        let order = format!("0! 0* 0+* 0* 1! 1*{first} 2! 2*{second} 3! 3* 1* 2*");
        let operations = vec![login(0), page(0, CYCLE), page(0, CYCLE), logout(0)];
        play(operations, &order);
        let order = format!("0! 0* 0+* 0* 1! 1*{first} 3! 3*{second} 2! 2* 1* 3*");
        let operations = vec![login(0), page(0, CYCLE), page(0, CYCLE), logout(0)];
        play(operations, &order);
    }
}

/// The store took its time over the login, and the end of the session before was put down as of
/// when that began: a page of the old session took the place of the login's cookie.
#[test]
fn a_slow_login_is_not_overtaken_by_a_page_of_the_session_before() {
    for order in (1..11).flat_map(|before| (1..6).map(move |after| (before, after))) {
        let (before, after) = order;
        let order = format!("0! 0* 0+* 0* 1! 1*3 1+*{before} 2! 3! 1+*{after} 3*1");
        let writes = Steps {
            writes: Some(0),
            ..Steps::LOOK
        };
        play(
            vec![login(0), login(0), What::Time(20), page(0, writes)],
            &order,
        );
    }
}

/// A node was so slow that its lease ran out and another one refreshed: what it saves then is late.
#[test]
fn tokens_that_come_after_the_lease_take_the_place_of_no_newer_ones() {
    let setting = Setting {
        keeps_refresh_tokens: true,
        ..Setting::default()
    };
    let token = |node, is_forced| What::Token {
        browser: 0,
        node,
        is_forced,
    };
    for steps in 1..10 {
        let order = format!("0! 0* 0+* 0* 1! 1*3 1+*{steps} 2! 3! 3* 3+* 3* 1+* 1* 4! 4* 4+* 4*");
        let late = vec![
            login(0),
            token(0, true),
            What::Time(60),
            token(1, true),
            token(1, false),
        ];
        play_in(setting, late, &order);
    }
}
