"""What all errors have in common."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ErrorBase(Exception):
    """A message and named fields; a field that is not known is `None`."""

    def __init__(self, text: str = "", /, **fields: Any) -> None:
        super().__init__(text)
        fields.setdefault("kind", type(self).__name__)
        fields.setdefault("message", text)
        fields.setdefault("attempts", 0)
        self._fields = fields

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            # `_fields` itself is missing only while an error is being unpickled.
            fields = self.__dict__.get("_fields", {})
            if name in fields:
                return fields[name]
            if name in _names():
                return None
            raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")

    @property
    def status_code(self) -> int | None:
        """`status`, as OpenAI's SDK names it."""
        status: int | None = self._fields.get("status")
        return status

    @property
    def __notes__(self) -> list[str]:
        """What Python shows below the message: the trace, where it says more than the message."""
        notes: list[str] | None = self.__dict__.get("_notes")
        if notes is None:
            notes = self._notes = _trace_notes(self._fields.get("route"))
        return notes

    @__notes__.setter
    def __notes__(self, notes: list[str]) -> None:
        self._notes = notes

    def _repr_html_(self) -> str | None:
        from .types import Trace

        trace = self._fields.get("route")
        if not isinstance(trace, Trace):
            return None
        import html

        text = html.escape(str(self))
        return f"<div><b>{type(self).__name__}</b>: {text}</div>{trace._repr_html_()}"

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_names()})

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), str(self), self._fields)


def _trace_notes(trace: object) -> list[str]:
    from ._native import _error_note
    from .types import Trace

    note = _error_note(trace) if isinstance(trace, Trace) else None
    return [] if note is None else [note]


def _names() -> dict[str, Any]:
    from .errors import RoocodeError

    return RoocodeError.__annotations__


def _restore(cls: type[ErrorBase], text: str, fields: dict[str, Any]) -> ErrorBase:
    return cls(text, **fields)
