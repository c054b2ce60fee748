"""What may be said of any case, whatever its flow: 加签, 退回, 撤回, 挂起, 恢复, 催办, 评论, 抄送, 稍后, 重开."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cards.types import Text
from cards.words import moment as said_at
from flow.access.lookup import case_of
from flow.cases.advance import advance
from flow.cases.command import Asks, Command
from flow.cases.comments import comment, copy, urge
from flow.cases.holds import UNTIL
from flow.cases.last_step import why_final
from flow.definitions import feasts
from flow.definitions.coming import moment_to_come
from flow.definitions.vocabulary import COMMENT, COPY, COUNTERSIGN, CREATOR, LATER, PATH, URGE
from flow.engine.verbs import FINAL, GIVE_BACK, HOLD, NOT_YOURS, REOPEN, RESUME, SINCE, TAKE_BACK, TO, WHY
from flow.errors import NotAllowed, NotFound, NotUnderstood, PolicyRefused
from flow.tasks.handover import BEFORE, countersign, my_task
from flow.tasks.snooze import put_off
from handlers.chat import guesses, names, parse, persons, places, questions, readings
from handlers.chat.context import Ctx, Reply
from handlers.chat.router import Router
from handlers.commands import reasons
from handlers.commands.overview import hurry_person
from models import Case, CustomerNotice, Event, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

router = Router()
_TIMED = re.compile(r"\d|上午|中午|下午|晚上|早上")  #: a further part of a moment, which nobody could read
STEPS = 3  #: of mine, newest first, that are offered to be taken back
_CUSTOMER = re.compile(
    r"(等|等到|到)?(客户|顾客|买家)有?(回复|回话|回信|回音|答复|消息|寄回|寄出|寄件)?(以后|之后|后|了|再说)*"
)


def for_customer(words: Sequence[str]) -> bool:
    """Whether they mean no moment but the customer's word: ``客户回复``, ``等客户寄回``."""
    return _CUSTOMER.fullmatch("".join(words)) is not None


def _wants(words: Sequence[str], least: int, usage: str) -> None:
    if len(words) < least:
        raise NotUnderstood(f"请写成：{usage}")


async def _done(ctx: Ctx, no: str, action: str, said: dict[str, Any], words: Sequence[str]) -> Reply:
    """Move the case by one of the verbs, with what is said of it, and say how it stands now."""
    case = await case_of(ctx.desk, no, ctx.me, action)
    why = persons.remark(ctx, case.no, action, " ".join(words))
    said |= {WHY: why} if why else {}
    try:
        done = await advance(ctx.desk, Command(case.id, action, ctx.me, ctx.at, said, people=ctx.people))
    except Asks as asks:
        if (question := await questions.ask(ctx, case.id, action, asks, said)) is None:
            raise
        return question
    after = f"，现在：{done.verdict.next_step}" if done.verdict.next_step else ""
    more = f"\n{await reasons.offer(ctx, case, done.seq)}" if done.verdict.may_add else ""
    return Reply.of(Text(f"{case.no} {done.verdict.text}{reasons.echo(str(said.get(WHY) or ''))}{after}{more}"))


@router.command(COUNTERSIGN, "加签 <单号> <姓名> [前|后] [要说的话]", needs=COUNTERSIGN, private=False)
async def add_signer(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 2, "加签 单号 姓名，或 加签 单号 姓名 后（对方在你之后签）")
    return await _add_signer(ctx, words)


async def _add_signer(ctx: Ctx, words: list[str]) -> Reply:
    task = await my_task(ctx.desk, words[0], ctx.me)
    asked = await persons.handing(ctx, COUNTERSIGN, words[0], words[1:])
    to = await countersign(ctx.desk, task, asked)
    order = f"{to.name} 同意以后再回到你这里" if asked.side == BEFORE else f"你同意以后由 {to.name} 再签"
    return Reply.of(Text(f"{words[0].upper()} 已加签：{order}{reasons.echo(asked.why)}"))


@router.command(GIVE_BACK, "退回 <单号> [节点] [理由]", needs=GIVE_BACK, private=False)
async def give_back(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 1, "退回 单号，或 退回 单号 节点 理由")
    return await _give_back(ctx, words)


