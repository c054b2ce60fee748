"""Which earlier purchase a return is of: never guessed, the nearest before that has enough units left. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flow.imports.order_rows import RETURN
from flow.imports.report import BadRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from flow.imports.order_rows import ReturnRow

NEVER = BadRow(0, f"{RETURN}此前没有买过", "先导入更早的订单；更早的订单已经没有的，不用导入")
NOT_ENOUGH = BadRow(0, f"{RETURN}买过但剩余数量不够", "核对数量：退的件数多于任何一张订单还能退的件数")
NO_ORDER = BadRow(0, f"{RETURN}没有这个订单", "核对订单号，或先导入订单")
SEVERAL_SHOPS = BadRow(0, f"{RETURN}几个店铺都有这个订单号", "补上 店铺 列")
TOO_EARLY = BadRow(0, f"{RETURN}申请比下单还早", "核对订单号和两个时间")
A_DAY = timedelta(days=1)  # what is written without a time counts from midnight
NOT_IN_ORDER = BadRow(0, f"{RETURN}订单里没有这个商品", "核对订单号和 SKU")


@dataclass(slots=True)
class Purchase:
    """All units of one product in one order, and how many of them are in returns already."""

    shop: str
    no: str
    sku: str
    customer: str
    ordered_at: datetime
    total: int = 0
    claimed: int = 0

    @property
    def left(self) -> int:
        return self.total - self.claimed


class Purchases:
    """What was bought, found by order and product or by customer and product."""

    def __init__(self, returns: Iterable[ReturnRow]) -> None:
        """Only what ``returns`` may ask for is kept."""
        self._wanted = {_asked(row) for row in returns}
        self.orders_named = {(shop, no) for shop, named, no, _ in self._wanted if named}
        self.orders_known: set[tuple[str, str]] = set()
        self._by_order: dict[tuple[str, str, str], Purchase] = {}
        self._in_any_shop: dict[tuple[str, str], list[Purchase]] = defaultdict(list)
        self._by_customer: dict[tuple[str, str, str], list[Purchase]] = defaultdict(list)

    @property
    def skus(self) -> set[str]:
        return {sku for *_, sku in self._wanted}

    def wants(self, shop: str, no: str, sku: str, customer: str) -> bool:
        asked = ((shop, True, no, sku), ("", True, no, sku), (shop, False, customer, sku))
        return any(key in self._wanted for key in asked)

    def add(self, bought: Purchase) -> None:
        """Add units of an order line; lines of one product in one order count together."""
        key = (bought.shop, bought.no, bought.sku)
        known = self._by_order.get(key)
        if known is None:
            self._by_order[key] = bought
            self._in_any_shop[bought.no, bought.sku].append(bought)
            self._by_customer[bought.shop, bought.customer, bought.sku].append(bought)
        else:
            known.total += bought.total
            known.claimed += bought.claimed

    def match(self, row: ReturnRow) -> Purchase | BadRow:
        """The purchase that ``row`` returns, its units claimed; or why there is none."""
        candidates = self._candidates(row)
        if isinstance(candidates, BadRow):
            return candidates._replace(line=row.line)
        for bought in candidates:
            if bought.left >= row.quantity or not row.claims:
                bought.claimed += row.quantity if row.claims else 0
                return bought
        return NOT_ENOUGH._replace(line=row.line)

    def _candidates(self, row: ReturnRow) -> list[Purchase] | BadRow:
        if row.order_no:
            return self._named(row)
        known = self._by_customer.get((row.shop, row.customer, row.sku), [])
        before = [bought for bought in known if bought.ordered_at < row.opened_at]
        return sorted(before, key=lambda bought: (bought.ordered_at, bought.no), reverse=True) or NEVER

    def _named(self, row: ReturnRow) -> list[Purchase] | BadRow:
        """The purchase in the order that the return names; a return without a shop may name an order of any shop."""
        if row.shop:
            one = self._by_order.get((row.shop, row.order_no, row.sku))
            found = [one] if one else []
        else:
            found = self._in_any_shop.get((row.order_no, row.sku), [])
        if len(found) > 1:
            return SEVERAL_SHOPS
        if not found:
            known = any(no == row.order_no and row.shop in ("", shop) for shop, no in self.orders_known)
            return NOT_IN_ORDER if known else NO_ORDER
        if row.opened_at + A_DAY <= found[0].ordered_at:
            return TOO_EARLY
        return found


def _asked(row: ReturnRow) -> tuple[str, bool, str, str]:
    """Shop, whether the order is named, order number or customer, product."""
    return (row.shop, bool(row.order_no), row.order_no or row.customer, row.sku)
