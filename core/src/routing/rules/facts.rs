//! What rules and splits may know of a request.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// One request, as rules see it: borrowed, so that making it costs nothing. No
/// text of the conversation may go in here: a rule that reads prompts would have
/// its notes, and so the trace, tell them.
#[derive(Clone, Copy, Debug, Default)]
pub struct RuleFacts<'a> {
    /// Empty where the caller gave none; likewise `tenant`, `user` and `session`.
    pub task: &'a str,
    /// `chat`, `embeddings`, …
    pub operation: &'a str,
    /// The model name asked for.
    pub model: &'a str,
    pub tenant: &'a str,
    pub user: &'a str,
    pub session: &'a str,
    /// Null is as good as absent; what is no text is read as its JSON.
    pub metadata: Option<&'a Map<String, Value>>,
    pub tags: &'a [String],
    /// Estimated.
    pub input_tokens: u64,
    pub max_output_tokens: Option<u64>,
    pub messages: u64,
    pub tools: u64,
    pub images: bool,
    pub documents: bool,
    pub audio: bool,
    pub video: bool,
    pub json_schema: bool,
    pub reasoning: bool,
    pub stream: bool,
}

impl<'a> RuleFacts<'a> {
    /// The text of a metadata entry.
    #[must_use]
    pub fn metadata_text(&self, key: &str) -> Option<Cow<'a, str>> {
        match self.metadata?.get(key)? {
            Value::Null => None,
            Value::String(text) => Some(Cow::Borrowed(text)),
            other => Some(Cow::Owned(other.to_string())),
        }
    }

    /// The names of the metadata entries that have a text.
    pub(super) fn metadata_keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let entries = self.metadata.into_iter().flatten();
        entries.filter(|(_, value)| !value.is_null()).map(|(key, _)| key.as_str())
    }
}
