//! `roocode/_create.py`: the signatures of each `create`; of a chat one overload for each
//! type of `stream`, and the one with all parameters that `inspect` shows. It is
//! imported by who looks at them alone: at run time one method takes them all.
//! And `create_document.rs`: what `help` says of it, which has to be there at once.

use std::fmt::Write as _;

use crate::model::{Field, Model, Shape};
use crate::python::{HEADER, Side, annotation, docstring, wrapped};

/// Something that can be asked: what its classes and its document are called, its root
/// among the requests, its reply, and its first sentence.
struct Operation {
    class: &'static str,
    document: &'static str,
    root: &'static str,
    reply: &'static str,
    method: &'static str,
    /// What its stream is called, if it has one.
    stream: Option<&'static str>,
    /// Whether there is a form of it that gives the HTTP response.
    raw: bool,
    /// How many of its own fields may be given by their place, and that it takes no others.
    by_place: usize,
    /// Parameters and options that say nothing to it.
    without: &'static [&'static str],
    doc: &'static str,
}

const OPERATIONS: [Operation; 16] = [
    Operation {
        class: "Completions",
        document: "CREATE",
        root: "ChatRequest",
        reply: "ChatCompletion",
        method: "create",
        stream: Some("ChatStream"),
        raw: true,
        by_place: 0,
        without: &[],
        doc: "Asks for a chat completion.",
    },
    Operation {
        class: "Embeddings",
        document: "EMBEDDINGS",
        root: "EmbeddingsRequest",
        reply: "Embeddings",
        method: "create",
        stream: None,
        raw: true,
        by_place: 0,
        without: &["stream_recovery"],
        doc: "Asks for the vectors of texts.",
    },
    Operation {
        class: "Rerank",
        document: "RERANK",
        root: "RerankRequest",
        reply: "Reranking",
        method: "create",
        stream: None,
        raw: true,
        by_place: 0,
        without: &["stream_recovery"],
        doc: "Asks for documents by their relevance to a query.",
    },
    Operation {
        class: "Models",
        document: "MODELS",
        root: "ModelsRequest",
        reply: "ModelList",
        method: "list",
        stream: None,
        raw: false,
        by_place: 0,
        without: &["extra_body", "stream_recovery", "unsupported"],
        doc: "Asks every active provider that has a key and such a list for its models, and puts the lists together. \
              With `provider` that one alone is asked. A provider that fails is told of among the `providers` of \
              the list; it is an error where it is the only one, or all fail.",
    },
    Operation {
        class: "Calls",
        document: "CALL",
        root: "ServiceRequest",
        reply: "ServiceReply",
        method: "call",
        stream: None,
        raw: true,
        by_place: 2,
        without: &["stream_recovery"],
        doc: "Asks for an operation that providers declare, such as `sms.send`.",
    },
    Operation {
        class: "Tokens",
        document: "TOKENS",
        root: "CountTokensRequest",
        reply: "TokenCount",
        method: "count",
        stream: None,
        raw: true,
        by_place: 0,
        without: OF_ANSWERS,
        doc: "Counts the tokens of a chat request's input, by the service that would answer where it counts, \
              else by a rule of thumb; the result says which. The fields are those of a chat: what says \
              nothing of the input has no effect.",
    },
    Operation {
        class: "TextCompletions",
        document: "TEXT_COMPLETIONS",
        root: "CompletionRequest",
        reply: "Completion",
        method: "create",
        stream: Some("CompletionStream"),
        raw: true,
        by_place: 0,
        without: &["stream_recovery"],
        doc: "Asks for what follows a text, in OpenAI's older API.",
    },
    Operation {
        class: "Batches",
        document: "BATCHES",
        root: "CreateBatchRequest",
        reply: "Batch",
        method: "create",
        stream: None,
        raw: false,
        by_place: 0,
        without: &["coalesce", "extra_body", "stream_recovery"],
        doc: "Hands in many chats at once, which one provider answers within a day at a lower price.",
    },
    Operation {
        class: "Images",
        document: "IMAGES",
        root: "ImagesRequest",
        reply: "Images",
        method: "generate",
        stream: None,
        raw: true,
        by_place: 0,
        without: &["stream_recovery"],
        doc: "Asks for images.",
    },
    Operation {
        class: "ImageEdits",
        document: "IMAGE_EDITS",
        root: "ImageEditsRequest",
        reply: "Images",
        method: "edit",
        stream: None,
        raw: true,
        by_place: 0,
        without: &["stream_recovery"],
        doc: "Asks for images that are made of others.",
    },
    Operation {
        class: "Speech",
        document: "SPEECH",
        root: "SpeechRequest",
        reply: "Speech",
        method: "create",
        stream: None,
        raw: true,
        by_place: 0,
        without: &["stream_recovery"],
        doc: "Has a text read aloud.",
    },
    Operation {
        class: "Transcriptions",
        document: "TRANSCRIPTIONS",
        root: "TranscriptionRequest",
        reply: "Transcription",
        method: "create",
        stream: None,
        raw: true,
        by_place: 0,
        without: &["stream_recovery"],
        doc: "Asks for the text of speech.",
    },
    Operation {
        class: "Translations",
        document: "TRANSLATIONS",
        root: "TranscriptionRequest",
        reply: "Transcription",
        method: "create",
        stream: None,
        raw: true,
        by_place: 0,
        without: &["stream_recovery", "language", "timestamp_granularities"],
        doc: "Asks for the text of speech in English.",
    },
    Operation {
        class: "Moderations",
        document: "MODERATIONS",
        root: "ModerationRequest",
        reply: "Moderation",
        method: "create",
        stream: None,
        raw: true,
        by_place: 0,
        without: &["stream_recovery"],
        doc: "Asks whether texts or images are objectionable.",
    },
    Operation {
        class: "Responses",
        document: "RESPONSES",
        root: "ResponsesRequest",
        reply: "ModelResponse",
        method: "create",
        stream: Some("ResponseStream"),
        raw: true,
        by_place: 0,
        without: &["stream_recovery"],
        doc: "Asks for a response, as OpenAI's Responses API has it: of providers that have that API itself, and of \
              all others by a chat completion.",
    },
    Operation {
        class: "Messages",
        document: "MESSAGES",
        root: "MessagesRequest",
        reply: "MessageReply",
        method: "create",
        stream: Some("MessageStream"),
        raw: true,
        by_place: 0,
        without: &["stream_recovery"],
        doc: "Asks for a message, as Anthropic's Messages have it: of providers of that wire, and of all others by a \
              chat completion.",
    },
];

