"""总览: who holds what and how late, on one card, and hurrying all that somebody is late with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.overview import overview as card_of
from cards.types import Card, Text
from flow.cases.comments import urge_late
from flow.definitions.vocabulary import URGE
from flow.errors import NotAllowed, NotFound
from flow.views.overview import OVERVIEW, late_tasks, overview
from handlers.chat.context import Ctx, Named, Reply
from handlers.chat.router import Router
from handlers.commands import reasons
from handlers.commands.export import listing

if TYPE_CHECKING:
    from models.views.case import Person

router = Router()
CARD = "overview"  #: name of the card
USAGE = f"{OVERVIEW} [姓名]：谁手上多少、超时多少、多少钱；也可以说 团队、谁手上多少"


@router.command(OVERVIEW, USAGE, needs=OVERVIEW)
async def who_holds_what(ctx: Ctx, words: list[str]) -> Reply:
    if words:
        return await _of_one(ctx, words)
    seen = card_of(await overview(ctx.desk, ctx.me, ctx.at))
    if isinstance(seen, Text):
        return Reply.of(seen)
    token = f"{CARD}-m{ctx.me.id}-{int(ctx.at.timestamp() * 1000)}"
    return Reply.of(Named(seen, token, CARD) if seen.live else seen)


async def _of_one(ctx: Ctx, words: list[str]) -> Reply:
    """What one person has on hand, a case a line."""
    if len(words) != 1 or ctx.staff.named(words[0]) is None:
        raise NotFound(f"没有叫 {' '.join(words)} 的员工。请写成：{OVERVIEW}，或 {OVERVIEW} 姓名")
    return Reply.of(await listing(ctx, [f"负责人={words[0]}"], "case_lines"))


async def face_now(ctx: Ctx) -> Card | None:
    """A tapped overview as things stand now."""
    seen = card_of(await overview(ctx.desk, ctx.me, ctx.at))
    return seen if isinstance(seen, Card) else None


async def hurry_person(ctx: Ctx, person: Person, why: str = "") -> Reply:
    """Ask somebody to hurry with all that they are late with, in one message that says why."""
    if person.id == ctx.me.id:
        raise NotAllowed("自己的待办不用催自己，回复 待办 看有哪些")
    tasks = await late_tasks(ctx.desk, person, ctx.me, URGE, ctx.at)
    if not tasks:
        raise NotFound(f"{person.name} 没有你能催的超时待办；催没超时的，请写单号：催办 单号")
    urged, waiting = await urge_late(tasks, ctx.me, ctx.at, why)
    more = f"；{waiting} 件一小时内已经催过，没有再催" if waiting else ""
    told = (
        f"已催 {person.name}：{len(urged)} 件超时的合成一条发过去了{reasons.echo(why)}{more}"
        if urged
        else f"没有再催 {person.name}{more}"
    )
    return Reply(await face_now(ctx) if ctx.card else None, [Text(told)])
