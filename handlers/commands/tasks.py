"""Everybody with a task: tap or say what to do, hand it over, list what is open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cards.case import details, record, todo
from cards.lines import ALL
from cards.types import Text
from flow.access.lookup import case_of, ensure_in_scope, ensure_known
from flow.access.masking import masked_brief
from flow.access.permissions import able_to, ask
from flow.cases.advance import advance
from flow.cases.command import Asks, Command, Result
from flow.definitions.flow import REQUIRED
from flow.definitions.permissions import Scope
from flow.definitions.vocabulary import HAND_OVER
from flow.engine.breakdown import reckon
from flow.engine.inquiry import ASK, SETTLE, station
from flow.engine.verbs import WITHDRAW
from flow.errors import NotAllowed, NotUnderstood, StaleCase
from flow.records import access_log
from flow.tasks.reassignment import give
from flow.tasks.snooze import looked
from flow.views.case import case_view, money_gone, open_tasks, task_view
from handlers.chat import action_answers, dialogs, persons, positions, questions
from handlers.chat.case_cards import face_now, task_copy
from handlers.chat.context import Ctx, Reply
from handlers.chat.router import Router
from handlers.commands import bulk, reasons, refunds
from handlers.commands.explain import why
from models import Case, Task, TaskState
from models.views.case import CaseBrief

if TYPE_CHECKING:
    from typing import Any

    from cards.payload import Act
    from flow.tasks.handover import Handing
    from handlers.chat.dialogs import Wait
    from models.views.case import Reckoning

router = Router()
NAME = "name"  #: dialog that waits for whom a task goes to
WHY = "为什么是我"
CHANGED = "这张卡片发出后单子有变动，刚才点的没有执行；请看更新后的卡片再点"


@router.command("待办", "待办", needs="待办")
async def list_todo(ctx: Ctx, words: list[str]) -> Reply:
    tasks = []
    found = await open_tasks(ctx.me)
    for task in found:
        case = await case_view(ctx.desk, task.case_id, viewer=ctx.me)
        tasks.append((case, await task_view(ctx.desk, task, case)))
    await looked(found, ctx.at)
    await positions.remember(ctx, found)
    return Reply.of(todo(tasks, ctx.at), *await bulk.offer(ctx, found))


@router.command(HAND_OVER, "转交 <单号> <姓名> [从 <姓名>] [要说的话]", private=False)
async def pass_on(ctx: Ctx, words: list[str]) -> Reply:
    if len(words) < 2:
        mine = Task.filter(case__no=words[0].upper() if words else "", owner_id=ctx.me.id, state=TaskState.OPEN)
        if task := await mine.order_by("due_at").first():
            return await _ask_name(ctx, task.case_id)
        raise NotUnderstood("请写成：转交 单号 姓名，后面可以写要说的话")
    return await _hand(ctx, words[0], await persons.handing(ctx, HAND_OVER, words[0], words[1:]))


async def _hand(ctx: Ctx, no: str, asked: Handing) -> Reply:
    if await _must_say_why(ctx, no, asked):
        raise NotAllowed(f"{no} {HAND_OVER}要写理由，例如：{HAND_OVER} {no} {asked.to} 这单你熟")
    to = await give(ctx.desk, no, asked)
    return Reply.of(Text(f"{no} 已转交 {to.name}{reasons.echo(asked.why)}"))


async def _must_say_why(ctx: Ctx, no: str, asked: Handing) -> bool:
    """Whether the node of my task lets nobody pass it on without a reason."""
    task = await Task.filter(case__no=no, owner_id=ctx.me.id, state=TaskState.OPEN).prefetch_related("case").first()
    if asked.why or task is None:
        return False
    rules = await ctx.desk.rules(task.case.flow_id or 0, task.case.policy_id or 0)
    action = station(rules.flow, task.node).actions.get(HAND_OVER)
    return action is not None and action.reason == REQUIRED


async def tapped(ctx: Ctx, payload: Act, said: dict[str, Any]) -> Reply:
    """Do what a button says, unless the case, or the card, is another than the one on which it was read."""
    if payload.version < ctx.since and payload.action not in (WHY, ALL):
        await _seen(ctx)
        return await _as_it_is(ctx, CHANGED)
    return await act(ctx, payload.case_id, payload.action, said)


async def act(ctx: Ctx, case_id: int, action: str, said: dict[str, Any]) -> Reply:
    """Do an action on a case, tapped or typed. The tapped card comes back as what it is now."""
    if action == WHY:
        await ensure_known(ctx.desk, case_id, ctx.me)
        await _seen(ctx)
        return Reply(await face_now(ctx), [Text(await why(ctx, await Case.get(id=case_id)))])
    if action == ALL:
        return await _details(ctx, case_id)
    if action == HAND_OVER:
        return await _ask_name(ctx, case_id)
    if action in (ASK, SETTLE):
        return await _inquired(ctx, case_id, action)
    command = Command(case_id, action, ctx.me, ctx.at, said, ctx.card, ctx.task_id, ctx.people, ctx.read)
    try:
        done = await advance(ctx.desk, command)
    except Asks as asks:
        await _seen(ctx)
        return await questions.ask(ctx, case_id, action, asks, said) or await _too_late(ctx)
    except StaleCase as stale:
        return await _as_it_is(ctx, str(stale))
    return await _as_done(ctx, done, said)


async def _inquired(ctx: Ctx, case_id: int, action: str) -> Reply:
    """What is done about a refund that the shop has not answered; the card stays until it has."""
    await _seen(ctx)
    reply = await refunds.tapped(ctx, await Case.get(id=case_id), action)
    return Reply(await face_now(ctx) if ctx.card else None, reply.says)


async def _as_done(ctx: Ctx, done: Result, said: dict[str, Any]) -> Reply:
    """The tapped card as a record, or a sentence: what was counted and said, and how a reason may be added."""
    verdict, case = done.verdict, done.case
    more = await reasons.offer(ctx, case, done.seq) if verdict.may_add else ""
    if ctx.card and done.task:
        parts = await _parts(ctx, case, done)
        brief = CaseBrief(case.no, case.kind, case.amount, done.lines, done.pays, parts)
        return Reply(record(masked_brief(brief, ctx.desk.business.matrix, ctx.me.roles), verdict, ctx.at))
    booked = reasons.echo(verdict.why, said.get(questions.COUNTS))
    words = f"{case.no} {verdict.text}{booked}，现在：{verdict.next_step}"
    says = [Text("\n".join(filter(None, [words, more])))]
    return Reply(await face_now(ctx) if ctx.card else None, says, alone=False)


async def _parts(ctx: Ctx, case: Case, done: Result) -> Reckoning | None:
    """How the amount of a case came about that has just moved, and what went before its goods came."""
    parts = reckon(done.lines, case.facts, {}, case.amount)
    if parts is None or case.flow_id is None:
        return parts
    rules = await ctx.desk.rules(case.flow_id, case.policy_id or 0)
    return replace(parts, apart=money_gone(rules.flow, case, done.lines))


async def _details(ctx: Ctx, case_id: int) -> Reply:
    """Everything that the card had no room for; whatever has become of it since, the answer is of now."""
    await ensure_known(ctx.desk, case_id, ctx.me)
    await _seen(ctx)
    case = await case_view(ctx.desk, case_id, events=True, viewer=ctx.me)
    await access_log.looked(ctx.me, [case.no], ctx.at)
    task = await Task.get_or_none(id=ctx.task_id, state=TaskState.OPEN) if ctx.task_id else None
    view = await task_view(ctx.desk, task, case) if task else None
    return Reply(await face_now(ctx), [details(case, view)])


async def _seen(ctx: Ctx) -> None:
    """Whoever taps a card of theirs has looked at the task, while it is open."""
    if ctx.task_id is not None:
        await looked(await Task.filter(id=ctx.task_id, owner_id=ctx.me.id, state=TaskState.OPEN), ctx.at)


async def _too_late(ctx: Ctx) -> Reply:
    return await _as_it_is(ctx, "这个待办已经处理过了")


async def _as_it_is(ctx: Ctx, sentence: str) -> Reply:
    """Too late: the card as it is now, with the sentence where that still waits for something, or is not there."""
    face = await face_now(ctx)
    return Reply(face) if face and not face.live else Reply(face, [Text(sentence)])


async def _ask_name(ctx: Ctx, case_id: int) -> Reply:
    await ensure_known(ctx.desk, case_id, ctx.me)
    mine = Task.filter(case_id=case_id, owner_id=ctx.me.id, state=TaskState.OPEN)
    task = await (mine.filter(id=ctx.task_id) if ctx.task_id else mine.order_by("due_at")).first()
    if task is None:
        return await _too_late(ctx)
    await _seen(ctx)
    await dialogs.begin(ctx.me.id, NAME, {"case_id": case_id, "task_id": task.id, "card": ""}, ctx.at)
    return Reply.of(Text(f"转交给谁？请回复姓名，后面可以写要说的话\n{questions.LEAVE}"))


def reminder(wait: Wait) -> Text:
    """What is still to be answered."""
    return Text(f"还在等你回答：转交给谁？请回复姓名\n{questions.LEAVE}")


async def name_given(ctx: Ctx, wait: Wait, text: str) -> Reply:
    """Whom the task goes to."""
    if text == questions.CANCEL:
        return await _left(ctx)
    case = await Case.get(id=wait.data["case_id"])
    asked = await persons.handing(ctx, HAND_OVER, case.no, persons.answered(ctx, text))
    reply = await _hand(ctx, case.no, replace(asked, task_id=wait.data.get("task_id")))
    await dialogs.leave(ctx.me.id, ctx.at)
    return reply


async def answer(ctx: Ctx, wait: Wait, text: str) -> Reply:
    """What was asked for before an action could be done."""
    if text == questions.CANCEL:
        return await _left(ctx)
    if change := await questions.changed(wait):
        return await _asked_again(ctx, wait, text, change)
    got = await questions.take(ctx, wait, text)
    if isinstance(got, Reply):
        return got
    reply = await act(ctx, wait.data["case_id"], wait.data["action"], got)
    if await dialogs.still_open(wait.id, wait.version, ctx.at):  # else the answers have led to one more question
        await dialogs.leave(ctx.me.id, ctx.at)
    return reply


async def _asked_again(ctx: Ctx, wait: Wait, text: str, change: str) -> Reply:
    """The case is another than the one that was asked about: that is said, nothing is done, and it is asked anew."""
    case = await Case.get(id=wait.data["case_id"])
    told = f"{case.no} 问你以后变了：{change}。刚才的回答“{text[:40]}”没有记，什么都没有做"
    if question := await questions.again(ctx, wait):
        return Reply.of(Text(f"{told}。请照现在的再回答"), *question.says)
    task = await Task.filter(case_id=case.id, owner_id=ctx.me.id, state=TaskState.OPEN).order_by("id").first()
    card = [await task_copy(ctx, task)] if task else []
    return Reply.of(Text(f"{told}，{'请照现在的卡片再办一次' if task else '这单已经不在你手上'}"), *card)


async def _left(ctx: Ctx) -> Reply:
    await dialogs.leave(ctx.me.id, ctx.at)
    return Reply.of(Text("好的，没有改动"))


async def say_action(ctx: Ctx, action: str, words: list[str]) -> Reply:
    """``同意 R20261122-0007``, and behind it what is counted, answered or only said."""
    case = await case_of(ctx.desk, words[0], ctx.me)
    await _may_withdraw(ctx, case, action)
    behind = await action_answers.read(ctx, case, action, words[1:])
    if behind.todo:
        return await questions.begin(ctx, (case.id, action), behind.todo, behind.said)
    return await act(ctx, case.id, action, behind.said)


async def _may_withdraw(ctx: Ctx, case: Case, action: str) -> None:
    """A case is withdrawn by whoever opened it, or by a role that reaches further than its own."""
    if action != WITHDRAW or case.creator_id == ctx.me.id:
        return
    if ctx.scope(WITHDRAW) in (None, Scope.OWN):
        creator = ctx.staff.by_id.get(case.creator_id or 0)
        able = able_to(ctx.desk.business.matrix, ctx.staff, WITHDRAW)
        above = [one for one in able if ctx.desk.business.matrix.may(one.roles, WITHDRAW) is not Scope.OWN]
        or_ask = f"，也可以找 {ask(ctx.desk.business.matrix, above, WITHDRAW)}" if above else ""
        raise NotAllowed(f"{case.no} 只有提交人{creator.name if creator else ''}能撤单{or_ask}")
    await ensure_in_scope(ctx.desk, case.id, ctx.me, WITHDRAW)
