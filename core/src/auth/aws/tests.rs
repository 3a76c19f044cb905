//! The places where keys may be, step by step: what is read and asked, and what is made of it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::keys::region_of;
use crate::auth::fetched::{Answer, Cache, Fetched, Moment, Source, Step};
use crate::auth::{Auth, scrub};
use crate::error::{Error, ErrorKind, Result};
use crate::testing::{MockTransport, Script};
use crate::transport::{HttpRequest, Limits, Transport};

/// 2026-11-21T12:00:00Z.
const NOW: u64 = 1_795_262_400;

fn moment() -> Moment {
    Moment { unix_now: Duration::from_secs(NOW), random: fastrand::Rng::with_seed(1) }
}

fn source(auth: Value, variables: &[(&str, &str)]) -> Result<Arc<dyn Source>> {
    let Auth::Fetched(auth) = serde_json::from_value(auth).unwrap() else { panic!("nothing is fetched") };
    let environment =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    auth.source("auth", &environment)
}

fn try_begin(auth: Value, variables: &[(&str, &str)]) -> Result<Step> {
    source(auth, variables)?.begin(&mut moment())
}

fn begin(variables: &[(&str, &str)]) -> Step {
    try_begin(json!("aws"), variables).unwrap()
}

fn read(step: Step, expected: &str, content: Option<&str>) -> Result<Step> {
    let Step::Read { path, then } = step else { panic!("it reads nothing") };
    assert_eq!(path.to_str().unwrap().replace('\\', "/"), expected);
    let missing = || io::Error::new(io::ErrorKind::NotFound, "not there");
    then(content.map(|text| text.as_bytes().to_vec()).ok_or_else(missing), &mut moment())
}

/// Both shared files, below `/h`.
fn read_both(step: Step, credentials: Option<&str>, config: Option<&str>) -> Result<Step> {
    read(read(step, "/h/.aws/credentials", credentials)?, "/h/.aws/config", config)
}

fn asked(step: Step) -> (HttpRequest, impl FnOnce(u16, &str) -> Result<Step>) {
    let Step::Ask { request, then } = step else { panic!("it does not ask") };
    let answer = |status, body: &str| {
        let status = StatusCode::from_u16(status).unwrap();
        then(
            Ok(Answer { status, headers: HeaderMap::new(), body: Bytes::from(body.to_owned()) }),
            &mut moment(),
        )
    };
    (request, answer)
}

fn done(step: Result<Step>) -> Fetched {
    let Step::Done(fetched) = step.unwrap() else { panic!("there is another step") };
    fetched
}

fn failure(step: Result<Step>) -> Error {
    step.err().expect("an error")
}

fn question(host: &str) -> HttpRequest {
    HttpRequest {
        method: Method::POST,
        url: Url::parse(&format!("https://{host}/model/m/converse")).unwrap(),
        headers: HeaderMap::new(),
        body: Bytes::from_static(br#"{"messages": [{"role": "user", "content": [{"text": "q"}]}]}"#).into(),
        limits: Limits::default(),
        direct: false,
        tls: None,
    }
}

/// Key and scope of a request that is signed with what was fetched, and its token.
fn signed(fetched: &Fetched, host: &str) -> (String, Option<String>) {
    let mut request = question(host);
    fetched.credential.sign(&mut request, Duration::from_secs(NOW)).unwrap();
    let text = |name: &str| request.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let authorization = text("authorization").unwrap();
    let credential = authorization.split_once("Credential=").unwrap().1.split_once(',').unwrap().0.to_owned();
    (credential, text("x-amz-security-token"))
}

const HOST: &str = "bedrock-runtime.eu-west-1.amazonaws.com";
const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKENV"), ("AWS_SECRET_ACCESS_KEY", "secret-of-env")];
const HOME: (&str, &str) = ("HOME", "/h");
const JSON: &str = r#"{"AccessKeyId": "AKJSON", "SecretAccessKey": "secret-of-json", "Token": "t-json",
                      "Expiration": "2026-11-21T13:00:00Z"}"#;
const XML: &str = "<R><Credentials><AccessKeyId>AKXML</AccessKeyId><SecretAccessKey>secret-of-xml</SecretAccessKey>\
    <SessionToken>t-xml</SessionToken><Expiration>2026-11-21T12:30:00Z</Expiration></Credentials></R>";

