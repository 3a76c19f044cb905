# Generated from the Rust types by `make generate`. Do not edit.
"""The types of requests and replies.

A name that ends in `Param` is a dict that a caller writes; the others are replies.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import IO, Any, Literal, TypedDict, Union

from ._content import ContentRecord
from ._native import Record

__all__ = [
    "Annotation",
    "AssistantMessageParam",
    "Attempt",
    "AttemptError",
    "AttemptUsage",
    "AudioOptionsParam",
    "AudioOutput",
    "AudioPartParam",
    "Batch",
    "BatchCounts",
    "BatchItemParam",
    "BatchList",
    "BatchResult",
    "BatchResults",
    "BatchStatus",
    "BreakerState",
    "CacheControlParam",
    "Candidate",
    "Capabilities",
    "Capability",
    "Cause",
    "ChatCompletion",
    "ChatCompletionChunk",
    "ChatMessage",
    "ChatRequestParam",
    "Choice",
    "ChunkChoice",
    "Coalesced",
    "Completion",
    "CompletionChoice",
    "CompletionRequestParam",
    "CompletionTokensDetails",
    "ContentParam",
    "ContentPartParam",
    "Continuation",
    "ContinuedBy",
    "Cost",
    "CountMethod",
    "CountMethodParam",
    "CountTokensRequestParam",
    "CreateBatchRequestParam",
    "Delta",
    "DeveloperMessageParam",
    "Difference",
    "DocumentUrlPartParam",
    "Embedding",
    "Embeddings",
    "EmbeddingsInputParam",
    "EmbeddingsRequestParam",
    "EncodingFormatParam",
    "ErrorDetails",
    "ErrorKind",
    "Exclusion",
    "Exposure",
    "FileDataParam",
    "FilePartParam",
    "FinishReason",
    "FunctionCall",
    "FunctionCallDelta",
    "FunctionCallParam",
    "FunctionDefinitionParam",
    "FunctionMessageParam",
    "FunctionToolParam",
    "HealthStats",
    "Hop",
    "Image",
    "ImageEditsRequestParam",
    "ImageOutput",
    "ImageOutputUrl",
    "ImagePartParam",
    "ImageUrlParam",
    "Images",
    "ImagesRequestParam",
    "InputAudioParam",
    "JsonObjectResponseFormatParam",
    "JsonSchemaFormatParam",
    "JsonSchemaResponseFormatParam",
    "LimitLeft",
    "LimitUnit",
    "ListBatchesRequestParam",
    "ListedModel",
    "ListedProvider",
    "Logprobs",
    "MessageBlock",
    "MessageContentParam",
    "MessageDelta",
    "MessageEvent",
    "MessageInputBlockParam",
    "MessageParam",
    "MessageReply",
    "MessageToolParam",
    "MessageTurnParam",
    "MessageUsage",
    "MessagesRequestParam",
    "ModelList",
    "ModelResponse",
    "Moderation",
    "ModerationInputParam",
    "ModerationRequestParam",
    "ModerationResult",
    "NativeBlocks",
    "NativeBlocksParam",
    "NativePartParam",
    "Operation",
    "OrderCandidate",
    "OrderQuestion",
    "OrderRequest",
    "Outcome",
    "Percentiles",
    "PriceSource",
    "PromptParam",
    "PromptTokensDetails",
    "Propensity",
    "ProviderStatus",
    "QuotaLeft",
    "QuotaOf",
    "Reading",
    "ReasoningDetail",
    "ReasoningDetailParam",
    "ReasoningDetailType",
    "ReasoningDetailTypeParam",
    "ReasoningEffortParam",
    "ReasoningOptionsParam",
    "RefusalPartParam",
    "Replay",
    "RequestRecord",
    "RerankDocumentParam",
    "RerankRequestParam",
    "RerankResult",
    "Reranking",
    "ResponseEvent",
    "ResponseFormatParam",
    "ResponseIncomplete",
    "ResponseInputContentParam",
    "ResponseInputItemParam",
    "ResponseInputPartParam",
    "ResponseInputTokens",
    "ResponseItem",
    "ResponseOutputTokens",
    "ResponsePart",
    "ResponseReasoningParam",
    "ResponseTextParam",
    "ResponseToolChoiceParam",
    "ResponseToolParam",
    "ResponseUsage",
    "ResponsesInputParam",
    "ResponsesRequestParam",
    "RoutingOptions",
    "RoutingOptionsParam",
    "RoutingTrace",
    "RuleNote",
    "ServiceReply",
    "ServiceRequestParam",
    "ShadowCopy",
    "ShadowFate",
    "Shortage",
    "Speech",
    "SpeechRequestParam",
    "Step",
    "StopParam",
    "StrategyConfig",
    "StrategyName",
    "StreamOptionsParam",
    "StreamRecoveryParam",
    "SystemMessageParam",
    "TargetFacts",
    "TargetStats",
    "Term",
    "TextPartParam",
    "TextResponseFormatParam",
    "TimeLimit",
    "TimeoutParam",
    "TokenCount",
    "TokenLogprob",
    "ToolCall",
    "ToolCallDelta",
    "ToolCallParam",
    "ToolChoiceParam",
    "ToolMessageParam",
    "ToolParam",
    "TopLogprob",
    "Trace",
    "Transcription",
    "TranscriptionRequestParam",
    "TranscriptionSegment",
    "TranscriptionWord",
    "Translation",
    "TranslationAction",
    "UnsupportedParam",
    "UploadParam",
    "UploadsParam",
    "UrlCitation",
    "Usage",
    "UserMessageParam",
    "VariantStats",
    "Vector",
    "VideoPartParam",
    "VideoUrlParam",
    "VoiceParam",
    "Why",
]


ReasoningDetailType = Union[Literal["reasoning.text", "reasoning.summary", "reasoning.encrypted"], str]


class ReasoningDetail(Record):
    """One block of reasoning. The shape is OpenRouter's `reasoning_details`."""

    __slots__ = ()

    type: ReasoningDetailType
    id: str | None
    format: str | None
    """Whose form this is, such as `anthropic-claude-v1` or `google-gemini-v1`."""
    index: int | None
    """Position among the reply's blocks; deltas of one block share it."""
    text: str | None
    summary: str | None
    data: str | None
    """Encrypted reasoning."""
    signature: str | None
    """Proof that the provider wrote this block; needed to hand it back."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "type": (None, None),
        "id": (None, None),
        "format": (None, None),
        "index": (None, None),
        "text": (None, None),
        "summary": (None, None),
        "data": (None, None),
        "signature": (None, None),
    }


class FunctionCall(Record):

    __slots__ = ()

    name: str
    arguments: str
    """JSON, exactly as the model wrote it; free text for a custom tool."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "name": (None, None),
        "arguments": (None, None),
    }


class ToolCall(Record):
    """A call of a tool by the model."""

    __slots__ = ()

    id: str
    type: str
    """`function`, or `custom` for a tool whose input is free text."""
    function: FunctionCall
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "id": (None, None),
        "type": (None, None),
        "function": (FunctionCall, None),
    }


class UrlCitation(Record):

    __slots__ = ()

    start_index: int | None
    """First character of the cited span of the answer."""
    end_index: int | None
    """One past the last character."""
    title: str | None
    url: str | None
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "start_index": (None, None),
        "end_index": (None, None),
        "title": (None, None),
        "url": (None, None),
    }


class Annotation(Record):
    """A citation: where in the answer, and of what."""

    __slots__ = ()

    type: str
    """`url_citation`, `document_citation`, …"""
    url_citation: UrlCitation | None
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "type": (None, None),
        "url_citation": (UrlCitation, None),
    }


class AudioOutput(Record):
    """An audio answer, or a piece of it in a stream."""

    __slots__ = ()

    id: str | None
    data: str | None
    """Base64."""
    transcript: str | None
    expires_at: int | None
    """Unix time in seconds until which `id` can be referred to."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "id": (None, None),
        "data": (None, None),
        "transcript": (None, None),
        "expires_at": (None, None),
    }


class ImageOutputUrl(Record):

    __slots__ = ()

    url: str
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "url": (None, None),
    }


class ImageOutput(Record):
    """An image the model made."""

    __slots__ = ()

    type: str
    """`image_url`."""
    image_url: ImageOutputUrl
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "type": (None, None),
        "image_url": (ImageOutputUrl, None),
    }


class NativeBlocks(Record):
    """A provider's own blocks of one assistant message, verbatim and in order.

    Present only where the plain fields cannot reproduce them (signed thinking, server-side tools,
    citations, signatures on parts). A dialect uses them when the message is handed back to it and
    its plain fields still say the same; an edited message is encoded from its plain fields.
    """

    __slots__ = ()

    dialect: str
    """The dialect whose blocks these are."""
    blocks: list[Any]

    __fields__ = {
        "dialect": (None, None),
        "blocks": (None, None),
    }


class ChatMessage(Record):
    """What the model said. Hand it back as a message of the next request as it is."""

    __slots__ = ()

    role: str
    """`assistant`."""
    content: str | None
    refusal: str | None
    reasoning_content: str | None
    """The model's reasoning as text."""
    reasoning_details: list[ReasoningDetail] | None
    """The model's reasoning as typed blocks with signatures or encrypted data."""
    tool_calls: list[ToolCall] | None
    annotations: list[Annotation] | None
    """Citations."""
    audio: AudioOutput | None
    images: list[ImageOutput] | None
    """Images the model made, as `data:` URLs."""
    native_blocks: NativeBlocks | None
    """The provider's own blocks, verbatim, for an exact second turn."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "role": (None, None),
        "content": (None, None),
        "refusal": (None, None),
        "reasoning_content": (None, None),
        "reasoning_details": (ReasoningDetail, None),
        "tool_calls": (ToolCall, None),
        "annotations": (Annotation, None),
        "audio": (AudioOutput, None),
        "images": (ImageOutput, None),
        "native_blocks": (NativeBlocks, None),
    }


FinishReason = Union[Literal["stop", "length", "tool_calls", "content_filter", "function_call"], str]


class TopLogprob(Record):

    __slots__ = ()

    token: str
    logprob: float
    bytes: list[int] | None
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "token": (None, None),
        "logprob": (None, None),
        "bytes": (None, None),
    }


class TokenLogprob(Record):

    __slots__ = ()

    token: str
    logprob: float
    bytes: list[int] | None
    top_logprobs: list[TopLogprob]
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "token": (None, None),
        "logprob": (None, None),
        "bytes": (None, None),
        "top_logprobs": (TopLogprob, ()),
    }


class Logprobs(Record):
    """Log probabilities of the answer's tokens."""

    __slots__ = ()

    content: list[TokenLogprob] | None
    refusal: list[TokenLogprob] | None
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "content": (TokenLogprob, None),
        "refusal": (TokenLogprob, None),
    }


class Choice(Record):
    """One of the `n` answers."""

    __slots__ = ()

    index: int
    message: ChatMessage
    finish_reason: FinishReason | None
    native_finish_reason: str | None
    """The provider's own word, where it differs."""
    logprobs: Logprobs | None
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "index": (None, None),
        "message": (ChatMessage, None),
        "finish_reason": (None, None),
        "native_finish_reason": (None, None),
        "logprobs": (Logprobs, None),
    }


class PromptTokensDetails(Record):
    """Parts of `prompt_tokens`."""

    __slots__ = ()

    cached_tokens: int | None
    """Read from the provider's prompt cache."""
    cache_write_tokens: int | None
    """Written to the provider's prompt cache."""
    audio_tokens: int | None
    image_tokens: int | None
    text_tokens: int | None
    video_tokens: int | None
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "cached_tokens": (None, None),
        "cache_write_tokens": (None, None),
        "audio_tokens": (None, None),
        "image_tokens": (None, None),
        "text_tokens": (None, None),
        "video_tokens": (None, None),
    }


class CompletionTokensDetails(Record):
    """Parts of `completion_tokens`."""

    __slots__ = ()

    reasoning_tokens: int | None
    audio_tokens: int | None
    image_tokens: int | None
    text_tokens: int | None
    accepted_prediction_tokens: int | None
    rejected_prediction_tokens: int | None
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "reasoning_tokens": (None, None),
        "audio_tokens": (None, None),
        "image_tokens": (None, None),
        "text_tokens": (None, None),
        "accepted_prediction_tokens": (None, None),
        "rejected_prediction_tokens": (None, None),
    }


class Usage(Record):
    """Tokens of one reply. Details are parts of the totals, not added to them."""

    __slots__ = ()

    prompt_tokens: int
    """All input, cached included."""
    completion_tokens: int
    """All output, reasoning included."""
    total_tokens: int
    prompt_tokens_details: PromptTokensDetails | None
    completion_tokens_details: CompletionTokensDetails | None
    seconds: float | None
    """Seconds of audio, where the provider counts these in place of tokens."""
    estimated: bool
    """True where these numbers are our estimate, not the provider's."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "prompt_tokens": (None, None),
        "completion_tokens": (None, None),
        "total_tokens": (None, None),
        "prompt_tokens_details": (PromptTokensDetails, None),
        "completion_tokens_details": (CompletionTokensDetails, None),
        "seconds": (None, None),
        "estimated": (None, False),
    }


class RuleNote(Record):
    """Why a rule could not be evaluated. No value of the request is in it."""

    __slots__ = ()

    rule: int
    """Its place, from 0."""
    message: str

    __fields__ = {
        "rule": (None, None),
        "message": (None, None),
    }


class Exposure(Record):
    """That a request was dealt to a variant, for the trace and the variant's numbers."""

    __slots__ = ()

    split: str
    variant: str
    """`base` for what the variants leave."""
    key_hash: str
    """The hash of split and key (or seed) that decided: equal for equal keys, and not the key itself.
    16 hexadecimal digits: JavaScript's numbers would round it.
    """
    sticky: bool
    """Whether the same key gets the same variant again. False where the request had no key and its
    seed decided.
    """

    __fields__ = {
        "split": (None, None),
        "variant": (None, None),
        "key_hash": (None, None),
        "sticky": (None, None),
    }


