"""`client.stats()` as an Arrow table, through the PyCapsule interface."""

from __future__ import annotations

import copy
import ctypes
import gc
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from typing import Any

import nanoarrow
import pytest

from conftest import HELLO
from roocode import Roocode, RoocodeError
from roocode._native import _stats_stream
from roocode._stats import StatsTable
from roocode.testing import MockServer
from roocode.types import TargetStats
from test_lifetime import check_flat

LIMITS = {
    f"{unit}_per_{time}": 1_000_000 for unit in ("requests", "tokens") for time in ("second", "minute", "day")
}
TOLD = {
    "x-ratelimit-limit-tokens": "100",
    "x-ratelimit-remaining-tokens": "40",
    "x-ratelimit-reset-tokens": "60s",
}
REPLY: Any = {"content": "here", "usage": {"prompt_tokens": 3, "completion_tokens": 2}, "headers": TOLD}


@pytest.fixture(scope="module")
def stats() -> Iterator[StatsTable]:
    """Of one that says 429, one that answers and has limits and a price, and one that answers."""
    busy: Any = {"fault": {"kind": "status", "status": 429, "headers": {"retry-after": "7"}}}
    with MockServer([busy]) as first, MockServer([{"reply": REPLY}]) as second:
        custom = {"kind": "custom", "api_key": "k"}
        urls = first.url + "/v1", second.url + "/v1"
        client = Roocode(
            providers=[
                {"name": "busy", "base_url": urls[0], **custom},
                {
                    "name": "größer",
                    "base_url": urls[1],
                    "quota": {**LIMITS, "concurrency": 5},
                    "prices": {"eins/zwei": {"input": 1_000_000, "output": 0}},
                    "health_check": {"path": "/models", "interval": 60},
                    **custom,
                },
                {"name": "plain", "base_url": urls[1], **custom},
            ],
            max_retries=0,
        )
        with client:
            for model in ("busy/m", "größer/eins/zwei", "größer/eins/zwei", "plain/m"):
                try:
                    client.chat.completions.create(model=model, messages=HELLO)
                except RoocodeError:
                    assert model == "busy/m"
            yield client.stats()


def rows(table: Any) -> list[dict[str, Any]]:
    return list(nanoarrow.Array(table).to_pylist())


