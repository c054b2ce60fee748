"""批量同意: everything that only waits for my yes, in one tap; each case for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards import bulk as cards
from cards.bulk import AGREE_ALL, CANCEL, Item, Outcome
from cards.draft import ended
from flow.actions import Deed, advance
from flow.cells import CellError, parse
from flow.errors import FlowError, NotFound, PolicyRefused
from flow.reading import open_tasks
from flow.roles import AMOUNT, WHOLE
from handlers import dialogs
from handlers.context import Named, Reply
from handlers.router import Router
from models import CaseState, Task, hot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.context import Ctx
    from handlers.dialogs import Wait

router = Router()
BULK = "bulk"
AGREE = "同意"
LEAST = 2  #: fewer are no bulk, and are not offered unasked
MOST = 50  #: decisions of one tap, which WeCom wants answered in 5 s


@router.command(AGREE_ALL, "批量同意 [金额条件] [节点]，例如：批量同意 <=100", needs="待办")
async def agree_all(ctx: Ctx, words: list[str]) -> Reply:
    tasks = [task for task in await _agreeable(ctx, await open_tasks(ctx.me, MOST)) if _fits(task, words)]
    if not tasks:
        raise PolicyRefused("没有符合条件、只等你同意的待办；要填写内容的请逐单处理，回复“待办”查看")
    return Reply.of(await _ask(ctx, tasks))


async def offer(ctx: Ctx, found: Sequence[Task]) -> list[Named]:
    """The card that agrees to all of my tasks at once; none for a single one, or while another question is open."""
    tasks = await _agreeable(ctx, found)
    wait = await dialogs.current(ctx.me.id, ctx.at)
    return [] if len(tasks) < LEAST or (wait and wait.kind != BULK) else [await _ask(ctx, tasks)]


async def answer(ctx: Ctx, wait: Wait, value: str) -> Reply:
    """The tap, or its words."""
    if value not in (AGREE_ALL, CANCEL):
        raise NotFound("没听懂这句话，回复“帮助”看能做什么")
    await dialogs.leave(ctx.me.id, ctx.at, but=ctx.card)
    if value == CANCEL:
        face = ended(AGREE_ALL, "已取消")
        return Reply(face) if ctx.card else Reply.of(face)
    outcomes = [await _one(ctx, task_id) for task_id in wait.data["tasks"]]
    return Reply(cards.finished(outcomes) if ctx.card else None, [cards.results(outcomes)])


async def _ask(ctx: Ctx, tasks: Sequence[Task]) -> Named:
    data = {"kind": AGREE_ALL, "tasks": [task.id for task in tasks]}
    wait = await dialogs.begin(ctx.me.id, BULK, data, ctx.at)
    shown = ctx.desk.business.matrix.sees(ctx.me.roles, AMOUNT) == WHOLE
    items = [Item(task.case.no, task.node, task.case.amount if shown else None) for task in tasks]
    return Named(cards.offer(items, wait.id, wait.version), wait.token, BULK)


async def _agreeable(ctx: Ctx, tasks: Sequence[Task]) -> list[Task]:
    """Those that want nothing but a yes: no answer, no form, no goods or money that it would book at once."""
    return [task for task in tasks if task.case.state is CaseState.OPEN and await _is_plain(ctx, task)]


async def _is_plain(ctx: Ctx, task: Task) -> bool:
    rules = await ctx.desk.rules(task.case.flow_id or 0, task.case.policy_id or 0)
    node = rules.flow.nodes[task.node]
    action = node.actions.get(AGREE)
    if action is None or action.asks or action.effects or action.hands_over:
        return False
    return not any(field.wanted_for(action) for field in node.form)


def _fits(task: Task, words: Sequence[str]) -> bool:
    return all(_meets(task, word) for word in words)


def _meets(task: Task, word: str) -> bool:
    """Whether a node, a kind or an amount is the task's. Raises PolicyRefused for what is no condition."""
    if word in (task.node, task.case.kind):
        return True
    try:
        cell = parse(AMOUNT, word)
    except CellError as error:
        raise PolicyRefused(f"{error}，例如：{AGREE_ALL} <=100") from error
    return bool(cell.numbers) and cell({AMOUNT: task.case.amount})


async def _one(ctx: Ctx, task_id: int) -> Outcome:
    """One case in its own savepoint: what became of it does not touch the others."""
    task = await Task.get(id=task_id).prefetch_related("case")
    no = task.case.no
    try:
        async with hot.transaction():
            done = await advance(ctx.desk, Deed(task.case_id, AGREE, ctx.me, ctx.at, {}, task_id=task_id))
    except FlowError as refused:
        return Outcome(no, False, str(refused).removeprefix(no).strip())
    return Outcome(no, True, f"{done.verdict.text}，现在：{done.verdict.next_step}")
