//! The queue between the runtime's threads and one JavaScript environment.
//!
//! All calls and all streams of an environment write their events into one JSON
//! text. The first event after a drain wakes the environment once; it then takes
//! the whole text and parses it once, however many streams had something to say.
//! A wake-up per event would cost ten times the event.
//!
//! The text is a flat array of triples `id, tag, payload`: see [`Tag`].

use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use napi::Status;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use roocode::types::deferred::Deferred;
use roocode::types::routing_trace::RoutingTrace;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::decisions::Page;

/// What a triple says. `js/environment.js` reads the numbers.
#[derive(Clone, Copy)]
pub enum Tag {
    /// A reply and the head of its response.
    Reply = 0,
    Failure = 1,
    /// A stream begins: the head of its response.
    Opened = 2,
    Chunk = 3,
    End = 4,
    /// The stream waits until `resume`, for its reader is behind.
    Paused = 5,
    /// A reply too long for the queue: `take` gives its JSON.
    LongReply = 6,
    /// Right before the reply of a routed request: the place of its decision on its page; 0 begins
    /// the page that `next_page` gives.
    Routed = 7,
}

/// A reply above this is kept aside, so that the queue is never held for a long copy.
const LONG_REPLY: usize = 64 << 10;
/// A buffer above this goes back to the allocator after a drain.
const KEPT_CAPACITY: usize = 256 << 10;

/// Wakes the environment. Weak: an idle client never keeps the process alive.
pub type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

#[derive(Default)]
struct Queue {
    text: Vec<u8>,
    /// Where the decisions of replies are put.
    page: Arc<Page>,
    /// Pages begun that JavaScript has not asked for yet.
    begun: VecDeque<Arc<Page>>,
    /// The buffer of the drain before, to be filled again.
    spare: Vec<u8>,
    woken: bool,
    closed: bool,
}

impl Queue {
    /// Puts a decision on the page; its place there.
    fn put(&mut self, decision: &Deferred<RoutingTrace>) -> usize {
        let place = self.page.add(decision).unwrap_or_else(|| {
            self.page = Arc::default();
            self.page.add(decision).unwrap_or_default()
        });
        if place == 0 {
            self.begun.push_back(Arc::clone(&self.page));
        }
        place
    }

    fn add(&mut self, id: u64, tag: Tag, payload: &[u8]) {
        let before = if self.text.is_empty() { b'[' } else { b',' };
        self.text.push(before);
        // Writing to a `Vec` does not fail.
        let _ = write!(self.text, "{id},{},", tag as u8);
        self.text.extend_from_slice(payload);
    }
}

/// A call or stream that runs.
struct Running {
    task: AbortHandle,
    resume: Arc<Notify>,
}

pub struct Hub {
    queue: Mutex<Queue>,
    running: Mutex<HashMap<u64, Running>>,
    /// Texts that JavaScript asks for by id: long replies, and the sum of each
    /// ended stream until JavaScript lets go of the stream.
    kept: Mutex<HashMap<u64, Vec<u8>>>,
    /// Bytes that JavaScript asks for by id: those of speech.
    kept_bytes: Mutex<HashMap<u64, Bytes>>,
    wake: Wake,
}

