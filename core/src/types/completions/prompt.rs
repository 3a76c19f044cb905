//! What is to be completed: one text or several, as texts or as token ids.

use serde::{Deserialize, Deserializer, Serialize};

use crate::types::embeddings::EmbeddingsInput;

/// One text or several.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Prompt {
    Text(String),
    Texts(Vec<String>),
    /// The token ids of one text.
    Tokens(Vec<u64>),
    TokenLists(Vec<Vec<u64>>),
}

impl Prompt {
    /// How many texts there are to complete. An empty text is one: what follows nothing.
    #[must_use]
    pub const fn count(&self) -> usize {
        match self {
            Self::Text(_) => 1,
            Self::Tokens(tokens) => !tokens.is_empty() as usize,
            Self::Texts(texts) => texts.len(),
            Self::TokenLists(lists) => lists.len(),
        }
    }
}

impl<'de> Deserialize<'de> for Prompt {
    /// As the input of embeddings is read, which has the same four forms.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match EmbeddingsInput::deserialize(deserializer)? {
            EmbeddingsInput::Text(text) => Self::Text(text),
            EmbeddingsInput::Texts(texts) => Self::Texts(texts),
            EmbeddingsInput::Tokens(tokens) => Self::Tokens(tokens),
            EmbeddingsInput::TokenLists(lists) => Self::TokenLists(lists),
            EmbeddingsInput::Items(_) => {
                let expected = "expected a text, a list of texts, token ids, or a list of lists of token ids";
                return Err(serde::de::Error::custom(expected));
            }
        })
    }
}
