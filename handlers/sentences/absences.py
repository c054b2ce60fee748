"""Somebody's leave in a sentence without a number: theirs or a colleague's, by a tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.types import Text
from handlers.chat import leaves
from handlers.chat.context import Reply
from handlers.chat.sentences import sentence
from handlers.chat.spelling import asks_at_all
from handlers.sentences.hearing import LEAVE, LOOK, WHICH, short

if TYPE_CHECKING:
    from handlers.sentences.hearing import Hearing


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """``李敏出差,下周一到周三她的单给王建国``, ``我明天请假,找李敏代``: the leave, by a tap; None for another text."""
    staff, today = hearing.ctx.staff, hearing.ctx.at.date()
    is_leave = LEAVE in leaves.plain(text)
    whole, lost = leaves.without_terms(text, staff) if is_leave else (text, "")
    if sentence(whole, hearing.lexicon).commands not in ((), (LOOK,)):
        return None
    if other := leaves.of_another(text, staff, today, hearing.ctx.me.name):
        return await _others_leave(hearing, text, other)
    if not is_leave:
        return None
    line = leaves.line(whole, staff, today, hearing.ctx.me.name)
    lead = f"“{short(text)}”要点一下才算，还没有请假"
    if lost:
        lead += f"；“{short(lost)}”记不下：一个人的假只有一个代理，全部单子都给他"
    if line:
        return await hearing.offer(WHICH, lead, [line])
    return await hearing.offer(WHICH, f"{lead}；没说从哪天起", leaves.starting(whole, staff, today))


def is_mine(hearing: Hearing, text: str) -> bool:
    """Whether a text writes down a leave of my own: 明后两天我请假 单子都给李敏批."""
    ctx = hearing.ctx
    if LEAVE not in leaves.plain(text) or leaves.of_another(text, ctx.staff, ctx.at.date(), ctx.me.name):
        return False
    whole, _ = leaves.without_terms(text, ctx.staff)
    return bool(leaves.line(whole, ctx.staff, ctx.at.date(), ctx.me.name))


async def _others_leave(hearing: Hearing, text: str, other: leaves.Other) -> Reply | None:
    """A colleague's leave, by a tap; where it is not mine to write down, who can; None where it may be none."""
    if other.command:
        lead = f"“{short(text)}”要点一下才算，还没有请假"
        if offered := await hearing.offer(WHICH, lead, [other.command]):
            return offered
    elif LEAVE not in leaves.plain(text) or not other.days or asks_at_all(text):
        return None
    said, days, delegate = (
        f"“{short(text)}”说的是{other.who}的假",
        other.days or "<起> 到 <止>",
        other.delegate or "<姓名>",
    )
    whole = f"{leaves.FOR_ANOTHER} {other.who} {days} 代理 {delegate}"
    if hearing.ctx.may(leaves.FOR_ANOTHER) and not other.command:
        return Reply.of(Text(f"{said}，还没有登记，请写全：{whole}"))
    own = f"{LEAVE} {days} 代理 {delegate}"
    return Reply.of(
        Text(
            f"{said}，你不能替{other.who}登记，什么都没有登记。请{other.who}自己说：{own}；或请{other.who}的上级说：{whole}"
        )
    )
