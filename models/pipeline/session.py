"""The few statements on every tap's way, written once: building them anew costs more than running them.

Everything goes through Tortoise's own connection, so it takes part in whatever transaction is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import connections
from tortoise.context import get_current_context
from tortoise.transactions import in_transaction

from models.pipeline.deferred import Deferring
from models.pipeline.rows import inserts, reading, to_models, unsaved
from models.pipeline.sqlite import SqliteDeferring, round_trip_sqlite
from models.pipeline.statement import Kind, Outcome, Statement, claim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.backends.base.client import TransactionContext
    from tortoise.models import Model

__all__ = [
    "Kind", "Outcome", "Statement", "batch", "claim", "claims_settled", "defer", "insert", "inserts", "reading", "rows",
    "to_models", "transaction", "unsaved",
]  # fmt: skip


def _connection() -> Any:
    """What ``connections.get`` gives, without its look at the event loop, which is a call to the kernel each time."""
    context = get_current_context()
    return (context and context.connections._get_storage().get("default")) or connections.get("default")


def transaction() -> TransactionContext:
    """A transaction that goes to the engine as seldom as it can: see ``defer``. Inside another one it is a savepoint.

    On SQLite it begins, with the write lock, at its first statement, and its last statements go with the commit.
    """
    outer = _connection()
    if hasattr(outer, "_finalized"):
        return in_transaction()
    if outer.capabilities.dialect == "sqlite":
        return SqliteDeferring.context(outer)
    from models.pipeline.postgres import PostgresDeferring  # only where PostgreSQL is used: an extra

    return PostgresDeferring.context(outer)


async def batch(*statements: Statement) -> list[Outcome]:
    """Run statements in one visit to the engine, which costs most of each; none may need what another one writes.

    Raises what a statement says, else IntegrityError or OperationalError of Tortoise.
    """
    connection = _connection()
    if isinstance(connection, Deferring):
        return await connection.run(statements)
    async with connection.acquire_connection() as held:
        return await round_trip(held, statements)


async def defer(*statements: Statement) -> None:
    """Run them with the next statement of the transaction or with its commit, whichever comes first.

    At once where no transaction of ours is open. For statements whose outcome nobody waits for.
    """
    connection = _connection()
    if isinstance(connection, Deferring):
        connection.waiting += statements
    elif statements:
        await batch(*statements)


async def claims_settled() -> None:
    """Until it is known that a claim put aside by ``defer`` has touched its row. Raises what it says if ``missed``.

    In a ``transaction`` on SQLite nobody else can have written since the row was read: nothing to wait for.
    """
    connection = _connection()
    if isinstance(connection, Deferring) and not isinstance(connection, SqliteDeferring):
        await connection.settle()


async def rows(sql: str, *params: Any) -> list[dict[str, Any]]:
    """Rows of one SELECT or RETURNING; parameters stand as ``?``."""
    return (await batch(Statement(sql, params, Kind.READ)))[0].rows


async def insert(new: Sequence[Model], *, ignore: bool = False) -> None:
    """Write unsaved models of one table. Raises IntegrityError for a key that is there, without ``ignore``."""
    await defer(*inserts(new, ignore=ignore))


async def round_trip(connection: Any, statements: Sequence[Statement]) -> list[Outcome]:
    """Run them on the engine's own connection; on PostgreSQL those that can share one round trip do.

    Raises what a statement says, else IntegrityError or OperationalError of Tortoise.
    """
    if hasattr(connection, "_tx"):  # aiosqlite's queue to its thread
        return await round_trip_sqlite(connection, statements)
    from models.pipeline.postgres import round_trip_postgres  # only where PostgreSQL is used: an extra

    return await round_trip_postgres(connection, statements)
