"""Waybills in a sentence: what a case is sent back with, each case its own, and the right number of a mistyped one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cards.guess import THEN
from flow.cases.parcels import live
from flow.definitions.waybills import waybill
from handlers.chat import fields, guesses
from handlers.chat.readings import opened_lately
from handlers.chat.sentences import denied
from handlers.chat.spelling import asks
from handlers.commands import warehouse
from handlers.commands.warehouse import INSTEAD
from handlers.sentences import awaited, conditions, in_hand, several_cases
from handlers.sentences.hearing import COMMENT, LOOK, OFFERED, PARCEL, RECEIVE, WHICH, counted, short
from models import Case, Order, OrderLine, Parcel, Task, TaskState

if TYPE_CHECKING:
    from handlers.chat.context import Reply
    from handlers.chat.dialogs import Wait
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

_DIGITS = str.maketrans("lLiIoO", "111100")  #: letters that are typed, or read by a machine, for digits
_LONG = 10  #: signs of a waybill that is whole


async def righted(hearing: Hearing, said: Sentence) -> Reply | None:
    """``R… 单号打错了 应该是 SF…``: the right number in the place of the mistyped one, by a tap; None for no such."""
    if not _is_wrong(hearing, said.text) or asks(said.text) or len(said.cases) > 1:
        return None
    numbers = [number for word in said.numbers if len(word) >= _LONG and (number := waybill(word))]
    known = {str(each) for each in await Parcel.filter(waybill__in=numbers).values_list("waybill", flat=True)}
    right = [number for number in numbers if number not in known and not denied(said.text, number)]
    if len(right) != 1:
        return None
    ids = await _cases(hearing, said)
    had = [(no, number) for no, number in await live(ids) if number in known or not known]
    lines = [f"{PARCEL} {no} {right[0]} {INSTEAD} {number}" for no, number in had]
    further = [f"{PARCEL} {no} {right[0]}" for no in said.cases]
    lead = f"“{short(said.text, 60)}”点一下才算，现在什么都没有做"
    return await hearing.offer(WHICH, lead, [*lines[:OFFERED], *further, *(f"{LOOK} {no}" for no in said.cases)])


async def lettered(hearing: Hearing, said: Sentence) -> Reply | None:
    """``SF…0l23`` whose letters are likely digits: the number that is on record, by a tap; None for another number."""
    for number in said.numbers:
        right = number[:2].upper() + number[2:].translate(_DIGITS)
        if right == number.upper() or not right[2:].isdigit() or not await Parcel.exists(waybill=right):
            continue
        lead = f"“{number}”里有字母，登记过的是 {right}；对一下再点，现在什么都没有做"
        return await hearing.offer(WHICH, lead, [f"{RECEIVE} {right}", f"{LOOK} {right}"])
    return None


def _is_wrong(hearing: Hearing, text: str) -> bool:
    """Whether a text says that a number was mistyped."""
    known = hearing.lexicon.phrases.parcels
    return (
        any(word in text for word in known["打错"]) or re.search(r"不是\S{6,40}?[,\s]*(?:而|应该)?是", text) is not None
    )


async def _cases(hearing: Hearing, said: Sentence) -> list[int]:
    """The case that is named, else those that I have opened lately."""
    if said.cases:
        return list(await Case.filter(no__in=said.cases).values_list("id", flat=True))  # type: ignore[arg-type]
    return [case.id for case in await opened_lately(hearing.ctx)]


async def each_its_own(hearing: Hearing, said: Sentence) -> Reply | None:
    """``R… 顺丰 SF…``, each case with a waybill and nothing else: that is what they are sent back with."""
    lines: list[list[str]] = []
    for no, words in several_cases.pieces(said.text) if not asks(said.text) else ():
        numbers = [number for word in words.split() if word in said.numbers and (number := waybill(word))]
        if not numbers or fields.beside(_without(words, numbers)) or await _is_sold(numbers):
            return None
        lines.append([PARCEL, no, *numbers])
    able = [line for line in lines if await guesses.works(hearing.ctx, line, hearing.strictly)]
    sent = await Parcel.filter(case__no__in=[line[1] for line in lines], outbound=False).exists()
    if not lines or sent or len(able) < len(lines):  # another one may be a further parcel, or the right number
        return None
    return await hearing.run(
        hearing.ctx, [word for n, line in enumerate(lines) for word in ([THEN] if n else []) + line]
    )


def _without(words: str, numbers: list[str]) -> str:
    return re.sub("|".join(map(re.escape, numbers)), " ", words.upper())


async def _is_sold(numbers: list[str]) -> bool:
    return await Order.exists(no__in=numbers) or await OrderLine.exists(sku__in=numbers)


async def picked(hearing: Hearing, wait: Wait, text: str) -> Reply:
    """The answer to which case a parcel belongs to, and the buttons there with all that was said of the parcel."""
    picked_as, more = warehouse.parted(wait, text)
    reply = await warehouse.answer(hearing.ctx, wait, picked_as)
    words = "，".join(filter(None, [wait.data.get(warehouse.SAID), more]))
    number = wait.data.get("waybill")
    parcel = await Parcel.filter(waybill=number, outbound=False).order_by("-id").first()
    if reply.unread or not words or parcel is None:
        return reply
    mine = Task.filter(case_id=parcel.case_id, owner_id=hearing.ctx.me.id, state=TaskState.OPEN)
    tasks = await mine.prefetch_related("case")
    case = tasks[0].case if tasks else await Case.get(id=parcel.case_id)
    asked = (
        await conditions.meant(hearing, words, tasks)
        or await awaited.meant(hearing, words, tasks)
        or await counted(hearing, words, tasks)
        or await in_hand.at_case(hearing, case, words)
        or await hearing.offer(WHICH, f"“{short(words)}”还没有记", [f"{COMMENT} {case.no} {words}"])
    )
    return replace(reply, says=[*reply.says, *(asked.says if asked else ())])
