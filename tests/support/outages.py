"""What goes wrong around the bot: the way to a server is cut or blocked, another program holds the database."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, closing, contextmanager
from typing import TYPE_CHECKING

from models.database.connection import sqlite_path
from sandbox.way import Way

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@asynccontextmanager
async def way_to(host: str, port: int) -> AsyncIterator[Way]:
    """One that is open."""
    way = Way(host, port)
    await way.mend()
    yield way
    await way.cut()


@contextmanager
def held(url: str) -> Iterator[None]:
    """Another program has SQLite's write lock."""
    with closing(sqlite3.connect(str(sqlite_path(url)), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
