"""The report beside the catalogue: what is in it, where sources disagree, what was left out."""

from __future__ import annotations

from typing import Any

from merge import Outcome, Sources


def text(config: dict[str, Any], sources: Sources, outcome: Outcome, kinds: list[str]) -> str:
    parts = [
        head(config, outcome, kinds),
        disagreements(outcome),
        others(outcome),
        zeros(config, outcome),
        coverage(outcome, kinds),
        left_out(config, sources, outcome, kinds),
    ]
    return "\n\n".join(parts) + "\n"


def table(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)


def head(config: dict[str, Any], outcome: Outcome, kinds: list[str]) -> str:
    models = [facts for row in outcome.kinds.values() for facts in row.values()]
    priced = sum(facts.price is not None for facts in models)
    sources = ", ".join(f"{count} from {source}" for source, count in sorted(outcome.price_from.items()))
    return f"""# The catalogue of {config["date"]}: what it was made from and what was decided

Written by `make catalogue`; do not edit. Prices are US dollars per million tokens, as `input / output /
cached read / cache write`. {len(models)} models of {len(outcome.kinds)} of {len(kinds)} kinds;
{priced} have a price ({sources}), {len(models) - priced} have none: unknown, which is
neither an error nor zero.

How a price is chosen: litellm's where it has one, else genai-prices', else OpenRouter's listing (its own
models), else models.dev's. Where litellm and genai-prices differ by more than 0.5 %, the table below says
whose stands and why (`decisions` in `tools/catalogue/sources.json`). What the chosen source does not say
(cached read, tiers) comes from another that agrees on input and output. Of prices by the hour the dearest
is the price; the cheap hours stand beside it."""


def disagreements(outcome: Outcome) -> str:
    rows = [list(row) for row in sorted(outcome.disagreements)]
    return f"""## litellm and genai-prices disagree: {len(rows)} of {outcome.compared} compared

""" + table(["kind", "model", "litellm", "genai-prices", "models.dev", "stands"], rows)


def others(outcome: Outcome) -> str:
    rows = [list(row) for row in sorted(outcome.others)]
    return f"""## models.dev or OpenRouter's listing disagree with the price that stands: {len(rows)}

Both are months older than the other two; they are listed here and change nothing.

""" + table(["kind", "model", "stands", "other", "its price"], rows)


def zeros(config: dict[str, Any], outcome: Outcome) -> str:
    rows = [
        [
            kind,
            str(outcome.zero_kept.get(kind, 0)),
            str(outcome.zero_unknown.get(kind, 0)),
            config["free"].get(kind, ""),
        ]
        for kind in sorted(set(outcome.zero_kept) | set(outcome.zero_unknown))
    ]
    return """## Prices of zero

Sources write 0 for `not known` too. It is taken as free where two sources say so, where the service's own
listing does, where the name does (`:free`), or where a request of the kind costs nothing by itself;
otherwise the price is unknown.

""" + table(["kind", "free", "0 read as unknown", "why the kind is free"], rows)


def coverage(outcome: Outcome, kinds: list[str]) -> str:
    rows = []
    for kind in sorted(kinds):
        models = outcome.kinds.get(kind, {}).values()
        if models:
            rows.append(
                [
                    kind,
                    str(len(models)),
                    str(sum(facts.price is not None for facts in models)),
                    str(sum(facts.context_window is not None for facts in models)),
                    str(sum("tools" in facts.features for facts in models)),
                ]
            )
    return "## Models of each kind\n\n" + table(["kind", "models", "price", "window", "tools known"], rows)


def left_out(config: dict[str, Any], sources: Sources, outcome: Outcome, kinds: list[str]) -> str:
    nothing = [kind for kind in sorted(kinds) if kind not in outcome.kinds]
    waiting = [kind for kind in config["kinds"] if kind not in kinds]
    lines = [
        "## Left out",
        "",
        f"Kinds that no source knows ({len(nothing)}): {', '.join(nothing)}.",
        "",
        f"Rows that wait for a kind of that name in `core/data/kinds.toml`: {', '.join(waiting)}.",
        "",
        "Records that are not about tokens: "
        + ", ".join(f"{mode} {count}" for mode, count in sorted(outcome.modes_left_out.items()))
        + ".",
        "",
    ]
    known = {"litellm": sources.litellm, "genai": sources.genai, "models_dev": sources.models_dev}
    for source, providers in known.items():
        mapped = {name for row in config["kinds"].values() for name in row.get(source, [])}
        if source == "genai":
            mapped |= {name for row in config["kinds"].values() for name in row.get("genai_suffixed", {})}
        reasons = config["not_here"].get(source, {})
        rest = [
            f"{name} {len(providers[name])}" + (f" ({reasons[name]})" if name in reasons else "")
            for name in sorted(providers)
            if name not in mapped
        ]
        lines += [f"Providers of {source} that are no kind ({len(rest)}): {', '.join(rest)}.", ""]
    count = sum(len(models) for models in outcome.conflicts.values())
    lines += [f"Claimed by one source and denied by another, so unknown here ({count}):", ""]
    lines += [
        f"- {what} ({len(models)}): {', '.join(models)}" for what, models in sorted(outcome.conflicts.items())
    ]
    return "\n".join(lines)
