//! Function calls: ids, signatures, and calls whose arguments come in pieces.

use serde_json::{Map, Value, json};

use super::super::OWN_CALL_ID;
use crate::types::chat::{FunctionCallDelta, ToolCallDelta};

/// A call whose arguments are not complete yet.
pub(super) struct OpenCall {
    /// Its place among the blocks.
    pub block: usize,
    pub index: u32,
    pub arguments: Value,
}

/// An id for a call to which the service gave none: the same each time the same
/// answer is decoded, another for each answer.
pub(super) fn own_id(response_id: &str, candidate: u32, ordinal: u32, name: &str, arguments: &str) -> String {
    if response_id.is_empty() {
        // FNV-1a. Two answers with one call may then share an id; a tool result
        // is matched with the latest call before it, so nothing is confused.
        let hash =
            name.bytes().chain([0]).chain(arguments.bytes()).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        format!("{OWN_CALL_ID}{hash:016x}_{candidate}_{ordinal}")
    } else {
        format!("{OWN_CALL_ID}{response_id}_{candidate}_{ordinal}")
    }
}

/// A call's beginning, or the whole of it where `arguments` are given.
pub(super) fn begin(index: u32, id: String, name: &str, arguments: Option<String>) -> ToolCallDelta {
    ToolCallDelta {
        index,
        id: Some(id),
        call_type: Some("function".to_owned()),
        function: Some(FunctionCallDelta { name: Some(name.to_owned()), arguments, extra: Map::new() }),
        extra: Map::new(),
    }
}

/// The arguments of a call that was begun before.
pub(super) fn complete(index: u32, arguments: String) -> ToolCallDelta {
    ToolCallDelta {
        index,
        function: Some(FunctionCallDelta { arguments: Some(arguments), ..FunctionCallDelta::default() }),
        ..ToolCallDelta::default()
    }
}

/// A signature, in the place that Google's OpenAI-compatible endpoint has for it.
pub(super) fn sign(call: &mut ToolCallDelta, signature: &str) {
    call.extra.insert("extra_content".to_owned(), json!({ "google": { "thought_signature": signature } }));
}
