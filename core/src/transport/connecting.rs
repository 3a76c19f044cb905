//! The making of a connection: its time limit, for each request its own, and how
//! long it took.
//!
//! The HTTP crate has one such limit a client, and tells nothing of the time. A
//! client for each value would split the pool, so the limit travels beside the
//! request instead: the connector is called while the request that needs a
//! connection is polled, and finds its limit in a task-local, and there the place
//! for the time. A connection that serves another request in the end keeps the limit
//! of the one that began it, and is told to nobody.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;
use tower_layer::Layer;
use tower_service::Service;

type BoxError = Box<dyn StdError + Send + Sync>;

tokio::task_local! {
    static CONNECTING: Connecting;
}

/// What the connector is to know of the request that needs a connection, and tells it.
#[derive(Clone, Debug)]
pub(super) struct Connecting {
    limit: Option<Duration>,
    took: Arc<OnceLock<Duration>>,
}

impl Connecting {
    pub(super) fn within(limit: Option<Duration>) -> Self {
        Self { limit, took: Arc::default() }
    }

    /// How long a connection was made for the request, if one was: DNS, TCP, a proxy's
    /// tunnel and TLS together.
    pub(super) fn took(&self) -> Option<Duration> {
        self.took.get().copied()
    }

    /// Runs `request` with this in reach of the connector.
    pub(super) async fn scope<F: Future>(&self, request: F) -> F::Output {
        CONNECTING.scope(self.clone(), request).await
    }
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

/// Puts limit and watch around a connector.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConnectLayer;

impl<S> Layer<S> for ConnectLayer {
    type Service = Connect<S>;
    fn layer(&self, connector: S) -> Connect<S> {
        Connect(connector)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Connect<S>(S);

impl<S, R> Service<R> for Connect<S>
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
        let making = self.0.call(destination);
        let Ok(connecting) = CONNECTING.try_with(Clone::clone) else { return Box::pin(making) };
        let began = Instant::now();
        Box::pin(async move {
            let made = match connecting.limit {
                None => making.await,
                Some(limit) => match tokio::time::timeout(limit, making).await {
                    Ok(made) => made,
                    Err(_) => return Err(ConnectTimedOut(limit).into()),
                },
            };
            if made.is_ok() {
                // The first, where a redirect needs another one.
                let _ = connecting.took.set(began.elapsed());
            }
            made
        })
    }
}
