//! A response's body on its way to the socket.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::connection::Broken;
use super::socket::Ending;
use crate::testing::answer::Step;
use crate::testing::exchange::Exchange;
use crate::testing::player::{Played, Player};
use crate::testing::record::Outcome;

pub(super) struct MockBody {
    player: Player,
    streamed: bool,
    exchange: Exchange,
    ending: Arc<Ending>,
    /// How the connection is to be broken once what came before is on the socket.
    breaking: Option<Outcome>,
    /// Whether the last frame is still to be written.
    flushing: bool,
}

impl MockBody {
    pub(super) fn new(steps: Vec<Step>, streamed: bool, mut exchange: Exchange, ending: Arc<Ending>) -> Self {
        let player = Player::new(steps);
        // Hyper does not ask a body of no length for its end.
        if player.is_done() {
            exchange.end(Outcome::Complete);
        }
        Self { player, streamed, exchange, ending, breaking: None, flushing: false }
    }
}

impl Body for MockBody {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let body = &mut *self;
        if let Some(outcome) = body.breaking {
            if outcome == Outcome::Reset {
                body.ending.reset();
            }
            body.exchange.end(outcome);
            return Poll::Ready(Some(Err(Broken)));
        }
        // Each frame is a write of its own, as of a provider that flushes each token:
        // hyper writes what it has when a body is not ready.
        if std::mem::take(&mut body.flushing) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let played = std::task::ready!(body.player.poll(context));
        match played {
            Some(Played::Bytes(bytes)) => {
                body.exchange.sent(bytes.len());
                body.flushing = body.streamed;
                // With a known length, hyper does not ask again after the last bytes.
                if body.player.is_done() {
                    body.exchange.end(Outcome::Complete);
                }
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            None => {
                body.exchange.end(Outcome::Complete);
                Poll::Ready(None)
            }
            Some(broken) => {
                body.breaking =
                    Some(if matches!(broken, Played::Reset) { Outcome::Reset } else { Outcome::Cut });
                // Hyper throws away what it has not written when a body fails;
                // it writes all it has when a body is not ready.
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.breaking.is_none() && self.player.is_done()
    }

    fn size_hint(&self) -> SizeHint {
        match self.player.whole_length().filter(|_| !self.streamed) {
            Some(length) => SizeHint::with_exact(length),
            None => SizeHint::default(),
        }
    }
}
