"""员工, 新员工, 离职: who works here, in which roles; at once, or by a second person where money is concerned."""

from __future__ import annotations

from cards.types import Text
from flow.edits.staffing import CHANGING, JOINING, change_of, newcomer
from flow.errors import NotFound
from flow.export.answers import published_flows
from flow.people.changes import Change
from flow.people.powers import STAFF
from flow.publishing import staff_changes
from handlers.chat.context import Ctx, Reply
from handlers.chat.router import Router
from handlers.commands.publishing import handed_on, named
from models.views.case import By

router = Router()
JOIN, LEAVE = "新员工", "离职"
MAX_LISTED, MAX_ASKED = 40, 5
_USAGE = f"{STAFF}；{STAFF} 王建国；{CHANGING}"


@router.command(STAFF, _USAGE, needs=STAFF)
async def staff(ctx: Ctx, words: list[str]) -> Reply:
    people = await ctx.desk.staff.now()
    if len(words) > 1:
        roles = tuple(ctx.desk.business.matrix.roles)
        return await changed(ctx, change_of(" ".join(words), people, roles))
    person = people.named(words[0]) if words else None
    if person and staff_changes.reaches(ctx.desk, ctx.me, person):
        return Reply.of(
            Text(f"{staff_changes.card_of(person, people)}\n改一处，例如：{STAFF} {person.name} 加角色 客服")
        )
    found = staff_changes.listed(words[0] if words else "", ctx.desk, people, ctx.me)
    lines = [f"· {one.name}：{'、'.join(sorted(one.roles))}" for one in found[:MAX_LISTED]]
    more = [f"……还有 {len(found) - MAX_LISTED} 人，写上角色或团队只看一部分"] if len(found) > MAX_LISTED else []
    how = f"看一个人：{STAFF} {found[0].name}；改：{CHANGING}；{JOINING}；{LEAVE} 张三" if found else ""
    return Reply.of(Text("\n".join([f"员工 {len(found)} 人：", *lines, *more, how])))


@router.command(JOIN, JOINING, needs=STAFF)
async def join(ctx: Ctx, words: list[str]) -> Reply:
    return await changed(ctx, newcomer(" ".join(words), tuple(ctx.desk.business.matrix.roles), await _buttons(ctx)))


async def _buttons(ctx: Ctx) -> set[str]:
    flows = await published_flows(ctx.desk)
    return {name for flow in flows for node in flow.nodes.values() for name in node.actions}


@router.command(LEAVE, f"{LEAVE} 张三", needs=STAFF)
async def leave(ctx: Ctx, words: list[str]) -> Reply:
    if len(words) != 1:
        raise NotFound(f"请只写姓名，例如：{LEAVE} 张三；什么都没有改")
    return await changed(ctx, Change((await ctx.desk.staff.now()).called(words[0]).name, leaves=True))


async def changed(ctx: Ctx, change: Change) -> Reply:
    """A change of somebody: asked of a second person where it concerns money, else done and told."""
    by = By(ctx.me, ctx.at)
    weighed = await staff_changes.weigh(ctx.desk, change, ctx.me)
    lines = [f"{n}. {each}" for n, each in enumerate(weighed.words, 1)]
    cautions = [f"注意：{each}" for each in weighed.cautions if each != weighed.second]
    if weighed.second:
        proposal, others = await staff_changes.ask_second(ctx.desk, weighed, by)
        asked = "、".join(person.name for person in others[:MAX_ASKED])
        lead = f"还没有生效：{weighed.second}，要第二个人看过。已请 {asked} 发布，谁先点算谁的"
        return Reply.of(Text("\n".join([lead, *lines, *cautions])), await named(ctx, proposal))
    await staff_changes.enforce(ctx.desk, weighed, by, ctx.me)
    told = await handed_on(ctx, weighed.change)
    return Reply.of(Text("\n".join(["已改，马上生效，记进了审计：", *lines, *cautions, *told])))
