//! One queue of finished work for each event loop, which the loop drains.
//!
//! A runtime thread pushes and rings; the loop's own callback then resumes the
//! tasks that wait. One ring serves all that became ready meanwhile.
//!
//! Only the table below owns a hub: the callback that the loop holds, and all
//! work in flight, have weak references, so that a loop that ended takes its
//! descriptor with it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, Weak};

use pyo3::prelude::*;
use pyo3::types::PyWeakrefReference;

use crate::bell::{Bell, lock};
use crate::runtime::{detach, generation};
use crate::waiter::Waiter;

/// A task that waits: what to call, in which context, with what.
pub struct Callback {
    pub function: Py<PyAny>,
    pub context: Py<PyAny>,
    pub waiter: Py<Waiter>,
}

/// Where work in flight finds who waits for it.
pub struct Wake {
    pub hub: Weak<Hub>,
    pub callbacks: Mutex<Vec<Callback>>,
}

impl Wake {
    /// Called by any thread.
    pub fn wake(self: &Arc<Self>) {
        if let Some(hub) = self.hub.upgrade() {
            hub.push(Arc::clone(self));
        }
    }
}

pub struct Hub {
    queue: Mutex<Vec<Arc<Wake>>>,
    bell: Bell,
    generation: u64,
}

impl Hub {
    fn push(&self, wake: Arc<Wake>) {
        let first = {
            let mut queue = lock(&self.queue);
            queue.push(wake);
            queue.len() == 1
        };
        if first {
            self.bell.ring();
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if let Bell::Thread(waiting) = &self.bell {
            waiting.stop();
        }
    }
}

struct Entry {
    event_loop: Py<PyWeakrefReference>,
    hub: Arc<Hub>,
}

/// The hubs by the address of their loop. Locked only for moments without Python code.
static HUBS: Mutex<Option<HashMap<usize, Entry>>> = Mutex::new(None);

/// The hub of a running loop.
pub fn of(event_loop: &Bound<'_, PyAny>) -> PyResult<Weak<Hub>> {
    let address = event_loop.as_ptr() as usize;
    let known = lock(&HUBS).as_ref().and_then(|hubs| hubs.get(&address)).map(|entry| {
        (entry.event_loop.clone_ref(event_loop.py()), Arc::downgrade(&entry.hub), entry.hub.generation)
    });
    if let Some((reference, hub, made)) = known
        && made == generation()
        && reference.bind(event_loop.py()).upgrade().is_some_and(|known| known.is(event_loop))
    {
        return Ok(hub);
    }
    open(event_loop, address)
}

fn open(event_loop: &Bound<'_, PyAny>, address: usize) -> PyResult<Weak<Hub>> {
    let py = event_loop.py();
    sweep(py);
    let hub = Arc::new(Hub { queue: Mutex::default(), bell: new_bell()?, generation: generation() });
    let hub = watch(event_loop, hub)?;
    let weak = Arc::downgrade(&hub);
    let entry = Entry { event_loop: reference(event_loop)?.unbind(), hub };
    let before = lock(&HUBS).get_or_insert_default().insert(address, entry);
    discard(before);
    Ok(weak)
}

#[cfg(unix)]
fn new_bell() -> PyResult<Bell> {
    Ok(Bell::Descriptor(crate::bell::Descriptor::new()?))
}

#[cfg(not(unix))]
fn new_bell() -> PyResult<Bell> {
    Ok(Bell::Thread(Arc::default()))
}

/// Has the loop drain the hub when its bell rings; by a thread where it watches no descriptors.
fn watch(event_loop: &Bound<'_, PyAny>, hub: Arc<Hub>) -> PyResult<Arc<Hub>> {
    let py = event_loop.py();
    #[cfg(unix)]
    if let Bell::Descriptor(descriptor) = &hub.bell {
        let run = py.import("roocode._drain")?.getattr("run")?;
        let drain = Drain::new(Arc::downgrade(&hub));
        match event_loop.call_method1("add_reader", (descriptor.number(), run, drain)) {
            Ok(_) => return Ok(hub),
            Err(error) if error.is_instance_of::<pyo3::exceptions::PyNotImplementedError>(py) => {}
            Err(error) => return Err(error),
        }
    }
    let hub = Arc::new(Hub {
        queue: Mutex::default(),
        bell: Bell::Thread(Arc::default()),
        generation: generation(),
    });
    let drain = Drain::new(Arc::downgrade(&hub));
    py.import("roocode._waker")?.call_method1("start", (drain, event_loop))?;
    Ok(hub)
}

fn reference<'py>(event_loop: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyWeakrefReference>> {
    let forget = event_loop.py().import("roocode._native")?.getattr("_forget_loop")?;
    PyWeakrefReference::new_with(event_loop, forget)
}

