//! Limits that the user sets: requests and tokens per time, and concurrency.
//!
//! Each rate is a GCRA (the generic cell rate algorithm of ITU-T I.371, annex
//! A; "virtual scheduling"): one number, the theoretical arrival time, says
//! when the next unit may go. No window, hence no burst at its edge, and the
//! wait it names is exact. An estimate is taken before a request and settled
//! with what was used after it.

use std::time::Duration;

use super::quota_config::QuotaConfig;
use crate::types::limits::{Demand, LimitUnit};
pub use crate::types::stats::QuotaLeft;

/// One rate limit: `limit` units per `period`, at most `burst` at once.
///
/// All numbers are whole. Times are kept in nanoseconds × `limit`, where one
/// unit takes exactly `period` nanoseconds, so that no rate is rounded, be it
/// seven per second or a thousand million tokens per day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gcra {
    limit: u128,
    burst: u128,
    /// Nanoseconds.
    period: u128,
    /// The theoretical arrival time of the next unit, in nanoseconds × `limit`.
    arrival: u128,
}

impl Gcra {
    /// A `limit` or `burst` of 0 counts as 1, as does an empty `period`.
    #[must_use]
    pub fn new(limit: u64, period: Duration, burst: u64) -> Self {
        Self {
            limit: u128::from(limit.max(1)),
            burst: u128::from(burst.max(1)),
            period: period.as_nanos().max(1),
            arrival: 0,
        }
    }

    /// From when on `cost` units may go, if nothing else is taken. It may lie in
    /// the past, and does not depend on the present: it can be published.
    ///
    /// More units than the burst go once nothing is owed, and are paid off after.
    #[must_use]
    pub fn available_at(&self, cost: u64) -> Duration {
        let now_if_idle = self.burst.saturating_sub(u128::from(cost).min(self.burst));
        let earliest = self.arrival.saturating_sub(now_if_idle.saturating_mul(self.period));
        nanoseconds(earliest.div_ceil(self.limit))
    }

    /// Whether `cost` units may go now, else exactly how long to wait.
    pub fn check(&self, now: Duration, cost: u64) -> Result<(), Duration> {
        match self.available_at(cost).saturating_sub(now) {
            Duration::ZERO => Ok(()),
            wait => Err(wait),
        }
    }

    /// Takes `cost` units, whether or not they may go.
    pub fn take(&mut self, now: Duration, cost: u64) {
        let now = now.as_nanos().saturating_mul(self.limit);
        self.arrival = self.arrival.max(now).saturating_add(self.time_of(cost));
    }

    /// Puts right what was taken by an estimate: gives back what was not used,
    /// or takes what was used beyond it.
    pub fn settle(&mut self, now: Duration, estimated: u64, actual: u64) {
        if actual >= estimated {
            if actual > estimated {
                self.take(now, actual - estimated);
            }
        } else {
            self.arrival = self.arrival.saturating_sub(self.time_of(estimated - actual));
        }
    }

    /// Units that may go at once.
    #[must_use]
    pub fn remaining(&self, now: Duration) -> u64 {
        let ahead = self.arrival.saturating_sub(now.as_nanos().saturating_mul(self.limit));
        let full = self.burst.saturating_mul(self.period);
        u64::try_from(full.saturating_sub(ahead) / self.period).unwrap_or(u64::MAX)
    }

    fn time_of(&self, cost: u64) -> u128 {
        u128::from(cost).saturating_mul(self.period)
    }
}

fn nanoseconds(count: u128) -> Duration {
    const SECOND: u128 = 1_000_000_000;
    u64::try_from(count / SECOND)
        .map_or(Duration::MAX, |seconds| Duration::new(seconds, u32::try_from(count % SECOND).unwrap_or(0)))
}

/// One of a quota's rates, and what it counts.
#[derive(Clone, Copy, Debug)]
struct Rate {
    name: &'static str,
    unit: LimitUnit,
    gcra: Gcra,
}

