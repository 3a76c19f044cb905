//! The flows of Entra ID and Google, step by step: what is asked, and what is made of the answers.

use std::io;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, Method, StatusCode};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};

use super::fetched::{Answer, BearerToken, Credential as _, Fetched, Moment, Step};
use super::{Auth, FetchedAuth, scrub};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::HttpRequest;

/// A certificate and its key, made for these tests alone.
const PEM: &str = include_str!("test_data/made_for_tests.pem");
/// `openssl x509 -outform der | sha256sum`, in base64url.
const THUMBPRINT: &str = "78V6PfvjxgdyR6zSU29DOc-41onJc-KvtlA1QjlML1g";

fn moment() -> Moment {
    Moment { unix_now: Duration::from_secs(1_800_000_000), random: fastrand::Rng::with_seed(1) }
}

/// The first step of an `auth`, in an environment of these variables.
fn begin(auth: Value, variables: &[(&str, &str)]) -> Result<Step> {
    let Auth::Fetched(auth) = serde_json::from_value(auth).unwrap() else { panic!("nothing is fetched") };
    let environment =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    auth.source("auth", &environment)?.begin(&mut moment())
}

fn asked(step: Result<Step>) -> (HttpRequest, impl FnOnce(u16, Value) -> Result<Fetched>) {
    let Step::Ask { request, then } = step.unwrap() else { panic!("it does not ask") };
    let answer = |status, body: Value| {
        let status = StatusCode::from_u16(status).unwrap();
        let answer = Answer { status, headers: HeaderMap::new(), body: body.to_string().into() };
        match then(Ok(answer), &mut moment())? {
            Step::Done(fetched) => Ok(fetched),
            _ => panic!("another step"),
        }
    };
    (request, answer)
}

/// The step after the file `path` was read.
fn read(step: Result<Step>, expected: &str, content: io::Result<&str>) -> Result<Step> {
    let Step::Read { path, then } = step.unwrap() else { panic!("it reads nothing") };
    assert_eq!(path.to_str().unwrap().replace('\\', "/"), expected);
    then(content.map(|text| text.as_bytes().to_vec()), &mut moment())
}

fn form(request: &HttpRequest) -> Value {
    let pairs = url::form_urlencoded::parse(request.body.whole().unwrap());
    pairs
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Header and claims of an assertion whose signature holds.
fn opened(assertion: &str, algorithm: &'static ring::signature::RsaParameters) -> (Value, Value) {
    let PrivateKeyDer::Pkcs8(key) = PrivateKeyDer::from_pem_slice(PEM.as_bytes()).unwrap() else { panic!() };
    let key = RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).unwrap();
    let (message, signature) = assertion.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    UnparsedPublicKey::new(algorithm, key.public()).verify(message.as_bytes(), &signature).unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    let part = |text| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    (part(header), part(claims))
}

fn token_of(fetched: &Fetched) -> String {
    let url = url::Url::parse("http://a.test").unwrap();
    let mut request = HttpRequest {
        method: Method::GET,
        url,
        headers: HeaderMap::new(),
        body: crate::transport::RequestBody::default(),
        limits: crate::transport::Limits::default(),
        direct: false,
        tls: None,
    };
    fetched.credential.sign(&mut request, Duration::ZERO).unwrap();
    request.headers["authorization"].to_str().unwrap().to_owned()
}

const APPLICATION: [(&str, &str); 2] = [("AZURE_TENANT_ID", "t"), ("AZURE_CLIENT_ID", "c")];
const TOKEN_URL: &str = "https://login.microsoftonline.com/t/oauth2/v2.0/token";

#[test]
fn entra_with_a_secret_from_the_environment() {
    let mut variables = APPLICATION.to_vec();
    variables.push(("AZURE_CLIENT_SECRET", "s"));
    let (request, answer) = asked(begin(json!("entra"), &variables));
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", TOKEN_URL));
    assert_eq!(
        form(&request),
        json!({ "grant_type": "client_credentials", "client_id": "c", "client_secret": "s",
                "scope": "https://cognitiveservices.azure.com/.default" })
    );
    let fetched =
        answer(200, json!({ "token_type": "Bearer", "expires_in": 3599, "access_token": "a" })).unwrap();
    assert_eq!(
        (token_of(&fetched), fetched.lifetime),
        ("Bearer a".to_owned(), Some(Duration::from_secs(3599)))
    );
}