#[test]
fn keys_of_the_configuration_come_first_and_those_of_the_environment_next() {
    let own = json!({"aws": {"access_key_id": "AKOWN", "secret_access_key": "secret-of-own", "session_token": "t"}});
    let fetched = done(try_begin(own, &KEYS));
    assert_eq!(fetched.lifetime, None);
    let (credential, token) = signed(&fetched, HOST);
    assert_eq!(credential, "AKOWN/20261121/eu-west-1/bedrock/aws4_request");
    assert_eq!(token.as_deref(), Some("t"));
    let (credential, token) = signed(&done(Ok(begin(&KEYS))), HOST);
    assert_eq!((credential.split('/').next(), token), (Some("AKENV"), None));
}

#[test]
fn half_of_a_pair_is_refused_by_its_place() {
    for (own, place) in [
        (json!({"access_key_id": "a"}), "auth.aws.secret_access_key"),
        (json!({"secret_access_key": "a"}), "auth.aws.access_key_id"),
        (json!({"session_token": "a"}), "auth.aws.access_key_id"),
    ] {
        let error = failure(try_begin(json!({"aws": own}), &[]));
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::Configuration, Some(place)));
    }
}

#[test]
fn the_region_is_the_given_one_then_the_addresss_then_the_environments() {
    let scope = |auth: Value, host: &str, region: Option<&str>| {
        let mut variables = KEYS.to_vec();
        variables.extend(region.map(|region| ("AWS_REGION", region)));
        signed(&done(try_begin(auth, &variables)), host).0.split('/').nth(2).unwrap().to_owned()
    };
    let given = json!({"aws": {"region": "ap-south-1"}});
    assert_eq!(scope(given, HOST, Some("us-west-2")), "ap-south-1");
    assert_eq!(scope(json!("aws"), HOST, Some("us-west-2")), "eu-west-1");
    assert_eq!(scope(json!("aws"), "gateway.test", Some("us-west-2")), "us-west-2");
    assert_eq!(scope(json!("aws"), "gateway.test", None), "us-east-1");
    let of = |host: &str| region_of(host);
    assert_eq!(
        of("vpce-1a-2.bedrock-runtime.us-gov-west-1.vpce.amazonaws.com").as_deref(),
        Some("us-gov-west-1")
    );
    assert_eq!(of("sts.amazonaws.com"), None);
    assert_eq!(of("bedrock-runtime.eu-west-1.amazonaws.com.evil.test"), None);
}

#[test]
fn profiles_of_the_shared_files() {
    let credentials = "[default]\naws_access_key_id = AKDEF\naws_secret_access_key=secret-of-def # a comment\n\n\
                       [work]\naws_access_key_id=AKWORK\naws_secret_access_key=secret-of-work\n\
                       aws_session_token = tok=en==\n";
    let config = "[default]\nregion = eu-central-1\ns3 =\n  max_concurrent_requests = 20\n[profile other]\n\
                  aws_access_key_id=AKOTHER\naws_secret_access_key=secret\n[sso-session x]\nsso_region=y\n";
    let keys = |auth: Value, variables: &[(&str, &str)]| {
        let mut variables = variables.to_vec();
        variables.push(HOME);
        let step = read_both(try_begin(auth, &variables).unwrap(), Some(credentials), Some(config));
        let (credential, token) = signed(&done(step), HOST);
        (credential.split('/').next().unwrap().to_owned(), token)
    };
    assert_eq!(keys(json!("aws"), &[]), ("AKDEF".to_owned(), None));
    let work = ("AKWORK".to_owned(), Some("tok=en==".to_owned()));
    assert_eq!(keys(json!("aws"), &[("AWS_PROFILE", "work")]), work);
    // A profile that configuration names comes before keys of the environment.
    assert_eq!(keys(json!({"aws": {"profile": "work"}}), &KEYS), work);
    assert_eq!(keys(json!({"aws": {"profile": "other"}}), &[]).0, "AKOTHER");

    let elsewhere = begin(&[HOME, ("AWS_SHARED_CREDENTIALS_FILE", "~/c"), ("AWS_CONFIG_FILE", "/etc/d")]);
    let step = read(read(elsewhere, "/h/c", Some(credentials)).unwrap(), "/etc/d", None);
    assert!(signed(&done(step), HOST).0.starts_with("AKDEF/"));
}

#[test]
fn a_profile_that_cannot_be_had_says_why() {
    for (config, word) in [
        ("", "is in neither of the shared files"),
        ("[profile p]\nregion=x", "is in neither of the shared files"),
        ("[profile p]\ncredential_process = /bin/x", "`credential_process`"),
        ("[profile p]\nsso_session = x", "`sso_session`"),
        ("[profile p]\nrole_arn = r\ncredential_source = Environment", "without `source_profile`"),
        ("[profile p]\nrole_arn = r\nsource_profile = q\n[profile q]\nrole_arn = s", "no keys of its own"),
    ] {
        let step = begin(&[HOME, ("AWS_PROFILE", "p")]);
        let error = failure(read_both(step, None, Some(config)));
        assert!(error.kind == ErrorKind::Authentication && error.message.contains(word), "{error}");
    }
}

