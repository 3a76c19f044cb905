"""Decisions made again from their records."""

from __future__ import annotations

from ._native import _propensities, _replay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Propensity, Replay


def replay(trace: object) -> Replay:
    """Makes a recorded decision again, and says where it comes out otherwise.

    `trace` is `reply.route.routing`, or what holds it: a reply, a trace, a dict of either.
    The record alone is enough: values, seed and request are in it, and the order that a
    function of yours gave.

    Raises BadRequestError where it was not recorded in full, or was made by a version of
    the strategies that decides otherwise.
    """
    return _replay({"trace": trace})


def propensities(trace: object) -> list[list[Propensity]]:
    """How likely each target was to be chosen, for each choice of a recorded decision.

    For estimates from logged choices. Empty for choices of strategies that do not draw by
    known chances (`bandit`, `random`); of `random` as the `then` of another strategy only
    that of the target taken is told. Raises as `replay` does.
    """
    return _propensities({"trace": trace})
