//! One run of a plan.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::atomic::Ordering,
};

use futures_util::FutureExt as _;
use oidc_login_tests::user_agent::UserAgent;

use crate::{
    executor::{Executor, Place},
    guarantee::{Broken, Guarantee},
    node::{Node, Shared},
    plan::{BROWSERS, NODES, Operation, Plan, Setting, Steps, What},
    script::{Script, Turn},
    truth::Truth,
};

/// Everything in one run.
pub(crate) struct Run {
    pub(crate) shared: Shared,
    setting: Setting,
    pub(crate) executor: Executor,
    pub(crate) nodes: RefCell<Vec<Node>>,
    /// What each browser has of cookies.
    pub(crate) browsers: Vec<RefCell<UserAgent>>,
    pub(crate) truth: RefCell<Truth>,
    /// The first promise that was not kept.
    pub(crate) broken: RefCell<Option<Broken>>,
    /// The session ids that each browser had.
    pub(crate) had: RefCell<Vec<Vec<String>>>,
    /// Every value written is another one.
    pub(crate) last_value: Cell<u32>,
    /// What happened so far.
    order: RefCell<Vec<Turn>>,
}

/// Why a run failed, and how it went.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) broken: Broken,
    pub(crate) trace: Vec<String>,
}

/// Runs a plan, and holds everything against the truth; gives what happened as well.
pub(crate) fn run(plan: &Plan, setting: Setting) -> (Script, Result<(), Failure>) {
    let run = Rc::new(Run::new(setting));
    let result = run.clone().follow_plan(plan);
    let operations = plan
        .operations
        .iter()
        .map(|operation| operation.what.clone());
    let script = Script {
        setting,
        operations: operations.enumerate().collect(),
        order: run.order.take(),
    };
    (script, run.end(result))
}

/// Runs a script.
pub(crate) fn play(script: &Script) -> Result<(), Failure> {
    let run = Rc::new(Run::new(script.setting));
    let result = run.clone().follow_script(script);
    run.end(result)
}

impl Run {
    fn new(setting: Setting) -> Self {
        let shared = Shared::new(setting);
        let nodes: Vec<_> = (0..NODES).map(|_| shared.node()).collect();
        let browser = || RefCell::new(nodes[0].agent.other_browser());
        let truth = Truth::new(shared.clock.clone(), &shared.wire, setting);
        Self {
            executor: Executor::new(shared.trace.clone()),
            browsers: (0..BROWSERS).map(|_| browser()).collect(),
            nodes: RefCell::new(nodes),
            truth: RefCell::new(truth),
            broken: RefCell::default(),
            had: RefCell::new(vec![Vec::new(); BROWSERS]),
            last_value: Cell::new(0),
            order: RefCell::default(),
            shared,
            setting,
        }
    }

    fn end(&self, result: Result<(), Broken>) -> Result<(), Failure> {
        // Tasks know the run, and it them.
        self.executor.end_all();
        result.map_err(|broken| Failure {
            broken,
            trace: self.shared.trace.lines(),
        })
    }

    fn follow_plan(self: Rc<Self>, plan: &Plan) -> Result<(), Broken> {
        let mut schedule = plan.schedule.iter().copied();
        for (number, operation) in plan.operations.iter().enumerate() {
            self.advance(operation, &mut schedule)?;
            self.begin_operation(number, &operation.what);
        }
        self.settle(&mut schedule)?;
        self.conclude()
    }

    fn follow_script(self: Rc<Self>, script: &Script) -> Result<(), Broken> {
        for turn in &script.order {
            match turn {
                Turn::Begin(number) => {
                    let mut operations = script.operations.iter();
                    if let Some((_, what)) = operations.find(|(other, _)| other == number) {
                        if what.needs_quiet() {
                            self.settle(&mut std::iter::empty())?;
                        }
                        self.begin_operation(*number, what);
                    }
                }
                Turn::Of(task) => {
                    self.turn_of(task)?;
                }
                Turn::AllOf(task) => while self.turn_of(task)? {},
            }
        }
        self.settle(&mut std::iter::empty())?;
        self.conclude()
    }

    /// Lets others go on until this operation's turn has come.
    fn advance(
        &self,
        next: &Operation,
        schedule: &mut impl Iterator<Item = u8>,
    ) -> Result<(), Broken> {
        if !next.is_parallel || next.what.needs_quiet() {
            return self.settle(schedule);
        }
        loop {
            let ready = self.executor.ready();
            let choice = usize::from(schedule.next().unwrap_or_default()) % (ready + 1);
            if choice == ready {
                return Ok(());
            }
            self.turn(choice)?;
        }
    }

