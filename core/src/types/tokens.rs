//! Counting the tokens of a chat request before it is sent.
//!
//! What is counted is the request of a chat itself, so that the same fields can be counted and then
//! sent. Three ways lead to a number, and an answer says which it was: the service's own count, a
//! vocabulary of the user's, or a rule of thumb. No wire format goes in here.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::chat::ChatRequest;
use super::trace::Trace;
use crate::error::{Error, Result};

/// A request to count the tokens of a chat request's input.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CountTokensRequest {
    /// What is counted.
    #[serde(flatten)]
    pub chat: ChatRequest,
    /// How to count. Default: `vocabulary` where one is given, else `provider` where one of the
    /// targets counts, else `estimate`. `provider` is an error where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<CountMethod>,
    /// The path of a file of OpenAI's published form, such as `o200k_base.tiktoken`: a line for each
    /// token, its bytes as base64 and its rank. It is read once, and nothing is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<String>,
}

/// How tokens were counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CountMethod {
    /// By the service that would answer.
    Provider,
    /// By a vocabulary of the user's.
    Vocabulary,
    /// By a rule of thumb: four characters a token.
    #[default]
    Estimate,
}

/// The number of tokens of a chat request's input. Unknown fields of the provider's are in
/// `provider_fields`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TokenCount {
    /// Tokens of messages, tools and all else that the model would read.
    #[serde(default)]
    pub input_tokens: u64,
    /// Whether it is an estimate. A rule of thumb is off by 45 % for half of all requests, more for
    /// very short ones and for media; of a service or vocabulary that counts texts alone, what stands
    /// around the texts (roles, tools, media) is estimated.
    #[serde(default)]
    pub estimated: bool,
    /// Who counted.
    #[serde(default)]
    pub method: CountMethod,
    /// The model it was counted for, in the provider's words; as asked for where none was asked.
    #[serde(default)]
    pub model: String,
    /// The provider's id of the request, from the response's headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How the request was routed and what was tried. Counting is not priced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<Trace>>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}

impl CountTokensRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(mut fields: Map<String, Value>) -> Result<Self> {
        let method = match fields.shift_remove("method") {
            None | Some(Value::Null) => None,
            Some(value) => Some(serde_json::from_value(value).map_err(|_| {
                let message = "method: must be `provider`, `vocabulary` or `estimate`";
                Error::bad_request("method", message)
            })?),
        };
        let vocabulary = match fields.shift_remove("vocabulary") {
            None | Some(Value::Null) => None,
            Some(Value::String(path)) if !path.is_empty() => Some(path),
            Some(_) => {
                let message = "vocabulary: must be the path of a `.tiktoken` file";
                return Err(Error::bad_request("vocabulary", message));
            }
        };
        if method == Some(CountMethod::Vocabulary) && vocabulary.is_none() {
            let message = "method: `vocabulary` needs the path of one in `vocabulary`";
            return Err(Error::bad_request("method", message));
        }
        let chat = ChatRequest::from_value(Value::Object(fields))?;
        chat.validate()?;
        Ok(Self { chat, method, vocabulary })
    }

    /// How it is to be counted; `None`: by a provider that counts, else by rule of thumb.
    #[must_use]
    pub fn wanted(&self) -> Option<CountMethod> {
        self.method.or_else(|| self.vocabulary.as_ref().map(|_| CountMethod::Vocabulary))
    }
}

impl TokenCount {
    /// As a service said it.
    #[must_use]
    pub fn counted(input_tokens: u64, model: &str) -> Self {
        let method = CountMethod::Provider;
        Self { input_tokens, method, model: model.to_owned(), ..Self::default() }
    }
}
