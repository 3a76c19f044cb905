//! From a script and a request to the answer on the request's wire.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::answer::{
    Answer, NUMBER_MARK, Opening, Step, TIME_MARK, Template, opening, plain_steps, stream_steps,
};
use super::fault::Fault;
use super::incoming::{Incoming, Operation};
use super::reply::{TokenUsage, count_words, pieces};
use super::script::Script;
use super::wire::{Failure, Said, StreamForm, Wire, counts, media, vectors};

/// 2024-01-01, the time that a mock's answers have.
const CREATED: u64 = 1_704_067_200;
/// Base64, as signatures are; it signs nothing.
const SIGNATURE: &str = "bW9jay1zaWduYXR1cmU=";

/// What of a request shows in the answer: equal prompts to one script have
/// equal answers but for their number.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Prompt {
    wire: Wire,
    form: Option<StreamForm>,
    operation: Operation,
    model: Option<String>,
    include_usage: bool,
    prompt_tokens: u64,
    said: String,
}

impl Prompt {
    pub(super) fn new(incoming: &Incoming, script: &Script) -> Self {
        let reply = &script.reply;
        let says_back =
            reply.content.is_none() && script.stream.chunks.is_none() && reply.tool_calls.is_empty();
        let counts = reply.usage.is_none() && !reply.omit_usage;
        Self {
            wire: incoming.wire,
            form: incoming.stream(),
            operation: incoming.operation,
            model: incoming.model.clone(),
            include_usage: incoming.include_usage(),
            prompt_tokens: if counts { incoming.prompt_words() } else { 0 },
            said: match incoming.operation {
                // All of it shows.
                Operation::Embeddings
                | Operation::Rerank
                | Operation::CountTokens
                | Operation::Images
                | Operation::Speech
                | Operation::Transcription
                | Operation::Moderation => String::from_utf8_lossy(&incoming.bytes).into_owned(),
                _ if says_back => incoming.last_said(),
                _ => String::new(),
            },
        }
    }
}

/// An answer but for the request's number.
pub(super) struct Built {
    latency: Duration,
    opening: Opening,
    status: StatusCode,
    headers: HeaderMap,
    request_id: Option<&'static str>,
    streamed: bool,
    body: Template,
}

impl Built {
    fn new(status: u16, content_type: &'static str, steps: Vec<Step>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self {
            latency: Duration::ZERO,
            opening: Opening::Respond,
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers,
            request_id: None,
            streamed: false,
            body: Template::new(steps),
        }
    }

    fn of_wire(mut self, wire: Wire) -> Self {
        self.request_id = wire.request_id_header();
        self
    }

    /// With the header that names an error.
    fn named(mut self, wire: Wire, failure: &Failure<'_>) -> Self {
        self.headers.extend(wire.error_header(failure));
        self
    }

    fn with_headers<'a>(mut self, headers: impl IntoIterator<Item = (&'a String, &'a String)>) -> Self {
        for (name, value) in headers {
            // Both were checked with the script.
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                self.headers.insert(name, value);
            }
        }
        self
    }

    pub(super) fn answer(&self, number: &str) -> Answer {
        let mut headers = self.headers.clone();
        if let Some(name) = self.request_id
            && let Ok(value) = HeaderValue::from_str(&format!("req_mock_{number}"))
        {
            headers.entry(name).or_insert(value);
        }
        Answer {
            latency: self.latency,
            opening: self.opening,
            status: self.status,
            headers,
            streamed: self.streamed,
            steps: self.body.steps(number),
        }
    }
}

/// What a script answers.
pub(super) fn scripted(incoming: &Incoming, script: &Script, prompt: &Prompt) -> Built {
    let fault = script.fault.as_ref();
    let mut built = match (fault, prompt.form) {
        (Some(Fault::Status { status, headers, message, code, body }), _) => {
            let failure = Failure {
                status: *status,
                message: message.as_deref(),
                code: code.as_deref(),
                wrong_key: false,
            };
            let (status, usual) = incoming.wire.error(&failure, NUMBER_MARK);
            let said = body.as_ref().unwrap_or(&usual);
            let mut built =
                Built::new(status, error_content_type(incoming), vec![Step::Write(body_bytes(said).into())]);
            // A body that is given says for itself what it is.
            if body.is_none() {
                built = built.named(incoming.wire, &failure);
            }
            built.with_headers(headers)
        }
        (_, _) if script.reply.body.is_some() => {
            let body = script.reply.body.as_ref().map(body_bytes).unwrap_or_default();
            Built::new(200, incoming.wire.json_content_type(), plain_steps(body, fault))
        }
        (Some(Fault::ErrorEvent { .. }), None) => Built::new(
            200,
            incoming.wire.json_content_type(),
            vec![Step::Write(error_data(incoming.wire, fault).into())],
        ),
        (_, None) if !matches!(incoming.operation, Operation::Chat { .. }) => {
            let json = |body: Value| (incoming.wire.json_content_type(), body_bytes(&body));
            let (content_type, body) = match incoming.operation {
                Operation::Rerank => json(vectors::rerank(incoming, &script.reply)),
                Operation::CountTokens => json(counts::count(incoming, &script.reply)),
                _ => media::answer(incoming, &script.reply)
                    .unwrap_or_else(|| json(vectors::embeddings(incoming, &script.reply))),
            };
            Built::new(200, content_type, plain_steps(body, fault))
        }
        (_, form) => said(incoming.wire, form, script, prompt),
    };
    built = built.of_wire(incoming.wire).with_headers(&script.reply.headers);
    built.latency = script.latency();
    built.opening = opening(fault);
    built
}

