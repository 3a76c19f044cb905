//! Batches of OpenAI's and Anthropic's: kept, ended by the next look, each request answered as a chat.
//!
//! The shapes are those of recorded batches of OpenAI's, of Anthropic's published schema, and of both
//! services' guides for the lines of requests and results.

use http::Method;
use serde_json::{Value, json};

use super::super::incoming::Incoming;
use super::super::reply::{TokenUsage, count_words};
use super::{Said, Wire};

const CREATED: u64 = 1_735_689_600;

/// The batches that were handed in.
#[derive(Debug, Default)]
pub(in super::super) struct Batches(Vec<Kept>);

#[derive(Debug)]
struct Kept {
    /// Each with its name and what it asks.
    requests: Vec<(String, Value)>,
    /// Of a file that no batch was made of.
    is_file: bool,
    cancelled: bool,
}

impl Batches {
    /// The answer, where batches are asked for; a text where it is lines.
    pub(in super::super) fn answer(&mut self, incoming: &Incoming) -> Option<Value> {
        let posts = incoming.method == Method::POST;
        let path = incoming.path.as_str();
        if let Some((_, rest)) = path.split_once("/messages/batches") {
            return self.of_anthropic(incoming, posts, rest);
        }
        if let Some((_, rest)) = path.split_once("/batches") {
            return self.of_openai(incoming, posts, rest);
        }
        let (_, rest) = path.split_once("/files")?;
        if posts && rest.is_empty() {
            // Lines of the form that are no JSON are the form's own.
            let requests = incoming.bytes.split(|byte| *byte == b'\n').filter_map(|line| {
                let line: Value = serde_json::from_slice(line.trim_ascii()).ok()?;
                Some((line.get("custom_id")?.as_str()?.to_owned(), line.get("body")?.clone()))
            });
            self.0.push(Kept { requests: requests.collect(), is_file: true, cancelled: false });
            let id = format!("file-mock-{}", self.0.len() - 1);
            return Some(json!({"id": id, "object": "file", "purpose": "batch", "created_at": CREATED}));
        }
        let kept = self.0.get(number(rest.strip_suffix("/content")?)?)?;
        let line = |(name, request): &(String, Value)| {
            let response =
                json!({"status_code": 200, "request_id": "mock", "body": said(Wire::OpenAi, request)});
            json!({"id": "mock", "custom_id": name, "response": response, "error": null}).to_string()
        };
        Some(Value::String(kept.requests.iter().map(line).collect::<Vec<_>>().join("\n")))
    }

    fn of_openai(&mut self, incoming: &Incoming, posts: bool, rest: &str) -> Option<Value> {
        if rest.is_empty() && !posts {
            let rows = self.0.iter().enumerate().rev().filter(|(_, kept)| !kept.is_file);
            let rows: Vec<Value> = rows.map(|(place, kept)| openai(place, kept, "completed")).collect();
            return Some(json!({"object": "list", "data": rows, "has_more": false}));
        }
        let place = match rest {
            "" => number(incoming.body.as_ref()?.get("input_file_id")?.as_str()?)?,
            other => number(other.strip_suffix("/cancel").unwrap_or(other))?,
        };
        let kept = self.0.get_mut(place)?;
        kept.is_file = false;
        kept.cancelled |= rest.ends_with("/cancel");
        let status = match kept.cancelled {
            _ if rest.is_empty() => "validating",
            true => "cancelled",
            false => "completed",
        };
        Some(openai(place, kept, status))
    }

    fn of_anthropic(&mut self, incoming: &Incoming, posts: bool, rest: &str) -> Option<Value> {
        if rest.is_empty() && !posts {
            let rows = self.0.iter().enumerate().rev().map(|(place, kept)| anthropic(place, kept, "ended"));
            return Some(json!({"data": rows.collect::<Vec<_>>(), "has_more": false}));
        }
        if rest.is_empty() {
            let requests = incoming.body.as_ref()?.get("requests")?.as_array()?.iter();
            let requests = requests.filter_map(|request| {
                Some((request.get("custom_id")?.as_str()?.to_owned(), request.get("params")?.clone()))
            });
            self.0.push(Kept { requests: requests.collect(), is_file: false, cancelled: false });
            let place = self.0.len() - 1;
            return Some(anthropic(place, self.0.get(place)?, "in_progress"));
        }
        if let Some(id) = rest.strip_suffix("/results") {
            let line = |(name, request): &(String, Value)| {
                let result = json!({"type": "succeeded", "message": said(Wire::Anthropic, request)});
                json!({"custom_id": name, "result": result}).to_string()
            };
            let kept = self.0.get(number(id)?)?;
            return Some(Value::String(kept.requests.iter().map(line).collect::<Vec<_>>().join("\n")));
        }
        let place = number(rest.strip_suffix("/cancel").unwrap_or(rest))?;
        let kept = self.0.get_mut(place)?;
        kept.cancelled |= rest.ends_with("/cancel");
        Some(anthropic(place, kept, "ended"))
    }
}

/// The number at the end of an id that a mock gave.
fn number(id: &str) -> Option<usize> {
    id.rsplit(['-', '_']).next()?.parse().ok()
}

fn openai(place: usize, kept: &Kept, status: &str) -> Value {
    let total = kept.requests.len();
    let ended = status == "completed";
    json!({
        "id": format!("batch_mock_{place}"), "object": "batch", "endpoint": "/v1/chat/completions", "errors": null,
        "input_file_id": format!("file-mock-{place}"), "completion_window": "24h", "status": status,
        "output_file_id": ended.then(|| format!("file-out-{place}")), "error_file_id": null,
        "created_at": CREATED, "expires_at": CREATED + 86_400,
        "completed_at": ended.then_some(CREATED), "metadata": null,
        "request_counts": {"total": total, "completed": if ended { total } else { 0 }, "failed": 0},
    })
}

fn anthropic(place: usize, kept: &Kept, status: &str) -> Value {
    let total = kept.requests.len();
    let (left, done) = if status == "ended" { (0, total) } else { (total, 0) };
    let cancelled = kept.cancelled && status == "ended";
    json!({
        "id": format!("msgbatch_mock_{place}"), "type": "message_batch", "processing_status": status,
        "request_counts": {"processing": left, "succeeded": if cancelled { 0 } else { done }, "errored": 0,
                           "canceled": if cancelled { done } else { 0 }, "expired": 0},
        "created_at": "2025-01-01T00:00:00Z", "expires_at": "2025-01-02T00:00:00Z",
        "ended_at": (status == "ended").then_some("2025-01-01T00:00:01Z"), "archived_at": null,
        "cancel_initiated_at": cancelled.then_some("2025-01-01T00:00:01Z"), "results_url": null,
    })
}

/// A request of a batch, answered: it is said back.
fn said(wire: Wire, request: &Value) -> Value {
    let turns = request.get("messages").and_then(Value::as_array);
    let text = |turn: &Value| match turn.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
            texts.collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    };
    let asked = turns.and_then(|turns| turns.last()).map(text).unwrap_or_default();
    let content = format!("You said: {asked}");
    wire.plain(&Said {
        number: "0000000000",
        model: request.get("model").and_then(Value::as_str).unwrap_or("mock-model"),
        created: CREATED,
        content: Some(&content),
        pieces: Vec::new(),
        reasoning: None,
        signature: "",
        tool_calls: &[],
        finish_reason: "stop",
        usage: Some(TokenUsage {
            prompt_tokens: count_words(&asked),
            completion_tokens: count_words(&content),
            ..TokenUsage::default()
        }),
        include_usage: false,
    })
}
