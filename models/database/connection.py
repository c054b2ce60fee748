"""Opening, closing and migrating the database: the same migrations on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
import sqlite3
import sys
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tortoise import Tortoise, connections
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.exceptions import BaseORMException, DBConnectionError
from tortoise.migrations.api import migrate as run_migrations

from models import migrations, seals
from models.database import sqlite_guard
from models.database.sessions import CONNECT_SECONDS, open_session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: WAL and FULL: a committed row survives a power cut, and readers never wait for the writer. The log keeps its length
#: after a checkpoint, where Tortoise's own 16 KB would have every commit lengthen the file anew.
SQLITE_PRAGMAS = (
    "journal_mode=WAL&synchronous=FULL&foreign_keys=ON&busy_timeout=5000&journal_size_limit=67108864"  # 64 MB
)
MIGRATION_LOCK = 0x5265744C  # PostgreSQL advisory lock under which one replica migrates
MIGRATIONS = frozenset(path.stem for path in Path(*migrations.__path__).glob("[0-9]*.py"))
#: of one process to PostgreSQL at most: with Tortoise's five, what four persons typed left one for all taps and words
CONNECTIONS = 16
_APPLIED = "SELECT name FROM tortoise_migrations WHERE app = 'models'"


@dataclass(slots=True)
class _Built:
    """What this process has made of the models, which takes longer than opening a file does."""

    engine: str = ""  #: whose queries the models begin with
    opened: str = ""  #: the engine of the database that is open
    statements: dict[str, dict[Any, Any]] = field(default_factory=dict)  #: Tortoise's own of each engine


_BUILT = _Built()


class DatabaseError(RuntimeError):
    """The database cannot be used; the message says why and what to do, in words."""


def trouble(error: BaseException) -> str:
    """What an engine's own exception, or the one behind it, means in words; "" for one that is not an engine's."""
    error = engine_error(error)
    if isinstance(error, sqlite3.OperationalError):
        return _SQLITE_TROUBLES.get(getattr(error, "sqlite_errorcode", -1) & 0xFF, NOT_OPEN)
    if isinstance(error, sqlite3.DatabaseError):
        return "这个文件不是 SQLite 数据库，或者已经损坏，请检查 DATABASE_URL"
    if not type(error).__module__.startswith("asyncpg"):
        return ""
    return _POSTGRES.get(type(error).__name__, f"PostgreSQL 拒绝了：{type(error).__name__}，请检查 DATABASE_URL")


def engine_errors() -> tuple[type[Exception], ...]:
    """What an engine, or the way to it, may raise."""
    known: tuple[type[Exception], ...] = (BaseORMException, sqlite3.Error, OSError)
    asyncpg = sys.modules.get("asyncpg")  # what has not been imported raises nothing
    if asyncpg is None:
        return known
    return (*known, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def passing(error: BaseException) -> bool:
    """Whether the engine, or the way to it, is away or has no room for now: the same may well be done later.

    Held by another program, a full disk, a lost connection, a server that stops or starts, a deadlock.
    """
    if isinstance(error, DBConnectionError):
        return True
    inner = engine_error(error)
    if isinstance(inner, sqlite3.OperationalError):
        return getattr(inner, "sqlite_errorcode", -1) & 0xFF in _SQLITE_PASSING  # the low byte is the kind
    if not type(inner).__module__.startswith("asyncpg"):
        return isinstance(inner, ConnectionError | TimeoutError | socket.gaierror) or type(inner) is OSError
    state = getattr(inner, "sqlstate", None)  # asyncpg's own errors, of connections and the pool, have none
    return state is None or state[:2] in _POSTGRES_PASSING or state == "55P03"


def ailment(error: BaseException) -> str:
    """What ails a database that worked until now, for whoever waits for it; "" for an error that is not an engine's."""
    inner = engine_error(error)
    if isinstance(inner, sqlite3.OperationalError):
        return _SQLITE_AILMENTS.get(getattr(inner, "sqlite_errorcode", -1) & 0xFF, "数据库出错")
    if type(inner).__module__.startswith("asyncpg"):
        full = getattr(inner, "sqlstate", None) == "53100"
        return "数据库服务器的磁盘满了" if full else "数据库连接断了" if passing(inner) else "数据库出错"
    return ""


