"""The client behind `roocode.chat`, made from the environment when first used."""

from __future__ import annotations

from ._client import Roocode

_client: Roocode | None = None


def client() -> Roocode:
    global _client
    current = _client
    if current is None or current.is_closed:
        _client = current = Roocode()
    return current
