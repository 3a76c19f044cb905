//! What may have been done is repeated only where that is safe.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use roocode::{Client, ErrorKind};
use serde_json::{Value, json};

use crate::examples::{Stripe, messagebird, payment, twilio};
use crate::server::{Received, Reply, Server, refusing};
use crate::{attempts, call, call_with, client, example, sms};

/// Twilio at `first`, MessageBird in working order, and the server of that.
fn two(first: &str) -> (Client, Server) {
    let second = Server::start(messagebird);
    let providers = [example("twilio", first, "AC1:token"), example("messagebird", &second.url, "live")];
    (client(json!({ "providers": providers })), second)
}

#[tokio::test]
async fn an_sms_that_was_surely_not_sent_goes_to_the_other_service() {
    let busy = Server::start(|_| Reply::json(429, json!({ "code": 20429, "message": "Too Many Requests" })));
    let wrong_key = Server::start(twilio);
    for (url, status) in [(refusing(), None), (busy.url, Some(429)), (wrong_key.url, Some(401))] {
        let second = Server::start(messagebird);
        let providers = [example("twilio", &url, "AC1:wrong"), example("messagebird", &second.url, "live")];
        let client = client(json!({ "providers": providers }));
        let reply = call(&client, "sms.send", sms()).await.unwrap();
        let route = reply.route.unwrap();
        assert_eq!(route.target.as_deref(), Some("messagebird/sms.send"));
        assert_eq!((route.attempts.len(), route.attempts[0].status), (2, status));
        assert_eq!(route.attempts[0].not_repeated, None);
        assert_eq!(second.received().len(), 1);
    }
}

#[tokio::test]
async fn an_sms_that_may_have_been_sent_is_sent_nowhere_again_and_the_trace_says_why() {
    let fault: fn(&Received) -> Reply = |_| Reply::json(503, json!({ "message": "down" }));
    let gateway: fn(&Received) -> Reply =
        |_| Reply::Answer { status: 504, headers: vec![], body: "late".to_owned() };
    let lost: fn(&Received) -> Reply = |_| Reply::Lost;
    let late: fn(&Received) -> Reply = |_| Reply::Late(Duration::from_secs(2));
    let garbage: fn(&Received) -> Reply =
        |_| Reply::Answer { status: 201, headers: vec![], body: "<html>".to_owned() };
    let redirect: fn(&Received) -> Reply =
        |_| Reply::Answer { status: 302, headers: vec![], body: String::new() };
    for (answer, kind) in [
        (fault, ErrorKind::Overloaded),
        (gateway, ErrorKind::ApiTimeout),
        (lost, ErrorKind::ApiConnection),
        (late, ErrorKind::ApiTimeout),
        (garbage, ErrorKind::ResponseDecode),
        (redirect, ErrorKind::ResponseDecode),
    ] {
        let first = Server::start(answer);
        let (client, second) = two(&first.url);
        let options = json!({ "timeout": { "first_byte": 0.3 }, "max_retries": 4 });
        let error = call_with(&client, "sms.send", sms(), options).await.unwrap_err();
        assert_eq!((error.kind, error.not_done), (kind, Some(false)), "{error:?}");
        let attempts = attempts(&error);
        assert_eq!(attempts.len(), 1, "{kind:?}");
        let why = attempts[0].2.as_ref().unwrap();
        assert!(why.contains("nothing makes it safe"), "{why}");
        assert_eq!((first.received().len(), second.received().len()), (1, 0), "{kind:?}");
    }
}

#[tokio::test]
async fn what_a_rule_says_was_not_done_goes_on_and_what_it_says_may_be_does_not() {
    for (not_done, status, asked) in [(json!(true), 503, 1), (json!(false), 429, 0), (json!(null), 200, 0)] {
        let first = Server::start(move |_| Reply::json(status, json!({ "queue": "full" })));
        let second = Server::start(messagebird);
        let mut provider = example("twilio", &first.url, "AC1:token");
        let rule =
            json!({ "when": "body.queue == 'full'", "error": "OverloadedError", "not_done": not_done });
        provider["operations"]["sms.send"]["errors"] = json!([rule]);
        provider["operations"]["sms.send"]["success"] = json!("2xx");
        let client = client(json!({ "providers": [provider, example("messagebird", &second.url, "live")] }));
        let result = call(&client, "sms.send", sms()).await;
        assert_eq!(result.is_ok(), asked == 1, "{not_done}");
        assert_eq!((first.received().len(), second.received().len()), (1, asked), "{not_done}");
    }
}

