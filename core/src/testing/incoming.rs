//! A request as a mock sees it: which wire, which model, what was said.

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;

use super::form;
use super::reply::count_words;
use super::wire::{StreamForm, Wire};

/// Ends of paths at which services count tokens: vLLM's and Cohere's, Bedrock's, Moonshot's, Z.AI's.
const COUNTS: [&str; 5] =
    ["/tokenize", "/count-tokens", "/estimate-token-count", "/tokenizer", "/responses/input_tokens"];

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Operation {
    Chat { stream: Option<StreamForm> },
    Embeddings,
    Rerank,
    CountTokens,
    Images,
    Speech,
    Transcription,
    Moderation,
    Models,
    Unknown,
}

/// A request, read.
pub(super) struct Incoming {
    pub method: Method,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub bytes: Bytes,
    /// Of a form its fields, and what its files are. `None` where the body is neither that nor JSON.
    pub body: Option<Value>,
    /// OpenAI's for a path that no wire has, because its errors are most common.
    pub wire: Wire,
    pub operation: Operation,
    pub model: Option<String>,
}

impl Incoming {
    pub(super) fn new(method: Method, path: &str, query: &str, headers: HeaderMap, bytes: Bytes) -> Self {
        let body: Option<Value> = match form::boundary(&headers) {
            Some(boundary) => form::read(&bytes, &boundary),
            None => serde_json::from_slice(&bytes).ok(),
        };
        let query: Vec<(String, String)> = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (percent_decoded(name), percent_decoded(value))
            })
            .collect();
        let path = percent_decoded_path(path);
        let streams =
            body.as_ref().and_then(|body| body.get("stream")).and_then(Value::as_bool) == Some(true);
        let chat = Operation::Chat { stream: streams.then_some(StreamForm::ServerSentEvents) };
        let mut model =
            body.as_ref().and_then(|body| body.get("model")).and_then(Value::as_str).map(str::to_owned);

        let (wire, operation) = if method == Method::POST && path.ends_with("/chat/completions") {
            (Wire::OpenAi, chat)
        } else if method == Method::POST && path.ends_with("/completions") {
            (Wire::Completions, chat)
        } else if method == Method::POST && path.ends_with("/messages") {
            (Wire::Anthropic, chat)
        } else if method == Method::POST && path.ends_with("/responses") {
            (Wire::Responses, chat)
        } else if method == Method::POST && path.ends_with("/count_tokens") {
            (Wire::Anthropic, Operation::CountTokens)
        } else if method == Method::POST && COUNTS.iter().any(|end| path.ends_with(end)) {
            (Wire::OpenAi, Operation::CountTokens)
        } else if let Some((named, method_name)) = gemini_method(&path).filter(|_| method == Method::POST) {
            model = Some(named.to_owned());
            let form = if query.iter().any(|(name, value)| name == "alt" && value == "sse") {
                StreamForm::ServerSentEvents
            } else {
                StreamForm::JsonArray
            };
            match method_name {
                "generateContent" => (Wire::Gemini, Operation::Chat { stream: None }),
                "streamGenerateContent" => (Wire::Gemini, Operation::Chat { stream: Some(form) }),
                "embedContent" | "batchEmbedContents" => (Wire::Gemini, Operation::Embeddings),
                "countTokens" => (Wire::Gemini, Operation::CountTokens),
                // Vertex AI's, which is told the model within.
                "rawPredict" if named == "count-tokens" => (Wire::Anthropic, Operation::CountTokens),
                _ => (Wire::Gemini, Operation::Unknown),
            }
        } else if method == Method::POST
            && (path.ends_with("/text/chat") || path.ends_with("/text/chat_stream"))
        {
            // watsonx.ai's: the path says whether it streams, and the model has another name.
            model = body.as_ref().and_then(|body| body.get("model_id")?.as_str()).map(str::to_owned);
            let streams = path.ends_with("stream");
            (Wire::OpenAi, Operation::Chat { stream: streams.then_some(StreamForm::ServerSentEvents) })
        } else if method == Method::POST && path.ends_with("/v2/chat") {
            (Wire::Cohere, chat)
        } else if method == Method::POST && path.ends_with("/api/chat") {
            // It streams where nothing is said.
            let plain = body.as_ref().and_then(|body| body.get("stream")) == Some(&Value::Bool(false));
            (Wire::Ollama, Operation::Chat { stream: (!plain).then_some(StreamForm::Lines) })
        } else if let Some((named, streams)) = converse(&path).filter(|_| method == Method::POST) {
            model = Some(named.to_owned());
            (Wire::Bedrock, Operation::Chat { stream: streams.then_some(StreamForm::EventStream) })
        } else if method == Method::POST && (path.ends_with("/embeddings") || path.ends_with("/embed")) {
            (Wire::OpenAi, Operation::Embeddings)
        } else if method == Method::POST && path.ends_with("/rerank") {
            (Wire::OpenAi, Operation::Rerank)
        } else if method == Method::GET && path.ends_with("/api/tags") {
            (Wire::OpenAi, Operation::Models)
        } else if let Some(media) = media(&path).filter(|_| method == Method::POST) {
            (Wire::OpenAi, media)
        } else if method == Method::GET && path.ends_with("/models") {
            (models_wire(&path, &headers), Operation::Models)
        } else {
            (Wire::OpenAi, Operation::Unknown)
        };
        Self { method, path, query, headers, bytes, body, wire, operation, model }
    }

    pub(super) fn stream(&self) -> Option<StreamForm> {
        match self.operation {
            Operation::Chat { stream } => stream,
            _ => None,
        }
    }

    /// Whether something is asked of a model.
    pub(super) fn is_asked(&self) -> bool {
        !matches!(self.operation, Operation::Models | Operation::Unknown)
    }

    /// Whether it is a list of Cohere's models: by the parameter that Cohere alone has.
    pub(super) fn is_cohere_list(&self) -> bool {
        self.query.iter().any(|(name, _)| name == "page_size")
    }

    /// What a request of its operation must have and this one has not.
    pub(super) fn fault(&self) -> Option<String> {
        let Some(Value::Object(body)) = &self.body else {
            return Some("We could not parse the JSON body of your request.".to_owned());
        };
        let any = |names: &[&str]| names.iter().any(|name| body.contains_key(*name));
        match self.operation {
            Operation::Embeddings if !any(&["input", "texts", "inputs", "content", "requests"]) => {
                return Some("input: expected texts to embed".to_owned());
            }
            Operation::Rerank if !(any(&["query"]) && any(&["documents"])) => {
                return Some("query and documents: expected both".to_owned());
            }
            Operation::Chat { .. } if self.wire == Wire::Completions => {
                return (!any(&["prompt"])).then(|| "prompt: expected a text".to_owned());
            }
            Operation::Images if !any(&["prompt"]) => return Some("prompt: expected a text".to_owned()),
            Operation::Speech | Operation::Moderation if !any(&["input"]) => {
                return Some("input: expected a text".to_owned());
            }
            Operation::Transcription if !any(&["file", "input_audio"]) => {
                return Some("file: expected a sound file".to_owned());
            }
            Operation::Chat { .. } => {}
            _ => return None,
        }
        let name = self.turns_field();
        match body.get(name) {
            Some(Value::Array(turns)) if !turns.is_empty() => None,
            Some(Value::String(_)) if self.wire == Wire::Responses => None,
            _ => Some(format!("{name}: expected an array with one element or more")),
        }
    }

    /// The key that came with the request, wherever the wire has it.
    pub(super) fn key(&self) -> Option<String> {
        let header = |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let named = ["x-api-key", "x-goog-api-key", "api-key"].into_iter().find_map(header);
        let query = || self.query.iter().find(|(name, _)| name == "key").map(|(_, value)| value.clone());
        bearer.or(named).map(str::to_owned).or_else(query)
    }

    /// The text of the last turn of the user.
    pub(super) fn last_said(&self) -> String {
        if self.wire == Wire::Completions {
            let prompt = self.body.as_ref().and_then(|body| body.get("prompt"));
            return match prompt {
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None => String::new(),
            };
        }
        if let Some(text) = self.input_text() {
            return text.to_owned();
        }
        let turns = self.turns();
        let of_user =
            |turn: &&&Value| turn.get("role").and_then(Value::as_str).is_none_or(|role| role == "user");
        let mut text = String::new();
        if let Some(turn) = turns.iter().collect::<Vec<_>>().iter().rev().find(of_user) {
            turn_texts(turn, &mut |part| {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(part);
            });
        }
        text
    }

    /// Words of the whole prompt, system texts included.
    pub(super) fn prompt_words(&self) -> u64 {
        if self.wire == Wire::Completions {
            return count_words(&self.last_said());
        }
        let mut count = 0;
        for turn in self.turns() {
            turn_texts(turn, &mut |part| count += count_words(part));
        }
        if let Some(system) = self.body.as_ref().and_then(|body| body.get("system")) {
            texts(system, &mut |part| count += count_words(part));
        }
        if let Some(instructions) = self.body.as_ref().and_then(|body| body.get("instructions")) {
            texts(instructions, &mut |part| count += count_words(part));
        }
        if let Some(text) = self.input_text() {
            count += count_words(text);
        }
        for name in ["systemInstruction", "system_instruction"] {
            if let Some(system) = self.body.as_ref().and_then(|body| body.get(name)) {
                turn_texts(system, &mut |part| count += count_words(part));
            }
        }
        count
    }

    pub(super) fn include_usage(&self) -> bool {
        let options = self.body.as_ref().and_then(|body| body.get("stream_options"));
        options.and_then(|options| options.get("include_usage")).and_then(Value::as_bool) == Some(true)
    }

    /// The input of a response, where that is one text.
    fn input_text(&self) -> Option<&str> {
        self.body.as_ref()?.get("input")?.as_str().filter(|_| self.wire == Wire::Responses)
    }

    fn turns_field(&self) -> &'static str {
        match self.wire {
            Wire::Gemini => "contents",
            Wire::Responses => "input",
            _ => "messages",
        }
    }

    fn turns(&self) -> &[Value] {
        let turns = self.body.as_ref().and_then(|body| body.get(self.turns_field()));
        turns.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

fn media(path: &str) -> Option<Operation> {
    const PATHS: [(&str, Operation); 6] = [
        ("/images/generations", Operation::Images),
        ("/images/edits", Operation::Images),
        ("/audio/speech", Operation::Speech),
        ("/audio/transcriptions", Operation::Transcription),
        ("/audio/translations", Operation::Transcription),
        ("/moderations", Operation::Moderation),
    ];
    PATHS.into_iter().find(|(end, _)| path.ends_with(end)).map(|(_, operation)| operation)
}

/// `…/models/{model}:{method}`, of Gemini and of Vertex.
fn gemini_method(path: &str) -> Option<(&str, &str)> {
    path.rsplit_once("/models/")?.1.rsplit_once(':')
}

/// `…/model/{model}/converse` or `…/converse-stream`, and whether it is the second.
fn converse(path: &str) -> Option<(&str, bool)> {
    let (before, method) = path.rsplit_once('/')?;
    let model = before.rsplit_once("/model/")?.1;
    match method {
        "converse" => Some((model, false)),
        "converse-stream" => Some((model, true)),
        _ => None,
    }
}

fn models_wire(path: &str, headers: &HeaderMap) -> Wire {
    if headers.contains_key("anthropic-version") {
        Wire::Anthropic
    } else if path.contains("/v1beta/") || headers.contains_key("x-goog-api-key") {
        Wire::Gemini
    } else {
        Wire::OpenAi
    }
}

fn turn_texts(turn: &Value, found: &mut dyn FnMut(&str)) {
    for name in ["content", "parts"] {
        if let Some(content) = turn.get(name) {
            texts(content, found);
        }
    }
}

/// A text, or an array of parts with a `text`.
fn texts(content: &Value, found: &mut dyn FnMut(&str)) {
    match content {
        Value::String(text) => found(text),
        Value::Array(parts) => {
            for text in parts.iter().filter_map(|part| part.get("text")).filter_map(Value::as_str) {
                found(text);
            }
        }
        _ => {}
    }
}

/// Of a query, where `+` is a space.
fn percent_decoded(text: &str) -> String {
    percent_decoded_path(&text.replace('+', " "))
}

fn percent_decoded_path(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code =
            after.get(..2).filter(|_| first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
