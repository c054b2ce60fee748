"""A case to be opened for a customer who is named by the end of their phone, or by name: 尾号1352的客人要换货."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.access.lookup import called, shops_of
from flow.orders.near import in_shops, of_tail
from handlers.chat import guesses, names, readings
from handlers.chat.sentences import sentence
from handlers.chat.spelling import MARKS, asks_whether
from handlers.sentences import subjects
from handlers.sentences.hearing import LOOK, OFFERED, short
from models import Order, OrderLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Reply
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

_COUNTS = "一二两三四五六七八九十百千万"
_LONGEST = 4  #: characters of a customer's name
_WHO = r"(?:的|那个|这个|那位|这位|那|这)*(?:客户|客人|买家|顾客|会员|女士|先生|小姐)(?:的)?(?:那个|这个|那单|这单)?"
_TAIL = re.compile(
    r"(?:客户|客人|买家|顾客)?(?:手机号?|电话|号码)?的?(?:尾号|尾数|末四位|后四位|最后四位|末尾)(?:是|为|:)?\s*"
    rf"(?P<digits>\d{{4}})(?![\dA-Za-z])(?:{_WHO}|的)?"
    rf"|(?<![\dA-Za-z.])(?P<alone>\d{{4}})(?=(?:的|那个|这个|那位|这位)*(?:客户|客人|买家|顾客)){_WHO}"
)
_LED = re.compile(
    r"^(?:帮我|麻烦|请|给|把|替|昨天|今天|刚才|刚刚|那个|这个|有个|客户|客人|买家|顾客|会员|叫|的|[\s,])+"
)
_BEHIND = re.compile(r"(?:先生|女士|小姐)?(?:的|那|这|要|想|说|买|家|订|申请|退|换|修|补|投诉|收到|反映|来电|[\s,]|$)")
_POINTING = re.compile(r"^(?:先生|女士|小姐)?的?(?:那个|这个|那张|这张)?(?:单子|订单|单)?[\s,]*")


async def meant(hearing: Hearing, said: Sentence) -> Reply | None:
    """The sentence as if the customer's order had been typed, asked where they have several; None for another one."""
    opening = [each for each in said.commands if each in hearing.lexicon.about_orders and hearing.ctx.may(each)]
    if not opening:
        return None
    return await _by_tail(hearing, said) if said.numbers else await _by_name(hearing, said)


async def asked(hearing: Hearing, text: str) -> Reply | None:
    """``李七退的货你们收到没有``: what is asked of a customer who is named first: their orders to look at."""
    plain = _LED.sub("", text)
    if not asks_whether(text) or names.in_text(plain[:_LONGEST], hearing.ctx.staff)[0]:
        return None
    for size in (3, 2, 4):
        name, behind = plain[:size], plain[size:]
        if len(name) < size or not name.isalpha() or not behind or not (ids := await called(name)):
            continue
        theirs = in_shops(shops_of(hearing.ctx.desk, hearing.ctx.me)).filter(id__in=ids).order_by("-ordered_at")
        opened = [case.no for case in await readings.opened_lately(hearing.ctx)]
        if len(mine := await subjects.named(opened, text)) == 1:
            return await hearing.run(hearing.ctx, [LOOK, mine[0]])
        numbers = [str(no) for no in await theirs.limit(OFFERED).values_list("no", flat=True)]
        lead = f"客户 {name} 的{'售后单' if mine else '订单'}"
        return await hearing.offer("看哪一个？", lead, [f"{LOOK} {no}" for no in (mine or numbers)[:OFFERED]])
    return None


async def unnamed(said: Sentence, lexicon: Lexicon, order: str) -> Sentence:
    """A sentence without the name of the customer whose order stands in it: 七 of 赵七 台灯 counts no lamp."""
    customers = await Order.filter(no=order).values_list("customer_name", flat=True)
    for name in sorted(map(str, customers), key=len, reverse=True):
        if len(name) > 1 and name in said.text and name[-1] in _COUNTS:
            text = re.sub(rf"(?:客户|买家|顾客)?{re.escape(name)}(?:先生|女士|小姐)?(?!的)", " ", said.text, count=1)
            return sentence(" ".join(text.split()), lexicon)
    return said


async def _by_tail(hearing: Hearing, said: Sentence) -> Reply | None:
    match = _TAIL.search(said.text)
    digits = (match["digits"] or match["alone"]) if match else ""
    if match is None or said.numbers != (digits,):
        return None
    orders = await of_tail(digits, shops_of(hearing.ctx.desk, hearing.ctx.me))
    rest = f"{said.text[: match.start()]} {said.text[match.end() :]}"
    return await _of_orders(hearing, f"尾号 {digits}", orders, rest)


async def _by_name(hearing: Hearing, said: Sentence) -> Reply | None:
    """The customer whose name a sentence begins with."""
    text = _LED.sub("", said.text)
    for size in (3, 2, 4):
        name, behind = text[:size], text[size:]
        if len(name) < size or not name.isalpha() or not _BEHIND.match(behind):
            continue
        if ids := await called(name):
            theirs = in_shops(shops_of(hearing.ctx.desk, hearing.ctx.me)).filter(id__in=ids)
            orders = sorted(await theirs, key=lambda order: order.ordered_at, reverse=True)
            return await _of_orders(hearing, name, orders, _POINTING.sub("", behind))
    return None


async def _of_orders(hearing: Hearing, who: str, orders: Sequence[Order], rest: str) -> Reply | None:
    """What is said of the only order that it may be, of those whose goods are named before all; else which it is."""
    words = rest.strip(MARKS)
    lines = await OrderLine.filter(order_id__in=[order.id for order in orders]).values_list("order_id", "title")
    named = {int(str(order_id)) for order_id, title in lines if subjects.is_said(str(title), words)}
    found = [order for order in orders if order.id in named] or list(orders)
    every = [f"{order.no} {words}" for order in found[:OFFERED]]
    if len(every) == 1:
        return await hearing.run(hearing.ctx, every[0].split())
    lead = f"{who} 有 {len(found)} 个订单，“{short(words)}”说的是哪一个？现在什么都没有做"
    return await guesses.offer(hearing.ctx, ("哪一个订单？", lead), every, hearing.run)
