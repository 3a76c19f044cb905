//! The shipped examples: what goes over the wire, and how the published answers are read.

use std::collections::HashMap;
use std::sync::Mutex;

use base64::Engine as _;
use roocode::ErrorKind;
use serde_json::json;

use crate::server::{Received, Reply, Server};
use crate::{call, call_with, client, example, sms};

/// Twilio's answers to the creation of a message.
pub fn twilio(request: &Received) -> Reply {
    let basic = base64::engine::general_purpose::STANDARD.encode("AC1:token");
    if request.header("authorization") != Some(&format!("Basic {basic}")) {
        return Reply::json(
            401,
            json!({ "code": 20003, "message": "Authenticate",
            "more_info": "https://www.twilio.com/docs/errors/20003", "status": 401 }),
        );
    }
    let to = request.field("To").unwrap();
    if !to.starts_with('+') {
        return Reply::json(
            400,
            json!({ "code": 21211, "message": "The 'To' number is not a valid phone number.",
            "more_info": "https://www.twilio.com/docs/errors/21211", "status": 400 }),
        );
    }
    Reply::json(
        201,
        json!({
            "account_sid": "AC1", "body": request.field("Body"), "direction": "outbound-api", "error_code": null,
            "from": request.field("From"), "sid": "SM1f0e8ae6ade43cb3c0ce4525424e404f", "status": "queued", "to": to,
            "price": null, "uri": "/2010-04-01/Accounts/AC1/Messages/SM1f0e8ae6ade43cb3c0ce4525424e404f.json",
        }),
    )
}

/// MessageBird's answers to a message.
pub fn messagebird(request: &Received) -> Reply {
    if request.header("authorization") != Some("AccessKey live") {
        return Reply::json(
            401,
            json!({ "errors": [{ "code": 2, "parameter": "access_key",
            "description": "Request not allowed (incorrect access_key)" }] }),
        );
    }
    let body = request.json();
    Reply::json(
        201,
        json!({
            "id": "49e40bae0b374f1ca5e3d04d46edc7c1", "direction": "mt", "type": "sms",
            "originator": body["originator"], "body": body["body"], "reference": body["reference"],
            "recipients": { "totalCount": 1, "totalSentCount": 1,
                "items": [{ "recipient": 31612345678_u64, "status": "sent" }] },
        }),
    )
}

/// Stripe's answers to a PaymentIntent: the result of a key is kept, failures included.
pub struct Stripe {
    results: Mutex<HashMap<String, (u16, serde_json::Value)>>,
    pub charges: Mutex<Vec<String>>,
}

impl Stripe {
    pub fn new() -> Self {
        Self { results: Mutex::default(), charges: Mutex::default() }
    }

    pub fn answer(&self, request: &Received) -> Reply {
        let key = request.header("idempotency-key").unwrap().to_owned();
        let mut results = self.results.lock().unwrap();
        let (status, body) = results.entry(key).or_insert_with(|| {
            if request.field("payment_method").as_deref() == Some("pm_card_visa_chargeDeclined") {
                return (
                    402,
                    json!({ "error": { "type": "card_error", "code": "card_declined",
                    "decline_code": "generic_decline", "message": "Your card was declined." } }),
                );
            }
            let amount: u64 = request.field("amount").unwrap().parse().unwrap();
            self.charges.lock().unwrap().push(format!("{amount}"));
            (
                200,
                json!({ "id": "pi_1", "object": "payment_intent", "amount": amount, "status": "succeeded" }),
            )
        });
        Reply::json(*status, body.clone())
    }
}

pub fn payment() -> serde_json::Value {
    json!({ "amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "order": "17" })
}

#[tokio::test]
async fn twilio_is_asked_as_it_documents() {
    let server = Server::start(twilio);
    let mut provider = example("twilio", &server.url, "AC1:token");
    provider["variables"]["account_sid"] = json!("AC1");
    let client = client(json!({ "providers": [provider] }));
    let reply = call(&client, "sms.send", sms()).await.unwrap();
    assert_eq!(reply.data, json!({ "id": "SM1f0e8ae6ade43cb3c0ce4525424e404f", "status": "queued" }));
    assert_eq!(reply.status, 201);
    let request = &server.received()[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    );
    let pairs = [("To", "+31612345678"), ("From", "+15017122661"), ("Body", "Grüße & more")];
    assert_eq!(request.form(), pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let route = reply.route.unwrap();
    assert_eq!(route.target.as_deref(), Some("twilio/sms.send"));
    assert_eq!((route.kind.as_deref(), route.cost.as_ref()), (Some("custom"), None));

    let wrong = json!({ "to": "123", "from": "+1", "text": "x" });
    let error = call(&client, "sms.send", wrong).await.unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_deref(), error.status),
        (ErrorKind::BadRequest, Some("21211"), Some(400))
    );
    assert_eq!(error.message, "The 'To' number is not a valid phone number.");
    assert_eq!((error.not_done, error.target.as_deref()), (Some(true), Some("twilio/sms.send")));
    assert_eq!(error.body.as_ref().unwrap()["more_info"], "https://www.twilio.com/docs/errors/21211");
}

#[tokio::test]
async fn messagebird_is_asked_as_it_documents() {
    let server = Server::start(messagebird);
    let client = client(json!({ "providers": [example("messagebird", &server.url, "live")] }));
    let reply = call(&client, "messagebird/sms.send", sms()).await.unwrap();
    assert_eq!(reply.data, json!({ "id": "49e40bae0b374f1ca5e3d04d46edc7c1", "status": "sent" }));
    let request = &server.received()[0];
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/messages"));
    assert_eq!(
        request.json(),
        json!({ "originator": "+15017122661", "recipients": ["+31612345678"], "body": "Grüße & more" })
    );
    let wrong = crate::client(json!({ "providers": [example("messagebird", &server.url, "test")] }));
    let error = call(&wrong, "sms.send", sms()).await.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (ErrorKind::Authentication, Some("2")));
    assert_eq!(error.message, "Request not allowed (incorrect access_key)");
}

