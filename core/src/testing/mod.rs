//! Mock providers: for the tests and benchmarks of users, and for our own.
//!
//! One heart ([`Mock`]) is handed requests and plans answers from [`Script`]s,
//! without I/O. It has two faces: [`MockTransport`] answers in process,
//! [`MockServer`] on a port of 127.0.0.1. Both speak the wires of OpenAI,
//! Anthropic and Gemini, plain and streamed, fail as scripted, and remember
//! what they were asked.
//!
//! Nothing of `dialects` is used here, on purpose: see `wire`. Prices do not
//! go in here either; they belong to the configuration of a provider.
//!
//! ```
//! use roocode::testing::{Fault, MockServer, Script};
//! # fn main() -> roocode::Result<()> {
//! let server = MockServer::start(vec![
//!     Script::failing(Fault::status(429).header("retry-after", "1")).times(1),
//!     Script::text("Hello"),
//! ])?;
//! let base_url = format!("{}/v1", server.url());
//! // … point a client at `base_url` …
//! # drop(base_url);
//! server.assert_satisfied().unwrap();
//! # Ok(())
//! # }
//! ```

mod answer;
mod build;
mod decision;
mod exchange;
mod fault;
mod form;
mod incoming;
mod mock;
mod options;
mod player;
mod record;
mod reply;
mod script;
mod server;
mod subset;
mod transport;
mod wire;

pub use decision::{CaseTarget, Decided, DecisionCase, decide_case};
pub use fault::Fault;
pub use mock::Mock;
pub use options::MockOptions;
pub use record::{Counters, Outcome, RecordedRequest};
pub use reply::{Reply, TokenUsage, ToolCall};
pub use script::{Chunks, Expect, Script, StreamPlan, When};
pub use server::MockServer;
pub use transport::MockTransport;