/// Two accounts at a service that knows requests by a key, of which the first does what `first` says.
fn payments(
    first: impl Fn(&Stripe, usize, &Received) -> Reply + Send + Sync + 'static,
) -> (Client, [Server; 2], [Arc<Stripe>; 2]) {
    let stripes = [Arc::new(Stripe::new()), Arc::new(Stripe::new())];
    let [one, other] = stripes.clone();
    let count = AtomicUsize::new(0);
    let servers = [
        Server::start(move |request| first(&one, count.fetch_add(1, Ordering::SeqCst), request)),
        Server::start(move |request| other.answer(request)),
    ];
    let mut second = example("stripe", &servers[1].url, "sk_2");
    second["name"] = json!("other");
    let providers = [example("stripe", &servers[0].url, "sk_1"), second];
    (client(json!({ "providers": providers })), servers, stripes)
}

#[tokio::test]
async fn a_payment_whose_answer_is_lost_is_asked_for_again_by_its_key_and_charged_once() {
    let (client, servers, stripes) = payments(|stripe, count, request| {
        let reply = stripe.answer(request);
        // It is done, and nobody hears of it.
        if count == 0 { Reply::Lost } else { reply }
    });
    let reply = call(&client, "payment.charge", payment()).await.unwrap();
    assert_eq!(reply.data["id"], "pi_1");
    let keys: Vec<_> =
        servers[0].received().iter().map(|one| one.header("idempotency-key").unwrap().to_owned()).collect();
    assert!(keys.len() == 2 && keys[0] == keys[1], "{keys:?}");
    assert_eq!(stripes[0].charges.lock().unwrap().len(), 1);
    assert!(servers[1].received().is_empty());
    let route = reply.route.unwrap();
    let why = route.attempts[0].not_repeated.as_ref().unwrap();
    assert!(why.contains("same target again, and no other"), "{why}");
}

#[tokio::test]
async fn what_may_have_been_done_once_goes_nowhere_else_whatever_comes_after() {
    let after: [fn() -> Reply; 4] = [
        || Reply::json(429, json!({ "error": { "message": "Too many requests" } })),
        || Reply::json(401, json!({ "error": { "message": "Invalid API Key provided" } })),
        || Reply::json(409, json!({ "error": { "code": "idempotency_key_in_use" } })),
        || Reply::json(500, json!({})),
    ];
    for (number, after) in after.into_iter().enumerate() {
        let (client, servers, stripes) = payments(move |stripe, count, request| {
            let _ = stripe.answer(request);
            if count == 0 { Reply::Lost } else { after() }
        });
        let error = call(&client, "payment.charge", payment()).await.unwrap_err();
        assert_eq!(error.not_done, Some(false), "{error:?}");
        assert!(servers[1].received().is_empty(), "{error:?}");
        assert_eq!(stripes[0].charges.lock().unwrap().len(), 1);
        // Again where it could help: a wrong key does not become right.
        let expected = if number == 1 { 2 } else { 3 };
        assert_eq!(servers[0].received().len(), expected, "{error:?}");
        let keys: std::collections::HashSet<_> = servers[0]
            .received()
            .iter()
            .map(|one| one.header("idempotency-key").unwrap().to_owned())
            .collect();
        assert_eq!(keys.len(), 1);
    }
}

#[tokio::test]
async fn a_payment_that_was_surely_not_made_goes_to_the_other_account() {
    let (client, servers, stripes) =
        payments(|_, _, _| Reply::json(429, json!({ "error": { "message": "Too many requests" } })));
    call(&client, "payment.charge", payment()).await.unwrap();
    assert_eq!((servers[0].received().len(), servers[1].received().len()), (1, 1));
    assert_eq!(stripes[1].charges.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_only_reads_is_asked_again_anywhere_and_what_sends_is_never_hedged() {
    let operation = |method: &str| json!({ "thing.get": { "method": method, "path": "/thing" } });
    for (method, idempotent, total) in [("GET", true, 2), ("POST", false, 1)] {
        let broken = Server::start(|_| Reply::Lost);
        let works = Server::start(|_| Reply::json(200, json!({ "x": 1 })));
        let provider = |name: &str, server: &Server| json!({ "kind": "custom", "name": name, "base_url": server.url, "operations": operation(method) });
        let client = client(json!({ "providers": [provider("a", &broken), provider("b", &works)] }));
        let result = call(&client, "thing.get", Value::Null).await;
        assert_eq!(result.is_ok(), idempotent);
        assert_eq!(broken.received().len() + works.received().len(), total);
    }
}
