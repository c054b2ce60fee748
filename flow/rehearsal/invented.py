"""An order that nobody has placed, for whoever wants to rehearse without one of the shop's. Never saved."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flow.cases.assessment import Again
from flow.orders.lookup import reckoned_bill
from flow.rehearsal.play import NUMBER
from models import Case, Order, OrderLine

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

SKU, GOODS = "YL-1", "演练商品"


def invented(price: Decimal, now: datetime) -> Again:
    """One product of that price in yuan, which came the day before yesterday."""
    order = Order(
        id=0, no=NUMBER, ordered_at=now - timedelta(days=5), delivered_at=now - timedelta(days=2), paid=None,
        discount=None, freight=None,
    )  # fmt: skip
    line = OrderLine(id=1, order_id=0, sku=SKU, title=GOODS, quantity=1, claimed=0, unit_price=price, paid=None)
    return Again(Case(id=0, no=NUMBER, facts={}), reckoned_bill(order, (line,)), {})
