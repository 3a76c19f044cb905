"""The providers and routes of a client: to be looked at, and changed while it runs.

A change holds for requests that begin after it; those under way end as they began.
What is refused raises `ConfigurationError` and leaves everything as it was.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping
    from typing import Any

    from ._native import NativeClient
    from .types import VariantStats


class _Inventory:
    __slots__ = ("_native",)

    def __init__(self, native: NativeClient) -> None:
        self._native = native

    def _apply(self, change: str, **fields: Any) -> None:
        self._native.apply({"change": change, **fields})


class Providers(_Inventory):
    __slots__ = ()

    def list(self) -> list[dict[str, Any]]:
        """The configured providers: whether each is ready, and its `capabilities`, each
        operation and feature with the evidence for it (`recording`, `schema`, `live`; none:
        not verified)."""
        return self._native.providers()

    def kinds(self) -> builtins.list[dict[str, Any]]:
        """Every kind of provider that can be configured."""
        return self._native.kinds()

    def add(self, **config: Any) -> None:
        """Adds a provider, after all others: `kind`, and `name`, `api_key`, `base_url`, …"""
        self._apply("add_provider", config=config)

    def update(self, name: str, /, **changes: Any) -> None:
        """Changes a provider: each field replaces that of its declaration, None brings
        back the default. With another address, key or limit it begins anew: what was
        learned of it is forgotten."""
        self._apply("update_provider", name=name, changes=changes)

    def activate(self, name: str) -> None:
        """Lets a provider take part again, with what is known of it."""
        self._apply("activate_provider", name=name)

    def deactivate(self, name: str) -> None:
        """Lets a provider rest: no new request goes there. Routes keep its targets."""
        self._apply("deactivate_provider", name=name)

    def remove(self, name: str) -> None:
        """Takes a provider away. An error where a route names it."""
        self._apply("remove_provider", name=name)


class Routes(_Inventory):
    __slots__ = ()

    def list(self) -> list[dict[str, Any]]:
        """Every route as it was declared, with its name."""
        return self._native.routes()

    def variants(self) -> builtins.list[VariantStats]:
        """What was seen of each variant of the routes' splits, and of copies, by route,
        split and variant. Requests are counted, not attempts."""
        return self._native.variants()

    def set(self, name: str, config: Mapping[str, Any]) -> None:
        """Sets a route, in place of another of its name: `targets`, `strategy`, … The
        strategy may be a function, as in the client's own routes. What rewards taught
        of its targets stays."""
        self._apply("set_route", name=name, config=config)

    def set_weights(self, name: str, weights: Mapping[str, float]) -> None:
        """Sets the weights of some targets, each by its name as the route declares it.
        What the others are owed of their shares stays."""
        self._apply("set_weights", name=name, weights=weights)

    def remove(self, name: str) -> None:
        """Takes a route away. An error where another route leads to it."""
        self._apply("remove_route", name=name)
