"""Who goes first to the database: whoever looks at a phone and waits, before what is said and done behind the scenes.

Many at once are no faster: all share one processor, and each holds what it has locked for longer.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from weakref import WeakKeyDictionary

BEHIND = 4  #: connections that work behind the scenes has at once
_behind: ContextVar[bool] = ContextVar("behind", default=False)
_hands: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def stand_behind() -> None:
    """From here on the running task, and what it begins, lets others go first."""
    _behind.set(True)


def hands() -> asyncio.Semaphore | None:
    """What the running task must have before it may have a connection; None for whoever goes first."""
    if not _behind.get():
        return None
    return _hands.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(BEHIND))
