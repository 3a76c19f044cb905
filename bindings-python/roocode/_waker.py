"""Wakes event loops that cannot watch a file descriptor (Windows' default loop).

A thread of Python's own waits for finished work and tells the loop. It is a
daemon that ends before the interpreter does, so it never meets its end.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
import weakref

from ._drain import run
from ._native import Drain

_threads: dict[threading.Thread, Drain] = {}


def start(drain: Drain, loop: asyncio.AbstractEventLoop) -> None:
    thread = threading.Thread(
        target=_wait, args=(drain, weakref.ref(loop)), name="roocode-waker", daemon=True
    )
    _threads[thread] = drain
    thread.start()


def _wait(drain: Drain, reference: weakref.ref[asyncio.AbstractEventLoop]) -> None:
    try:
        while drain.wait():
            loop = reference()
            if loop is None:
                return
            try:
                loop.call_soon_threadsafe(run, drain)
            except RuntimeError:
                return  # The loop is closed.
            del loop
    finally:
        _threads.pop(threading.current_thread(), None)


@atexit.register
def _stop() -> None:
    for thread, drain in list(_threads.items()):
        drain.stop()
        thread.join(1.0)
