"""How replies and statistics show themselves in a notebook."""

from __future__ import annotations

import html as _html

from ._native import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._stats import StatsTable
    from .types import Percentiles, TargetStats


def stats_html(table: StatsTable) -> str:
    head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    rows = "".join(f"<tr>{''.join(map(_cell, _row(stats)))}</tr>" for stats in table)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


_COLUMNS = (
    "target",
    "requests",
    "answered",
    "errors",
    "in flight",
    "state",
    "first token p50 / p95",
    "total p50 / p95",
    "tokens in / out",
    "cost",
)


def _cell(text: str) -> str:
    return f"<td>{_html.escape(text)}</td>"


def _row(stats: TargetStats) -> tuple[str, ...]:
    rate = stats.success_rate
    state = stats.breaker.replace("_", "-")
    if stats.unavailable_for_s is not None:
        state += f", left alone for {_seconds(stats.unavailable_for_s)}"
    return (
        stats.target,
        str(stats.requests),
        str(stats.successes) if rate is None else f"{stats.successes} ({rate:.1%})",
        ", ".join(f"{count} {name}" for name, count in stats.errors.items()),
        str(stats.in_flight),
        state,
        _percentiles(stats.time_to_first_token_s),
        _percentiles(stats.total_s),
        f"{stats.input_tokens} / {stats.output_tokens}",
        f"${stats.cost:.6f}" + (f" and {stats.unpriced} of unknown price" if stats.unpriced else ""),
    )


def _percentiles(seen: Percentiles | None) -> str:
    return "" if seen is None else f"{_seconds(seen.p50)} / {_seconds(seen.p95)}"


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def markdown(record: Record) -> str | None:
    parts = _parts(record)
    if parts is None:
        return None
    content, footer = parts
    return f"{content}\n\n---\n<sub>{_html.escape(footer)}</sub>"


def html(record: Record) -> str | None:
    parts = _parts(record)
    if parts is None:
        return None
    content, footer = parts
    return (
        f'<div style="white-space: pre-wrap">{_html.escape(content)}</div>'
        f'<div style="opacity: 0.6; font-size: 85%; margin-top: 0.5em">{_html.escape(footer)}</div>'
    )


def _parts(record: Record) -> tuple[str, str] | None:
    """The answer, and a line about where it came from; None for anything but a reply."""
    from .types import ChatCompletion

    if not isinstance(record, ChatCompletion):
        return None
    answers: list[str] = []
    for choice in record.choices:
        message = choice.message
        text = message.content or message.refusal or ""
        for call in message.tool_calls or ():
            text += f"\n{call.function.name}({call.function.arguments})"
        answers.append(text.strip("\n"))
    footer: list[str] = []
    route = record.route
    if route is not None and route.provider:
        footer.append(route.provider)
    footer.append(record.model)
    usage = record.usage
    if usage is not None:
        footer.append(f"{usage.prompt_tokens} + {usage.completion_tokens} tokens")
    if route is not None and route.cost is not None:
        footer.append(f"${route.cost.total_usd:.6f}")
    return "\n\n".join(answers), " · ".join(part for part in footer if part)
