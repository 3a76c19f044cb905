//! What filters and strategies want to know of a request, found once.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::stable_hash::stable_hash;
use super::state::Delivery;
use crate::types::chat::{
    ChatRequest, Content, ContentPart, Message, ReasoningEffort, ReasoningOptions, ResponseFormat,
};
use crate::types::limits::InputTokens;
use crate::types::messages::MessagesRequest;
use crate::types::operation::{Operation, Request};
use crate::types::responses::{ResponsesInput, ResponsesRequest};
use crate::types::routing::{Capabilities, Capability, RoutingOptions};
use crate::types::routing_trace::RequestRecord;
use crate::types::surface::text_of;

/// Tokens of output that a request is reckoned with unless it says otherwise: a
/// neutral guess, the same for every target.
const DEFAULT_EXPECTED_OUTPUT_TOKENS: u64 = 256;

/// One request, as routing sees it.
#[derive(Clone, Debug, Default)]
pub struct RequestFacts {
    pub operation: Operation,
    pub needs: Capabilities,
    /// Tokens of the input, estimated.
    pub input_tokens: u64,
    /// Tokens of the largest of several inputs, each of which has the context window for itself.
    pub largest_input_tokens: Option<u64>,
    /// The most tokens of output that it allows.
    pub output_limit: Option<u64>,
    pub expected_output_tokens: u64,
    pub options: Arc<RoutingOptions>,
    session_key: Option<u64>,
    prompt_key: Option<u64>,
}

impl RequestFacts {
    /// `stream`: whether the answer is streamed.
    #[must_use]
    pub fn of(
        request: &ChatRequest,
        options: &Arc<RoutingOptions>,
        stream: bool,
        estimated_input_tokens: u64,
    ) -> Self {
        let output_limit = request.max_completion_tokens.or(request.max_tokens);
        Self {
            operation: Operation::Chat,
            needs: needs(request, stream),
            largest_input_tokens: None,
            input_tokens: estimated_input_tokens,
            output_limit,
            expected_output_tokens: expected_output(options, output_limit),
            session_key: options.session.as_deref().map(session_key),
            prompt_key: None,
            options: Arc::clone(options),
        }
    }

    /// The same of a request of any operation. `estimated`: the tokens of all its input.
    #[must_use]
    pub fn of_request(
        request: &Request,
        options: &Arc<RoutingOptions>,
        stream: bool,
        estimated: InputTokens,
    ) -> Self {
        match request {
            Request::Chat(chat) => Self::of(chat, options, stream, estimated.all),
            Request::CountTokens(request) => Self {
                operation: Operation::CountTokens,
                // What cannot read the request cannot say how much it is. That it is too much for a
                // window is what one counts for.
                needs: needs(&request.chat, false),
                session_key: options.session.as_deref().map(session_key),
                options: Arc::clone(options),
                ..Self::default()
            },
            Request::Completions(request) => {
                let most = request.max_tokens.unwrap_or(u64::MAX);
                let expected = options.expected_output_tokens.unwrap_or(DEFAULT_EXPECTED_OUTPUT_TOKENS);
                let streaming = stream.then_some(Capability::Streaming);
                Self {
                    operation: Operation::Completions,
                    needs: streaming.into_iter().collect(),
                    input_tokens: estimated.all,
                    largest_input_tokens: estimated.largest,
                    output_limit: request.max_tokens,
                    expected_output_tokens: expected.min(most),
                    session_key: options.session.as_deref().map(session_key),
                    options: Arc::clone(options),
                    ..Self::default()
                }
            }
            Request::Responses(asked) => {
                let needs = needs_of_response(asked, stream);
                Self::of_surface(request, options, estimated, (needs, asked.max_output_tokens))
            }
            Request::Messages(asked) => {
                let needs = needs_of_message(asked, stream);
                Self::of_surface(request, options, estimated, (needs, Some(asked.max_tokens)))
            }
            other => Self {
                operation: other.operation(),
                input_tokens: estimated.all,
                largest_input_tokens: estimated.largest,
                session_key: options.session.as_deref().map(session_key),
                options: Arc::clone(options),
                ..Self::default()
            },
        }
    }

