use std::time::{Duration, SystemTime};

use http::HeaderMap;
use serde_json::Value;
use url::Url;

use super::canonical::{canonical_path, canonical_query, hex};
use super::{Canonical, Credentials, Signer, date};
use crate::auth::Secret;

/// 2015-08-30T12:36:00Z, the time of all vectors.
const SECONDS: u64 = 1_440_938_160;

fn signer(service: &str, token: Option<&str>) -> Signer {
    Signer {
        credentials: Credentials {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            session_token: token.map(Secret::new),
        },
        region: "us-east-1".to_owned(),
        service: service.to_owned(),
    }
}

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(SECONDS)
}

/// A request of the vectors: its text in parts.
struct Sent<'a> {
    method: &'a str,
    path: &'a str,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: &'a str,
}

fn read(text: &str) -> Sent<'_> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, rest) = lines.next().unwrap().split_once(' ').unwrap();
    let (target, _) = rest.rsplit_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in lines {
        match line.split_once(':').filter(|_| !line.starts_with(' ')) {
            Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
            // A line that goes on with the one before.
            None => headers.last_mut().unwrap().1.push_str(line),
        }
    }
    let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    Sent { method, path, query, headers, body }
}

#[test]
fn published_vectors() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors/aws_sigv4.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: ../shared is not here");
        return;
    };
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() >= 38);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let context = &case["context"];
        assert_eq!(context["timestamp"], "2015-08-30T12:36:00Z", "{name}");
        let token = context["credentials"]["token"].as_str();
        let signer = signer(context["service"].as_str().unwrap(), token);
        let mut sent = read(case["request"].as_str().unwrap());
        let time = date::basic_iso8601(now());
        let body_hash = hex(ring::digest::digest(&ring::digest::SHA256, sent.body.as_bytes()).as_ref());
        sent.headers.push(("X-Amz-Date".to_owned(), time.clone()));
        if let Some(token) = token.filter(|_| context["omit_session_token"] != true) {
            sent.headers.push(("X-Amz-Security-Token".to_owned(), token.to_owned()));
        }
        if context["sign_body"] == true {
            sent.headers.push(("x-amz-content-sha256".to_owned(), body_hash.clone()));
        }
        let headers: Vec<(&str, &str)> =
            sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let request = Canonical {
            method: sent.method,
            path: &canonical_path(sent.path, context["normalize"] == true),
            query: &canonical_query(&sent.query),
            headers: &headers,
            body_hash: &body_hash,
        };
        let text = request.text();
        assert_eq!(text, case["header_canonical_request"].as_str().unwrap(), "{name}");
        assert_eq!(
            signer.string_to_sign(&text, &time),
            case["header_string_to_sign"].as_str().unwrap(),
            "{name}"
        );
        let authorization = signer.authorization(&request, &time);
        assert!(
            case["header_signed_request"].as_str().unwrap().contains(&authorization),
            "{name}: {authorization}"
        );
        assert!(authorization.ends_with(case["header_signature"].as_str().unwrap()), "{name}");
    }
}

fn signed(signer: &Signer, url: &str, body: &[u8]) -> (Url, HeaderMap) {
    let mut url = Url::parse(url).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/json".parse().unwrap());
    headers.insert("user-agent", "a proxy may change it".parse().unwrap());
    signer.sign("POST", &mut url, &mut headers, body, now()).unwrap();
    (url, headers)
}

/// The expected signatures were computed by botocore 1.43.11's `SigV4Auth`, of the same
/// request at the same time.
#[test]
fn a_whole_request_is_signed_as_botocore_signs_it() {
    let url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-v2%3A1/converse";
    let (_, headers) = signed(&signer("bedrock", Some("TOKEN/+=")), url, b"{\"messages\":[]}");
    assert_eq!(headers["x-amz-date"], "20150830T123600Z");
    assert_eq!(headers["x-amz-security-token"], "TOKEN/+=");
    assert_eq!(
        headers["authorization"],
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/bedrock/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=9c59b6812e415654fa12e80f8b584f5de467dafbc4375f68a504b3635b91af5e"
    );
}

#[test]
fn the_query_is_sent_as_it_was_signed() {
    let (url, _) = signed(&signer("bedrock", None), "https://host:8443/p?b=2%2F+1&a=%C3%A9", b"");
    assert_eq!(url.as_str(), "https://host:8443/p?a=%C3%A9&b=2%2F%201");
}

#[test]
fn body_host_port_and_type_change_the_signature_and_other_headers_do_not() {
    let signer = signer("bedrock", None);
    let signature = |url: &str, body: &[u8]| signed(&signer, url, body).1["authorization"].clone();
    let plain = signature("https://host/p", b"body");
    assert_eq!(plain, signature("https://host:443/p", b"body"), "the scheme's own port is not written");
    for other in [
        signature("https://host/p", b"other"),
        signature("https://other/p", b"body"),
        signature("https://host:444/p", b"body"),
        signature("https://host/p%3A", b"body"),
        signature("https://host/p?q=1", b"body"),
    ] {
        assert_ne!(plain, other);
    }
    assert!(!plain.to_str().unwrap().contains("user-agent"));
}

#[test]
fn credentials_do_not_show() {
    let signer = signer("bedrock", Some("very-secret-token"));
    let (_, headers) = signed(&signer, "https://host/p", b"");
    let shown = format!("{signer:?} {headers:?}");
    assert!(!shown.contains("wJalr") && !shown.contains("very-secret") && !shown.contains("Signature="));
}
