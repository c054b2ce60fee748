"""The floor of an import: the csv module, the rows that are order lines, one transaction of bulk inserts."""

from __future__ import annotations

import asyncio
import csv
import lzma
import os
import re
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.engines import connect_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = (
    "CREATE TABLE shop_order (id INTEGER PRIMARY KEY, no TEXT UNIQUE, customer TEXT, region TEXT, ordered_at {moment})",
    "CREATE TABLE order_line (id {serial}, order_id INTEGER, sku TEXT, title TEXT, quantity INTEGER,"
    " unit_price BIGINT)",
    "CREATE INDEX order_at ON shop_order (ordered_at)",
    "CREATE INDEX line_order ON order_line (order_id, sku)",
    "CREATE INDEX line_sku ON order_line (sku, order_id)",
)
PRODUCT = re.compile(r"^(\d{5}[A-Z]*|DCGS\w+|GIFT_\d+_\d+|PADS)$")
LINE = ("order_id", "sku", "title", "quantity", "unit_price")
ORDER = ("id", "no", "customer", "region", "ordered_at")
AT_ONCE = 5000

Row = tuple[Any, ...]


def rows(path: Path) -> Iterator[tuple[Row | None, Row]]:
    """Each order line, with its order where the line is the first of it."""
    ids: dict[str, int] = {}
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as file:
        for no, sku, title, units, at, price, customer, region in islice(csv.reader(file), 1, None):
            if not no.isdigit() or not PRODUCT.match(sku.upper()) or int(units) <= 0:
                continue
            known, number = no in ids, ids.setdefault(no, len(ids) + 1)
            moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
            order = None if known else (number, no, customer.removesuffix(".0"), region, moment)
            yield order, (number, sku.upper(), title, int(units), round(float(price) * 100))


def parts(path: Path) -> Iterator[tuple[list[Row], list[Row]]]:
    """Orders and lines, some thousands at a time."""
    walk = rows(path)
    while part := list(islice(walk, AT_ONCE)):
        yield [order for order, _ in part if order], [line for _, line in part]


def into_sqlite(path: Path, file: str) -> None:
    with closing(sqlite3.connect(file)) as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")
        for statement in SCHEMA:
            base.execute(statement.format(serial="INTEGER PRIMARY KEY", moment="TEXT"))
        for orders, lines in parts(path):
            stamped = [(*order[:-1], order[-1].isoformat(" ")) for order in orders]
            base.executemany("INSERT INTO shop_order VALUES (?, ?, ?, ?, ?)", stamped)
            base.executemany(f"INSERT INTO order_line ({', '.join(LINE)}) VALUES (?, ?, ?, ?, ?)", lines)
        base.commit()


async def into_postgres(path: Path, url: str) -> None:
    connection = await connect_postgres(url)
    async with connection.transaction():
        for statement in SCHEMA:
            await connection.execute(statement.format(serial="SERIAL PRIMARY KEY", moment="TIMESTAMPTZ"))
        for orders, lines in parts(path):
            await connection.copy_records_to_table("shop_order", records=orders, columns=ORDER)
            await connection.copy_records_to_table("order_line", records=lines, columns=LINE)
    await connection.close()


def main() -> None:
    """``python -m bench.floors.lines FILE`` into ``DATABASE_URL``."""
    path, url = Path(sys.argv[1]), os.environ["DATABASE_URL"]
    if url.startswith("sqlite://"):
        into_sqlite(path, url.removeprefix("sqlite://"))
    else:
        asyncio.run(into_postgres(path, url))


if __name__ == "__main__":
    main()