    /// Of a request that a chat can stand for.
    fn of_surface(
        request: &Request,
        options: &Arc<RoutingOptions>,
        estimated: InputTokens,
        (needs, output_limit): (Capabilities, Option<u64>),
    ) -> Self {
        Self {
            operation: request.operation(),
            needs,
            input_tokens: estimated.all,
            output_limit,
            expected_output_tokens: expected_output(options, output_limit),
            session_key: options.session.as_deref().map(session_key),
            options: Arc::clone(options),
            ..Self::default()
        }
    }

    /// With the need of a request for a response or a message that no chat can say; where what cannot be said may
    /// be dropped, it is no need.
    #[must_use]
    pub fn with_unsaid(mut self, request: &Request) -> Self {
        if request.first_beyond_chat().is_some() {
            self.needs = self.needs.with(match self.operation {
                Operation::Messages => Capability::NativeMessages,
                _ => Capability::NativeResponses,
            });
        }
        self
    }

    /// All that a target must have.
    #[must_use]
    pub const fn required(&self) -> Capabilities {
        self.needs.with(self.operation.capability())
    }

    /// With the hash of the prompt's start, for strategies that
    /// [use it](super::policies::Strategy::uses_prompt_key): it costs a pass over the text.
    #[must_use]
    pub fn with_prompt_key(mut self, request: &ChatRequest) -> Self {
        self.prompt_key = Some(prompt_key(request));
        self
    }

    /// The same of a request of any operation; of most there is none.
    #[must_use]
    pub fn with_prompt_key_of(mut self, request: &Request) -> Self {
        self.prompt_key = match request {
            Request::Chat(request) => Some(prompt_key(request)),
            Request::Responses(request) => Some(prompt_key_of_response(request)),
            Request::Messages(request) => Some(prompt_key_of_message(request)),
            _ => None,
        };
        self
    }

    /// The hash of the session, where the request names one.
    #[must_use]
    pub const fn session_key(&self) -> Option<u64> {
        self.session_key
    }

    /// The hash of the prompt's start, where it was taken.
    #[must_use]
    pub const fn prompt_key(&self) -> Option<u64> {
        self.prompt_key
    }

    /// Tokens that must fit a context window: the input and all output allowed.
    #[must_use]
    pub fn window_tokens(&self) -> u64 {
        self.largest_input_tokens.unwrap_or(self.input_tokens).saturating_add(self.output_limit.unwrap_or(0))
    }

    /// How the answer is to come.
    #[must_use]
    pub const fn delivery(&self) -> Delivery {
        if self.needs.contains(Capability::Streaming) { Delivery::Streamed } else { Delivery::Plain }
    }

    /// Expected tokens of output, as a number to reckon with.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "exact below 2^53")]
    pub const fn expected_output(&self) -> f64 {
        self.expected_output_tokens as f64
    }

    /// For the trace.
    #[must_use]
    pub fn record(&self) -> RequestRecord {
        RequestRecord {
            operation: self.operation,
            largest_input_tokens: self.largest_input_tokens,
            needs: self.needs,
            input_tokens: self.input_tokens,
            output_limit: self.output_limit,
            expected_output_tokens: self.expected_output_tokens,
            provider: self.options.provider.clone(),
            tags: self.options.tags.clone(),
            region: self.options.region.clone(),
            residency: self.options.residency.clone(),
            data_policy: self.options.data_policy.clone(),
            allow_degraded: self.options.allow_degraded,
            session_key: self.session_key,
            prompt_key: self.prompt_key,
        }
    }

    /// From the trace.
    #[must_use]
    pub fn recorded(record: &RequestRecord) -> Self {
        Self {
            operation: record.operation,
            largest_input_tokens: record.largest_input_tokens,
            needs: record.needs,
            input_tokens: record.input_tokens,
            output_limit: record.output_limit,
            expected_output_tokens: record.expected_output_tokens,
            options: Arc::new(RoutingOptions {
                provider: record.provider.clone(),
                tags: record.tags.clone(),
                region: record.region.clone(),
                residency: record.residency.clone(),
                data_policy: record.data_policy.clone(),
                allow_degraded: record.allow_degraded,
                ..RoutingOptions::default()
            }),
            session_key: record.session_key,
            prompt_key: record.prompt_key,
        }
    }
}

fn expected_output(options: &RoutingOptions, limit: Option<u64>) -> u64 {
    let expected = options.expected_output_tokens.unwrap_or(DEFAULT_EXPECTED_OUTPUT_TOKENS);
    expected.min(limit.unwrap_or(u64::MAX))
}

