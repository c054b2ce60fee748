"""Sessions of our own on PostgreSQL, beside the pool; and the mark that a process is there.

The mark is a lock that such a session holds: the server takes it away in the moment in which the process dies, however
it dies, while a machine that has lost its power keeps it until the server misses it. It says nothing behind a pooler
that hands sessions out by the transaction: the lock is then another's.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from tortoise import connections
from tortoise.backends.base.config_generator import expand_db_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    import asyncpg

CONNECT_SECONDS = 5.0  #: of one try to reach PostgreSQL
MARKS = 0x5265704C  #: first half of the key of all locks that are marks
ANSWER_SECONDS = 1.0  #: of setting a mark, for which nobody is kept waiting
_OF_POOL = frozenset({
    "minsize", "maxsize", "min_size", "max_size", "max_queries", "max_inactive_connection_lifetime"
})  # fmt: skip
_SETTINGS = {"schema": "search_path", "application_name": "application_name"}  #: Tortoise's name -> the server's
_HELD = """
SELECT objid::bigint AS key FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = $1
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""".strip()


async def open_session(url: str) -> asyncpg.Connection:
    """One session with the server of ``postgres://…``, as the pool's are. Raises what connecting raises."""
    import asyncpg  # only where PostgreSQL is used: an extra

    found: dict[str, Any] = expand_db_url(url.replace("postgres://", "asyncpg://", 1))["credentials"]
    settings = {_SETTINGS[name]: found.pop(name) for name in _SETTINGS.keys() & found.keys()}
    given = {name: value for name, value in found.items() if name not in _OF_POOL}
    return await asyncpg.connect(**{"timeout": CONNECT_SECONDS, **given}, server_settings=settings)


class Mark:
    """That of one process."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._name = ""
        self._session: asyncpg.Connection | None = None

    async def set(self, name: str) -> None:
        """Be seen as ``name``, which costs nothing where it is so. Raises what connecting raises."""
        if self._session and not self._session.is_closed() and self._name == name:
            return
        self.drop()
        found = await open_session(self._url)
        try:
            await found.execute(f"SELECT pg_advisory_lock({MARKS}, {_signed(_key(name))})", timeout=ANSWER_SECONDS)
        except BaseException:
            found.terminate()
            raise
        self._name, self._session = name, found

    def drop(self) -> None:
        """Be seen no more."""
        if self._session:
            self._session.terminate()
        self._session = None


async def marked(names: Iterable[str]) -> set[str]:
    """Who of them is seen; nobody on SQLite."""
    connection = connections.get("default")
    if connection.capabilities.dialect == "sqlite":
        return set()
    keys = {int(row["key"]) for row in await connection.execute_query_dict(_HELD, [MARKS])}
    return {name for name in names if _key(name) in keys}


def _key(name: str) -> int:
    return zlib.crc32(name.encode())


def _signed(key: int) -> int:
    """As PostgreSQL wants it, whose ``int`` has a sign."""
    return key - (1 << 32) if key >= 1 << 31 else key
