"""Looking things up: a case with its timeline, a chart, what one can say."""

from __future__ import annotations

from cards.case import standing, timeline
from cards.types import Text
from cards.words import money
from flow.errors import NotFound
from flow.reading import case_view, find_cases
from handlers.context import Chart, Ctx, Reply
from handlers.router import Router

router = Router()


@router.command("查", "查 <单号、订单号、运单号或手机尾号>", needs="查")
async def look_up(ctx: Ctx, words: list[str]) -> Reply:
    if not words:
        raise NotFound("请写上要查的号，例如：查 R20261122-0007")
    found = await find_cases(words[0])
    if len(found) == 1:
        return Reply.of(timeline(await case_view(ctx.desk, found[0], events=True), ctx.at))
    cases = [await case_view(ctx.desk, case_id) for case_id in found]
    lines = [f"{case.no} {case.kind} {money(case.amount)} {standing(case)}" for case in cases]
    return Reply.of(Text("\n".join([f"找到 {len(cases)} 单：", *lines, "回复 查 单号 看经过"])))


@router.command("报表", "报表 [图名] [时间] [筛选]", needs="报表")
async def report(ctx: Ctx, words: list[str]) -> Reply:
    return Reply.of(Chart(tuple(words)))
