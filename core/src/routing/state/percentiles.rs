//! Percentiles of durations, in bounded memory, that can be put together.
//!
//! A histogram whose buckets grow with the value, as in HdrHistogram: each
//! power of two of microseconds has 32. A percentile is off by at most 1/64 of
//! itself (1.6 %), whatever was recorded, and so is one of several histograms
//! put together: only counts are added. Written here rather than taken from a
//! crate of DDSketch because whole numbers make it small, quick, and the same on
//! every platform, which a logarithm does not.

use std::time::Duration;

use crate::rotating::Rotating;
pub use crate::types::stats::Percentiles;

/// Buckets of a power of two.
const EACH: u64 = 32;

/// Longer durations count as this one, 19 hours, in microseconds; shorter than
/// a microsecond as none.
const LONGEST: u64 = (1 << 36) - 1;

/// How often durations were seen. Empty, it takes no memory beside itself; at
/// most four kilobytes, and mostly a few hundred bytes, as it covers only the
/// buckets from the shortest to the longest duration seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// The bucket of the first count.
    first: usize,
    counts: Vec<u32>,
    count: u64,
    /// Microseconds.
    sum: u64,
    least: u64,
    most: u64,
}

impl Histogram {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts one duration.
    pub fn record(&mut self, duration: Duration) {
        let value = u64::try_from(duration.as_micros()).unwrap_or(LONGEST).min(LONGEST);
        self.add(bucket(value), 1);
        self.least = if self.count == 0 { value } else { self.least.min(value) };
        self.most = self.most.max(value);
        self.sum = self.sum.saturating_add(value);
        self.count += 1;
    }

    /// Counts what another counted.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        // The ends first: the room between is made once.
        self.add(other.first, 0);
        self.add(other.first + other.counts.len().saturating_sub(1), 0);
        for (offset, count) in other.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            self.add(other.first + offset, *count);
        }
        self.least = if self.count == 0 { other.least } else { self.least.min(other.least) };
        self.most = self.most.max(other.most);
        self.sum = self.sum.saturating_add(other.sum);
        self.count += other.count;
    }

    fn add(&mut self, bucket: usize, count: u32) {
        if self.counts.is_empty() {
            self.first = bucket;
        }
        if bucket < self.first {
            let missing = self.first - bucket;
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = bucket;
        }
        let offset = bucket - self.first;
        if offset >= self.counts.len() {
            self.counts.resize(offset + 1, 0);
        }
        if let Some(known) = self.counts.get_mut(offset) {
            *known = known.saturating_add(count);
        }
    }

    /// How many were counted.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The duration that `share` (0 to 1) of those counted do not exceed, by
    /// nearest rank; none where nothing was counted. The shortest and the
    /// longest are exact to the microsecond.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count is at most the count; `as` saturates"
    )]
    pub fn percentile(&self, share: f64) -> Option<Duration> {
        if self.count == 0 {
            return None;
        }
        let rank = ((share * self.count as f64).ceil() as u64).clamp(1, self.count);
        let mut seen = 0;
        let bucket = self.counts.iter().position(|count| {
            seen += u64::from(*count);
            seen >= rank
        });
        let value = bucket.map_or(self.most, |offset| middle(self.first + offset));
        let value = if rank == 1 {
            self.least
        } else if rank == self.count {
            self.most
        } else {
            value
        };
        Some(Duration::from_micros(value.clamp(self.least, self.most)))
    }

    /// The usual percentiles; none where nothing was counted.
    #[must_use]
    pub fn percentiles(&self) -> Option<Percentiles> {
        let seconds = |share| self.percentile(share).map(|duration| duration.as_secs_f64());
        Some(Percentiles {
            count: self.count,
            mean: Duration::from_micros(self.sum).as_secs_f64() / self.count as f64,
            min: seconds(0.0)?,
            p50: seconds(0.5)?,
            p90: seconds(0.9)?,
            p95: seconds(0.95)?,
            p99: seconds(0.99)?,
            max: seconds(1.0)?,
        })
    }
}

/// The bucket of a value: exact below 32, then the five bits below the highest.
fn bucket(value: u64) -> usize {
    let shift = u64::from(value.checked_ilog2().unwrap_or(0)).saturating_sub(5);
    usize::try_from(shift * EACH + (value >> shift)).unwrap_or(0)
}

