"""A walk of retention in a process of its own, which dies by SIGKILL before its n-th change.

A change is a statement that writes, or a request to where photos go.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bot.jobs.retention import Pruner
from bot.store.bucket import PhotoBucket
from bot.store.photos import store_of
from config.settings import KeepSettings, Settings
from models.database import postgres_engine, sqlite_engine
from models.database.connection import database
from models.pipeline import session
from tests.support.stage import START

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MUCH_LATER = START + timedelta(days=2000)
_ENGINES = (sqlite_engine, postgres_engine)
_CHANGES = [(PhotoBucket, name) for name in ("put_back", "has", "drop")] + [(session, "insert")]
_STATEMENTS = [(getattr(engine, name), "execute_query") for engine in _ENGINES for name in ("Client", "Transaction")]


@dataclass(slots=True)
class Doom:
    """Counts changes down to the one that is never made."""

    left: int

    def before(self, function: Callable[..., Any], *, reads: bool = False) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            if not (reads and str(args[1]).lstrip().upper().startswith("SELECT")):
                self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)
            return await function(*args, **kwargs)

        return call


async def _walk(environ: Mapping[str, str], doom: Doom) -> None:
    settings = Settings.load(environ)
    async with database(settings.database_url):
        with ExitStack() as stack:
            for place, name in _CHANGES:
                stack.enter_context(patch.object(place, name, doom.before(getattr(place, name))))
            for place, name in _STATEMENTS:
                stack.enter_context(patch.object(place, name, doom.before(getattr(place, name), reads=True)))
            await Pruner(KeepSettings(), store_of(settings), lambda: MUCH_LATER, 0).run()


def walk(environ: Mapping[str, str], nth: int) -> None:
    """Walk once, years after ``START``, and die before the n-th change."""
    asyncio.run(_walk(environ, Doom(nth)))
