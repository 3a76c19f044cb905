//! Wire formats: encode a request, decode a response, a stream, an error.
//!
//! A dialect is handed typed values and bytes and gives back the same: no I/O,
//! no clock, no URL, no credential, and no provider's name. What one service
//! does differently on the same wire is a [`Quirks`] value of its row.

pub mod anthropic;
mod asked;
mod batches;
pub mod bedrock;
mod body;
mod call_id;
pub mod cohere;
mod count;
mod data_url;
pub mod declared;
pub mod gemini;
mod listing;
pub mod messages;
pub mod ollama;
pub mod openai;
pub mod over_chat;
pub mod path;
mod quirks;
pub mod response_headers;
pub mod responses;
pub mod service;
mod timestamp;
mod tool_names;
mod unsaid;

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use quirks::{OwnSampling, Quirks, ReasoningReplay, StreamUsage};
pub use tool_names::{NameRule, ToolNames};

use crate::error::{Error, Result};
use crate::transport::framing::Frame;
pub use crate::transport::framing::FramingKind;
use crate::types::chat::{ChatCompletion, ChatCompletionChunk, ChatRequest};
use crate::types::operation::{Answer, Operation, Request, StreamItem};
use crate::types::trace::{Translation, TranslationAction};
use crate::types::upload::Upload;

/// Which wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DialectName {
    /// OpenAI chat completions.
    OpenAi,
    /// Anthropic messages.
    Anthropic,
    /// Gemini generateContent.
    Gemini,
    /// Cohere v2.
    Cohere,
    /// Amazon Bedrock's Converse.
    Bedrock,
    /// Ollama's own.
    Ollama,
}

impl DialectName {
    pub const ALL: [Self; 6] =
        [Self::OpenAi, Self::Anthropic, Self::Gemini, Self::Cohere, Self::Bedrock, Self::Ollama];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Cohere => "cohere",
            Self::Bedrock => "bedrock",
            Self::Ollama => "ollama",
        }
    }
}

/// What to do with a parameter that the target cannot honour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Unsupported {
    /// An error that names it. The default.
    #[default]
    Error,
    /// Leave it out and list it in the trace.
    Drop,
}

/// What a dialect needs to know beside the request itself.
#[derive(Clone, Copy, Debug)]
pub struct EncodeContext<'a> {
    /// The upstream model, without the provider in front.
    pub model: &'a str,
    pub stream: bool,
    pub unsupported: Unsupported,
    pub quirks: &'a Quirks,
}

/// A request in wire form.
#[derive(Clone, Debug, Default)]
pub struct EncodedRequest {
    /// Appended to the provider's base URL, percent-encoded, such as `/chat/completions`.
    pub path: String,
    pub query: Vec<(Cow<'static, str>, String)>,
    /// Headers the wire form itself asks for (a beta header), never credentials.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The fields of the body.
    pub body: Map<String, Value>,
    /// How they are written.
    pub form: BodyForm,
    /// Whether it only reads: a GET, without the body.
    pub reads: bool,
    pub translation: Vec<Translation>,
    /// The tools that go by other names than their own.
    pub tool_names: ToolNames,
}

/// How the fields of a body are written.
#[derive(Clone, Debug, Default)]
pub enum BodyForm {
    /// One JSON object.
    #[default]
    Json,
    /// `multipart/form-data`: the fields as texts, and files, each under the name of its field.
    Multipart(Vec<(String, Upload)>),
    /// One JSON object, in whose texts each of these stands for the base64 of a file.
    Inline(Vec<(String, Upload)>),
    /// A file alone, without fields.
    Raw(Upload),
}

/// Collects what happens to parameters on their way into a wire form.
#[derive(Debug)]
pub struct Translator {
    unsupported: Unsupported,
    notes: Vec<Translation>,
}

impl Translator {
    #[must_use]
    pub fn new(unsupported: Unsupported) -> Self {
        Self { unsupported, notes: Vec::new() }
    }

    /// The target has nothing like `param`: an error, or a note where the caller allows it.
    pub fn unsupported(&mut self, param: impl Into<String>, detail: impl Into<String>) -> Result<()> {
        let (param, detail) = (param.into(), detail.into());
        match self.unsupported {
            Unsupported::Drop => {
                self.note(param, TranslationAction::Dropped, detail);
                Ok(())
            }
            Unsupported::Error => Err(Error::bad_request(
                param.clone(),
                format!("unsupported parameter `{param}`: {detail}; `unsupported=\"drop\"` leaves it out"),
            )),
        }
    }

    /// Notes a change that loses nothing the caller would have to allow.
    pub fn note(&mut self, param: impl Into<String>, action: TranslationAction, detail: impl Into<String>) {
        self.notes.push(Translation { param: param.into(), action, detail: detail.into() });
    }

    /// Notes instructions from within the conversation that were moved in front of it,
    /// into `field`: the same words in another place.
    pub fn hoisted(&mut self, place: &str, field: &str) {
        self.note(
            place,
            TranslationAction::Renamed,
            format!("hoisted into `{field}`: the wire has no instructions within a conversation"),
        );
    }

