//! How far an address is: one round trip on the network, without what the service does.
//!
//! Measured where it costs nothing, at connections that are made anyway, in requests or
//! background checks. What is in the way of a packet now and then, a busy machine, a
//! queue, a name to look up, only ever makes the trip longer: so the least of the last
//! minutes is the estimate, as Linux keeps it for TCP (`tcp_min_rtt_wlen`, 5 minutes;
//! commit f672258391b4, "tcp: track min RTT using windowed min-filter"). Here it is the
//! least of the present five minutes and of the five before. What was measured last
//! stays where nothing newer is: a connection that stays open is measured once.
//!
//! As with [`latency`](super::latency), nothing is expected of an address that was
//! never asked while it is idle: one request tries it at once, and until that one ends
//! a guess of one second keeps the others away; that is the time TCP takes where it
//! has measured nothing (RFC 6298, section 2.1). The guess stays where a try measured
//! nothing, so that what cannot be reached does not look near.
//!
//! A single measurement may have been unlucky, and networks change. So an address that
//! is left alone comes nearer: its trip counts for trip ÷ (1 + idle ÷ 60 s), and once
//! it looks nearest it is asked again. Of an address that is k times as far as the
//! nearest one, that is at most every k-th request, and where the nearest one is always
//! busy, one request every (k − 1) minutes: a request comes later by less than the
//! nearest trip on average, for each such address.

use std::time::Duration;

/// Half of the time whose least trip counts.
const HALF_WINDOW: Duration = Duration::from_secs(300);

/// Of an address never measured, in seconds.
const GUESS: f64 = 1.0;

/// Idle for so long, an address looks half as far: in seconds.
const NEARING: f64 = 60.0;

/// What was measured of one address. Times are since the client's start.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoundTrip {
    /// The least trip of the half window before, in seconds.
    before: Option<f64>,
    /// The least of this one.
    present: Option<f64>,
    present_since: Duration,
    /// Requests under way.
    in_flight: u32,
    /// When it was last heard of; none where it was never asked.
    seen_at: Option<Duration>,
}

impl RoundTrip {
    /// A request begins.
    pub const fn began(&mut self) {
        self.in_flight += 1;
    }

    /// A request ended, whatever became of it.
    pub fn ended(&mut self, now: Duration) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.seen(now);
    }

    /// A connection took so long for a round trip.
    pub fn measured(&mut self, now: Duration, trip: Duration) {
        let age = now.saturating_sub(self.present_since);
        if age >= HALF_WINDOW {
            self.before = if age < HALF_WINDOW * 2 { self.present } else { None };
            self.present = None;
            self.present_since = now;
        }
        let trip = trip.as_secs_f64();
        self.present = Some(self.present.map_or(trip, |least| least.min(trip)));
        self.seen(now);
    }

    fn seen(&mut self, now: Duration) {
        self.seen_at = Some(self.seen_at.map_or(now, |at| at.max(now)));
    }

    /// The least of the window, in seconds; none where nothing was measured.
    #[must_use]
    pub fn least(&self) -> Option<f64> {
        self.before.into_iter().chain(self.present).reduce(f64::min)
    }

    /// The seconds that a choice at `now` reckons with.
    #[must_use]
    pub fn expected(&self, now: Duration) -> f64 {
        let known = self.least().unwrap_or(GUESS);
        match self.seen_at {
            _ if self.in_flight > 0 => known,
            Some(at) => known / (1.0 + now.saturating_sub(at).as_secs_f64() / NEARING),
            None => 0.0,
        }
    }
}

#[cfg(test)]
#[path = "round_trip_tests.rs"]
mod tests;