fn needs_of_response(request: &ResponsesRequest, stream: bool) -> Capabilities {
    use Capability as C;
    let tools = request.tools.iter().flatten();
    let tools =
        tools.filter(|tool| tool.get("type").is_some_and(|kind| kind == "function" || kind == "custom"));
    let tools = tools.count() > 0;
    let format = request.text.as_ref().and_then(|text| text.get("format")?.get("type")?.as_str());
    let thinks =
        ResponsesRequest::text_in(&request.reasoning, "effort").is_some_and(|effort| effort != "none");
    [
        (C::Tools, tools),
        (C::ParallelTools, tools && request.parallel_tool_calls == Some(true)),
        (C::JsonSchema, format == Some("json_schema")),
        (C::JsonMode, format == Some("json_object")),
        (C::Reasoning, thinks),
        (C::Streaming, stream),
        (C::Logprobs, request.top_logprobs.is_some_and(|top| top > 0)),
        (C::Vision, request.has_part("input_image")),
        (C::Document, request.has_document(false)),
        (C::TextDocument, request.has_document(true)),
        (C::AudioInput, request.has_part("input_audio")),
    ]
    .into_iter()
    .filter(|(_, needed)| *needed)
    .map(|(need, _)| need)
    .collect()
}

fn needs_of_message(request: &MessagesRequest, stream: bool) -> Capabilities {
    use Capability as C;
    let own = |tool: &Map<String, Value>| matches!(text_of(tool, "type"), "" | "custom");
    let thinks = request.thinking.as_ref().is_some_and(|thinking| text_of(thinking, "type") != "disabled");
    [
        (C::Tools, request.tools.iter().flatten().any(own)),
        (C::JsonSchema, request.format().is_some_and(|format| !format.is_null())),
        (C::Reasoning, thinks),
        (C::Streaming, stream),
        (C::Vision, request.has_block("image")),
        (C::Document, request.has_document(false)),
        (C::TextDocument, request.has_document(true)),
    ]
    .into_iter()
    .filter(|(_, needed)| *needed)
    .map(|(need, _)| need)
    .collect()
}

fn needs(request: &ChatRequest, stream: bool) -> Capabilities {
    use Capability as C;
    let tools = request.tools.as_ref().is_some_and(|tools| !tools.is_empty());
    let has = |modality: &str| request.modalities.iter().flatten().any(|given| given == modality);
    let schema = matches!(request.response_format, Some(ResponseFormat::JsonSchema { .. }));
    let json = matches!(request.response_format, Some(ResponseFormat::JsonObject));
    let logprobs = request.logprobs == Some(true) || request.top_logprobs.is_some_and(|top| top > 0);
    let of_parameters = [
        (C::Tools, tools),
        (C::ParallelTools, tools && request.parallel_tool_calls == Some(true)),
        (C::JsonSchema, schema),
        (C::JsonMode, json),
        (C::Reasoning, wants_reasoning(request)),
        (C::Streaming, stream),
        (C::Logprobs, logprobs),
        (C::AudioOutput, request.audio.is_some() || has("audio")),
        (C::ImageOutput, has("image")),
    ];
    let of_parameters = of_parameters.into_iter().filter(|(_, needed)| *needed).map(|(need, _)| need);
    request.messages.iter().flat_map(Message::parts).filter_map(need_of).chain(of_parameters).collect()
}

/// A need to think; that it must not is none.
fn wants_reasoning(request: &ChatRequest) -> bool {
    let effort = |effort: &ReasoningEffort| *effort != ReasoningEffort::None;
    let asks = |options: &ReasoningOptions| {
        options.enabled != Some(false)
            && (options.enabled == Some(true)
                || options.max_tokens.is_some_and(|most| most > 0)
                || options.effort.as_ref().is_some_and(effort))
    };
    request.reasoning_effort.as_ref().is_some_and(effort) || request.reasoning.as_ref().is_some_and(asks)
}

fn need_of(part: &ContentPart) -> Option<Capability> {
    match part {
        ContentPart::ImageUrl(_) => Some(Capability::Vision),
        ContentPart::InputAudio(_) => Some(Capability::AudioInput),
        ContentPart::File(file) if file.is_text() => Some(Capability::TextDocument),
        ContentPart::File(_) | ContentPart::DocumentUrl(_) => Some(Capability::Document),
        ContentPart::VideoUrl(_) => Some(Capability::Video),
        ContentPart::Text(_) | ContentPart::Refusal(_) | ContentPart::Native(_) => None,
    }
}

