//! Claude's own fields for another wire that carries them (Bedrock's Converse): limits,
//! thinking and sampling, which depend on the model and not on the wire.

use serde_json::{Map, Value};

use super::{Encoder, parameters, thinking};
use crate::dialects::anthropic::model::Generation;
use crate::dialects::{Quirks, Translator};
use crate::error::Result;
use crate::types::chat::ChatRequest;

/// What Claude is told beside the conversation.
pub(in crate::dialects) struct ClaudeFields {
    /// `max_tokens`, `stop_sequences`, `thinking`, `output_config`, `temperature`, `top_p`
    /// and `top_k`, as far as they are said.
    pub fields: Map<String, Value>,
    /// Whether the model will be told to think.
    pub thinks: bool,
    /// Whether within a budget, with which no tool can be forced.
    pub budget: bool,
    pub translator: Translator,
}

/// The fields for a wire that needs no `max_tokens`: a limit of our own is there only
/// where a budget of thinking that we chose must be a part of it. `thinking` and
/// `output_config` that the caller gave stand in `given`.
///
/// Errors: `BadRequest` naming a parameter that the model does not take.
pub(in crate::dialects) fn claude_fields(
    request: &ChatRequest,
    generation: Generation,
    given: Map<String, Value>,
    translator: Translator,
) -> Result<ClaudeFields> {
    let quirks = Quirks::default();
    let before = translator.notes.len();
    let own_thinking = given.contains_key("thinking");
    let mut encoder = Encoder {
        generation,
        quirks: &quirks,
        translator,
        body: given,
        betas: std::collections::BTreeSet::new(),
    };
    parameters::limits(request, &mut encoder)?;
    let thinks = thinking::thinking(request, &mut encoder)?;
    thinking::sampling(request, thinks, &mut encoder)?;
    let budget = encoder.body.get("thinking").and_then(|thinking| thinking.get("budget_tokens")).is_some();
    let unlimited = request.max_tokens.is_none() && request.max_completion_tokens.is_none();
    if unlimited && (own_thinking || !budget) {
        encoder.body.shift_remove("max_tokens");
        let mut position = 0;
        encoder.translator.notes.retain(|note| {
            position += 1;
            position <= before || note.param != "max_tokens"
        });
    }
    Ok(ClaudeFields { fields: encoder.body, thinks, budget, translator: encoder.translator })
}
