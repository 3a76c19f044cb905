//! What an item or a block cannot say of a chat's message, carried within it.
//!
//! A provider that signs its thinking or its calls wants its own blocks back, exactly. Callers hand
//! items and blocks back and know `encrypted_content` (of the Responses API) and `signature` (of
//! Anthropic's thinking) as something to keep, so that is where they are; with a mark, for what another
//! service has there is not ours to read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::types::chat::{AssistantMessage, ChatMessage, Delta, NativeBlocks, ReasoningDetail};
use crate::types::placed;

const MARK: &str = "roocode.1.";
/// In every id that we make, after the prefix that tells the item's type.
const OURS: &str = "rc";

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Carried {
    #[serde(skip_serializing_if = "Option::is_none")]
    blocks: Option<NativeBlocks>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Vec<ReasoningDetail>>,
    /// Other fields of calls, such as a signature, by the call's id.
    #[serde(skip_serializing_if = "Map::is_empty")]
    calls: Map<String, Value>,
}

/// Whether a piece of an answer has what only its provider can read.
pub(in crate::dialects) fn is_in(delta: &Delta) -> bool {
    delta.native_blocks.is_some()
        || delta.reasoning_details.as_ref().is_some_and(|details| !details.is_empty())
        || delta.tool_calls.iter().flatten().any(|call| !call.extra.is_empty())
}

/// What has to come back of a message, if anything has.
pub(in crate::dialects) fn write(message: &ChatMessage) -> Option<String> {
    let calls = message.tool_calls.iter().flatten().filter(|call| !call.extra.is_empty());
    let carried = Carried {
        blocks: message.native_blocks.clone(),
        details: message.reasoning_details.clone().filter(|details| !details.is_empty()),
        calls: calls.map(|call| (call.id.clone(), Value::Object(call.extra.clone()))).collect(),
    };
    if carried.blocks.is_none() && carried.details.is_none() && carried.calls.is_empty() {
        return None;
    }
    let json = serde_json::to_vec(&carried).ok()?;
    Some(format!("{MARK}{}", STANDARD.encode(json)))
}

/// Gives a message back what was carried. False: it is another's, and nothing we can read.
pub(in crate::dialects) fn read(text: &str, message: &mut AssistantMessage) -> bool {
    let carried = || {
        let json = STANDARD.decode(text.strip_prefix(MARK)?).ok()?;
        placed::read::<Carried>(serde_json::from_slice(&json).ok()?).ok()
    };
    let Some(Carried { blocks, details, calls }) = carried() else { return false };
    message.native_blocks = blocks.or(message.native_blocks.take());
    message.reasoning_details = details.or(message.reasoning_details.take());
    if !calls.is_empty() {
        // Until the calls are all there; see `put_calls`.
        message.extra.insert(MARK.to_owned(), Value::Object(calls));
    }
    true
}

/// Gives the calls of a message, now that they are there, what was carried of them.
pub(in crate::dialects) fn put_calls(message: &mut AssistantMessage) {
    let Some(Value::Object(mut calls)) = message.extra.shift_remove(MARK) else { return };
    for call in message.tool_calls.iter_mut().flatten() {
        if let Some(Value::Object(extra)) = calls.shift_remove(&call.id) {
            call.extra.extend(extra);
        }
    }
}

/// Whether it is what we carry: no service can read it.
pub(in crate::dialects) fn is_ours(text: &str) -> bool {
    text.starts_with(MARK)
}

/// The id of a response of ours: `resp_rc` and its number.
pub(in crate::dialects) fn response_id(number: u64) -> String {
    format!("resp_{OURS}{number:016x}")
}

/// The id of the item at a place of it.
pub(in crate::dialects) fn item_id(prefix: &str, number: u64, place: usize) -> String {
    format!("{prefix}_{OURS}{number:016x}_{place}")
}

/// Whether an item's id was made here: no service knows it.
#[must_use]
pub fn is_our_id(id: &str) -> bool {
    let Some((_, rest)) = id.split_once('_') else { return false };
    let Some((number, place)) = rest.strip_prefix(OURS).and_then(|rest| rest.split_once('_')) else {
        return false;
    };
    number.len() == 16
        && number.bytes().all(|digit| digit.is_ascii_hexdigit())
        && place.bytes().all(|digit| digit.is_ascii_digit())
}