/// The loop behind `reference` was collected.
#[pyfunction]
pub fn _forget_loop(reference: &Bound<'_, PyAny>) {
    let gone = {
        let mut hubs = lock(&HUBS);
        let Some(hubs) = hubs.as_mut() else { return };
        let address =
            hubs.iter().find(|(_, entry)| entry.event_loop.is(reference)).map(|(address, _)| *address);
        address.and_then(|address| hubs.remove(&address))
    };
    discard(gone);
}

/// Drops the hubs of loops that were closed, and forgets those of another process.
fn sweep(py: Python<'_>) {
    let known: Vec<(usize, Py<PyWeakrefReference>, u64)> = lock(&HUBS)
        .iter()
        .flatten()
        .map(|(address, entry)| (*address, entry.event_loop.clone_ref(py), entry.hub.generation))
        .collect();
    for (address, reference, made) in known {
        let ended = made != generation()
            || reference.bind(py).upgrade().is_none_or(|event_loop| {
                event_loop.call_method0("is_closed").and_then(|closed| closed.is_truthy()).unwrap_or(false)
            });
        if ended {
            let gone = lock(&HUBS).as_mut().and_then(|hubs| hubs.remove(&address));
            discard(gone);
        }
    }
}

fn discard(entry: Option<Entry>) {
    if let Some(entry) = entry
        && entry.hub.generation != generation()
    {
        // Its locks may have been held by a thread that the fork left behind.
        std::mem::forget(entry);
    }
}

/// How many hubs there are: for tests of leaks.
#[pyfunction]
pub fn _hub_count() -> usize {
    lock(&HUBS).as_ref().map_or(0, HashMap::len)
}

/// What `_drain.run` takes ready tasks from.
#[pyclass(frozen, module = "roocode._native")]
pub struct Drain {
    hub: Weak<Hub>,
    /// What this turn of the loop has yet to serve.
    turn: Mutex<Turn>,
}

#[derive(Default)]
struct Turn {
    wakes: VecDeque<Arc<Wake>>,
    callbacks: VecDeque<Callback>,
}

impl Drain {
    fn new(hub: Weak<Hub>) -> Self {
        Self { hub, turn: Mutex::default() }
    }
}

type Ready = (Py<PyAny>, Py<PyAny>, Py<Waiter>);

#[pymethods]
impl Drain {
    /// Takes all that is ready now; what comes later is for the next turn.
    fn begin(&self) {
        let Some(hub) = self.hub.upgrade() else { return };
        if hub.generation == generation() {
            hub.bell.clear();
            let ready = std::mem::take(&mut *lock(&hub.queue));
            lock(&self.turn).wakes.extend(ready);
        }
    }

    /// What to call, in which context, with what.
    fn next(&self, py: Python<'_>) -> Option<Ready> {
        loop {
            let wake = {
                let mut turn = lock(&self.turn);
                if let Some(Callback { function, context, waiter }) = turn.callbacks.pop_front() {
                    return Some((function, context, waiter));
                }
                turn.wakes.pop_front()?
            };
            let callbacks = std::mem::take(&mut *lock(&wake.callbacks));
            // Another reader of the same stream may have been faster: then they go on waiting.
            if callbacks.first().is_some_and(|callback| !callback.waiter.get().settle(py)) {
                lock(&wake.callbacks).extend(callbacks);
                continue;
            }
            lock(&self.turn).callbacks.extend(callbacks);
        }
    }

    /// A turn ended early: its rest is for the next one.
    fn again(&self) {
        let turn = lock(&self.turn);
        if (!turn.wakes.is_empty() || !turn.callbacks.is_empty())
            && let Some(hub) = self.hub.upgrade()
        {
            hub.bell.ring();
        }
    }

    /// Waits for the bell, for loops that watch no descriptors. False: never again.
    fn wait(&self, py: Python<'_>) -> bool {
        // The hub must not be kept alive by the one who waits for it.
        let waiting = match self.hub.upgrade().as_deref() {
            Some(Hub { bell: Bell::Thread(waiting), .. }) => Arc::clone(waiting),
            _ => return false,
        };
        detach(py, || waiting.wait())
    }

    /// Ends `wait`.
    fn stop(&self) {
        if let Some(hub) = self.hub.upgrade()
            && let Bell::Thread(waiting) = &hub.bell
        {
            waiting.stop();
        }
    }
}
