"""Returns against purchases: what the database knows of them, and what is left to match."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flow.imports.bulk_writes import query_in
from flow.imports.matching import Purchase, Purchases
from flow.imports.report import BadRow
from models import Order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.imports.order_rows import ReturnRow

SKUS_AT_ONCE = 100  # products whose lines are looked at together: bounds the memory
BOUGHT = (
    "SELECT o.shop, o.no, o.customer, o.ordered_at, l.sku, l.quantity, l.claimed "
    "FROM order_line l JOIN shop_order o ON o.id = l.order_id WHERE l.sku IN"
)


class Match(NamedTuple):
    """A return with the purchase it takes its units from."""

    source: str
    row: ReturnRow
    bought: Purchase


def nameless(source: str, order_no: str, customer: str) -> str:
    """The name of a row when its customer has been erased; "" where nothing would be left that tells it from others."""
    named = f"/{order_no}/{customer}/"
    return source.replace(named, f"/{order_no}//", 1) if order_no and customer and named in source else ""


async def unknown(returns: Sequence[tuple[str, ReturnRow]]) -> list[tuple[str, ReturnRow]]:
    """The returns that no earlier run has made a case of, whose customer may have been erased since."""
    names = [(source, nameless(source, row.order_no, row.customer)) for source, row in returns]
    asked = [name for pair in names for name in pair if name]
    known = {row["source"] for row in await query_in("SELECT source FROM return_case WHERE source IN", asked)}
    return [each for each, pair in zip(returns, names, strict=True) if not known & set(pair)]


async def purchases_for(returns: Sequence[tuple[str, ReturnRow]]) -> Purchases:
    """What the database knows of the purchases that the returns may be of."""
    purchases = Purchases(row for _, row in returns)
    moment = Order._meta.fields_map["ordered_at"].to_python_value
    named = {no for _, no in purchases.orders_named}
    rows = await query_in("SELECT shop, no FROM shop_order WHERE no IN", named)
    purchases.orders_known |= {(row["shop"], row["no"]) for row in rows}
    skus = sorted(purchases.skus)
    for start in range(0, len(skus), SKUS_AT_ONCE):
        for row in await query_in(BOUGHT, skus[start : start + SKUS_AT_ONCE]):
            key = row["shop"], row["no"], row["sku"], row["customer"]
            if purchases.wants(*key):
                purchases.add(Purchase(*key, moment(row["ordered_at"]), row["quantity"], row["claimed"]))
    return purchases


def match(purchases: Purchases, returns: Sequence[tuple[str, ReturnRow]]) -> tuple[list[Match], list[BadRow]]:
    """Match the returns in the order in which they happened; those without a purchase come back with the reason."""
    matched, bad = [], []
    for source, row in sorted(returns, key=lambda pair: (pair[1].opened_at, pair[1].line)):
        found = purchases.match(row)
        if isinstance(found, BadRow):
            bad.append(found)
        else:
            matched.append(Match(source, row, found))
    return matched, bad
