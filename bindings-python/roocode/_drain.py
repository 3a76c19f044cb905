"""Resumes the tasks whose work is done. Called by the event loop when the bell rang.

In Python, so that no native frame lies below a task's code: a thread that is
ended by the interpreter in the middle of it would take the process down.
"""

from __future__ import annotations

from ._native import Drain


def run(drain: Drain) -> None:
    drain.begin()
    try:
        while (ready := drain.next()) is not None:
            function, context, waiter = ready
            context.run(function, waiter)
    except BaseException:
        # Ctrl-C or a failure of one task: the others are for the next turn of the loop.
        drain.again()
        raise
