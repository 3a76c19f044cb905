"""Makes `vectors.json`: counts of texts by tiktoken, and as much of each vocabulary as the texts use.

    pip install tiktoken regex && python make.py > vectors.json

Vocabularies and counts are those of github.com/openai/tiktoken (MIT); the vocabularies are fetched by it.
"""

import base64
import json
import sys
from pathlib import Path

import regex
import tiktoken


def used(encoding: tiktoken.Encoding, texts: list[str]) -> dict[str, int]:
    """Every token of more than a byte that stands anywhere within a piece: all that could be joined."""
    ranks = encoding._mergeable_ranks
    found = set()
    for text in texts:
        for piece in regex.findall(encoding._pat_str, text):
            data = piece.encode()
            for begin in range(len(data)):
                for end in range(begin + 2, len(data) + 1):
                    if data[begin:end] in ranks:
                        found.add(data[begin:end])
    return {base64.b64encode(token).decode(): ranks[token] for token in sorted(found, key=ranks.__getitem__)}


def main() -> None:
    before = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
    texts = [text for text, _ in before["o200k_base"]["texts"]]
    vectors = {}
    for name in ("p50k_base", "cl100k_base", "o200k_base"):
        encoding = tiktoken.get_encoding(name)
        vectors[name] = {
            "texts": [[text, len(encoding.encode_ordinary(text))] for text in texts],
            "tokens": used(encoding, texts),
            "bytes": [encoding._mergeable_ranks[bytes([byte])] for byte in range(256)],
        }
    json.dump(vectors, sys.stdout, ensure_ascii=False, separators=(",", ":"))


main()
