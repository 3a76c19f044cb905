"""What a caller may hand in, and what is said about the rest. Nothing wrong is sent."""

from __future__ import annotations

import collections
import dataclasses
import enum
import types
from typing import Any

import pytest

from conftest import HELLO
from roocode import BadRequestError, Roocode
from roocode.testing import MockServer
from roocode.types import ChatMessage


def sent(server: MockServer) -> Any:
    return server.requests[-1]["body"]


@dataclasses.dataclass
class Message:
    role: str
    content: str


class Dumped:
    """Like an object of pydantic or of OpenAI's SDK."""

    def model_dump(self, mode: str = "python", exclude_none: bool = False) -> dict[str, Any]:
        assert (mode, exclude_none) == ("json", True)
        return {"role": "user", "content": "dumped"}


class Role(str, enum.Enum):
    USER = "user"


class Index:
    def __index__(self) -> int:
        return 7


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user", "content": "x"},
        collections.OrderedDict(role="user", content="x"),
        types.MappingProxyType({"role": "user", "content": "x"}),
        Message("user", "x"),
        {"role": Role.USER, "content": "x"},
    ],
)
def test_messages_of_many_types(client: Roocode, server: MockServer, message: Any) -> None:
    for messages in ([message], (message,), collections.deque([message])):
        client.chat.completions.create(model="mock/m", messages=messages)
        assert sent(server)["messages"] == [{"role": "user", "content": "x"}]


def test_objects_that_dump_themselves(client: Roocode, server: MockServer) -> None:
    client.chat.completions.create(model="mock/m", messages=[Dumped()])
    assert sent(server)["messages"] == [{"role": "user", "content": "dumped"}]


def test_a_reply_goes_back_as_it_is(client: Roocode, server: MockServer) -> None:
    reply = client.chat.completions.create(model="mock/m", messages=HELLO)
    message = reply.choices[0].message
    before = message.to_dict()
    client.chat.completions.create(model="mock/m", messages=[*HELLO, message, *HELLO])
    assert [item["role"] for item in sent(server)["messages"]] == ["user", "assistant", "user"]
    assert sent(server)["messages"][1]["content"] == "You said: Hello"
    assert message.to_dict() == before
    client.chat.completions.create(model="mock/m", messages=[*HELLO, message.model_dump(), *HELLO])
    assert sent(server)["messages"][1]["content"] == "You said: Hello"


def test_numbers_are_exact(client: Roocode, server: MockServer) -> None:
    client.chat.completions.create(
        model="mock/m",
        messages=HELLO,
        seed=-(2**63),
        max_completion_tokens=Index(),
        temperature=0.1 + 0.2,
        logit_bias={50256: -100},
        extra_body={"big": 2**64 - 1},
    )
    body = sent(server)
    assert body["seed"] == -(2**63)
    assert body["max_completion_tokens"] == 7
    assert body["temperature"] == 0.1 + 0.2
    assert body["logit_bias"] == {"50256": -100}
    assert body["big"] == 2**64 - 1


def test_callers_objects_are_not_changed(client: Roocode) -> None:
    messages = [{"role": "user", "content": [{"type": "text", "text": "x"}]}]
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
    before = repr((messages, tools))
    client.chat.completions.create(model="mock/m", messages=messages, tools=tools)
    assert repr((messages, tools)) == before


def cycle() -> list[Any]:
    items: list[Any] = []
    items.append(items)
    return items


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        (
            {"messages": [{"role": "user", "content": b"x"}]},
            "messages[0].content",
            "bytes cannot go into JSON",
        ),
        ({"temperature": float("nan")}, "temperature", "nan is not a number that JSON has"),
        ({"extra_body": {"a": [1, float("inf")]}}, "extra_body.a[1]", "infinity"),
        ({"seed": 2**64}, "seed", "64 bits"),
        ({"messages": [{"role": "user", "content": "\ud800"}]}, "messages[0].content", "lone surrogate"),
        ({"metadata": {"\udfff": 1}}, "metadata", "lone surrogate"),
        ({"metadata": {None: 1}}, "metadata", "keys of a dict must be str"),
        ({"metadata": {"a": {1, 2}}}, "metadata.a", "a set cannot go into JSON"),
        ({"metadata": {"a": object()}}, "metadata.a", "a object cannot go into JSON"),
        ({"response_format": Dumped}, "response_format", "got the class Dumped"),
        ({"messages": (message for message in HELLO)}, "messages", "a generator cannot go into JSON"),
        ({"messages": []}, "messages", ""),
        ({"messages": "Hello"}, "messages", ""),
        ({"messages": [{"role": "nobody", "content": "x"}]}, "messages[0].role", "system"),
        (
            {"messages": [{"role": "user", "content": [{"type": "smell"}]}]},
            "messages[0].content[0].type",
            "text",
        ),
        ({"model": 3}, "model", "string"),
        ({"temperature": "hot"}, "temperature", ""),
        ({"stream": "yes"}, "stream", "boolean"),
        ({"timeout": "soon"}, "timeout", ""),
        ({"max_retries": -1}, "max_retries", ""),
        ({"extra_headers": {"a": "b\0c"}}, None, ""),
    ],
)
def test_what_cannot_be_sent(
    client: Roocode, server: MockServer, fields: dict[str, Any], param: str | None, says: str
) -> None:
    with pytest.raises(BadRequestError) as caught:
        client.chat.completions.create(**{"model": "mock/m", "messages": HELLO, **fields})
    if param is not None:
        assert caught.value.param == param
    assert says in str(caught.value)
    assert server.requests == []
    client.chat.completions.create(model="mock/m", messages=HELLO)


@pytest.mark.parametrize("fields", [{"metadata": {"a": cycle()}}, {"messages": cycle()}])
def test_cycles(client: Roocode, fields: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError, match="does it contain itself"):
        client.chat.completions.create(**{"model": "mock/m", "messages": HELLO, **fields})


def test_missing(client: Roocode) -> None:
    with pytest.raises(BadRequestError, match="messages"):
        client.chat.completions.create(model="mock/m")
    with pytest.raises(TypeError):
        client.chat.completions.create("mock/m")


def test_the_callers_own_exception_comes_through(client: Roocode) -> None:
    class Broken:
        def model_dump(self, **_: Any) -> None:
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        client.chat.completions.create(model="mock/m", messages=[Broken()])


def test_a_large_message(client: Roocode, server: MockServer) -> None:
    client.chat.completions.create(model="mock/m", messages=[{"role": "user", "content": "x" * 2_000_000}])
    assert len(sent(server)["messages"][0]["content"]) == 2_000_000
    with pytest.raises(BadRequestError):
        client.chat.completions.create(
            model="mock/m", messages=[{"role": "user", "content": "x" * 100_000_000}]
        )


def test_a_mapping_of_a_reply_class(client: Roocode, server: MockServer) -> None:
    client.chat.completions.create(
        model="mock/m", messages=[*HELLO, ChatMessage(role="assistant", content="A"), *HELLO]
    )
    assert sent(server)["messages"][1]["content"] == "A"
