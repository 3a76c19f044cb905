"""genai-prices: prices per million with tiers and dates, and rules that bind names to entries."""

from __future__ import annotations

import re
from typing import Any

from facts import Facts, Price

PARTS = {
    "cached_input": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "reasoning_output": "output_reasoning_mtok",
    "audio_input": "input_audio_mtok",
    "audio_output": "output_audio_mtok",
    "image_input": "input_image_mtok",
    "image_output": "output_image_mtok",
}


def read(providers: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {provider["id"]: provider["models"] for provider in providers}


def matches(clause: dict[str, Any], name: str) -> bool:
    """Whether an entry's rule takes a name; names are compared in lower case."""
    name = name.lower()
    ((kind, body),) = clause.items()
    if kind == "ClauseOr":
        return any(matches(part, name) for part in body["or_"])
    if kind == "ClauseAnd":
        return all(matches(part, name) for part in body["and_"])
    if kind == "ClauseRegex":
        return re.search(body["regex"], name) is not None
    if kind == "ClauseEquals":
        return name == body["equals"].lower()
    if kind == "ClauseStartsWith":
        return name.startswith(body["starts_with"].lower())
    if kind == "ClauseEndsWith":
        return name.endswith(body["ends_with"].lower())
    if kind == "ClauseContains":
        return body["contains"].lower() in name
    raise ValueError(f"unknown rule {kind}")


def find(models: list[dict[str, Any]], name: str) -> dict[str, Any] | None:
    """The first entry whose rule takes the name, as genai-prices itself looks it up."""
    return next((model for model in models if matches(model["match"], name)), None)


def spelled(model: dict[str, Any]) -> list[str]:
    """The names that an entry's rule spells out."""
    clause = model["match"]
    parts = clause["ClauseOr"]["or_"] if "ClauseOr" in clause else [clause]
    names = [part["ClauseEquals"]["equals"] for part in parts if "ClauseEquals" in part]
    return names + ([model["id"]] if matches(clause, model["id"]) and model["id"] not in names else [])


def facts(model: dict[str, Any], date: str) -> Facts:
    out = Facts(source="genai")
    out.context_window = model.get("context_window")
    out.deprecated = bool(model.get("deprecated"))
    out.price = price(model["prices"], date)
    return out


def price(prices: dict[str, Any] | list[dict[str, Any]], date: str) -> Price | None:
    """The price of that date; of prices by the hour, the highest: a bound, never too low."""
    if isinstance(prices, dict):
        return made(prices)
    standing: list[Price] = []
    for entry in prices:
        constraint = entry.get("constraint") or {}
        start = constraint.get("StartDateConstraint", {}).get("start_date")
        if start and start > date:
            continue
        one = made(entry["prices"])
        if one is None:
            continue
        if "TimeOfDateConstraint" in constraint:
            standing.append(one)
        else:
            standing = [one]
    return max(standing, key=lambda one: one.input + one.output) if standing else None


def base(value: Any) -> float | None:
    if isinstance(value, dict):
        return float(value["base"])
    return None if value is None else float(value)


def made(prices: dict[str, Any]) -> Price | None:
    input_price, output_price = base(prices.get("input_mtok")), base(prices.get("output_mtok"))
    if input_price is None:
        return None
    # Embeddings have no output price.
    out = Price(input_price, output_price or 0.0)
    for name, key in PARTS.items():
        value = base(prices.get(key))
        if value is not None:
            out.parts[name] = value
    starts = sorted(
        {tier["start"] for value in prices.values() if isinstance(value, dict) for tier in value["tiers"]}
    )
    for start in starts:

        def at(key: str, start: int = start) -> float | None:
            value = prices.get(key)
            if isinstance(value, dict):
                reached = [tier["price"] for tier in value["tiers"] if tier["start"] <= start]
                return float(reached[-1]) if reached else float(value["base"])
            return base(value)

        parts = {name: at(key) for name, key in PARTS.items() if at(key) is not None}
        out.tiers.append((start, Price(at("input_mtok") or 0.0, at("output_mtok") or 0.0, parts)))  # type: ignore[arg-type]
    return out
