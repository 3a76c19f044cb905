//! One connection of the server, and the requests on it.

use std::fmt;
use std::sync::Arc;

use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming as HyperBody;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use super::body::MockBody;
use super::socket::{Ending, Socket};
use crate::testing::answer::Opening;
use crate::testing::incoming::Incoming;
use crate::testing::mock::Mock;
use crate::testing::record::Outcome;

/// Tells hyper to close the connection.
#[derive(Debug)]
pub(super) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the script breaks the connection here")
    }
}

impl std::error::Error for Broken {}

pub(super) async fn serve(mock: Mock, stream: TcpStream) {
    // Without it, the second small write of a response waits for the client's
    // acknowledgement; a socket that is gone fails later by itself.
    let _ = stream.set_nodelay(true);
    let ending = Arc::new(Ending::default());
    let socket = Socket::new(stream, Arc::clone(&ending), mock.clone());
    let service = service_fn(move |request| respond(mock.clone(), Arc::clone(&ending), request));
    // An error is a client that left or a connection that a script broke; both are recorded.
    let _ = http1::Builder::new().keep_alive(true).serve_connection(socket, service).await;
}

async fn respond(
    mock: Mock,
    ending: Arc<Ending>,
    request: Request<HyperBody>,
) -> Result<Response<MockBody>, Broken> {
    let (head, body) = request.into_parts();
    let bytes = body.collect().await.map_err(|_| Broken)?.to_bytes();
    let query = head.uri.query().unwrap_or_default();
    let incoming = Incoming::new(head.method, head.uri.path(), query, head.headers, bytes);
    let (answer, mut exchange) = mock.respond(&incoming, Instant::now());

    if !answer.latency.is_zero() && answer.opening != Opening::Refuse {
        sleep(answer.latency).await;
    }
    match answer.opening {
        Opening::Respond => {}
        Opening::Hang => std::future::pending().await,
        Opening::Cut => {
            exchange.end(Outcome::Cut);
            return Err(Broken);
        }
        Opening::Reset | Opening::Refuse => {
            let refused = answer.opening == Opening::Refuse;
            exchange.end(if refused { Outcome::Refused } else { Outcome::Reset });
            ending.reset();
            return Err(Broken);
        }
    }
    exchange.answered(answer.status);
    let mut response = Response::new(MockBody::new(answer.steps, answer.streamed, exchange, ending));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    Ok(response)
}
