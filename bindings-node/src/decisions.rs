//! The decisions of routed requests, made when somebody looks: few do, and to make and
//! write one costs more than to decide.
//!
//! JavaScript holds them by the page, for each thing of ours that it holds costs it as much
//! as a small reply. A page goes when the last trace of it is collected.

use std::sync::{Arc, Mutex, PoisonError};

use napi::bindgen_prelude::External;
use napi_derive::napi;
use roocode::types::deferred::Deferred;
use roocode::types::routing_trace::RoutingTrace;
use roocode::{Error, ErrorKind};

use crate::client::thrown;
use crate::crossing;

/// Few, for who keeps one trace keeps its page.
const ON_A_PAGE: usize = 16;

/// About what one holds on to until it is looked at, for V8 to know when to collect.
const DECISION_BYTES: usize = 1 << 10;

#[derive(Default)]
pub struct Page(Mutex<Vec<Deferred<RoutingTrace>>>);

/// A page as JavaScript holds it.
pub type HeldPage = External<Arc<Page>>;

impl Page {
    /// Adds a decision and tells its place; `None` where the page is full.
    pub fn add(&self, decision: &Deferred<RoutingTrace>) -> Option<usize> {
        let mut decisions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = decisions.len();
        (place < ON_A_PAGE).then(|| {
            decisions.push(decision.clone());
            place
        })
    }

    fn get(&self, place: u32) -> Option<Deferred<RoutingTrace>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(place as usize).cloned()
    }
}

/// `page` for JavaScript to hold.
pub fn held(page: Arc<Page>) -> HeldPage {
    External::new_with_size_hint(page, ON_A_PAGE * DECISION_BYTES)
}

/// The decision at `place` of `page` as JSON, made now.
#[napi(catch_unwind)]
pub fn decision_json(page: &External<Arc<Page>>, place: u32) -> napi::Result<String> {
    let Some(decision) = page.get(place) else {
        return Err(thrown(&Error::new(ErrorKind::Internal, "no such decision")));
    };
    crossing::text(&*decision).map_err(|error| thrown(&error))
}
