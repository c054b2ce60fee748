"""Sentences with another number: of an order, a parcel, or a customer's phone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.lookup import shops_of
from flow.orders.near import of_mobile
from flow.views.case import open_tasks
from handlers.chat import guesses
from handlers.chat.context import Reply
from handlers.chat.phones import is_phone
from handlers.chat.sentences import sentence
from handlers.chat.spelling import asks, asks_at_all
from handlers.sentences import in_hand, of_cases
from handlers.sentences.hearing import LOOK, RECEIVE, REPORT, WHICH, asked, report, short
from models import Order, OrderLine, Parcel, Task, TaskState

if TYPE_CHECKING:
    from handlers.chat.context import Ctx
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

LISTS = "名单"
_CUSTOMER = re.compile(r"^(?:把|将|给)?(?:这个|那个|该|这位|那位)?(?:客户|客人|买家|顾客|会员)(?:给|也)?(?:,|$)")
_CAME = r"\s*(?:(?:已经|已|刚)?(?:到货|到|收到|签收|来)了?[,。\s]+)?(?:里面|里边|里头|里|中|的)?"
_THERE = re.compile(
    r"(?:已经|已|刚刚|刚|今天|都|全|到|来|收|包裹|快递|件|货|的|了|啦|吧|啊|哈|呢|这个|这件|那个|,|。)+"
)
_WAYBILL = 10  #: digits of a number that no shop has for an order, and that is no phone


async def meant(hearing: Hearing, said: Sentence) -> Reply | None:
    if said.commands == (REPORT,):
        return await report(hearing, said)
    number = await _named(said)
    if is_of_the_list(said):
        return await listed(hearing, said, number)
    return await _about(hearing, said, number)


async def _about(hearing: Hearing, said: Sentence, number: str) -> Reply | None:
    if is_phone(number) and not asks_at_all(said.text) and (opened := await _of_customer(hearing, said, number)):
        return opened
    asking = is_phone(number) and asks_at_all(said.text)
    commands = (LOOK,) if asking else said.commands
    rest = said.about(number) if commands == said.commands else said.whole(number)
    if set(commands) & hearing.lexicon.about_cases and await _is_order(number):
        commands, rest = (), said.whole(number)  # 备注: is a part of what is said of an order
    rest = list(filter(_says, rest)) if commands == (RECEIVE,) else rest
    if commands in ((), (LOOK,), (RECEIVE,)) and rest and (own := await _of_my_parcel(hearing, said, number)):
        return own
    if not commands and not rest:
        return await hearing.run(hearing.ctx, [await _bare(hearing.ctx, number), number])
    if commands == (LOOK,) and is_phone(number):
        return await _of_phone(hearing, number, rest)
    readings = [[command, number, *rest] for command in commands if " " not in command]
    if len(readings) == 1 and (readings[0][0] != LOOK or not rest):
        return await hearing.run(hearing.ctx, readings[0])
    every = [" ".join(each) for each in readings if each[0] != LOOK or not rest]
    kinds = [f"{kind} {' '.join([number, *said.whole(number)])}" for kind in ("退货", "换货")]
    offered = [*every, f"{LOOK} {number}", *(kinds if set(commands) <= {LOOK} else [])]
    return await _looked(hearing, said, offered, number)


def _says(word: str) -> bool:
    """Whether a word beside a waybill says more than that the parcel is there."""
    return _THERE.fullmatch(word) is None


async def _of_phone(hearing: Hearing, number: str, rest: list[str]) -> Reply:
    """What a customer has sent back, and what of the question was not read."""
    shown = await hearing.run(hearing.ctx, [LOOK, number])
    left = short(" ".join(rest))
    return replace(shown, says=[Text(f"“{left}”没看懂；下面是 {number} 的"), *shown.says]) if rest else shown


async def _looked(hearing: Hearing, said: Sentence, readings: list[str], number: str) -> Reply | None:
    """The readings to choose from; where nothing can be done but to look, what there is to see."""
    able = [each for each in readings if await guesses.works(hearing.ctx, each.split(), hearing.strictly)]
    if able == [f"{LOOK} {number}"]:
        shown = await hearing.run(hearing.ctx, able[0].split())
        return Reply.of(Text(f"“{short(said.text, 60)}”没看懂，先给你查 {number}，别的什么都没有做"), *shown.says)
    return await asked(hearing, said, able) if able else await hearing.run(hearing.ctx, [LOOK, number])


async def _of_my_parcel(hearing: Hearing, said: Sentence, number: str) -> Reply | None:
    """``SF… 外箱破损拒收``: said of the case whose parcel waits for me; None for another number, or a question."""
    parcel = (
        await Parcel.filter(waybill=number.upper(), outbound=False).prefetch_related("case").order_by("-id").first()
    )
    case = parcel.case if parcel else None
    if said.commands == (RECEIVE,) and (case is None or len(said.numbers) > 1):
        return None
    if case is None and (reply := await _answers_my_form(hearing, said, number)):
        return reply
    if case is None or not await Task.exists(case_id=case.id, owner_id=hearing.ctx.me.id, state=TaskState.OPEN):
        return None
    if asks(said.text):
        return None
    text = re.sub(rf"{re.escape(number)}{_CAME}", f" {case.no} ", said.text, count=1)
    return await of_cases.meant(hearing, sentence(text, hearing.lexicon))


async def _answers_my_form(hearing: Hearing, said: Sentence, number: str) -> Reply | None:
    """``发走了 圆通YT…``, ``序列号是…，重新提交``: an unknown number, and a button of my only task."""
    tasks = await open_tasks(hearing.ctx.me)
    if len(tasks) != 1 or asks(said.text) or await _is_order(number) or await Parcel.exists(waybill=number.upper()):
        return None
    if is_phone(number):
        return None
    return await in_hand.at_case(hearing, tasks[0].case, said.text, sure=True)


def is_of_the_list(said: Sentence) -> bool:
    return " ".join(said.commands).startswith(LISTS)


async def listed(hearing: Hearing, said: Sentence, customer: str) -> Reply:
    """``客户138…拉黑，恶意退款``: the list of customers, by a tap, with the rest as the reason; or why not.

    ``customer`` is named by a number of theirs, or of a case.
    """
    if asks_at_all(said.text):
        return await hearing.run(hearing.ctx, [LISTS])
    command, rest = said.commands[0], [word for each in said.about(customer) if (word := _CUSTOMER.sub("", each))]
    words = [*command.split(), customer, *(rest if len(command.split()) > 1 and rest else [])]
    lead = f"“{short(said.text, 60)}”点一下才算，现在什么都没有做"
    return await hearing.offer(WHICH, lead, [" ".join(words)]) or await hearing.run(hearing.ctx, words)


async def known(said: Sentence) -> bool:
    """Whether a sentence's number is a customer's phone, an order's, a parcel's, or looks like a parcel's."""
    number = await _named(said)
    if is_phone(number) or said.cases:
        return True
    upper = number.upper()
    likely = len(number) >= _WAYBILL and any(map(str.isdigit, number))
    return likely or await _is_order(number) or await Parcel.exists(waybill=upper)


