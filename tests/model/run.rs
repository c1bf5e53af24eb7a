//! One run of a plan.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use oidc_login_tests::user_agent::UserAgent;

use crate::{
    executor::{Executor, Place},
    guarantee::{Broken, Guarantee},
    node::{Node, Shared},
    plan::{BROWSERS, NODES, Operation, Plan, Steps, What},
    truth::{Asked, Truth},
};

/// Everything in one run.
pub(crate) struct Run {
    pub(crate) shared: Shared,
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
}

/// Why a run failed, and how it went.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) broken: Broken,
    pub(crate) trace: Vec<String>,
}

/// Runs a plan, and holds everything against the truth.
pub(crate) fn run(plan: &Plan, is_open: bool) -> Result<(), Failure> {
    let run = Rc::new(Run::new(is_open));
    let result = run.clone().go(plan);
    // Tasks know the run, and it them.
    for node in 0..NODES {
        run.executor.end_node(node);
    }
    result.map_err(|broken| Failure {
        broken,
        trace: run.shared.trace.lines(),
    })
}

impl Run {
    fn new(is_open: bool) -> Self {
        let shared = Shared::new(is_open);
        let nodes: Vec<_> = (0..NODES).map(|_| shared.node()).collect();
        let browser = || RefCell::new(nodes[0].agent.other_browser());
        let truth = Truth::new(shared.clock.clone(), shared.wire.exchanges.clone());
        Self {
            executor: Executor::new(shared.trace.clone()),
            browsers: (0..BROWSERS).map(|_| browser()).collect(),
            nodes: RefCell::new(nodes),
            truth: RefCell::new(truth),
            broken: RefCell::default(),
            had: RefCell::new(vec![Vec::new(); BROWSERS]),
            last_value: Cell::new(0),
            shared,
        }
    }

    fn go(self: Rc<Self>, plan: &Plan) -> Result<(), Broken> {
        let mut schedule = plan.schedule.iter().copied();
        for (number, operation) in plan.operations.iter().enumerate() {
            self.advance(operation, &mut schedule)?;
            self.start(number, &operation.what);
        }
        self.settle(&mut schedule)?;
        self.look_around()?;
        self.truth.borrow().check_exchanges()?;
        self.check_what_is_left()
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
            if ready == 0 {
                return Guarantee::Answered.broken("somebody waits for what never comes");
            }
            self.turn(usize::from(schedule.next().unwrap_or_default()) % ready)?;
        }
        Ok(())
    }

    fn turn(&self, choice: usize) -> Result<(), Broken> {
        self.executor.turn(choice);
        self.adopt();
        match self.broken.borrow_mut().take() {
            Some(broken) => Err(broken),
            None => Ok(()),
        }
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
            What::Time(seconds) => self.shared.clock.advance(*seconds),
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

    fn crash(&self, number: usize) {
        self.truth.borrow_mut().crash();
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

    fn check_what_is_left(&self) -> Result<(), Broken> {
        Ok(())
    }

    /// Something is asked for, with these cookies; `None` when the answer is not kept.
    pub(crate) fn begin(&self, asked: Asked, agent: &UserAgent) -> usize {
        self.truth.borrow_mut().begin(asked, agent.session())
    }
}
