//! Whom TLS trusts, and HTTP/2, with an issuer made for each test.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};

use super::super::super::tls::{CertificateSource, TlsOptions};
use super::super::{HttpClient, HttpOptions};
use super::{answering, call, next_request, ok, refused, say, server, text_of};
use crate::error::ErrorKind;

/// An authority that issues certificates.
pub(super) struct Authority {
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
    pub(super) certificate: rcgen::Certificate,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut parameters = rcgen::CertificateParams::new(vec![]).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        Self { issuer: rcgen::Issuer::new(parameters, key), certificate }
    }

    pub(super) fn issue(&self, name: &str) -> (rcgen::Certificate, rcgen::KeyPair) {
        let key = rcgen::KeyPair::generate().unwrap();
        let parameters = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        (parameters.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A TLS server for `localhost`, which wants certificates of `clients` where there are such. It answers with the
    /// name in the client's certificate, or `secure`.
    pub(super) async fn server(&self, protocols: &[&[u8]], clients: Option<&Self>) -> String {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(clients) => {
                let mut roots = rustls::RootCertStore::empty();
                roots.add(clients.certificate.der().clone()).unwrap();
                let verifier =
                    rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let (certificate, key) = self.issue("localhost");
        let mut config = builder
            .with_single_cert(
                vec![certificate.der().clone()],
                rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let address = server(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                    return serve_http2(stream).await;
                }
                let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
                let name =
                    |der: &[u8]| if der.windows(5).any(|part| part == b"alice") { "alice" } else { "other" };
                let answer = shown.map_or("secure", |certificate| name(certificate));
                while next_request(&mut stream).await.is_some() {
                    say(&mut stream, ok(answer)).await;
                }
            }
        })
        .await;
        format!("https://localhost:{}/", address.rsplit(':').next().unwrap())
    }
}

/// A TLS server for `localhost` whose issuer's certificate is in the file that is given.
pub(super) async fn tls_server(
    protocols: &[&[u8]],
    folder: &std::path::Path,
) -> (String, std::path::PathBuf) {
    let authority = Authority::new();
    let path = folder.join("issuer.pem");
    std::fs::write(&path, authority.certificate.pem()).unwrap();
    (authority.server(protocols, None).await, path)
}

/// A folder of its own for one test, gone with it.
pub(super) struct Folder(pub(super) std::path::PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("roocode-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Connections to a server that takes 400 ms, in two round trips: TCP's and TLS's.
#[tokio::test]
async fn a_connection_shows_how_long_a_round_trip_takes() {
    let folder = Folder::new("distance");
    let (url, issuer) = tls_server(&[b"http/1.1"], &folder.0).await;
    let near = url.trim_start_matches("https://").trim_end_matches('/').to_owned();
    let far = server(move |mut stream| {
        let near = near.clone();
        async move {
            tokio::time::sleep(Duration::from_millis(400)).await;
            let mut onward = tokio::net::TcpStream::connect(near).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut onward).await;
        }
    })
    .await;
    let lookup = |name: &str| (name == "SSL_CERT_FILE").then(|| issuer.display().to_string());
    let client = HttpClient::new(HttpOptions::from_environment(&lookup).unwrap());
    let url = format!("https://localhost:{}/", far.rsplit(':').next().unwrap());
    let response = call(&client, &url).await.unwrap();
    let trip = response.round_trip.unwrap();
    assert!((200..400).contains(&trip.as_millis()), "{trip:?}");
    text_of(response).await;
    assert_eq!(call(&client, &url).await.unwrap().round_trip, None);
}

#[tokio::test]
async fn variables_add_issuers_and_others_are_refused() {
    let folder = Folder::new("issuers");
    let (url, issuer) = tls_server(&[b"http/1.1"], &folder.0).await;
    for (variable, path) in [
        ("SSL_CERT_FILE", &issuer),
        ("SSL_CERT_DIR", &folder.0),
        ("REQUESTS_CA_BUNDLE", &issuer),
        ("NODE_EXTRA_CA_CERTS", &issuer),
    ] {
        let lookup = |name: &str| (name == variable).then(|| path.display().to_string());
        let client = HttpClient::new(HttpOptions::from_environment(&lookup).unwrap());
        assert_eq!(text_of(call(&client, &url).await.unwrap()).await, "secure", "{variable}");
    }
    let lookup = |name: &str| (name == "SSL_CERT_FILE").then(|| "/no/such/file.pem".to_owned());
    let client = HttpClient::new(HttpOptions::from_environment(&lookup).unwrap());
    let error = refused(call(&client, &url).await).await;
    assert_eq!(error.kind, ErrorKind::ApiConnection);
    assert!(error.message.contains("issuer that is not trusted"), "{error:?}");
    assert!(
        error.message.contains("SSL_CERT_FILE: no certificate read from `/no/such/file.pem`"),
        "{error:?}"
    );
    assert!(error.source.as_deref().unwrap().contains("UnknownIssuer"), "{error:?}");

    // The name must fit, too.
    let lookup = |name: &str| (name == "SSL_CERT_FILE").then(|| issuer.display().to_string());
    let client = HttpClient::new(HttpOptions::from_environment(&lookup).unwrap());
    let error = refused(call(&client, url.replace("localhost", "127.0.0.1")).await).await;
    assert_eq!(error.kind, ErrorKind::ApiConnection);
    assert!(error.message.starts_with("no secure connection to"), "{error:?}");
}

/// Answers with the protocol's version and the request's body.
async fn serve_http2<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S) {
    use http_body_util::{BodyExt as _, Full};
    let answer = hyper::service::service_fn(|request: hyper::Request<hyper::body::Incoming>| async {
        let version = format!("{:?} ", request.version());
        let body = request.into_body().collect().await?.to_bytes();
        Ok::<_, hyper::Error>(hyper::Response::new(Full::<Bytes>::new(
            [version.as_bytes(), &body].concat().into(),
        )))
    });
    let _ = hyper::server::conn::http2::Builder::new(hyper_util::rt::TokioExecutor::new())
        .serve_connection(hyper_util::rt::TokioIo::new(stream), answer)
        .await;
}

#[tokio::test]
async fn http2_is_spoken_where_the_server_has_it() {
    let folder = Folder::new("http2");
    let (url, issuer) = tls_server(&[b"h2", b"http/1.1"], &folder.0).await;
    let lookup = |name: &str| (name == "SSL_CERT_FILE").then(|| issuer.display().to_string());
    let client = HttpClient::new(HttpOptions::from_environment(&lookup).unwrap());
    assert_eq!(text_of(call(&client, &url).await.unwrap()).await, "HTTP/2.0 {}");
}

#[tokio::test]
async fn a_certificate_that_is_required_must_be_there() {
    let client = HttpClient::new(HttpOptions {
        tls: TlsOptions {
            certificates: vec![CertificateSource {
                origin: "tls.ca_file".to_owned(),
                path: "/no/such/file.pem".into(),
                required: true,
            }],
            ..TlsOptions::default()
        },
        ..HttpOptions::default()
    });
    let error = refused(call(&client, "https://localhost:1/").await).await;
    assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::Configuration, Some("tls.ca_file")));
    // Plain HTTP does not ask for certificates.
    let address = answering(ok("hi")).await;
    assert_eq!(text_of(call(&client, format!("http://{address}/")).await.unwrap()).await, "hi");
}
