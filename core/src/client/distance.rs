//! How far each address is, shared by all providers and models behind it: their
//! requests go over the same connections. The reckoning is in `routing::state::round_trip`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use url::Url;

use super::clock::Clock;
use super::lock::lock;
use crate::providers::Provider;
use crate::routing::state::RoundTrip;

/// How far one address is.
#[derive(Debug, Default)]
pub(crate) struct Distance(Mutex<RoundTrip>);

impl Distance {
    /// The address of a provider: where its connections go.
    pub fn address(provider: &Provider) -> String {
        Url::parse(&provider.base_url)
            .map_or_else(|_| provider.base_url.clone(), |url| url.origin().ascii_serialization())
    }

    /// A connection was made, if one was.
    pub fn measured(&self, now: Duration, round_trip: Option<Duration>) {
        if let Some(round_trip) = round_trip {
            lock(&self.0).measured(now, round_trip);
        }
    }

    /// The seconds of a round trip that a choice reckons with.
    pub fn expected(&self, now: Duration) -> f64 {
        lock(&self.0).expected(now)
    }

    /// The least seconds measured lately, if any were.
    pub fn least(&self) -> Option<f64> {
        lock(&self.0).least()
    }
}

/// A request on its way to an address. It ends when dropped.
pub(crate) struct Underway {
    distance: Arc<Distance>,
    clock: Clock,
}

impl Underway {
    pub fn begin(distance: &Arc<Distance>, clock: Clock) -> Self {
        lock(&distance.0).began();
        Self { distance: Arc::clone(distance), clock }
    }

    /// A connection was made for it, if one was.
    pub fn connected(&self, now: Duration, round_trip: Option<Duration>) {
        self.distance.measured(now, round_trip);
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        lock(&self.distance.0).ended(self.clock.now());
    }
}
