//! Nothing is lost: every scalar that a provider sent is somewhere in our reply.
//!
//! A leaf is found where our reply has the same value under the same field name,
//! as often as the provider sent it. What is renamed or computed is in [`RULES`],
//! by place and with its reason.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

use crate::cases::{self, Wire};
use crate::drive::{self, dialect};
use crate::expected::report;
use crate::fold::{self, Folded};
use crate::leaves::{Leaf, leaves, leaves_with_arguments};
use crate::observed;

/// How a leaf is kept that does not stand under its own name.
enum Kept {
    /// Under one of these names, with the same value.
    Under(&'static [&'static str]),
    /// As part of a text under one of these names.
    Within(&'static [&'static str]),
    /// In a number or word that `extract` computes and the other tests compare.
    Compared,
}

/// Place (an exact path, or the start of one that ends in `*`), how it is kept, why.
type Rule = (Wire, &'static str, Kept, &'static str);

const RULES: &[Rule] = &[
    (
        Wire::OpenAi,
        "choices[].message.reasoning",
        Kept::Under(&["reasoning_content"]),
        "one name for reasoning",
    ),
    (
        Wire::OpenAi,
        "choices[].message.content[].text",
        Kept::Within(&["content"]),
        "Mistral's chunks of text join",
    ),
    (
        Wire::OpenAi,
        "choices[].message.content[].thinking[].text",
        Kept::Within(&["reasoning_content", "text"]),
        "Mistral's chunks of thinking",
    ),
    (
        Wire::OpenAi,
        "choices[].finish_reason",
        Kept::Under(&["native_finish_reason"]),
        "a native word is kept beside ours",
    ),
    (
        Wire::OpenAi,
        "choices[].native_finish_reason",
        Kept::Under(&["finish_reason"]),
        "kept where it differs from ours",
    ),
    (Wire::OpenAi, "choices[].message.tool_calls[].index", Kept::Compared, "the position in the list"),
    (Wire::OpenAi, "usage.completion_tokens", Kept::Compared, "xAI counts reasoning beside it, we in it"),
    (
        Wire::OpenAi,
        "choices[].message.tool_calls[].custom.input",
        Kept::Under(&["arguments"]),
        "one name for what a call hands over",
    ),
    (Wire::Anthropic, "type", Kept::Compared, "always `message`"),
    (Wire::Anthropic, "content[].type", Kept::Compared, "the kind of block decides where its content goes"),
    (Wire::Anthropic, "content[].text", Kept::Within(&["content"]), "blocks of text join"),
    (
        Wire::Anthropic,
        "content[].thinking",
        Kept::Within(&["reasoning_content", "text"]),
        "one name for reasoning",
    ),
    (
        Wire::Anthropic,
        "stop_reason",
        Kept::Under(&["native_finish_reason", "finish_reason"]),
        "one name for it",
    ),
    (Wire::Anthropic, "usage.input_tokens", Kept::Compared, "part of prompt_tokens"),
    (Wire::Anthropic, "usage.output_tokens", Kept::Under(&["completion_tokens"]), "one name for it"),
    (Wire::Anthropic, "usage.cache_read_input_tokens", Kept::Under(&["cached_tokens"]), "one name for it"),
    (
        Wire::Anthropic,
        "usage.cache_creation_input_tokens",
        Kept::Under(&["cache_write_tokens"]),
        "one name for it",
    ),
    (
        Wire::Anthropic,
        "usage.output_tokens_details.thinking_tokens",
        Kept::Under(&["reasoning_tokens"]),
        "one name for it",
    ),
    (Wire::Bedrock, "output.message.role", Kept::Compared, "always `assistant`"),
    (Wire::Bedrock, "output.message.content[].text", Kept::Within(&["content"]), "blocks of text join"),
    (
        Wire::Bedrock,
        "output.message.content[].citationsContent.content[].text",
        Kept::Within(&["content"]),
        "blocks of text join",
    ),
    (
        Wire::Bedrock,
        "output.message.content[].reasoningContent.reasoningText.text",
        Kept::Within(&["reasoning_content", "text"]),
        "one name for reasoning",
    ),
    (
        Wire::Bedrock,
        "output.message.content[].toolUse.toolUseId",
        Kept::Under(&["id", "toolUseId"]),
        "one name for it",
    ),
    (
        Wire::Bedrock,
        "output.message.content[].toolUse.type",
        Kept::Compared,
        "whose tool it is decides where the call goes",
    ),
    (Wire::Bedrock, "stopReason", Kept::Under(&["native_finish_reason", "finish_reason"]), "one name for it"),
    (Wire::Bedrock, "serviceTier.type", Kept::Under(&["service_tier"]), "one name for it"),
    (Wire::Bedrock, "usage.inputTokens", Kept::Compared, "part of prompt_tokens"),
    (Wire::Bedrock, "usage.outputTokens", Kept::Under(&["completion_tokens"]), "one name for it"),
    (Wire::Bedrock, "usage.totalTokens", Kept::Under(&["total_tokens"]), "one name for it"),
    (Wire::Bedrock, "usage.cacheReadInputTokens", Kept::Under(&["cached_tokens"]), "one name for it"),
    (Wire::Bedrock, "usage.cacheWriteInputTokens", Kept::Under(&["cache_write_tokens"]), "one name for it"),
    (Wire::Gemini, "responseId", Kept::Under(&["id"]), "one name for it"),
    (Wire::Gemini, "modelVersion", Kept::Under(&["model"]), "one name for it"),
    (Wire::Gemini, "createTime", Kept::Compared, "the time of `created`"),
    (Wire::Gemini, "candidates[].content.role", Kept::Compared, "always `model`, our `assistant`"),
    (
        Wire::Gemini,
        "candidates[].content.parts[].text",
        Kept::Within(&["content", "reasoning_content", "text"]),
        "parts of text join",
    ),
    (
        Wire::Gemini,
        "candidates[].content.parts[].thought",
        Kept::Compared,
        "decides between text and reasoning",
    ),
    (
        Wire::Gemini,
        "candidates[].finishReason",
        Kept::Under(&["native_finish_reason", "finish_reason"]),
        "one name for it",
    ),
    (
        Wire::Gemini,
        "candidates[].logprobsResult.chosenCandidates[].logProbability",
        Kept::Under(&["logprob"]),
        "one name for it",
    ),
    (
        Wire::Gemini,
        "candidates[].logprobsResult.topCandidates[].candidates[].logProbability",
        Kept::Under(&["logprob"]),
        "one name for it",
    ),
    (Wire::Gemini, "usageMetadata.promptTokenCount", Kept::Compared, "part of prompt_tokens"),
    (Wire::Gemini, "usageMetadata.candidatesTokenCount", Kept::Compared, "part of completion_tokens"),
    (Wire::Gemini, "usageMetadata.totalTokenCount", Kept::Under(&["total_tokens"]), "one name for it"),
    (Wire::Gemini, "usageMetadata.thoughtsTokenCount", Kept::Under(&["reasoning_tokens"]), "one name for it"),
    (Wire::Gemini, "usageMetadata.serviceTier", Kept::Under(&["service_tier"]), "one name for it"),
    (Wire::Gemini, "usageMetadata.promptTokensDetails*", Kept::Compared, "counts named by modality"),
    (
        Wire::Gemini,
        "usageMetadata.toolUsePromptTokensDetails*",
        Kept::Compared,
        "added to the prompt's of the same modality",
    ),
    (Wire::Gemini, "usageMetadata.candidatesTokensDetails*", Kept::Compared, "counts named by modality"),
    (
        Wire::Gemini,
        "usageMetadata.cachedContentTokenCount",
        Kept::Under(&["cached_tokens"]),
        "one name for it",
    ),
];

