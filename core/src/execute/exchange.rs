//! One plain exchange: a request out, a whole reply in.

use std::time::SystemTime;

use super::Run;
use super::attempts::Answer;
use super::failure::{Failure, failed};
use super::response::{decode, refused};
use crate::client::{ChatReply, Permits, Prepared, RawResponse, Spent};
use crate::dialects::response_headers::rate_limits;
use crate::transport::{HttpRequest, HttpResponse, collect};

/// A whole reply, and the attempt that it came from.
pub(super) struct Whole {
    pub reply: ChatReply,
    /// What it took, where the provider said so.
    pub spent: Option<Spent>,
    prepared: Prepared,
}

impl Answer for Whole {
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
    match whole(run, request, &prepared, &mut permit).await {
        Ok(reply) => {
            let spent = reply.completion.usage.as_ref().map(|usage| prepared.chosen.spent(usage));
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
) -> Result<ChatReply, Failure> {
    let HttpResponse { status, headers, body, round_trip } =
        prepared.chosen.send(run.transport, request).await?;
    permit.connected(run.clock.now(), round_trip);
    permit.answered(run.clock.now(), &rate_limits(&headers, SystemTime::now()));
    let body = collect(body, prepared.limits.max_response_bytes).await?;
    if !status.is_success() {
        return Err(refused(prepared, status, &headers, &body));
    }
    let mut completion = decode(prepared, status, &headers, &body)?;
    let raw = RawResponse::new(status.as_u16(), headers, body);
    completion.request_id.clone_from(&raw.request_id);
    Ok(ChatReply { completion, raw })
}
