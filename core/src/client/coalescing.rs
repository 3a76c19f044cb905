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

use super::call::Call;
use super::clock::Clock;
use super::plan::Plan;
use super::reply::Reply;
use crate::error::{Error, Result};
use crate::types::trace::{Coalesced, Trace};

type Flight = Shared<BoxFuture<'static, Arc<Result<Reply>>>>;

/// The requests of a client that are on their way and may be joined.
#[derive(Default)]
pub(super) struct Coalescing {
    flights: Mutex<HashMap<u64, Vec<Joinable>>>,
}

/// One request that is on its way.
struct Joinable {
    company: Arc<Company>,
    flight: WeakShared<BoxFuture<'static, Arc<Result<Reply>>>>,
}

/// Those who wait for one request.
struct Company {
    call: Call,
    /// Of providers and routes: under another one the same name may be another target.
    plan: Arc<Plan>,
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
    pub async fn ask<F>(
        self: &Arc<Self>,
        call: Call,
        plan: Arc<Plan>,
        clock: Clock,
        send: impl FnOnce(Call) -> F,
    ) -> Result<Reply>
    where
        F: Future<Output = Result<Reply>> + Send + 'static,
    {
        let (flight, company) = self.join(call, plan, clock, send);
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
                if let Some(route) = reply.answer.route_mut() {
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
        call: Call,
        plan: Arc<Plan>,
        clock: Clock,
        send: impl FnOnce(Call) -> F,
    ) -> (Flight, Arc<Company>)
    where
        F: Future<Output = Result<Reply>> + Send + 'static,
    {
        let hash = hash(&call);
        let mut flights = self.lock();
        let same = flights.entry(hash).or_default();
        // Upgraded only where it is joined: to drop the last one in here would lock twice.
        let found =
            same.iter().find(|other| Arc::ptr_eq(&other.company.plan, &plan) && other.company.call == call);
        if let Some((flight, company)) =
            found.and_then(|found| Some((found.flight.upgrade()?, Arc::clone(&found.company))))
        {
            company.callers.fetch_add(1, Ordering::AcqRel);
            return (flight, company);
        }
        let company = Arc::new(Company {
            call: call.clone(),
            plan,
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
fn hash(call: &Call) -> u64 {
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
#[path = "coalescing_tests.rs"]
mod tests;
