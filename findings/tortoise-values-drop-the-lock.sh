#!/usr/bin/env bash
# Guess: select_for_update() on a Tortoise query locks the rows whatever is asked of them afterwards.
# Fact:  .values() and .values_list() build a query of their own that forgets it: the SQL has no FOR UPDATE, nothing is
#        raised, and every test with one connection passes. The query for models, .first() included, keeps the lock.
# Means: the usual way to lock a row cheaply, by asking for its id alone, locks nothing on PostgreSQL: two agents who open
#        a return of the same order in the same instant each see it without the other's, and both pass below a tier.
# Guard: flow/cases/siblings.py locks with .first(); tests/stories/test_money.py races two openings on PostgreSQL.
set -euo pipefail
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check tortoise-orm==1.1.9 asyncpg==0.32.0 2>/dev/null
cd "$tmp" && cat > shop.py <<'PY'
from tortoise import fields
from tortoise.models import Model


class Order(Model):
    id = fields.IntField(primary_key=True)
    no = fields.CharField(64)
PY
"$tmp/venv/bin/python" - <<'PY'
import asyncio
from importlib.metadata import version

from tortoise import Tortoise


async def main():
    # Nothing connects: only the dialect of PostgreSQL is wanted, to write the statements down.
    await Tortoise.init(db_url="asyncpg://nobody@127.0.0.1:1/none", modules={"models": ["shop"]})
    from shop import Order

    locked = Order.filter(id=1).select_for_update()
    asked = {"models": locked, "first": locked.first(), "values": locked.values("id"), "values_list": locked.values_list("id")}
    print("tortoise-orm", version("tortoise-orm"))
    seen = {}
    for name, query in asked.items():
        seen[name] = query.sql().endswith("FOR UPDATE")
        print(f"{name:<12}{query.sql()}")
    assert seen == {"models": True, "first": True, "values": False, "values_list": False}, seen
    await Tortoise.close_connections()


asyncio.run(main())
PY
