"""A draft that nobody finished in time, and the returns that waited behind it: said once, and begun again by 接着开."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.draft import SUBMIT
from cards.types import Text
from flow.errors import NotFound
from handlers.chat import dialogs
from handlers.chat.router import Router
from handlers.commands.return_sheet import line_of
from handlers.commands.returns import DRAFT, several

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.chat.context import Ctx, Reply
    from handlers.chat.dialogs import Wait

router = Router()
GO_ON = "接着开"
LATE = "草稿的卡片没能及时送到，草稿已经过期，没有保存"
TOO_LATE = "要你点的卡片没能及时送到，已经过期，什么都没有做"
LAPSED = "lapsed"  #: kind of the row that keeps the lines; it is over at once, for it asks nothing


@router.command(GO_ON, f"{GO_ON}：过期的草稿和排在后面的单，从头一单接着问", needs="退货")
async def go_on(ctx: Ctx, words: list[str]) -> Reply:
    kept = await dialogs.last(ctx.me.id, LAPSED)
    lines = kept.data["lines"] if kept else []
    if not kept or not lines:
        raise NotFound("没有过期的草稿，要开单请写：退货 订单号")
    await dialogs.keep(kept, {"lines": []})
    return await several(ctx, lines)


async def notice(ctx: Ctx, said: str = "") -> Text | None:
    """What became of my last draft where its time is over, once; None where nobody need hear of it.

    That is where further returns waited behind it, or where ``said`` would have submitted it.
    """
    wait = await dialogs.last(ctx.me.id, DRAFT)
    if wait is None or wait.data.get(dialogs.DONE) or await _runs(ctx, wait):
        return None
    return await _told(ctx, wait) if wait.data.get("queue") or said.strip(" 。.!,") == SUBMIT else None


async def of_card(ctx: Ctx, wait: Wait) -> Text | None:
    """The same for a tap on the card of that draft."""
    return await _told(ctx, wait) if wait.kind == DRAFT and not wait.data.get(dialogs.DONE) else None


async def _runs(ctx: Ctx, wait: Wait) -> bool:
    return await dialogs.still_open(wait.id, wait.version, ctx.at) is not None


async def set_aside(ctx: Ctx, wait: Wait) -> Text | None:
    """What becomes of a draft when another question takes its place; None for another question, or an answered one."""
    row = await dialogs.last(ctx.me.id, DRAFT) if wait.kind == DRAFT else None
    if row is None or row.data.get(dialogs.DONE) or await _runs(ctx, row):
        return None
    return await _told(ctx, row, "刚才的草稿先放下了，没有保存")


async def undelivered(member_id: int, token: str, now: datetime) -> Text | None:
    """What to say where a question's card could not come before its time was over; None where nobody waits for it."""
    wait = await dialogs.unheard(member_id, token, now)
    if wait is None or wait.data.get(dialogs.DONE):
        return None
    return await _kept(member_id, wait, now, LATE) if wait.kind == DRAFT else Text(f"{TOO_LATE}；请再说一次")


async def _told(ctx: Ctx, wait: Wait, what: str = "上一份草稿没有提交，已经过期，没有保存") -> Text:
    return await _kept(ctx.me.id, wait, ctx.at, what)


async def _kept(member_id: int, wait: Wait, now: datetime, what: str) -> Text:
    lines = [line_of(wait.data), *(list(line) for line in wait.data.get("queue") or ())]
    await dialogs.keep(wait, wait.data | {dialogs.DONE: True})
    await dialogs.note(member_id, LAPSED, {"lines": lines}, now)
    many = f"，排在后面的 {len(lines) - 1} 单也没有开" if len(lines) > 1 else ""
    listed = "\n".join(f"· {' '.join(line)}" for line in lines)
    return Text(f"{what}{many}：\n{listed}\n要接着开，回复“{GO_ON}”")
