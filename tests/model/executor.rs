//! Tasks that go on one at a time, the next one chosen from outside: a deterministic simulation on one thread.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use oidc_login::seams::Spawn;

use crate::trace::Trace;

/// Tasks under way, the oldest first.
pub(crate) struct Executor {
    tasks: RefCell<Vec<Task>>,
    trace: Trace,
}

struct Task {
    name: Rc<str>,
    place: Place,
    /// What a browser waits for, and may stop waiting for.
    is_request: bool,
    flag: Arc<Flag>,
    future: Pin<Box<dyn Future<Output = ()>>>,
}

/// The node at which a task is right now; it dies with it.
pub(crate) type Place = Rc<Cell<Option<usize>>>;

/// Whether a task can go on.
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Executor {
    pub(crate) fn new(trace: Trace) -> Self {
        Self {
            tasks: RefCell::default(),
            trace,
        }
    }

    /// Starts what a browser does.
    pub(crate) fn start(
        &self,
        name: &str,
        place: Place,
        future: impl Future<Output = ()> + 'static,
    ) {
        self.push(name.into(), place, true, Box::pin(future));
    }

    fn push(
        &self,
        name: Rc<str>,
        place: Place,
        is_request: bool,
        future: Pin<Box<dyn Future<Output = ()>>>,
    ) {
        self.tasks.borrow_mut().push(Task {
            name,
            place,
            is_request,
            flag: Arc::new(Flag(AtomicBool::new(true))),
            future,
        });
    }

    /// Takes over the tasks that a node started by itself.
    pub(crate) fn adopt(&self, node: usize, spawned: &NodeTasks) {
        for future in spawned.take() {
            let starter = self.trace.actor();
            let (task, what) = starter.split_once(' ').unwrap_or((&starter, ""));
            let name = format!("{task}+ {what}");
            self.push(name.into(), Rc::new(Cell::new(Some(node))), false, future);
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.tasks.borrow().is_empty()
    }

    /// How many tasks can go on.
    pub(crate) fn ready(&self) -> usize {
        let tasks = self.tasks.borrow();
        tasks.iter().filter(|task| task.is_ready()).count()
    }

    /// The number, among those that can go on, of the first task of this name.
    pub(crate) fn ready_task(&self, name: &str) -> Option<usize> {
        let tasks = self.tasks.borrow();
        let mut ready = tasks.iter().filter(|task| task.is_ready());
        ready.position(|task| first_word(&task.name) == name)
    }

    /// Lets one of the tasks that can go on do so, up to where it waits for its next turn, and
    /// gives its name.
    pub(crate) fn turn(&self, number: usize) -> String {
        let (flag, mut future) = {
            let mut tasks = self.tasks.borrow_mut();
            let mut ready = (0..tasks.len()).filter(|at| tasks[*at].is_ready());
            let at = ready.nth(number).expect("one of those that are ready");
            // It may start others, or end some, while it runs.
            let nothing = Box::pin(std::future::pending());
            let future = std::mem::replace(&mut tasks[at].future, nothing);
            self.trace.set_actor(&tasks[at].name);
            (tasks[at].flag.clone(), future)
        };
        flag.0.store(false, Ordering::Relaxed);
        let waker = Waker::from(flag.clone());
        let poll = future.as_mut().poll(&mut Context::from_waker(&waker));
        let mut tasks = self.tasks.borrow_mut();
        let at = tasks.iter().position(|task| Arc::ptr_eq(&task.flag, &flag));
        let at = at.expect("a task ends no other");
        if poll == Poll::Pending {
            tasks[at].future = future;
        } else {
            tasks.remove(at);
        }
        first_word(&self.trace.actor()).to_owned()
    }

    /// Drops all tasks.
    pub(crate) fn end_all(&self) {
        drop(self.tasks.take());
    }

    /// Drops all tasks of a node.
    pub(crate) fn end_node(&self, node: usize) {
        let mut tasks = self.tasks.borrow_mut();
        let dead = tasks.extract_if(.., |task| task.place.get() == Some(node));
        let dead: Vec<_> = dead.collect();
        // What they do while they are dropped may look for tasks.
        drop(tasks);
        drop(dead);
    }

    /// Drops one of the requests that a node is at: its browser waits no longer.
    pub(crate) fn hang_up(&self, number: usize) {
        let mut tasks = self.tasks.borrow_mut();
        let requests = (0..tasks.len()).filter(|at| tasks[*at].is_request);
        let requests: Vec<_> = requests.collect();
        let dead = (!requests.is_empty()).then(|| tasks.remove(requests[number % requests.len()]));
        drop(tasks);
        drop(dead);
    }
}

impl Task {
    fn is_ready(&self) -> bool {
        self.flag.0.load(Ordering::Relaxed)
    }
}

/// Waits once, so that others can have their turn.
pub(crate) async fn next_turn() {
    let mut has_waited = false;
    std::future::poll_fn(|context| {
        if has_waited {
            return Poll::Ready(());
        }
        has_waited = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn first_word(name: &str) -> &str {
    name.split(' ').next().unwrap_or_default()
}

type Detached = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a node starts by itself, until the executor takes it over.
#[derive(Clone, Default)]
pub(crate) struct NodeTasks(Arc<Mutex<Vec<Detached>>>);

impl NodeTasks {
    fn take(&self) -> Vec<Detached> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Spawn for NodeTasks {
    fn spawn(&self, task: Detached) {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.push(task);
    }
}
