//! Identical requests that are asked for at the same time, as one.
//!
//! Nobody is the owner of the one that goes out: it is polled by whoever waits for
//! it, and stops when the last one leaves. No task, no cache: once it is answered
//! it is forgotten.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_core::future::BoxFuture;
use futures_util::FutureExt;
use futures_util::future::{Shared, WeakShared};

use super::call::ChatCall;
use super::clock::Clock;
use super::reply::ChatReply;
use crate::error::{Error, Result};
use crate::types::trace::{Coalesced, Trace};

type Flight = Shared<BoxFuture<'static, Arc<Result<ChatReply>>>>;

/// The requests of a client that are on their way and may be joined.
#[derive(Default)]
pub(super) struct Coalescing {
    flights: Mutex<HashMap<u64, Vec<Joinable>>>,
}

/// One request that is on its way.
struct Joinable {
    company: Arc<Company>,
    flight: WeakShared<BoxFuture<'static, Arc<Result<ChatReply>>>>,
}

/// Those who wait for one request.
struct Company {
    call: ChatCall,
    began: std::time::Duration,
    /// How many asked, whether they left or not.
    callers: AtomicU32,
    /// Whether one of them has the cost in its trace.
    paid: AtomicBool,
}

/// Forgets a request when it is answered, or left by everybody.
struct Forget {
    coalescing: Arc<Coalescing>,
    hash: u64,
    company: Arc<Company>,
}

impl Drop for Forget {
    fn drop(&mut self) {
        let mut flights = self.coalescing.lock();
        if let Some(same) = flights.get_mut(&self.hash) {
            same.retain(|other| !Arc::ptr_eq(&other.company, &self.company));
            if same.is_empty() {
                flights.remove(&self.hash);
            }
        }
    }
}

impl Coalescing {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Vec<Joinable>>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the reply to `call` together with all who ask the same meanwhile.
    /// `send` is called where nobody has asked yet.
    pub async fn chat<F>(
        self: &Arc<Self>,
        call: ChatCall,
        clock: Clock,
        send: impl FnOnce(ChatCall) -> F,
    ) -> Result<ChatReply>
    where
        F: Future<Output = Result<ChatReply>> + Send + 'static,
    {
        let (flight, company) = self.join(call, clock, send);
        let joined = clock.now().saturating_sub(company.began);
        let result = flight.await;
        let callers = company.callers.load(Ordering::Acquire);
        if callers == 1 {
            return Arc::try_unwrap(result).unwrap_or_else(|shared| (*shared).clone());
        }
        let coalesced = Coalesced { callers, joined_ms: joined.as_secs_f64() * 1e3 };
        match &*result {
            Ok(reply) => {
                let mut reply = reply.clone();
                if let Some(route) = &mut reply.completion.route {
                    // The sum over all traces is what was paid.
                    let paid = company.paid.swap(true, Ordering::AcqRel);
                    let mut own = Trace { coalesced: Some(coalesced), ..(**route).clone() };
                    own.cost = own.cost.filter(|_| !paid);
                    *route = Arc::new(own);
                }
                Ok(reply)
            }
            Err(error) => Err(told(error.clone(), coalesced)),
        }
    }

    fn join<F>(
        self: &Arc<Self>,
        call: ChatCall,
        clock: Clock,
        send: impl FnOnce(ChatCall) -> F,
    ) -> (Flight, Arc<Company>)
    where
        F: Future<Output = Result<ChatReply>> + Send + 'static,
    {
        let hash = hash(&call);
        let mut flights = self.lock();
        let same = flights.entry(hash).or_default();
        // Upgraded only where it is joined: to drop the last one in here would lock twice.
        let found = same.iter().find(|other| other.company.call == call);
        if let Some((flight, company)) =
            found.and_then(|found| Some((found.flight.upgrade()?, Arc::clone(&found.company))))
        {
            company.callers.fetch_add(1, Ordering::AcqRel);
            return (flight, company);
        }
        let company = Arc::new(Company {
            call: call.clone(),
            began: clock.now(),
            callers: AtomicU32::new(1),
            paid: AtomicBool::new(false),
        });
        let forget = Forget { coalescing: Arc::clone(self), hash, company: Arc::clone(&company) };
        let sent = send(call);
        let whole = async move {
            let _forget = forget;
            Arc::new(sent.await)
        };
        let flight = whole.boxed().shared();
        if let Some(weak) = flight.downgrade() {
            same.push(Joinable { company: Arc::clone(&company), flight: weak });
        }
        (flight, company)
    }
}

fn told(mut error: Error, coalesced: Coalesced) -> Error {
    if let Some(route) = &mut error.route {
        route.coalesced = Some(coalesced);
    }
    error
}

/// Of the request alone: the options are compared.
fn hash(call: &ChatCall) -> u64 {
    struct Hashing(DefaultHasher);
    impl io::Write for Hashing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut hasher = Hashing(DefaultHasher::new());
    // Requests came from JSON. Equality decides, whatever was hashed.
    let _ = serde_json::to_writer(&mut hasher, &call.request);
    hasher.0.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::error::ErrorKind;

    #[tokio::test]
    async fn nothing_is_remembered_of_what_ended_or_was_left() {
        let coalescing = Arc::new(Coalescing::default());
        let call = || {
            let body = json!({ "model": "m", "messages": [{ "role": "user", "content": "q" }] });
            ChatCall::from_values(body, Value::Null).unwrap()
        };
        let clock = Clock::start();
        let answered =
            coalescing.chat(call(), clock, |_| async { Err(Error::new(ErrorKind::Internal, "x")) });
        answered.await.unwrap_err();
        assert!(coalescing.lock().is_empty());

        let mut left = Box::pin(coalescing.chat(call(), clock, |_| std::future::pending()));
        assert!(futures_util::poll!(&mut left).is_pending());
        assert_eq!(coalescing.lock().len(), 1);
        drop(left);
        assert!(coalescing.lock().is_empty());
    }
}
