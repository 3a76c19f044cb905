"""The threads that ask functions of the caller's for the order of a route's targets.

In Python, so that no native frame lies below a function: a thread that is ended
by the interpreter in the middle of it would take the process down.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import cast

from ._native import OrderJob, Record, _next_order, _order_begins


def begin() -> None:
    """Sees to it that there is a thread."""
    if _order_begins():
        _start()


def _start() -> None:
    threading.Thread(target=_work, name="roocode-order", daemon=True).start()


def _work() -> None:
    while (job := _next_order()) is not None:
        if job.alone:
            with suppress(RuntimeError):  # no more threads: this one comes back
                _start()
        _ask(job)
        # Not kept while waiting for the next one.
        del job


def _ask(job: OrderJob) -> None:
    try:
        function = job.function
        if function is None:
            job.fail("its client is gone")
            return
        job.answer(_names(function(job.candidates, job.request)))
    except BaseException as error:
        job.fail(_told(error))


def _told(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except BaseException:
        return type(error).__name__


def _names(answer: object) -> list[str]:
    if hasattr(answer, "__await__"):
        close = getattr(answer, "close", None)
        if close is not None:
            close()
        raise TypeError("it is async; a plain function is needed")
    if isinstance(answer, (list, tuple)):
        return [_name(each) for each in cast("list[object]", answer)]
    return [_name(answer)]


def _name(answer: object) -> str:
    name = getattr(answer, "name", None) if isinstance(answer, Record) else answer
    if isinstance(name, str):
        return name
    raise TypeError(f"it returned {type(answer).__name__} where a target's name was expected")