#[test]
fn entra_with_a_certificate() {
    let mut variables = APPLICATION.to_vec();
    variables.push(("AZURE_CLIENT_CERTIFICATE_PATH", "/c.pem"));
    variables.push(("AZURE_AUTHORITY_HOST", "login.microsoftonline.us"));
    let (request, _) = asked(read(begin(json!("entra"), &variables), "/c.pem", Ok(PEM)));
    let url = "https://login.microsoftonline.us/t/oauth2/v2.0/token";
    assert_eq!(request.url.as_str(), url);
    let form = form(&request);
    assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let (header, claims) = opened(form["client_assertion"].as_str().unwrap(), &RSA_PSS_2048_8192_SHA256);
    assert_eq!(header, json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": THUMBPRINT }));
    assert_eq!(
        (&claims["aud"], &claims["iss"], &claims["sub"], &claims["nbf"], &claims["exp"]),
        (&json!(url), &json!("c"), &json!("c"), &json!(1_800_000_000), &json!(1_800_000_600))
    );
    assert_eq!(claims["jti"].as_str().unwrap().len(), 32);
}

#[test]
fn entra_with_a_federated_token() {
    let mut variables = APPLICATION.to_vec();
    variables.push(("AZURE_FEDERATED_TOKEN_FILE", "/token"));
    let (request, answer) = asked(read(begin(json!("entra"), &variables), "/token", Ok("federated\n")));
    assert_eq!(form(&request)["client_assertion"], "federated");
    assert!(!request.direct);
    let echo = json!({ "error": "invalid_client", "error_description": "federated is not known" });
    let error = answer(401, echo).err().unwrap();
    assert_eq!(error.message, "Entra ID gave no token: invalid_client: *** is not known");
    assert!(!error.body.as_ref().unwrap().to_string().contains("federated"), "{error:?}");
    let gone = Err(io::Error::from(io::ErrorKind::NotFound));
    let error = read(begin(json!("entra"), &variables), "/token", gone).err().unwrap();
    assert_eq!(error.kind, ErrorKind::Authentication);
    assert!(error.message.contains("`/token`"), "{error}");
}

#[test]
fn entra_with_the_identity_of_the_machine() {
    let (request, answer) = asked(begin(json!("entra"), &[("AZURE_CLIENT_ID", "c")]));
    assert_eq!(
        request.url.as_str(),
        "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01\
         &resource=https%3A%2F%2Fcognitiveservices.azure.com&client_id=c"
    );
    assert_eq!((request.method, &request.headers["metadata"]), (Method::GET, &"true".parse().unwrap()));
    assert!(request.direct, "no proxy may stand between");
    // Numbers are texts there.
    let fetched =
        answer(200, json!({ "access_token": "a", "expires_in": "86399", "token_type": "Bearer" })).unwrap();
    assert_eq!(fetched.lifetime, Some(Duration::from_secs(86_399)));

    let service = [("IDENTITY_ENDPOINT", "http://127.0.0.1:41/msi/token"), ("IDENTITY_HEADER", "h")];
    let (request, answer) =
        asked(begin(json!({ "entra": { "scope": "https://ai.azure.com/.default" } }), &service));
    assert_eq!(
        request.url.as_str(),
        "http://127.0.0.1:41/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fai.azure.com"
    );
    assert_eq!(request.headers["x-identity-header"], "h");
    let fetched = answer(200, json!({ "access_token": "a", "expires_on": "1800000100" })).unwrap();
    assert_eq!(fetched.lifetime, Some(Duration::from_secs(100)));
}

#[test]
fn what_entra_lacks_is_named() {
    let error = begin(json!({ "entra": { "client_secret": "secret" } }), &[]).err().unwrap();
    assert_eq!(
        (error.kind, error.param.as_deref()),
        (ErrorKind::Configuration, Some("auth.entra.tenant_id"))
    );
    assert!(error.message.contains("AZURE_TENANT_ID") && !format!("{error:?}").contains("secret"), "{error}");
    for (entra, place, word) in [
        (json!({ "certificate": "no pem" }), "certificate", "no certificate"),
        (
            json!({ "certificate": PEM.split("-----BEGIN PRIVATE").next().unwrap() }),
            "certificate",
            "no private key",
        ),
        (json!({ "client_secret": "a", "certificate_path": "b" }), "certificate_path", "one thing alone"),
        (json!({ "client_secret": "a", "managed_identity": true }), "client_secret", "managed identity"),
        (json!({}), "client_secret", "is missing"),
        (json!({ "client_secret": "a", "tenant_id": "../t" }), "tenant_id", "letters"),
        (json!({ "client_secret": "a", "authority_host": "a b" }), "authority_host", "`https://`"),
    ] {
        let mut whole = json!({ "tenant_id": "t", "client_id": "c" });
        whole.as_object_mut().unwrap().extend(entra.as_object().unwrap().clone());
        let error = begin(json!({ "entra": whole }), &[]).err().unwrap();
        assert_eq!(error.kind, ErrorKind::Configuration, "{error}");
        assert_eq!(error.param.as_deref(), Some(format!("auth.entra.{place}").as_str()), "{error}");
        assert!(error.message.contains(word), "{error}");
    }
    for variables in [
        [("IDENTITY_ENDPOINT", "nowhere"), ("IDENTITY_HEADER", "h")],
        [("AZURE_POD_IDENTITY_AUTHORITY_HOST", "nowhere"), ("IDENTITY_HEADER", "h")],
    ] {
        let error = begin(json!("entra"), &variables).err().unwrap();
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::Configuration, Some(variables[0].0)));
    }
}

