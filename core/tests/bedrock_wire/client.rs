//! Bedrock as a kind, through a client: where requests go, who signs them, and what
//! becomes of the recorded answers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, StatusCode};
use roocode::transport::{HttpRequest, HttpResponse, Transport};
use roocode::{Client, ClientConfig, Error, ErrorKind};
use serde_json::{Value, json};

use crate::recordings::{Exchange, cases};

/// Answers in order, and remembers what was asked.
#[derive(Default)]
struct Answers {
    answers: Mutex<VecDeque<(u16, HeaderMap, Bytes)>>,
    asked: Mutex<Vec<HttpRequest>>,
}

impl Answers {
    fn add(&self, status: u16, error_type: Option<&'static str>, body: impl Into<Bytes>) {
        let mut headers = HeaderMap::new();
        headers.insert("x-amzn-requestid", HeaderValue::from_static("r-1"));
        if let Some(name) = error_type {
            headers.insert("x-amzn-errortype", HeaderValue::from_static(name));
        }
        self.answers.lock().unwrap().push_back((status, headers, body.into()));
    }

    fn asked(&self) -> Vec<HttpRequest> {
        self.asked.lock().unwrap().clone()
    }
}

impl Transport for Answers {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        self.asked.lock().unwrap().push(request);
        let (status, headers, body) = self.answers.lock().unwrap().pop_front().expect("an answer");
        Box::pin(async move {
            // In reads that end anywhere.
            let reads: Vec<_> = body.chunks(100).map(|read| Ok(Bytes::copy_from_slice(read))).collect();
            let body = Box::pin(futures_util::stream::iter(reads));
            let status = StatusCode::from_u16(status).unwrap();
            Ok(HttpResponse { status, headers, body, round_trip: None })
        })
    }
}

fn client(provider: Value) -> (Client, Arc<Answers>) {
    let answers = Arc::new(Answers::default());
    let mut named = json!({ "name": "aws", "kind": "bedrock" });
    named.as_object_mut().unwrap().extend(provider.as_object().unwrap().clone());
    let config = ClientConfig::from_value(json!({ "providers": [named] })).unwrap();
    (Client::with_transport(config, Arc::clone(&answers) as _).unwrap(), answers)
}

fn keys(more: Value) -> Value {
    let mut keys = json!({ "access_key_id": "AKIDEXAMPLE", "secret_access_key": "a-key-not-to-show" });
    keys.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "aws": keys })
}

fn question(model: &str) -> Value {
    json!({ "model": format!("aws/{model}"), "messages": [{ "role": "user", "content": "hi" }] })
}

const ANSWER: &str = r#"{"output": {"message": {"role": "assistant", "content": [{"text": "hello"}]}},
    "stopReason": "end_turn", "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}}"#;

