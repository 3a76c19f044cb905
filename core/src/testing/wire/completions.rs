//! OpenAI's completions of a text, as recorded from `POST /v1/completions`.

use serde_json::{Value, json};

use super::openai::{event, usage_body};
use super::{Event, Said};

pub(super) fn plain(said: &Said<'_>) -> Value {
    let text = said.content.unwrap_or_default();
    let mut body = reply(said, text, Some(said.finish_reason));
    if let Some(usage) = &said.usage {
        body["usage"] = usage_body(usage);
    }
    body
}

pub(super) fn stream(said: &Said<'_>) -> Vec<Event> {
    let piece = |text: &str, finish: Option<&str>| Event {
        bytes: event(&reply(said, text, finish).to_string()),
        content: !text.is_empty(),
    };
    let mut events: Vec<Event> = said.pieces.iter().map(|text| piece(text, None)).collect();
    events.push(piece("", Some(said.finish_reason)));
    if let (true, Some(usage)) = (said.include_usage, &said.usage) {
        let mut last = reply(said, "", None);
        last["choices"] = json!([]);
        last["usage"] = usage_body(usage);
        events.push(Event { bytes: event(&last.to_string()), content: false });
    }
    events.push(Event { bytes: event("[DONE]"), content: false });
    events
}

fn reply(said: &Said<'_>, text: &str, finish: Option<&str>) -> Value {
    json!({
        "id": format!("cmpl-{}", said.number),
        "object": "text_completion",
        "created": said.created,
        "model": said.model,
        "choices": [{"text": text, "index": 0, "logprobs": null, "finish_reason": finish}],
    })
}
