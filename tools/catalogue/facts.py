"""What the generator knows of one model, whichever source said it."""

from __future__ import annotations

from dataclasses import dataclass, field

MODALITIES = {"text": "t", "image": "i", "audio": "a", "video": "v", "pdf": "d"}
FEATURES = {
    "tools": "t",
    "parallel_tools": "p",
    "tool_choice": "c",
    "json_schema": "s",
    "json_mode": "j",
    "reasoning": "r",
    "prompt_caching": "k",
    "streaming": "n",
    "sampling": "e",
    "system_messages": "m",
    "web_search": "w",
}
MODES = {
    "chat": "c",
    "responses": "r",
    "completion": "t",
    "embedding": "e",
    "rerank": "k",
    "moderation": "m",
    "image": "i",
}
# The optional prices beside input and output, and the letter that marks each in the table.
PARTS = {
    "cached_input": "c",
    "cache_write": "w",
    "reasoning_output": "r",
    "audio_input": "a",
    "audio_output": "A",
    "image_input": "i",
    "image_output": "I",
    "request": "q",
}


@dataclass
class Price:
    """US dollars per million tokens; `request` is dollars per request."""

    input: float
    output: float
    parts: dict[str, float] = field(default_factory=dict)
    # Above so many input tokens, the whole request has these prices.
    tiers: list[tuple[int, Price]] = field(default_factory=list)
    # Cheaper hours: windows as [weekdays, [[from, to] in minutes of the UTC day]].
    off_peak: tuple[Price, list[tuple[str, list[tuple[int, int]]]]] | None = None


@dataclass
class Facts:
    """One source's word on one model. None and absent: not said."""

    source: str
    mode: str = "chat"
    context_window: int | None = None
    max_input_tokens: int | None = None
    max_output_tokens: int | None = None
    inputs: dict[str, bool] = field(default_factory=dict)
    outputs: dict[str, bool] = field(default_factory=dict)
    features: dict[str, bool] = field(default_factory=dict)
    price: Price | None = None
    released: str | None = None
    deprecation: str | None = None
    deprecated: bool = False


def per_million(value: float) -> float:
    """From dollars per token; rounded where binary fractions end."""
    return round(value * 1e6, 6)


def differ(one: float, other: float, tolerance: float = 0.005) -> bool:
    """Whether two prices are further apart than half a percent."""
    return abs(one - other) > tolerance * max(abs(one), abs(other))
