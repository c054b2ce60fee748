"""What is known of a case when it begins, beside what its type says: names, words and days. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flow.definitions.vocabulary import (
    BOUGHT,
    CATEGORY,
    DAYS,
    ESTIMATED,
    FINAL,
    LEVEL,
    LISTED,
    OPENED_ON,
    SPENT,
    SUPPLIER,
    TIMES,
    TITLE,
    TODAY,
    UNDELIVERED,
    WORDS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime, tzinfo
    from decimal import Decimal

    from flow.definitions.choices import Choices, Pause
    from models import Order


@dataclass(frozen=True, slots=True)
class Item:
    """One product of a return as the catalogue knows it; blank where the catalogue does not."""

    title: str
    category: str = ""
    supplier: str = ""
    returnable: bool = True

    def facts(self) -> dict[str, Any]:
        """What is judged product by product."""
        return {TITLE: self.title, CATEGORY: self.category, SUPPLIER: self.supplier, FINAL: not self.returnable}


def shared(items: Iterable[Item]) -> dict[str, Any]:
    """The category and supplier of a whole return, blank where its products differ; one that may not go back tells."""
    known = tuple(items)
    categories, suppliers = {item.category for item in known}, {item.supplier for item in known}
    return {
        CATEGORY: categories.pop() if len(categories) == 1 else "",
        SUPPLIER: suppliers.pop() if len(suppliers) == 1 else "",
        FINAL: any(not item.returnable for item in known),
    }


@dataclass(frozen=True, slots=True)
class History:
    """Half a year of a customer: orders, what was spent on them in yuan, and returns."""

    orders: int
    spent: Decimal
    returns: int

    def facts(self) -> dict[str, Any]:
        words = f"半年 {self.orders} 单退 {self.returns}" if self.orders or self.returns else ""
        return {TIMES: self.returns, BOUGHT: self.orders, SPENT: f"{self.spent:.2f}", WORDS: words}


NO_HISTORY = {TIMES: "", BOUGHT: "", SPENT: "", WORDS: ""}  #: of a customer without a number: not known, which is not 0


def customer_facts(order: Order, listed: str, before: History | None) -> dict[str, Any]:
    """What is known of whoever bought."""
    return {
        "店铺": order.shop,
        "区域": order.region,
        LEVEL: order.member_level,
        LISTED: listed,
        **(before.facts() if before else NO_HISTORY),
    }


def delivery(order: Order, choices: Choices, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """Days since the goods came, the day itself not counted; guessed from the order where no shop has said."""
    came = _came(order, choices)
    days = days_between(came.astimezone(zone).date(), now.astimezone(zone).date(), choices.pauses)
    return {DAYS: days, ESTIMATED: order.delivered_at is None}


def today_of(now: datetime, zone: tzinfo) -> str:
    """The day that it is at the merchant's, ISO 8601."""
    return now.astimezone(zone).date().isoformat()


def calendar(now: datetime, zone: tzinfo) -> dict[str, Any]:
    """The day of the opening, which is also that of the first step."""
    return dict.fromkeys((TODAY, OPENED_ON), today_of(now, zone))


def in_transit(order: Order, choices: Choices, now: datetime) -> bool:
    """Whether the goods of an order can hardly have come yet; guessed where no shop has said when they came."""
    return _came(order, choices) > now


def on_its_way(order: Order, choices: Choices, now: datetime) -> dict[str, Any]:
    """The same as a fact."""
    return {UNDELIVERED: in_transit(order, choices, now)}


def awaited(order: Order, zone: tzinfo) -> str:
    """``11-22 下单，还没签收``."""
    return f"{order.ordered_at.astimezone(zone):%m-%d} 下单，还没签收"


def _came(order: Order, choices: Choices) -> datetime:
    came: datetime = order.delivered_at or order.ordered_at + timedelta(days=choices.transit_days)
    return came


def days_between(since: date, until: date, pauses: Sequence[Pause] = ()) -> int:
    """Days after ``since`` up to ``until``, without those that a pause covers; never below 0."""
    free = {p.first + timedelta(days=n) for p in pauses for n in range((p.last - p.first).days + 1)}
    return max(0, (until - since).days - sum(since < day <= until for day in free))


def is_urgent(note: str, words: Iterable[str]) -> bool:
    """Whether somebody wrote one of the words that mean haste."""
    return any(word in note for word in words)


def said(facts: Mapping[str, Any]) -> str:
    """``签收第 6 天（按下单时间推算）``: the days as an agent reads them."""
    if facts.get(UNDELIVERED):
        return "还没签收" + ("（没有签收时间，按下单时间推算）" if facts.get(ESTIMATED) else "")
    return f"签收第 {facts[DAYS]} 天" + ("（没有签收时间，按下单时间推算）" if facts.get(ESTIMATED) else "")