def release(capsule: object, name: bytes, position: int) -> None:
    """Calls the release callback, the pointer at `position` of the struct in a capsule."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    at = pointer(capsule, name)
    struct = (ctypes.c_void_p * (position + 1)).from_address(at)
    assert struct[position]
    ctypes.CFUNCTYPE(None, ctypes.c_void_p)(struct[position])(at)
    assert not struct[position], "not marked as released"


def test_values(stats: StatsTable) -> None:
    busy, known, plain = rows(stats)
    one = stats[1]
    assert [row["target"] for row in rows(stats)] == [each.target for each in stats]
    assert (known["provider"], known["model"]) == ("größer", "eins/zwei")
    for name in (
        "requests",
        "successes",
        "cancelled",
        "success_rate",
        "in_flight",
        "breaker",
        "unavailable_for_s",
    ):
        assert [row[name] for row in (busy, known, plain)] == [getattr(each, name) for each in stats], name
    assert (busy["errors"], busy["errors_RateLimitError"], busy["errors_OverloadedError"]) == (1, 1, 0)
    assert (known["errors"], known["success_rate"], busy["success_rate"]) == (0, 1.0, 0.0)
    assert 0 < busy["unavailable_for_s"] <= 7
    assert one.total_s is not None and one.total_s.count == 2
    for of in ("total", "time_to_first_token"):
        seen = getattr(one, f"{of}_s").model_dump()
        assert known[f"{of}_count"] == seen.pop("count")
        assert {name: known[f"{of}_{name}_s"] for name in seen} == seen
    assert (known["input_tokens"], known["output_tokens"], known["cost"]) == (6, 4, 6.0)
    left = {limit.name: limit.remaining for limit in one.quota_left}
    assert len(left) == 7
    assert {name: known[f"quota_left_{name}"] for name in left} == left
    assert 0 < known["limits_left_tokens"] <= 100


def test_unknown_is_null(stats: StatsTable) -> None:
    busy, _, plain = rows(stats)
    for name in ("expected_output_tokens_per_s", "quota_left_concurrency", "health_check_healthy"):
        assert busy[name] is None, name
    assert plain["unavailable_for_s"] is None and plain["limits_left_requests"] is None
    # Its tokens have no price that is known, which does not say that they are free.
    assert (plain["unpriced"], stats[2].cost, plain["cost"]) == (1, 0.0, None)
    assert (busy["unpriced"], busy["cost"]) == (0, 0.0)
    nothing = rows(StatsTable([TargetStats()]))
    assert {value for row in nothing for value in row.values()} == {None}


def test_columns_are_always_the_same(stats: StatsTable) -> None:
    schema = str(nanoarrow.Schema(stats))
    assert schema == str(nanoarrow.Schema(StatsTable()))
    names = list(rows(stats)[0])
    assert len(set(names)) == len(names)
    assert {name.removeprefix("errors_") for name in names if name.startswith("errors_")} > {
        "APITimeoutError"
    }
    parts = {"errors", "quota_left", "limits_left", "health_check"}
    for field in TargetStats.__fields__:
        base = field.removesuffix("_s")
        assert field in names or field in parts or f"{base}_p50_s" in names, field


def test_empty() -> None:
    empty = nanoarrow.Array(StatsTable())
    assert len(empty) == 0 and empty.schema.n_fields > 50


@pytest.mark.parametrize("count", [1, 7, 8, 9, 64, 65, 1000])
def test_many_rows(count: int) -> None:
    # Bits of the validity and of flags at the edges of bytes.
    def one(at: int) -> TargetStats:
        rate = None if at % 3 else at / count
        checked = None if at % 5 else {"healthy": at % 2 == 0}
        return TargetStats(target=f"p{at}/{'m' * at}", success_rate=rate, health_check=checked)

    table = StatsTable(one(at) for at in range(count))
    for at, row in enumerate(rows(table)):
        assert (row["provider"], len(row["model"])) == (f"p{at}", at)
        assert row["success_rate"] == (None if at % 3 else at / count)
        assert row["health_check_healthy"] == (None if at % 5 else at % 2 == 0)


def test_as_a_list(stats: StatsTable) -> None:
    assert len(stats) == 3 and bool(stats) and not StatsTable()
    assert stats[-1] is list(stats)[2]
    assert [each.target for each in reversed(stats)] == [each.target for each in list(stats)[::-1]]
    assert rows(stats[:2]) == rows(stats)[:2]
    assert stats == list(stats) and stats[:1] != stats and stats != 1 and StatsTable() == []
    assert repr(stats) == repr(list(stats))
    assert stats == pickle.loads(pickle.dumps(stats)) == copy.deepcopy(stats)
    assert rows(pickle.loads(pickle.dumps(stats))) == rows(stats)
    with pytest.raises(IndexError):
        stats[3]
    with pytest.raises(TypeError):
        hash(stats)


def test_each_export_stands_alone(stats: StatsTable) -> None:
    first, second = nanoarrow.Array(stats), nanoarrow.Array(stats)
    assert rows(first) == rows(second) == rows(stats)
    # What was exported outlives what it came from.
    made = nanoarrow.Array(StatsTable([TargetStats(target="a/b")]))
    gc.collect()
    assert rows(made)[0]["model"] == "b"


def test_a_capsule_is_consumed_once(stats: StatsTable) -> None:
    class Same:
        capsule = stats.__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return self.capsule

    assert len(nanoarrow.Array(Same())) == 3
    with pytest.raises(Exception, match="released"):
        nanoarrow.Array(Same())


def test_what_was_released_is_not_freed_again(stats: StatsTable) -> None:
    for _ in range(100):
        release(stats.__arrow_c_stream__(), b"arrow_array_stream", 3)
        release(stats.__arrow_c_schema__(), b"arrow_schema", 7)
    gc.collect()
    assert len(rows(stats)) == 3


def test_a_stream_ends(stats: StatsTable) -> None:
    with nanoarrow.ArrayStream(stats) as stream:
        assert [len(batch) for batch in stream.iter_chunks()] == [3]
        assert list(stream.iter_chunks()) == []


def test_a_column_outlives_its_table(stats: StatsTable) -> None:
    column = nanoarrow.Array(stats).child(0)
    gc.collect()
    assert column.to_pylist() == [each.target for each in stats]


def test_a_requested_schema(stats: StatsTable) -> None:
    schema = stats.__arrow_c_schema__()
    assert "arrow_schema" in repr(schema)
    assert "arrow_array_stream" in repr(stats.__arrow_c_stream__(requested_schema=schema))
    narrow = nanoarrow.struct({"target": nanoarrow.string()}).__arrow_c_schema__()
    with pytest.raises(ValueError, match="requested_schema has 1 columns"):
        stats.__arrow_c_stream__(narrow)
    consumed = StatsTable().__arrow_c_schema__()
    release(consumed, b"arrow_schema", 7)
    with pytest.raises(ValueError, match="consumed before"):
        stats.__arrow_c_stream__(consumed)
    with pytest.raises(ValueError, match="PyCapsule"):
        stats.__arrow_c_stream__(stats.__arrow_c_stream__())
    for wrong in (5, "schema", object()):
        with pytest.raises(TypeError):
            stats.__arrow_c_stream__(wrong)


def test_rows_that_are_none() -> None:
    with pytest.raises(TypeError):
        StatsTable([5]).__arrow_c_stream__()  # type: ignore[list-item]
    odd: Any = TargetStats(target=5, requests="many", errors=[1], quota_left={}, total_s=3, cost=None)
    assert {value for value in rows(StatsTable([odd]))[0].values()} == {None}
    with pytest.raises(TypeError):
        _stats_stream([], None)  # type: ignore[arg-type]


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs /proc")
@pytest.mark.parametrize("use", ["dropped", "schema", "consumed", "half consumed", "failed"])
def test_memory_is_flat(stats: StatsTable, use: str) -> None:
    many = StatsTable(list(stats) * 4)
    narrow = nanoarrow.struct({"target": nanoarrow.string()}).__arrow_c_schema__()

    def failed() -> None:
        with pytest.raises(ValueError):
            many.__arrow_c_stream__(narrow)

    def half() -> None:
        nanoarrow.ArrayStream(many)

    uses: dict[str, Callable[[], object]] = {
        "dropped": many.__arrow_c_stream__,
        "schema": many.__arrow_c_schema__,
        "consumed": lambda: nanoarrow.c_array_stream(many).get_next(),
        "half consumed": half,
        "failed": failed,
    }

    def work() -> None:
        for _ in range(1_000):
            uses[use]()

    check_flat(work)


def test_in_threads(stats: StatsTable) -> None:
    seen: list[int] = []

    def work() -> None:
        seen.extend(len(nanoarrow.Array(stats)) for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [3] * 200


def test_pyarrow(stats: StatsTable) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="skipped: pyarrow is not installed")
    table = pyarrow.table(stats)
    table.validate(full=True)
    assert table.to_pylist() == rows(stats)
    assert (table.schema.field("target").type, table.schema.field("cost").type) == (
        pyarrow.string(),
        pyarrow.float64(),
    )
    assert pyarrow.schema(stats) == table.schema == pyarrow.table(StatsTable()).schema
    assert pyarrow.concat_tables([table, pyarrow.table(StatsTable())]).num_rows == 3
    with pytest.raises(ValueError, match="1 columns"):
        pyarrow.table(stats, schema=pyarrow.schema([("target", pyarrow.string())]))


def test_polars(stats: StatsTable) -> None:
    polars = pytest.importorskip("polars", reason="skipped: polars is not installed")
    frame = polars.DataFrame(stats)
    assert frame.to_dicts() == rows(stats)
    assert frame.schema["requests"] == polars.Int64 and frame.schema["breaker"] == polars.String
    assert polars.DataFrame(StatsTable()).schema == frame.schema
    assert frame.filter(polars.col("cost").is_null())["target"].to_list() == ["plain/m"]


def test_pandas(stats: StatsTable) -> None:
    pandas = pytest.importorskip("pandas", "3.0", reason="skipped: pandas 3 is not installed")
    pytest.importorskip("pyarrow", reason="skipped: pyarrow, which pandas needs for it, is not installed")
    frame = pandas.DataFrame.from_arrow(stats)
    assert list(frame["target"]) == [each.target for each in stats]
    assert list(frame["cost"].isna()) == [False, False, True]
    assert frame["requests"].sum() == 4


def test_duckdb(stats: StatsTable) -> None:
    duckdb = pytest.importorskip("duckdb", reason="skipped: duckdb is not installed")
    assert duckdb.sql("select target from stats where errors > 0").fetchall() == [("busy/m",)]
