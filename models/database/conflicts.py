"""Transactions that PostgreSQL has ended for each other's sake: nothing of them is done, so they begin again."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, TypeVar

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")
log = structlog.get_logger("conflicts")
TRIES = 5
PAUSE = 0.02  #: seconds before the second try, doubled each time, so that the two do not meet again
_STATES = frozenset({"40001", "40P01"})  #: serialization_failure, deadlock_detected


def is_conflict(error: BaseException | None) -> bool:
    """Whether a transaction was ended for another's sake: an engine's own error, or one that was raised for it."""
    while error is not None:
        if getattr(error, "sqlstate", None) in _STATES:
            return True
        error = error.__cause__
    return False


async def untangled(work: Callable[[], Awaitable[T]]) -> T:
    """Do ``work``, which is one transaction and touches nothing else, again until it is not in another's way.

    Raises what it raises; after so many tries, the conflict too.
    """
    for attempt in range(1, TRIES):
        try:
            return await work()
        except Exception as error:
            if not is_conflict(error):
                raise
            log.info("begun again", attempt=attempt)
        await asyncio.sleep(PAUSE * 2.0**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
    return await work()
