"""A small shop's past for statistics: what was sold on a day and what came back, written straight into the tables."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from models import Case, CaseLine, Order, OrderLine, Product
from models.enums import CaseState, CloseReason

TZ = ZoneInfo("Asia/Shanghai")
PRODUCTS = (("A1", "猫砂机", "宠物", "自动"), ("A2", "滤网", "宠物", "耗材"), ("B1", "台灯", "家居", ""))
_count = itertools.count(1)


def at(day: str, hour: int = 12) -> datetime:
    """A moment of a local day."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=TZ)


@dataclass(slots=True)
class Sold:
    """An order of one line."""

    day: str
    units: int
    sku: str = "A1"
    region: str = "华东"
    hour: int = 12

    async def write(self) -> None:
        moment = at(self.day, self.hour)
        order = await Order.create(no=f"O{next(_count)}", region=self.region, shop="天猫", ordered_at=moment)
        await OrderLine.create(order=order, sku=self.sku, quantity=self.units, unit_price=1)


@dataclass(slots=True)
class Back:
    """A case of one line, finished unless ``closed`` says how it was closed."""

    day: str
    units: int
    reason: str = ""
    return_type: str = ""
    kind: str = "退货"
    sku: str = "A1"
    region: str = "华东"
    closed: CloseReason | None = None
    hour: int = field(default=12)

    async def write(self) -> None:
        case = await Case.create(
            no=f"R{next(_count)}",
            kind=self.kind,
            return_type=self.return_type,
            reason=self.reason,
            region=self.region,
            shop="天猫",
            state=CaseState.CLOSED if self.closed else CaseState.DONE,
            close_reason=self.closed,
            opened_at=at(self.day, self.hour),
        )
        if self.units:
            title = next((name for sku, name, *_ in PRODUCTS if sku == self.sku), "")
            await CaseLine.create(case=case, sku=self.sku, title=title, unit_price=1, paid=1, requested=self.units)


async def history(*facts: Sold | Back) -> None:
    """Write a shop's past, and its products."""
    for sku, title, category, line in PRODUCTS:
        await Product.create(sku=sku, title=title, category=category, line=line, supplier="甲厂" if line else "")
    for fact in facts:
        await fact.write()