#[test]
fn a_profiles_role_is_assumed_with_the_keys_of_another() {
    let config = "[profile p]\nrole_arn = arn:r\nsource_profile = q\nexternal_id = e\n";
    let credentials = "[q]\naws_access_key_id=AKQ\naws_secret_access_key=secret-of-q\n";
    let step = begin(&[HOME, ("AWS_PROFILE", "p"), ("AWS_REGION", "eu-west-3")]);
    let (request, answer) = asked(read_both(step, Some(credentials), Some(config)).unwrap());
    assert_eq!(request.url.as_str(), "https://sts.eu-west-3.amazonaws.com/");
    let authorization = request.headers["authorization"].to_str().unwrap();
    assert!(authorization.contains("Credential=AKQ/20261121/eu-west-3/sts/aws4_request"), "{authorization}");
    let form = String::from_utf8(request.body.whole().unwrap().to_vec()).unwrap();
    assert!(
        form.contains("Action=AssumeRole&")
            && form.contains("RoleArn=arn%3Ar")
            && form.contains("ExternalId=e")
    );
    let fetched = done(answer(200, XML));
    assert_eq!(fetched.lifetime, Some(Duration::from_secs(1800)));
    assert_eq!(
        signed(&fetched, HOST),
        ("AKXML/20261121/eu-west-1/bedrock/aws4_request".to_owned(), Some("t-xml".to_owned()))
    );
}

#[test]
fn a_web_identity_is_exchanged() {
    let variables = [
        HOME,
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/t"),
        ("AWS_ROLE_ARN", "arn:r"),
        ("AWS_ROLE_SESSION_NAME", "s"),
    ];
    let address = ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1/sts");
    let own = begin(&[&variables[..], &[address]].concat());
    assert_eq!(asked(read(own, "/t", Some("jwt")).unwrap()).0.url.as_str(), address.1);
    let (request, answer) = asked(read(begin(&variables), "/t", Some(" jwt\n")).unwrap());
    assert_eq!((request.method.clone(), request.url.as_str()), (Method::POST, "https://sts.amazonaws.com/"));
    assert!(!request.headers.contains_key("authorization"));
    let form = String::from_utf8(request.body.whole().unwrap().to_vec()).unwrap();
    assert!(form.contains("RoleSessionName=s") && form.ends_with("WebIdentityToken=jwt"), "{form}");
    let refused = "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>no</Message></Error></ErrorResponse>";
    let error = failure(answer(400, refused));
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Authentication, Some("InvalidIdentityToken"))
    );
}

#[test]
fn a_container_is_asked_with_its_token() {
    let variables = [("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x?id=1")];
    let step = read(read(begin(&variables), "", None).unwrap(), "", None).unwrap();
    let (request, answer) = asked(step);
    assert_eq!(request.url.as_str(), "http://169.254.170.2/v2/x?id=1");
    let fetched = done(answer(200, JSON));
    assert_eq!(fetched.lifetime, Some(Duration::from_secs(3600)));
    assert_eq!(signed(&fetched, HOST).1.as_deref(), Some("t-json"));

    let full = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1234/c");
    let file = [full, ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token")];
    let step = read(read(begin(&file), "", None).unwrap(), "", None).unwrap();
    let (request, _) = asked(read(step, "/token", Some("tok\n")).unwrap());
    assert_eq!(request.url.as_str(), "http://127.0.0.1:1234/c");
    assert_eq!(request.headers["authorization"], "tok");
    assert!(request.headers["authorization"].is_sensitive());

    for url in ["http://evil.test/c", "ftp://127.0.0.1/c", "http://169.254.169.254/c", "x"] {
        let error = failure(try_begin(json!("aws"), &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)]));
        assert_eq!(error.kind, ErrorKind::Configuration, "{url}");
    }
}