/// Fields of a chat that say nothing of its input.
const OF_ANSWERS: &[&str] = &[
    "audio",
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "metadata",
    "modalities",
    "n",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream",
    "stream_options",
    "stream_recovery",
    "temperature",
    "top_k",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
    "web_search_options",
];

pub fn emit(model: &Model) -> String {
    let replies: Vec<&str> = model.replies.iter().map(|declaration| declaration.name.as_str()).collect();
    let body: String = OPERATIONS.iter().map(|operation| operation.classes(model, &replies)).collect();
    let mut imports: Vec<String> = Vec::new();
    for word in body.split(|character: char| !character.is_ascii_alphanumeric()) {
        let known = word.strip_suffix("Param").map_or_else(
            || replies.contains(&word),
            |name| model.requests.iter().any(|declaration| declaration.name == name),
        );
        if known && !imports.iter().any(|import| import == word) {
            imports.push(word.to_owned());
        }
    }
    imports.sort();
    let imports: String = imports.iter().map(|name| format!("    {name},\n")).collect();
    format!(
        "{HEADER}from __future__ import annotations\n\n\
         from collections.abc import Mapping, Sequence\n\
         from typing import Any, Literal, overload\n\n\
         from ._raw import RawResponse\n\
         from ._streams import (\n    AsyncChatStream,\n    AsyncCompletionStream,\n    AsyncMessageStream,\n    \
         AsyncResponseStream,\n    ChatStream,\n    CompletionStream,\n    MessageStream,\n    ResponseStream,\n)\n\
         from .types import (\n{imports})\n{body}"
    )
}

/// `bindings-python/src/create_document.rs`.
pub fn emit_document(model: &Model) -> String {
    let mut all = "//! Generated from the Rust types by `make generate`. Do not edit.\n".to_owned();
    for operation in &OPERATIONS {
        let text = wrapped(&operation.described(model), 88).join("\n");
        let _ = write!(
            all,
            "\n/// What `create` says of itself and its parameters.\n\
             #[rustfmt::skip]\n\
             pub const {}: &str = r##\"{text}\n\"##;\n",
            operation.document
        );
    }
    all
}