#[test]
fn what_an_endpoint_says_is_told() {
    let entra = json!({ "entra": { "tenant_id": "t", "client_id": "c", "client_secret": "s" } });
    // The form of Entra ID's errors (learn.microsoft.com "v2-oauth2-client-creds-grant-flow").
    let said =
        json!({ "error": "invalid_scope", "error_description": "AADSTS70011: no.", "error_codes": [70011] });
    let error = asked(begin(entra.clone(), &[])).1(400, said.clone()).err().unwrap();
    assert_eq!(error.message, "Entra ID gave no token: invalid_scope: AADSTS70011: no.");
    assert_eq!((error.status, error.body.as_ref()), (Some(400), Some(&said)));
    for (status, body, word) in [
        (500, json!("x"), "status 500"),
        (200, json!({}), "without an `access_token`"),
        (200, json!({ "access_token": "a", "token_type": "mac" }), "`mac`"),
        (200, json!({ "error": { "code": "bad", "message": "worse" } }), "bad: worse"),
    ] {
        let error = asked(begin(entra.clone(), &[])).1(status, body).err().unwrap();
        assert!(error.kind == ErrorKind::Authentication && error.message.contains(word), "{error}");
    }
}

#[test]
fn another_token_is_fetched_only_where_one_would_help() {
    let credential = BearerToken::new("a".into(), Vec::new());
    let denied = json!({ "error": { "code": "PermissionDenied", "message": "no role" } }).to_string();
    for (status, challenge, body, is_refused) in [
        (401, None, "", true),
        (401, Some("Bearer"), "", true),
        (401, Some("Bearer realm=\"a\", error=\"invalid_token\", error_description=\"ended\""), "", true),
        (401, Some("Bearer error_description=\"ended\", error=invalid_token"), "", true),
        (401, Some("Bearer error=\"insufficient_claims\""), "", false),
        (401, None, &denied, false),
        (403, Some("Bearer error=\"insufficient_scope\""), "", false),
    ] {
        let mut headers = HeaderMap::new();
        headers.extend(challenge.map(|text| (http::header::WWW_AUTHENTICATE, text.parse().unwrap())));
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(
            credential.is_refused(status, &headers, body.as_bytes()),
            is_refused,
            "{challenge:?} {body}"
        );
    }
}

fn service_account() -> String {
    let key = PEM.split_at(PEM.find("-----BEGIN PRIVATE").unwrap()).1;
    json!({ "type": "service_account", "client_email": "me@example-project.iam.gserviceaccount.com",
            "private_key_id": "id", "private_key": key, "token_uri": "https://oauth2.googleapis.com/token" })
    .to_string()
}

#[test]
fn google_with_a_service_account() {
    let text = service_account();
    let object: Value = serde_json::from_str(&text).unwrap();
    for step in [
        begin(json!({ "google": { "credentials": text } }), &[]),
        begin(json!({ "google": { "credentials": object } }), &[]),
        read(begin(json!("google"), &[("GOOGLE_APPLICATION_CREDENTIALS", "/k.json")]), "/k.json", Ok(&text)),
    ] {
        let (request, answer) = asked(step);
        assert_eq!(request.url.as_str(), "https://oauth2.googleapis.com/token");
        let form = form(&request);
        assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
        let (header, claims) = opened(form["assertion"].as_str().unwrap(), &RSA_PKCS1_2048_8192_SHA256);
        assert_eq!(header, json!({ "alg": "RS256", "typ": "JWT", "kid": "id" }));
        assert_eq!(
            claims,
            json!({ "iss": "me@example-project.iam.gserviceaccount.com", "aud": "https://oauth2.googleapis.com/token",
                    "scope": "https://www.googleapis.com/auth/cloud-platform",
                    "iat": 1_800_000_000, "exp": 1_800_003_600 })
        );
        let fetched = answer(200, json!({ "access_token": "g", "expires_in": 3599 })).unwrap();
        assert_eq!(token_of(&fetched), "Bearer g");
    }
    let (request, answer) = asked(begin(json!({ "google": { "credentials": text } }), &[]));
    let echo = json!({ "error": "invalid_grant", "error_description": form(&request)["assertion"] });
    assert!(answer(400, echo).err().unwrap().message.ends_with("invalid_grant: ***"));
}

