"""One set of facts for each kind and model, and what was decided on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import read_genai
from facts import Facts, Price, differ

SPOKEN = ("chat", "responses", "completion")


@dataclass
class Outcome:
    """The catalogue and what the report tells of it."""

    kinds: dict[str, dict[str, Facts]] = field(default_factory=dict)
    # kind, model, what each source says, whose price stands, why.
    disagreements: list[tuple[str, str, str, str, str, str]] = field(default_factory=list)
    # The same, between the price that stands and models.dev or OpenRouter's listing.
    others: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    compared: int = 0
    zero_unknown: dict[str, int] = field(default_factory=dict)
    zero_kept: dict[str, int] = field(default_factory=dict)
    # What one source claims and another denies -> the models.
    conflicts: dict[str, list[str]] = field(default_factory=dict)
    price_from: dict[str, int] = field(default_factory=dict)
    modes_left_out: dict[str, int] = field(default_factory=dict)
    used_decisions: set[str] = field(default_factory=set)


@dataclass
class Sources:
    litellm: dict[str, dict[str, Facts]]
    genai: dict[str, list[dict[str, Any]]]
    models_dev: dict[str, dict[str, Facts]]
    openrouter: dict[str, Facts]


def build(config: dict[str, Any], sources: Sources, known_kinds: list[str]) -> Outcome:
    outcome = Outcome()
    for kind, row in config["kinds"].items():
        if kind in known_kinds:
            models = of_kind(kind, row, config, sources, outcome)
            if models:
                outcome.kinds[kind] = models
    return outcome


def of_kind(
    kind: str, row: dict[str, Any], config: dict[str, Any], sources: Sources, outcome: Outcome
) -> dict[str, Facts]:
    folder = config["base"].get(kind)
    said: dict[str, list[Facts]] = {}
    spelling: dict[str, str] = {}

    def add(name: str, facts: Facts) -> None:
        # Names are compared without case; the first source's spelling stands.
        key = spelling.setdefault(name.lower(), name)
        said.setdefault(key, []).append(facts)

    def full(name: str) -> str:
        return folder + name if folder and "/" not in name else name

    for provider in row.get("litellm", []):
        for name, facts in sources.litellm.get(provider, {}).items():
            # A name that stands twice: with the folder and without.
            if not (folder and "/" not in name and full(name) in sources.litellm[provider]):
                add(full(name), facts)
    others: list[tuple[str, Facts]] = []
    for provider in row.get("models_dev", []):
        others += [(full(name), facts) for name, facts in sources.models_dev[provider].items()]
    if kind == "openrouter":
        others += list(sources.openrouter.items())
    date = config["date"]
    for provider, suffix in genai_of(row):
        entries = sources.genai[provider]
        names = [name + suffix for entry in entries for name in read_genai.spelled(entry)]
        names = [name for name in names if re.match(config["only"].get(kind, ""), name)]
        names += [name for name in list(said) + [name for name, _ in others] if name.endswith(suffix)]
        for name in dict.fromkeys(spelling.get(name.lower(), name) for name in names):
            entry = read_genai.find(entries, name[: len(name) - len(suffix)])
            key = spelling.get(name.lower(), name)
            if entry and not any(facts.source == "genai" for facts in said.get(key, [])):
                add(full(name), read_genai.facts(entry, date))
    for name, facts in others:
        add(name, facts)
    merged = {name: merge(kind, name, facts, config, outcome) for name, facts in said.items()}
    return {name: facts for name, facts in merged.items() if facts is not None}


def genai_of(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(provider, "") for provider in row.get("genai", [])] + list(row.get("genai_suffixed", {}).items())


def merge(kind: str, name: str, said: list[Facts], config: dict[str, Any], outcome: Outcome) -> Facts | None:
    by = {facts.source: facts for facts in said}
    litellm, models_dev = by.get("litellm"), by.get("models.dev") or by.get("openrouter")
    first = litellm or models_dev or said[0]
    if first.mode == "other" or (
        first.mode == "image" and litellm is None and kind not in ("gemini", "openrouter")
    ):
        outcome.modes_left_out["models.dev: no text"] = (
            outcome.modes_left_out.get("models.dev: no text", 0) + 1
        )
        return None
    out = Facts(source="merged", mode=first.mode)
    ordered = [by[source] for source in ("litellm", "genai", "models.dev", "openrouter") if source in by]
    limits(out, ordered)
    capabilities(kind, name, out, by, outcome)
    out.released = next((facts.released for facts in ordered if facts.released), None)
    out.deprecation = next((facts.deprecation for facts in ordered if facts.deprecation), None)
    out.deprecated = any(facts.deprecated for facts in ordered)
    out.price = price(kind, name, out.mode, by, config, outcome)
    return out


def limits(out: Facts, ordered: list[Facts]) -> None:
    """litellm's table knows what may go in, models.dev the whole window: the window holds both."""
    out.max_input_tokens = next((facts.max_input_tokens for facts in ordered if facts.max_input_tokens), None)
    out.max_output_tokens = next(
        (facts.max_output_tokens for facts in ordered if facts.max_output_tokens), None
    )
    windows = [facts.context_window for facts in reversed(ordered) if facts.context_window]
    window = windows[0] if windows else out.max_input_tokens
    if window and out.max_input_tokens:
        window = max(window, out.max_input_tokens)
    out.context_window = window
    if out.max_input_tokens == window:
        out.max_input_tokens = None


