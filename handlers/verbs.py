"""What may be said of any case, whatever its flow: 加签, 退回, 撤回, 挂起, 恢复, 催办, 评论, 抄送, 稍后, 重开."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cards.types import Text
from cards.words import moment as said_at
from flow.actions import Deed, advance
from flow.errors import NotFound, PolicyRefused
from flow.finding import ensure_in_scope
from flow.handover import AFTER, BEFORE, COUNTERSIGN, countersign, my_task
from flow.pausing import UNTIL
from flow.quiet import heard_at
from flow.remarks import COMMENT, COPY, URGE, case_named, comment, copy, urge
from flow.snoozing import LATER, put_off
from flow.verbs import GIVE_BACK, HOLD, REOPEN, RESUME, SINCE, TAKE_BACK, TO, WHY
from handlers.context import Ctx, Reply
from handlers.moments import for_customer, moment
from handlers.router import Router

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models import Case

router = Router()


def _wants(words: Sequence[str], least: int, usage: str) -> None:
    if len(words) < least:
        raise NotFound(f"请写成：{usage}")


async def _mine(ctx: Ctx, no: str, command: str) -> Case:
    """The case of that number, if it is among those on which I may use the command."""
    case = await case_named(no)
    await ensure_in_scope(ctx.desk, case.id, ctx.me, command)
    return case


async def _done(ctx: Ctx, no: str, action: str, said: dict[str, Any]) -> Reply:
    """Move the case by one of the verbs, and say how it stands now."""
    case = await _mine(ctx, no, action)
    done = await advance(ctx.desk, Deed(case.id, action, ctx.me, ctx.at, said, people=ctx.people))
    after = f"，现在：{done.verdict.next_step}" if done.verdict.next_step else ""
    return Reply.of(Text(f"{case.no} {done.verdict.text}{after}"))


@router.command(COUNTERSIGN, "加签 <单号> <姓名> [前|后]", needs=COUNTERSIGN)
async def add_signer(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 2, "加签 单号 姓名，或 加签 单号 姓名 后（对方在你之后签）")
    side = AFTER if AFTER in words[2:] else BEFORE
    task = await my_task(words[0], ctx.me)
    to = await countersign(ctx.desk, task, words[1], ctx.me, ctx.at, side)
    order = f"{to.name} 同意以后再回到你这里" if side == BEFORE else f"你同意以后由 {to.name} 再签"
    return Reply.of(Text(f"{words[0].upper()} 已加签：{order}"))


@router.command(GIVE_BACK, "退回 <单号> [节点] [理由]", needs=GIVE_BACK)
async def give_back(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 1, "退回 单号，或 退回 单号 节点 理由")
    case = await case_named(words[0])
    rules = await ctx.desk.rules(case.flow_id or 0, case.policy_id or 0)
    to, why = (words[1], words[2:]) if len(words) > 1 and words[1] in rules.flow.nodes else ("", words[1:])
    said: dict[str, Any] = ({TO: to} if to else {}) | ({WHY: " ".join(why)} if why else {})
    return await _done(ctx, words[0], GIVE_BACK, said)


@router.command(TAKE_BACK, "撤回 <单号>：下一位看到之前，收回你刚做的决定", needs=TAKE_BACK)
async def take_back(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 1, "撤回 单号")
    return await _done(ctx, words[0], TAKE_BACK, {})


@router.command(HOLD, "挂起 <单号> <多久或等什么>", needs=HOLD)
async def hold(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 2, "挂起 单号 2天，或 挂起 单号 等客户寄回")
    await _mine(ctx, words[0], HOLD)
    until = moment(words[1:], ctx.at)
    why = f"到 {said_at(until, ctx.at)}" if until else " ".join(words[1:])
    return await _done(
        ctx, words[0], HOLD, {WHY: why, UNTIL: until.isoformat() if until else None, SINCE: ctx.at.isoformat()}
    )


@router.command(RESUME, "恢复 <单号>", needs=RESUME)
async def resume(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 1, "恢复 单号")
    await _mine(ctx, words[0], RESUME)
    return await _done(ctx, words[0], RESUME, {})


@router.command(REOPEN, "重开 <单号> <理由>", needs=REOPEN)
async def reopen(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 2, "重开 单号 理由，例如：重开 R20261122-0007 客户说少收了一件")
    return await _done(ctx, words[0], REOPEN, {WHY: " ".join(words[1:])})


@router.command(URGE, "催办 <单号>", needs=URGE)
async def hurry(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 1, "催办 单号")
    case = await _mine(ctx, words[0], URGE)
    asked = await urge(case, ctx.me, ctx.at, " ".join(words[1:]))
    people = (await ctx.desk.staff.now()).by_id
    names = "、".join(people[one].name for one in asked if one in people)
    return Reply.of(Text(f"{case.no} 已催 {names}"))


@router.command(COMMENT, "评论 <单号> <要说的话>", needs=COMMENT)
async def remark(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 1, "评论 单号 要说的话")
    case = await _mine(ctx, words[0], COMMENT)
    await comment(case, " ".join(words[1:]), ctx.me, ctx.at, heard_at(ctx.desk, case.facts, ctx.at))
    return Reply.of(Text(f"{case.no} 已记下评论"))


@router.command(COPY, "抄送 <单号> <姓名>", needs=COPY)
async def carbon_copy(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 2, "抄送 单号 姓名")
    case = await _mine(ctx, words[0], COPY)
    names = [name for word in words[1:] for name in word.split("、") if name]
    told = await copy(ctx.desk, case, names, ctx.me, ctx.at)
    return Reply.of(Text(f"{case.no} 已抄送 {'、'.join(told)}"))


@router.command(LATER, "稍后 <单号> <多久|客户回复>：先不看，到时或客户有回音再给我，时限不变", needs="待办")
async def later(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 2, "稍后 单号 2小时，稍后 单号 明天 9:00，或 稍后 单号 客户回复")
    until = None if for_customer(words[1:]) else _moment_of(ctx, words[1:])
    case, back = await put_off(await my_task(words[0], ctx.me), until, ctx.me, ctx.at)
    at = said_at(back, ctx.at)
    when = f"{at} 再给你" if until else f"有人评论或登记运单就给你，最晚 {at}"
    return Reply.of(Text(f"{case.no} 先放着，{when}"))


def _moment_of(ctx: Ctx, words: Sequence[str]) -> datetime:
    until = moment(words, ctx.at)
    if until is None:
        raise PolicyRefused(f"“{' '.join(words)}”看不懂，请写成 2小时、明天 9:00、11-25 或 客户回复")
    return until
