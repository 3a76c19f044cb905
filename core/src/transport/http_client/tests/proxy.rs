//! Requests through HTTP and SOCKS proxies, and the variables that name them.

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::super::super::proxy::{ProxyAddress, ProxyOptions};
use super::super::super::{HttpRequest, Limits, Transport as _};
use super::super::{HttpClient, HttpOptions};
use super::tls::{Folder, tls_server};
use super::{answering, call, next_request, ok, post, refused, say, server, text_of};
use crate::error::ErrorKind;

#[tokio::test]
async fn plain_http_goes_through_its_proxy_unless_the_host_is_excepted() {
    let proxy = server(|mut stream| async move {
        while let Some(request) = next_request(&mut stream).await {
            say(&mut stream, ok(&format!("proxied: {request}"))).await;
        }
    })
    .await;
    let direct = answering(ok("direct")).await;
    let environment = move |name: &str| match name {
        "HTTP_PROXY" => Some(format!("http://me:pass@{proxy}")),
        "NO_PROXY" => Some("*.internal, 127.0.0.1".to_owned()),
        _ => None,
    };
    let client = HttpClient::new(HttpOptions::from_environment(&environment).unwrap());
    let seen = text_of(call(&client, "http://provider.example/v1").await.unwrap()).await.to_lowercase();
    assert!(seen.starts_with("proxied: post http://provider.example/v1 http/1.1\r\n"), "{seen}");
    assert!(seen.contains("proxy-authorization: basic bwu6cgfzcw=="), "{seen}");
    assert_eq!(text_of(call(&client, format!("http://{direct}/")).await.unwrap()).await, "direct");
    // A subdomain of an excepted host is looked up here and not at the proxy.
    let error = refused(call(&client, "http://a.internal.invalid.internal/").await).await;
    assert_eq!(error.kind, ErrorKind::ApiConnection);
}

#[tokio::test]
async fn what_is_on_the_machines_own_network_is_asked_directly() {
    let proxy = answering(ok("proxied")).await;
    let server = answering(ok("direct")).await;
    let environment = move |name: &str| (name == "HTTP_PROXY").then(|| format!("http://{proxy}"));
    let client = HttpClient::new(HttpOptions::from_environment(&environment).unwrap());
    for (direct, expected) in [(false, "proxied"), (true, "direct")] {
        let request = HttpRequest { direct, ..post(format!("http://{server}/"), Limits::default()) };
        assert_eq!(text_of(client.send(request).await.unwrap()).await, expected);
    }
}

#[tokio::test]
async fn a_socks_proxy_serves() {
    let target = answering(ok("through")).await;
    let proxy = server(move |mut stream| {
        let target = target.clone();
        async move {
            let mut greeting = [0; 3];
            stream.read_exact(&mut greeting).await.unwrap();
            say(&mut stream, [5, 0]).await;
            let mut request = [0; 5];
            stream.read_exact(&mut request).await.unwrap();
            let mut host = vec![0; usize::from(request[4]) + 2];
            stream.read_exact(&mut host).await.unwrap();
            assert!(host.starts_with(b"provider.example"), "the proxy resolves the name");
            say(&mut stream, [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await;
            let mut onward = TcpStream::connect(target).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut onward).await;
        }
    })
    .await;
    let options = HttpOptions {
        proxy: ProxyOptions::all("proxy", &format!("socks5h://{proxy}")).unwrap(),
        ..HttpOptions::default()
    };
    let client = HttpClient::new(options);
    assert_eq!(text_of(call(&client, "http://provider.example/").await.unwrap()).await, "through");
}

#[test]
fn the_variables_of_proxies_are_read_as_usual() {
    let read = |variables: &[(&str, &str)]| {
        let lookup = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        ProxyOptions::from_environment(&lookup)
    };
    let from = |origin: &str| Some(ProxyAddress::new(origin, "http://p:1").unwrap());
    let all = read(&[("ALL_PROXY", "p:1"), ("https_proxy", "p:1"), ("HTTPS_PROXY", "q:1")]).unwrap();
    assert_eq!((all.http, all.https), (from("ALL_PROXY"), from("https_proxy")));
    let none = read(&[("http_proxy", ""), ("HTTP_PROXY", "p:1"), ("ALL_PROXY", "p:1")]).unwrap();
    assert_eq!((none.http, none.https), (None, from("ALL_PROXY")));
    let cgi = read(&[("HTTP_PROXY", "p:1"), ("REQUEST_METHOD", "GET")]).unwrap();
    assert_eq!(cgi, ProxyOptions::default());
    for url in ["gopher://me:hidden@p:1", "http://me:hidden@", "socks6://p"] {
        let error = read(&[("HTTPS_PROXY", url)]).unwrap_err();
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::Configuration, Some("HTTPS_PROXY")));
        assert!(!error.to_string().contains("hidden"), "{error}");
    }
    let shown = format!("{:?}", read(&[("HTTPS_PROXY", "http://me:hidden@p:1")]).unwrap());
    assert!(!shown.contains("hidden"), "{shown}");
}

#[tokio::test]
async fn https_goes_through_a_tunnel_of_its_proxy() {
    let folder = Folder::new("tunnel");
    let (url, issuer) = tls_server(&[b"http/1.1"], &folder.0).await;
    let open = server(|mut stream| async move {
        let request = next_request(&mut stream).await.unwrap();
        let target = request.strip_prefix("CONNECT ").unwrap().split(' ').next().unwrap();
        let mut onward = TcpStream::connect(target).await.unwrap();
        say(&mut stream, "HTTP/1.1 200 OK\r\n\r\n").await;
        let _ = tokio::io::copy_bidirectional(&mut stream, &mut onward).await;
    })
    .await;
    let closed = answering("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n").await;
    let client = |proxy: String| {
        let lookup = |name: &str| match name {
            "https_proxy" => Some(format!("http://me:hidden@{proxy}")),
            "SSL_CERT_FILE" => Some(issuer.display().to_string()),
            _ => None,
        };
        HttpClient::new(HttpOptions::from_environment(&lookup).unwrap())
    };
    assert_eq!(text_of(call(&client(open), &url).await.unwrap()).await, "secure");
    let error = refused(call(&client(closed), &url).await).await;
    assert_eq!(error.kind, ErrorKind::ApiConnection);
    assert!(error.source.as_deref().unwrap().contains("proxy authorization required"), "{error:?}");
    assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
}