impl Operation {
    fn fields<'a>(&self, model: &'a Model) -> impl Iterator<Item = &'a Field> + use<'a> {
        let root = model.requests.iter().find(|declaration| declaration.name == self.root);
        let root = match root.map(|root| &root.shape) {
            Some(Shape::Object { fields, .. }) => fields.as_slice(),
            _ => &[],
        };
        let without = self.without;
        root.iter().chain(&model.options).filter(move |field| !without.contains(&field.name.as_str()))
    }

    /// The parameters that must be given, and those that may; without `stream`.
    fn parameters<'a>(&self, model: &'a Model) -> (Vec<&'a Field>, Vec<&'a Field>) {
        self.fields(model).filter(|field| field.name != "stream").partition(|field| field.required)
    }

    fn described(&self, model: &Model) -> String {
        let (required, optional): (Vec<_>, Vec<_>) = self.fields(model).partition(|field| field.required);
        let mut text = self.doc.to_owned();
        for field in required.into_iter().chain(optional) {
            if !field.doc.is_empty() {
                let _ = write!(text, "\n\n`{}`: {}", field.name, field.doc);
            }
        }
        text
    }

    /// Plain and raw, each `async` or not.
    fn classes(&self, model: &Model, replies: &[&str]) -> String {
        let mut text = String::new();
        for raw in [false, true].into_iter().filter(|raw| self.raw || !raw) {
            for (before, def) in [("", "def"), ("Async", "async def")] {
                let wrapped = |name: &str| if raw { format!("RawResponse[{name}]") } else { name.to_owned() };
                let (middle, class) = (if raw { "Raw" } else { "" }, self.class);
                let _ = write!(text, "\nclass {before}{middle}{class}Signature:\n");
                let reply = wrapped(self.reply);
                text += &match self.stream {
                    Some(stream) => {
                        let stream = wrapped(&format!("{before}{stream}"));
                        self.streaming(model, replies, (def, &reply, &stream))
                    }
                    None => self.plain(model, replies, (def, &reply)),
                };
            }
        }
        text
    }

    fn streaming(&self, model: &Model, replies: &[&str], (def, reply, stream): (&str, &str, &str)) -> String {
        let (required, optional) = self.parameters(model);
        let mut body = String::new();
        for (streaming, returns) in [
            ("stream: Literal[False] | None = ...", reply.to_owned()),
            ("stream: Literal[True]", stream.to_owned()),
            ("stream: bool", format!("{reply} | {stream}")),
        ] {
            let _ = write!(body, "    @overload\n    {def} create(\n        self,\n        *,\n");
            for field in &required {
                body += &parameter(field, "", replies);
            }
            let _ = writeln!(body, "        {streaming},");
            for field in &optional {
                body += &parameter(field, " = ...", replies);
            }
            let _ = write!(body, "    ) -> {returns}:\n{}", docstring(&self.described(model), "        "));
            body += "        ...\n\n";
        }
        // What it does not know goes to the provider, as at run time.
        let _ = write!(body, "    {def} create(\n        self,\n        *,\n");
        for field in &required {
            body += &parameter(field, "", replies);
        }
        body += "        stream: bool | None = None,\n";
        for field in &optional {
            body += &parameter(field, " = None", replies);
        }
        let _ = write!(
            body,
            "        **fields: Any,\n    ) -> {reply} | {stream}:\n        raise NotImplementedError\n\n"
        );
        body
    }

    fn plain(&self, model: &Model, replies: &[&str], (def, reply): (&str, &str)) -> String {
        let (required, optional) = self.parameters(model);
        let mut body = format!("    {def} {}(\n        self,\n", self.method);
        let required = required.into_iter().map(|field| (field, ""));
        let fields = required.chain(optional.into_iter().map(|field| (field, " = None")));
        for (place, (field, default)) in fields.enumerate() {
            if place == self.by_place {
                body += "        *,\n";
            }
            body += &parameter(field, default, replies);
        }
        // What it does not know goes to the provider; a list and an operation take nothing of that kind.
        if self.raw && self.by_place == 0 {
            body += "        **fields: Any,\n";
        }
        let _ = write!(
            body,
            "    ) -> {reply}:\n{}        raise NotImplementedError\n\n",
            docstring(&self.described(model), "        ")
        );
        body
    }
}

fn parameter(field: &Field, default: &str, replies: &[&str]) -> String {
    format!("        {}: {}{default},\n", field.name, annotation(&field.ty, Side::Request, replies))
}