ShadowFate = Literal["sent", "queued", "dropped"]
"""What became of a copy when its request was sent."""


class ShadowCopy(Record):
    """A copy of a request, whose answer nobody waits for."""

    __slots__ = ()

    to: str
    """The route or target that gets it."""
    fate: ShadowFate

    __fields__ = {
        "to": (None, None),
        "fate": (None, None),
    }


class Hop(Record):
    """One route on the way, and why it was left for the next."""

    __slots__ = ()

    route: str
    rule: str | None
    """The rule that held: its name, else its place in the list, from 0."""
    rule_notes: list[RuleNote]
    """Rules before it that could not be evaluated, and so did not hold."""
    exposure: Exposure | None
    """The variant of its split that the request was dealt to."""
    shadow: ShadowCopy | None
    """The copy of the request, where one was drawn."""
    to: str | None
    """Where the request went on to. None: the targets of this route."""

    __fields__ = {
        "route": (None, None),
        "rule": (None, None),
        "rule_notes": (RuleNote, ()),
        "exposure": (Exposure, None),
        "shadow": (ShadowCopy, None),
        "to": (None, None),
    }


StrategyName = Literal["priority", "round_robin", "weighted", "random", "least_latency", "least_busy", "cheapest", "fastest_output", "balanced", "region", "sticky", "bandit", "custom"]
"""The strategies by name."""


StrategyConfig = Union[StrategyName, dict[str, Any]]


Operation = Literal["chat", "embeddings", "rerank", "models", "count_tokens", "completions", "batches", "moderations", "service", "images", "image_edits", "speech", "transcriptions", "translations", "responses", "messages"]
"""Something that can be asked of a target."""


Capability = Literal["tools", "parallel_tools", "audio_input", "audio_output", "image_output", "json_schema", "json_mode", "reasoning", "streaming", "logprobs", "embeddings", "rerank", "moderations", "vision", "document", "video", "chat", "models", "service", "count_tokens", "completions", "batches", "images", "image_edits", "speech", "transcriptions", "translations", "native_responses", "text_document", "native_messages"]
"""Something that a request can need and a model can lack."""


Capabilities = list[Capability]


class RequestRecord(Record):
    """What filters and strategies looked at in a request."""

    __slots__ = ()

    operation: Operation
    """What was asked for; absent: a chat."""
    needs: Capabilities
    input_tokens: int
    """Tokens of the input, estimated."""
    largest_input_tokens: int | None
    """Tokens of the largest of several inputs, each of which has the context window for itself.
    """
    output_limit: int | None
    """The most tokens of output that the request allows."""
    expected_output_tokens: int
    """Tokens of output that costs and times were reckoned with."""
    provider: str | None
    tags: list[str]
    region: str | None
    residency: list[str] | None
    data_policy: list[str]
    allow_degraded: bool | None
    session_key: str | None
    """The hash of the session."""
    prompt_key: str | None
    """The hash of the prompt's start; absent where no strategy asked for it."""

    __fields__ = {
        "operation": (None, None),
        "needs": (None, None),
        "input_tokens": (None, None),
        "largest_input_tokens": (None, None),
        "output_limit": (None, None),
        "expected_output_tokens": (None, None),
        "provider": (None, None),
        "tags": (None, ()),
        "region": (None, None),
        "residency": (None, None),
        "data_policy": (None, ()),
        "allow_degraded": (None, None),
        "session_key": (None, None),
        "prompt_key": (None, None),
    }


ProviderStatus = Literal["active", "draft", "inactive"]
"""Whether a provider takes part."""


class TargetFacts(Record):
    """What is known of a target before any request: all that a hard filter looks at."""

    __slots__ = ()

    name: str
    """`provider/model`. Its hash is the target's identity for sticky routing."""
    provider: str
    status: ProviderStatus
    tags: list[str]
    region: str | None
    jurisdiction: str | None
    """Where data is processed, in law, such as `eu`."""
    data_policies: list[str]
    """What the provider promises about data, such as `no_training`."""
    lacks: Capabilities
    """What the model is known to lack. What is not listed is had, or unknown: both pass, since
    catalogues lag behind models and a provider's own refusal is exact, while a wrong exclusion
    could not be undone.
    """
    context_window: int | None
    """Tokens of input and output together. Absent: unknown, which passes."""
    output_limit: int | None
    """Tokens of output. Absent: unknown, which passes."""
    degraded: bool
    """Whether the route declares it as a degradation."""
    available_from: float | None
    """First served, in seconds since 1970. Absent: already."""
    retired_from: float | None
    """No longer served from, in seconds since 1970. Absent: no end is known."""

    __fields__ = {
        "name": (None, None),
        "provider": (None, None),
        "status": (None, None),
        "tags": (None, ()),
        "region": (None, None),
        "jurisdiction": (None, None),
        "data_policies": (None, ()),
        "lacks": (None, None),
        "context_window": (None, None),
        "output_limit": (None, None),
        "degraded": (None, False),
        "available_from": (None, None),
        "retired_from": (None, None),
    }


class Exclusion(Record):
    """Why a target can never serve a request: the first hard filter it fails."""

    __slots__ = ()

    filter: Literal["status", "provider", "tag", "region", "residency", "data_policy", "degraded", "capability", "context_window", "output_limit", "not_yet", "retired"]
    status: ProviderStatus | None
    wanted: str | int | None
    missing: str | Capability | None
    region: str | None
    allowed: list[str] | None
    jurisdiction: str | None
    window: int | None
    needed: int | None
    limit: int | None
    available_from: float | None
    since: float | None

    __fields__ = {
        "filter": (None, None),
        "status": (None, None),
        "wanted": (None, None),
        "missing": (None, None),
        "region": (None, None),
        "allowed": (None, None),
        "jurisdiction": (None, None),
        "window": (None, None),
        "needed": (None, None),
        "limit": (None, None),
        "available_from": (None, None),
        "since": (None, None),
    }


QuotaOf = Literal["requests", "tokens"]
"""What a quota counts."""


class Shortage(Record):
    """Why a target cannot serve at this moment. `until` is in seconds since 1970, absent where nobody
    can say.
    """

    __slots__ = ()

    filter: Literal["breaker", "unhealthy", "cooldown", "quota", "concurrency", "queue", "budget"]
    until: float | None
    of: QuotaOf | None
    limit: int | None
    waiting: int | None

    __fields__ = {
        "filter": (None, None),
        "until": (None, None),
        "of": (None, None),
        "limit": (None, None),
        "waiting": (None, None),
    }


class Candidate(Record):
    """One target of the route, and what became of it."""

    __slots__ = ()

    facts: TargetFacts
    tier: int
    """1 is used first."""
    excluded: Exclusion | None
    """Why it can never serve this request."""
    short: Shortage | None
    """Why it cannot serve now."""
    why: str | None
    """The reason of either, in a sentence."""

    __fields__ = {
        "facts": (TargetFacts, None),
        "tier": (None, None),
        "excluded": (Exclusion, None),
        "short": (Shortage, None),
        "why": (None, None),
    }


Why = Literal["only", "declared", "turn", "drawn", "best", "tie", "unknown", "home", "next_home", "all_loaded", "sampled", "ordered", "not_ordered"]
"""Why a strategy took a target."""


Term = Literal["weight", "credit", "in_flight", "first_token_seconds", "token_seconds", "output_tokens_per_second", "expected_cost_usd", "quality", "success_rate", "round_trip_seconds", "reward_mean", "reward_count", "order"]
"""What a strategy can ask of a target, as a number."""


class Reading(Record):
    """One value that a strategy read."""

    __slots__ = ()

    target: int
    term: Term
    value: float | None
    """Absent: unknown."""

    __fields__ = {
        "target": (None, None),
        "term": (None, None),
        "value": (None, None),
    }


class Step(Record):
    """One step of a decision. Targets are given by their place among the candidates."""

    __slots__ = ()

    step: Literal["picked", "left_out", "order_failed", "last_resort"]
    target: int | None
    by: StrategyName | None
    """The strategy that had the last word: the declared one, or its `then`."""
    why: Why | str | None
    score: float | None
    """What was compared, where something was."""
    propensity: float | None
    """How likely it was to be chosen, given what was read; for estimates from logged choices. Only
    where a strategy draws by known chances (`bandit`, `random`), and for `bandit` only up to 32
    targets: of more, ask `propensities`.
    """
    read: list[Reading] | None
    """What was read for it, each value once: by target, then in the order of the terms."""
    targets: list[int] | None

    __fields__ = {
        "step": (None, None),
        "target": (None, None),
        "by": (None, None),
        "why": (None, None),
        "score": (None, None),
        "propensity": (None, None),
        "read": (Reading, None),
        "targets": (None, None),
    }


class RoutingTrace(Record):
    """How one decision was made."""

    __slots__ = ()

    path: list[Hop]
    """The way to this route, in what `explain` gives; of a request that was sent, the trace has it
    beside this.
    """
    policy_version: str
    """What ranks: a hash of the strategy and of the version of its code. Equal where the same inputs
    must give the same decision.
    """
    strategy: StrategyConfig
    tier_strategies: dict[str, Any]
    """Those of tiers that rank by another one: a route within the route."""
    seed: str
    """The seed of every random choice."""
    now: float
    """When the decision was made, in seconds since 1970."""
    request: RequestRecord
    candidates: list[Candidate]
    """Every target of the route, in its order."""
    steps: list[Step]
    """What was done, in order."""
    last_resort: bool
    """Whether targets were asked although their health spoke against it, because none was left.
    """
    recorded: bool
    """Whether what strategies read was recorded: else it cannot be replayed."""
    unrecorded: int
    """Readings above the bound of the record: with any, it cannot be replayed."""

    __fields__ = {
        "path": (Hop, ()),
        "policy_version": (None, None),
        "strategy": (None, None),
        "tier_strategies": (None, None),
        "seed": (None, None),
        "now": (None, None),
        "request": (RequestRecord, None),
        "candidates": (Candidate, None),
        "steps": (Step, None),
        "last_resort": (None, False),
        "recorded": (None, None),
        "unrecorded": (None, None),
    }


Cause = Literal["first", "retry", "fallback", "larger_window", "content_policy", "hedge", "continuation"]
"""Why an attempt is made."""


Outcome = Literal["success", "failure", "pending", "cancelled"]
"""How an attempt ended."""


ErrorKind = Literal["AuthenticationError", "PermissionDeniedError", "BadRequestError", "ContextWindowExceededError", "ContentPolicyError", "NotFoundError", "RateLimitError", "QuotaExceededError", "OverloadedError", "InternalServerError", "APITimeoutError", "APIConnectionError", "StreamInterruptedError", "ResponseDecodeError", "NoTargetAvailableError", "BudgetExceededError", "ConfigurationError", "RequestCancelledError", "InternalError"]
"""What went wrong, in terms of what can be done about it."""


class AttemptError(Record):

    __slots__ = ()

    kind: ErrorKind
    message: str

    __fields__ = {
        "kind": (None, None),
        "message": (None, None),
    }


class AttemptUsage(Record):
    """What one attempt took."""

    __slots__ = ()

    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    """US dollars, where the price is known."""
    estimated: bool
    """True where the token counts were estimated."""

    __fields__ = {
        "input_tokens": (None, None),
        "output_tokens": (None, None),
        "cost_usd": (None, None),
        "estimated": (None, False),
    }


class Attempt(Record):
    """One HTTP exchange with one target."""

    __slots__ = ()

    target: str
    """`provider/model`."""
    cause: Cause
    """Why it was made."""
    started_ms: float
    """When it started."""
    first_token_ms: float | None
    """When its first content was in."""
    ended_ms: float | None
    """When it ended: with its last byte, or its failure."""
    outcome: Outcome
    status: int | None
    """HTTP status, if there was a response."""
    error: AttemptError | None
    usage: AttemptUsage | None
    """What it took, where the provider said so. Of a stream that was continued elsewhere an estimate,
    where it did not.
    """
    waited_s: float | None
    """Seconds waited before the next attempt."""
    not_repeated: str | None
    """Why it was not repeated, or not at another target, where that could have helped: what was asked
    may have been done.
    """

    __fields__ = {
        "target": (None, None),
        "cause": (None, None),
        "started_ms": (None, None),
        "first_token_ms": (None, None),
        "ended_ms": (None, None),
        "outcome": (None, None),
        "status": (None, None),
        "error": (AttemptError, None),
        "usage": (AttemptUsage, None),
        "waited_s": (None, None),
        "not_repeated": (None, None),
    }


TranslationAction = Literal["dropped", "renamed", "clamped", "emulated", "added"]
"""What was done to a parameter."""


class Translation(Record):
    """A parameter that was changed on its way to the target's wire form."""

    __slots__ = ()

    param: str
    """Its place in the request, such as `tools[0].function.strict`."""
    action: TranslationAction
    detail: str
    """What was done and why, in a sentence."""

    __fields__ = {
        "param": (None, None),
        "action": (None, None),
        "detail": (None, None),
    }


PriceSource = Literal["declared", "catalogue"]
"""Where a price came from."""


class Cost(Record):
    """What a request cost, by the user's price, else the catalogue's."""

    __slots__ = ()

    total_usd: float
    """US dollars, everything included."""
    input_usd: float
    output_usd: float
    estimated: bool
    """True where the token counts were estimated."""
    source: PriceSource | None
    """Whose price it is."""

    __fields__ = {
        "total_usd": (None, None),
        "input_usd": (None, None),
        "output_usd": (None, None),
        "estimated": (None, False),
        "source": (None, None),
    }


class Coalesced(Record):
    """How a request shared the reply of identical ones."""

    __slots__ = ()

    callers: int
    """How many asked, those who left meanwhile included."""
    joined_ms: float
    """Milliseconds from the start of the one that went out to this one's."""

    __fields__ = {
        "callers": (None, None),
        "joined_ms": (None, None),
    }


