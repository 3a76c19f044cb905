# Generated from the Rust types by `make generate`. Do not edit.
"""What mocks are told, and what they tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, Union

__all__ = [
    "Chunks",
    "Counters",
    "CutFault",
    "ErrorEventFault",
    "Expect",
    "Fault",
    "HangFault",
    "MalformedFault",
    "MockOptions",
    "Outcome",
    "RecordedRequest",
    "RefuseFault",
    "Reply",
    "ResetFault",
    "Script",
    "SlowFault",
    "StatusFault",
    "StreamPlan",
    "TokenUsage",
    "ToolCall",
    "TruncateFault",
    "When",
]


class When(TypedDict, total=False):
    """Conditions on a request; all that are given must hold."""

    model: str | None
    """The model asked for, exactly."""
    contains: str | None
    """A text that occurs anywhere in the request's body as it was sent."""
    path: str | None
    """A text that occurs in the request's path."""
    stream: bool | None
    """Whether a stream is asked for."""
    attempt: int | None
    """Only the n-th request, from 1, of those for which the other conditions hold."""


class Expect(TypedDict, total=False):
    """What a request must look like."""

    body: Any
    """What the body must have: of an object the fields that are named, of an array every element in
    order.
    """
    headers: Mapping[str, str]
    """Headers and their exact values."""
    requests: int | None
    """How many requests this script must have answered in the end."""


class _ToolCallRequired(TypedDict):
    name: str


class ToolCall(_ToolCallRequired, total=False):
    """A call of a tool."""

    id: str | None
    """Else counted; Gemini's calls have one only where it is given."""
    arguments: Any
    """JSON, or a text that is sent as it is."""


class TokenUsage(TypedDict, total=False):
    """Tokens of a request, as OpenAI counts them: cached tokens are among the prompt's, reasoning
    tokens among the completion's.
    """

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    """Read from a cache."""
    cache_write_tokens: int
    """Written to a cache."""
    reasoning_tokens: int


class Reply(TypedDict, total=False):
    """What to say."""

    content: str | None
    """The text. Without it, tool calls and chunks, the mock says back what it was told."""
    reasoning: str | None
    """The text of the model's thinking."""
    signature: str | None
    """The signature of the thinking, where the wire has one."""
    tool_calls: Sequence[ToolCall]
    finish_reason: str | None
    """OpenAI's word (`stop`, `length`, `tool_calls`, `content_filter`), said in the wire's own;
    another is sent as it is.
    """
    usage: TokenUsage | None
    """Else counted in words."""
    omit_usage: bool
    """Says nothing of usage, as some services do."""
    model: str | None
    """The model said to have answered; else the one asked for."""
    created: int | None
    """Unix time of the answer, where the wire has one. Fixed unless given."""
    headers: Mapping[str, str]
    """Added to the response, such as a rate limit's."""
    body: Any
    """The whole body instead, for a plain answer on any path: a text is sent as it is, the rest as
    JSON.
    """


Chunks = Union[int, Sequence[str]]
"""How content is cut."""


class StreamPlan(TypedDict, total=False):
    """How a streamed answer is cut and paced."""

    chunks: Chunks | None
    """How the content is cut: a number of chunks, or their texts. Else by words."""
    first_token_ms: float
    """Wait before the first chunk with content, in milliseconds."""
    chunk_interval_ms: float
    """Wait between chunks with content, in milliseconds."""
    tokens_per_second: float | None
    """The same said as a rate; give one of the two."""
    timestamps: bool
    """Puts before each chunk of content the time of its writing and a space: nanoseconds since 1970,
    19 digits. Another process on the machine can so measure the delay. Not on Bedrock's wire, whose
    events have checksums.
    """


class _StatusFaultRequired(TypedDict):
    kind: Literal["status"]
    status: int


class StatusFault(_StatusFaultRequired, total=False):
    """An HTTP error in the wire's own form."""

    headers: Mapping[str, str]
    """Added to the response, such as `retry-after`."""
    message: str | None
    """The error's message, where the usual one will not do."""
    code: str | None
    """The error's code (OpenAI), type (Anthropic) or status (Gemini)."""
    body: Any
    """The whole body instead: a text is sent as it is, the rest as JSON."""


class _HangFaultRequired(TypedDict):
    kind: Literal["hang"]


class HangFault(_HangFaultRequired, total=False):
    """Nothing more comes, until the client leaves."""

    after_chunks: int | None


class _ResetFaultRequired(TypedDict):
    kind: Literal["reset"]


class ResetFault(_ResetFaultRequired, total=False):
    """The connection is reset."""

    after_chunks: int | None


