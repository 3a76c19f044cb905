//! A whole body in one piece, within its limit.

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use super::Body;
use crate::error::{Error, ErrorKind, Result};

/// Reads `body` to its end.
///
/// Errors: those of the body; `ResponseDecode` where it has more than
/// `max_response_bytes` bytes. Then the rest is not read.
pub async fn collect(mut body: Body, max_response_bytes: usize) -> Result<Bytes> {
    let too_large = || {
        Error::new(
            ErrorKind::ResponseDecode,
            format!("the response is larger than `max_response_bytes` ({max_response_bytes} bytes)"),
        )
        .with_param("max_response_bytes")
    };
    let Some(first) = body.next().await.transpose()? else { return Ok(Bytes::new()) };
    if first.len() > max_response_bytes {
        return Err(too_large());
    }
    // Most replies fit one read, which then is the body.
    let Some(mut next) = body.next().await.transpose()? else { return Ok(first) };
    let mut whole = BytesMut::from(first);
    loop {
        if whole.len() + next.len() > max_response_bytes {
            return Err(too_large());
        }
        whole.extend_from_slice(&next);
        match body.next().await.transpose()? {
            Some(bytes) => next = bytes,
            None => return Ok(whole.freeze()),
        }
    }
}
