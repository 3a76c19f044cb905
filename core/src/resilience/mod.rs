//! What to do after a failure. Decisions only: no clock, no socket, no `async`.
//!
//! Every struct is plain: `now` is the time since the client's start and is
//! handed in, as is the generator of random numbers; nothing locks. What a
//! choice among many targets reads is published as one number (`available_at`),
//! so that a reader needs no lock.

pub mod attempts;
pub mod breaker;
mod breaker_config;
pub mod concurrency;
pub mod continuation;
pub mod cooldown;
pub mod health_check;
pub mod hedge;
pub mod learned_limits;
mod polling;
pub mod queue;
pub mod quota;
mod quota_config;
pub mod repetition;
pub mod retry;
pub mod retry_budget;
pub mod verdict;

pub use attempts::{AttemptPolicy, Attempts, Choices, Step, Want, may_be_asked_again};
pub use breaker::{Breaker, BreakerPermit, BreakerState, CallResult, PANIC_THRESHOLD, panics};
pub use breaker_config::BreakerConfig;
pub use concurrency::{AdaptiveConcurrency, ConcurrencyAlgorithm, ConcurrencyConfig, EndedBy, InFlight};
pub use continuation::{Seam, StreamRecovery};
pub use cooldown::{Cooldown, CooldownConfig};
pub use health_check::{HealthCheck, HealthCheckConfig, NextCheck};
pub use hedge::{Hedge, HedgeConfig, Hedging};
pub use learned_limits::{LearnedLeft, LearnedLimits, allowed_at};
pub use polling::wait_before;
pub use queue::{QueueConfig, Rejected, WaitQueue, Waiter};
pub use quota::{Gcra, Quota, QuotaLeft, QuotaRefusal};
pub use quota_config::QuotaConfig;
pub use repetition::{Bound, Effect, Repeats, effect, repeats};
pub use retry::{Backoff, Decision, RetryPolicy};
pub use retry_budget::{RetryBudget, RetryBudgetConfig};
pub use verdict::{Health, NextTarget, SameTarget, Verdict, verdict};
