"""Replies as Python objects."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import weakref

import pytest

from roocode.types import ChatCompletion, ChatMessage, Choice, Delta, Record, Trace, Usage

REPLY = {
    "id": "1",
    "object": "chat.completion",
    "created": 3,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Hi",
                "tool_calls": [
                    {
                        "id": "c",
                        "type": "function",
                        "function": {"name": "f", "arguments": '{"a": 1}'},
                        "extra_content": {"google": {"thought_signature": "s"}},
                    }
                ],
            },
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    "novel": {"deep": [1, 2.5, None, True, 18446744073709551615]},
}


@pytest.fixture
def reply() -> ChatCompletion:
    return ChatCompletion(**REPLY)


def test_attributes(reply: ChatCompletion) -> None:
    assert isinstance(reply, Record)
    assert reply.id == "1"
    assert type(reply.choices[0]) is Choice
    message = reply.choices[0].message
    assert type(message) is ChatMessage
    assert message.content == "Hi"
    assert message.refusal is None
    assert message.tool_calls is not None
    assert message.tool_calls[0].function.arguments == '{"a": 1}'
    assert type(reply.usage) is Usage
    assert reply.usage.estimated is False
    assert Trace(requested_model="m").attempts == []


def test_children_keep_their_identity(reply: ChatCompletion) -> None:
    assert reply.choices is reply.choices
    assert reply.choices[0].message is reply.choices[0].message


def test_unknown_fields_are_kept(reply: ChatCompletion) -> None:
    assert reply.novel == REPLY["novel"]
    assert reply.provider_fields == {"novel": REPLY["novel"]}
    call = (reply.choices[0].message.tool_calls or [])[0]
    assert call.provider_fields == {"extra_content": {"google": {"thought_signature": "s"}}}
    assert {"novel", "choices", "service_tier", "model_dump"} <= set(dir(reply))


def test_a_name_that_is_not_there_says_which_are(reply: ChatCompletion) -> None:
    with pytest.raises(AttributeError, match="'ChatMessage' has no field 'contents'; it has: role, content"):
        _ = reply.choices[0].message.contents
    assert not hasattr(reply, "nothing")


def test_frozen(reply: ChatCompletion) -> None:
    with pytest.raises(AttributeError):
        reply.id = "2"
    with pytest.raises(AttributeError):
        reply.new = 1
    with pytest.raises(AttributeError):
        del reply.id


def test_equality(reply: ChatCompletion) -> None:
    assert reply == ChatCompletion(**dict(reversed(REPLY.items())))
    assert reply != ChatCompletion(**{**REPLY, "id": "2"})
    assert reply != REPLY
    assert Delta(content="a") != ChatMessage(content="a")
    with pytest.raises(TypeError):
        hash(reply)


def test_copies_and_pickles(reply: ChatCompletion) -> None:
    for again in (copy.copy(reply), copy.deepcopy(reply), pickle.loads(pickle.dumps(reply))):
        assert again == reply
        assert again is not reply
        assert type(again) is ChatCompletion
        assert again.choices[0].message.content == "Hi"
    exact = ChatCompletion(number=0.1 + 0.2)
    assert pickle.loads(pickle.dumps(exact)) == exact


def test_dumps(reply: ChatCompletion) -> None:
    assert reply.to_dict() == REPLY
    assert json.loads(reply.to_json()) == REPLY
    dumped = reply.model_dump()
    assert dumped["service_tier"] is None
    assert dumped["choices"][0]["message"]["refusal"] is None
    assert dumped["usage"]["estimated"] is False
    assert dumped["novel"] == REPLY["novel"]
    assert reply.model_dump(exclude_unset=True) == REPLY
    without = reply.model_dump(exclude_none=True)
    assert "service_tier" not in without
    assert "refusal" not in without["choices"][0]["message"]
    assert json.loads(reply.model_dump_json()) == dumped == reply.model_dump(mode="json")
    assert reply.model_dump_json(indent=2).startswith('{\n  "id": "1"')
    assert ChatCompletion(**dumped).model_dump() == dumped
    with pytest.raises(ValueError, match="mode"):
        reply.model_dump(mode="xml")


def test_what_is_handed_out_is_the_callers(reply: ChatCompletion) -> None:
    reply.provider_fields["novel"]["deep"].append(3)
    reply.model_dump()["choices"].clear()
    assert reply.to_dict() == REPLY


def test_repr(reply: ChatCompletion) -> None:
    text = repr(reply)
    assert text.startswith(
        "ChatCompletion(id='1', object='chat.completion', created=3, model='m', choices=[Choice("
    )
    assert "message=ChatMessage(role='assistant', content='Hi'" in text
    assert "refusal" not in text
    assert repr(ChatMessage(content="it's\n\"")) == "ChatMessage(content='it\\'s\\n\"')"
    long = repr(ChatMessage(content="x" * 10_000))
    assert len(long) < 300
    assert "9800 more characters" in long


def test_notebook(reply: ChatCompletion) -> None:
    priced = ChatCompletion(
        **{**REPLY, "route": {"requested_model": "m", "provider": "p", "cost": {"total_usd": 0.001}}}
    )
    markdown = priced._repr_markdown_()
    assert markdown is not None
    assert markdown.startswith("Hi\n")
    assert "p · m · 1 + 2 tokens · $0.001000" in markdown
    html = ChatCompletion(choices=[{"message": {"content": "<script>"}}])._repr_html_()
    assert html is not None
    assert "<script>" not in html
    assert reply.choices[0]._repr_html_() is None


def test_replies_are_collected() -> None:
    reply = ChatCompletion(**REPLY)
    gone = weakref.ref(reply.choices[0])
    cycle: list[object] = reply.choices
    cycle.append(cycle)
    del reply, cycle
    gc.collect()
    assert gone() is None
