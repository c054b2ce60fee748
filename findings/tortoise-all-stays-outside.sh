#!/usr/bin/env bash
# Guess: Model.all() and Model.filter() differ by a condition; a query that is built before a transaction and awaited in it
#        runs in it, whichever of the two it began with.
# Fact:  all() settles the connection when it is called, filter() when it is awaited. So the one that was built before
#        belongs to the connection outside: it does not see what the transaction has written, its own writes are not taken
#        back with it, and on SQLite, where the transaction holds the only connection, it waits for itself.
# Means: a table of changes to be tried and taken back stood still for ever at its seventh row, `Leave.all().delete()`,
#        after six that began with filter() had passed.
# Guard: tests/flow/records/test_register.py builds its changes with filter().
set -euo pipefail
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check tortoise-orm==1.1.9 aiosqlite 2>/dev/null
cd "$tmp"
cat > shop.py <<'PY'
from tortoise import fields
from tortoise.models import Model


class Leave(Model):
    id = fields.IntField(primary_key=True)
    why = fields.CharField(max_length=20)
PY
"$tmp/venv/bin/python" - <<'PY'
import asyncio
from importlib.metadata import version

from tortoise import Tortoise, connections
from tortoise.transactions import in_transaction

from shop import Leave


async def main():
    await Tortoise.init(db_url="sqlite://leave.db", modules={"models": ["shop"]})
    await Tortoise.generate_schemas()
    outside = connections.get("default")
    by_all, by_filter = Leave.all(), Leave.filter(id__gt=0)
    print("built before:", "all()", by_all._db and type(by_all._db).__name__,
          "| filter()", by_filter._db and type(by_filter._db).__name__)
    assert by_all._db is outside
    assert by_filter._db is None
    async with in_transaction() as inside:
        await Leave.create(why="年假")
        seen = await by_filter
        within = Leave.all()
        print("awaited in the transaction: filter() sees", len(seen), "row")
        assert len(seen) == 1
        assert within._db is inside is not outside
    await connections.close_all()


print("tortoise-orm", version("tortoise-orm"))
asyncio.run(main())
PY
