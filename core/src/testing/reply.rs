//! What a mock says, before it is put into a wire's form.
//!
//! Everything is fixed or counted, nothing depends on a clock or on chance, so
//! that two runs of a test see equal bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::script::{Chunks, StreamPlan};

/// What to say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Reply {
    /// The text. Without it, tool calls and chunks, the mock says back what it was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The text of the model's thinking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// The signature of the thinking, where the wire has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// OpenAI's word (`stop`, `length`, `tool_calls`, `content_filter`), said in
    /// the wire's own; another is sent as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    /// Else counted in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<TokenUsage>,
    /// Says nothing of usage, as some services do.
    pub omit_usage: bool,
    /// The model said to have answered; else the one asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Unix time of the answer, where the wire has one. Fixed unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<u64>,
    /// Added to the response, such as a rate limit's.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The whole body instead, for a plain answer on any path: a text is sent as
    /// it is, the rest as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// A call of a tool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ToolCall {
    /// Else counted; Gemini's calls have one only where it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub name: String,
    /// JSON, or a text that is sent as it is.
    #[serde(default)]
    pub arguments: Value,
}

/// Tokens of a request, as OpenAI counts them: cached tokens are among the
/// prompt's, reasoning tokens among the completion's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TokenUsage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
    /// Read from a cache.
    pub cached_tokens: u64,
    /// Written to a cache.
    pub cache_write_tokens: u64,
    pub reasoning_tokens: u64,
}

impl ToolCall {
    /// The arguments as a wire with text for them has them.
    pub(super) fn arguments_text(&self) -> String {
        match &self.arguments {
            Value::String(text) => text.clone(),
            Value::Null => "{}".to_owned(),
            other => other.to_string(),
        }
    }

    /// The arguments as a wire with an object for them has them.
    pub(super) fn arguments_value(&self) -> Value {
        match &self.arguments {
            Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| self.arguments.clone()),
            Value::Null => Value::Object(serde_json::Map::new()),
            other => other.clone(),
        }
    }
}

impl Reply {
    /// The text to say, given what the user said.
    pub(super) fn text(&self, plan: &StreamPlan, said: &str) -> Option<String> {
        match (&self.content, &plan.chunks) {
            (Some(content), _) => Some(content.clone()),
            (None, Some(Chunks::Texts(texts))) => Some(texts.concat()),
            (None, Some(Chunks::Count(count))) => Some(vec!["word"; *count].join(" ")),
            (None, None) if self.tool_calls.is_empty() => Some(format!("You said: {said}")),
            (None, None) => None,
        }
    }

    pub(super) fn finish(&self) -> &str {
        match &self.finish_reason {
            Some(reason) => reason,
            None if self.tool_calls.is_empty() => "stop",
            None => "tool_calls",
        }
    }
}

/// The pieces in which a stream says `content`.
pub(super) fn pieces(content: &str, plan: &StreamPlan) -> Vec<String> {
    match &plan.chunks {
        Some(Chunks::Texts(texts)) => texts.clone(),
        Some(Chunks::Count(count)) if content.split(' ').count() == *count => words(content),
        Some(Chunks::Count(count)) => equal_pieces(content, *count),
        None => words(content),
    }
}

/// Cut before each space, as a tokenizer would: `You`, ` said:`, ` hello`.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for (place, word) in text.split(' ').enumerate() {
        pieces.push(if place == 0 { word.to_owned() } else { format!(" {word}") });
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// At most `count` pieces of about equal length, cut between characters.
pub(super) fn equal_pieces(text: &str, count: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut pieces = Vec::with_capacity(count);
    let mut rest = characters.as_slice();
    for left in (1..=count).rev() {
        let (piece, after) = rest.split_at(rest.len().div_ceil(left));
        pieces.push(piece.iter().collect());
        rest = after;
    }
    pieces.retain(|piece: &String| !piece.is_empty());
    pieces
}

/// Words of a text: what the mock counts as tokens where nothing is said.
pub(super) fn count_words(text: &str) -> u64 {
    text.split_whitespace().count() as u64
}

#[cfg(test)]
mod tests {
    use super::{equal_pieces, words};

    #[test]
    fn pieces_lose_nothing() {
        for text in ["", " ", "a", " a  b ", "grüß dich, 世界 👋"] {
            assert_eq!(words(text).concat(), text);
            for count in 1..20 {
                let pieces = equal_pieces(text, count);
                assert_eq!(pieces.concat(), text);
                assert_eq!(pieces.len(), count.min(text.chars().count()));
            }
        }
        assert_eq!(words("You said: hi"), ["You", " said:", " hi"]);
    }
}