def capabilities(kind: str, name: str, out: Facts, by: dict[str, Facts], outcome: Outcome) -> None:
    """What any source says; where one says yes and another no it is unknown, never a guess."""
    for side in ("inputs", "outputs", "features"):
        merged: dict[str, bool] = getattr(out, side)
        denied: set[str] = set()
        for source in ("openrouter", "models.dev", "litellm"):
            for what, yes in (getattr(by[source], side) if source in by else {}).items():
                if merged.setdefault(what, yes) != yes:
                    denied.add(what)
        for what in denied:
            del merged[what]
            outcome.conflicts.setdefault(f"{side} {what}", []).append(f"{kind}/{name}")
    if out.mode in SPOKEN:
        out.inputs.setdefault("text", True)
        out.outputs.setdefault("text", True)


def price(
    kind: str, name: str, mode: str, by: dict[str, Facts], config: dict[str, Any], outcome: Outcome
) -> Price | None:
    priced = {source: facts.price for source, facts in by.items() if facts.price}
    ordered = [source for source in ("litellm", "genai", "openrouter", "models.dev") if source in priced]
    zero = [source for source in ordered if is_zero(priced[source], mode)]
    if zero:
        if mode in SPOKEN and not free(kind, name, zero, config):
            outcome.zero_unknown[kind] = outcome.zero_unknown.get(kind, 0) + 1
            ordered = [source for source in ordered if source not in zero]
        else:
            outcome.zero_kept[kind] = outcome.zero_kept.get(kind, 0) + 1
    if not ordered:
        return None
    chosen = ordered[0]
    if "litellm" in ordered and "genai" in ordered:
        outcome.compared += 1
        if apart(priced["litellm"], priced["genai"], mode):
            key = f"{kind}/{name}" if f"{kind}/{name}" in config["decisions"] else kind
            decision = config["decisions"].get(key, {"take": "litellm", "why": "litellm's table comes first"})
            outcome.used_decisions.add(key)
            chosen = decision["take"]
            texts = [text(priced.get(source)) for source in ("litellm", "genai", "models.dev")]
            outcome.disagreements.append((kind, name, *texts, f"{chosen}: {decision['why']}"))
    for source in ("openrouter", "models.dev"):
        if source in ordered and source != chosen and apart(priced[chosen], priced[source], mode):
            outcome.others.append(
                (kind, name, f"{chosen} {text(priced[chosen])}", source, text(priced[source]))
            )
            break
    outcome.price_from[chosen] = outcome.price_from.get(chosen, 0) + 1
    out = filled(priced[chosen], [priced[source] for source in ordered if source != chosen])
    if kind in config["inclusive"]:
        out.tiers = [(above - 1 if above % 1000 == 0 else above, tier) for above, tier in out.tiers]
    return out


def is_zero(price: Price, mode: str) -> bool:
    """No price for input, or none for the output of a model that speaks."""
    return price.input == 0 or (mode in SPOKEN and price.output == 0)


def free(kind: str, name: str, zero: list[str], config: dict[str, Any]) -> bool:
    """Sources write 0 for `not known` too. It is meant where two say so, the service itself does,
    the name does, or the kind's requests cost nothing each."""
    says = any(part == "free" for part in name.lower().replace(":", "-").replace("/", "-").split("-"))
    return len(zero) > 1 or "openrouter" in zero or says or kind in config["free"]


def apart(one: Price, other: Price, mode: str) -> bool:
    pairs = [(one.input, other.input)] + ([(one.output, other.output)] if mode in SPOKEN else [])
    # A 0 among the parts is `not said`.
    pairs += [
        (one.parts[part], other.parts[part])
        for part in ("cached_input", "cache_write")
        if one.parts.get(part) and other.parts.get(part)
    ]
    return any(differ(*pair) for pair in pairs)


def filled(price: Price, others: list[Price]) -> Price:
    """The price with what it lacks, from sources that agree on the rest of it."""
    out = Price(price.input, price.output, dict(price.parts), list(price.tiers), price.off_peak)
    for other in others:
        if differ(out.input, other.input) or differ(out.output, other.output):
            continue
        for part, value in other.parts.items():
            if part != "request":
                out.parts.setdefault(part, value)
        if not out.tiers and out.off_peak is None:
            out.tiers = list(other.tiers)
        for above, tier in out.tiers:
            for other_above, other_tier in other.tiers:
                if abs(other_above - above) <= 1 and not differ(tier.input, other_tier.input):
                    for part, value in other_tier.parts.items():
                        tier.parts.setdefault(part, value)
    return tidy(out)


def tidy(price: Price) -> Price:
    """Without parts that say nothing: a 0 beside a real price, or the price that holds without them."""
    parts = {}
    for part, value in price.parts.items():
        default = (
            price.output if part in ("reasoning_output", "audio_output", "image_output") else price.input
        )
        if value != (0 if part == "request" else default) and (value > 0 or default == 0):
            parts[part] = value
    off_peak = (tidy(price.off_peak[0]), price.off_peak[1]) if price.off_peak else None
    return Price(
        price.input, price.output, parts, [(above, tidy(tier)) for above, tier in price.tiers], off_peak
    )


def text(price: Price | None) -> str:
    if price is None:
        return "–"
    parts = [f"{price.input:g}", f"{price.output:g}"]
    parts += [
        f"{label} {price.parts[part]:g}"
        for part, label in (("cached_input", "cached"), ("cache_write", "write"))
        if price.parts.get(part)
    ]
    return " / ".join(parts)