async def _give_back(ctx: Ctx, words: list[str]) -> Reply:
    case = await case_of(ctx.desk, words[0], ctx.me, GIVE_BACK)
    rules = await ctx.desk.rules(case.flow_id or 0, case.policy_id or 0)
    to, why = places.leading(" ".join(words[1:]), [*rules.flow.nodes, CREATOR])
    if not to and (found := names.leading(why, [person.name for person in ctx.staff.by_id.values()])):
        to, why = await _node_of(ctx, case, found[0]), found[1]
    said: dict[str, Any] = {TO: to} if to else {}
    return await _done(ctx, words[0], GIVE_BACK, said, why.split())


async def _node_of(ctx: Ctx, case: Case, name: str) -> str:
    """The node that somebody has decided last, or where whoever submitted the case amends it. Raises NotFound."""
    who = ctx.staff.called(name)
    if who.id == case.creator_id:
        return CREATOR
    behind = list(case.facts.get(PATH) or [])
    last = await Event.filter(case_id=case.id, actor_id=who.id, node__in=behind).order_by("-seq").first()
    if last is None:
        raise NotFound(f"{name} 没有办过 {case.no}，退回请写节点，可以退到：{'、'.join(behind[:-1]) or CREATOR}")
    return last.node


@router.command(TAKE_BACK, "撤回 <单号> [理由]：下一位看到之前，收回你刚做的决定", needs=TAKE_BACK, private=False)
async def take_back(ctx: Ctx, words: list[str]) -> Reply:
    if not words and (asked := await _which_step(ctx)):
        return asked
    _wants(words, 1, "撤回 单号")
    return await _take_back(ctx, words)


async def _which_step(ctx: Ctx) -> Reply | None:
    """The steps of mine that can still be taken back, to choose from; None where there are none."""
    lines = [f"{TAKE_BACK} {no}" for no in (await readings.recent(ctx))[:STEPS]]
    return await guesses.offer(ctx, ("撤回哪一单？", "点一下才算，现在什么都没有做"), lines, _try_back)


async def _try_back(ctx: Ctx, words: list[str]) -> Reply:
    return await _take_back(ctx, words[1:])


async def _take_back(ctx: Ctx, words: list[str]) -> Reply:
    case = await case_of(ctx.desk, words[0], ctx.me, TAKE_BACK)
    try:
        reply = await _done(ctx, words[0], TAKE_BACK, {}, words[1:])
    except NotAllowed as refused:
        general = next((each for each in (FINAL, NOT_YOURS) if each in str(refused)), "")
        why = await why_final(ctx.desk, case, ctx.me) if general else ""
        raise NotAllowed(str(refused).replace(general, why) if why else str(refused)) from refused
    told = await CustomerNotice.filter(case_id=case.id, at__gte=case.closed_at) if case.closed_at else []
    heard = "".join(f"\n客户已经收到通知“{notice.text}”，请向客户说明" for notice in told)
    return Reply.of(*reply.says, *([Text(heard.strip())] if heard else []))


@router.command(HOLD, "挂起 <单号> <多久或等什么>", needs=HOLD, private=False)
async def hold(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 2, "挂起 单号 2天，或 挂起 单号 等客户寄回")
    return await _hold(ctx, words)


async def _hold(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 2, "挂起 单号 2天，或 挂起 单号 等客户寄回")
    await case_of(ctx.desk, words[0], ctx.me, HOLD)
    until, rest = _until(words[1:], ctx.at)
    why = "，".join(part for part in (f"到 {said_at(until, ctx.at)}" if until else "", persons.remark(
        ctx, words[0], HOLD, " ".join(rest))) if part)  # fmt: skip
    stopped = {UNTIL: until.isoformat() if until else None, SINCE: ctx.at.isoformat()}
    return await _done(ctx, words[0], HOLD, {WHY: why, **stopped}, ())


def _until(words: Sequence[str], now: datetime) -> tuple[datetime | None, list[str]]:
    """The moment that stands before or behind other words, and these: ``2天 等客户寄回``."""
    for size in range(len(words), 0, -1):
        if found := moment_to_come(words[:size], now):
            return found, list(words[size:])
        if found := moment_to_come(words[-size:], now):
            return found, list(words[:-size])
    return None, list(words)


@router.command(RESUME, "恢复 <单号> [要说的话]", needs=RESUME, private=False)
async def resume(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 1, "恢复 单号")
    return await _done(ctx, words[0], RESUME, {}, words[1:])


