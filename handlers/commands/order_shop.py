"""Whose order a number is, where several shops have it: read behind the number, or asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.orders.lookup import shop_word
from handlers.chat import guesses
from models import Order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.orders.lookup import SeveralShops
    from handlers.chat.context import Ctx, Reply
    from handlers.chat.guesses import Run


_LED = re.compile(r"(?P<shop>[^\x00-\x7f]+)(?P<no>[A-Za-z0-9-]*\d[A-Za-z0-9-]*)")


async def number_first(words: Sequence[str]) -> list[str]:
    """``京东 8 A-1`` and ``京东8 A-1`` as ``8 京东 A-1``; other words as they stand."""
    first, rest = (words[0], list(words[1:])) if words else ("", [])
    match = _LED.fullmatch(first)
    shop, no = (match["shop"], match["no"]) if match else (first, rest[0] if rest else "")
    if first.isascii() or not no:
        return list(words)
    orders = await Order.filter(no__in=(no, no.upper())).only("shop")
    shops = {shop_word(order.shop) for order in orders}
    shop = shop if shop in shops else re.sub("(?:店铺|店|那个|的)+$", "", shop)
    if shop not in shops:
        return list(words)
    return [no, shop, *(rest if match else rest[1:])]


async def with_shop(words: Sequence[str]) -> tuple[list[str], str]:
    """The words of a return without the shop that is among them, and that shop as a word; "" where none is named."""
    words = await number_first(words)
    shops = {shop_word(order.shop) for order in await Order.filter(no__in=(words[0], words[0].upper())).only("shop")}
    named = next((word for word in words[1:] if word in shops), "")
    if not named:
        return words, ""
    place = words.index(named, 1)
    return [*words[:place], *words[place + 1 :]], named


async def which_shop(ctx: Ctx, words: list[str], several: SeveralShops, run: Run) -> Reply:
    """Ask whose order it is; each shop is a button that says the same with its name. Raises what it got where none can.

    ``run`` carries out a whole line.
    """
    command, number, *rest = words
    readings = [" ".join([command, number, shop, *rest]) for shop in several.shops]
    asked = (f"订单 {several.no} 是哪家店的？", f"{'、'.join(several.shops)} 都有这个订单号")
    if reply := await guesses.offer(ctx, asked, readings, run):
        return reply
    raise several
