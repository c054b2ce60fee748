"""Orders that were looked up and have no case: shown with what may be returned, and the buttons that begin a return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.order import MOST, OrderView, order_card, order_words, orders_listed
from flow.access.lookup import find_orders
from flow.definitions.permissions import KINDS
from flow.definitions.phones import phone
from flow.orders.lookup import bill_of, shop_word
from flow.records import access_log
from handlers.chat import dialogs
from handlers.chat.context import Named, Reply
from handlers.chat.guesses import GUESS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cards.types import Text
    from flow.orders.lookup import Bill
    from handlers.chat.context import Ctx
    from models import Order

CHOOSE = {"kind": "选择"}


async def choosing(ctx: Ctx, text: Text, readings: Sequence[str]) -> Reply:
    """A numbered list, of which a number may be answered as long as nothing else is asked."""
    if await dialogs.current(ctx.me.id, ctx.at) is None:
        await dialogs.begin(ctx.me.id, GUESS, {"readings": list(readings), **CHOOSE}, ctx.at)
    return Reply.of(text)


async def orders_found(ctx: Ctx, word: str, shop: str = "") -> Reply | None:
    """The order, or the orders, that a number means and for which there is no case; None where there are none."""
    orders = [o for o in await find_orders(ctx.desk, word, ctx.me) if not shop or shop_word(o.shop) == shop]
    if not orders:
        return None
    if len(orders) == 1:
        return await _one(ctx, orders[0])
    bills = [await bill_of(order) for order in orders]
    listed = [
        (bill.name, order.ordered_at.astimezone(ctx.at.tzinfo)) for bill, order in zip(bills, orders, strict=True)
    ]
    await access_log.looked(ctx.me, [], ctx.at, orders=[order.no for order in orders])
    head = f"{word} 有 {len(orders)} 个订单，都还没有售后单，要看哪一个？"
    return await choosing(ctx, orders_listed(head, listed, ctx.at), [_line("查", each) for each in orders])


async def beside(ctx: Ctx, word: str, case_ids: Sequence[int]) -> str:
    """The orders without a case of the same number, in other shops, or of the same customer's phone; "" for none."""
    asked = phone(word)
    found = await find_orders(ctx.desk, word, ctx.me) if case_ids else []
    same = [order for order in found if order.no.upper() == word.upper()]
    if same:
        shops = "、".join(shop_word(order.shop) for order in same)
        return f"另外 {shops} 也有订单 {word}，还没有售后单；看它请回复：{_line('查', same[0])}"
    if not found or not asked or not asked.is_mobile:
        return ""
    await access_log.looked(ctx.me, [], ctx.at, orders=[order.no for order in found])
    return (
        f"这位客户还有没开过售后单的订单：{'、'.join(order.no for order in found)}；要看请回复：{_line('查', found[0])}"
    )


async def _one(ctx: Ctx, order: Order) -> Reply:
    bill = await bill_of(order)
    await access_log.looked(ctx.me, [], ctx.at, orders=[order.no])
    view, ways = _view(bill), [_line(kind, order) for kind in _kinds(ctx, bill)]
    if not ways or await dialogs.current(ctx.me.id, ctx.at):
        return Reply.of(order_words(view, ctx.at, ways))
    wait = await dialogs.begin(ctx.me.id, GUESS, {"readings": ways, **CHOOSE}, ctx.at)
    card = order_card(view, ctx.at, [way.split()[0] for way in ways], (wait.id, wait.version))
    return Reply.of(Named(card, wait.token, GUESS))


def _kinds(ctx: Ctx, bill: Bill) -> list[str]:
    """How somebody may begin a case of what is left of an order."""
    if not any(choice.left for choice in bill.choices()):
        return []
    ways = {flow for each in ctx.desk.business.types.values() for flow in each.flows}
    return [kind for kind in (*KINDS, *ctx.desk.business.kinds) if kind in ways and ctx.may(kind)][:MOST]


def _view(bill: Bill) -> OrderView:
    order, choices = bill.order, bill.choices()
    return OrderView(
        bill.name, order.customer_name or order.customer, order.ordered_at,
        tuple((choice.title or choice.sku, choice.bought) for choice in choices),
        tuple((choice.title or choice.sku, choice.left) for choice in choices if choice.left),
    )  # fmt: skip


def _line(command: str, order: Order) -> str:
    return f"{command} {order.no} {shop_word(order.shop)}" if order.shop else f"{command} {order.no}"