@router.command(REOPEN, "重开 <单号> <理由>", needs=REOPEN, private=False)
async def reopen(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 2, "重开 单号 理由，例如：重开 R20261122-0007 客户说少收了一件")
    return await _done(ctx, words[0], REOPEN, {}, words[1:])


@router.command(URGE, "催办 <单号> [要说的话]；催办 <姓名> [要说的话]：超时的都催，合成一条", needs=URGE, private=False)
async def hurry(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 1, "催办 单号，或 催办 姓名")
    found = names.leading(" ".join(words), [person.name for person in ctx.staff.by_id.values()])
    if found and (person := ctx.staff.named(found[0])):
        return await hurry_person(ctx, person, persons.remark(ctx, "", URGE, found[1]))
    return await _hurry(ctx, words)


async def _hurry(ctx: Ctx, words: list[str]) -> Reply:
    case = await case_of(ctx.desk, words[0], ctx.me, URGE)
    said = " ".join(words[1:])
    owned = Task.filter(case_id=case.id, state=TaskState.OPEN).values_list("owner_id", flat=True)
    whom = ctx.staff.named(said.strip("@ ,。"))  # 催一下李敏 R…: whose it is anyway
    why = (
        "" if whom and whom.id in {int(str(each)) for each in await owned} else persons.remark(ctx, case.no, URGE, said)
    )
    asked = await urge(ctx.desk, case, ctx.me, ctx.at, why)
    staff = (await ctx.desk.staff.now()).by_id
    urged = "、".join(staff[one].name for one in asked if one in staff)
    return Reply.of(Text(f"{case.no} 已催 {urged}{reasons.echo(why)}"))


@router.command(COMMENT, "评论 <单号> <要说的话>", needs=COMMENT, private=False)
async def remark(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 1, "评论 单号 要说的话")
    case = await case_of(ctx.desk, words[0], ctx.me, COMMENT)
    said = ctx.kept(parse.written(" ".join(words[1:])))
    await comment(ctx.desk, case, said, ctx.me, ctx.at)
    return Reply.of(Text(f"{case.no} 已记下评论{reasons.echo(said)}"))


@router.command(COPY, "抄送 <单号> <姓名> [要说的话]", needs=COPY, private=False)
async def carbon_copy(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 2, "抄送 单号 姓名")
    return await _copy(ctx, words)


async def _copy(ctx: Ctx, words: list[str]) -> Reply:
    case = await case_of(ctx.desk, words[0], ctx.me, COPY)
    listed, rest = persons.listed(ctx, words[1:])
    why = persons.remark(ctx, case.no, COPY, rest)
    told = await copy(ctx.desk, case, listed, ctx.me, ctx.at, why)
    return Reply.of(Text(f"{case.no} 已抄送 {'、'.join(told)}{reasons.echo(why)}"))


@router.command(
    LATER,
    "稍后 <单号> <多久|客户回复> [要说的话]：先不看，到时或客户有回音再给我，时限不变",
    needs="待办",
    private=False,
)
async def later(ctx: Ctx, words: list[str]) -> Reply:
    _wants(words, 2, "稍后 单号 2小时，稍后 单号 明天 9:00，或 稍后 单号 客户回复")
    until, rest = _put_off_until(ctx, words[1:])
    why = persons.remark(ctx, words[0].upper(), LATER, " ".join(rest)) if rest else ""
    case, back = await put_off(await my_task(ctx.desk, words[0], ctx.me), until, ctx.me, ctx.at, why)
    at = said_at(back, ctx.at)
    when = f"{at} 再给你" if until else f"有人评论或登记运单就给你，最晚 {at}"
    return Reply.of(Text(f"{case.no} 先放着，{when}{reasons.echo(why)}"))


def _put_off_until(ctx: Ctx, words: Sequence[str]) -> tuple[datetime | None, list[str]]:
    """The moment ahead, None for the customer's word, and the other words. Raises PolicyRefused for no moment."""
    for size in range(len(words), 0, -1):
        customer, until = for_customer(words[:size]), moment_to_come(words[:size], ctx.at)
        if (customer or until) and not (words[size:] and _TIMED.match(words[size])):
            return None if customer else until, list(words[size:])
    if moving := feasts.moving(" ".join(words)):
        raise PolicyRefused(f"“{moving}”是哪天每年不一样，请写日期，例如 2月20日；说不准就用 挂起")
    raise PolicyRefused(f"“{' '.join(words)}”看不懂，请写成 2小时、明天 9:00、11-25 或 客户回复")