#[tokio::test]
async fn sendgrid_is_asked_as_it_documents() {
    let server = Server::start(|request| {
        if request.header("authorization") != Some("Bearer SG.key") {
            return Reply::json(
                401,
                json!({ "errors": [{ "message": "authorization required", "field": null }] }),
            );
        }
        let headers = vec![("x-message-id", "14c5d75ce93.dfd.64b469".to_owned())];
        Reply::Answer { status: 202, headers, body: String::new() }
    });
    let client = client(json!({ "providers": [example("sendgrid", &server.url, "SG.key")] }));
    let mail = json!({ "to": "a@example.com", "from": "b@example.com", "subject": "Hi", "html": "<b>x</b>" });
    let reply = call(&client, "email.send", mail).await.unwrap();
    assert_eq!((reply.data, reply.status), (json!({ "id": "14c5d75ce93.dfd.64b469" }), 202));
    let request = &server.received()[0];
    assert_eq!(request.path, "/v3/mail/send");
    assert_eq!(
        request.json(),
        json!({
            "personalizations": [{ "to": [{ "email": "a@example.com" }] }],
            "from": { "email": "b@example.com" },
            "subject": "Hi",
            "content": [{ "type": "text/html", "value": "<b>x</b>" }],
        })
    );
    let wrong = crate::client(json!({ "providers": [example("sendgrid", &server.url, "SG.other")] }));
    let mail = json!({ "to": "a@example.com", "from": "b@example.com", "subject": "Hi", "text": "x" });
    let error = call(&wrong, "email.send", mail).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Authentication, "authorization required"));
}

#[tokio::test]
async fn stripe_is_asked_as_it_documents() {
    let stripe = std::sync::Arc::new(Stripe::new());
    let asked = std::sync::Arc::clone(&stripe);
    let server = Server::start(move |request| asked.answer(request));
    let client = client(json!({ "providers": [example("stripe", &server.url, "sk_test_1")] }));
    let reply = call(&client, "payment.charge", payment()).await.unwrap();
    assert_eq!(reply.data, json!({ "id": "pi_1", "status": "succeeded", "amount": 2000 }));
    let request = &server.received()[0];
    assert_eq!(request.path, "/v1/payment_intents");
    assert_eq!(request.header("authorization"), Some("Bearer sk_test_1"));
    for (name, value) in [
        ("amount", "2000"),
        ("metadata[order]", "17"),
        ("confirm", "true"),
        ("automatic_payment_methods[enabled]", "true"),
    ] {
        assert_eq!(request.field(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(request.field("customer"), None);
    // One key for each request, unless the caller has one.
    call(&client, "payment.charge", payment()).await.unwrap();
    let own = json!({ "idempotency_key": "order-17" });
    for _ in 0..2 {
        let body =
            json!({ "operation": "payment.charge", "input": payment(), "idempotency_key": "order-17" });
        let asked = client.call_of(roocode::types::operation::Operation::Service, body, json!(null)).unwrap();
        client.ask(asked).await.unwrap();
    }
    drop(own);
    let keys: Vec<String> =
        server.received().iter().map(|one| one.header("idempotency-key").unwrap().to_owned()).collect();
    assert!(keys[0].len() == 36 && keys[0] != keys[1], "{keys:?}");
    assert_eq!(keys[2..], ["order-17", "order-17"]);
    assert_eq!(stripe.charges.lock().unwrap().len(), 3);

    let mut declined = payment();
    declined["payment_method"] = json!("pm_card_visa_chargeDeclined");
    let error =
        call_with(&client, "payment.charge", declined, json!({ "max_retries": 3 })).await.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (ErrorKind::BadRequest, Some("card_declined")));
    assert_eq!((error.attempts, error.not_done), (1, Some(true)));
}
