//! Sends copies of requests, whose answers nobody waits for.
//!
//! A copy never delays its request and never changes its reply: it runs in a task of
//! its own, is never tried again, and what becomes of it is only counted.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_core::future::BoxFuture;

use super::clock::Clock;
use super::lock::lock;
use crate::routing::splits::{ShadowConfig, ShadowDecision, Shadows};
use crate::types::path::ShadowFate;

/// The copies of one route.
pub(super) struct Shadow {
    shadows: Shadows,
    clock: Clock,
    places: Mutex<Places>,
}

#[derive(Default)]
struct Places {
    in_flight: u32,
    waiting: VecDeque<(Duration, Copy)>,
}

type Copy = BoxFuture<'static, ()>;

impl Shadow {
    pub fn new(shadows: Shadows, clock: Clock) -> Self {
        Self { shadows, clock, places: Mutex::default() }
    }

    /// The route or target that gets the copies.
    pub fn to(&self) -> &str {
        &self.shadows.config().to
    }

    pub const fn config(&self) -> &ShadowConfig {
        self.shadows.config()
    }

    /// Whether a request with this draw, in 0 ≤ x < 1, is copied.
    pub fn is_drawn(&self, draw: f64) -> bool {
        self.shadows.is_drawn(draw)
    }

    /// Sends a copy that was drawn: at once, when one under way has ended, or not at all.
    pub fn send(self: &Arc<Self>, copy: Copy) -> ShadowFate {
        // Without a runtime there is nothing to send with.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return ShadowFate::Dropped };
        let mut places = lock(&self.places);
        let queued = u32::try_from(places.waiting.len()).unwrap_or(u32::MAX);
        match self.shadows.decide(self.clock.now(), 0.0, places.in_flight, queued) {
            ShadowDecision::Send { deadline } => {
                places.in_flight += 1;
                drop(places);
                let place = Place { shadow: Arc::clone(self), given_back: false };
                runtime.spawn(async move { place.run(deadline, copy).await });
                ShadowFate::Sent
            }
            ShadowDecision::Wait { deadline } => {
                places.waiting.push_back((deadline, copy));
                ShadowFate::Queued
            }
            ShadowDecision::Dropped | ShadowDecision::None => ShadowFate::Dropped,
        }
    }

    /// The next of those that wait whose time has not run out; without one, the
    /// place is given back in the same step.
    fn next(&self) -> Option<(Duration, Copy)> {
        let mut places = lock(&self.places);
        while let Some((deadline, copy)) = places.waiting.pop_front() {
            if self.shadows.resume(self.clock.now(), deadline) {
                return Some((deadline, copy));
            }
        }
        places.in_flight = places.in_flight.saturating_sub(1);
        None
    }
}

/// A place among those under way. Dropped before its time, by a runtime that ends or
/// a panic, it is given back.
struct Place {
    shadow: Arc<Shadow>,
    given_back: bool,
}

impl Place {
    async fn run(mut self, deadline: Duration, copy: Copy) {
        let mut next = Some((deadline, copy));
        while let Some((deadline, copy)) = next {
            let _ = tokio::time::timeout_at(self.shadow.clock.at(deadline), copy).await;
            next = self.shadow.next();
        }
        self.given_back = true;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.given_back {
            let mut places = lock(&self.shadow.places);
            places.in_flight = places.in_flight.saturating_sub(1);
        }
    }
}