async def _is_order(number: str) -> bool:
    return await Order.exists(no__in=(number, number.upper()))


async def _of_customer(hearing: Hearing, said: Sentence, phone: str) -> Reply | None:
    """A case to be opened for whoever has that phone: which of their orders."""
    kinds = [command for command in said.commands if command in hearing.lexicon.about_orders]
    shops = shops_of(hearing.ctx.desk, hearing.ctx.me)
    orders = await of_mobile(phone, shops) if kinds else []
    rest = said.about(phone)
    readings = [" ".join([kind, order.no, *rest]) for kind in kinds for order in orders]
    if len(readings) == 1:
        return await hearing.run(hearing.ctx, readings[0].split())
    return await asked(hearing, said, readings)


async def _named(said: Sentence) -> str:
    """The number that is an order's or a parcel's, else the first: the others may be products."""
    upper = [number.upper() for number in said.numbers]
    orders = set(await Order.filter(no__in=[*said.numbers, *upper]).values_list("no", flat=True))
    parcels = set(await Parcel.filter(waybill__in=upper).values_list("waybill", flat=True))
    known = [number for number in said.numbers if {number, number.upper()} & (orders | parcels)]
    return (known or list(said.numbers))[0]


async def _bare(ctx: Ctx, number: str) -> str:
    """What a number alone asks for: to receive its parcel, of whoever receives; else to be shown."""
    if not ctx.may(RECEIVE) or is_phone(number):
        return LOOK
    upper = number.upper()
    if await Parcel.exists(waybill=upper):
        return RECEIVE
    known = await Order.exists(no__in=[number, upper]) or await OrderLine.exists(sku__in=[number, upper])
    likely = len(number) >= _WAYBILL or (number[:2].isalpha() and len(number) > 7)
    return RECEIVE if likely and not known else LOOK
