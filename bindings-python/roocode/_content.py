"""Replies that are bytes, such as speech: the bytes, and what is said of them."""

from __future__ import annotations

from ._native import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from typing import Any

    from typing_extensions import Self


class ContentRecord(Record):
    """A reply with bytes beside its fields. They are in no `model_dump`."""

    __slots__ = ("_content",)
    _content: bytes

    @property
    def content(self) -> bytes:
        """The bytes."""
        return getattr(self, "_content", b"")

    def read(self) -> bytes:
        """The same as `content`."""
        return self.content

    def iter_bytes(self, chunk_size: int = 65536) -> Iterator[bytes]:
        """The bytes in pieces of `chunk_size`."""
        content = self.content
        return (content[start : start + chunk_size] for start in range(0, len(content), chunk_size))

    def write_to_file(self, file: str | os.PathLike[str]) -> None:
        """Writes the bytes to a file, in place of what it held."""
        with open(file, "wb") as opened:
            opened.write(self.content)

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and self.content == getattr(other, "content", None)

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Self:
        copy = super().__copy__()
        copy._content = self.content
        return copy

    def __deepcopy__(self, memo: dict[int, Any], /) -> Self:
        copy = super().__deepcopy__(memo)
        copy._content = self.content
        return copy

    def __reduce__(self) -> Any:
        reduced: Any = super().__reduce__()
        return _restored, (reduced, self.content)


def _restored(reduced: Any, content: bytes) -> Any:
    restore, arguments = reduced
    record = restore(*arguments)
    record._content = content
    return record
