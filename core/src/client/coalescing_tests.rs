use serde_json::json;

use crate::client::Client;
use crate::config::ClientConfig;
use crate::testing::{MockTransport, Script};

#[tokio::test]
async fn nothing_is_remembered_of_what_ended_or_was_left() {
    let answered_then_hanging = json!([
        { "fault": { "kind": "status", "status": 400 }, "times": 1 },
        { "fault": { "kind": "hang" } },
    ]);
    let scripts: Vec<Script> = serde_json::from_value(answered_then_hanging).unwrap();
    let transport = super::Arc::new(MockTransport::new(scripts).unwrap());
    let config = json!({ "provider": "openai", "api_key": "a" });
    let client = Client::with_transport(ClientConfig::from_value(config).unwrap(), transport).unwrap();
    let ask = || {
        let body = json!({ "model": "openai/m", "messages": [{ "role": "user", "content": "q" }] });
        client.chat(client.call(body, json!({ "coalesce": true, "max_retries": 0 })).unwrap())
    };
    let remembered = || client.shared.coalescing.lock().len();
    ask().await.unwrap_err();
    assert_eq!(remembered(), 0);

    let mut left = Box::pin(ask());
    assert!(futures_util::poll!(&mut left).is_pending());
    assert_eq!(remembered(), 1);
    drop(left);
    assert_eq!(remembered(), 0);
}