    /// Notes the hints of prompt caching that are left out. They have no say in the
    /// answer: nothing the caller would have to allow.
    pub fn drop_cache_hints(&mut self, request: &ChatRequest, detail: &str) {
        for (param, given) in [
            ("prompt_cache_key", request.prompt_cache_key.is_some()),
            ("prompt_cache_retention", request.prompt_cache_retention.is_some()),
        ] {
            if given {
                self.note(param, TranslationAction::Dropped, detail);
            }
        }
    }

    /// Notes that nothing says that a tool failed, where nothing does.
    pub fn drop_failure_mark(&mut self, place: &str) {
        self.note(
            format!("{place}.is_error"),
            TranslationAction::Dropped,
            "this wire has no mark for a failed tool; the content is sent as it is",
        );
    }

    #[must_use]
    pub fn into_notes(self) -> Vec<Translation> {
        self.notes
    }
}

/// What a dialect's stream machine hands out for each frame.
pub trait ChatStream: Send {
    /// Takes the next frame and appends the chunks it makes to `chunks`.
    ///
    /// An unknown event makes none and is no error. An error event, or an event
    /// that is not what the dialect promises, is an error; what was appended
    /// before stays valid.
    fn frame(&mut self, frame: &Frame, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()>;

    /// The body ended. Appends what was held back. Error `ApiConnection` where
    /// the terminal event never came: the answer is truncated.
    fn end(&mut self, chunks: &mut Vec<ChatCompletionChunk>) -> Result<()>;

    /// Whether the terminal event was seen: what follows may be ignored.
    fn is_done(&self) -> bool;
}

/// Reads the frames of one streamed answer whose events pass as they came.
pub trait EventStream: Send {
    /// Takes the next frame and appends its event to `items`; of the last one with the answer as a whole.
    ///
    /// Errors: as [`ChatStream::frame`].
    fn frame(&mut self, frame: &Frame, items: &mut Vec<StreamItem>) -> Result<()>;

    /// The body ended. Error `ApiConnection` where the last event never came: the answer is truncated.
    fn end(&mut self) -> Result<()>;

    /// Whether the last event was seen.
    fn is_done(&self) -> bool;

    /// The answer so far.
    fn answer(&self) -> Answer;
}

/// A wire format.
pub trait Dialect: Send + Sync {
    fn name(&self) -> DialectName;

    /// Errors: `BadRequest` naming a parameter that the wire cannot say.
    fn encode_chat(&self, request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest>;

    /// Whether the model goes on with an assistant message at the end of this request, and says only
    /// what follows. Where nobody says that it does, it does not.
    fn continues(&self, _request: &ChatRequest, context: &EncodeContext<'_>) -> bool {
        context.quirks.assistant_prefill
    }

    /// Decodes the body of a successful response. `model` is the one asked for.
    /// Errors: `ResponseDecode` with the body, or the error that the body says.
    fn decode_chat(&self, body: &Bytes, model: &str) -> Result<ChatCompletion>;

    /// A machine for one streamed response.
    fn chat_stream(&self, model: &str) -> Box<dyn ChatStream>;

    /// The same for a streamed completion of a text, whose pieces are the content of chunks; none
    /// where the wire has no such streams.
    fn text_stream(&self, _model: &str) -> Option<Box<dyn ChatStream>> {
        None
    }

    /// What can be said in it. A target of a dialect without an operation is left out by routing.
    fn operations(&self) -> &'static [Operation] {
        &[Operation::Chat]
    }

    /// A request of another operation than chat. A list of models is asked for by the page.
    ///
    /// Errors: as [`encode_chat`](Self::encode_chat), and where the wire lacks the operation.
    fn encode_other(&self, request: &Request, _context: &EncodeContext<'_>) -> Result<EncodedRequest> {
        Err(lacks(self.name(), request.operation()))
    }

    /// Decodes the body of a successful response to `request`, or to a piece of it: of the same
    /// parameters, with some of the inputs. Errors: as [`decode_chat`](Self::decode_chat).
    fn decode_other(&self, request: &Request, _body: &Bytes, _model: &str) -> Result<Answer> {
        Err(lacks(self.name(), request.operation()))
    }

    /// Whether a document of plain text goes out as its text, which every model reads, and not as a file, which few
    /// do. A wire that has neither gets none: words of ours around the text would be a prompt that nobody wrote, so
    /// that such a target is left out, and the trace says why.
    fn says_text_documents(&self) -> bool {
        false
    }

    /// The names of tools that the wire takes in an operation; none where nothing is known of it.
    fn tool_name_rule(&self, _operation: Operation) -> Option<NameRule> {
        None
    }

    /// The most inputs of one request for embeddings of a model; more are sent in several.
    fn most_inputs(&self, context: &EncodeContext<'_>) -> Option<usize> {
        context.quirks.most_inputs
    }

    fn framing(&self) -> FramingKind {
        FramingKind::ServerSentEvents
    }

    /// The framing of a streamed answer to an operation. Others than chats are streamed on OpenAI's wire
    /// alone, by whichever service.
    fn framing_of(&self, operation: Operation) -> FramingKind {
        match operation {
            Operation::Chat => self.framing(),
            _ => FramingKind::ServerSentEvents,
        }
    }