class Trace(Record):
    """What happened to one request. Times are milliseconds from its start."""

    __slots__ = ()

    id: str
    """Tells this request from all others; what is reported of it later names it."""
    requested_model: str
    """The model name that the caller asked for."""
    provider: str | None
    """The provider that answered."""
    kind: str | None
    """That provider's kind."""
    model: str | None
    """The upstream model that was asked."""
    target: str | None
    """`provider/model`."""
    route: str | None
    """The route that was asked for, where the model name is one."""
    degraded: bool
    """Whether the target that answered is one that the route declares as a degradation."""
    path: list[Hop]
    """The way from that route to the one that served it, where rules, splits or shadow copies had a
    say.
    """
    routing: RoutingTrace | None
    """How the target was chosen, where there were several."""
    attempts: list[Attempt]
    """Every HTTP exchange, in order."""
    translation: list[Translation]
    """What could not be said in the target's wire form as it was asked."""
    queued_ms: float | None
    """How long it waited in line because every target was at a limit."""
    time_to_first_token_ms: float | None
    """From the request's start to the first content."""
    total_ms: float | None
    """From the request's start to the end of the answer."""
    cost: Cost | None
    """What was paid. Absent on all but one of the requests that shared a reply."""
    coalesced: Coalesced | None
    """Where identical requests went out as one (`coalesce`): this trace is that one's."""

    __fields__ = {
        "id": (None, None),
        "requested_model": (None, None),
        "provider": (None, None),
        "kind": (None, None),
        "model": (None, None),
        "target": (None, None),
        "route": (None, None),
        "degraded": (None, False),
        "path": (Hop, ()),
        "routing": (RoutingTrace, None),
        "attempts": (Attempt, ()),
        "translation": (Translation, ()),
        "queued_ms": (None, None),
        "time_to_first_token_ms": (None, None),
        "total_ms": (None, None),
        "cost": (Cost, None),
        "coalesced": (Coalesced, None),
    }


class ChatCompletion(Record):
    """A reply. Unknown fields of the provider's are in `provider_fields`."""

    __slots__ = ()

    id: str
    """The provider's id of the reply; empty where it sent none, as Gemini's wire may."""
    object: str
    """`chat.completion`."""
    created: int
    """Unix time in seconds: the provider's, or of the reply's arrival where it says none."""
    model: str
    """The model that answered, in the provider's words."""
    choices: list[Choice]
    usage: Usage | None
    service_tier: str | None
    system_fingerprint: str | None
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How the request was routed, what was tried, how long it took, what it cost."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "id": (None, None),
        "object": (None, None),
        "created": (None, None),
        "model": (None, None),
        "choices": (Choice, None),
        "usage": (Usage, None),
        "service_tier": (None, None),
        "system_fingerprint": (None, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


class FunctionCallDelta(Record):

    __slots__ = ()

    name: str | None
    arguments: str | None
    """The next piece of the arguments' text."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "name": (None, None),
        "arguments": (None, None),
    }


class ToolCallDelta(Record):
    """A piece of a tool call in a stream. Pieces with one `index` are one call."""

    __slots__ = ()

    index: int
    id: str | None
    type: str | None
    function: FunctionCallDelta | None
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "index": (None, None),
        "id": (None, None),
        "type": (None, None),
        "function": (FunctionCallDelta, None),
    }


class Delta(Record):
    """What a chunk adds to the message."""

    __slots__ = ()

    role: str | None
    content: str | None
    refusal: str | None
    reasoning_content: str | None
    reasoning_details: list[ReasoningDetail] | None
    """Pieces with one `index` are one block: texts join, other fields replace."""
    tool_calls: list[ToolCallDelta] | None
    annotations: list[Annotation] | None
    audio: AudioOutput | None
    images: list[ImageOutput] | None
    native_blocks: NativeBlocks | None
    """Once, on the choice's last chunk."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "role": (None, None),
        "content": (None, None),
        "refusal": (None, None),
        "reasoning_content": (None, None),
        "reasoning_details": (ReasoningDetail, None),
        "tool_calls": (ToolCallDelta, None),
        "annotations": (Annotation, None),
        "audio": (AudioOutput, None),
        "images": (ImageOutput, None),
        "native_blocks": (NativeBlocks, None),
    }


class ChunkChoice(Record):

    __slots__ = ()

    index: int
    delta: Delta
    finish_reason: FinishReason | None
    native_finish_reason: str | None
    logprobs: Logprobs | None
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "index": (None, None),
        "delta": (Delta, None),
        "finish_reason": (None, None),
        "native_finish_reason": (None, None),
        "logprobs": (Logprobs, None),
    }


ContinuedBy = Literal["prefill", "instruction"]
"""How a target is told the beginning of the answer that it goes on with."""


class Continuation(Record):
    """Where a stream that broke goes on."""

    __slots__ = ()

    from_target: str
    """`provider/model` whose stream broke."""
    target: str
    """`provider/model` that goes on."""
    by: ContinuedBy
    """How it was told what was said before."""
    after_characters: int
    """Characters of text before this chunk: from there on it is the new target's."""

    __fields__ = {
        "from_target": (None, None),
        "target": (None, None),
        "by": (None, None),
        "after_characters": (None, None),
    }


class ChatCompletionChunk(Record):
    """A piece of a streamed reply."""

    __slots__ = ()

    id: str
    """The provider's id of the reply; empty where it sent none, as Gemini's wire may."""
    object: str
    """`chat.completion.chunk`."""
    created: int
    """Unix time in seconds: the provider's, or of the stream's start where it says none."""
    model: str
    choices: list[ChunkChoice]
    usage: Usage | None
    """On one of the last chunks."""
    service_tier: str | None
    system_fingerprint: str | None
    route: Trace | None
    """On the last chunk."""
    continuation: Continuation | None
    """On the first chunk after a break of the stream, where `stream_recovery` is `continue`: from here
    on another attempt speaks.
    """
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "id": (None, None),
        "object": (None, None),
        "created": (None, None),
        "model": (None, None),
        "choices": (ChunkChoice, None),
        "usage": (Usage, None),
        "service_tier": (None, None),
        "system_fingerprint": (None, None),
        "route": (Trace, None),
        "continuation": (Continuation, None),
    }


Vector = Union[list[float], str]
"""A vector: numbers, or base64 of little-endian 32-bit floats where that was asked for."""


class Embedding(Record):
    """The vector of one input."""

    __slots__ = ()

    object: str
    """`embedding`."""
    index: int
    """The place of the input, from 0."""
    embedding: Vector
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "object": (None, None),
        "index": (None, None),
        "embedding": (None, None),
    }


class Embeddings(Record):
    """The vectors of the inputs, in their order. Unknown fields of the provider's are in
    `provider_fields`.
    """

    __slots__ = ()

    object: str
    """`list`."""
    data: list[Embedding]
    """One for each input, in the order of the inputs."""
    model: str
    """The model that answered, in the provider's words."""
    usage: Usage | None
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How the request was routed, what was tried, how long it took, what it cost."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "object": (None, None),
        "data": (Embedding, None),
        "model": (None, None),
        "usage": (Usage, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


class RerankResult(Record):
    """How relevant one document is."""

    __slots__ = ()

    index: int
    """The document's place in the request, from 0."""
    relevance_score: float
    """Higher is more relevant; the scale is the model's own."""
    document: dict[str, Any] | None
    """The document, where `return_documents` asked for it; a text alone is its `text`."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "index": (None, None),
        "relevance_score": (None, None),
        "document": (None, None),
    }


class Reranking(Record):
    """Documents by relevance, the most relevant first. Unknown fields of the provider's are in
    `provider_fields`.
    """

    __slots__ = ()

    id: str
    """The provider's id of the reply; empty where it sent none."""
    model: str
    """The model that answered, in the provider's words."""
    results: list[RerankResult]
    """The most relevant first."""
    usage: Usage | None
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How the request was routed, what was tried, how long it took, what it cost."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "id": (None, None),
        "model": (None, None),
        "results": (RerankResult, None),
        "usage": (Usage, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


class ListedModel(Record):
    """One model of one provider. What else the provider says of it is in `provider_fields`."""

    __slots__ = ()

    id: str
    """`provider/model`: what a request names as its `model`."""
    object: str
    """`model`."""
    provider: str
    """The provider's name in this client."""
    model: str
    """The model in the provider's words."""
    name: str | None
    """Its name for people, where the provider gives one."""
    created: int | None
    """When it was made or released, in seconds since 1970."""
    owned_by: str | None
    context_window: int | None
    """Tokens that it reads at most: the provider's word, else the catalogue's."""
    max_output_tokens: int | None
    """Tokens that it writes at most: the provider's word, else the catalogue's."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "id": (None, None),
        "object": (None, None),
        "provider": (None, None),
        "model": (None, None),
        "name": (None, None),
        "created": (None, None),
        "owned_by": (None, None),
        "context_window": (None, None),
        "max_output_tokens": (None, None),
    }


TimeLimit = Literal["connect", "first_byte", "idle", "total"]
"""Which of the four time limits ran out."""


class ResponseIncomplete(Record):
    """Why a response is incomplete."""

    __slots__ = ()

    reason: str | None
    """`max_output_tokens` or `content_filter`."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "reason": (None, None),
    }


class ResponsePart(Record):
    """A part of a message or of reasoning."""

    __slots__ = ()

    type: str
    """`output_text`, `refusal`, `summary_text` or `reasoning_text`."""
    text: str | None
    refusal: str | None
    annotations: list[dict[str, Any]] | None
    """Citations."""
    logprobs: list[dict[str, Any]] | None
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "type": (None, None),
        "text": (None, None),
        "refusal": (None, None),
        "annotations": (None, None),
        "logprobs": (None, None),
    }


class ResponseItem(Record):
    """An item of a response: a message, a call of a tool, reasoning, or what else the service sends.
    """

    __slots__ = ()

    type: str
    """`message`, `function_call`, `reasoning`, or another of the service's."""
    id: str | None
    status: str | None
    """`in_progress`, `completed` or `incomplete`."""
    role: str | None
    """Of a message: `assistant`."""
    content: list[ResponsePart] | None
    """The parts of a message, or the texts of reasoning."""
    call_id: str | None
    """Of a call: what its result names it by."""
    name: str | None
    """Of a call: the tool."""
    arguments: str | None
    """Of a call of a function: JSON, exactly as the model wrote it."""
    input: str | None
    """Of a call of a custom tool: what the model wrote."""
    summary: list[ResponsePart] | None
    """Of reasoning: its summary."""
    encrypted_content: str | None
    """Of reasoning: what its provider needs to have it back. Hand the item back as it is."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "type": (None, None),
        "id": (None, None),
        "status": (None, None),
        "role": (None, None),
        "content": (ResponsePart, None),
        "call_id": (None, None),
        "name": (None, None),
        "arguments": (None, None),
        "input": (None, None),
        "summary": (ResponsePart, None),
        "encrypted_content": (None, None),
    }


class ResponseInputTokens(Record):
    """Parts of `input_tokens`."""

    __slots__ = ()

    cached_tokens: int | None
    """Read from the provider's prompt cache."""
    cache_write_tokens: int | None
    """Written to the provider's prompt cache."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "cached_tokens": (None, None),
        "cache_write_tokens": (None, None),
    }


class ResponseOutputTokens(Record):
    """Parts of `output_tokens`."""

    __slots__ = ()

    reasoning_tokens: int | None
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "reasoning_tokens": (None, None),
    }


class ResponseUsage(Record):
    """Tokens of one response. Details are parts of the totals, not added to them."""

    __slots__ = ()

    input_tokens: int
    """All input, cached included."""
    input_tokens_details: ResponseInputTokens | None
    output_tokens: int
    """All output, reasoning included."""
    output_tokens_details: ResponseOutputTokens | None
    total_tokens: int
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "input_tokens": (None, None),
        "input_tokens_details": (ResponseInputTokens, None),
        "output_tokens": (None, None),
        "output_tokens_details": (ResponseOutputTokens, None),
        "total_tokens": (None, None),
    }


class ModelResponse(Record):
    """A response. Unknown fields of the provider's are in `provider_fields`."""

    __slots__ = ()

    id: str
    object: str
    """`response`."""
    created_at: float
    """Unix time in seconds."""
    completed_at: float | None
    """Unix time in seconds, where the service says it."""
    status: str | None
    """`completed`, or `incomplete` for a reason that `incomplete_details` says. Of a response that the
    service works on while nobody waits `queued`, `in_progress` or `cancelled`.
    """
    incomplete_details: ResponseIncomplete | None
    error: dict[str, Any] | None
    model: str
    """The model that answered, in the provider's words."""
    output: list[ResponseItem]
    """The items of the answer. Hand them back as items of the next request's `input`."""
    output_text: str
    """All text of the output, joined; empty where there is none."""
    usage: ResponseUsage | None
    instructions: Any
    """As in the request, in the service's form."""
    max_output_tokens: int | None
    metadata: dict[str, Any] | None
    parallel_tool_calls: bool | None
    previous_response_id: str | None
    reasoning: Any
    service_tier: str | None
    store: bool | None
    temperature: float | None
    text: dict[str, Any] | None
    tool_choice: Any
    tools: list[dict[str, Any]] | None
    top_p: float | None
    truncation: str | None
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How the request was routed, what was tried, how long it took, what it cost."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "id": (None, None),
        "object": (None, None),
        "created_at": (None, None),
        "completed_at": (None, None),
        "status": (None, None),
        "incomplete_details": (ResponseIncomplete, None),
        "error": (None, None),
        "model": (None, None),
        "output": (ResponseItem, None),
        "output_text": (None, None),
        "usage": (ResponseUsage, None),
        "instructions": (None, None),
        "max_output_tokens": (None, None),
        "metadata": (None, None),
        "parallel_tool_calls": (None, None),
        "previous_response_id": (None, None),
        "reasoning": (None, None),
        "service_tier": (None, None),
        "store": (None, None),
        "temperature": (None, None),
        "text": (None, None),
        "tool_choice": (None, None),
        "tools": (None, None),
        "top_p": (None, None),
        "truncation": (None, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


class MessageBlock(Record):
    """A block of a message: text, a call of a tool, thinking, or what else the service sends.
    """

    __slots__ = ()

    type: str
    """`text`, `tool_use`, `thinking`, `redacted_thinking`, or another of the service's."""
    text: str | None
    citations: list[dict[str, Any]] | None
    id: str | None
    """Of a call: what its result names it by."""
    name: str | None
    """Of a call: the tool."""
    input: dict[str, Any] | None
    """Of a call: an object."""
    thinking: str | None
    signature: str | None
    """Of thinking: what its provider needs to have it back. Hand the block back as it is."""
    data: str | None
    """Of thinking that only its provider can read."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "type": (None, None),
        "text": (None, None),
        "citations": (None, None),
        "id": (None, None),
        "name": (None, None),
        "input": (None, None),
        "thinking": (None, None),
        "signature": (None, None),
        "data": (None, None),
    }


class MessageUsage(Record):
    """Tokens of one message."""

    __slots__ = ()

    input_tokens: int
    """Input that was neither read from the provider's prompt cache nor written to it."""
    output_tokens: int
    """All output, thinking included."""
    cache_creation_input_tokens: int | None
    cache_read_input_tokens: int | None
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "input_tokens": (None, None),
        "output_tokens": (None, None),
        "cache_creation_input_tokens": (None, None),
        "cache_read_input_tokens": (None, None),
    }