def engine_error(error: BaseException) -> BaseException:
    """The engine's own exception in Tortoise's, which hands it on as its argument or its cause."""
    while isinstance(error, BaseORMException):
        inner = error.args[0] if error.args and isinstance(error.args[0], BaseException) else error.__cause__
        if inner is None:
            break
        error = inner
    return error


NOT_OPEN = "打不开 SQLite 数据库文件：看看 DATABASE_URL 是不是文件夹、有没有权限、磁盘满了没有"
_SQLITE_TROUBLES = {
    sqlite3.SQLITE_BUSY: "数据库被别的程序占着，没有做成；等它办完再来一次",
    sqlite3.SQLITE_LOCKED: "数据库被别的程序占着，没有做成；等它办完再来一次",
    sqlite3.SQLITE_FULL: "数据库所在的磁盘满了，没有做成；清出空间再来一次",
    sqlite3.SQLITE_IOERR: "数据库所在的磁盘读写出错，没有做成；看看磁盘满了没有、坏了没有",
    sqlite3.SQLITE_READONLY: "数据库文件只能读不能写，没有做成；看看它和它的文件夹的权限",
    sqlite3.SQLITE_ERROR: "数据库里缺表或缺列，没有做成；先运行 python -m bot migrate",
}
_SQLITE_AILMENTS = {
    sqlite3.SQLITE_BUSY: "数据库被别的程序占着",
    sqlite3.SQLITE_LOCKED: "数据库被别的程序占着",
    sqlite3.SQLITE_FULL: "数据库所在的磁盘满了",
    sqlite3.SQLITE_IOERR: "数据库所在的磁盘写不进去",
    sqlite3.SQLITE_CANTOPEN: "数据库文件打不开",
    sqlite3.SQLITE_READONLY: "数据库文件只能读不能写",
}
_SQLITE_PASSING = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_PROTOCOL,
})  # fmt: skip
#: connection, deadlock and serialization, room, and the administrator's hand (PostgreSQL, Appendix A)
_POSTGRES_PASSING = frozenset({"08", "40", "53", "57", "58"})


_POSTGRES = {
    "InvalidCatalogNameError": "PostgreSQL 里没有这个数据库，请先建好（createdb）再启动",
    "InvalidPasswordError": "PostgreSQL 的用户名或密码不对，请检查 DATABASE_URL",
    "InvalidAuthorizationSpecificationError": "PostgreSQL 里没有这个用户，或不许它登录，请检查 DATABASE_URL",
    "CannotConnectNowError": "PostgreSQL 正在启动或停止，请稍后再试",
    "TooManyConnectionsError": "PostgreSQL 的连接数用完了，请加大 max_connections 或减少副本",
}


def sqlite_path(url: str) -> Path | None:
    """The file behind a ``sqlite://`` URL; None for PostgreSQL and for ``:memory:``."""
    scheme, _, rest = url.partition("://")
    name = rest.partition("?")[0]
    return Path(name) if scheme == "sqlite" and name != ":memory:" else None


def config(url: str, pragmas: str = SQLITE_PRAGMAS, patience: float | None = None) -> dict[str, Any]:
    """Tortoise's own configuration for ``url``; times are stored in UTC."""
    if url.startswith("sqlite"):
        url = f"{url.partition('?')[0]}?{pragmas}"
    return {
        "connections": {"default": _connection(url, patience)},
        "apps": {"models": {"models": ["models"], "migrations": "models.migrations"}},
        "use_tz": True,
        "timezone": "UTC",
    }


def _connection(url: str, patience: float | None) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return expand_db_url(url) | {"engine": "models.database.sqlite_engine"}
    found = expand_db_url(url.replace("postgres://", "asyncpg://", 1))
    more = {
        "reset": _as_it_was, "timeout": CONNECT_SECONDS, "command_timeout": patience, "maxsize": CONNECTIONS,
    }  # fmt: skip
    return {"engine": "models.database.postgres_engine", "credentials": more | found["credentials"]}


async def _as_it_was(connection: Any) -> None:
    """asyncpg's own reset costs a round trip after every use; nothing of ours leaves a mark on a session.

    A transaction that was left open is rolled back before this is called.
    """


async def connect(url: str, patience: float | None = None) -> None:
    """Open the database, making the folder of a new SQLite file.

    ``patience`` is how many seconds PostgreSQL may take for one statement, where somebody waits for it.
    """
    if path := sqlite_path(url):
        path.parent.mkdir(parents=True, exist_ok=True)
    seals.open_ring(url)
    found = config(url, patience=patience)
    EXECUTOR_CACHE.clear()  # its statements are kept by connection name, whichever engine that meant before
    EXECUTOR_CACHE.update(_BUILT.statements.get(_engine(found), {}))
    await prepare(found)
    _BUILT.opened = _engine(found)


