//! One plain exchange: a request out, a whole reply in.
//!
//! A request that its target does not take in one goes out in pieces, a few at a
//! time, and their answers are put together in order. It is one attempt: where a piece
//! fails, all of it has failed.

use std::pin::pin;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt;

use super::Run;
use super::attempts::Answered;
use super::failure::{Failure, failed};
use super::response::{decode, of_service, refused};
use crate::client::{Permits, Piece, Prepared, RawResponse, Reply, Spent};
use crate::dialects::response_headers::rate_limits;
use crate::error::{Error, Result};
use crate::transport::{HttpRequest, HttpResponse, collect};
use crate::types::operation::{Answer, Operation};

/// Pieces of one request that are on their way at a time: a provider's limits are
/// of requests at once too.
const PIECES_AT_ONCE: usize = 4;

/// A whole reply, and the attempt that it came from.
pub(super) struct Whole {
    pub reply: Reply,
    /// What it took, where the provider said so.
    pub spent: Option<Spent>,
    prepared: Prepared,
}

impl Answered for Whole {
    fn prepared(&mut self) -> &mut Prepared {
        &mut self.prepared
    }
    fn status(&self) -> u16 {
        self.reply.raw.status
    }
}

pub(super) async fn exchange(
    run: &Run<'_>,
    request: HttpRequest,
    prepared: Prepared,
    mut permit: Permits,
) -> Result<Whole, Failure> {
    if run.call.request.operation() == Operation::CountTokens {
        permit.apart();
    }
    match whole(run, request, &prepared, &mut permit).await {
        Ok(reply) => {
            let spent = prepared.chosen.spent_by(&reply.answer);
            permit.succeeded(run.clock.now(), spent.as_ref().map(|spent| spent.used));
            Ok(Whole { reply, spent, prepared })
        }
        Err(failure) => Err(failed(run, permit, &prepared, failure)),
    }
}

async fn whole(
    run: &Run<'_>,
    request: HttpRequest,
    prepared: &Prepared,
    permit: &mut Permits,
) -> Result<Reply, Failure> {
    let began = run.clock.now();
    let HttpResponse { status, headers, body, round_trip } =
        prepared.chosen.send(run.transport, request).await?;
    permit.connected(run.clock.now(), round_trip);
    permit.answered(run.clock.now(), &rate_limits(&headers, SystemTime::now()));
    let body = collect(body, prepared.limits.max_response_bytes).await?;
    if let Some(service) = prepared.chosen.target.service() {
        let mut answer = of_service(service, (status, &headers, &body))?;
        let raw = RawResponse::new(status.as_u16(), headers, body);
        answer.request_id_mut().clone_from(&raw.request_id);
        return Ok(Reply { answer, raw });
    }
    if !status.is_success() {
        return Err(refused(prepared, status, &headers, &body));
    }
    let mut rest = Vec::new();
    if !prepared.pieces.is_empty() {
        // Boxed, and before the first answer is there, so that a request in one is no larger for it.
        rest = Box::pin(others(run, prepared, permit, began)).await?;
    }
    let mut answer = decode(run, prepared, prepared.inputs, (status, &headers, &body))?;
    rest.into_iter().for_each(|next| answer.join(next));
    let raw = RawResponse::new(status.as_u16(), headers, body);
    answer.request_id_mut().clone_from(&raw.request_id);
    Ok(Reply { answer, raw })
}

/// Sends the other pieces of a request; their answers in order.
async fn others(
    run: &Run<'_>,
    prepared: &Prepared,
    permit: &mut Permits,
    began: Duration,
) -> Result<Vec<Answer>, Failure> {
    let send = async |piece: &Piece| {
        let mut request = piece.request.clone();
        // One limit for all of them together.
        if let Some(total) = request.limits.total {
            request.limits.total = Some(total.saturating_sub(run.clock.now().saturating_sub(began)));
        }
        let HttpResponse { status, headers, body, round_trip } =
            prepared.chosen.send(run.transport, request).await?;
        let body = collect(body, prepared.limits.max_response_bytes).await?;
        Ok::<_, Error>((piece.inputs, status, headers, body, round_trip))
    };
    let pieces: Vec<_> = prepared.pieces.iter().map(send).collect();
    let mut read = Vec::with_capacity(pieces.len());
    let mut answers = pin!(futures_util::stream::iter(pieces).buffered(PIECES_AT_ONCE));
    while let Some(piece) = answers.next().await {
        let (inputs, status, headers, body, round_trip) = piece?;
        permit.connected(run.clock.now(), round_trip);
        permit.answered(run.clock.now(), &rate_limits(&headers, SystemTime::now()));
        if !status.is_success() {
            return Err(refused(prepared, status, &headers, &body));
        }
        read.push(decode(run, prepared, inputs, (status, &headers, &body))?);
    }
    Ok(read)
}
