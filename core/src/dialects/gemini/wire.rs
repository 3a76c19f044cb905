//! The response as it comes: known fields typed, all others kept.
//!
//! Parts stay maps, because they are handed back verbatim. serde's `flatten`
//! would buffer every field of every piece of a stream; these visitors do not.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// One part of a content, verbatim.
pub(super) type Part = Map<String, Value>;

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

macro_rules! wire_struct {
    ($(#[$meta:meta])* $name:ident { $($key:literal => $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Default)]
        pub(super) struct $name {
            $(pub $field: Option<$type>,)+
            /// Fields not named here.
            pub rest: Map<String, Value>,
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Fields;
                impl<'de> Visitor<'de> for Fields {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("an object (", stringify!($name), ")"))
                    }
                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut fields = $name::default();
                        while let Some(Key(key)) = map.next_key()? {
                            match key.as_ref() {
                                $($key => fields.$field = map.next_value()?,)+
                                _ => {
                                    fields.rest.insert(key.into_owned(), map.next_value()?);
                                }
                            }
                        }
                        Ok(fields)
                    }
                }
                deserializer.deserialize_map(Fields)
            }
        }
    };
}

wire_struct! {
    /// A response, or a piece of a streamed one.
    Response {
        "candidates" => candidates: Vec<Candidate>,
        "promptFeedback" => prompt_feedback: Value,
        "usageMetadata" => usage: UsageMetadata,
        "modelVersion" => model_version: String,
        "responseId" => response_id: String,
        "createTime" => create_time: String,
        "error" => error: Value,
    }
}

wire_struct! {
    Candidate {
        "index" => index: u32,
        "content" => content: Content,
        // A name; a number where the caller asked for `enum-encoding=int`, which we never do.
        "finishReason" => finish_reason: Value,
        "groundingMetadata" => grounding: Map<String, Value>,
        "citationMetadata" => citations: Map<String, Value>,
        "logprobsResult" => logprobs: LogprobsResult,
    }
}

wire_struct! {
    Content {
        "parts" => parts: Vec<Part>,
        "role" => role: String,
    }
}

wire_struct! {
    LogprobsResult {
        "chosenCandidates" => chosen: Vec<TokenCandidate>,
        "topCandidates" => top: Vec<TopCandidates>,
    }
}

wire_struct! {
    TopCandidates {
        "candidates" => candidates: Vec<TokenCandidate>,
    }
}

wire_struct! {
    TokenCandidate {
        "token" => token: String,
        "logProbability" => log_probability: f64,
    }
}

wire_struct! {
    UsageMetadata {
        "promptTokenCount" => prompt: u64,
        "toolUsePromptTokenCount" => tool_use_prompt: u64,
        "candidatesTokenCount" => candidates: u64,
        "responseTokenCount" => response: u64,
        "thoughtsTokenCount" => thoughts: u64,
        "cachedContentTokenCount" => cached: u64,
        "totalTokenCount" => total: u64,
        "promptTokensDetails" => prompt_details: Vec<ModalityCount>,
        "toolUsePromptTokensDetails" => tool_use_details: Vec<ModalityCount>,
        "candidatesTokensDetails" => candidates_details: Vec<ModalityCount>,
        "responseTokensDetails" => response_details: Vec<ModalityCount>,
        "serviceTier" => service_tier: String,
    }
}

wire_struct! {
    ModalityCount {
        "modality" => modality: Value,
        "tokenCount" => count: u64,
    }
}

/// The text of a part that holds text.
pub(super) fn part_text(part: &Part) -> Option<&str> {
    part.get("text").and_then(Value::as_str)
}

/// Whether a part is the model's thinking.
pub(super) fn is_thought(part: &Part) -> bool {
    part.get("thought").and_then(Value::as_bool) == Some(true)
}

/// The signature of a part.
pub(super) fn signature(part: &Part) -> Option<&str> {
    part.get("thoughtSignature").and_then(Value::as_str)
}