fn rule(wire: Wire, path: &str) -> Option<&'static Rule> {
    RULES.iter().find(|(of, place, ..)| {
        *of == wire
            && match place.strip_suffix('*') {
                Some(start) => path.starts_with(start),
                None => path == *place,
            }
    })
}

#[test]
fn every_scalar_of_a_plain_response_is_in_our_reply() {
    let mut findings = Vec::new();
    let mut checked = 0;
    for (_, exchange, wire) in cases::replayed() {
        let Some(raw) = exchange.plain() else { continue };
        let Ok(completion) = dialect(wire).decode_chat(&exchange.body(), &exchange.model()) else { continue };
        let raw = leaves(raw);
        checked += raw.len();
        let lost = lost(wire, &raw, &leaves_with_arguments(&observed::json(&completion)));
        findings.extend(lost.into_iter().map(|line| format!("{}: {line}", exchange.name)));
    }
    report("scalars of plain responses", checked, 5_000, &findings);
}

/// Of a stream, its fold is looked at: what its events repeat or piece together is one there.
#[test]
fn every_scalar_of_a_stream_is_in_its_sum() {
    let mut findings = Vec::new();
    let mut checked = 0;
    for (_, exchange, wire) in cases::replayed() {
        let Some(text) = exchange.stream() else { continue };
        let Folded::Response(raw) = fold::stream(wire, text) else { continue };
        let outcome = drive::stream(wire, &exchange.model(), [Bytes::from_static(text)]);
        let mut raw = leaves(&raw);
        raw.retain(|leaf| !folded_constant(wire, leaf));
        checked += raw.len();
        let lost = lost(wire, &raw, &leaves_with_arguments(&observed::json(&outcome.completion)));
        findings.extend(lost.into_iter().map(|line| format!("{}: {line}", exchange.name)));
    }
    report("scalars of streams", checked, 5_000, &findings);
}

/// Padding against traffic analysis (`obfuscation` of OpenAI, `p` of Mistral) says nothing.
fn folded_constant(wire: Wire, leaf: &Leaf) -> bool {
    wire == Wire::OpenAi && (leaf.path == "obfuscation" || leaf.path == "p")
}

fn lost(wire: Wire, raw: &[Leaf], ours: &[Leaf]) -> Vec<String> {
    let mut have: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for leaf in ours {
        *have.entry((leaf.key(), leaf.value.to_string())).or_default() += 1;
    }
    let mut out = Vec::new();
    for leaf in raw {
        let value = leaf.value.to_string();
        let rule = rule(wire, &leaf.path);
        // A rule goes first, so that it takes nothing away from a field of the same name.
        let kept = match rule {
            Some((_, _, Kept::Compared, _)) => true,
            Some((_, _, Kept::Under(names), _)) => {
                // A number in the place of a word is kept as its text.
                let quoted = format!("\"{value}\"");
                names.iter().any(|name| {
                    have.contains_key(&(*name, value.clone())) || have.contains_key(&(*name, quoted.clone()))
                })
            }
            Some((_, _, Kept::Within(names), _)) => {
                ours.iter().any(|other| names.contains(&other.key()) && contains(&other.value, &leaf.value))
            }
            None => false,
        };
        if kept {
            continue;
        }
        match have.get_mut(&(leaf.key(), value.clone())) {
            Some(count) if *count > 0 => *count -= 1,
            _ => out.push(format!("{} = {value}", leaf.path)),
        }
    }
    out
}

fn contains(whole: &Value, part: &Value) -> bool {
    matches!((whole, part), (Value::String(whole), Value::String(part)) if whole.contains(part.as_str()))
}
