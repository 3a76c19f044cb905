//! The events of the wire, read straight from a frame's payload.
//!
//! Each has a field `p`, padding against guesses from its length, which says nothing.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::dialects::body;
use crate::error::Result;

/// Reads an event; what is not JSON, or not what the event promises, is an error with the data.
pub(super) fn read<'a, T: Deserialize<'a>>(data: &'a Bytes) -> Result<T> {
    body::read(data, body::MISREAD)
}

/// An event's fields without its padding.
pub(super) fn fields(data: &Bytes) -> Result<Map<String, Value>> {
    let mut fields: Map<String, Value> = read(data)?;
    fields.shift_remove("p");
    Ok(fields)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BlockStart {
    pub content_block_index: u32,
    /// One field, named by the kind of block.
    #[serde(default)]
    pub start: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BlockStop {
    pub content_block_index: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BlockDelta {
    pub content_block_index: u32,
    pub delta: Piece,
}

/// One delta of a block: one of its fields is there (`ContentBlockDelta`). A plain struct:
/// serde buffers tagged and flattened ones.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Piece {
    pub text: Option<String>,
    pub tool_use: Option<ToolInput>,
    pub reasoning_content: Option<Reasoning>,
    pub citation: Option<Value>,
    pub tool_result: Option<Vec<Value>>,
    pub image: Option<Map<String, Value>>,
}

impl Piece {
    pub(super) const fn is_known(&self) -> bool {
        self.text.is_some()
            || self.tool_use.is_some()
            || self.reasoning_content.is_some()
            || self.citation.is_some()
            || self.tool_result.is_some()
            || self.image.is_some()
    }
}

#[derive(Deserialize)]
pub(super) struct ToolInput {
    #[serde(default)]
    pub input: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Reasoning {
    pub text: Option<String>,
    pub signature: Option<String>,
    pub redacted_content: Option<String>,
}

/// A delta of a kind not known yet, read again with all its fields.
#[derive(Deserialize)]
pub(super) struct UnknownDelta {
    pub delta: Map<String, Value>,
}
