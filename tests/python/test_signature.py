"""What a notebook, an editor and `help` see of `create`: every parameter, and a word on it."""

from __future__ import annotations

import asyncio
import inspect
import pydoc
import typing

import pytest

import roocode
from conftest import run_script
from roocode import AsyncRoocode, Roocode

CREATES = {
    "Completions": Roocode,
    "RawCompletions": Roocode,
    "AsyncCompletions": AsyncRoocode,
    "AsyncRawCompletions": AsyncRoocode,
}


def create_of(name: str) -> typing.Any:
    completions = CREATES[name](provider="custom", base_url="http://localhost/v1").chat.completions
    return completions.with_raw_response.create if "Raw" in name else completions.create


@pytest.mark.parametrize("name", CREATES)
def test_signature(name: str) -> None:
    create = create_of(name)
    signature = inspect.signature(create)
    parameters = signature.parameters
    fields = roocode.types.ChatRequestParam.__annotations__
    assert set(fields) <= set(parameters)
    assert {"provider", "timeout", "max_retries", "extra_headers", "extra_body"} <= set(parameters)
    needed = [each.name for each in parameters.values() if each.default is each.empty]
    assert needed == ["messages", "fields"]
    assert parameters["temperature"].annotation == "float | None"
    assert parameters["fields"].kind is inspect.Parameter.VAR_KEYWORD
    assert ("Raw" in name) == ("RawResponse" in signature.return_annotation)
    # The names can be found, and what it shows can be bound.
    inspect.signature(create, eval_str=True)
    signature.bind(model="m", messages=[], temperature=1.0, novel_field=1)
    with pytest.raises(TypeError, match="messages"):
        signature.bind(model="m")
    assert asyncio.iscoroutinefunction(create) == name.startswith("Async")
    assert "temperature" in inspect.getsource(create)


@pytest.mark.parametrize("name", CREATES)
def test_help(name: str) -> None:
    text = pydoc.plain(pydoc.render_doc(create_of(name)))
    assert "model: 'str | None'" in text or "model: str | None" in text
    for parameter in roocode.types.ChatRequestParam.__annotations__:
        assert f"`{parameter}`" in text or parameter in text
    assert "`temperature`: Sampling temperature, 0 to 2." in text
    assert "`stream`: " in text


def test_it_costs_nothing_until_somebody_looks() -> None:
    done = run_script("import roocode, sys; roocode.Roocode; print('roocode._create' in sys.modules)")
    assert done.stdout == "False\n", done.stderr
