//! Against tiny servers on loopback, which say byte by byte what they do.

mod mutual_tls;
mod proxy;
mod tls;

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderMap, Method};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::super::tls::TlsOptions;
use super::super::{HttpRequest, HttpResponse, Limits, Transport, collect};
use super::{HttpClient, HttpOptions, without_secrets};
use crate::error::{Error, ErrorKind, Result, TimeLimit};

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(60);

/// Serves each connection by `serve`; gives the address.
async fn server<F, R>(serve: F) -> String
where
    F: Fn(TcpStream) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// The head of the next request, and its body by `content-length`. `None` at the end.
async fn next_request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut text = Vec::new();
    let head = loop {
        if let Some(end) = text.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut text).await.ok()? == 0 {
            return None;
        }
    };
    let header = String::from_utf8_lossy(&text[..head]).to_lowercase();
    let length = header
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.trim().parse::<usize>().unwrap());
    while text.len() < head + length {
        stream.read_buf(&mut text).await.ok()?;
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, text: impl AsRef<[u8]>) {
    let _ = stream.write_all(text.as_ref()).await;
    let _ = stream.flush().await;
}

/// Answers every request with `answer` and keeps the connection.
async fn answering(answer: impl Into<Vec<u8>>) -> String {
    let answer = Arc::new(answer.into());
    server(move |mut stream| {
        let answer = answer.clone();
        async move {
            while next_request(&mut stream).await.is_some() {
                say(&mut stream, &*answer).await;
            }
        }
    })
    .await
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn client() -> HttpClient {
    HttpClient::new(HttpOptions::default())
}

fn post(url: impl Into<String>, limits: Limits) -> HttpRequest {
    HttpRequest {
        method: Method::POST,
        url: url.into().parse().unwrap(),
        headers: HeaderMap::new(),
        body: Bytes::from_static(b"{}").into(),
        limits,
        direct: false,
        tls: None,
    }
}

async fn call(client: &HttpClient, url: impl Into<String>) -> Result<HttpResponse> {
    client.send(post(url, Limits::default())).await
}

async fn text_of(response: HttpResponse) -> String {
    String::from_utf8(collect(response.body, 1 << 20).await.unwrap().to_vec()).unwrap()
}

async fn refused(result: Result<HttpResponse>) -> Error {
    match result {
        Ok(response) => panic!("a response came: {}", response.status),
        Err(error) => error,
    }
}

#[tokio::test]
async fn sends_what_it_is_given_and_hands_out_any_status() {
    let seen = Arc::new(std::sync::Mutex::new(String::new()));
    let keep = seen.clone();
    let address = server(move |mut stream| {
        let keep = keep.clone();
        async move {
            *keep.lock().unwrap() = next_request(&mut stream).await.unwrap();
            say(&mut stream, "HTTP/1.1 418 Teapot\r\nx-id: 7\r\ncontent-length: 2\r\n\r\nno").await;
        }
    })
    .await;
    let mut request = post(format!("http://{address}/v1/chat?key=a%20b"), Limits::default());
    request.headers.insert("x-api-key", "k".parse().unwrap());
    let response = client().send(request).await.unwrap();
    assert_eq!((response.status.as_u16(), &response.headers["x-id"]), (418, &"7".parse().unwrap()));
    assert_eq!(text_of(response).await, "no");
    let seen = seen.lock().unwrap().to_lowercase();
    assert!(seen.starts_with("post /v1/chat?key=a%20b http/1.1\r\n"), "{seen}");
    for line in ["x-api-key: k\r\n", "content-length: 2\r\n", "accept-encoding: "] {
        assert!(seen.contains(line), "{seen}");
    }
    assert!(seen.ends_with("\r\n\r\n{}"), "{seen}");
}

#[tokio::test]
async fn reuses_a_connection_whose_body_was_read() {
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    let address = server(move |mut stream| {
        count.fetch_add(1, Ordering::SeqCst);
        async move {
            while next_request(&mut stream).await.is_some() {
                say(&mut stream, ok("hi")).await;
            }
        }
    })
    .await;
    let client = client();
    for round in 0..5 {
        // Another connect limit each time: the pool is the same.
        let limits = Limits { connect: Some(Duration::from_secs(5 + round)), ..Limits::default() };
        let response = client.send(post(format!("http://{address}/"), limits)).await.unwrap();
        assert_eq!(response.round_trip.is_some(), round == 0, "told where a connection is made");
        assert_eq!(text_of(response).await, "hi");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn dropping_the_body_closes_the_connection() {
    let (closed, mut was_closed) = tokio::sync::mpsc::channel(1);
    let address = server(move |mut stream| {
        let closed = closed.clone();
        async move {
            next_request(&mut stream).await.unwrap();
            say(&mut stream, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n").await;
            let mut rest = [0; 1];
            assert!(matches!(stream.read(&mut rest).await, Ok(0) | Err(_)));
            closed.send(Instant::now()).await.unwrap();
        }
    })
    .await;
    let client = client();
    let mut fastest = LONG;
    // The fastest of five, so that another process's turn on the machine does not count.
    for _ in 0..5 {
        let mut response = call(&client, format!("http://{address}/")).await.unwrap();
        assert_eq!(response.body.next().await.unwrap().unwrap(), "hi");
        let dropped = Instant::now();
        drop(response);
        fastest = fastest.min(was_closed.recv().await.unwrap() - dropped);
    }
    assert!(fastest < Duration::from_millis(50), "{fastest:?}");
}

#[tokio::test]
async fn dropping_a_pending_send_closes_the_connection() {
    let (closed, mut was_closed) = tokio::sync::mpsc::channel(1);
    let address = server(move |mut stream| {
        let closed = closed.clone();
        async move {
            next_request(&mut stream).await.unwrap();
            let _ = closed.send(()).await;
            let mut rest = [0; 1];
            assert!(matches!(stream.read(&mut rest).await, Ok(0) | Err(_)));
            let _ = closed.send(()).await;
        }
    })
    .await;
    let client = client();
    let mut sending = client.send(post(format!("http://{address}/"), Limits::default()));
    tokio::select! {
        _ = &mut sending => panic!("a response came"),
        _ = was_closed.recv() => {}
    }
    drop(sending);
    tokio::time::timeout(LONG, was_closed.recv()).await.unwrap().unwrap();
}

#[tokio::test]
async fn the_first_byte_has_its_limit() {
    let address = server(|mut stream| async move {
        next_request(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let limits = Limits { first_byte: Some(SHORT), ..Limits::default() };
    let error = refused(client().send(post(format!("http://{address}/v1?key=hidden"), limits)).await).await;
    assert_eq!((error.kind, error.limit), (ErrorKind::ApiTimeout, Some(TimeLimit::FirstByte)));
    assert!(error.message.contains("60ms") && error.message.contains("`first_byte`"), "{error}");
    assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
}

#[tokio::test]
async fn a_connection_has_its_limit_for_each_request() {
    // Takes connections and never answers the TLS greeting.
    let address = server(|stream| async move {
        let _open = stream;
        std::future::pending().await
    })
    .await;
    let client = HttpClient::new(HttpOptions {
        tls: TlsOptions { system_roots: false, ..TlsOptions::default() },
        ..HttpOptions::default()
    });
    for limit in [SHORT, SHORT * 3] {
        let limits = Limits { connect: Some(limit), ..Limits::default() };
        let started = Instant::now();
        let error = refused(client.send(post(format!("https://{address}/"), limits)).await).await;
        assert_eq!((error.kind, error.limit), (ErrorKind::ApiTimeout, Some(TimeLimit::Connect)), "{error:?}");
        assert!(error.message.contains(&format!("{limit:?}")), "{error}");
        assert!(started.elapsed() >= limit);
    }
    // Without a limit on the connection, the next one ends the wait.
    let limits = Limits { connect: None, first_byte: Some(SHORT), ..Limits::default() };
    let error = refused(client.send(post(format!("https://{address}/"), limits)).await).await;
    assert_eq!(error.limit, Some(TimeLimit::FirstByte));
}

/// Sends a chunk every `pause`, for ever.
async fn dripping(pause: Duration) -> String {
    server(move |mut stream| async move {
        next_request(&mut stream).await;
        say(&mut stream, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
        loop {
            if stream.write_all(b"1\r\nx\r\n").await.is_err() {
                return;
            }
            tokio::time::sleep(pause).await;
        }
    })
    .await
}

#[tokio::test]
async fn a_body_has_its_idle_limit() {
    let address = dripping(LONG).await;
    let limits = Limits { idle: Some(SHORT), ..Limits::default() };
    let mut body = client().send(post(format!("http://{address}/"), limits)).await.unwrap().body;
    assert_eq!(body.next().await.unwrap().unwrap(), "x");
    let started = Instant::now();
    let error = body.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind, error.limit), (ErrorKind::ApiTimeout, Some(TimeLimit::Idle)));
    assert!(started.elapsed() >= SHORT, "{:?}", started.elapsed());
    assert!(body.next().await.is_none(), "the end is sticky");
}

#[tokio::test]
async fn the_whole_has_its_limit_even_when_bytes_keep_coming() {
    for pause in [Duration::from_millis(5), Duration::ZERO] {
        let address = dripping(pause).await;
        let limits = Limits { total: Some(SHORT), ..Limits::default() };
        let started = Instant::now();
        // On a busy machine the head itself may come too late.
        let error = match client().send(post(format!("http://{address}/"), limits)).await {
            Ok(response) => collect(response.body, usize::MAX).await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!((error.kind, error.limit), (ErrorKind::ApiTimeout, Some(TimeLimit::Total)));
        assert!(started.elapsed() >= SHORT);
    }
}

#[tokio::test]
async fn a_closed_port_is_a_refused_connection() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = refused(call(&client(), format!("http://user:hidden@{address}/p?key=hidden")).await).await;
    assert_eq!(error.kind, ErrorKind::ApiConnection);
    assert_eq!(error.message, format!("`http://{address}/p` refused the connection"));
    assert!(error.source.as_deref().unwrap().contains("refused"), "{error:?}");
    assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_said_so() {
    let error = refused(call(&client(), "http://no-such-host.invalid/?key=hidden").await).await;
    assert_eq!(error.kind, ErrorKind::ApiConnection);
    assert!(error.message.contains("`http://no-such-host.invalid/` cannot be resolved"), "{error:?}");
}

#[tokio::test]
async fn a_reset_or_an_early_close_is_a_failed_connection() {
    let reset = server(|mut stream| async move {
        next_request(&mut stream).await;
        stream.set_zero_linger().unwrap();
    })
    .await;
    let error = refused(call(&client(), format!("http://{reset}/")).await).await;
    assert_eq!(error.kind, ErrorKind::ApiConnection);
    assert!(error.message.contains("reset the connection"), "{error:?}");

    let close = server(|mut stream| async move {
        next_request(&mut stream).await;
    })
    .await;
    let error = refused(call(&client(), format!("http://{close}/")).await).await;
    assert_eq!(error.kind, ErrorKind::ApiConnection);
    assert!(error.message.contains("closed the connection"), "{error:?}");
}

#[tokio::test]
async fn a_body_cut_short_is_a_broken_connection_after_what_came() {
    for head in ["transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", "content-length: 9\r\n\r\nhello"] {
        let address = server(move |mut stream| async move {
            next_request(&mut stream).await;
            say(&mut stream, format!("HTTP/1.1 200 OK\r\n{head}")).await;
        })
        .await;
        let mut body = call(&client(), format!("http://{address}/?key=hidden")).await.unwrap().body;
        assert_eq!(body.next().await.unwrap().unwrap(), "hello");
        let error = body.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::ApiConnection, "{error:?}");
        assert!(error.message.contains("broke within the response"), "{error}");
        assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
        assert!(body.next().await.is_none());
    }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn encoded(name: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: {name}\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn bodies_come_decompressed() {
    let text = "roocode ".repeat(500);
    let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    deflate.write_all(text.as_bytes()).unwrap();
    for (name, body) in [("gzip", gzip(text.as_bytes())), ("deflate", deflate.finish().unwrap())] {
        let address = answering(encoded(name, &body)).await;
        let response = call(&client(), format!("http://{address}/")).await.unwrap();
        assert_eq!(text_of(response).await, text, "{name}");
    }
}

#[tokio::test]
async fn a_compressed_stream_is_handed_out_as_it_arrives() {
    let address = server(|mut stream| async move {
        next_request(&mut stream).await;
        say(&mut stream, "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n")
            .await;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"data: 1\n\n").unwrap();
        encoder.flush().unwrap();
        let part = encoder.get_ref().clone();
        say(&mut stream, [format!("{:x}\r\n", part.len()).as_bytes(), &part, b"\r\n"].concat()).await;
        std::future::pending::<()>().await;
    })
    .await;
    let mut body = call(&client(), format!("http://{address}/")).await.unwrap().body;
    let first = tokio::time::timeout(Duration::from_secs(5), body.next()).await.unwrap();
    assert_eq!(first.unwrap().unwrap(), "data: 1\n\n");
}

#[tokio::test]
async fn a_damaged_compression_is_no_lost_connection() {
    let mut body = gzip("roocode ".repeat(500).as_bytes());
    body[12] ^= 0xff;
    body[20] ^= 0xff;
    let address = answering(encoded("gzip", &body)).await;
    let response = call(&client(), format!("http://{address}/")).await.unwrap();
    let error = collect(response.body, 1 << 20).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ResponseDecode, "{error:?}");
}

#[tokio::test]
async fn a_compressed_body_cut_short_is_a_broken_connection() {
    let body = gzip("roocode ".repeat(500).as_bytes());
    let whole = encoded("gzip", &body);
    let part = whole[..whole.len() - 9].to_vec();
    let address = server(move |mut stream| {
        let part = part.clone();
        async move {
            next_request(&mut stream).await;
            say(&mut stream, part).await;
        }
    })
    .await;
    let response = call(&client(), format!("http://{address}/")).await.unwrap();
    let error = collect(response.body, 1 << 20).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ApiConnection, "{error:?}");
}

#[tokio::test]
async fn a_whole_response_is_bounded_after_decompression() {
    let address = answering(encoded("gzip", &gzip(&vec![0; 1 << 20]))).await;
    let client = client();
    let response = call(&client, format!("http://{address}/")).await.unwrap();
    let error = collect(response.body, 1000).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ResponseDecode);
    assert!(error.message.contains("`max_response_bytes` (1000 bytes)"), "{error}");
    let response = call(&client, format!("http://{address}/")).await.unwrap();
    assert_eq!(collect(response.body, 1 << 20).await.unwrap().len(), 1 << 20);
}

#[tokio::test]
async fn redirects_stay_at_the_origin_and_keep_the_method() {
    let address = server(|mut stream| async move {
        while let Some(request) = next_request(&mut stream).await {
            let answer = match request.split(' ').nth(1).unwrap() {
                "/end" => ok(&request),
                "/away" => "HTTP/1.1 307 T\r\nlocation: http://localhost:1/end\r\ncontent-length: 0\r\n\r\n"
                    .to_owned(),
                "/moved" => "HTTP/1.1 302 M\r\nlocation: /end\r\ncontent-length: 0\r\n\r\n".to_owned(),
                "/loop" => "HTTP/1.1 308 P\r\nlocation: /loop\r\ncontent-length: 0\r\n\r\n".to_owned(),
                _ => "HTTP/1.1 308 P\r\nlocation: /end\r\ncontent-length: 0\r\n\r\n".to_owned(),
            };
            say(&mut stream, answer).await;
        }
    })
    .await;
    let client = client();
    let response = call(&client, format!("http://{address}/here")).await.unwrap();
    assert_eq!(response.status.as_u16(), 200);
    let seen = text_of(response).await;
    assert!(seen.starts_with("POST /end") && seen.ends_with("{}"), "{seen}");
    for (path, status) in [("/away", 307), ("/moved", 302), ("/loop", 308)] {
        let response = call(&client, format!("http://{address}{path}")).await.unwrap();
        assert_eq!(response.status.as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn a_url_that_cannot_be_called_is_named_without_its_secrets() {
    for url in ["ftp://me:hidden@host/x", "file:///v1?key=hidden", "data:hidden"] {
        let error = refused(call(&client(), url).await).await;
        assert_eq!(error.kind, ErrorKind::Configuration, "{url}: {error:?}");
        assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
    }
    assert_eq!(without_secrets("https://u:p@h:1/a/@b?k=1#f"), "https://h:1/a/@b");
}
