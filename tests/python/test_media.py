"""Images, audio and moderation, over real connections to mock providers."""

from __future__ import annotations

import asyncio
import base64
import copy
import inspect
import io
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import roocode
from roocode import AsyncRoocode, Roocode
from roocode.testing import MockServer


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer([]) as server:
        yield server


def options(server: MockServer) -> dict[str, Any]:
    key = {"api_key": "key-of-it"}
    return {
        "providers": [
            {"kind": "openai", "base_url": server.url + "/v1", **key},
            {"kind": "anthropic", "base_url": server.url + "/v1", **key},
        ],
        "routes": {"paint": {"targets": ["anthropic/m", "openai/m"]}},
    }


@pytest.fixture
def client(server: MockServer) -> Iterator[Roocode]:
    with Roocode(**options(server)) as client:
        yield client


def test_images(client: Roocode, server: MockServer) -> None:
    reply = client.images.generate(model="paint", prompt="a red circle", n=2)
    assert len(reply.data) == 2
    assert base64.b64decode(reply.data[0].b64_json or "").startswith(b"\x89PNG")
    assert reply.usage and reply.usage.prompt_tokens == 3
    assert reply.route and reply.route.target == "openai/m"
    assert reply.route.routing and "making images" in (reply.route.routing.candidates[0].why or "")
    assert server.requests[-1]["path"] == "/v1/images/generations"
    raw = client.images.with_raw_response.generate(model="openai/m", prompt="p", response_format="url")
    assert raw.status_code == 200 and raw.parse().data[0].url
    assert "prompt" in inspect.signature(client.images.generate).parameters
    assert "image" in inspect.signature(client.images.edit).parameters


def test_images_are_changed(client: Roocode, server: MockServer) -> None:
    png = b"\x89PNG..."
    client.images.edit(model="openai/m", image=[png, ("b.webp", b"two")], prompt="join", mask=png)
    sent = server.requests[-1]["body"]
    assert [image["filename"] for image in sent["image"]] == ["file.png", "b.webp"]
    assert sent["mask"] == {"filename": "file.png", "content_type": "image/png", "size": 7}


def test_speech(client: Roocode, server: MockServer, tmp_path: Path) -> None:
    speech = client.audio.speech.create(model="openai/tts-1", input="hello", voice="alloy")
    assert speech.content == speech.read() == b"hello"
    assert speech.content_type == "audio/mpeg" and speech.characters == 5
    assert b"".join(speech.iter_bytes(2)) == b"hello"
    speech.write_to_file(tmp_path / "hello.mp3")
    assert (tmp_path / "hello.mp3").read_bytes() == b"hello"
    assert "hello" not in speech.model_dump_json()
    for same in (copy.copy(speech), copy.deepcopy(speech), pickle.loads(pickle.dumps(speech))):
        assert same == speech and same.content == b"hello"
    other = client.audio.speech.create(model="openai/tts-1", input="other", voice="alloy")
    assert other != speech


@pytest.mark.parametrize("form", ["path", "text", "bytes", "bytearray", "file", "memory", "named", "typed"])
def test_a_file_may_be_given_in_every_form(
    client: Roocode, server: MockServer, tmp_path: Path, form: str
) -> None:
    path = tmp_path / "talk.wav"
    content = b"RIFF\0\0\0\0WAVE" + bytes(1000)
    path.write_bytes(content)
    with path.open("rb") as opened:
        given: Any = {
            "path": path,
            "text": str(path),
            "bytes": content,
            "bytearray": bytearray(content),
            "file": opened,
            "memory": io.BytesIO(content),
            "named": ("talk.wav", content),
            "typed": ("talk.wav", opened, "audio/x-wav"),
        }[form]
        reply = client.audio.transcriptions.create(model="openai/whisper-1", file=given)
    assert reply.text == "This is what was said."
    name = "file.wav" if form in ("bytes", "bytearray", "memory") else "talk.wav"
    kind = "audio/x-wav" if form == "typed" else "audio/wav"
    expected = {"filename": name, "content_type": kind, "size": len(content)}
    assert server.requests[-1]["body"]["file"] == expected


def test_transcription_with_times(client: Roocode) -> None:
    reply = client.audio.transcriptions.create(
        model="openai/whisper-1",
        file=("a.mp3", b"ID3"),
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert reply.words and reply.words[1].word == "is" and reply.words[1].start == 0.5
    assert reply.segments and reply.segments[0].text == reply.text
    assert reply.usage and reply.usage.seconds == 3
    subtitles = client.audio.translations.create(model="openai/whisper-1", file=b"ID3", response_format="srt")
    assert subtitles.text.startswith("1\n00:00:00,000 -->")


def test_what_is_no_file_is_refused_with_its_place(client: Roocode, tmp_path: Path) -> None:
    def refused(**fields: Any) -> str:
        with pytest.raises(roocode.BadRequestError) as caught:
            client.audio.transcriptions.create(model="openai/m", **fields)
        assert caught.value.param == "file"
        return str(caught.value)

    assert "missing" in refused()
    assert "is no file" in refused(file=3)
    assert "rb" in refused(file=io.StringIO("text"))
    assert "cannot be read" in refused(file=tmp_path / "absent.mp3")
    with pytest.raises(roocode.BadRequestError) as caught:
        client.images.edit(model="openai/m", image=[b"one", object()], prompt="p")  # type: ignore[list-item]
    assert caught.value.param == "image[1]"


def test_moderation(client: Roocode) -> None:
    reply = client.moderations.create(model="openai/omni-moderation-latest", input=["fine", "violence"])
    assert [result.flagged for result in reply.results] == [False, True]
    assert reply.results[1].categories["violence"] is True
    assert reply.results[1].category_scores["violence"] == 0.9


def test_explained_without_reading_the_file(client: Roocode) -> None:
    for file in ("absent.mp3", b"bytes"):
        trace = client.explain(operation="transcriptions", model="paint", file=file)
        assert trace.candidates[0].why and not trace.candidates[1].why


def test_async(server: MockServer, tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncRoocode(**options(server)) as client:
            speech, said, images, judged = await asyncio.gather(
                client.audio.speech.create(model="openai/m", input="hi", voice="v"),
                client.audio.transcriptions.create(model="openai/m", file=b"fLaC"),
                client.images.generate(model="paint", prompt="p"),
                client.moderations.create(model="openai/m", input="fine"),
            )
            assert speech.content == b"hi" and said.text and images.data and not judged.results[0].flagged
            raw = await client.audio.speech.with_raw_response.create(model="openai/m", input="hi")
            assert raw.content == raw.parse().content == b"hi"

    asyncio.run(main())
