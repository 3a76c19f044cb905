"""How a reply shows itself in a notebook."""

from __future__ import annotations

import html as _html

from ._native import Record


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
