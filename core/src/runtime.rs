//! The threads that a package runs its requests on: how many, who says so, and
//! what becomes of a panic there.
//!
//! Here, because every package must decide it alike. A user of the crate has a
//! runtime already, and the client runs on that one.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt;
use tokio::runtime::{Builder, Runtime};

use crate::error::{Error, ErrorKind, Result};

/// The environment's word on the number of threads.
pub const WORKER_THREADS: &str = "ROOCODE_WORKER_THREADS";
const MOST: usize = 256;
/// One thread keeps up with an interpreter's one thread, and a second costs more
/// CPU than it gives there; so it comes only where processors are plenty.
const PLENTY: usize = 8;

/// A runtime for requests with `asked` threads; without a wish, with as many as
/// `ROOCODE_WORKER_THREADS` says; without that, with 1, or 2 from 8 processors on.
///
/// Errors: `ConfigurationError` where the number is not 1 to 256; `InternalError`
/// where the operating system gives no thread.
pub fn build(asked: Option<usize>) -> Result<Runtime> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let count = match asked {
        Some(count) => check_worker_threads(count)?,
        None => decide(std::env::var(WORKER_THREADS).ok().as_deref(), processors)?,
    };
    Builder::new_multi_thread().worker_threads(count).thread_name("roocode").enable_all().build().map_err(
        |error| Error::new(ErrorKind::Internal, "cannot start a thread for requests").with_source(error),
    )
}

/// `count`, if so many threads may be asked for.
///
/// Errors: `ConfigurationError`.
pub fn check_worker_threads(count: usize) -> Result<usize> {
    if (1..=MOST).contains(&count) { Ok(count) } else { Err(refused("worker_threads", &count.to_string())) }
}

/// `work`, with a panic as its error, an `InternalError`: the process, the client
/// and all other calls live on.
pub fn guarded<T>(work: impl Future<Output = Result<T>>) -> impl Future<Output = Result<T>> {
    // What a panic leaves half done belongs to this call alone, and goes with it.
    AssertUnwindSafe(work).catch_unwind().map(|done| done.unwrap_or_else(|panic| Err(defect(&*panic))))
}

/// What `work` gives, or an `InternalError` where it panicked.
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| defect(&*panic))
}

fn defect(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::new(ErrorKind::Internal, "roocode has a defect: native code panicked. Please report it.")
        .with_source(text.unwrap_or("a panic without a text"))
}

fn decide(variable: Option<&str>, processors: usize) -> Result<usize> {
    match variable.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => text
            .parse()
            .ok()
            .and_then(|count| check_worker_threads(count).ok())
            .ok_or_else(|| refused(WORKER_THREADS, text)),
        None => Ok(if processors >= PLENTY { 2 } else { 1 }),
    }
}

fn refused(place: &str, given: &str) -> Error {
    Error::configuration(place, format!("{place}: allowed: 1 to {MOST}, given: {given}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_before_the_processors_do() {
        assert_eq!(decide(None, 2).unwrap(), 1);
        assert_eq!(decide(Some(" "), 64).unwrap(), 2);
        assert_eq!(decide(Some("3"), 64).unwrap(), 3);
        for wrong in ["0", "257", "-1", "many"] {
            let error = decide(Some(wrong), 2).unwrap_err();
            assert_eq!(
                (error.kind, error.param.as_deref()),
                (ErrorKind::Configuration, Some(WORKER_THREADS))
            );
            assert!(error.message.contains(wrong), "{error}");
        }
    }

    #[test]
    fn a_panic_is_an_error_of_its_call() {
        let number = |panics: bool| if panics { panic!("number {}", 5) } else { 5 };
        assert_eq!(catch(|| number(false)).unwrap(), 5);
        let run = |panics| guarded(async move { Ok(number(panics)) }).now_or_never().unwrap();
        assert_eq!(run(false).unwrap(), 5);
        for error in [catch(|| number(true)).unwrap_err(), run(true).unwrap_err()] {
            assert_eq!((error.kind, error.source.as_deref()), (ErrorKind::Internal, Some("number 5")));
        }
    }

    #[test]
    fn a_wish_comes_first_and_has_limits() {
        assert_eq!(build(Some(3)).unwrap().metrics().num_workers(), 3);
        for wrong in [0, 257] {
            assert_eq!(build(Some(wrong)).unwrap_err().param.as_deref(), Some("worker_threads"));
        }
    }
}
