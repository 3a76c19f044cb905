use bytes::Bytes;
use http::Method;
use url::Url;

use super::*;
use crate::auth::Auth;
use crate::transport::Limits;

fn request(method: Method, url: &str, body: &'static [u8]) -> HttpRequest {
    let url = Url::parse(url).unwrap();
    let body = Bytes::from_static(body).into();
    HttpRequest {
        method,
        url,
        headers: HeaderMap::new(),
        body,
        limits: Limits::default(),
        direct: false,
        tls: None,
    }
}

fn hmac(value: serde_json::Value) -> Hmac {
    let auth: Auth = serde_json::from_value(serde_json::json!({ "hmac": value })).unwrap();
    let Auth::Hmac(hmac) = auth else { panic!("{auth:?}") };
    (*hmac).clone()
}

fn signed(hmac: &Hmac, secret: &str, mut request: HttpRequest, now: Duration) -> HeaderMap {
    let source = hmac.source("auth", &Secret::from(secret.to_owned())).unwrap();
    let mut moment = Moment { unix_now: now, random: fastrand::Rng::with_seed(1) };
    let Step::Done(fetched) = source.begin(&mut moment).unwrap() else { panic!("not done") };
    fetched.credential.sign(&mut request, now).unwrap();
    request.headers
}

/// RFC 4231, test case 2.
#[test]
fn the_vectors_of_rfc_4231() {
    let body = b"what do ya want for nothing?";
    for (algorithm, expected) in [
        ("sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            "sha512",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd\
             caeab1a34d4a6b4b636e070a38bce737",
        ),
    ] {
        let hmac = hmac(
            serde_json::json!({ "algorithm": algorithm, "sign": "{body}", "headers": { "x-sign": "{signature}" } }),
        );
        let headers = signed(&hmac, "Jefe", request(Method::POST, "https://h/", body), Duration::ZERO);
        assert_eq!(headers["x-sign"], expected);
    }
}

/// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>, "Testing the
/// webhook payload validation".
#[test]
fn the_vector_of_github() {
    let hmac = hmac(
        serde_json::json!({ "sign": "{body}", "headers": { "X-Hub-Signature-256": "sha256={signature}" } }),
    );
    let sent = request(Method::POST, "https://h/", b"Hello, World!");
    let headers = signed(&hmac, "It's a Secret to Everybody", sent, Duration::ZERO);
    let expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert_eq!(headers["x-hub-signature-256"], expected);
}

/// <https://developers.binance.com/docs/binance-spot-api-docs/rest-api/endpoint-security-type>, example 1
/// of "SIGNED endpoint examples": the query is what is signed. (Where the signature goes is
/// the query there; here it is looked at in a header.)
#[test]
fn the_vector_of_binance() {
    let hmac = hmac(serde_json::json!({ "sign": "{query}", "headers": { "x-sign": "{signature}" } }));
    let url = "https://h/api/v3/order?symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1\
               &recvWindow=5000&timestamp=1499827319559";
    let secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
    let headers = signed(&hmac, secret, request(Method::POST, url, b""), Duration::ZERO);
    assert_eq!(headers["x-sign"], "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71");
}

/// The form of <https://docs.cdp.coinbase.com/prime/rest-api/authentication>; its page has no vector,
/// so that the expected value was computed by another implementation (Python's `hmac`).
#[test]
fn every_part_of_a_request_can_be_signed() {
    let hmac = hmac(serde_json::json!({
        "encoding": "base64", "secret_encoding": "base64", "timestamp": "milliseconds",
        "sign": "{timestamp}\n{method}\n{host}\n{path}\n{query}\n{path_and_query}\n{body_hash}\n{body}",
        "headers": { "x-sign": "{signature}", "x-time": "{timestamp}", "x-version": "2" },
    }));
    let sent = request(Method::PUT, "https://api.example:444/a%20b?c=d", b"{}");
    let headers = signed(&hmac, "c2VjcmV0", sent, Duration::from_millis(1_700_000_000_123));
    assert_eq!(headers["x-time"], "1700000000123");
    assert_eq!(headers["x-version"], "2");
    assert_eq!(headers["x-sign"], "J2Fkmc5tCy+cqBSK7J4lNgIOxlTzJOv1sn+CVqEET0I=");
    assert!(headers["x-sign"].is_sensitive());
}

#[test]
fn what_is_wrong_is_named_without_the_secret() {
    let signature = serde_json::json!({ "x": "{signature}" });
    for (value, place) in [
        (serde_json::json!({ "sign": "{bdy}", "headers": signature }), "auth.hmac.sign"),
        (serde_json::json!({ "sign": "{signature}", "headers": signature }), "auth.hmac.sign"),
        (serde_json::json!({ "sign": "{body", "headers": signature }), "auth.hmac.sign"),
        (serde_json::json!({ "sign": "{body}", "headers": { "x": "y" } }), "auth.hmac.headers"),
        (
            serde_json::json!({ "sign": "{body}", "headers": { "a b": "{signature}" } }),
            "auth.hmac.headers.a b",
        ),
        (serde_json::json!({ "sign": "{body}", "headers": { "x": "{signature}\n" } }), "auth.hmac.headers.x"),
        (
            serde_json::json!({ "secret_encoding": "base64", "sign": "{body}", "headers": signature }),
            "auth.hmac.secret_encoding",
        ),
        (
            serde_json::json!({ "secret_encoding": "hex", "sign": "{body}", "headers": signature }),
            "auth.hmac.secret_encoding",
        ),
    ] {
        let error = hmac(value.clone()).source("auth", &Secret::from("s3cret!".to_owned())).err().unwrap();
        assert_eq!(error.param.as_deref(), Some(place), "{value}");
        assert!(!format!("{error:?}").contains("s3cret!"));
    }
}
