# Generated from the Rust types by `make generate`. Do not edit.
"""The errors, by what can be done about them.
"""

from __future__ import annotations

from ._error import ErrorBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from .types import (
        ChatCompletion,
        Completion,
        ErrorKind,
        MessageReply,
        ModelResponse,
        Trace,
    )

class RoocodeError(ErrorBase):
    """The base of every error of this package."""

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
    limit: Literal["connect", "first_byte", "idle", "total"] | None
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


class AuthenticationError(RoocodeError):
    """The credential is missing or was refused (401)."""


class PermissionDeniedError(RoocodeError):
    """The credential is valid but not allowed to do this (403)."""


class BadRequestError(RoocodeError):
    """The request is wrong (400, 413, 422, or found wrong before sending)."""


class ContextWindowExceededError(BadRequestError):
    """The prompt does not fit the model's context window."""


class ContentPolicyError(BadRequestError):
    """The service refused the content."""


class NotFoundError(RoocodeError):
    """No such model or deployment (404)."""


class RateLimitError(RoocodeError):
    """Too many requests (429)."""


class QuotaExceededError(RateLimitError):
    """The account has run out of credit or quota (402, `insufficient_quota`)."""


class InternalServerError(RoocodeError):
    """The service failed (other 5xx)."""


class OverloadedError(InternalServerError):
    """The service is overloaded (503, 529)."""


class APIConnectionError(RoocodeError):
    """DNS, TLS, connection refused or reset."""


class APITimeoutError(APIConnectionError):
    """A time limit of ours ran out, or the provider said so (408, 504)."""


class StreamInterruptedError(RoocodeError):
    """A stream broke after its first content; `partial` has what was received."""


class ResponseDecodeError(RoocodeError):
    """The response is not what the dialect promises; `body` has it."""


class NoTargetAvailableError(RoocodeError):
    """No target is left; the trace lists each candidate and why."""


class BudgetExceededError(RoocodeError):
    """A spending limit set by the user was reached."""


class ConfigurationError(RoocodeError):
    """The configuration is wrong; the message names the place and what is allowed."""


class RequestCancelledError(RoocodeError):
    """The caller cancelled the request."""


class InternalError(RoocodeError):
    """A defect of this library: please report it."""


KINDS: dict[str, type[RoocodeError]] = {
    "AuthenticationError": AuthenticationError,
    "PermissionDeniedError": PermissionDeniedError,
    "BadRequestError": BadRequestError,
    "ContextWindowExceededError": ContextWindowExceededError,
    "ContentPolicyError": ContentPolicyError,
    "NotFoundError": NotFoundError,
    "RateLimitError": RateLimitError,
    "QuotaExceededError": QuotaExceededError,
    "InternalServerError": InternalServerError,
    "OverloadedError": OverloadedError,
    "APIConnectionError": APIConnectionError,
    "APITimeoutError": APITimeoutError,
    "StreamInterruptedError": StreamInterruptedError,
    "ResponseDecodeError": ResponseDecodeError,
    "NoTargetAvailableError": NoTargetAvailableError,
    "BudgetExceededError": BudgetExceededError,
    "ConfigurationError": ConfigurationError,
    "RequestCancelledError": RequestCancelledError,
    "InternalError": InternalError,
}
"""The class of each kind."""

__all__ = [
    "RoocodeError",
    "AuthenticationError",
    "PermissionDeniedError",
    "BadRequestError",
    "ContextWindowExceededError",
    "ContentPolicyError",
    "NotFoundError",
    "RateLimitError",
    "QuotaExceededError",
    "InternalServerError",
    "OverloadedError",
    "APIConnectionError",
    "APITimeoutError",
    "StreamInterruptedError",
    "ResponseDecodeError",
    "NoTargetAvailableError",
    "BudgetExceededError",
    "ConfigurationError",
    "RequestCancelledError",
    "InternalError",
]
