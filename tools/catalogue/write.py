"""The table's text. `core/src/catalogue/row.rs` reads it; its head explains it."""

from __future__ import annotations

from facts import FEATURES, MODALITIES, MODES, PARTS, Facts, Price

HEAD = "roocode catalogue 1"


def table(kinds: dict[str, dict[str, Facts]], date: str) -> str:
    lines = [f"{HEAD} {date}"]
    for kind in sorted(kinds):
        lines.append(f"[{kind}]")
        names = sorted(kinds[kind], key=lambda name: name.lower().encode())
        lines += [row(name, kinds[kind][name]) for name in names]
    return "\n".join(lines) + "\n"


def row(name: str, facts: Facts) -> str:
    if any(character in name for character in "|\n[") or not name or not name.isascii():
        raise ValueError(f"a name the table cannot hold: {name!r}")
    fields = [
        name,
        MODES[facts.mode],
        number(facts.context_window),
        number(facts.max_input_tokens),
        number(facts.max_output_tokens),
        letters(facts.inputs, MODALITIES),
        letters(facts.outputs, MODALITIES),
        letters(facts.features, FEATURES),
        price(facts.price),
        (facts.released or "").replace("-", ""),
        (facts.deprecation or "").replace("-", "") or ("x" if facts.deprecated else ""),
    ]
    return "|".join(fields).rstrip("|")


def number(value: int | None) -> str:
    if value is None:
        return ""
    return f"{value // 1000}k" if value % 1000 == 0 else str(value)


def letters(said: dict[str, bool], known: dict[str, str]) -> str:
    """`ti`: these, the rest is unknown; `-a`: not this; `ti.`: these and no other."""
    yes = "".join(letter for name, letter in known.items() if said.get(name))
    no = [letter for name, letter in known.items() if said.get(name) is False]
    if len(yes) + len(no) == len(known):
        return yes + "."
    return yes + ("-" + "".join(no) if no else "")


def price(value: Price | None) -> str:
    if value is None:
        return ""
    text = plain(value)
    text += "".join(f">{above}:{plain(tier)}" for above, tier in value.tiers)
    if value.off_peak:
        cheap, windows = value.off_peak
        spans = ";".join(
            days + " " + " ".join(f"{start}-{end}" for start, end in spans) for days, spans in windows
        )
        text += f"~{plain(cheap)}@{spans}"
    return text


def plain(value: Price) -> str:
    parts = "".join(f",{PARTS[part]}{amount(value.parts[part])}" for part in PARTS if part in value.parts)
    return f"{amount(value.input)},{amount(value.output)}{parts}"


def amount(value: float) -> str:
    """Without an exponent or zeros that say nothing."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    if float(text) != round(value, 6) or (value > 0 and float(text) == 0):
        raise ValueError(f"a price the table cannot hold: {value!r}")
    return text