/// The middle of a bucket's values.
fn middle(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    let shift = (bucket / EACH).saturating_sub(1);
    ((bucket - shift * EACH) << shift) + ((1 << shift) >> 1)
}

/// The durations of the last five minutes, a minute forgotten at a time.
#[derive(Clone, Debug)]
pub struct PercentileWindow {
    minutes: Rotating<Histogram, 5>,
}

impl Default for PercentileWindow {
    fn default() -> Self {
        Self::new()
    }
}

impl PercentileWindow {
    #[must_use]
    pub fn new() -> Self {
        Self { minutes: Rotating::new(Duration::from_secs(300)) }
    }

    /// Counts one duration.
    pub fn record(&mut self, now: Duration, duration: Duration) {
        self.minutes.update(now, |minute| minute.record(duration));
    }

    /// All of the last minutes in one.
    #[must_use]
    pub fn recent(&self, now: Duration) -> Histogram {
        let mut all = Histogram::new();
        for minute in self.minutes.recent(now) {
            all.merge(minute);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::new();
        for value in values {
            histogram.record(Duration::from_micros(*value));
        }
        histogram
    }

    #[test]
    fn every_value_lies_near_the_middle_of_its_bucket() {
        let mut last = 0;
        for value in (0..4096).chain(
            (12..36)
                .flat_map(|power| (0..100).map(move |step| (1 << power) + step * ((1_u64 << power) / 100))),
        ) {
            let bucket = bucket(value);
            assert!(bucket >= last && bucket < 1024, "{value}");
            assert!(middle(bucket).abs_diff(value) * 64 <= value, "{value}: {}", middle(bucket));
            last = bucket;
        }
        assert_eq!(bucket(LONGEST), 1023);
    }

    #[test]
    fn says_the_usual_percentiles() {
        let milliseconds: Vec<u64> = (1..=1000).map(|value| value * 1000).collect();
        let said = of(&milliseconds).percentiles().unwrap();
        assert_eq!((said.count, said.min, said.max), (1000, 0.001, 1.0));
        assert!((said.mean - 0.5005).abs() < 1e-9);
        for (got, exact) in [(said.p50, 0.5), (said.p90, 0.9), (said.p95, 0.95), (said.p99, 0.99)] {
            assert!((got - exact).abs() <= exact / 64.0, "{got} {exact}");
        }
        assert_eq!(Histogram::new().percentiles(), None);
    }

    #[test]
    fn memory_is_bounded() {
        let mut histogram = of(&[0, u64::MAX]);
        histogram.record(Duration::MAX);
        assert!(histogram.counts.len() <= 1024);
        let seconds: Vec<u64> = (200_000..4_000_000).step_by(1000).collect();
        assert!(of(&seconds).counts.len() < 160, "{}", of(&seconds).counts.len());
    }

    #[test]
    fn forgets_after_five_minutes() {
        let mut window = PercentileWindow::new();
        let at = Duration::from_secs;
        window.record(at(10), at(9));
        for minute in 1..5 {
            window.record(at(60 * minute), at(1));
        }
        assert_eq!(window.recent(at(299)).percentile(1.0), Some(at(9)));
        assert_eq!(window.recent(at(300)).percentile(1.0), Some(at(1)));
        assert_eq!(window.recent(at(300)).count(), 4);
        assert_eq!(window.recent(at(540)).percentile(0.5), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        /// Near the exact percentile, for one histogram and for parts put
        /// together in any order.
        #[test]
        fn is_near_the_exact_percentile_and_merges(
            values in prop::collection::vec(prop_oneof![0_u64..50, 0_u64..2_000_000, 0_u64..LONGEST], 1..80),
            cut in any::<prop::sample::Index>(),
            share in 0.0_f64..=1.0,
        ) {
            let whole = of(&values);
            let (left, right) = values.split_at(cut.index(values.len()));
            let mut forth = of(left);
            forth.merge(&of(right));
            let mut back = of(right);
            back.merge(&of(left));
            prop_assert_eq!(&forth, &whole);
            prop_assert_eq!(&back, &whole);
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let rank = ((share * values.len() as f64).ceil() as usize).clamp(1, values.len());
            let exact = sorted[rank - 1];
            let got = u64::try_from(whole.percentile(share).unwrap().as_micros()).unwrap();
            prop_assert!(got.abs_diff(exact) * 64 <= exact, "{} for {}", got, exact);
        }
    }
}
