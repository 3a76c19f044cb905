//! Credentials that have to be fetched: a token for a secret, temporary keys of a cloud.
//!
//! A [`Source`] says what to ask and reads the answers without I/O: it hands out one
//! [`Step`] after another, so that every flow can be tested by feeding it answers.
//! `lease` says when a credential is to be fetched again. [`Cache`] alone awaits.
//! No provider's name and no wire format may go in here.

mod ask;
mod cache;
mod lease;
mod token;

use std::any::Any;
use std::hash::{BuildHasher, Hash, RandomState};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

pub use ask::{ask, failed, get, post_form, read_file, read_token, refused};
pub use cache::Cache;
pub use token::BearerToken;

use super::Secret;
use crate::error::Result;
use crate::transport::HttpRequest;

/// A credential as requests need it.
pub trait Credential: Send + Sync + Any {
    /// Puts it into a request that is ready otherwise. `unix_now`: time since 1970.
    ///
    /// Errors: `Authentication`, where it cannot stand in a request.
    fn sign(&self, request: &mut HttpRequest, unix_now: Duration) -> Result<()>;

    /// Whether it signs the bytes of the body, which must then be at hand.
    fn signs_body(&self) -> bool {
        false
    }

    /// Whether an answer says that it is not good any more, so that another would be.
    /// Asked of answers of status 401 and 403 alone.
    fn is_refused(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> bool;

    /// What must never be shown.
    fn secrets(&self) -> Vec<Secret>;
}

/// What a source came to.
pub struct Fetched {
    pub credential: Arc<dyn Credential>,
    /// How long it is good, from now. `None`: until it is refused.
    pub lifetime: Option<Duration>,
    /// What to ask next time, where that is another source: a new refresh token.
    pub next: Option<Arc<dyn Source>>,
}

/// Where a credential comes from.
pub trait Source: Send + Sync + 'static {
    /// Sources of one identity fetch the same credential and share it; see [`identity`].
    fn identity(&self) -> u64;

    /// The first step. Errors: `Authentication`.
    fn begin(&self, moment: &mut Moment) -> Result<Step>;

    /// What must never be shown, of what it asks with.
    fn secrets(&self) -> Vec<Secret>;
}

/// The time and the dice of one fetch.
pub struct Moment {
    /// Since 1970.
    pub unix_now: Duration,
    pub random: fastrand::Rng,
}

/// What a source wants done, and how it goes on.
#[expect(clippy::large_enum_variant, reason = "a step is made and taken once an hour")]
pub enum Step {
    /// A small file read.
    Read {
        path: PathBuf,
        then: Then<io::Result<Vec<u8>>>,
    },
    /// A request sent. Failures that pass are tried again before `then` hears of them.
    Ask {
        request: HttpRequest,
        then: Then<Result<Answer>>,
    },
    Done(Fetched),
}

/// The rest of a flow.
pub type Then<T> = Box<dyn FnOnce(T, &mut Moment) -> Result<Step> + Send>;

/// A whole answer.
#[derive(Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// The identity of all that a fetch depends on. Another in each process.
pub fn identity(of: &impl Hash) -> u64 {
    static STATE: OnceLock<RandomState> = OnceLock::new();
    STATE.get_or_init(RandomState::new).hash_one(of)
}
