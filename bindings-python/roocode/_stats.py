"""What `client.stats()` gives: rows for a program, a table for a notebook and for data frames."""

from __future__ import annotations

from typing import overload

from ._native import _stats_schema, _stats_stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .types import TargetStats


class StatsTable:
    """What was seen of each target, by name: a row each, as it was when it was asked for.

    To go through, index, slice and compare like a list. For Arrow it is a table: `polars.DataFrame(stats)`,
    `pyarrow.table(stats)`, `pandas.DataFrame.from_arrow(stats)`, a query of DuckDB, and whatever else takes
    `__arrow_c_stream__`. No list, as most of those take a list for something else. In a notebook it
    shows itself as a table.
    """

    __slots__ = ("_rows",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, rows: Iterable[TargetStats] = ()) -> None:
        self._rows = tuple(rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[TargetStats]:
        return iter(self._rows)

    @overload
    def __getitem__(self, at: int) -> TargetStats: ...
    @overload
    def __getitem__(self, at: slice) -> StatsTable: ...
    def __getitem__(self, at: int | slice) -> TargetStats | StatsTable:
        return StatsTable(self._rows[at]) if isinstance(at, slice) else self._rows[at]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (StatsTable, list, tuple)):
            return list(self) == list(other)  # pyright: ignore[reportUnknownArgumentType]
        return NotImplemented

    def __repr__(self) -> str:
        return repr(list(self._rows))

    def _repr_html_(self) -> str:
        from ._display import stats_html

        return stats_html(self)

    def __arrow_c_schema__(self) -> object:
        """The columns, as an `arrow_schema` capsule. They are the same ones at all times."""
        return _stats_schema()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The rows, as an `arrow_array_stream` capsule.

        The columns are the fields of `TargetStats`, those within another field named after both
        (`total_p95_s`: `total_s.p95`); besides, `provider` and `model`, the parts of `target`. `errors` is
        the sum of all errors, and each class has a column (`errors_RateLimitError`), where 0 says that
        there was none. `limits_left_tokens` and its like are the least of what the provider said is left,
        `quota_left_tokens_per_minute` and its like what is left of the configured limits. Times are
        seconds, money is US dollars. What is not known is null: a limit that is not set, a percentile
        of no calls, the cost of calls of which none has a known price.

        A `requested_schema` of as many columns is left to the caller to cast to; one of another number
        raises ValueError.
        """
        return _stats_stream(self._rows, requested_schema)
