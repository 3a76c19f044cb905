"""litellm's table: one flat record for a model, prices in dollars per token."""

from __future__ import annotations

import re
from typing import Any

from facts import Facts, Price, per_million

KEPT = {
    "chat": "chat",
    "responses": "responses",
    "completion": "completion",
    "embedding": "embedding",
    "rerank": "rerank",
    "moderation": "moderation",
}
PARTS = {
    "cached_input": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "reasoning_output": "output_cost_per_reasoning_token",
    "audio_input": "input_cost_per_audio_token",
    "audio_output": "output_cost_per_audio_token",
    "image_input": "input_cost_per_image_token",
    "image_output": "output_cost_per_image_token",
}
FEATURES = {
    "tools": "supports_function_calling",
    "parallel_tools": "supports_parallel_function_calling",
    "tool_choice": "supports_tool_choice",
    "json_schema": "supports_response_schema",
    "reasoning": "supports_reasoning",
    "prompt_caching": "supports_prompt_caching",
    "streaming": "supports_native_streaming",
    "system_messages": "supports_system_messages",
    "sampling": "supports_sampling_params",
    "web_search": "supports_web_search",
}
INPUTS = {
    "image": ("supports_vision", "supports_image_input"),
    "audio": ("supports_audio_input",),
    "video": ("supports_video_input",),
    "pdf": ("supports_pdf_input",),
}
LISTED = ("text", "image", "audio", "video")
# Price classes of two services, by size of model: not names of models.
CLASS = re.compile(r"^(together-ai|fireworks-ai)-")
TIER = re.compile(r"^(?:in|out)put_cost_per_token_above_(\d+)k_tokens$")


def read(table: dict[str, Any]) -> tuple[dict[str, dict[str, Facts]], dict[str, int]]:
    """Provider -> model -> facts, and how many records were left out, by mode."""
    found: dict[str, dict[str, Facts]] = {}
    left_out: dict[str, int] = {}
    # Names with the provider in front come last, and stand where both are there.
    for key in sorted(table, key=lambda key: ("/" in key, key)):
        record = table[key]
        provider = record.get("litellm_provider")
        if key == "sample_spec" or not provider or CLASS.match(key):
            continue
        mode = mode_of(provider, record)
        if mode is None:
            left_out[str(record.get("mode"))] = left_out.get(str(record.get("mode")), 0) + 1
            continue
        name = strip(key, provider)
        # Prices of one region, or of a commitment: `us-gov-east-1/…` is no name of a model there.
        if provider.startswith("bedrock") and "/" in name:
            continue
        found.setdefault(provider, {})[name] = facts(record, mode)
    return found, left_out


def strip(key: str, provider: str) -> str:
    """litellm puts the route in front of the name; the service does not know it."""
    route = re.sub(r"(-embedding-models|_chat)$", "", provider)
    route = {"vertex_ai-language-models": "vertex_ai", "bedrock_converse": "bedrock"}.get(route, route)
    if route.startswith("vertex_ai"):
        route = "vertex_ai"
    return key[len(route) + 1 :] if key.startswith(route + "/") else key


def mode_of(provider: str, record: dict[str, Any]) -> str | None:
    mode = record.get("mode")
    # Gemini's image models answer on generateContent, in tokens.
    if provider == "gemini" and mode == "image_generation" and "output_cost_per_image_token" in record:
        return "image"
    return KEPT.get(str(mode))


def facts(record: dict[str, Any], mode: str) -> Facts:
    out = Facts(source="litellm", mode=mode)
    out.max_input_tokens = record.get("max_input_tokens") or None
    out.max_output_tokens = (
        (record.get("max_output_tokens") or None) if mode in ("chat", "responses") else None
    )
    out.deprecation = record.get("deprecation_date")
    for name, key in FEATURES.items():
        if isinstance(record.get(key), bool):
            out.features[name] = record[key]
    if record.get("supports_native_structured_output") is True:
        out.features["json_schema"] = True
    for name, keys in INPUTS.items():
        said = [record[key] for key in keys if isinstance(record.get(key), bool)]
        if said:
            out.inputs[name] = any(said)
    # A list of inputs names what there is, and so what is not; documents are never in it.
    if isinstance(record.get("supported_modalities"), list):
        for name in LISTED:
            out.inputs.setdefault(name, name in record["supported_modalities"])
    if isinstance(record.get("supported_output_modalities"), list):
        for name in LISTED:
            out.outputs[name] = name in record["supported_output_modalities"]
    out.price = price(record, mode)
    return out


def price(record: dict[str, Any], mode: str) -> Price | None:
    tiers = record.get("tiered_pricing")
    if tiers and all("range" in tier for tier in tiers):
        made = [(int(tier["range"][0]), plain(tier, "", mode)) for tier in tiers]
        made.sort(key=lambda tier: tier[0])
        if any(one is None for _, one in made) or made[0][0] != 0:
            return None
        base = made[0][1]
        base.tiers = made[1:]
        return base
    base = plain(record, "", mode)
    if base is None:
        return None
    for above in sorted({int(match[1]) for match in map(TIER.match, record) if match}):
        tier = plain(record, f"_above_{above}k_tokens", mode, base)
        if tier:
            base.tiers.append((above * 1000, tier))
    if record.get("off_peak_pricing"):
        base.off_peak = off_peak(record["off_peak_pricing"], mode)
    # Perplexity's own models charge each request for its search; `low` is the default size.
    search = record.get("search_context_cost_per_query")
    if record["litellm_provider"] == "perplexity" and search:
        base.parts["request"] = round(search["search_context_size_low"], 6)
    return base


def plain(record: dict[str, Any], suffix: str, mode: str, base: Price | None = None) -> Price | None:
    input_price = record.get("input_cost_per_token" + suffix)
    output_price = record.get("output_cost_per_token" + suffix)
    if base and not suffix:
        return None
    if base:
        input_million = base.input if input_price is None else per_million(input_price)
        output_million = base.output if output_price is None else per_million(output_price)
    else:
        # What gives no tokens out has no price for them.
        if output_price is None and mode in ("embedding", "rerank", "moderation"):
            output_price = 0.0
        if input_price is None or output_price is None:
            return None
        input_million, output_million = per_million(input_price), per_million(output_price)
    made = Price(input_million, output_million)
    for name, key in PARTS.items():
        value = record.get(key + suffix)
        if isinstance(value, (int, float)):
            made.parts[name] = per_million(value)
    return made


def off_peak(said: dict[str, Any], mode: str) -> tuple[Price, list[tuple[str, list[tuple[int, int]]]]] | None:
    cheap = plain(said, "", mode)
    # Weekdays of another time zone are another rule; none of our kinds has it.
    if cheap is None or "weekday_timezone" in said:
        return None
    windows = []
    for window in said["windows"]:
        hours = window["hours_utc"]
        hours = [hours] if isinstance(hours, str) else hours
        spans = []
        for span in hours:
            start, end = (int(part[:2]) * 60 + int(part[3:5]) for part in span.split("-"))
            spans.append((start, end or 1440))
        windows.append(("".join(str(day) for day in window["weekdays"]), spans))
    return cheap, windows