    /// The error that a response of another status than 2xx says: kind from its
    /// code or type, else from the status. `body` may be anything.
    fn decode_error(&self, status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Error;
}

/// The dialect of a name.
#[must_use]
pub fn dialect(name: DialectName) -> &'static dyn Dialect {
    match name {
        DialectName::OpenAi => &openai::OpenAi,
        DialectName::Anthropic => &anthropic::Anthropic,
        DialectName::Gemini => &gemini::Gemini,
        DialectName::Cohere => &cohere::Cohere,
        DialectName::Bedrock => &bedrock::Bedrock,
        DialectName::Ollama => &ollama::Ollama,
    }
}

/// The wire form of a request of any operation.
///
/// Errors: `BadRequest` naming a parameter that the wire cannot say, or the operation.
pub fn encode(
    dialect: &dyn Dialect,
    request: &Request,
    context: &EncodeContext<'_>,
) -> Result<EncodedRequest> {
    let rule = dialect.tool_name_rule(request.operation());
    let names = match (request, &rule) {
        (Request::Chat(chat), Some(rule)) => ToolNames::of_chat(chat, rule),
        (Request::CountTokens(count), Some(rule)) => ToolNames::of_chat(&count.chat, rule),
        _ => ToolNames::default(),
    };
    if !names.is_empty() {
        let mut renamed = request.clone();
        match &mut renamed {
            Request::Chat(chat) => names.send(chat),
            Request::CountTokens(count) => names.send(&mut count.chat),
            _ => {}
        }
        let mut encoded = encode_as_it_is(dialect, &renamed, context)?;
        encoded.translation.extend(names.notes());
        encoded.tool_names = names;
        return Ok(encoded);
    }
    let mut encoded = encode_as_it_is(dialect, request, context)?;
    if let (Request::Responses(_) | Request::Messages(_), Some(rule)) = (request, &rule) {
        let names = ToolNames::of_body(&mut encoded.body, rule);
        if !names.is_empty() {
            names.send_body(&mut encoded.body);
            encoded.translation.extend(names.notes());
            encoded.tool_names = names;
        }
    }
    Ok(encoded)
}

fn encode_as_it_is(
    dialect: &dyn Dialect,
    request: &Request,
    context: &EncodeContext<'_>,
) -> Result<EncodedRequest> {
    match request {
        Request::Chat(request) => dialect.encode_chat(request, context),
        other => match declared::wire(context.quirks, other.operation(), context.model) {
            Some(wire) => wire.encode(other, context),
            None => dialect.encode_other(other, context),
        },
    }
}

/// The answer to a request of any operation, from the body of a successful response.
///
/// Errors: `ResponseDecode` with the body, or the error that the body says.
pub fn decode(dialect: &dyn Dialect, request: &Request, body: &Bytes, model: &str) -> Result<Answer> {
    match request {
        Request::Chat(_) => dialect.decode_chat(body, model).map(Answer::Chat),
        other => dialect.decode_other(other, body, model),
    }
}

/// The error of an operation that a wire has not.
fn lacks(name: DialectName, operation: Operation) -> Error {
    let message = format!("the dialect `{}` has no operation `{}`", name.as_str(), operation.as_str());
    Error::bad_request("model", message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn encode(name: DialectName, fields: Value) -> EncodedRequest {
        let mut request =
            json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "q"}]});
        request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let quirks = Quirks::default();
        let context =
            EncodeContext { model: "m", stream: false, unsupported: Unsupported::Error, quirks: &quirks };
        dialect(name).encode_chat(&ChatRequest::from_value(request).unwrap(), &context).unwrap()
    }

    fn notes(encoded: &EncodedRequest) -> Vec<(&str, TranslationAction)> {
        encoded.translation.iter().map(|note| (note.param.as_str(), note.action)).collect()
    }

    #[test]
    fn hints_of_prompt_caching_are_dropped_with_a_note_and_never_an_error() {
        for name in DialectName::ALL.into_iter().filter(|name| *name != DialectName::OpenAi) {
            let hints = json!({"prompt_cache_key": "key", "prompt_cache_retention": "24h"});
            let encoded = encode(name, hints);
            let dropped = TranslationAction::Dropped;
            assert_eq!(notes(&encoded), [("prompt_cache_key", dropped), ("prompt_cache_retention", dropped)]);
            assert!(encoded.body.keys().all(|key| !key.contains("cache")), "{:?}", encoded.body);
        }
    }

    #[test]
    fn hoisted_instructions_are_renamed_on_every_wire_that_has_none_within_a_conversation() {
        for (name, field) in [
            (DialectName::Anthropic, "system"),
            (DialectName::Gemini, "systemInstruction"),
            (DialectName::Bedrock, "system"),
            (DialectName::Cohere, "messages"),
        ] {
            let encoded = encode(
                name,
                json!({"messages": [{"role": "user", "content": "q"}, {"role": "system", "content": "late"}]}),
            );
            assert_eq!(notes(&encoded), [("messages[1]", TranslationAction::Renamed)]);
            assert!(encoded.body[field].to_string().contains("late"));
        }
    }
}
