"""models.dev: capabilities, limits, dates, prices per million; and OpenRouter's own listing."""

from __future__ import annotations

from typing import Any

from facts import MODALITIES, Facts, Price

PARTS = {
    "cached_input": "cache_read",
    "cache_write": "cache_write",
    "reasoning_output": "reasoning",
    "audio_input": "input_audio",
    "audio_output": "output_audio",
}


def read(providers: dict[str, Any]) -> dict[str, dict[str, Facts]]:
    return {
        provider: {name: facts(name, model) for name, model in row["models"].items()}
        for provider, row in providers.items()
    }


def facts(name: str, model: dict[str, Any]) -> Facts:
    out = Facts(source="models.dev")
    outputs = model["modalities"]["output"]
    if "embed" in name.lower() or "embed" in str(model.get("family", "")):
        out.mode = "embedding"
    elif "text" not in outputs:
        out.mode = "image" if "image" in outputs else "other"
    limit = model["limit"]
    out.context_window = limit["context"] or None
    out.max_input_tokens = limit.get("input") or None
    if out.mode == "chat":
        out.max_output_tokens = limit["output"] or None
    out.inputs = {name: name in model["modalities"]["input"] for name in MODALITIES}
    out.outputs = {name: name in outputs for name in MODALITIES}
    out.features = {"tools": model["tool_call"], "reasoning": model["reasoning"]}
    if "structured_output" in model:
        out.features["json_schema"] = model["structured_output"]
    if "temperature" in model:
        out.features["sampling"] = model["temperature"]
    if model.get("cost", {}).get("cache_read"):
        out.features["prompt_caching"] = True
    out.released = model["release_date"]
    out.deprecated = model.get("status") == "deprecated"
    out.price = price(model.get("cost"))
    return out


def price(cost: dict[str, Any] | None) -> Price | None:
    if not cost:
        return None
    out = plain(cost)
    tiers = sorted(cost.get("tiers", []), key=lambda tier: tier["tier"]["size"])
    out.tiers = [(tier["tier"]["size"], plain(tier)) for tier in tiers]
    return out


def plain(cost: dict[str, Any]) -> Price:
    parts = {name: float(cost[key]) for name, key in PARTS.items() if key in cost}
    return Price(float(cost["input"]), float(cost["output"]), parts)


def openrouter(listing: list[dict[str, Any]]) -> dict[str, Facts]:
    """OpenRouter's listing: prices are texts in dollars per token; -1 is `depends`."""
    found = {}
    for model in listing:
        out = Facts(source="openrouter")
        prices = {key: float(value) for key, value in model["pricing"].items() if isinstance(value, str)}
        if prices.get("prompt", -1) >= 0 and prices.get("completion", -1) >= 0:
            out.price = Price(round(prices["prompt"] * 1e6, 6), round(prices["completion"] * 1e6, 6))
            for name, key in (("cached_input", "input_cache_read"), ("cache_write", "input_cache_write")):
                if key in prices:
                    out.price.parts[name] = round(prices[key] * 1e6, 6)
            if prices.get("request"):
                out.price.parts["request"] = prices["request"]
        known = set(model["supported_parameters"])
        for name, parameter in (
            ("tools", "tools"),
            ("tool_choice", "tool_choice"),
            ("parallel_tools", "parallel_tool_calls"),
            ("json_mode", "response_format"),
            ("json_schema", "structured_outputs"),
            ("reasoning", "reasoning"),
            ("sampling", "temperature"),
        ):
            # Only `tools` is listed for every model that has it; of the others absence says little.
            if parameter in known or name == "tools":
                out.features[name] = parameter in known
        out.context_window = model["context_length"]
        out.max_output_tokens = model["top_provider"].get("max_completion_tokens")
        names = {"file": "pdf"}
        for side, key in ((out.inputs, "input_modalities"), (out.outputs, "output_modalities")):
            said = {names.get(one, one) for one in model["architecture"][key]}
            side.update({name: name in said for name in MODALITIES})
        if "text" not in model["architecture"]["output_modalities"]:
            out.mode = "other"
        found[model["id"]] = out
    return found
