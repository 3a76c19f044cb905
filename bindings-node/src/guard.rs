//! Keeps a panic on its own call: it becomes that call's error, and the
//! process, the client and all other calls live on.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use roocode::{Error, ErrorKind};

/// `work`, with a panic as its error.
pub async fn guarded(work: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    // What a panic leaves half done belongs to this call alone, and goes with it.
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|panic| Err(defect(&*panic)))
}

fn defect(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::new(ErrorKind::Internal, "roocode has a defect: a request panicked. Please report it.")
        .with_source(text.unwrap_or("a panic without a text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_of_its_call() {
        let run = |work| futures_util::FutureExt::now_or_never(guarded(work)).unwrap();
        assert!(run(Box::pin(async { Ok(()) }) as futures_util::future::BoxFuture<'_, _>).is_ok());
        let error = run(Box::pin(async { panic!("number {}", 5) })).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Internal);
        assert_eq!(error.source.as_deref(), Some("number 5"));
    }
}