fn header(request: &HttpRequest, name: &str) -> String {
    request.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn a_request_is_signed_for_the_region_it_goes_to() {
    let (client, answers) =
        client(json!({ "region": "eu-west-1", "auth": keys(json!({ "session_token": "t" })) }));
    answers.add(200, None, ANSWER);
    let model = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
    let reply = client.chat(client.call(question(model), Value::Null).unwrap()).await.unwrap();
    assert_eq!(reply.completion.choices[0].message.content.as_deref(), Some("hello"));
    assert_eq!(reply.completion.model, model);
    let [request] = &answers.asked()[..] else { panic!("one request") };
    assert_eq!(
        request.url.as_str(),
        "https://bedrock-runtime.eu-west-1.amazonaws.com/model/\
         eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse"
    );
    let authorization = header(request, "authorization");
    assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{authorization}");
    assert!(authorization.contains("/eu-west-1/bedrock/aws4_request"), "{authorization}");
    assert_eq!(
        (header(request, "accept"), header(request, "x-amz-security-token")),
        ("application/json".into(), "t".into())
    );
}

#[tokio::test]
async fn a_key_for_bedrock_is_a_bearer_key() {
    let (client, answers) = client(json!({ "region": "us-east-1", "api_key": "bedrock-api-key-x" }));
    answers.add(200, None, ANSWER);
    client.chat(client.call(question("amazon.nova-lite-v1:0"), Value::Null).unwrap()).await.unwrap();
    assert_eq!(header(&answers.asked()[0], "authorization"), "Bearer bedrock-api-key-x");
}

#[tokio::test]
async fn a_stream_is_asked_for_and_read_as_the_events_that_were_recorded() {
    let Some(cases) = cases() else { return };
    let (client, answers) = client(json!({ "region": "us-east-1", "auth": keys(json!({})) }));
    let mut checked = 0;
    for exchange in cases.iter().flatten().filter(|exchange| exchange.is_stream()) {
        let Some(body) = exchange.stream() else { continue };
        answers.add(200, None, body);
        let mut request = question(&exchange.model);
        request["stream"] = json!(true);
        let (sum, error) = streamed(&client, request).await;
        assert!(error.is_none(), "{}: {error:?}", exchange.name);
        let content = |value: &roocode::types::chat::ChatCompletion| value.choices[0].message.content.clone();
        assert_eq!(content(&sum), content(&exchange.decoded()), "{}", exchange.name);
        assert!(sum.usage.is_some_and(|usage| usage.total_tokens > 0), "{}", exchange.name);
        let asked = answers.asked();
        let asked = asked.last().unwrap();
        assert!(asked.url.path().ends_with("/converse-stream"));
        assert_eq!(header(asked, "accept"), "application/vnd.amazon.eventstream");
        checked += 1;
    }
    assert!(checked >= 10, "{checked}");
}

async fn streamed(client: &Client, request: Value) -> (roocode::types::chat::ChatCompletion, Option<Error>) {
    let mut sum = roocode::types::chat::Accumulator::new();
    let mut stream = client.chat_stream(client.call(request, Value::Null).unwrap()).await.unwrap();
    let mut error = None;
    while let Some(batch) = stream.next_batch().await {
        match batch {
            Ok(chunks) => chunks.iter().for_each(|chunk| sum.add(chunk)),
            Err(failed) => error = Some(failed),
        }
    }
    (sum.into_completion(), error)
}

/// A recorded stream, with one byte of its last message changed on the way.
#[tokio::test]
async fn a_corrupt_message_is_an_error_and_nothing_of_it_is_believed() {
    let Some(cases) = cases() else { return };
    let body = cases.iter().flatten().find_map(Exchange::stream).unwrap();
    let mut broken = body.to_vec();
    let place = broken.len() - 20;
    broken[place] ^= 1;
    let (client, answers) = client(json!({ "region": "us-east-1", "auth": keys(json!({})) }));
    answers.add(200, None, broken);
    let mut request = question("amazon.nova-lite-v1:0");
    request["stream"] = json!(true);
    let (_, error) = streamed(&client, request).await;
    let error = error.unwrap();
    assert_eq!(error.kind, ErrorKind::StreamInterrupted);
    assert!(format!("{error:?}").contains("checksum"), "{error:?}");
}

#[tokio::test]
async fn an_error_is_read_from_its_header_and_shows_no_key() {
    let (client, answers) = client(json!({ "region": "us-east-1", "auth": keys(json!({})) }));
    answers.add(
        403,
        Some("UnrecognizedClientException:http://internal"),
        r#"{"message": "no a-key-not-to-show"}"#,
    );
    let error = client.chat(client.call(question("m"), Value::Null).unwrap()).await.unwrap_err();
    assert_eq!((error.kind, error.request_id.as_deref()), (ErrorKind::Authentication, Some("r-1")));
    assert_eq!(error.error_type.as_deref(), Some("UnrecognizedClientException"));
    let shown = format!(
        "{error} {error:?} {} {:?}",
        serde_json::to_string(error.details()).unwrap(),
        answers.asked()[0].headers
    );
    assert!(!shown.contains("not-to-show") && !shown.contains("Signature="), "{shown}");
}
