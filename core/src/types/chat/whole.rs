//! A whole reply as the one chunk of a stream, for services that answer a
//! request for a stream plainly.

use super::{ChatCompletion, ChatCompletionChunk, ChatMessage, Choice, ChunkChoice, Delta};
use super::{FunctionCallDelta, ToolCall, ToolCallDelta};

impl From<ChatCompletion> for ChatCompletionChunk {
    fn from(completion: ChatCompletion) -> Self {
        Self {
            id: completion.id,
            created: completion.created,
            model: completion.model,
            choices: completion.choices.into_iter().map(ChunkChoice::from).collect(),
            usage: completion.usage,
            service_tier: completion.service_tier,
            system_fingerprint: completion.system_fingerprint,
            provider_fields: completion.provider_fields,
            ..Self::default()
        }
    }
}

impl From<Choice> for ChunkChoice {
    fn from(choice: Choice) -> Self {
        Self {
            index: choice.index,
            delta: choice.message.into(),
            finish_reason: choice.finish_reason,
            native_finish_reason: choice.native_finish_reason,
            logprobs: choice.logprobs,
            provider_fields: choice.provider_fields,
        }
    }
}

impl From<ChatMessage> for Delta {
    fn from(message: ChatMessage) -> Self {
        let calls = |calls: Vec<ToolCall>| {
            calls.into_iter().zip(0..).map(|(call, index)| delta(call, index)).collect::<Vec<_>>()
        };
        Self {
            role: Some(message.role),
            content: message.content,
            refusal: message.refusal,
            reasoning_content: message.reasoning_content,
            reasoning_details: message.reasoning_details,
            tool_calls: message.tool_calls.map(calls),
            annotations: message.annotations,
            audio: message.audio,
            images: message.images,
            native_blocks: message.native_blocks,
            provider_fields: message.provider_fields,
        }
    }
}

fn delta(call: ToolCall, index: u32) -> ToolCallDelta {
    ToolCallDelta {
        index,
        id: Some(call.id),
        call_type: Some(call.call_type),
        function: Some(FunctionCallDelta {
            name: Some(call.function.name),
            arguments: Some(call.function.arguments),
            extra: call.function.extra,
        }),
        extra: call.extra,
    }
}
