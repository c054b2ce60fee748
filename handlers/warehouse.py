"""The dock: a waybill that is typed or scanned becomes the receiving card of its case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.case import task_card
from cards.types import Text
from flow.errors import NotAllowed, NotFound
from flow.parcels import announce, arrived, expecting
from flow.queue import task_token
from flow.reading import case_view, goods, task_view
from handlers import dialogs, parse
from handlers.context import Ctx, Named, Reply
from handlers.router import Router
from models import SentCard, Task

if TYPE_CHECKING:
    from handlers.dialogs import Wait

router = Router()
PICK = "pick"
MAX_LISTED = 20


@router.command("运单", "运单 <单号> <运单号>", needs="运单", private=False)
async def register_parcel(ctx: Ctx, words: list[str]) -> Reply:
    number = parse.waybill(words[1]) if len(words) == 2 else None
    if number is None:
        raise NotFound("请写成：运单 单号 运单号（运单号是 6 到 40 位字母数字）")
    case = await announce(ctx.desk, words[0], number, ctx.me, ctx.at)
    return Reply.of(Text(f"已登记：{case.no} 的退货包裹 {number}"))


@router.command("收货", "收货 <运单号>", needs="收货")
async def receive(ctx: Ctx, words: list[str]) -> Reply:
    number = parse.waybill(words[0]) if words else None
    if number is None:
        raise NotFound("没有读到运单号。请拍近、拍正一点再发，或直接输入，例如：收货 SF1234567890")
    task = await arrived(ctx.desk, number, ctx.me)
    return await _card(ctx, task) if task else await _whose(ctx, number)


async def _card(ctx: Ctx, task: Task) -> Reply:
    case = await case_view(ctx.desk, task.case_id, events=True, viewer=ctx.me)
    view = await task_view(ctx.desk, task, case)
    copies = await SentCard.filter(task_id=task.id).count()
    token = f"{task_token(case.no, task)}-s{copies}"
    return Reply.of(Named(task_card(case, view, ctx.at), token, "task", case.id, task.id))


async def _whose(ctx: Ctx, number: str) -> Reply:
    """Nobody has announced this waybill: let the keeper say which case it is; nothing is guessed."""
    tasks = (await expecting(ctx.desk, ctx.me))[:MAX_LISTED]
    if not tasks:
        raise NotAllowed(f"运单 {number} 没有登记过，也没有等你收货的售后单，请找客服核对")
    lines = [f"运单 {number} 没有登记过，是哪一单？回复序号："]
    for n, task in enumerate(tasks, 1):
        case = await case_view(ctx.desk, task.case_id, viewer=ctx.me)
        lines.append(f"{n}. {case.no} {goods(case.lines)}")
    data = {"waybill": number, "tasks": [task.id for task in tasks], "card": ""}
    await dialogs.begin(ctx.me.id, PICK, data, ctx.at)
    return Reply.of(Text("\n".join([*lines, "都不是就回复“取消”"])))


async def answer(ctx: Ctx, wait: Wait, text: str) -> Reply:
    """Which case an unannounced parcel belongs to."""
    if text == "取消":
        await dialogs.leave(ctx.me.id, ctx.at)
        return Reply.of(Text(f"好的，运单 {wait.data['waybill']} 没有收货"))
    tasks = wait.data["tasks"]
    if not text.isdigit() or not 1 <= int(text) <= len(tasks):
        return Reply.of(Text(f"请回复 1 到 {len(tasks)} 的序号，或回复“取消”"))
    task = await Task.get(id=tasks[int(text) - 1]).prefetch_related("case")
    await announce(ctx.desk, task.case.no, wait.data["waybill"], ctx.me, ctx.at)
    await dialogs.leave(ctx.me.id, ctx.at)
    return await receive(ctx, [wait.data["waybill"]])
