"""The ends of numbers, and their beginnings, by which people ask for them: each has an index of its own.

Ends are no columns but expressions that both engines read: whoever writes a number, by whatever way, has written its
end. The indexes stand in ``models/migrations`` alone, because Tortoise's models know columns only.
"""

from __future__ import annotations

from tortoise import connections

from models.pipeline import session

#: of a phone as it stands, the fillings left out: of its extension, where that is so long
_WHOLE = "substr(replace(replace(mobile, '-', ''), ' ', ''), length(replace(replace(mobile, '-', ''), ' ', '')) - 3)"
#: of a phone without the extension that follows it; of one that has none, of nothing that anybody asks for
_CUT = "rtrim(rtrim(mobile, '0123456789'), '-转接分机号#,. extEXT')"
_BEFORE_EXTENSION = (
    f"substr(replace(replace({_CUT}, '-', ''), ' ', ''), length(replace(replace({_CUT}, '-', ''), ' ', '')) - 3)"
)
_SERIAL = "substr(no, length(no) - 3)"
_ORDERS = f"""
SELECT id, mobile FROM shop_order WHERE {_WHOLE} = ?
UNION SELECT id, mobile FROM shop_order WHERE {_BEFORE_EXTENSION} = ? ORDER BY id DESC LIMIT ?
""".strip()  # noqa: S608
_LAST = "\U0010ffff"  #: no number goes on with a higher character
_BEGUN = "SELECT id FROM shop_order WHERE no {} ? AND no {} ? ORDER BY {} LIMIT ?"
#: all of one name are looked at before the newest: by the days of orders PostgreSQL would read those of everybody
_CALLED = """
WITH called AS MATERIALIZED (SELECT id, ordered_at FROM shop_order WHERE customer_name = ?)
SELECT id FROM called ORDER BY ordered_at DESC LIMIT ?
""".strip()
_CASES = f"SELECT id FROM return_case WHERE {_SERIAL} = ? AND no LIKE ? ORDER BY id DESC LIMIT ?"  # noqa: S608


async def orders_by_phone(tail: str, limit: int) -> list[tuple[int, str]]:
    """The newest orders whose phone, or its extension, ends with four digits: the id and the phone of each."""
    rows = await session.rows(_ORDERS, tail, tail, limit)
    return [(row["id"], row["mobile"]) for row in rows]


async def orders_of(name: str, limit: int) -> list[int]:
    """Ids of the newest orders of everybody who is called so."""
    return [row["id"] for row in await session.rows(_CALLED, name, limit)]


async def cases_by_serial(serial: str, limit: int) -> list[int]:
    """Ids of the newest cases whose number ends with ``-`` and these four digits."""
    return [row["id"] for row in await session.rows(_CASES, serial, f"%-{serial}", limit)]


async def orders_beginning(head: str, limit: int) -> list[int]:
    """Ids of the orders whose numbers begin so, the highest numbers first."""
    is_sqlite = connections.get("default").capabilities.dialect == "sqlite"
    signs = (">=", "<") if is_sqlite else ("~>=~", "~<~")  # by characters, whatever the database's language sorts by
    order = "no DESC" if is_sqlite else "no USING ~>~"
    rows = await session.rows(_BEGUN.format(*signs, order), head, head + _LAST, limit)
    return [row["id"] for row in rows]