class MessageReply(Record):
    """A message. Unknown fields of the provider's are in `provider_fields`."""

    __slots__ = ()

    id: str
    type: str
    """`message`."""
    role: str
    """`assistant`."""
    model: str
    """The model that answered, in the provider's words."""
    content: list[MessageBlock]
    """The blocks of the answer. Hand them back as the content of a turn of the assistant's."""
    stop_reason: str | None
    """`end_turn`, `max_tokens`, `stop_sequence`, `tool_use`, `refusal`, …"""
    stop_sequence: str | None
    usage: MessageUsage | None
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How the request was routed, what was tried, how long it took, what it cost."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "id": (None, None),
        "type": (None, None),
        "role": (None, None),
        "model": (None, None),
        "content": (MessageBlock, None),
        "stop_reason": (None, None),
        "stop_sequence": (None, None),
        "usage": (MessageUsage, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


class CompletionChoice(Record):
    """One text that completes a prompt, or a piece of it."""

    __slots__ = ()

    index: int
    """Its place among all of the answer, from 0."""
    text: str
    finish_reason: FinishReason | None
    """Why it ended; null on a piece that is not the last."""
    native_finish_reason: str | None
    """The provider's own word, where it is not ours."""
    logprobs: dict[str, Any] | None
    """Log probabilities of its tokens, in the provider's form: OpenAI's has `tokens`,
    `token_logprobs`, `top_logprobs` and `text_offset`.
    """
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "index": (None, None),
        "text": (None, None),
        "finish_reason": (None, None),
        "native_finish_reason": (None, None),
        "logprobs": (None, None),
    }