class _CutFaultRequired(TypedDict):
    kind: Literal["cut"]


class CutFault(_CutFaultRequired, total=False):
    """The connection is closed in the middle of the response."""

    after_chunks: int | None


class _TruncateFaultRequired(TypedDict):
    kind: Literal["truncate"]


class TruncateFault(_TruncateFaultRequired, total=False):
    """The response ends as HTTP has it, but its last events are missing."""

    after_chunks: int


class _MalformedFaultRequired(TypedDict):
    kind: Literal["malformed"]


class MalformedFault(_MalformedFaultRequired, total=False):
    """A body that is not JSON, or in a stream an event that is not."""

    after_chunks: int
    text: str | None
    """What to send in place of JSON."""


class _SlowFaultRequired(TypedDict):
    kind: Literal["slow"]


class SlowFault(_SlowFaultRequired, total=False):
    """The body drips."""

    bytes_per_write: int
    interval_ms: float


class _ErrorEventFaultRequired(TypedDict):
    kind: Literal["error_event"]


class ErrorEventFault(_ErrorEventFaultRequired, total=False):
    """An error inside a response of status 200."""

    after_chunks: int
    status: int
    """The status whose error the event says."""
    message: str | None
    code: str | None
    body: Any
    """The event's whole data instead."""


class RefuseFault(TypedDict):
    """In process, the connection is refused. A request that reached the server can no longer be
    refused and is reset; for a port that refuses, see the server's `set_refusing`.
    """

    kind: Literal["refuse"]


Fault = Union[StatusFault, HangFault, ResetFault, CutFault, TruncateFault, MalformedFault, SlowFault, ErrorEventFault, RefuseFault]
"""A way to fail. `after_chunks` counts the chunks of a stream that carry content (text, reasoning or
tool arguments): 0 is before the first of them, left out is before the response's head. Of a plain
answer, any number is after half its body.
"""


class Script(TypedDict, total=False):
    """One answer of a mock, and the requests it is for.

    A mock holds a list of them; the first that matches and has `times` left answers. Where none
    does, the mock says back what it was told.
    """

    name: str | None
    """Named in messages; else the script's place in the list is."""
    when: When
    """Which requests it answers; all of them where nothing is said."""
    expect: Expect
    """What the request must look like; else it is answered with status 400 and `assert_satisfied`
    fails.
    """
    reply: Reply
    """What to say."""
    stream: StreamPlan
    """How a streamed answer is cut and paced."""
    latency_ms: float
    """Wait before the response's head, in milliseconds."""
    fault: Fault | None
    """How to fail."""
    times: int | None
    """How many requests it answers before the next script does; no end where left out."""


class MockOptions(TypedDict, total=False):
    """How a mock is set up. All of it may be left out."""

    scripts: Sequence[Script]
    """What to answer, first match first."""
    api_key: str | None
    """Requests without this key are refused, in the wire's own form."""
    models: Sequence[str]
    """The models that a list of models has."""
    log_limit: int
    """How many requests are remembered, the latest ones. Default 1000."""
    port: int
    """The server's port on 127.0.0.1; 0, the default, is any free one."""
    refusing: bool
    """The server starts with its port closed."""


Outcome = Literal["active", "complete", "client_left", "cut", "reset", "refused"]
"""How an exchange ended."""


class RecordedRequest(TypedDict):
    """A request that a mock received."""

    number: int
    """Counted from 1."""
    method: str
    path: str
    query: dict[str, str]
    """Credentials are `***`."""
    headers: dict[str, str]
    """Names in lower case; values of one name joined by commas; credentials are `***`."""
    body: Any
    """Parsed where it is JSON, else its text; of a form its fields, and of its files `filename`,
    `content_type` and `size` alone.
    """
    wire: str | None
    """`openai`, `anthropic`, `gemini` or `responses`; nothing for a path that none of them has.
    """
    model: str | None
    stream: bool
    script: int | None
    """The place in the list of the script that answered."""
    status: int | None
    """The status answered, if any was."""
    received_ms: float
    """Milliseconds from the mock's start to the request."""
    duration_ms: float | None
    """Milliseconds from the request to its end."""
    bytes_sent: int
    """Bytes of the body handed to the connection so far."""
    outcome: Outcome


class Counters(TypedDict):
    """How much goes on in a mock."""

    open_connections: int
    """Connections open now."""
    connections: int
    """Connections ever accepted."""
    active_requests: int
    """Requests not yet ended."""
    requests: int
    """Requests ever received."""
    clients_left: int
    """Requests whose client went away before the end."""