#[test]
fn what_google_lacks_is_named() {
    for (credentials, word) in [
        (json!("no json"), "JSON"),
        (json!({}), "`type`"),
        (json!({ "type": "external_account" }), "`external_account`"),
        (json!({ "type": "authorized_user", "client_id": "c" }), "`client_secret`"),
        (json!({ "type": "service_account", "private_key": "a-secret-text" }), "private key"),
    ] {
        let error = begin(json!({ "google": { "credentials": credentials } }), &[]).err().unwrap();
        assert_eq!(
            (error.kind, error.param.as_deref()),
            (ErrorKind::Configuration, Some("auth.google.credentials"))
        );
        assert!(error.message.contains(word) && !format!("{error:?}").contains("a-secret"), "{error:?}");
    }
    let home = [("CLOUDSDK_CONFIG", "/c"), ("GCE_METADATA_HOST", "a b")];
    let error = begin(json!("google"), &home).err().unwrap();
    assert_eq!(error.param.as_deref(), Some("GCE_METADATA_HOST"));
}

#[test]
fn google_as_gcloud_left_it_else_from_the_metadata_server() {
    let path = "/home/u/.config/gcloud/application_default_credentials.json";
    let home =
        [if cfg!(windows) { ("CLOUDSDK_CONFIG", "/home/u/.config/gcloud") } else { ("HOME", "/home/u") }];
    let user = json!({ "type": "authorized_user", "client_id": "i", "client_secret": "a-client-secret",
                       "refresh_token": "a-refresh-token", "quota_project_id": "q" });
    let (request, answer) = asked(read(begin(json!("google"), &home), path, Ok(&user.to_string())));
    assert_eq!(
        form(&request),
        json!({ "grant_type": "refresh_token", "client_id": "i", "client_secret": "a-client-secret",
                "refresh_token": "a-refresh-token" })
    );
    let error = answer(400, json!({ "error": "invalid_grant", "error_description": "a-refresh-token" }))
        .err()
        .unwrap();
    assert!(
        error.message.ends_with("invalid_grant: ***")
            && !error.body.as_ref().unwrap().to_string().contains("refresh")
    );

    let gone = Err(io::Error::from(io::ErrorKind::NotFound));
    let (request, answer) = asked(read(begin(json!("google"), &home), path, gone));
    assert_eq!(
        request.url.as_str(),
        "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token\
         ?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform"
    );
    assert_eq!(request.headers["metadata-flavor"], "Google");
    assert!(request.direct, "no proxy may stand between");
    assert!(answer(200, json!({ "access_token": "m", "expires_in": 300, "token_type": "Bearer" })).is_ok());

    let other = json!({ "type": "external_account" }).to_string();
    let error = read(begin(json!("google"), &home), path, Ok(&other)).err().unwrap();
    assert!(error.message.contains("`external_account`"), "{error}");
}

#[test]
fn no_form_shows_a_secret() {
    for auth in [
        json!({ "entra": { "client_secret": "a-secret-text", "certificate": "a-secret-text" } }),
        json!({ "google": { "credentials": "a-secret-text" } }),
        json!({ "oauth2": { "token_url": "https://l.test", "client_id": "c", "client_secret": "a-secret-text",
                            "refresh_token": "a-secret-text", "extra": { "password": "a-secret-text" } } }),
    ] {
        let auth: Auth = serde_json::from_value(auth).unwrap();
        let shown = format!("{auth:?} {}", serde_json::to_string(&auth).unwrap());
        assert!(!shown.contains("a-secret-text") && shown.contains("***"), "{shown}");
    }
    let mut error =
        Error::new(ErrorKind::Authentication, "a-secret-text").with_body(json!(["x a-secret-text"]));
    scrub(&mut error, &"a-secret-text".into());
    assert!(!serde_json::to_string(error.details()).unwrap().contains("a-secret"));
}

#[test]
fn only_a_named_identity_is_tried_unasked() {
    let entra = FetchedAuth::Entra(super::Entra::default());
    let offered = |variables: &'static [&str]| {
        entra.is_offered(&|name| variables.contains(&name).then(|| "x".to_owned()))
    };
    assert!(!offered(&[]) && !offered(&["AZURE_TENANT_ID", "AZURE_CLIENT_ID"]));
    assert!(offered(&["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]));
    assert!(offered(&["IDENTITY_ENDPOINT", "IDENTITY_HEADER"]));
}
