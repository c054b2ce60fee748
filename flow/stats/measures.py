"""The figures themselves: one SELECT each, and the arithmetic that follows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.stats.reader import rows
from flow.stats.report import Numbers, Series, ranked
from flow.stats.scope import RETURN, RETURN_TYPE, TYPE, UNNAMED

if TYPE_CHECKING:
    from datetime import datetime

    from flow.stats.buckets import Bucket
    from flow.stats.reader import Param
    from flow.stats.scope import Scope

CASE_LINES = "return_case c LEFT JOIN case_line l ON l.case_id = c.id"
RETURNED = "return_case c CROSS JOIN case_line l WHERE l.case_id = c.id"  # CROSS: SQLite starts from the days
SOLD = "shop_order o CROSS JOIN order_line l WHERE l.order_id = o.id"
UNITS = "COALESCE(SUM(l.requested), 0)"
CASES = "COUNT(DISTINCT c.id)"


@dataclass(frozen=True, slots=True)
class Ask:
    """What is counted: all that passes ``scope``, for each bucket; the buckets follow each other without a gap.

    What came of a case counts as far as it was so at ``seen``.
    """

    scope: Scope
    buckets: tuple[Bucket, ...]
    seen: datetime


@dataclass(frozen=True, slots=True)
class Parts:
    """A whole split by ``label``, of ``kinds`` only unless 类型 is named; ``within`` splits one return type further."""

    name: str
    label: str
    amount: str = UNITS
    kinds: tuple[str, ...] = (RETURN,)
    keep: int = 7
    within: str = ""
    caption: str = "''"

    async def __call__(self, ask: Ask) -> Numbers:
        """One series, the biggest part first."""
        label = ask.scope.types if self.label == RETURN_TYPE else self.label
        label = self.within if self.within and TYPE in ask.scope.where else label
        where = ask.scope.returned(self.kinds)
        found = await rows(
            f"SELECT {label}, {self.amount}, {self.caption} FROM {CASE_LINES} "  # noqa: S608
            f"WHERE c.opened_at >= ? AND c.opened_at < ? AND {where.sql} GROUP BY 1",
            [ask.buckets[0].window.start, ask.buckets[-1].window.end, *where.params],
        )
        return self._numbers(found)

    def _numbers(self, found: list[tuple[Any, ...]]) -> Numbers:
        parts: Counter[str] = Counter()
        for name, count, _ in found:
            parts[name or UNNAMED] += int(count)
        points = ranked(parts, self.keep)
        captions = {name: caption for name, _, caption in found if caption and name in dict(points)}
        return Numbers((Series(self.name, points),) if points else (), parts.total(), captions)


async def return_rate(ask: Ask) -> Numbers:
    """Returned units ÷ sold units of the same days and scope, in percent; the total is of the whole period."""
    found = await rows(*_rate_statement(ask))
    pairs = [(int(returned), int(sold)) for _, returned, sold in found]
    points = tuple((bucket.label, rate(*pair)) for bucket, pair in zip(ask.buckets, pairs, strict=True))
    total = rate(sum(returned for returned, _ in pairs), sum(sold for _, sold in pairs))
    return Numbers((Series("退货率", points),), total)


def rate(returned: int, sold: int) -> float | None:
    """Percent with two decimals; None when nothing was sold."""
    return round(100 * returned / sold, 2) if sold else None


def _rate_statement(ask: Ask) -> tuple[str, list[Param]]:
    """Both sides in one statement, hence of the same moment; each bucket is sought in the indexes on time."""
    returned, sold = ask.scope.returned((RETURN,)), ask.scope.sold()
    statement = (
        f"WITH bucket(n, opens, ends) AS (VALUES {', '.join('(?, ?, ?)' for _ in ask.buckets)}) "  # noqa: S608
        f"SELECT n, (SELECT {UNITS} FROM {RETURNED} AND c.opened_at >= opens AND c.opened_at < ends "
        f"AND {returned.sql}), (SELECT COALESCE(SUM(l.quantity), 0) FROM {SOLD} AND o.ordered_at >= opens "
        f"AND o.ordered_at < ends AND {sold.sql}) FROM bucket ORDER BY n"
    )
    marks = [param for n, bucket in enumerate(ask.buckets) for param in (n, *bucket.window)]
    return statement, [*marks, *returned.params, *sold.params]