/// No code that holds one of these locks can panic half-way through a change.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    pub fn new(wake: Wake) -> Self {
        Self {
            queue: Mutex::default(),
            running: Mutex::default(),
            kept: Mutex::default(),
            kept_bytes: Mutex::default(),
            wake,
        }
    }

    /// Adds one event; `payload` is JSON.
    pub fn push(&self, id: u64, tag: Tag, payload: &[u8]) {
        self.push_all(id, tag, std::iter::once(payload));
    }

    /// Adds events of one call under one lock.
    pub fn push_all<'a>(&self, id: u64, tag: Tag, payloads: impl Iterator<Item = &'a [u8]>) {
        let mut queue = lock(&self.queue);
        if queue.closed {
            return;
        }
        for payload in payloads {
            queue.add(id, tag, payload);
        }
        self.wake(queue);
    }

    fn wake(&self, mut queue: MutexGuard<'_, Queue>) {
        let wake = !queue.woken && !queue.text.is_empty();
        queue.woken |= wake;
        drop(queue);
        if wake {
            self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// Adds a reply, aside where it is long, and the decision that led to it.
    pub fn push_reply(&self, id: u64, payload: Vec<u8>, decision: Option<Deferred<RoutingTrace>>) {
        let long = payload.len() > LONG_REPLY;
        let mut queue = lock(&self.queue);
        if queue.closed {
            return;
        }
        if let Some(decision) = decision {
            let place = queue.put(&decision);
            queue.add(id, Tag::Routed, place.to_string().as_bytes());
        }
        if long {
            self.keep(id, payload);
            queue.add(id, Tag::LongReply, b"0");
        } else {
            queue.add(id, Tag::Reply, &payload);
        }
        self.wake(queue);
    }

    /// Hands the text of all events since the last drain to `read`.
    pub fn drain<T>(&self, read: impl FnOnce(&[u8]) -> T) -> T {
        let mut text = {
            let mut queue = lock(&self.queue);
            queue.woken = false;
            let spare = std::mem::take(&mut queue.spare);
            std::mem::replace(&mut queue.text, spare)
        };
        text.extend_from_slice(if text.is_empty() { b"[]" } else { b"]" });
        let result = read(&text);
        if text.capacity() <= KEPT_CAPACITY {
            text.clear();
            lock(&self.queue).spare = text;
        }
        result
    }

    /// The next page of decisions that was begun.
    pub fn next_page(&self) -> Option<Arc<Page>> {
        lock(&self.queue).begun.pop_front()
    }

    /// Starts `work` as the task of `id`.
    pub fn start<F>(
        self: &Arc<Self>,
        id: u64,
        runtime: &tokio::runtime::Runtime,
        work: impl FnOnce(Arc<Notify>) -> F,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let resume = Arc::new(Notify::new());
        let work = work(Arc::clone(&resume));
        let hub = Arc::clone(self);
        // Held across the spawn, so that a task that is over at once finds its entry.
        let mut running = lock(&self.running);
        let task = runtime.spawn(async move {
            work.await;
            lock(&hub.running).remove(&id);
        });
        running.insert(id, Running { task: task.abort_handle(), resume });
    }

    /// Ends a call or stream; its connection closes.
    pub fn cancel(&self, id: u64) {
        drop(self.take_bytes(id));
        let running = lock(&self.running).remove(&id);
        if let Some(running) = running {
            running.task.abort();
        }
    }

    /// Lets a paused stream go on.
    pub fn resume(&self, id: u64) {
        if let Some(running) = lock(&self.running).get(&id) {
            running.resume.notify_one();
        }
    }

    pub fn keep_bytes(&self, id: u64, bytes: Bytes) {
        lock(&self.kept_bytes).insert(id, bytes);
    }

    pub fn take_bytes(&self, id: u64) -> Bytes {
        lock(&self.kept_bytes).remove(&id).unwrap_or_default()
    }

    pub fn keep(&self, id: u64, text: Vec<u8>) {
        lock(&self.kept).insert(id, text);
    }

    pub fn take(&self, id: u64) -> Option<Vec<u8>> {
        lock(&self.kept).remove(&id)
    }

    /// Ends everything: the environment is going away and is not woken again.
    pub fn close(&self) {
        {
            let mut queue = lock(&self.queue);
            *queue = Queue { closed: true, ..Queue::default() };
        }
        let running = std::mem::take(&mut *lock(&self.running));
        for entry in running.into_values() {
            entry.task.abort();
        }
        lock(&self.kept).clear();
        lock(&self.kept_bytes).clear();
    }
}
