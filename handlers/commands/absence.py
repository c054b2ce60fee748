"""请假: from when to when, and who acts meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.types import Text
from cards.words import moment as said_at
from flow.definitions.calendar_text import EVENING, Tense, WhichYear, day_of, is_yearless, moment
from flow.errors import NotUnderstood, PolicyRefused
from flow.tasks.absences import cancel, hand_round, undelegated, write_down
from handlers.chat import guesses, leaves
from handlers.chat.context import Ctx, Reply
from handlers.chat.router import Router
from models.views.case import By

if TYPE_CHECKING:
    from datetime import datetime

    from flow.tasks.absences import Written
    from models.views.case import Person

router = Router()
LEAVE, FOR_ANOTHER = "请假", "代人请假"
TO, DELEGATE, CANCEL = "到", "代理", "取消"
_ENDS = "0123456789号日天点半一二三四五六底午上"  #: how a day or an hour ends
USAGE = "请假 <起> 到 <止> 代理 <姓名>"


@router.command(LEAVE, f"{USAGE}；请假 取消", needs=LEAVE, private=False)
async def leave(ctx: Ctx, words: list[str]) -> Reply:
    if words == [CANCEL]:
        ended = await cancel(ctx.desk, ctx.me, ctx.at)
        told = f"已取消 {ended} 次请假，新的待办又会给你，代理的人也收到了" if ended else "你没有登记请假"
        return Reply.of(Text(told))
    if DELEGATE not in words and (asked := await _in_other_words(ctx, words)):
        return asked
    return await _written(ctx, ctx.me, words)


async def _in_other_words(ctx: Ctx, words: list[str]) -> Reply | None:
    """``请假 明天到周五 何佳替我``: the leave as it is written, by a tap; None where a day or a name is not said."""
    line = leaves.line(f"{LEAVE} {' '.join(words)}", ctx.staff, ctx.at.date(), ctx.me.name)
    asked = ("是不是要请假？", f"“{' '.join(words)}”点一下才算，还没有请假")
    return await guesses.offer(ctx, asked, [line], _try) if line else None


async def _try(ctx: Ctx, words: list[str]) -> Reply:
    return await leave(ctx, words[1:])


@router.command(FOR_ANOTHER, "代人请假 <姓名> <起> 到 <止> 代理 <姓名>", needs=FOR_ANOTHER, private=False)
async def leave_for(ctx: Ctx, words: list[str]) -> Reply:
    member = (await ctx.desk.staff.now()).named(words[0]) if words else None
    if member is None:
        raise NotUnderstood("请写成：代人请假 姓名 起 到 止 代理 姓名")
    return await _written(ctx, member, words[1:])


async def _written(ctx: Ctx, member: Person, words: list[str]) -> Reply:
    since, until, delegate = _read(words, ctx.at)
    written = await write_down(ctx.desk, member, delegate, since, until, By(ctx.me, ctx.at))
    moved = await hand_round(ctx.desk, ctx.at)
    handed = f"，已转过去 {moved} 件待办" if moved else ""
    name = "你" if member.id == ctx.me.id else member.name
    told = f"已登记：{name} {_times(since, until, ctx.at)} 请假，{delegate} 代理{handed}"
    said = [*_overlaps(written, ctx.at), *_elsewhere(written, delegate, ctx.at), *await _above(ctx, member, delegate)]
    return Reply.of(Text("\n".join([told, *said])))


async def _above(ctx: Ctx, member: Person, delegate: str) -> list[str]:
    """What the delegate may not do in the member's place."""
    roles = "、".join(await undelegated(ctx.desk, member, (await ctx.desk.staff.now()).called(delegate)))
    return [f"注意：{delegate} 不是{roles}，按金额要{roles}来批的不归代理，会另给能批的人"] if roles else []


def _times(since: datetime, until: datetime, now: datetime) -> str:
    return f"{said_at(since, now)} 到 {said_at(until, now)}"


def _overlaps(written: Written, now: datetime) -> list[str]:
    """What became of earlier leaves at the same time."""
    if not written.replaced:
        return []
    before = "、".join(f"{_times(old.since, old.until, now)}（{old.delegate} 代理）" for old in written.replaced)
    rest = "、".join(f"{_times(part.since, part.until, now)} 仍由 {part.delegate} 代理" for part in written.kept)
    return [
        f"和原来登记的重叠：{before}；重叠的时间以这次为准，{rest or '原来的那次不再算'}。不对请回复 请假 取消 再登记"
    ]


def _elsewhere(written: Written, delegate: str, now: datetime) -> list[str]:
    """When the delegate is away too."""
    told = [
        f"{_times(span.since, span.until, now)} "
        + (f"由 {span.delegate} 代" if span.delegate else "没有人代，会按节点的“否则”另给人")
        for span in written.elsewhere
    ]
    return [f"注意：{delegate} 那时自己也不在，{'；'.join(told)}；要换人请再说一次"] if told else []


def _read(words: list[str], now: datetime) -> tuple[datetime, datetime, str]:
    """Since, until and the delegate's name."""
    words = [part for word in words for part in _apart(word)]
    if words.count(TO) != 1 or words.count(DELEGATE) != 1 or words[-2:-1] != [DELEGATE]:
        raise NotUnderstood(f"请写成：{USAGE}，例如：请假 明天 到 11-28 代理 李敏")
    begins, ends = words[: words.index(TO)], words[words.index(TO) + 1 : -2]
    since = now if begins in ([], ["现在"]) else moment(begins, now)
    until = moment(ends, now, hour=EVENING, since=since.date() if since else None)
    if begins == ["今天"]:
        since = now
    if since is None or until is None:
        raise PolicyRefused(f"时间看不懂，请写成：{USAGE}，例如：请假 11-25 9:00 到 11-28 代理 李敏")
    _ask_year(begins, ends, since, now)
    return since, until, words[-1]


def _apart(word: str) -> list[str]:
    """``1月1号到1月3号`` is three words."""
    first, to, last = word.partition(TO)
    return [first, TO, last] if first and to and last and first[-1] in _ENDS else [word]


def _ask_year(begins: list[str], ends: list[str], since: datetime, now: datetime) -> None:
    """Raises WhichYear for days without a year that would lie around now if they had begun last year."""
    if not is_yearless(begins):
        return
    begun = day_of(begins[0], now.date(), Tense.PAST)
    ended = moment(ends, now, hour=EVENING, since=begun) if begun else None
    if begun and ended and begun < since.date() and now < ended < since:
        days = f"{begun}（已经开始，到 {ended:%Y-%m-%d}）还是 {since:%Y-%m-%d}"
        raise WhichYear(f"{' '.join(begins)} 是 {days}？请把年份也写上，现在什么都没有登记")
