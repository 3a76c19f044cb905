//! Opening a stream: a request out, its first content in.

use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, header};

use super::Run;
use super::attempts::Answered;
use super::failure::{Failure, failed};
use super::response::{decode_as_spoken, refused, unix_seconds};
use crate::client::{Leg, Permits, Prepared, RawResponse};
use crate::dialects::response_headers::rate_limits;
use crate::transport::{Body, HttpRequest, HttpResponse, collect};
use crate::types::operation::{Answer, Operation};

impl Answered for Leg {
    fn prepared(&mut self) -> &mut Prepared {
        self.prepared_mut()
    }
    fn status(&self) -> u16 {
        self.raw().status
    }
}

/// Opens a stream and waits for its first content.
pub(super) async fn open(
    run: &Run<'_>,
    request: HttpRequest,
    prepared: Prepared,
    mut permit: Permits,
) -> Result<Leg, Failure> {
    let opened = match head(run, request, &prepared, &mut permit).await {
        Ok(opened) => opened,
        Err(failure) => return Err(failed(run, permit, &prepared, failure)),
    };
    let (raw, content) = opened;
    let spoken = match prepared.over_chat {
        Some(_) => Operation::Chat,
        None => run.call.request.operation(),
    };
    let mut leg = Leg::new(prepared, raw, permit, run.clock, unix_seconds(), spoken)?;
    match content {
        Opened::Stream(body) => leg.read_from(body),
        Opened::Whole(answer) => leg.deliver(*answer),
    }
    Ok(leg.commit().await?)
}

/// What a request for a stream was answered with.
enum Opened {
    Stream(Body),
    Whole(Box<Answer>),
}

/// The response's head is in, its body is to come.
async fn head(
    run: &Run<'_>,
    request: HttpRequest,
    prepared: &Prepared,
    permit: &mut Permits,
) -> Result<(RawResponse, Opened), Failure> {
    let HttpResponse { status, headers, body, round_trip } =
        prepared.chosen.send(run.transport, request).await?;
    permit.connected(run.clock.now(), round_trip);
    permit.answered(run.clock.now(), &rate_limits(&headers, SystemTime::now()));
    let most = prepared.limits.max_response_bytes;
    if !status.is_success() {
        return Err(refused(prepared, status, &headers, &collect(body, most).await?));
    }
    if !is_plain_json(&headers) {
        return Ok((RawResponse::new(status.as_u16(), headers, Bytes::new()), Opened::Stream(body)));
    }
    // A service may answer a request for a stream plainly, with an error or with
    // the whole reply.
    let body = collect(body, most).await?;
    let answer = decode_as_spoken(run, prepared, None, (status, &headers, &body))?;
    let raw = RawResponse::new(status.as_u16(), headers, Bytes::new());
    Ok((raw, Opened::Whole(Box::new(answer))))
}

fn is_plain_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("application/json"))
}