/// Why a request may not go now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaRefusal {
    /// Not before `wait`, for the sake of the limit `name`.
    Rate { name: &'static str, wait: Duration },
    /// As many requests are in flight as may be.
    Concurrency,
}

impl QuotaRefusal {
    /// How long it lasts, where that is known: not where it is when a request ends.
    #[must_use]
    pub const fn wait(self) -> Option<Duration> {
        match self {
            Self::Rate { wait, .. } => Some(wait),
            Self::Concurrency => None,
        }
    }
}

/// All limits set for one provider, key or target.
#[derive(Clone, Debug)]
pub struct Quota {
    rates: Vec<Rate>,
    concurrency: Option<u32>,
    in_flight: u32,
}

impl Quota {
    #[must_use]
    pub fn new(config: &QuotaConfig) -> Self {
        let rates = config
            .rates()
            .map(|(name, unit, limit, period, burst)| Rate {
                name,
                unit,
                gcra: Gcra::new(limit, period, burst),
            })
            .collect();
        Self { rates, concurrency: config.concurrency, in_flight: 0 }
    }

    /// Whether nothing is limited: then there is nothing to take or settle, and
    /// its owner can leave it, and its lock, alone.
    #[must_use]
    pub const fn is_unlimited(&self) -> bool {
        self.rates.is_empty() && self.concurrency.is_none()
    }

    /// From when on a request of `demand` may go by all rates together, if
    /// nothing else is taken: the latest of theirs. It can be published for
    /// readers without a lock; it moves with [`take`](Self::take) and
    /// [`settle`](Self::settle) alone.
    #[must_use]
    pub fn available_at(&self, demand: &Demand) -> Duration {
        self.latest(demand).map_or(Duration::ZERO, |(_, at)| at)
    }

    /// Whether a request of `demand` may go now.
    pub fn check(&self, now: Duration, demand: &Demand) -> Result<(), QuotaRefusal> {
        if let Some((name, at)) = self.latest(demand)
            && at > now
        {
            return Err(QuotaRefusal::Rate { name, wait: at - now });
        }
        match self.concurrency {
            Some(most) if self.in_flight >= most => Err(QuotaRefusal::Concurrency),
            _ => Ok(()),
        }
    }

    fn latest(&self, demand: &Demand) -> Option<(&'static str, Duration)> {
        self.rates
            .iter()
            .map(|rate| (rate.name, rate.gcra.available_at(demand.in_units(rate.unit))))
            .max_by_key(|(_, at)| *at)
    }

    /// A request begins: takes its estimated demand and a place in flight,
    /// whether or not it may go. Ends with [`settle`](Self::settle).
    pub fn take(&mut self, now: Duration, demand: &Demand) {
        self.in_flight = self.in_flight.saturating_add(1);
        for rate in &mut self.rates {
            rate.gcra.take(now, demand.in_units(rate.unit));
        }
    }

    /// A request ended: gives its place back and puts the estimate right. Where
    /// nothing was told of its usage, `actual` is `estimated` again.
    pub fn settle(&mut self, now: Duration, estimated: &Demand, actual: &Demand) {
        self.in_flight = self.in_flight.saturating_sub(1);
        for rate in &mut self.rates {
            rate.gcra.settle(now, estimated.in_units(rate.unit), actual.in_units(rate.unit));
        }
    }

    /// Requests in flight.
    #[must_use]
    pub const fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// What is left of each rate, and of concurrency.
    #[must_use]
    pub fn left(&self, now: Duration) -> Vec<QuotaLeft> {
        let rates = self.rates.iter().map(|rate| QuotaLeft {
            name: rate.name.to_owned(),
            limit: u64::try_from(rate.gcra.limit).unwrap_or(u64::MAX),
            remaining: rate.gcra.remaining(now),
        });
        let concurrency = self.concurrency.map(|most| QuotaLeft {
            name: "concurrency".to_owned(),
            limit: u64::from(most),
            remaining: u64::from(most.saturating_sub(self.in_flight)),
        });
        rates.chain(concurrency).collect()
    }
}

#[cfg(test)]
#[path = "quota_tests.rs"]
mod tests;
