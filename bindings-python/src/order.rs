//! Functions of the caller's that order a route's targets.
//!
//! They run in Python threads of their own (`_order.py`), which wait here for
//! questions: not on the runtime's threads, which never enter Python, and not on
//! the caller's, which could then not go on without a function that hangs. A
//! function that does not return holds its thread; there are at most so many.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use roocode::Error;
use roocode::config::{OrderAnswer, OrderFunction};
use roocode::types::order::OrderQuestion;
use tokio::sync::oneshot;

use crate::bell::lock;
use crate::guard::guard;
use crate::runtime::detach;
use crate::{errors, node_serializer, record};

/// Threads that may be in functions at once; further questions wait, as long as
/// their limit allows.
const MOST_THREADS: usize = 16;
/// A thread that has waited so long goes, unless it is the last one.
const IDLE: Duration = Duration::from_secs(30);

/// A function that a client holds; empty once the client is collected.
#[derive(Default)]
pub struct Held(Mutex<Option<Py<PyAny>>>);

impl Held {
    pub fn of(function: Py<PyAny>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(function))))
    }

    pub fn get(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        lock(&self.0).as_ref().map(|function| function.clone_ref(py))
    }

    /// Lets go of it.
    pub fn clear(&self) {
        let function = lock(&self.0).take();
        // Not under the lock: it may run code of the caller's.
        drop(function);
    }

    pub fn visit(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self.0.try_lock() {
            Ok(function) => visit.call(&*function),
            Err(_) => Ok(()),
        }
    }
}

/// The functions of a client's routes, by the routes' names: held for the
/// collector to see, for the core's share of them is out of its sight.
#[derive(Default)]
pub struct Functions(Mutex<HashMap<String, Arc<Held>>>);

impl Functions {
    /// Keeps the function of a route, or that it has none any more.
    pub fn keep(&self, route: &str, held: Option<Arc<Held>>) {
        let mut functions = lock(&self.0);
        let before = match held {
            Some(held) => functions.insert(route.to_owned(), held),
            None => functions.remove(route),
        };
        drop(functions);
        // Not under the lock: it may run code of the caller's.
        drop(before);
    }

    /// Sees to it that there is a thread, after a fork too.
    pub fn begin(&self, py: Python<'_>) -> PyResult<()> {
        if lock(&self.0).is_empty() { Ok(()) } else { begin(py) }
    }

    pub fn clear(&self) {
        let functions = std::mem::take(&mut *lock(&self.0));
        functions.values().for_each(|held| held.clear());
    }

    pub fn visit(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self.0.try_lock() {
            Ok(functions) => functions.values().try_for_each(|held| held.visit(visit)),
            Err(_) => Ok(()),
        }
    }
}

fn begin(py: Python<'_>) -> PyResult<()> {
    py.import("roocode._order")?.call_method0("begin").map(drop)
}

/// Takes the functions out of a client's `config`, which is not changed: where one
/// stands as a strategy there is `custom` then.
pub fn take_all<'py>(
    config: &Bound<'py, PyDict>,
) -> PyResult<(Bound<'py, PyDict>, Vec<(String, Py<PyAny>)>)> {
    let mut functions = Vec::new();
    let Some(routes) = config.get_item("routes")?.and_then(|routes| routes.cast_into::<PyDict>().ok()) else {
        return Ok((config.clone(), functions));
    };
    let changed = PyDict::new(config.py());
    for (name, route) in routes.iter() {
        let (route, function) = take(&route, &format!("routes.{name}"))?;
        functions.extend(function.map(|function| (name.to_string(), function)));
        changed.set_item(name, route)?;
    }
    let config = config.copy()?;
    config.set_item("routes", changed)?;
    Ok((config, functions))
}

/// Takes the function out of the route at `place`, which is not changed.
pub fn take<'py>(route: &Bound<'py, PyAny>, place: &str) -> PyResult<Taken<'py>> {
    let Ok(options) = route.cast::<PyDict>() else { return Ok((route.clone(), None)) };
    let Some(strategy) = options.get_item("strategy")? else { return Ok((route.clone(), None)) };
    let (strategy, function) = take_one(&strategy, &format!("{place}.strategy"))?;
    let route = options.copy()?;
    route.set_item("strategy", strategy)?;
    Ok((route.into_any(), function))
}

/// Something without its function, and the function.
pub type Taken<'py> = (Bound<'py, PyAny>, Option<Py<PyAny>>);

fn take_one<'py>(strategy: &Bound<'py, PyAny>, place: &str) -> PyResult<Taken<'py>> {
    let py = strategy.py();
    if strategy.is_callable() {
        return Ok(("custom".into_pyobject(py)?.into_any(), Some(strategy.clone().unbind())));
    }
    let Ok(options) = strategy.cast::<PyDict>() else { return Ok((strategy.clone(), None)) };
    let options = options.copy()?;
    let mut taken = None;
    if let Some(function) = options.get_item("function")? {
        if !function.is_callable() {
            return refuse(py, &format!("{place}.function"), "must be a function");
        }
        options.del_item("function")?;
        taken = Some(function.unbind());
    }
    if let Some(then) = options.get_item("then")? {
        let place = format!("{place}.then");
        let (then, function) = take_one(&then, &place)?;
        if taken.is_some() && function.is_some() {
            return refuse(py, &place, "a route has one function, and this is a second one");
        }
        options.set_item("then", then)?;
        taken = taken.or(function);
    }
    Ok((options.into_any(), taken))
}

