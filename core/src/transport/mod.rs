//! Bytes out, bytes in.
//!
//! The client speaks HTTP only through [`Transport`], so that tests and users
//! can put a mock in its place. Nothing here knows a provider, a dialect or a
//! retry; `http_client.rs` is the one file that names the HTTP crate.

mod body;
mod connecting;
mod failure;
pub mod framing;
pub mod http_client;
pub mod proxy;
mod request_body;
mod timer;
pub mod tls;
mod tls_profile;

pub use body::collect;
pub use http_client::{HttpClient, HttpOptions};
pub use request_body::{BodyPart, RequestBody};
pub use tls_profile::{Pem, TlsProfile};
mod timeout;

pub use timeout::Timeout;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_core::future::BoxFuture;
use http::{HeaderMap, Method, StatusCode};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::Error;

/// The four time limits of one exchange, and the size bounds. `None` is no limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// From the start of a connection to its end, TLS included. Default 10 s.
    pub connect: Option<Duration>,
    /// From the request's start to the response's first byte (its head). Default 600 s.
    pub first_byte: Option<Duration>,
    /// Between two reads of a response body. Default 300 s.
    pub idle: Option<Duration>,
    /// From the request's start to the body's end. Default: 600 s for a plain
    /// call, none for a stream, so that it never kills a healthy one.
    pub total: Option<Duration>,
    /// Bytes of a whole plain response after decompression. Default 512 MiB.
    pub max_response_bytes: usize,
    /// Bytes of one frame of a stream. Default 64 MiB.
    pub max_frame_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Some(Duration::from_secs(10)),
            first_byte: Some(Duration::from_secs(600)),
            idle: Some(Duration::from_secs(300)),
            total: None,
            max_response_bytes: 512 << 20,
            max_frame_bytes: 64 << 20,
        }
    }
}

/// One HTTP request, ready to go.
#[derive(Clone)]
pub struct HttpRequest {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: RequestBody,
    pub limits: Limits,
    /// Past every proxy: what is asked is on the machine's own network, where a proxy on another
    /// machine would ask in its own name.
    pub direct: bool,
    /// TLS of the service's own, where it has some.
    pub tls: Option<Arc<TlsProfile>>,
}

impl HttpRequest {
    /// Without headers, body or limits, past no proxy and with the client's own TLS.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: RequestBody::default(),
            limits: Limits::default(),
            direct: false,
            tls: None,
        }
    }
}

/// The head of a response and its body to come.
pub struct HttpResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Body,
    /// One round trip on the network, as far as the making of a connection for this
    /// very request shows it; none where it went over an open one.
    pub round_trip: Option<Duration>,
}

/// Body bytes as they arrive, decompressed. Dropping it closes the connection
/// (HTTP/1.1) or resets the stream (HTTP/2). Limits `idle` and `total` are
/// enforced inside and surface as [`crate::error::ErrorKind::ApiTimeout`].
pub type Body = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

/// Sends one request. No retry, no redirect to another host with credentials.
pub trait Transport: Send + Sync + 'static {
    /// Errors: `ApiConnection` (DNS, TLS, refused, reset), `ApiTimeout` with its
    /// [`crate::error::TimeLimit`]; of [`Stage::Unsent`](crate::error::Stage) where surely nothing of the
    /// request went out, so that what must not be done twice may be sent again. An HTTP error
    /// status is a response.
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>>;
}
