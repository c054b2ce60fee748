"""What we lean on that is private to Tortoise and aiosqlite, by name: another release may take it away."""

from __future__ import annotations

import ast
import inspect
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiosqlite
import pytest
from aiosqlite.core import Connection
from tortoise import connections
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionContextPooled
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.context import get_current_context
from tortoise.fields.base import Field
from tortoise.fields.data import JSON_DUMPS, CharEnumFieldInstance

import models.database
import models.pipeline
from models import Case, Outbox
from models.database.connection import database
from models.database.sqlite_engine import Client
from models.pipeline import session
from models.pipeline.rows import reading, to_models, unsaved

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 22, tzinfo=UTC)
#: private names of others that ``models/pipeline`` and ``models/database`` use
NAMES = frozenset({
    "_conn", "_connection", "_execute", "_finalized", "_get_storage", "_in_transaction", "_lock", "_meta", "_parent",
    "_pool", "_pool_init_lock", "_remake_table", "_trxlock", "_tx",
})  # fmt: skip


def _own(tree: ast.Module) -> set[str]:
    """The private names that a module gives itself: its functions, methods and what it assigns to itself."""
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    stored = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    return (defined - NAMES) | {node.attr for node in stored if node.attr not in NAMES}


def _used() -> Iterator[str]:
    for package in (models.pipeline, models.database):
        for path in sorted(Path(str(package.__file__)).parent.glob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
            asked = [arg.value for call in calls if call.func.id in {"hasattr", "getattr"} for arg in call.args[1:2]]  # type: ignore[attr-defined]
            found = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
            private = {name for name in (*found, *asked) if name.startswith("_") and not name.startswith("__")}
            yield from private - _own(tree)


def test_whatever_is_private_elsewhere_and_used_here_is_named() -> None:
    assert set(_used()) == NAMES


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_aiosqlite_runs_a_function_of_ours_in_its_thread() -> None:
    assert parameters(Connection._execute) == ["self", "fn", "args", "kwargs"]
    assert isinstance(inspect.getattr_static(Connection, "_conn"), property)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (SqliteClient, ["_in_transaction", "acquire_connection", "execute_many"]),
        (
            SqliteTransactionWrapper,
            ["_in_transaction", "begin", "commit", "rollback", "savepoint", "release_savepoint"],
        ),
        (SqliteTransactionContext, ["ensure_connection"]),
        (AsyncpgDBClient, ["_in_transaction", "acquire_connection", "execute_many"]),
        (TransactionWrapper, ["_in_transaction", "begin", "commit", "rollback", "savepoint", "savepoint_rollback"]),
        (TransactionContextPooled, ["ensure_connection"]),
        (Field, ["to_db_value", "to_python_value", "has_db_default", "get_db_default_value"]),
        (CharEnumFieldInstance, ["to_db_value"]),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_what_is_overridden_is_there_to_be(kind: type, names: list[str]) -> None:
    assert [name for name in names if not callable(getattr(kind, name, None))] == []


def test_json_is_written_as_its_field_writes_it() -> None:
    assert JSON_DUMPS({"词": [1]}) in ('{"词":[1]}', '{"词": [1]}')


def missing(thing: Any, *names: str) -> list[str]:
    return [name for name in names if not hasattr(thing, name)]


async def test_on_sqlite_client_and_transaction_have_what_is_reached_into(sqlite: str) -> None:
    async with database(sqlite):
        client = session._connection()
        await session.rows("SELECT 1 AS one")
        assert isinstance(client, Client)
        assert missing(client, "_lock", "_connection") == []
        assert isinstance(client._connection, aiosqlite.Connection)
        assert missing(client._connection, "_tx", "_conn", "_execute") == []
        assert not hasattr(client, "_finalized")
        async with session.transaction() as inside:
            assert session._connection() is inside
            assert missing(inside, "_lock", "_connection", "_finalized") == []
        assert missing(session.transaction(), "_trxlock") == []


async def test_on_postgres_too(postgres: str) -> None:
    async with database(postgres):
        client = session._connection()
        await session.rows("SELECT 1 AS one")
        assert missing(client, "_pool_init_lock", "_pool") == []
        assert not hasattr(client, "_finalized")
        async with session.transaction() as inside:
            assert session._connection() is inside
            assert missing(inside, "_lock", "_connection", "_finalized", "_parent") == []


async def test_the_short_way_to_the_connection_leads_where_the_long_one_does(sqlite: str) -> None:
    async with database(sqlite):
        context = get_current_context()
        assert context is not None
        assert context.connections._get_storage()["default"] is connections.get("default") is session._connection()


async def test_models_made_by_hand_have_what_tortoise_keeps_in_them(sqlite: str) -> None:
    async with database(sqlite):
        await Outbox.create(key="a", kind="text", run_at=NOW, created_at=NOW)
        [ours] = to_models(Outbox, (await session.batch(reading(Outbox, "key = ?", "a")))[0])
        assert vars(ours) == vars(await Outbox.get(key="a"))
        values = {"key": "b", "kind": "text", "run_at": NOW, "created_at": NOW}
        assert vars(unsaved(Outbox, **values)) == vars(Outbox(**values))


def test_a_model_tells_of_its_table() -> None:
    assert missing(Case._meta, "fields_db_projection", "fields_map", "db_table") == []
