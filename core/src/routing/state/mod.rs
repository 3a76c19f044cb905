//! What was learned about each target. It changes; it never chooses.
//!
//! Every struct is plain: `now` is the time since the client's start and is
//! handed in; nothing locks and nothing draws. What a choice reads is a small
//! copy ([`LatencyView`]) that can be published for readers without a lock.
//! Whether a target may be asked at all is not here but in `resilience`.

pub mod counters;
pub mod latency;
pub mod percentiles;
pub mod rewards;
pub mod round_trip;

pub use counters::{Counters, ErrorCounts, Used};
pub use latency::{Delivery, Latency, LatencyConfig, LatencyView, Peak};
pub use percentiles::{Histogram, PercentileWindow, Percentiles};
pub use rewards::{Arm, Rewards};
pub use round_trip::RoundTrip;
