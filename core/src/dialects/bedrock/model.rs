//! What the makers of models take on the one wire, by the model's id.
//!
//! Ids are those of base models (`amazon.nova-lite-v1:0`), of inference profiles
//! (`us.anthropic.…`, `global.…`) and ARNs that end in either. An ARN of a profile of the
//! account's own says nothing of its model: it gets what every model takes.

use crate::dialects::anthropic::Generation;
use crate::types::chat::ChatRequest;

/// Who made a model, as far as its maker makes a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Claude(Generation),
    /// Amazon's Nova; whether it is one that reasons.
    Nova {
        reasons: bool,
    },
    /// Mistral's.
    Mistral,
    /// OpenAI's open models.
    GptOss,
    Other,
}

/// Models that take a schema of the answer (`outputConfig.textFormat`), beside Claude's:
/// docs.aws.amazon.com/bedrock "Get validated JSON results from models" names the makers;
/// MiniMax's is recorded, the others are unverified.
const STRUCTURED: [&str; 9] = [
    "deepseek.v3",
    "google.gemma-3",
    "minimax.",
    "mistral.magistral",
    "mistral.ministral",
    "mistral.mistral-large-3",
    "moonshot",
    "nvidia.nemotron",
    "qwen.qwen3",
];

/// How the model can be held to call a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forcing {
    /// Any tool, or one by name.
    Named,
    /// Some tool.
    Any,
    /// Not known to be held to any.
    None,
}

impl Family {
    pub(super) fn of(model: &str) -> Self {
        let id = base_id(model);
        if id.contains("claude") {
            return Self::Claude(Generation::of(id));
        }
        if let Some((_, nova)) = id.split_once("amazon.nova-") {
            return Self::Nova { reasons: nova.starts_with('2') };
        }
        if id.contains("mistral.") {
            return Self::Mistral;
        }
        if id.contains("openai.gpt-oss") { Self::GptOss } else { Self::Other }
    }

    /// API reference, `ToolChoice`: `tool` is "only supported by Anthropic Claude 3 and
    /// Amazon Nova models"; the SDK for Kotlin's names Mistral Large for the others.
    pub(super) const fn forcing(self) -> Forcing {
        match self {
            Self::Claude(_) | Self::Nova { .. } => Forcing::Named,
            Self::Mistral => Forcing::Any,
            Self::GptOss | Self::Other => Forcing::None,
        }
    }

    /// Whether an assistant message at the end is continued: as Claude's own wire does.
    pub(super) fn continues(self, request: &ChatRequest) -> bool {
        let thinks = request.reasoning.is_some()
            || request.reasoning_effort.is_some()
            || request.extra.contains_key("thinking");
        matches!(self, Self::Claude(generation) if generation.prefills()) && !thinks
    }

    /// Whether `outputConfig.textFormat` is taken.
    pub(super) fn structured_output(self, model: &str) -> bool {
        match self {
            Self::Claude(generation) => generation.structured_output(),
            Self::GptOss => true,
            _ => STRUCTURED.iter().any(|start| base_id(model).contains(start)),
        }
    }
}

/// The id within an ARN: what follows its last slash.
fn base_id(model: &str) -> &str {
    model.rsplit('/').next().unwrap_or(model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_every_form_are_read() {
        let claude = |id: &str, major, minor| {
            assert_eq!(Family::of(id), Family::Claude(Generation::Claude(major, minor)), "{id}");
        };
        claude("anthropic.claude-3-haiku-20240307-v1:0", 3, 0);
        claude("us.anthropic.claude-sonnet-4-5-20250929-v1:0", 4, 5);
        claude("global.anthropic.claude-opus-4-6-v1", 4, 6);
        claude("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-5", 5, 0);
        assert_eq!(Family::of("amazon.nova-lite-v1:0"), Family::Nova { reasons: false });
        assert_eq!(Family::of("us.amazon.nova-2-lite-v1:0"), Family::Nova { reasons: true });
        assert_eq!(Family::of("mistral.mistral-large-2407-v1:0"), Family::Mistral);
        assert_eq!(Family::of("openai.gpt-oss-120b-1:0"), Family::GptOss);
        assert_eq!(Family::of("moonshot.kimi-k2-thinking"), Family::Other);
        let opaque = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123";
        assert_eq!(Family::of(opaque), Family::Other);
    }

    #[test]
    fn schemas_are_taken_by_the_models_that_are_known_to() {
        let takes = |id: &str| Family::of(id).structured_output(id);
        assert!(takes("us.anthropic.claude-sonnet-4-5-20250929-v1:0") && takes("minimax.minimax-m2"));
        assert!(takes("openai.gpt-oss-20b-1:0") && takes("mistral.ministral-3-8b-instruct"));
        assert!(!takes("us.anthropic.claude-3-7-sonnet-20250219-v1:0") && !takes("amazon.nova-lite-v1:0"));
        assert!(!takes("mistral.mistral-large-2407-v1:0"));
    }
}