fn refuse<T>(py: Python<'_>, place: &str, why: &str) -> PyResult<T> {
    Err(errors::to_python(py, &Error::configuration(place, format!("{place}: {why}"))))
}

/// A function as the core asks it, and a thread that asks it in turn.
pub fn asked(py: Python<'_>, held: &Arc<Held>) -> PyResult<Arc<dyn OrderFunction>> {
    begin(py)?;
    Ok(Arc::new(Asked(Arc::clone(held))))
}

struct Asked(Arc<Held>);

impl OrderFunction for Asked {
    fn order(&self, question: OrderQuestion) -> Pin<Box<dyn Future<Output = OrderAnswer> + Send>> {
        let (answer, answered) = oneshot::channel();
        queue().push(Question { held: Arc::clone(&self.0), question, answer });
        Box::pin(
            async move { answered.await.unwrap_or_else(|_| Err("it was left without an answer".to_owned())) },
        )
    }
}

struct Question {
    held: Arc<Held>,
    question: OrderQuestion,
    answer: oneshot::Sender<OrderAnswer>,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    more: Condvar,
}

#[derive(Default)]
struct Waiting {
    questions: VecDeque<Question>,
    threads: usize,
    idle: usize,
}

static QUEUE: AtomicPtr<Queue> = AtomicPtr::new(std::ptr::null_mut());

/// In a child its threads are not there: it begins anew, and the old queue is leaked.
pub fn forked() {
    QUEUE.store(std::ptr::null_mut(), Ordering::Release);
}

fn queue() -> &'static Queue {
    let current = QUEUE.load(Ordering::Acquire);
    let pointer = if current.is_null() {
        let made = Box::into_raw(Box::default());
        match QUEUE.compare_exchange(std::ptr::null_mut(), made, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => made,
            Err(winner) => {
                // SAFETY: `made` was made above and nobody else has it.
                #[allow(unsafe_code, reason = "the loser of a race takes its queue down")]
                drop(unsafe { Box::from_raw(made) });
                winner
            }
        }
    } else {
        current
    };
    // SAFETY: a queue that was stored is never freed.
    #[allow(unsafe_code, reason = "a fork must be able to replace the queue without a lock")]
    unsafe {
        &*pointer
    }
}

impl Queue {
    fn push(&self, question: Question) {
        lock(&self.waiting).questions.push_back(question);
        self.more.notify_one();
    }

    /// The next question that somebody still waits for, and whether another thread
    /// is to be begun; none where this one is to go.
    fn next(&self) -> Option<(Question, bool)> {
        let mut waiting = lock(&self.waiting);
        waiting.idle += 1;
        loop {
            if let Some(question) = waiting.questions.pop_front() {
                if question.answer.is_closed() {
                    continue;
                }
                waiting.idle -= 1;
                let alone = waiting.idle == 0 && waiting.threads < MOST_THREADS;
                waiting.threads += usize::from(alone);
                return Some((question, alone));
            }
            let (still, timeout) =
                self.more.wait_timeout(waiting, IDLE).unwrap_or_else(PoisonError::into_inner);
            waiting = still;
            if timeout.timed_out() && waiting.idle > 1 && waiting.questions.is_empty() {
                waiting.idle -= 1;
                waiting.threads -= 1;
                return None;
            }
        }
    }
}

/// Whether the first thread is to be begun.
#[pyfunction]
pub fn _order_begins() -> bool {
    let mut waiting = lock(&queue().waiting);
    let first = waiting.threads == 0;
    waiting.threads += usize::from(first);
    first
}

/// Waits for a question; none: the thread is to end.
#[pyfunction]
pub fn _next_order(py: Python<'_>) -> Option<OrderJob> {
    let queue = queue();
    let (question, alone) = detach(py, || queue.next())?;
    let Question { held, question, answer } = question;
    Some(OrderJob { held, question, answer: Mutex::new(Some(answer)), alone })
}

/// A question to a function, and where the answer goes.
#[pyclass(frozen, module = "roocode._native")]
pub struct OrderJob {
    held: Arc<Held>,
    question: OrderQuestion,
    answer: Mutex<Option<oneshot::Sender<OrderAnswer>>>,
    alone: bool,
}

#[pymethods]
impl OrderJob {
    /// Whether no other thread waits, so that one is to be begun.
    #[getter]
    const fn alone(&self) -> bool {
        self.alone
    }

    #[getter]
    fn function(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.held.get(py)
    }

    #[getter]
    fn candidates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        guard(py, || {
            let class = record::ORDER_CANDIDATE.get(py)?;
            let make = |candidate| {
                record::make(class, node_serializer::object(candidate).map_err(errors::internal)?)
            };
            let candidates: Vec<_> = self.question.candidates.iter().map(make).collect::<PyResult<_>>()?;
            PyList::new(py, candidates)
        })
    }

    #[getter]
    fn request<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        guard(py, || {
            let request = node_serializer::object(&self.question.request).map_err(errors::internal)?;
            record::make(record::ORDER_REQUEST.get(py)?, request)
        })
    }

    fn answer(&self, names: Vec<String>) {
        self.end(Ok(names));
    }

    fn fail(&self, why: String) {
        self.end(Err(why));
    }
}

impl OrderJob {
    fn end(&self, answer: OrderAnswer) {
        let waiting = lock(&self.answer).take();
        if let Some(waiting) = waiting {
            // Nobody waits any more where it took too long.
            drop(waiting.send(answer));
        }
    }
}
