//! Function calls: ids, signatures, and calls whose arguments come in pieces.

use serde_json::{Map, Value, json};

use crate::types::chat::{FunctionCallDelta, ToolCallDelta};

/// A call whose arguments are not complete yet.
pub(super) struct OpenCall {
    /// Its place among the blocks.
    pub block: usize,
    pub index: u32,
    pub arguments: Value,
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
