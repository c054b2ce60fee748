"""``700001买了几台 啥时候买的``: what an order holds, which the cases that it already has do not say."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.lookup import shops_of
from flow.orders.lookup import find_bill
from flow.orders.near import orders_among
from handlers.chat.spelling import asks_whether
from handlers.sentences.hearing import LOOK
from models import Case

if TYPE_CHECKING:
    from handlers.chat.context import Reply
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

_BOUGHT = re.compile(r"买(?:了|的|过)|下的?单|还能[退换]|能[退换](?:几|多少|不|吗)|几号签收|什么时候签收|啥时候签收")


async def meant(hearing: Hearing, said: Sentence) -> Reply | None:
    """The goods of the order, when it was placed and what may still come back, ahead of its cases; None for another."""
    orders = await orders_among(said.numbers)
    if len(orders) != 1 or not asks_whether(said.text) or not _BOUGHT.search(said.text):
        return None
    if not await Case.exists(order_no=orders[0]) or not hearing.ctx.may(LOOK):
        return None  # then 查 shows the order itself
    bill = await find_bill(orders[0], "", shops_of(hearing.ctx.desk, hearing.ctx.me))
    goods = "、".join(f"{each.title} 买了 {each.bought} 件，还能退 {each.left} 件" for each in bill.choices())
    day = f"，{bill.order.ordered_at.astimezone(hearing.ctx.desk.zone):%Y-%m-%d} 下单"
    shown = await hearing.run(hearing.ctx, [LOOK, orders[0]])
    return replace(shown, says=[Text(f"订单 {orders[0]}{day}：{goods}。下面是它的售后单"), *shown.says])
