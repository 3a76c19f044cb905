"""A reply together with the HTTP response that it came in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Headers(Mapping[str, str]):
    """The headers of a response. Names are the same in capital and small letters."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def __getitem__(self, name: str) -> str:
        values = self.get_list(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def get_list(self, name: str) -> list[str]:
        """Every value of a header that came more than once."""
        name = name.lower()
        return [value for known, value in self._pairs if known.lower() == name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name.lower() for name, _ in self._pairs))

    def __len__(self) -> int:
        return len({name.lower() for name, _ in self._pairs})

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"


class RawResponse(Generic[T]):
    """Status, headers and body of a response; `parse()` is the reply."""

    def __init__(
        self,
        parsed: T,
        status_code: int,
        headers: list[tuple[str, str]],
        content: bytes,
        request_id: str | None,
    ) -> None:
        self._parsed = parsed
        self.status_code = status_code
        self.headers = Headers(headers)
        self.content = content
        """The body as it came, after decompression. Empty for a stream."""
        self.request_id = request_id

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        import json

        return json.loads(self.content)

    def parse(self) -> T:
        return self._parsed

    def __repr__(self) -> str:
        return f"<RawResponse [{self.status_code}] {type(self._parsed).__name__}>"
