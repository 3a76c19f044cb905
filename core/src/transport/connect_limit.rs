//! The time limit of a connection's making, for each request its own.
//!
//! The HTTP crate has one such limit a client. A client for each value would
//! split the pool, so the limit travels beside the request instead: the
//! connector is called while the request that needs a connection is polled, and
//! finds its limit in a task-local. A connection that serves another request in
//! the end keeps the limit of the one that began it.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tower_layer::Layer;
use tower_service::Service;

type BoxError = Box<dyn StdError + Send + Sync>;

tokio::task_local! {
    static LIMIT: Option<Duration>;
}

/// Runs `request` with its limit in reach of the connector.
pub(super) async fn with_limit<F: Future>(limit: Option<Duration>, request: F) -> F::Output {
    LIMIT.scope(limit, request).await
}

/// DNS, TCP, a proxy's tunnel and TLS together took longer than the limit.
#[derive(Debug)]
pub(super) struct ConnectTimedOut(pub(super) Duration);

impl fmt::Display for ConnectTimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no connection within {:?}", self.0)
    }
}

impl StdError for ConnectTimedOut {}

/// Puts the limit around a connector.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConnectLimitLayer;

impl<S> Layer<S> for ConnectLimitLayer {
    type Service = ConnectLimit<S>;
    fn layer(&self, connector: S) -> ConnectLimit<S> {
        ConnectLimit(connector)
    }
}

#[derive(Clone, Debug)]
pub(super) struct ConnectLimit<S>(S);

impl<S, R> Service<R> for ConnectLimit<S>
where
    S: Service<R, Error = BoxError>,
    S::Future: Send + 'static,
    S::Response: 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, destination: R) -> Self::Future {
        let connecting = self.0.call(destination);
        match LIMIT.try_with(|limit| *limit).ok().flatten() {
            None => Box::pin(connecting),
            Some(limit) => Box::pin(async move {
                match tokio::time::timeout(limit, connecting).await {
                    Ok(result) => result,
                    Err(_) => Err(ConnectTimedOut(limit).into()),
                }
            }),
        }
    }
}