/// An answer in words.
fn said(wire: Wire, form: Option<StreamForm>, script: &Script, prompt: &Prompt) -> Built {
    let reply = &script.reply;
    let content = reply.text(&script.stream, &prompt.said);
    let mut pieces = content.as_deref().map(|content| pieces(content, &script.stream)).unwrap_or_default();
    // Nothing may change in bytes with a checksum.
    if script.stream.timestamps && form != Some(StreamForm::EventStream) {
        for piece in &mut pieces {
            piece.insert_str(0, &format!("{TIME_MARK} "));
        }
    }
    let reasoning_tokens = reply.reasoning.as_deref().map_or(0, count_words);
    let arguments = reply.tool_calls.iter().map(|call| count_words(&call.arguments_text())).sum::<u64>();
    let counted = TokenUsage {
        prompt_tokens: prompt.prompt_tokens,
        completion_tokens: content.as_deref().map_or(0, count_words) + reasoning_tokens + arguments,
        reasoning_tokens,
        ..TokenUsage::default()
    };
    let said = Said {
        number: NUMBER_MARK,
        model: reply.model.as_deref().or(prompt.model.as_deref()).unwrap_or("mock-model"),
        created: reply.created.unwrap_or(CREATED),
        content: content.as_deref(),
        pieces,
        reasoning: reply.reasoning.as_deref(),
        signature: reply.signature.as_deref().unwrap_or(SIGNATURE),
        tool_calls: &reply.tool_calls,
        finish_reason: reply.finish(),
        usage: (!reply.omit_usage).then(|| reply.usage.unwrap_or(counted)),
        include_usage: prompt.include_usage,
    };
    let fault = script.fault.as_ref();
    match form {
        None => Built::new(200, wire.json_content_type(), plain_steps(body_bytes(&wire.plain(&said)), fault)),
        Some(form) => {
            let error = error_data(wire, fault);
            let events = wire.stream(&said, form);
            let steps = stream_steps(wire, form, events, &script.stream, fault, &error);
            Built { streamed: true, ..Built::new(200, wire.stream_content_type(form), steps) }
        }
    }
}

/// An error that no script asked for.
pub(super) fn failure(incoming: &Incoming, failure: &Failure<'_>) -> Built {
    let (status, body) = incoming.wire.error(failure, NUMBER_MARK);
    Built::new(status, error_content_type(incoming), vec![Step::Write(body_bytes(&body).into())])
        .of_wire(incoming.wire)
        .named(incoming.wire, failure)
}

/// A body that is made already.
pub(super) fn bare(incoming: &Incoming, body: &Value) -> Built {
    let steps = vec![Step::Write(body_bytes(body).into())];
    Built::new(200, incoming.wire.json_content_type(), steps).of_wire(incoming.wire)
}

pub(super) fn models(incoming: &Incoming, models: &[String]) -> Built {
    let wire = incoming.wire;
    let body = match incoming.is_cohere_list() {
        true => vectors::models(models),
        false if incoming.path.ends_with("/api/tags") => vectors::tags(models),
        false => wire.models(models),
    };
    let body = body_bytes(&body);
    Built::new(200, wire.json_content_type(), vec![Step::Write(body.into())]).of_wire(wire)
}

/// In no wire's form, because none has the path.
pub(super) fn unknown_path(incoming: &Incoming) -> Built {
    let message = format!(
        "the mock does not know {} {}; it knows POST …/chat/completions, POST …/messages, POST …/v2/chat, \
         POST …/api/chat, POST …/model/{{model}}/converse, POST …/model/{{model}}/converse-stream, \
         POST …/models/{{model}}:generateContent, POST …/models/{{model}}:streamGenerateContent, \
         POST …/completions, POST …/messages/batches, POST …/batches, POST …/embeddings, POST …/embed, POST …/rerank, \
         POST …/messages/count_tokens, POST …/models/{{model}}:countTokens, POST …/tokenize, \
         POST …/images/generations, POST …/images/edits, POST …/audio/speech, \
         POST …/audio/transcriptions, POST …/audio/translations, POST …/moderations, \
         POST …/models/{{model}}:embedContent, POST …/models/{{model}}:batchEmbedContents \
         and GET …/models; \
         a script with `when.path` and `reply.body` can answer any other",
        incoming.method, incoming.path
    );
    let body = json!({"error": {"type": "not_found", "message": message}});
    Built::new(404, "application/json", vec![Step::Write(body_bytes(&body).into())])
}

/// The data of the error event that the fault is, if it is one.
fn error_data(wire: Wire, fault: Option<&Fault>) -> String {
    match fault {
        Some(Fault::ErrorEvent { body: Some(Value::String(text)), .. }) => text.clone(),
        Some(Fault::ErrorEvent { body: Some(body), .. }) => body.to_string(),
        Some(Fault::ErrorEvent { status, message, code, .. }) => {
            let failure = Failure {
                status: *status,
                message: message.as_deref(),
                code: code.as_deref(),
                wrong_key: false,
            };
            wire.error(&failure, NUMBER_MARK).1.to_string()
        }
        _ => String::new(),
    }
}

/// Gemini's errors have the type that was asked for, as recorded.
fn error_content_type(incoming: &Incoming) -> &'static str {
    match (incoming.wire, incoming.stream()) {
        (Wire::Gemini, Some(form)) => incoming.wire.stream_content_type(form),
        (wire, _) => wire.json_content_type(),
    }
}

fn body_bytes(body: &Value) -> Vec<u8> {
    match body {
        Value::String(text) => text.clone().into_bytes(),
        other => other.to_string().into_bytes(),
    }
}
