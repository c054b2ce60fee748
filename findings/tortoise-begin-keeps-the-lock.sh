#!/usr/bin/env bash
# Guess: a transaction that could not begin is over: the error is raised, and the next statement runs as if it had not been.
# Fact:  Tortoise takes the lock of its one SQLite connection first and says BEGIN then; when BEGIN fails, nobody gives the
#        lock back, because `async with` calls no __aexit__ for an __aenter__ that raised. On PostgreSQL it is the connection
#        of the pool that is not given back.
# Means: a file that another program holds for longer than the busy timeout (a backup, a tool with an open transaction) ends
#        every later statement of the process for good: no error, no time limit, a loop that only waits. The sample below
#        asks for one row after the file is free again, and never gets it.
# Guard: models/database/sqlite_engine.py and models/database/postgres_engine.py; tests/models/test_transactions.py.
set -euo pipefail
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check tortoise-orm==1.1.9 aiosqlite==0.22.1 2>/dev/null
cd "$tmp" && cat > shop.py <<'PY'
from tortoise import fields
from tortoise.models import Model


class Order(Model):
    id = fields.IntField(primary_key=True)
PY
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import os
import sqlite3
from importlib.metadata import version

from tortoise import Tortoise, connections
from tortoise.backends.sqlite.client import SqliteTransactionWrapper
from tortoise.exceptions import TransactionManagementError
from tortoise.transactions import in_transaction


async def immediately(wrapper):
    """BEGIN with the write lock, as whoever writes beside other programs must; its error as Tortoise says it."""
    try:
        await wrapper._connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        raise TransactionManagementError(error) from error


async def one_request():
    try:
        async with in_transaction():
            raise AssertionError("the file is held by another program")
    except TransactionManagementError as error:
        print("tortoise-orm", version("tortoise-orm"), "·", error)


async def main():
    SqliteTransactionWrapper.begin = immediately
    await Tortoise.init(db_url="sqlite://desk.db?busy_timeout=100", modules={"models": ["shop"]})
    await Tortoise.generate_schemas()
    from shop import Order

    other = sqlite3.connect("desk.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await asyncio.create_task(one_request())
    other.execute("ROLLBACK")
    print("the other program is gone; the lock of the process is", "taken" if connections.get("default")._lock.locked() else "free")
    try:
        async with asyncio.timeout(3):
            await Order.all().count()
            print("the next statement was answered")
            os._exit(1)
    except TimeoutError:
        print("the next statement was not answered within 3 s")
    os._exit(0)


asyncio.run(main())
PY