/// The hash of a session's name.
fn session_key(session: &str) -> u64 {
    stable_hash(session.as_bytes(), 0)
}

/// The hash of all that comes before the first message of the user's, and of it:
/// the part that later turns of the conversation, and conversations with the
/// same instructions and document, share. Tools are not in it: they are equal
/// wherever the instructions are, and cost time to hash.
///
/// Each text (of media: URL, data or file id) is hashed with the hash so far as
/// its seed, and its role or type before it.
fn prompt_key(request: &ChatRequest) -> u64 {
    let mut hash = 0;
    let mut add = |text: &str| hash = stable_hash(text.as_bytes(), hash);
    for message in &request.messages {
        add(message.role());
        match message.content() {
            Some(Content::Text(text)) => {
                // As the one text part that it is equal to.
                add("text");
                add(text);
            }
            Some(Content::Parts(parts)) => parts.iter().for_each(|part| add_part(part, &mut add)),
            None => {}
        }
        if matches!(message, Message::User(_)) {
            break;
        }
    }
    hash
}

/// The same of a request for a response: equal texts in equal roles give the key of the chat that says them.
fn prompt_key_of_response(request: &ResponsesRequest) -> u64 {
    let mut hash = 0;
    let mut add = |text: &str| hash = stable_hash(text.as_bytes(), hash);
    if let Some(instructions) = &request.instructions {
        ["system", "text", instructions].into_iter().for_each(&mut add);
    }
    if let ResponsesInput::Text(text) = &request.input {
        ["user", "text", text].into_iter().for_each(&mut add);
    }
    for item in request.input.items() {
        add(item.text("role"));
        match item.0.get("content") {
            Some(Value::String(text)) => ["text", text].into_iter().for_each(&mut add),
            _ => {
                for part in item.parts("content").iter().filter_map(Value::as_object) {
                    let given = ["text", "image_url", "file_data", "file_url", "file_id"];
                    let given = given.into_iter().find_map(|name| Some((name, part.get(name)?.as_str()?)));
                    let (name, said) = given.unwrap_or_default();
                    [name, said].into_iter().for_each(&mut add);
                }
            }
        }
        if item.text("role") == "user" {
            break;
        }
    }
    hash
}

/// The same of a request for a message.
fn prompt_key_of_message(request: &MessagesRequest) -> u64 {
    let mut hash = 0;
    let mut add = |text: &str| hash = stable_hash(text.as_bytes(), hash);
    let system = request.system.iter().map(|system| ("system", Some(system)));
    let turns = request.messages.iter().map(|turn| (text_of(turn, "role"), turn.get("content")));
    for (role, content) in system.chain(turns) {
        add(role);
        match content {
            Some(Value::String(text)) => ["text", text].into_iter().for_each(&mut add),
            content => {
                for block in
                    content.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
                {
                    let source = block.get("source").and_then(Value::as_object);
                    let given = ["url", "data", "file_id"].into_iter();
                    let media = source.and_then(|source| given.map(|name| text_of(source, name)).max());
                    [text_of(block, "type"), media.unwrap_or_else(|| text_of(block, "text"))]
                        .into_iter()
                        .for_each(&mut add);
                }
            }
        }
        if role == "user" {
            break;
        }
    }
    hash
}

fn add_part(part: &ContentPart, add: &mut impl FnMut(&str)) {
    add(part.part_type());
    match part {
        ContentPart::Text(part) => add(&part.text),
        ContentPart::ImageUrl(part) => add(&part.image_url.url),
        ContentPart::InputAudio(part) => add(&part.input_audio.data),
        ContentPart::File(part) => {
            let given = part.file.file_id.as_ref().or(part.file.file_data.as_ref());
            add(given.map_or("", String::as_str));
        }
        ContentPart::DocumentUrl(part) => add(&part.document_url.to_string()),
        ContentPart::VideoUrl(part) => add(&part.video_url.url),
        ContentPart::Refusal(part) => add(&part.refusal),
        ContentPart::Native(part) => add(&part.block.to_string()),
    }
}

#[cfg(test)]
#[path = "request_facts_tests.rs"]
mod tests;
