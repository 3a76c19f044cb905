//! A mock in process: a transport that answers by itself.
//!
//! No socket and no thread. Waits use the runtime's timer, so that a test with
//! paused time takes none.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_core::future::BoxFuture;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::answer::{Answer, Opening};
use super::exchange::Exchange;
use super::incoming::Incoming;
use super::mock::Mock;
use super::options::MockOptions;
use super::player::{Played, Player};
use super::record::Outcome;
use crate::error::{Error, ErrorKind, Result, Stage, TimeLimit};
use crate::transport::{HttpRequest, HttpResponse, Limits, Transport};

/// A [`Transport`] that speaks to a mock provider instead of the network.
///
/// The host of a request's URL does not matter. Faults come as the errors that
/// a real transport gives, and the request's time limits hold.
#[derive(Clone)]
pub struct MockTransport {
    mock: Mock,
}

impl MockTransport {
    /// Errors: `Configuration` for scripts that cannot be.
    pub fn new(options: impl Into<MockOptions>) -> Result<Self> {
        Ok(Self { mock: Mock::new(options.into())? })
    }
}

impl Deref for MockTransport {
    type Target = Mock;
    fn deref(&self) -> &Mock {
        &self.mock
    }
}

impl Transport for MockTransport {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        Box::pin(exchange(&self.mock, request))
    }
}

async fn exchange(mock: &Mock, request: HttpRequest) -> Result<HttpResponse> {
    let query = request.url.query().unwrap_or_default();
    let body = request.body.gathered().await?;
    let incoming = Incoming::new(request.method, request.url.path(), query, request.headers, body);
    let started = Instant::now();
    let (answer, mut exchange) = mock.respond(&incoming, started);

    let opened = open(&answer, &mut exchange);
    match head_limit(&request.limits, started) {
        None => opened.await?,
        Some((limit, end)) => tokio::select! {
            biased;
            opened = opened => opened?,
            () = sleep_until(end) => return Err(timeout(limit)),
        },
    }
    exchange.answered(answer.status);
    let body = MockBody {
        player: Player::new(answer.steps),
        exchange,
        idle: request.limits.idle,
        idling: None,
        total: request.limits.total.map(|total| Box::pin(sleep_until(started + total))),
        failed: false,
    };
    Ok(HttpResponse {
        status: answer.status,
        headers: answer.headers,
        body: Box::pin(body),
        // Nothing is connected to.
        round_trip: None,
    })
}

/// Up to the response's head.
async fn open(answer: &Answer, exchange: &mut Exchange) -> Result<()> {
    if answer.opening == Opening::Refuse {
        exchange.end(Outcome::Refused);
        return Err(Error::new(ErrorKind::ApiConnection, "connection refused").with_stage(Stage::Unsent));
    }
    if !answer.latency.is_zero() {
        sleep(answer.latency).await;
    }
    match answer.opening {
        Opening::Respond | Opening::Refuse => Ok(()),
        Opening::Hang => std::future::pending().await,
        Opening::Cut => {
            exchange.end(Outcome::Cut);
            Err(Error::new(ErrorKind::ApiConnection, "connection closed before the response"))
        }
        Opening::Reset => {
            exchange.end(Outcome::Reset);
            Err(Error::new(ErrorKind::ApiConnection, "connection reset"))
        }
    }
}

/// Which limit ends the wait for the head, and when.
fn head_limit(limits: &Limits, started: Instant) -> Option<(TimeLimit, Instant)> {
    let first_byte = limits.first_byte.map(|wait| (TimeLimit::FirstByte, started + wait));
    let total = limits.total.map(|wait| (TimeLimit::Total, started + wait));
    first_byte.into_iter().chain(total).min_by_key(|(_, end)| *end)
}

fn timeout(limit: TimeLimit) -> Error {
    let message = match limit {
        TimeLimit::Connect => "no connection in time",
        TimeLimit::FirstByte => "no response in time",
        TimeLimit::Idle => "the response stopped for too long",
        TimeLimit::Total => "the response was not complete in time",
    };
    Error::new(ErrorKind::ApiTimeout, message).with_limit(limit)
}

struct MockBody {
    player: Player,
    exchange: Exchange,
    idle: Option<Duration>,
    idling: Option<Pin<Box<Sleep>>>,
    total: Option<Pin<Box<Sleep>>>,
    failed: bool,
}

impl Stream for MockBody {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let body = &mut *self;
        if body.failed {
            return Poll::Ready(None);
        }
        let error = match body.player.poll(context) {
            Poll::Ready(Some(Played::Bytes(bytes))) => {
                body.idling = None;
                body.exchange.sent(bytes.len());
                if body.player.is_done() {
                    body.exchange.end(Outcome::Complete);
                }
                return Poll::Ready(Some(Ok(bytes)));
            }
            Poll::Ready(None) => {
                body.exchange.end(Outcome::Complete);
                return Poll::Ready(None);
            }
            Poll::Ready(Some(Played::Cut)) => {
                body.exchange.end(Outcome::Cut);
                Error::new(ErrorKind::ApiConnection, "connection closed before the end of the response")
            }
            Poll::Ready(Some(Played::Reset)) => {
                body.exchange.end(Outcome::Reset);
                Error::new(ErrorKind::ApiConnection, "connection reset")
            }
            Poll::Pending => {
                let total = body.total.as_mut();
                if total.is_some_and(|total| total.as_mut().poll(context).is_ready()) {
                    timeout(TimeLimit::Total)
                } else if let Some(idle) = body.idle {
                    let idling = body.idling.get_or_insert_with(|| Box::pin(sleep(idle)));
                    std::task::ready!(idling.as_mut().poll(context));
                    timeout(TimeLimit::Idle)
                } else {
                    return Poll::Pending;
                }
            }
        };
        // Of what our own limits ended, the client left.
        body.exchange.end(Outcome::ClientLeft);
        body.failed = true;
        Poll::Ready(Some(Err(error)))
    }
}

#[cfg(test)]
#[path = "transport_tests.rs"]
mod tests;
