"""An order that has no case yet: what of it can be returned, and the buttons to begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.payload import Answer
from cards.types import VALUE_CHARS, Button, Card, Fact, Text, fitted
from cards.words import listed, masked, moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MOST = 5  #: ways to begin on one card


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as its card shows it."""

    name: str  #: number and shop
    customer: str
    ordered_at: datetime
    bought: tuple[tuple[str, int], ...]  #: title and units of each product
    left: tuple[tuple[str, int], ...]  #: the same of what may still be returned


def order_card(order: OrderView, now: datetime, ways: Sequence[str], asking: tuple[int, int]) -> Card:
    """What may be returned, with a button for each way to begin; ``asking`` is the dialog's id and version."""
    buttons = tuple(
        Button(way, Answer(*asking, str(n)).pack(), "primary" if n == 1 else "plain")
        for n, way in enumerate(ways[:MOST], 1)
    )
    facts = [("订单", order.name), ("客户", masked(order.customer)), ("下单", moment(order.ordered_at, now))]
    facts += [("可退", listed(order.left) if order.left else "都已经在退或退过了")]
    shown = tuple(Fact(name, fitted(value, VALUE_CHARS)) for name, value in facts if value)
    return Card("这个订单还没有售后单", "要开单请点下面的按钮", shown, buttons)


def order_words(order: OrderView, now: datetime, ways: Sequence[str]) -> Text:
    """The same in words, with what to type."""
    left = listed(order.left, chars=60) if order.left else "都已经在退或退过了"
    head = f"订单 {order.name} 还没有售后单（{masked(order.customer)}，{moment(order.ordered_at, now)} 下单）"
    lines = [head, f"买了：{listed(order.bought, chars=60)}", f"可退：{left}"]
    return Text("\n".join([*lines, *(f"要开单请回复：{way}" for way in ways[:1])]))


def orders_listed(head: str, orders: Sequence[tuple[str, datetime]], now: datetime) -> Text:
    """Several orders without a case, a numbered line each."""
    lines = [f"{n}. {name}（{moment(at, now)} 下单）" for n, (name, at) in enumerate(orders, 1)]
    return Text("\n".join([head, *lines, "回复序号，或 查 订单号"]))