class Completion(Record):
    """Texts that complete prompts, or a piece of them. Unknown fields of the provider's are in
    `provider_fields`.
    """

    __slots__ = ()

    id: str
    """The provider's id of the reply; empty where it sent none."""
    object: str
    """`text_completion`."""
    created: int
    """When it was made, in seconds since 1970; 0 where the provider does not say."""
    model: str
    """The model that answered, in the provider's words."""
    choices: list[CompletionChoice]
    """`n` of the first prompt, then `n` of the next."""
    usage: Usage | None
    system_fingerprint: str | None
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How the request was routed, what was tried, how long it took, what it cost."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "id": (None, None),
        "object": (None, None),
        "created": (None, None),
        "model": (None, None),
        "choices": (CompletionChoice, None),
        "usage": (Usage, None),
        "system_fingerprint": (None, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


class ErrorDetails(Record):
    """The fields of an [`Error`]. Serialises to what the bindings hand to the user."""

    __slots__ = ()

    kind: ErrorKind
    message: str
    param: str | None
    """The place in the input that is wrong, such as `messages[2].content[0].type`."""
    code: str | None
    """The provider's own error code."""
    type: str | None
    """The provider's own error type."""
    provider: str | None
    model: str | None
    target: str | None
    """`provider/model` of the target that failed last."""
    status: int | None
    """HTTP status of the response."""
    request_id: str | None
    """The provider's id of the request."""
    retry_after: float | None
    """Seconds that the provider asks to wait."""
    limit: TimeLimit | None
    """The time limit that ran out."""
    not_done: bool | None
    """Of an operation that a provider declares: whether it is sure that it was not done, because
    nothing was sent or the service said so. False: it may have been done, by any of the attempts.
    """
    attempts: int
    """HTTP exchanges made for this request, this failure included."""
    body: Any
    """The provider's error body: parsed when it is JSON, else its text."""
    partial: ChatCompletion | None
    """What a stream had delivered before it broke."""
    partial_response: ModelResponse | None
    """What the stream of a response had delivered before it broke."""
    partial_message: MessageReply | None
    """What the stream of a message had delivered before it broke."""
    partial_completion: Completion | None
    """What the stream of a completion of a text had delivered before it broke."""
    route: Trace | None
    source: str | None
    """The cause in the words of the layer below."""

    __fields__ = {
        "kind": (None, None),
        "message": (None, None),
        "param": (None, None),
        "code": (None, None),
        "type": (None, None),
        "provider": (None, None),
        "model": (None, None),
        "target": (None, None),
        "status": (None, None),
        "request_id": (None, None),
        "retry_after": (None, None),
        "limit": (None, None),
        "not_done": (None, None),
        "attempts": (None, None),
        "body": (None, None),
        "partial": (ChatCompletion, None),
        "partial_response": (ModelResponse, None),
        "partial_message": (MessageReply, None),
        "partial_completion": (Completion, None),
        "route": (Trace, None),
        "source": (None, None),
    }


class ListedProvider(Record):
    """How it went to ask one provider for its models. What else it said is in `provider_fields`.
    """

    __slots__ = ()

    provider: str
    """The provider's name in this client."""
    models: int
    """How many models it listed."""
    error: ErrorDetails | None
    """Why its models are not in the list, where they are not."""
    route: Trace | None
    """What was tried and how long it took; of a list in pages, for its last one."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "provider": (None, None),
        "models": (None, None),
        "error": (ErrorDetails, None),
        "route": (Trace, None),
    }


class ModelList(Record):
    """The models that can be asked for, in the order of the providers and then in the provider's own.
    """

    __slots__ = ()

    object: str
    """`list`."""
    data: list[ListedModel]
    providers: list[ListedProvider]
    """Every provider that was asked, and how that went."""
    request_id: str | None
    """Of a list that was asked of one provider: the provider's id of the request."""

    __fields__ = {
        "object": (None, None),
        "data": (ListedModel, None),
        "providers": (ListedProvider, None),
        "request_id": (None, None),
    }


class ServiceReply(Record):
    """What a service answered."""

    __slots__ = ()

    data: Any
    """By the names of the operation's `answer`; without one the whole body. A text where that is no
    JSON, null where there is none.
    """
    status: int
    """HTTP status of the response."""
    request_id: str | None
    """The service's id of the request, from the response's headers."""
    route: Trace | None
    """How the request was routed, what was tried, how long it took, what it cost."""

    __fields__ = {
        "data": (None, None),
        "status": (None, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


CountMethod = Literal["provider", "vocabulary", "estimate"]
"""How tokens were counted."""


class TokenCount(Record):
    """The number of tokens of a chat request's input. Unknown fields of the provider's are in
    `provider_fields`.
    """

    __slots__ = ()

    input_tokens: int
    """Tokens of messages, tools and all else that the model would read."""
    estimated: bool
    """Whether it is an estimate. A rule of thumb is off by 45 % for half of all requests, more for
    very short ones and for media; of a service or vocabulary that counts texts alone, what stands
    around the texts (roles, tools, media) is estimated.
    """
    method: CountMethod
    """Who counted."""
    model: str
    """The model it was counted for, in the provider's words; as asked for where none was asked.
    """
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How the request was routed and what was tried. Counting is not priced."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "input_tokens": (None, None),
        "estimated": (None, None),
        "method": (None, None),
        "model": (None, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


BatchStatus = Union[Literal["validating", "in_progress", "finalizing", "completed", "failed", "expired", "cancelling", "cancelled"], str]


class BatchCounts(Record):
    """How many requests of a batch are where; together they are `total`."""

    __slots__ = ()

    total: int
    """0 as long as the provider has not counted them."""
    processing: int
    """Not answered yet."""
    succeeded: int
    failed: int
    cancelled: int
    expired: int

    __fields__ = {
        "total": (None, None),
        "processing": (None, None),
        "succeeded": (None, None),
        "failed": (None, None),
        "cancelled": (None, None),
        "expired": (None, None),
    }


class Batch(Record):
    """Many chats handed in at once. Unknown fields of the provider's are in `provider_fields`.
    """

    __slots__ = ()

    id: str
    """What it is asked for by: the provider that has it, and its id there: `openai/batch_67d4…`.
    """
    object: str
    """`batch`."""
    provider: str
    """The provider that has it; `openai#2` for the second of several keys."""
    status: BatchStatus
    native_status: str | None
    """The provider's own word, where it is not ours."""
    ended: bool
    """Whether nothing more comes: its results can be had."""
    request_counts: BatchCounts
    """How many of its requests are where."""
    model: str | None
    """The model that is asked, in the provider's words, where it says so."""
    created_at: int
    """In seconds since 1970, as all times here; 0 where the provider does not say."""
    ended_at: int | None
    expires_at: int | None
    """When the time runs out that the provider gives itself."""
    errors: Any
    """What is wrong with the batch as a whole, in the provider's words."""
    metadata: dict[str, Any] | None
    """Labels stored with it at the provider."""
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How this request for it was routed, and what was tried."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "id": (None, None),
        "object": (None, None),
        "provider": (None, None),
        "status": (None, None),
        "native_status": (None, None),
        "ended": (None, None),
        "request_counts": (BatchCounts, None),
        "model": (None, None),
        "created_at": (None, None),
        "ended_at": (None, None),
        "expires_at": (None, None),
        "errors": (None, None),
        "metadata": (None, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


class BatchList(Record):
    """Batches of one provider, the newest first."""

    __slots__ = ()

    data: list[Batch]
    next: str | None
    """Where the list goes on, for `after`; absent at its end."""
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How this request was routed, and what was tried."""

    __fields__ = {
        "data": (Batch, None),
        "next": (None, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


class BatchResult(Record):
    """The result of one request of a batch: a completion or an error."""

    __slots__ = ()

    custom_id: str
    """What the request was named; `request-0` for the first that was given no name."""
    completion: ChatCompletion | None
    cost: Cost | None
    """What it cost at the provider's price for batches, where that is known."""
    error: ErrorDetails | None
    """Why it has no completion. Of a request that was cancelled or expired, `type` says so."""

    __fields__ = {
        "custom_id": (None, None),
        "completion": (ChatCompletion, None),
        "cost": (Cost, None),
        "error": (ErrorDetails, None),
    }


class BatchResults(Record):
    """The results of a batch: in the order of its requests where no id was given to them, else in the
    provider's.
    """

    __slots__ = ()

    data: list[BatchResult]
    usage: Usage | None
    """What all of them took together."""
    cost: Cost | None
    """What all of them cost together at the provider's price for batches. Absent where a price is not
    known, of the model or of batches.
    """
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How this request was routed, and what was tried."""

    __fields__ = {
        "data": (BatchResult, None),
        "usage": (Usage, None),
        "cost": (Cost, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


class Image(Record):
    """An image: where it is, or what it is."""

    __slots__ = ()

    url: str | None
    """Where it can be fetched, for a while."""
    b64_json: str | None
    """The image itself, as base64."""
    revised_prompt: str | None
    """The prompt that the model made of the one given."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "url": (None, None),
        "b64_json": (None, None),
        "revised_prompt": (None, None),
    }


class Images(Record):
    """Images, in the order in which the provider gave them. Unknown fields of the provider's are in
    `provider_fields`.
    """

    __slots__ = ()

    created: int
    """Seconds since 1970; 0 where the provider did not say."""
    data: list[Image]
    model: str
    """The model that was asked, or that the provider says answered."""
    usage: Usage | None
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How the request was routed, what was tried, how long it took, what it cost."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "created": (None, None),
        "data": (Image, None),
        "model": (None, None),
        "usage": (Usage, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


class Speech(ContentRecord):
    """Speech: the bytes of a sound file."""

    __slots__ = ()

    content_type: str
    """What they are, such as `audio/mpeg`, as the provider says."""
    model: str
    """The model that was asked."""
    characters: int
    """Characters of the text that was read aloud."""
    usage: Usage | None
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How the request was routed, what was tried, how long it took, what it cost."""

    __fields__ = {
        "content_type": (None, None),
        "model": (None, None),
        "characters": (None, None),
        "usage": (Usage, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


class TranscriptionWord(Record):
    """A word, and when it was said."""

    __slots__ = ()

    word: str
    start: float
    """Seconds from the beginning."""
    end: float
    """Seconds from the beginning."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "word": (None, None),
        "start": (None, None),
        "end": (None, None),
    }


class TranscriptionSegment(Record):
    """A part of the text, and when it was said."""

    __slots__ = ()

    text: str
    start: float
    """Seconds from the beginning."""
    end: float
    """Seconds from the beginning."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "text": (None, None),
        "start": (None, None),
        "end": (None, None),
    }


class Transcription(Record):
    """What was said. Unknown fields of the provider's are in `provider_fields`."""

    __slots__ = ()

    text: str
    """The whole text; of `srt` and `vtt` the file as it came."""
    language: str | None
    """The language spoken, in the provider's words."""
    duration: float | None
    """Seconds of the recording."""
    words: list[TranscriptionWord] | None
    """Each word with its times, where they were asked for."""
    segments: list[TranscriptionSegment] | None
    """Each part with its times, where they were asked for."""
    model: str
    """The model that was asked, or that the provider says answered."""
    usage: Usage | None
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How the request was routed, what was tried, how long it took, what it cost."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "text": (None, None),
        "language": (None, None),
        "duration": (None, None),
        "words": (TranscriptionWord, None),
        "segments": (TranscriptionSegment, None),
        "model": (None, None),
        "usage": (Usage, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


class ModerationResult(Record):
    """What is objectionable in one input."""

    __slots__ = ()

    flagged: bool
    """Whether anything is: as the provider says, else whether any category holds."""
    categories: dict[str, bool]
    """Whether each category holds, in the provider's words."""
    category_scores: dict[str, float]
    """How much of each category there is, from 0 to 1, in the provider's words."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "flagged": (None, None),
        "categories": (None, None),
        "category_scores": (None, None),
    }


class Moderation(Record):
    """A judgement of each input. Unknown fields of the provider's are in `provider_fields`."""

    __slots__ = ()

    id: str
    """The provider's id of the reply; empty where it sent none."""
    model: str
    """The model that answered, in the provider's words."""
    results: list[ModerationResult]
    """One for each text, in their order; of parts one."""
    usage: Usage | None
    request_id: str | None
    """The provider's id of the request, from the response's headers."""
    route: Trace | None
    """How the request was routed, what was tried, how long it took, what it cost."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "id": (None, None),
        "model": (None, None),
        "results": (ModerationResult, None),
        "usage": (Usage, None),
        "request_id": (None, None),
        "route": (Trace, None),
    }


class ResponseEvent(Record):
    """An event of a streamed response; which fields it has, its type says. The last one is
    `response.completed` or `response.incomplete`, and has the response as a whole, with its
    `route`.
    """

    __slots__ = ()

    type: str
    """Such as `response.output_text.delta`."""
    sequence_number: int | None
    """Its number in the stream, from 0."""
    output_index: int | None
    """The place of the item among those of the output."""
    item_id: str | None
    content_index: int | None
    """The place of the part in the item's content."""
    summary_index: int | None
    """The place of the part in the item's summary."""
    delta: str | None
    """The next piece of a text, of arguments or of reasoning."""
    text: str | None
    """The text as a whole."""
    refusal: str | None
    """The refusal as a whole."""
    arguments: str | None
    """The arguments as a whole: JSON."""
    item: ResponseItem | None
    part: ResponsePart | None
    annotation: dict[str, Any] | None
    response: ModelResponse | None
    """The response so far; in the last event as a whole."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "type": (None, None),
        "sequence_number": (None, None),
        "output_index": (None, None),
        "item_id": (None, None),
        "content_index": (None, None),
        "summary_index": (None, None),
        "delta": (None, None),
        "text": (None, None),
        "refusal": (None, None),
        "arguments": (None, None),
        "item": (ResponseItem, None),
        "part": (ResponsePart, None),
        "annotation": (None, None),
        "response": (ModelResponse, None),
    }


class MessageDelta(Record):
    """What an event adds to a block, or to the message."""

    __slots__ = ()

    type: str | None
    """`text_delta`, `input_json_delta`, `thinking_delta`, `signature_delta` or `citations_delta`; of
    `message_delta` none.
    """
    text: str | None
    partial_json: str | None
    thinking: str | None
    signature: str | None
    citation: dict[str, Any] | None
    stop_reason: str | None
    stop_sequence: str | None
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "type": (None, None),
        "text": (None, None),
        "partial_json": (None, None),
        "thinking": (None, None),
        "signature": (None, None),
        "citation": (None, None),
        "stop_reason": (None, None),
        "stop_sequence": (None, None),
    }


class MessageEvent(Record):
    """An event of a streamed message; which fields it has, its type says. The last one is
    `message_stop`, and has the message as a whole, with its `route`.
    """

    __slots__ = ()

    type: str
    """`message_start`, `content_block_start`, `content_block_delta`, `content_block_stop`,
    `message_delta`, `message_stop`, `ping`, or another of the service's.
    """
    index: int | None
    """The place of the block."""
    content_block: MessageBlock | None
    delta: MessageDelta | None
    usage: MessageUsage | None
    message: MessageReply | None
    """The message so far; in the last event as a whole."""
    provider_fields: dict[str, Any]
    """Fields that have no name here, as the provider sent them."""

    __fields__ = {
        "type": (None, None),
        "index": (None, None),
        "content_block": (MessageBlock, None),
        "delta": (MessageDelta, None),
        "usage": (MessageUsage, None),
        "message": (MessageReply, None),
    }


BreakerState = Literal["closed", "open", "half_open"]
"""Which state a circuit breaker is in."""


class HealthStats(Record):
    """What background checks found of a provider, and what they took. None of it is part of the other
    numbers.
    """

    __slots__ = ()

    healthy: bool
    checks: int
    """Checks begun."""
    failures: int
    """Checks that failed."""
    last_failure: str | None
    """Why the last of those failed."""
    input_tokens: int
    output_tokens: int
    cost: float
    """US dollars, of what has a known price."""

    __fields__ = {
        "healthy": (None, None),
        "checks": (None, None),
        "failures": (None, None),
        "last_failure": (None, None),
        "input_tokens": (None, None),
        "output_tokens": (None, None),
        "cost": (None, None),
    }


class Percentiles(Record):
    """The usual percentiles of durations, in seconds."""

    __slots__ = ()

    count: int
    """How many they are of."""
    mean: float
    min: float
    p50: float
    p90: float
    p95: float
    p99: float
    max: float

    __fields__ = {
        "count": (None, None),
        "mean": (None, None),
        "min": (None, None),
        "p50": (None, None),
        "p90": (None, None),
        "p95": (None, None),
        "p99": (None, None),
        "max": (None, None),
    }


class QuotaLeft(Record):
    """What of a configured limit is left."""

    __slots__ = ()

    name: str
    """The field of the configuration, such as `tokens_per_minute`."""
    limit: int
    remaining: int

    __fields__ = {
        "name": (None, None),
        "limit": (None, None),
        "remaining": (None, None),
    }


LimitUnit = Literal["requests", "input_tokens", "output_tokens", "tokens"]
"""What a limit counts."""


class LimitLeft(Record):
    """What is left of a limit that the provider's responses told."""

    __slots__ = ()

    unit: LimitUnit
    window_s: float | None
    """The time that `limit` is for."""
    limit: int | None
    remaining: int
    resets_in_s: float
    """When all of it is given back."""

    __fields__ = {
        "unit": (None, None),
        "window_s": (None, None),
        "limit": (None, None),
        "remaining": (None, None),
        "resets_in_s": (None, None),
    }


class TargetStats(Record):
    """What was seen of one target. Times are seconds, money is US dollars."""

    __slots__ = ()

    target: str
    """`provider/model`."""
    requests: int
    """Attempts begun."""
    successes: int
    """Attempts answered."""
    cancelled: int
    """Attempts left by the caller, or lost to a hedge."""
    errors: dict[str, int]
    """Attempts that failed, by the class of their error."""
    in_flight: int
    """Attempts begun and not ended."""
    input_tokens: int
    output_tokens: int
    cost: float
    """US dollars, of what has a known price."""
    unpriced: int
    """Attempts with usage whose price is not known: `cost` is too low by them."""
    success_rate: float | None
    """The share of ended attempts that were answered, cancelled ones left out."""
    breaker: BreakerState
    health_check: HealthStats | None
    """What the background checks of its provider found, where it has any: the same at each target of a
    provider.
    """
    unavailable_for_s: float | None
    """For how long it is still left alone, by its breaker or a cooldown."""
    time_to_first_token_s: Percentiles | None
    """Of the last five minutes. A plain call has its first token at its end."""
    total_s: Percentiles | None
    """From the attempt's start to its end, of the last five minutes."""
    expected_first_token_s: float
    """What routing expects of the next stream: 0 of an idle target never seen. Where only plain calls
    were seen, their whole time.
    """
    expected_output_tokens_per_s: float | None
    """None before a stream was seen."""
    round_trip_s: float | None
    """The shortest round trip on the network to its address: of the last five to ten minutes, or of
    the last time when a connection was made.
    """
    concurrency_limit: int | None
    """Requests at a time that it gets by now, where `adaptive_concurrency` finds that out."""
    quota_left: list[QuotaLeft]
    """What is left of the configured limits."""
    limits_left: list[LimitLeft]
    """What the provider's responses said is left."""

    __fields__ = {
        "target": (None, None),
        "requests": (None, None),
        "successes": (None, None),
        "cancelled": (None, None),
        "errors": (None, None),
        "in_flight": (None, None),
        "input_tokens": (None, None),
        "output_tokens": (None, None),
        "cost": (None, None),
        "unpriced": (None, None),
        "success_rate": (None, None),
        "breaker": (None, None),
        "health_check": (HealthStats, None),
        "unavailable_for_s": (None, None),
        "time_to_first_token_s": (Percentiles, None),
        "total_s": (Percentiles, None),
        "expected_first_token_s": (None, None),
        "expected_output_tokens_per_s": (None, None),
        "round_trip_s": (None, None),
        "concurrency_limit": (None, None),
        "quota_left": (QuotaLeft, None),
        "limits_left": (LimitLeft, None),
    }


class VariantStats(Record):
    """What was seen of the requests of one variant of a split, or of the copies of a route. Times are
    seconds, money is US dollars.
    """

    __slots__ = ()

    route: str
    split: str | None
    """None: the copies of the route's requests."""
    variant: str
    """`base` for what the variants of the split leave, `shadow` for copies."""
    requests: int
    """Requests begun, each once, whatever attempts it took."""
    successes: int
    cancelled: int
    """Left by the caller."""
    errors: dict[str, int]
    """By the class of the error that the caller got."""
    in_flight: int
    input_tokens: int
    output_tokens: int
    cost: float
    """US dollars, of what has a known price."""
    unpriced: int
    """Requests with usage whose price is not known: `cost` is too low by them."""
    success_rate: float | None
    """The share of ended requests that were answered, cancelled ones left out."""
    dropped: int
    """Copies that were drawn and never sent: there was no room, or they waited for it past their
    deadline. Not among `requests`; 0 of the variants of a split.
    """
    time_to_first_token_s: Percentiles | None
    """Of the last five minutes."""
    total_s: Percentiles | None
    """From the request's start to its end, of the last five minutes."""

    __fields__ = {
        "route": (None, None),
        "split": (None, None),
        "variant": (None, None),
        "requests": (None, None),
        "successes": (None, None),
        "cancelled": (None, None),
        "errors": (None, None),
        "in_flight": (None, None),
        "input_tokens": (None, None),
        "output_tokens": (None, None),
        "cost": (None, None),
        "unpriced": (None, None),
        "success_rate": (None, None),
        "dropped": (None, None),
        "time_to_first_token_s": (Percentiles, None),
        "total_s": (Percentiles, None),
    }


class OrderCandidate(Record):
    """One target that can serve the request. A number that is not known is absent."""

    __slots__ = ()

    name: str
    """`provider/model`: what the function returns."""
    tier: int
    """1 is used first, whatever the order says."""
    available: bool
    """Whether it can be asked now: no breaker, cooldown or limit is against it."""
    why: str | None
    """Why it cannot be asked now."""
    facts: TargetFacts
    weight: float | None
    """The declared weight."""
    in_flight: float | None
    """Requests in flight."""
    first_token_seconds: float | None
    """Expected seconds to the first token; of a plain call to its end."""
    token_seconds: float | None
    """Expected seconds per token of output after that; 0 of a plain call."""
    output_tokens_per_second: float | None
    """Measured tokens of output per second."""
    expected_cost_usd: float | None
    """Expected cost of this request in US dollars."""
    quality: float | None
    """The declared quality of the model."""
    success_rate: float | None
    """The share of requests that succeeded, 0 to 1."""
    reward_mean: float | None
    """The mean of the reported rewards."""

    __fields__ = {
        "name": (None, None),
        "tier": (None, None),
        "available": (None, None),
        "why": (None, None),
        "facts": (TargetFacts, None),
        "weight": (None, None),
        "in_flight": (None, None),
        "first_token_seconds": (None, None),
        "token_seconds": (None, None),
        "output_tokens_per_second": (None, None),
        "expected_cost_usd": (None, None),
        "quality": (None, None),
        "success_rate": (None, None),
        "reward_mean": (None, None),
    }


class RoutingOptions(Record):
    """What the caller says about a request for the sake of routing. None of it reaches the model.
    """

    __slots__ = ()

    provider: str | None
    """Only targets of this provider. The one way to reach a provider in `draft`."""
    tags: list[str]
    """Only targets that carry all of these."""
    region: str | None
    """Only targets in this region. To prefer regions, use the strategy `region`."""
    residency: list[str] | None
    """The jurisdictions where the data may be processed, such as `["eu", "ch"]`. A target that does
    not say its own is left out. Default: anywhere.
    """
    data_policy: list[str]
    """Only targets that promise all of these, such as `no_training`."""
    task: str | None
    """What the request is for, such as `summarise`; rules read it."""
    metadata: dict[str, Any]
    """Anything else that rules read."""
    tenant: str | None
    """On whose behalf; queues are fair between tenants, by estimated tokens."""
    priority: int | None
    """Place in a queue: higher first, always. Default 0."""
    session: str | None
    """Requests of one session stay with one target under the strategy `sticky`."""
    seed: int | None
    """The seed of every random choice. Default: a new one for each request."""
    expected_output_tokens: int | None
    """Tokens that the answer will have, for expected cost and time. Default: 256, or the request's
    limit where that is lower.
    """
    allow_degraded: bool | None
    """Whether a target that its route declares as a degradation (`degraded`) may answer. Default true.
    """

    __fields__ = {
        "provider": (None, None),
        "tags": (None, ()),
        "region": (None, None),
        "residency": (None, None),
        "data_policy": (None, ()),
        "task": (None, None),
        "metadata": (None, None),
        "tenant": (None, None),
        "priority": (None, None),
        "session": (None, None),
        "seed": (None, None),
        "expected_output_tokens": (None, None),
        "allow_degraded": (None, None),
    }


class OrderRequest(Record):
    """What the function is told of the request."""

    __slots__ = ()

    model: str
    """The model name that the caller asked for: the route's."""
    needs: Capabilities
    """What it needs of a model, such as `tools` or `vision`."""
    input_tokens: int
    """Tokens of the input, estimated."""
    output_limit: int | None
    """The most tokens of output that the request allows."""
    expected_output_tokens: int
    """Tokens of output that costs and times are reckoned with."""
    routing: RoutingOptions
    """What the caller said for the sake of routing: task, tenant, metadata, …"""

    __fields__ = {
        "model": (None, None),
        "needs": (None, None),
        "input_tokens": (None, None),
        "output_limit": (None, None),
        "expected_output_tokens": (None, None),
        "routing": (RoutingOptions, None),
    }


class OrderQuestion(Record):
    """What the function of the strategy `custom` is asked: which of these comes first."""

    __slots__ = ()

    candidates: list[OrderCandidate]
    """The targets that can serve the request, in the route's order."""
    request: OrderRequest

    __fields__ = {
        "candidates": (OrderCandidate, None),
        "request": (OrderRequest, None),
    }


class Difference(Record):
    """One place at which a decision comes out otherwise than it was recorded."""

    __slots__ = ()

    place: str
    """Such as `steps[0].target`."""
    recorded: Any
    """What the record says there; null: nothing."""
    replayed: Any
    """What comes out today."""

    __fields__ = {
        "place": (None, None),
        "recorded": (None, None),
        "replayed": (None, None),
    }


class Replay(Record):
    """A recorded decision, made again."""

    __slots__ = ()

    same: bool
    """Whether everything came out as it was recorded."""
    differences: list[Difference]
    """Where it did not."""
    trace: RoutingTrace
    """The decision as it is made today."""

    __fields__ = {
        "same": (None, None),
        "differences": (Difference, None),
        "trace": (RoutingTrace, None),
    }


class Propensity(Record):
    """How likely a target was to be chosen."""

    __slots__ = ()

    target: int
    """Its place among the candidates."""
    name: str
    propensity: float
    """0 to 1."""

    __fields__ = {
        "target": (None, None),
        "name": (None, None),
        "propensity": (None, None),
    }


class _CacheControlRequired(TypedDict):
    type: str
    """`ephemeral`."""


class CacheControlParam(_CacheControlRequired, total=False):
    """Marks the end of a prefix that the provider should cache."""

    ttl: str | None
    """How long, such as `5m` or `1h`. Default: the provider's."""


class _ImageUrlRequired(TypedDict):
    url: str


class ImageUrlParam(_ImageUrlRequired, total=False):
    """Where an image is: an `https:` URL, a `data:` URL, or a provider's file id."""

    detail: str | None
    """`auto`, `low` or `high`."""


class InputAudioParam(TypedDict):

    data: str
    """Base64."""
    format: str
    """`wav`, `mp3`, …"""


class FileDataParam(TypedDict, total=False):
    """Where a document is: give `file_data` or `file_id`."""

    file_id: str | None
    """The id of a file uploaded to the provider."""
    file_data: str | None
    """A `data:` URL, bare base64, or an `https:` URL where the service takes one."""
    filename: str | None


class VideoUrlParam(TypedDict):
    """Where a video is: an `https:` URL, a `data:` URL, or a provider's file id."""

    url: str


class _TextPartRequired(TypedDict):
    type: Literal["text"]
    text: str


class TextPartParam(_TextPartRequired, total=False):

    cache_control: CacheControlParam | None


class _ImagePartRequired(TypedDict):
    type: Literal["image_url"]
    image_url: ImageUrlParam


class ImagePartParam(_ImagePartRequired, total=False):

    cache_control: CacheControlParam | None


class _AudioPartRequired(TypedDict):
    type: Literal["input_audio"]
    input_audio: InputAudioParam


class AudioPartParam(_AudioPartRequired, total=False):

    cache_control: CacheControlParam | None


class _FilePartRequired(TypedDict):
    type: Literal["file"]
    file: FileDataParam


class FilePartParam(_FilePartRequired, total=False):
    """A document."""

    cache_control: CacheControlParam | None


class _DocumentUrlPartRequired(TypedDict):
    type: Literal["document_url"]
    document_url: Any


class DocumentUrlPartParam(_DocumentUrlPartRequired, total=False):
    """A document by URL, as Mistral's wire has it."""

    document_name: str | None
    cache_control: CacheControlParam | None


class _VideoPartRequired(TypedDict):
    type: Literal["video_url"]
    video_url: VideoUrlParam


class VideoPartParam(_VideoPartRequired, total=False):

    cache_control: CacheControlParam | None


class RefusalPartParam(TypedDict):

    type: Literal["refusal"]
    refusal: str


class _NativePartRequired(TypedDict):
    type: Literal["native"]
    block: Any


class NativePartParam(_NativePartRequired, total=False):
    """A block in the target's own wire form. Other dialects refuse it."""

    dialect: str | None
    """The dialect whose block this is; default: whichever the target speaks."""


ContentPartParam = Union[TextPartParam, ImagePartParam, AudioPartParam, FilePartParam, DocumentUrlPartParam, VideoPartParam, RefusalPartParam, NativePartParam]


ContentParam = Union[str, Sequence[ContentPartParam]]
"""A text, or a list of parts."""


ReasoningDetailTypeParam = Union[Literal["reasoning.text", "reasoning.summary", "reasoning.encrypted"], str]


class _ReasoningDetailRequired(TypedDict):
    type: ReasoningDetailTypeParam


class ReasoningDetailParam(_ReasoningDetailRequired, total=False):
    """One block of reasoning. The shape is OpenRouter's `reasoning_details`."""

    id: str | None
    format: str | None
    """Whose form this is, such as `anthropic-claude-v1` or `google-gemini-v1`."""
    index: int | None
    """Position among the reply's blocks; deltas of one block share it."""
    text: str | None
    summary: str | None
    data: str | None
    """Encrypted reasoning."""
    signature: str | None
    """Proof that the provider wrote this block; needed to hand it back."""


class _FunctionCallRequired(TypedDict):
    name: str


class FunctionCallParam(_FunctionCallRequired, total=False):

    arguments: str
    """JSON, exactly as the model wrote it; free text for a custom tool."""


class ToolCallParam(TypedDict):
    """A call of a tool by the model."""

    id: str
    type: str
    """`function`, or `custom` for a tool whose input is free text."""
    function: FunctionCallParam | FunctionCall


class NativeBlocksParam(TypedDict):
    """A provider's own blocks of one assistant message, verbatim and in order.

    Present only where the plain fields cannot reproduce them (signed thinking, server-side tools,
    citations, signatures on parts). A dialect uses them when the message is handed back to it and
    its plain fields still say the same; an edited message is encoded from its plain fields.
    """

    dialect: str
    """The dialect whose blocks these are."""
    blocks: Sequence[Any]


class _SystemMessageRequired(TypedDict):
    role: Literal["system"]
    content: ContentParam


class SystemMessageParam(_SystemMessageRequired, total=False):
    """Instructions that come before the conversation."""

    name: str | None
    cache_control: CacheControlParam | None
    """Marks the end of a prefix worth caching."""


class _DeveloperMessageRequired(TypedDict):
    role: Literal["developer"]
    content: ContentParam


class DeveloperMessageParam(_DeveloperMessageRequired, total=False):
    """Instructions that come before the conversation."""

    name: str | None
    cache_control: CacheControlParam | None
    """Marks the end of a prefix worth caching."""


class _UserMessageRequired(TypedDict):
    role: Literal["user"]
    content: ContentParam


class UserMessageParam(_UserMessageRequired, total=False):
    """What the user said."""

    name: str | None
    cache_control: CacheControlParam | None


class _AssistantMessageRequired(TypedDict):
    role: Literal["assistant"]


class AssistantMessageParam(_AssistantMessageRequired, total=False):
    """What the model said. A reply's message handed back is one of these."""

    content: ContentParam | None
    refusal: str | None
    name: str | None
    reasoning_content: str | None
    """The model's reasoning as text."""
    reasoning_details: Sequence[ReasoningDetailParam | ReasoningDetail] | None
    """The model's reasoning as typed blocks with signatures or encrypted data."""
    tool_calls: Sequence[ToolCallParam | ToolCall] | None
    audio: Any
    """The id of an earlier audio answer."""
    native_blocks: NativeBlocksParam | NativeBlocks | None
    """The provider's own blocks, verbatim, for an exact second turn."""
    cache_control: CacheControlParam | None


class _ToolMessageRequired(TypedDict):
    role: Literal["tool"]
    tool_call_id: str
    """The id of the call this answers."""
    content: ContentParam
    """Text, or parts (text, images, documents)."""


class ToolMessageParam(_ToolMessageRequired, total=False):
    """The result of a tool call."""

    name: str | None
    is_error: bool | None
    """Whether the tool failed. Sent where the wire can say so."""
    cache_control: CacheControlParam | None


class _FunctionMessageRequired(TypedDict):
    role: Literal["function"]
    name: str


class FunctionMessageParam(_FunctionMessageRequired, total=False):
    """The result of a call by the deprecated `functions` API."""

    content: str | None


MessageParam = Union[SystemMessageParam, DeveloperMessageParam, UserMessageParam, AssistantMessageParam, ToolMessageParam, FunctionMessageParam]


StopParam = Union[str, Sequence[str]]
"""One stop text or several."""


class _FunctionDefinitionRequired(TypedDict):
    name: str


class FunctionDefinitionParam(_FunctionDefinitionRequired, total=False):

    description: str | None
    parameters: Any
    """A JSON Schema of an object. Default: no parameters."""
    strict: bool | None
    """Whether arguments must follow the schema exactly."""


class _FunctionToolRequired(TypedDict):
    type: Literal["function"]
    function: FunctionDefinitionParam


class FunctionToolParam(_FunctionToolRequired, total=False):

    cache_control: CacheControlParam | None


ToolParam = Union[FunctionToolParam, Mapping[str, Any]]


ToolChoiceParam = Union[Literal["auto", "none", "required"], Mapping[str, Any]]


class _JsonSchemaFormatRequired(TypedDict):
    name: str


class JsonSchemaFormatParam(_JsonSchemaFormatRequired, total=False):
    """The schema that the answer must follow."""

    description: str | None
    schema: Any
    """A JSON Schema."""
    strict: bool | None
    """Whether the schema must be followed exactly."""


class TextResponseFormatParam(TypedDict):

    type: Literal["text"]


class JsonObjectResponseFormatParam(TypedDict):

    type: Literal["json_object"]


class JsonSchemaResponseFormatParam(TypedDict):

    type: Literal["json_schema"]
    json_schema: JsonSchemaFormatParam


ResponseFormatParam = Union[TextResponseFormatParam, JsonObjectResponseFormatParam, JsonSchemaResponseFormatParam, Mapping[str, Any]]


ReasoningEffortParam = Union[Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"], str]


class ReasoningOptionsParam(TypedDict, total=False):
    """How to think."""

    effort: ReasoningEffortParam | None
    max_tokens: int | None
    """The most tokens to think with."""
    enabled: bool | None
    """Whether to think at all."""
    exclude: bool | None
    """Whether to leave the reasoning out of the answer."""
    summary: str | None
    """`auto`, `concise` or `detailed`."""


class AudioOptionsParam(TypedDict, total=False):
    """Voice and format of an audio answer."""

    voice: Any
    format: str | None
    """`wav`, `mp3`, `flac`, `opus`, `aac` or `pcm16`."""


class StreamOptionsParam(TypedDict, total=False):
    """What a stream reports beside its content."""

    include_usage: bool | None
    """Whether a last chunk tells the usage. Roocode asks for it in any case and hands it out on the
    last chunk.
    """


StreamRecoveryParam = Literal["error", "continue"]
"""What is done with a stream that breaks after its first content."""


UnsupportedParam = Literal["error", "drop"]
"""What to do with a parameter that the target cannot honour."""


TimeoutParam = Union[float, Mapping[str, Any]]
"""Seconds, or limits by name."""


class RoutingOptionsParam(TypedDict, total=False):
    """What the caller says about a request for the sake of routing. None of it reaches the model.
    """

    provider: str | None
    """Only targets of this provider. The one way to reach a provider in `draft`."""
    tags: Sequence[str]
    """Only targets that carry all of these."""
    region: str | None
    """Only targets in this region. To prefer regions, use the strategy `region`."""
    residency: Sequence[str] | None
    """The jurisdictions where the data may be processed, such as `["eu", "ch"]`. A target that does
    not say its own is left out. Default: anywhere.
    """
    data_policy: Sequence[str]
    """Only targets that promise all of these, such as `no_training`."""
    task: str | None
    """What the request is for, such as `summarise`; rules read it."""
    metadata: Mapping[str, Any]
    """Anything else that rules read."""
    tenant: str | None
    """On whose behalf; queues are fair between tenants, by estimated tokens."""
    priority: int | None
    """Place in a queue: higher first, always. Default 0."""
    session: str | None
    """Requests of one session stay with one target under the strategy `sticky`."""
    seed: int | None
    """The seed of every random choice. Default: a new one for each request."""
    expected_output_tokens: int | None
    """Tokens that the answer will have, for expected cost and time. Default: 256, or the request's
    limit where that is lower.
    """
    allow_degraded: bool | None
    """Whether a target that its route declares as a degradation (`degraded`) may answer. Default true.
    """


class _ChatRequestRequired(TypedDict):
    messages: Sequence[MessageParam | ChatMessage]
    """The conversation so far; at least one message."""


class ChatRequestParam(_ChatRequestRequired, total=False):
    """A request for a chat completion."""

    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route. Without it, the
    client's `default_route` is taken.
    """
    max_completion_tokens: int | None
    """Most tokens to generate, reasoning included."""
    max_tokens: int | None
    """The older name of `max_completion_tokens`; give one of the two."""
    temperature: float | None
    """Sampling temperature, 0 to 2."""
    top_p: float | None
    """Nucleus sampling: the share of probability mass considered, 0 to 1."""
    top_k: int | None
    """Sample from the k most likely tokens."""
    n: int | None
    """Number of answers."""
    stop: StopParam | None
    """Where to stop: one text or several."""
    seed: int | None
    """Seed for repeatable sampling, best effort."""
    frequency_penalty: float | None
    """-2 to 2."""
    presence_penalty: float | None
    """-2 to 2."""
    logit_bias: Mapping[str, Any] | None
    """Token id to bias, -100 to 100."""
    logprobs: bool | None
    """Whether to return log probabilities of the answer's tokens."""
    top_logprobs: int | None
    """How many alternatives to return at each position, 0 to 20."""
    tools: Sequence[ToolParam] | None
    """Tools the model may call."""
    tool_choice: ToolChoiceParam | None
    """`none`, `auto`, `required`, or one named tool."""
    parallel_tool_calls: bool | None
    """Whether several tools may be called in one turn."""
    response_format: ResponseFormatParam | None
    """The form of the answer: text, any JSON, or JSON of a schema. Where a tool emulates it and the
    model gives several answers, the first is the content and the choice's `other_json_answers`
    keeps the others.
    """
    reasoning_effort: ReasoningEffortParam | None
    """How hard to think; `reasoning` says it with more detail."""
    reasoning: ReasoningOptionsParam | None
    """How to think: effort or a budget of tokens."""
    verbosity: str | None
    """`low`, `medium` or `high`."""
    modalities: Sequence[str] | None
    """What the answer may consist of: `text`, `audio`, `image`."""
    audio: AudioOptionsParam | None
    """Voice and format of an audio answer."""
    prediction: Mapping[str, Any] | None
    """Text that most of the answer is known to equal."""
    metadata: Mapping[str, Any] | None
    """Labels stored with the request at the provider."""
    user: str | None
    """A stable id of the end user."""
    safety_identifier: str | None
    """A stable hashed id of the end user, for abuse detection."""
    prompt_cache_key: str | None
    """Requests with one key share a prompt cache more often."""
    prompt_cache_retention: str | None
    """`in_memory` or `24h`."""
    store: bool | None
    """Whether the provider stores the completion."""
    service_tier: str | None
    """The provider's tier of service, such as `auto`, `default`, `flex`, `priority`."""
    web_search_options: Mapping[str, Any] | None
    """The provider's web search."""
    stream: bool | None
    """Whether to stream the answer. Default false."""
    stream_options: StreamOptionsParam | None


EmbeddingsInputParam = Union[str, Sequence[str], Sequence[int], Sequence[Sequence[int]], Sequence[Mapping[str, Any]]]
"""One input or several."""


EncodingFormatParam = Literal["float", "base64"]
"""How vectors are given."""


class _EmbeddingsRequestRequired(TypedDict):
    input: EmbeddingsInputParam
    """A text, a list of texts, the token ids of a text, or a list of such. More inputs than the
    provider takes at once are sent in several requests, and the vectors put together in order.
    """


class EmbeddingsRequestParam(_EmbeddingsRequestRequired, total=False):
    """A request for embeddings."""

    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route. Without it, the
    client's `default_route` is taken.
    """
    dimensions: int | None
    """The length of the vectors, for models that can shorten them."""
    encoding_format: EncodingFormatParam | None
    """How the vectors are given: `float` (default), or `base64` of little-endian 32-bit floats.
    """
    input_type: str | None
    """What the texts are for, where the model distinguishes: `query`, `document`, or a provider's own
    word, such as `classification`.
    """
    user: str | None
    """A stable id of the end user."""


RerankDocumentParam = Union[str, Mapping[str, Any]]
"""A document to rank."""


class _RerankRequestRequired(TypedDict):
    query: str
    """What the documents are to be relevant to."""
    documents: Sequence[RerankDocumentParam]
    """Texts, or objects with a `text`."""


class RerankRequestParam(_RerankRequestRequired, total=False):
    """A request to rank documents."""

    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route. Without it, the
    client's `default_route` is taken.
    """
    top_n: int | None
    """How many of the most relevant to return. Default: all."""
    return_documents: bool | None
    """Whether results hold the documents themselves. Default false."""


class _ServiceRequestRequired(TypedDict):
    operation: str
    """The operation, such as `sms.send`: of every active provider that declares it, in order. With a
    provider in front (`twilio/sms.send`) of that one alone. Or the name of a route.
    """


class ServiceRequestParam(_ServiceRequestRequired, total=False):
    """A request for an operation that providers declare."""

    input: Mapping[str, Any] | None
    """What the operation is to have, by the names that its declaration uses."""
    idempotency_key: str | None
    """What a service that takes such a key is to know the request again by, where it may be sent once
    more later, by another call. Default: a new one for each request, the same in all of its
    attempts.
    """


CountMethodParam = Literal["provider", "vocabulary", "estimate"]
"""How tokens were counted."""


class _CountTokensRequestRequired(TypedDict):
    messages: Sequence[MessageParam | ChatMessage]
    """The conversation so far; at least one message."""


class CountTokensRequestParam(_CountTokensRequestRequired, total=False):
    """A request to count the tokens of a chat request's input."""

    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route. Without it, the
    client's `default_route` is taken.
    """
    max_completion_tokens: int | None
    """Most tokens to generate, reasoning included."""
    max_tokens: int | None
    """The older name of `max_completion_tokens`; give one of the two."""
    temperature: float | None
    """Sampling temperature, 0 to 2."""
    top_p: float | None
    """Nucleus sampling: the share of probability mass considered, 0 to 1."""
    top_k: int | None
    """Sample from the k most likely tokens."""
    n: int | None
    """Number of answers."""
    stop: StopParam | None
    """Where to stop: one text or several."""
    seed: int | None
    """Seed for repeatable sampling, best effort."""
    frequency_penalty: float | None
    """-2 to 2."""
    presence_penalty: float | None
    """-2 to 2."""
    logit_bias: Mapping[str, Any] | None
    """Token id to bias, -100 to 100."""
    logprobs: bool | None
    """Whether to return log probabilities of the answer's tokens."""
    top_logprobs: int | None
    """How many alternatives to return at each position, 0 to 20."""
    tools: Sequence[ToolParam] | None
    """Tools the model may call."""
    tool_choice: ToolChoiceParam | None
    """`none`, `auto`, `required`, or one named tool."""
    parallel_tool_calls: bool | None
    """Whether several tools may be called in one turn."""
    response_format: ResponseFormatParam | None
    """The form of the answer: text, any JSON, or JSON of a schema. Where a tool emulates it and the
    model gives several answers, the first is the content and the choice's `other_json_answers`
    keeps the others.
    """
    reasoning_effort: ReasoningEffortParam | None
    """How hard to think; `reasoning` says it with more detail."""
    reasoning: ReasoningOptionsParam | None
    """How to think: effort or a budget of tokens."""
    verbosity: str | None
    """`low`, `medium` or `high`."""
    modalities: Sequence[str] | None
    """What the answer may consist of: `text`, `audio`, `image`."""
    audio: AudioOptionsParam | None
    """Voice and format of an audio answer."""
    prediction: Mapping[str, Any] | None
    """Text that most of the answer is known to equal."""
    metadata: Mapping[str, Any] | None
    """Labels stored with the request at the provider."""
    user: str | None
    """A stable id of the end user."""
    safety_identifier: str | None
    """A stable hashed id of the end user, for abuse detection."""
    prompt_cache_key: str | None
    """Requests with one key share a prompt cache more often."""
    prompt_cache_retention: str | None
    """`in_memory` or `24h`."""
    store: bool | None
    """Whether the provider stores the completion."""
    service_tier: str | None
    """The provider's tier of service, such as `auto`, `default`, `flex`, `priority`."""
    web_search_options: Mapping[str, Any] | None
    """The provider's web search."""
    stream: bool | None
    """Whether to stream the answer. Default false."""
    stream_options: StreamOptionsParam | None
    method: CountMethodParam | None
    """How to count. Default: `vocabulary` where one is given, else `provider` where one of the targets
    counts, else `estimate`. `provider` is an error where none does.
    """
    vocabulary: str | None
    """The path of a file of OpenAI's published form, such as `o200k_base.tiktoken`: a line for each
    token, its bytes as base64 and its rank. It is read once, and nothing is sent.
    """


PromptParam = Union[str, Sequence[str], Sequence[int], Sequence[Sequence[int]]]
"""One text or several."""


class _CompletionRequestRequired(TypedDict):
    prompt: PromptParam
    """A text, a list of texts, the token ids of a text, or a list of such; each is completed.
    """


class CompletionRequestParam(_CompletionRequestRequired, total=False):
    """A request to complete a text."""

    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route. Without it, the
    client's `default_route` is taken.
    """
    suffix: str | None
    """What comes after the completion, for models that fill a gap."""
    max_tokens: int | None
    """Most tokens to generate. Default: the service's, 16 at OpenAI."""
    temperature: float | None
    """Sampling temperature, 0 to 2."""
    top_p: float | None
    """Nucleus sampling: the share of probability mass considered, 0 to 1."""
    n: int | None
    """Number of completions of each prompt."""
    best_of: int | None
    """Completions generated of which the best `n` are given. Not with streams."""
    echo: bool | None
    """Whether the prompt is said again before the completion. Default false."""
    logprobs: int | None
    """How many alternatives of each token to return with their log probabilities, 0 to 5 at OpenAI.
    """
    stop: StopParam | None
    """Where to stop: one text or several."""
    presence_penalty: float | None
    """-2 to 2."""
    frequency_penalty: float | None
    """-2 to 2."""
    logit_bias: Mapping[str, Any] | None
    """Token id to bias, -100 to 100."""
    seed: int | None
    """Seed for repeatable sampling, best effort."""
    user: str | None
    """A stable id of the end user."""
    stream: bool | None
    """Whether to stream the answer. Default false."""
    stream_options: StreamOptionsParam | None


class _BatchItemRequired(TypedDict):
    messages: Sequence[MessageParam | ChatMessage]
    """The conversation so far; at least one message."""


class BatchItemParam(_BatchItemRequired, total=False):
    """One chat of a batch."""

    custom_id: str | None
    """What its result is told by: letters, digits, `-` and `_`, at most 64, and no other's. Default:
    `request-0` of the first, and so on; the results then come in that order.
    """
    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route. Without it, the
    client's `default_route` is taken.
    """
    max_completion_tokens: int | None
    """Most tokens to generate, reasoning included."""
    max_tokens: int | None
    """The older name of `max_completion_tokens`; give one of the two."""
    temperature: float | None
    """Sampling temperature, 0 to 2."""
    top_p: float | None
    """Nucleus sampling: the share of probability mass considered, 0 to 1."""
    top_k: int | None
    """Sample from the k most likely tokens."""
    n: int | None
    """Number of answers."""
    stop: StopParam | None
    """Where to stop: one text or several."""
    seed: int | None
    """Seed for repeatable sampling, best effort."""
    frequency_penalty: float | None
    """-2 to 2."""
    presence_penalty: float | None
    """-2 to 2."""
    logit_bias: Mapping[str, Any] | None
    """Token id to bias, -100 to 100."""
    logprobs: bool | None
    """Whether to return log probabilities of the answer's tokens."""
    top_logprobs: int | None
    """How many alternatives to return at each position, 0 to 20."""
    tools: Sequence[ToolParam] | None
    """Tools the model may call."""
    tool_choice: ToolChoiceParam | None
    """`none`, `auto`, `required`, or one named tool."""
    parallel_tool_calls: bool | None
    """Whether several tools may be called in one turn."""
    response_format: ResponseFormatParam | None
    """The form of the answer: text, any JSON, or JSON of a schema. Where a tool emulates it and the
    model gives several answers, the first is the content and the choice's `other_json_answers`
    keeps the others.
    """
    reasoning_effort: ReasoningEffortParam | None
    """How hard to think; `reasoning` says it with more detail."""
    reasoning: ReasoningOptionsParam | None
    """How to think: effort or a budget of tokens."""
    verbosity: str | None
    """`low`, `medium` or `high`."""
    modalities: Sequence[str] | None
    """What the answer may consist of: `text`, `audio`, `image`."""
    audio: AudioOptionsParam | None
    """Voice and format of an audio answer."""
    prediction: Mapping[str, Any] | None
    """Text that most of the answer is known to equal."""
    metadata: Mapping[str, Any] | None
    """Labels stored with the request at the provider."""
    user: str | None
    """A stable id of the end user."""
    safety_identifier: str | None
    """A stable hashed id of the end user, for abuse detection."""
    prompt_cache_key: str | None
    """Requests with one key share a prompt cache more often."""
    prompt_cache_retention: str | None
    """`in_memory` or `24h`."""
    store: bool | None
    """Whether the provider stores the completion."""
    service_tier: str | None
    """The provider's tier of service, such as `auto`, `default`, `flex`, `priority`."""
    web_search_options: Mapping[str, Any] | None
    """The provider's web search."""
    stream: bool | None
    """Whether to stream the answer. Default false."""
    stream_options: StreamOptionsParam | None


class _CreateBatchRequestRequired(TypedDict):
    requests: Sequence[BatchItemParam]
    """The chats. Each has the fields of a chat request, without `model` and `stream`, and may have a
    `custom_id` by which its result is told.
    """


class CreateBatchRequestParam(_CreateBatchRequestRequired, total=False):
    """A request to answer many chats within a day, at a lower price."""

    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route: all requests go to
    one model of one provider. Without it, the client's `default_route` is taken.
    """
    metadata: Mapping[str, Any] | None
    """Labels stored with the batch at the provider, where it takes them."""


class ListBatchesRequestParam(TypedDict, total=False):
    """A request for the batches of one provider."""

    limit: int | None
    """How many at most. Default: the provider's, 20 as a rule."""
    after: str | None
    """Where the list goes on: `next` of the page before."""


class _ImagesRequestRequired(TypedDict):
    prompt: str
    """What the images are to show."""


class ImagesRequestParam(_ImagesRequestRequired, total=False):
    """A request to make images."""

    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route. Without it, the
    client's `default_route` is taken.
    """
    n: int | None
    """How many. Default: one."""
    size: str | None
    """In pixels, such as `1024x1536`, or `auto`."""
    quality: str | None
    """Such as `low`, `high`, `hd` or `auto`, in the words of the model."""
    response_format: str | None
    """`url` or `b64_json`, for models that give a choice."""
    output_format: str | None
    """`png`, `jpeg` or `webp`, for models that give a choice."""
    background: str | None
    """`transparent`, `opaque` or `auto`."""
    style: str | None
    """`vivid` or `natural`, for models that give a choice."""
    user: str | None
    """A stable id of the end user."""


UploadParam = Union[
    str,
    bytes,
    bytearray,
    memoryview,
    os.PathLike[str],
    IO[bytes],
    tuple[Union[str, None], Union[bytes, IO[bytes]]],
    tuple[Union[str, None], Union[bytes, IO[bytes]], Union[str, None]],
]


UploadsParam = Union[UploadParam, Sequence[UploadParam]]
"""A file or several. For the schema alone."""


class _ImageEditsRequestRequired(TypedDict):
    image: UploadsParam
    """The image, or several that are put together."""
    prompt: str
    """What is to become of them."""


class ImageEditsRequestParam(_ImageEditsRequestRequired, total=False):
    """A request to change images."""

    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route. Without it, the
    client's `default_route` is taken.
    """
    mask: UploadParam | None
    """An image whose transparent parts say what of the first one may be changed."""
    n: int | None
    """How many. Default: one."""
    size: str | None
    """In pixels, such as `1024x1536`, or `auto`."""
    quality: str | None
    """Such as `low`, `high` or `auto`, in the words of the model."""
    response_format: str | None
    """`url` or `b64_json`, for models that give a choice."""
    user: str | None
    """A stable id of the end user."""


VoiceParam = Union[str, Mapping[str, Any]]
"""A voice: its name, or an object that names one of the caller's own."""


class _SpeechRequestRequired(TypedDict):
    input: str
    """The text."""


class SpeechRequestParam(_SpeechRequestRequired, total=False):
    """A request to read a text aloud."""

    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route. Without it, the
    client's `default_route` is taken.
    """
    voice: VoiceParam | None
    """The name or the id of a voice of the provider's."""
    response_format: str | None
    """`mp3` (most services' default), `opus`, `aac`, `flac`, `wav` or `pcm`."""
    speed: float | None
    """1 is the voice's own."""
    instructions: str | None
    """How it is to be spoken, for models that can be told."""


class _TranscriptionRequestRequired(TypedDict):
    file: UploadParam
    """The sound file."""


class TranscriptionRequestParam(_TranscriptionRequestRequired, total=False):
    """A request for the text of speech. A translation has the same, but that its text is English.
    """

    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route. Without it, the
    client's `default_route` is taken.
    """
    language: str | None
    """The language spoken, such as `en` (ISO 639-1). Default: the model finds out."""
    prompt: str | None
    """What came before, or words that will come: it guides the model."""
    response_format: str | None
    """`json` (default), `verbose_json` (with times), `text`, `srt` or `vtt`; the last three are in
    `text` of the answer as they came.
    """
    temperature: float | None
    """From 0 to 1; higher is more random."""
    timestamp_granularities: Sequence[str] | None
    """Which times to give: `word`, `segment`. Most services want `verbose_json` for it."""


ModerationInputParam = Union[str, Sequence[str], Sequence[Mapping[str, Any]]]
"""What is to be judged."""


class _ModerationRequestRequired(TypedDict):
    input: ModerationInputParam
    """A text, a list of texts, or a list of parts: `{"type": "text", …}`, `{"type": "image_url", …}`.
    """


class ModerationRequestParam(_ModerationRequestRequired, total=False):
    """A request to judge texts or images."""

    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route. Without it, the
    client's `default_route` is taken.
    """


class _ResponseInputPartRequired(TypedDict):
    type: str
    """`input_text`, `input_image`, `input_file`, `input_audio`; of the model's own, `output_text` or
    `refusal`.
    """


class ResponseInputPartParam(_ResponseInputPartRequired, total=False):
    """A part of a message or of a tool's result."""

    text: str | None
    refusal: str | None
    image_url: str | None
    """An `https:` or `data:` URL."""
    detail: str | None
    """`auto`, `low` or `high`."""
    file_id: str | None
    """The id of a file uploaded to the provider."""
    file_data: str | None
    """A `data:` URL."""
    file_url: str | None
    filename: str | None
    input_audio: Mapping[str, Any] | None
    """`data` (base64) and `format`."""


ResponseInputContentParam = Union[str, Sequence[ResponseInputPartParam]]


class ResponseInputItemParam(TypedDict, total=False):
    """An item of a request; its other fields are those of its type."""

    type: str | None
    """`message` (default), `function_call`, `function_call_output`, `reasoning`, or another of the
    service's.
    """
    role: str | None
    """Of a message: `user`, `assistant`, `system` or `developer`."""
    content: ResponseInputContentParam | None
    """Of a message: a text, or parts."""
    output: ResponseInputContentParam | None
    """Of a result of a tool: a text, or parts."""
    call_id: str | None
    """What a call and its result have in common."""
    name: str | None
    """Of a call: the tool."""
    arguments: str | None
    """Of a call of a function: JSON."""
    input: str | None
    """Of a call of a custom tool."""
    summary: Sequence[Mapping[str, Any]] | None
    """Of reasoning."""
    encrypted_content: str | None
    """Of reasoning: what its provider needs to have it back."""
    id: str | None
    status: str | None


ResponsesInputParam = Union[str, Sequence[ResponseInputItemParam | ResponseItem]]


class _ResponseToolRequired(TypedDict):
    type: str
    """`function`, `custom`, or a tool that the service runs, such as `web_search`."""


class ResponseToolParam(_ResponseToolRequired, total=False):
    """A tool: a function of the caller's, or one of the service's, whose fields are its own.
    """

    name: str | None
    description: str | None
    parameters: Any
    """A JSON Schema of an object."""
    strict: bool | None
    """Whether arguments must follow the schema exactly."""


ResponseToolChoiceParam = Union[Literal["auto", "none", "required"], Mapping[str, Any]]


class ResponseReasoningParam(TypedDict, total=False):
    """How to think, and what to tell of it."""

    effort: ReasoningEffortParam | None
    summary: str | None
    """`auto`, `concise` or `detailed`."""


class ResponseTextParam(TypedDict, total=False):
    """The form of the answer."""

    format: Mapping[str, Any] | None
    """Of `type` `text`, `json_object`, or `json_schema` with `name`, `schema` and `strict`."""
    verbosity: str | None
    """`low`, `medium` or `high`."""


class ResponsesRequestParam(TypedDict, total=False):
    """A request for a response. Targets without this API are asked for a chat completion, which is
    then put into this form; what only the API itself can do (`previous_response_id`, tools that the
    service runs) leaves such targets out, unless `unsupported` is `drop`.
    """

    input: ResponsesInputParam | None
    """A text, or the items of the conversation so far. Items of a response's `output` may be handed
    back as they are.
    """
    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route. Without it, the
    client's `default_route` is taken.
    """
    instructions: str | None
    """What the model is told before the conversation."""
    max_output_tokens: int | None
    """Most tokens to generate, reasoning included."""
    tools: Sequence[ResponseToolParam] | None
    """Tools that the model may call: functions of the caller's, and those of the service."""
    tool_choice: ResponseToolChoiceParam | None
    """`none`, `auto`, `required`, or an object that names a tool."""
    parallel_tool_calls: bool | None
    """Whether several tools may be called in one turn. Default: the service's, true at OpenAI.
    """
    reasoning: ResponseReasoningParam | None
    """How to think, and what to tell of it: `effort`, `summary`."""
    text: ResponseTextParam | None
    """The form of the answer: `format` and `verbosity`."""
    temperature: float | None
    """Sampling temperature, 0 to 2."""
    top_p: float | None
    """Nucleus sampling: the share of probability mass considered, 0 to 1."""
    top_logprobs: int | None
    """How many likely tokens to tell at each position, 0 to 20."""
    previous_response_id: str | None
    """The response that this one goes on from; the service must have stored it."""
    conversation: Any
    """A conversation that the service keeps: its id, or an object with it."""
    background: bool | None
    """Whether the service works on while nobody waits. Default false."""
    store: bool | None
    """Whether the service stores the response. Default: the service's, true at OpenAI."""
    include: Sequence[str] | None
    """What else the response is to hold, such as `reasoning.encrypted_content`."""
    truncation: str | None
    """What happens to input beyond the context window: `disabled` (default, an error) or `auto`.
    """
    prompt: Mapping[str, Any] | None
    """A prompt that is kept at the service, by its id."""
    max_tool_calls: int | None
    """Most calls of the service's own tools."""
    metadata: Mapping[str, Any] | None
    """Labels stored with the response at the provider."""
    user: str | None
    """A stable id of the end user."""
    safety_identifier: str | None
    """A stable hashed id of the end user, for abuse detection."""
    prompt_cache_key: str | None
    """Requests with one key share a prompt cache more often."""
    prompt_cache_retention: str | None
    """`in_memory` or `24h`."""
    service_tier: str | None
    """The provider's tier of service, such as `auto`, `default`, `flex`, `priority`."""
    stream: bool | None
    """Whether to stream the answer. Default false."""
    stream_options: Mapping[str, Any] | None


class _MessageInputBlockRequired(TypedDict):
    type: str
    """`text`, `image`, `document`, `tool_use`, `tool_result`, `thinking`, or another of the service's.
    """


class MessageInputBlockParam(_MessageInputBlockRequired, total=False):
    """A block of a turn; its other fields are those of its type."""

    text: str | None
    source: Mapping[str, Any] | None
    """Of an image or a document: of `type` `base64`, `url`, `file` or `text`."""
    title: str | None
    """Of a document."""
    context: str | None
    """Of a document: what is to be known of it."""
    citations: Any
    """Of a document: whether to cite it, `enabled`; of a text its citations."""
    id: str | None
    """Of a call: what its result names it by."""
    name: str | None
    """Of a call: the tool."""
    input: Any
    """Of a call: an object."""
    tool_use_id: str | None
    """Of a result: the call that it answers."""
    content: Any
    """Of a result: a text, or blocks."""
    is_error: bool | None
    """Of a result: whether the tool failed."""
    thinking: str | None
    signature: str | None
    data: str | None
    """Of thinking that only its provider can read."""
    cache_control: Mapping[str, Any] | None


MessageContentParam = Union[str, Sequence[MessageInputBlockParam | MessageBlock]]


class MessageTurnParam(TypedDict):
    """One turn of the conversation."""

    role: str
    """`user` or `assistant`."""
    content: MessageContentParam


class _MessageToolRequired(TypedDict):
    name: str


class MessageToolParam(_MessageToolRequired, total=False):
    """A tool: one of the caller's, or one of the service's, whose fields are its own."""

    description: str | None
    input_schema: Any
    """A JSON Schema of an object."""
    type: str | None
    """`custom` (default), or a tool that the service runs, such as `web_search_20250305`."""
    strict: bool | None
    """Whether inputs must follow the schema exactly."""
    cache_control: Mapping[str, Any] | None
    max_uses: int | None
    """Of a tool that the service runs: how often it may be called."""
    allowed_domains: Sequence[str] | None
    """Of a search."""
    blocked_domains: Sequence[str] | None
    """Of a search."""
    user_location: Mapping[str, Any] | None
    """Of a search."""


class _MessagesRequestRequired(TypedDict):
    messages: Sequence[MessageTurnParam]
    """The conversation so far: turns of `user` and `assistant`. The `content` of a reply may be handed
    back as it is.
    """
    max_tokens: int
    """Most tokens to generate, thinking included."""


class MessagesRequestParam(_MessagesRequestRequired, total=False):
    """A request for a message. Targets of another wire than Anthropic's are asked for a chat
    completion, which is then put into this form; what only the wire itself has (tools that the
    service runs, containers) leaves such targets out, unless `unsupported` is `drop`.
    """

    model: str | None
    """`provider/model`, `kind/model`, a bare model name, or the name of a route. Without it, the
    client's `default_route` is taken.
    """
    system: MessageContentParam | None
    """What the model is told before the conversation: a text, or blocks of text."""
    tools: Sequence[MessageToolParam] | None
    """Tools that the model may call: those of the caller's, and those of the service."""
    tool_choice: Mapping[str, Any] | None
    """Of `type` `auto`, `any`, `none`, or `tool` with its `name`."""
    thinking: Mapping[str, Any] | None
    """Of `type` `enabled` with `budget_tokens`, `adaptive`, or `disabled`."""
    output_config: Mapping[str, Any] | None
    """`effort`, and the `format` of the answer."""
    temperature: float | None
    """Sampling temperature, 0 to 1."""
    top_p: float | None
    """Nucleus sampling: the share of probability mass considered, 0 to 1."""
    top_k: int | None
    """Sample from the k most likely tokens."""
    stop_sequences: Sequence[str] | None
    """Texts to stop at."""
    metadata: Mapping[str, Any] | None
    """`user_id`: a stable id of the end user."""
    service_tier: str | None
    """`auto` or `standard_only`."""
    betas: Sequence[str] | None
    """Beta features of Anthropic's to use, such as `context-management-2025-06-27`: its header
    `anthropic-beta`.
    """
    stream: bool | None
    """Whether to stream the answer. Default false."""
