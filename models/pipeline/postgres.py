"""The same on PostgreSQL, where a round trip is what costs: writes and reads that can share one do."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import asyncpg
from tortoise.backends.base.client import NestedTransactionContext
from tortoise.exceptions import IntegrityError, OperationalError

from models.database.postgres_engine import Client, Transaction, Whole
from models.pipeline.deferred import Deferring, Savepoint
from models.pipeline.statement import Kind, Outcome, Shape, Statement, dollars, settled, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.backends.base.client import TransactionContext


class _PostgresSavepoint(Savepoint, Transaction):
    def __init__(self, outer: PostgresDeferring) -> None:
        super().__init__(outer)
        self.outer = outer


class PostgresDeferring(Deferring, Transaction):
    """Takes what waits along in one round trip, at the latest before it commits."""

    def __init__(self, parent: Client) -> None:
        super().__init__(parent)
        self.waiting = []

    @classmethod
    def context(cls, parent: Client) -> TransactionContext:
        return Whole(cls(parent), parent._pool_init_lock)

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_PostgresSavepoint(self))

    async def round_trip(self, statements: Sequence[Statement]) -> list[Outcome]:
        return await round_trip_postgres(self._connection, statements) if statements else []

    async def commit(self) -> None:
        await self.settle()
        await super().commit()


async def round_trip_postgres(connection: Any, statements: Sequence[Statement]) -> list[Outcome]:
    """See ``models.pipeline.statement.visit``."""
    try:
        if _may_share(statements):
            return await _together(connection, statements)
        return [settled(each, await _alone(connection, each)) for each in statements]
    except asyncpg.IntegrityConstraintViolationError as error:
        clashing = (each.clash for each in statements if each.clash and f'"{error.table_name}"' in each.sql)
        raise next(clashing, IntegrityError(error)) from error
    except (asyncpg.SyntaxOrAccessError, asyncpg.DataError) as error:
        raise OperationalError(error) from error


def _may_share(statements: Sequence[Statement]) -> bool:
    """Reads of known columns and plain writes may.

    After a claim every write must know how to hang on it.
    """
    if len(statements) < 2 or any(each.kind is Kind.READ and not each.names for each in statements):
        return False
    writes = [each for each in statements if each.kind is not Kind.READ]
    claims = [n for n, each in enumerate(writes) if each.kind is Kind.CLAIM]
    return not claims or (len(claims) == 1 and all(each.where is not None for each in writes[claims[0] + 1 :]))


async def _alone(connection: Any, statement: Statement) -> Outcome:
    sql, params = dollars(statement.text), values(statement.params)
    if statement.kind is Kind.READ:
        found = [dict(row) for row in await connection.fetch(sql, *params)]
        return Outcome(found, len(found))
    said = await connection.execute(sql, *params)
    return Outcome([], int(said.rpartition(" ")[2]))


async def _together(connection: Any, statements: Sequence[Statement]) -> list[Outcome]:
    """One statement of them all: each write is a part of its WITH, each read a column of its one row."""
    sql = _joined(tuple([each.shape for each in statements]))
    found = await connection.fetchrow(sql, *values(param for each in statements for param in each.params))
    return [settled(each, _outcome(each, column)) for each, column in zip(statements, found, strict=True)]


def _outcome(statement: Statement, column: Any) -> Outcome:
    if statement.kind is not Kind.READ:
        return Outcome([], column)
    return Outcome([dict(zip(statement.names, row, strict=True)) for row in column], len(column))


@lru_cache(maxsize=256)
def _joined(shapes: tuple[Shape, ...]) -> str:
    """Of the writes after a claim each is done only where the claim has touched its row."""
    writes, columns, marks, claimed = [], [], 1, "true"
    for n, shape in enumerate(shapes):
        text = shape.text(claimed)
        numbered = dollars(text, marks)
        marks += text.count("?")
        if shape.kind is Kind.CLAIM:
            claimed = f"EXISTS (SELECT FROM w{n})"
        if shape.kind is Kind.READ:
            columns.append(f"ARRAY(SELECT ROW(found.*) FROM ({numbered}) AS found)")  # noqa: S608
        else:
            writes.append(f"w{n} AS ({numbered} RETURNING 1)")
            columns.append(f"(SELECT count(*) FROM w{n})")  # noqa: S608  # statements of ours
    parts = f"WITH {', '.join(writes)} " if writes else ""
    return f"{parts}SELECT {', '.join(columns)}"