#[test]
fn the_machine_is_asked_in_three_steps() {
    let files = |variables: &[(&str, &str)]| read(read(begin(variables), "", None).unwrap(), "", None);
    let (token, answer) = asked(files(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://[::1]:9/")]).unwrap());
    assert_eq!((token.method, token.url.as_str()), (Method::PUT, "http://[::1]:9/latest/api/token"));
    assert_eq!(token.headers["x-aws-ec2-metadata-token-ttl-seconds"], "21600");
    let (roles, answer) = asked(answer(200, "tok").unwrap());
    assert_eq!(roles.url.path(), "/latest/meta-data/iam/security-credentials/");
    assert_eq!(roles.headers["x-aws-ec2-metadata-token"], "tok");
    let (keys, answer) = asked(answer(200, "my-role\n").unwrap());
    assert_eq!(keys.url.path(), "/latest/meta-data/iam/security-credentials/my-role");
    assert_eq!(signed(&done(answer(200, JSON)), HOST).1.as_deref(), Some("t-json"));

    let (request, answer) = asked(files(&[]).unwrap());
    assert_eq!(request.url.as_str(), "http://169.254.169.254/latest/api/token");
    let error = failure(answer(404, ""));
    assert!(error.message.contains("no AWS credentials"), "{error}");
    let error = failure(files(&[("AWS_EC2_METADATA_DISABLED", "true")]));
    assert!(error.message.contains("no AWS credentials"), "{error}");
}

#[test]
fn a_session_that_ended_is_refused_and_secrets_are_known() {
    let (_, answer) = asked(
        read(read(begin(&[("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x")]), "", None).unwrap(), "", None)
            .unwrap(),
    );
    let fetched = done(answer(200, JSON));
    let refused = |name: &str, body: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("x-amzn-errortype", name.parse().unwrap());
        fetched.credential.is_refused(StatusCode::FORBIDDEN, &headers, body.as_bytes())
    };
    assert!(refused("ExpiredTokenException:http://internal", "{}"));
    assert!(refused("x", r#"{"__type": "ExpiredTokenException"}"#));
    assert!(!refused("AccessDeniedException", "{}"));
    let mut error = Error::new(ErrorKind::Internal, "secret-of-json and t-json-is-short");
    fetched.credential.secrets().iter().for_each(|secret| scrub(&mut error, secret));
    assert!(!error.message.contains("secret-of-json"));
}

#[tokio::test(start_paused = true)]
async fn keys_are_fetched_once_for_all_and_again_when_their_session_has_ended() {
    let keys = |id: &str| {
        json!({ "when": { "path": "/keys" }, "times": 1, "latency_ms": 20, "reply": { "body": {
            "AccessKeyId": id, "SecretAccessKey": "secret", "Token": "token", "Expiration": "2126-11-21T13:00:00Z" } } })
    };
    let ended = json!({ "when": { "path": "/converse" }, "times": 1,
        "fault": { "kind": "status", "status": 403, "body": { "__type": "ExpiredTokenException" } } });
    let answer = json!({ "when": { "path": "/converse" }, "reply": { "body": {} } });
    let scripts: Vec<Script> =
        serde_json::from_value(json!([keys("AK1"), keys("AK2"), ended, answer])).unwrap();
    let transport = Arc::new(MockTransport::new(scripts).unwrap());
    let container = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/keys")];
    let cache =
        Cache::new(source(json!("aws"), &container).unwrap(), Arc::clone(&transport) as Arc<dyn Transport>);
    let asked = || transport.requests().iter().filter(|request| request.path == "/keys").count();
    let first = cache.send(question(HOST)).await.unwrap();
    assert_eq!((first.status, asked()), (StatusCode::OK, 2), "the ended session is replaced");
    for response in futures_util::future::join_all((0..8).map(|_| cache.send(question(HOST)))).await {
        assert_eq!(response.unwrap().status, StatusCode::OK);
    }
    assert_eq!(asked(), 2);
    transport.assert_satisfied().unwrap();
}

#[test]
fn what_was_asked_with_is_not_shown_where_it_is_echoed() {
    let full = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1234/c");
    let file = [full, ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token")];
    let step = read(read(begin(&file), "", None).unwrap(), "", None).unwrap();
    let (request, answer) = asked(read(step, "/token", Some("a-token-not-to-show")).unwrap());
    assert!(request.direct, "not by way of a proxy");
    let error = failure(answer(403, r#"{"code": "x", "message": "no a-token-not-to-show"}"#));
    assert!(error.message.contains("no ***"), "{error}");
    assert!(!format!("{error:?}").contains("not-to-show"));

    let identity = [HOME, ("AWS_WEB_IDENTITY_TOKEN_FILE", "/t"), ("AWS_ROLE_ARN", "arn:r")];
    let (_, answer) = asked(read(begin(&identity), "/t", Some("a-jwt-not-to-show")).unwrap());
    let error = failure(answer(400, "<Error><Code>X</Code><Message>no a-jwt-not-to-show</Message></Error>"));
    assert!(error.message.contains("no ***"), "{error}");
}
