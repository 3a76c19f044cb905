//! The model's reasoning, and what is needed to hand it back unchanged.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::types::open_enum::open_enum;

open_enum! {
    /// What a block of reasoning holds.
    ReasoningDetailType {
        /// `text`, with a `signature` where the provider signs.
        Text = "reasoning.text",
        /// `summary`.
        Summary = "reasoning.summary",
        /// `data`, readable by the provider alone.
        Encrypted = "reasoning.encrypted",
    }
}

/// One block of reasoning. The shape is OpenRouter's `reasoning_details`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReasoningDetail {
    #[serde(rename = "type")]
    pub detail_type: ReasoningDetailType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whose form this is, such as `anthropic-claude-v1` or `google-gemini-v1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Position among the reply's blocks; deltas of one block share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Encrypted reasoning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Proof that the provider wrote this block; needed to hand it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl ReasoningDetail {
    #[must_use]
    pub fn new(detail_type: ReasoningDetailType) -> Self {
        Self {
            detail_type,
            id: None,
            format: None,
            index: None,
            text: None,
            summary: None,
            data: None,
            signature: None,
            extra: Map::new(),
        }
    }
}

/// A provider's own blocks of one assistant message, verbatim and in order.
///
/// Present only where the plain fields cannot reproduce them (signed thinking,
/// server-side tools, citations, signatures on parts). A dialect uses them when
/// the message is handed back to it and its plain fields still say the same;
/// an edited message is encoded from its plain fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NativeBlocks {
    /// The dialect whose blocks these are.
    pub dialect: String,
    pub blocks: Vec<Value>,
}
