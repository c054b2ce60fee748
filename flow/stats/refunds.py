"""How much money has gone back to customers in a stretch of time, by the moment at which the shop confirmed it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from flow.stats.reader import rows
from models.enums import RefundState

if TYPE_CHECKING:
    from collections.abc import Collection

    from flow.stats.period import Window
    from flow.stats.scope import Scope


class Refunded(NamedTuple):
    """Refunds that were paid: how many, of how many cases, and what they come to."""

    refunds: int
    cases: int
    amount: Decimal


async def refunded(window: Window, scope: Scope, shops: Collection[str] | None = None) -> Refunded:
    """What was paid back from ``window.start`` to its end, whenever the cases were opened.

    ``shops`` are those whose cases somebody may know of; None is all.
    """
    where = scope.cases()
    among = f" AND c.shop IN ({', '.join('?' * len(shops))})" if shops else ""
    [found] = await rows(
        f"""SELECT COUNT(*), COUNT(DISTINCT r.case_id), COALESCE(SUM(r.amount), 0)
        FROM refund r JOIN return_case c ON c.id = r.case_id
        WHERE r.state = '{RefundState.PAID}' AND r.paid_at >= ? AND r.paid_at < ? AND {where.sql}{among}""",  # noqa: S608
        [window.start, window.end, *where.params, *sorted(shops or ())],
    )
    refunds, cases, cents = map(int, found)
    return Refunded(refunds, cases, Decimal(cents).scaleb(-2).quantize(Decimal("0.01")))