    /// Lets everything under way come to its end.
    fn settle(&self, schedule: &mut impl Iterator<Item = u8>) -> Result<(), Broken> {
        while !self.executor.is_idle() {
            let ready = self.executor.ready();
            if ready == 0 && self.shared.timer.pass() {
                continue;
            }
            if ready == 0 {
                return Guarantee::Answered.broken("somebody waits for what never comes");
            }
            self.turn(usize::from(schedule.next().unwrap_or_default()) % ready)?;
        }
        Ok(())
    }

    /// Lets the task of this name take a step, if it can.
    fn turn_of(&self, task: &str) -> Result<bool, Broken> {
        match self.executor.ready_task(task) {
            Some(number) => self.turn(number).map(|()| true),
            None => Ok(false),
        }
    }

    fn turn(&self, choice: usize) -> Result<(), Broken> {
        let task = self.executor.turn(choice);
        self.order.borrow_mut().push(Turn::Of(task));
        self.adopt();
        match self.broken.borrow_mut().take() {
            Some(broken) => Err(broken),
            None => Ok(()),
        }
    }

    fn begin_operation(self: &Rc<Self>, number: usize, what: &What) {
        self.order.borrow_mut().push(Turn::Begin(number));
        self.start(number, what);
    }

    /// When all is quiet.
    fn conclude(self: Rc<Self>) -> Result<(), Broken> {
        let order = self.order.borrow().clone();
        let result = self.look_around();
        self.order.replace(order);
        result?;
        self.truth.borrow().check_exchanges()?;
        self.check_refreshes()?;
        self.check_what_is_left()
    }

    fn adopt(&self) {
        for (number, node) in self.nodes.borrow().iter().enumerate() {
            self.executor.adopt(number, &node.tasks);
        }
    }

    fn start(self: &Rc<Self>, number: usize, what: &What) {
        let name = format!("{number} {what}");
        self.shared.trace.set_actor(&name);
        match what {
            What::Time(seconds) => self.pass(*seconds),
            What::Crash(node) => self.crash(*node),
            What::HangUp(number) => self.executor.hang_up(usize::from(*number)),
            _ => {
                let (place, run, what) = (Place::default(), self.clone(), what.clone());
                let at = place.clone();
                self.executor.start(
                    &name,
                    place,
                    async move { run.browse(number, what, at).await },
                );
            }
        }
        self.adopt();
    }

    fn pass(&self, seconds: i64) {
        if !self.executor.is_idle() {
            self.truth.borrow_mut().disturb();
            self.shared
                .wire
                .disturbances
                .fetch_add(1, Ordering::Relaxed);
        }
        self.shared.clock.advance(seconds);
    }

    fn crash(&self, number: usize) {
        self.truth.borrow_mut().crash();
        self.shared
            .wire
            .disturbances
            .fetch_add(1, Ordering::Relaxed);
        // What its tasks would start while they are dropped dies with it.
        let dead = std::mem::replace(&mut self.nodes.borrow_mut()[number], self.shared.node());
        self.executor.end_node(number);
        drop(dead);
        self.shared.trace.note("the node is gone");
    }

    /// In the end everybody looks what is there, with every id that there ever was.
    fn look_around(self: &Rc<Self>) -> Result<(), Broken> {
        for browser in 0..BROWSERS {
            let ids = self.had.borrow()[browser].clone();
            for node in 0..NODES {
                let current = What::Page {
                    browser,
                    node,
                    stale: None,
                    steps: Steps::LOOK,
                };
                self.start(100, &current);
                self.settle(&mut std::iter::empty())?;
            }
            for number in 0..ids.len() {
                let node = number % NODES;
                let stale = u8::try_from(number).ok();
                self.start(
                    100,
                    &What::Page {
                        browser,
                        node,
                        stale,
                        steps: Steps::LOOK,
                    },
                );
                self.settle(&mut std::iter::empty())?;
            }
        }
        Ok(())
    }

    /// Each refresh token was sent once, unless whoever had sent it died or took too long.
    fn check_refreshes(&self) -> Result<(), Broken> {
        if self.setting.keeps_refresh_tokens {
            return Ok(());
        }
        let sent = self.shared.wire.refreshes.lock().expect("no panic");
        for (number, first) in sent.iter().enumerate() {
            if sent[number + 1..].contains(first) {
                return Guarantee::OneRefresh.broken(format!("{} of {sent:?}", first.0));
            }
        }
        Ok(())
    }

    fn check_what_is_left(&self) -> Result<(), Broken> {
        if self.setting.has_open_values {
            return Ok(());
        }
        let records = self.shared.values.records().now_or_never();
        let records = records.expect("a store in memory");
        self.truth.borrow().check_what_is_left(&records)
    }
}