async def prepare(found: dict[str, Any]) -> None:
    """Set Tortoise up as ``config`` says. The models stay built for one engine until another has its turn."""
    again = _BUILT.engine == _engine(found)
    _BUILT.engine = ""
    await Tortoise.init(config=found, init_connections=not again)
    _BUILT.engine = _engine(found)


def _engine(found: dict[str, Any]) -> str:
    return str(found["connections"]["default"]["engine"])


async def disconnect() -> None:
    """Close every connection; without it aiosqlite's thread keeps the process alive."""
    if _BUILT.opened:  # and not by migrations, whose models are of another day
        _BUILT.statements[_BUILT.opened] = dict(EXECUTOR_CACHE)
    _BUILT.opened = ""
    await Tortoise.close_connections()


@asynccontextmanager
async def database(url: str, patience: float | None = None) -> AsyncIterator[None]:
    """The database, open for as long as the block runs. ``patience`` as in ``connect``."""
    await connect(url, patience)
    try:
        yield
    finally:
        await disconnect()


async def migrate(url: str) -> None:
    """Bring the schema up to date, which costs one look where it is. Call it with no connection open.

    One process at a time migrates, and who comes meanwhile waits: a command beside the bot's first start, a replica.
    SQLite is migrated with foreign keys off, after a copy of the file, and checked afterwards.
    Raises DatabaseError when the result does not hold together; the copy is then put back.
    """
    sqlite_guard.install()
    if not url.startswith("sqlite"):
        await _migrate_postgres(url)
    elif path := sqlite_path(url):
        await _migrate_sqlite(url, path)
    else:
        raise DatabaseError("内存数据库不能迁移：请给出文件路径")


async def _migrate_postgres(url: str) -> None:
    lock = await open_session(url)
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        kept = await lock.fetchval("SELECT to_regclass('tortoise_migrations') IS NOT NULL")
        applied = {row["name"] for row in await lock.fetch(_APPLIED)} if kept else set()
        if not applied >= MIGRATIONS:
            await run_migrations(config=config(url))
    finally:
        await disconnect()
        await lock.close()


def keep_private(path: Path) -> None:
    """Make the file where it is not there yet: customers' names stand in it, and nobody else of the machine reads them.

    SQLite gives its log the same rights.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database with what a killed process left in its write-ahead log, which the file alone does not hold."""
    keep_private(target)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _applied_sqlite(path: Path) -> set[str]:
    """Names of the migrations that a file has been through; none of an empty one. Raises sqlite3.DatabaseError."""
    with closing(sqlite3.connect(path)) as found:
        kept = found.execute("SELECT 1 FROM sqlite_master WHERE name = 'tortoise_migrations'").fetchone()
        return {name for (name,) in found.execute(_APPLIED)} if kept else set()


async def _migrate_sqlite(url: str, path: Path) -> None:
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
    if not await asyncio.to_thread(_is_current, path):
        with path.with_suffix(path.suffix + ".migrating").open("w") as lock:
            await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)  # the kernel frees it when we die
            if not await asyncio.to_thread(_is_current, path):
                await _migrate_sqlite_alone(url, path)


def _is_current(path: Path) -> bool:
    return path.exists() and _applied_sqlite(path) >= MIGRATIONS


async def _migrate_sqlite_alone(url: str, path: Path) -> None:
    copy = path.with_suffix(path.suffix + ".before-migration")
    if existed := await asyncio.to_thread(path.exists):
        await asyncio.to_thread(copy_sqlite, path, copy)
    await asyncio.to_thread(keep_private, path)
    off = SQLITE_PRAGMAS.replace("foreign_keys=ON", "foreign_keys=OFF")
    try:
        await run_migrations(config=config(url, off))
        await prepare(config(url, off))
        broken = await connections.get("default").execute_query_dict("PRAGMA foreign_key_check")
    finally:
        await disconnect()
    if broken and existed:
        await asyncio.to_thread(copy_sqlite, copy, path)
    if broken:
        raise DatabaseError(f"迁移后有 {len(broken)} 行引用断开，已恢复迁移前的数据，请联系维护者")
    copy.unlink(missing_ok=True)
