"""The supplier's return beside the refund: it holds nothing up, outlives the case, and is nobody's to forget."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flow.definitions.business import FLOW, shipped
from flow.edits import apply
from models import Case, CaseState, Refund, RefundState, Task, TaskState
from tests.support.own_flows import use
from tests.support.proof import chain_holds
from tests.support.stories import news, play, received, says, stand, submitted, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

SUPPLIER = (
    "增加分支 退供应商 在 次品处理 之后 自己结束 负责人 人 周仓 时限 3天 当 责任=供应商；"
    "增加节点 供应商确认 在 退供应商 之后 负责人 财务"
)
LAPSES = f"{SUPPLIER}；流程 供应商确认 到时 10天 去 退供应商结束"
CALL = "增加分支 回访 在 客服审核 同意 之后 自己结束 负责人 人 周仓 时限 1天"
DAMAGED = "退货 536365 85123A×2 质量问题"


async def changed(desk: Stage, words: str) -> None:
    """The shipped flow as an owner's sentences change it."""
    edit = apply(words.split(), shipped(), "退货", "standard")
    await use(desk, edit.texts[FLOW, "退货"])


async def failed(desk: Stage, words: str = SUPPLIER) -> str:
    """The goods are bad, and their supplier is to have them back; the money is finance's to confirm."""
    await changed(desk, words)
    no = await received(desk, DAMAGED)
    await play(desk, "许静 次品处理")
    return no


async def refunded(desk: Stage, words: str = SUPPLIER) -> str:
    no = await failed(desk, words)
    await play(desk, "钱芳 确认退款")
    return no


async def have(no: str) -> list[str]:
    tasks = await Task.filter(case__no=no, state=TaskState.OPEN).order_by("id").prefetch_related("owner")
    return [f"{task.owner.name} {task.node}" for task in tasks]


async def all_is_well(desk: Stage, no: str) -> None:
    await the_cards_are_true(desk)
    assert await chain_holds(await Case.get(no=no))


async def test_the_refund_is_done_while_the_supplier_s_return_goes_on_to_its_own_end(desk: Stage) -> None:
    no = await failed(desk)
    assert await stand(no) == "处理中 财务退款 退供应商"
    await play(desk, "钱芳 确认退款")
    closed = (await Case.get(no=no)).closed_at
    assert closed is not None
    assert (await Refund.get(case__no=no)).state is RefundState.PAID
    assert "状态：已完成，还在办 退供应商（周仓），已退款" in await says(desk, "林晓", f"查 {no}")
    assert "下一步 已完成；还在办 退供应商 · 周仓" in news(desk, "钱芳")[-1]
    assert await have(no) == ["周仓 退供应商"]
    assert no in await says(desk, "周仓", "待办")
    await all_is_well(desk, no)

    await play(desk, "周仓 完成")
    assert await have(no) == ["钱芳 供应商确认"]
    assert any("下一步 已完成；还在办 供应商确认 · 钱芳" in words for words in news(desk, "周仓"))
    await play(desk, "钱芳 同意")
    assert (await stand(no), await have(no)) == ("已完成", [])
    assert (await Case.get(no=no)).closed_at == closed, "the case ended when its money was paid"
    assert await Refund.filter(case__no=no).count() == 1
    await all_is_well(desk, no)


async def test_one_that_ends_first_ends_nothing_else(desk: Stage) -> None:
    no = await failed(desk)
    await play(desk, "周仓 完成", "钱芳 同意")
    assert await stand(no) == "处理中 财务退款"
    await play(desk, "钱芳 确认退款")
    assert await stand(no) == "已完成"
    await all_is_well(desk, no)


async def test_where_the_shop_is_to_blame_none_begins(desk: Stage) -> None:
    await changed(desk, SUPPLIER)
    no = await submitted(desk, "退货 536365 85123A×2 七天无理由")
    await play(desk, "周仓 确认收货", "许静 次品处理")
    assert "退供应商" not in await stand(no)


async def test_who_lets_it_lie_is_reminded_after_the_case_has_ended_and_its_time_runs_out(desk: Stage) -> None:
    no = await refunded(desk, LAPSES)
    await desk.later(timedelta(days=3, minutes=1))
    assert any("超时提醒：退供应商" in words and no in words for words in news(desk, "周仓"))
    await play(desk, "周仓 完成")
    await desk.later(timedelta(days=4))
    assert any("超时提醒：供应商确认" in words for words in news(desk, "钱芳"))
    await desk.later(timedelta(days=7))
    assert (await stand(no), await have(no)) == ("已完成", [])
    assert await chain_holds(await Case.get(no=no))


async def test_it_changes_hands_and_goes_back_a_step_like_any_work(desk: Stage) -> None:
    no = await refunded(desk)
    assert "已催 周仓" in await says(desk, "林晓", f"催办 {no}")
    assert "已转交 刘洋" in await says(desk, "周仓", f"转交 {no} 刘洋 你去寄")
    await play(desk, "刘洋 完成")
    assert "前面没有可退" not in (said := await says(desk, "钱芳", f"退回 {no} 没有签收单"))
    assert "已退回退供应商" in said
    assert (await have(no), await stand(no)) == (["周仓 退供应商"], "已完成 退供应商")
    assert "只有旁支 退供应商 还在办" in await says(desk, "林晓", f"撤单 {no}")
    await all_is_well(desk, no)


async def test_a_case_taken_up_again_finds_it_under_way_and_begins_no_second_one(desk: Stage) -> None:
    no = await failed(desk)
    await play(desk, "钱芳 驳回", "李敏 驳回")
    assert await stand(no) == "已关闭 退供应商 拒绝"
    assert "已重开" in await says(desk, "林晓", f"重开 {no} 客户补了照片")
    assert await stand(no) == "处理中 客服审核 退供应商"
    assert await have(no) == ["周仓 退供应商", "王建国 客服审核"]
    await play(desk, "王建国 同意", "李敏 同意", "周仓 确认收货", "许静 次品处理")
    assert (await have(no)).count("周仓 退供应商") == 1
    await all_is_well(desk, no)


@pytest.mark.parametrize(("words", "left"), [(CALL, ["周仓 回访"]), (f"{CALL} 关闭时 结束", [])])
async def test_a_withdrawal_ends_it_where_the_fork_says_so(desk: Stage, words: str, left: list[str]) -> None:
    await changed(desk, words)
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert "周仓 回访" in await have(no)
    await says(desk, "林晓", f"撤单 {no}")
    case = await Case.get(no=no)
    assert (case.state, await have(no), case.nodes) == (CaseState.CLOSED, left, [one.split()[1] for one in left])
    await all_is_well(desk, no)


async def test_a_bot_that_starts_again_after_the_end_still_has_it(desk: Stage) -> None:
    no = await refunded(desk)
    await desk.restart()
    assert await have(no) == ["周仓 退供应商"]
    assert no in await says(desk, "周仓", "待办")
    await play(desk, "周仓 完成", "钱芳 同意")
    assert await stand(no) == "已完成"
    await all_is_well(desk, no)
