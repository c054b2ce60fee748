"""Whoever changes what is asked for does not approve it: the case finds somebody else by the flow's own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Task, TaskState
from tests.support.stories import group_news, news, play, role, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")


async def owners(no: str) -> list[str]:
    tasks = Task.filter(case__no=no, state=TaskState.OPEN).order_by("id").prefetch_related("owner")
    return [f"{task.owner.name} {task.node}" for task in await tasks]


async def corrected(desk: Stage, name: str, words: str) -> str:
    """The superior's confirmation, and the change done."""
    card = await says(desk, name, words)
    await taps(desk, name, "确认修改")
    return card


async def test_a_superior_who_corrected_a_case_does_not_review_it(desk: Stage) -> None:
    no = await submitted(desk)
    card = await corrected(desk, "王建国", f"改 {no} 数量 1")
    assert "你改了内容，就由别人审批" in card
    assert await owners(no) == ["李敏 客服审核"]
    refused = await says(desk, "王建国", f"同意 {no}")
    assert "由 李敏 处理；你改过这单的内容，要由别人审批" in refused
    assert "王建国 改过内容，不能自己批" in await says(desk, "李敏", f"为什么是我 {no}")
    assert "改过内容的人不能审批" in await says(desk, "李敏", f"转交 {no} 王建国")
    assert await stand(no) == "处理中 客服审核"
    await the_cards_are_true(desk)


async def test_nor_does_the_one_who_decides_on_the_money(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    await corrected(desk, "李敏", f"改 {no} 数量 1")
    await play(desk, "王建国 同意")
    [owner] = await owners(no)
    assert owner.endswith("金额审批")
    assert not owner.startswith(("李敏", "林晓")), "whoever changed it is passed over"


async def test_a_remark_changes_nothing_that_is_asked_for(desk: Stage) -> None:
    no = await submitted(desk)
    card = await corrected(desk, "王建国", f"改 {no} 备注 客户说周五寄")
    assert "由别人审批" not in card
    await play(desk, "王建国 同意")
    assert await stand(no) == "处理中 金额审批"


async def test_the_submitters_own_correction_leaves_the_approvers_as_they_are(desk: Stage) -> None:
    no = await submitted(desk)
    await corrected(desk, "林晓", f"改 {no} 数量 1")
    assert await owners(no) == ["王建国 客服审核"]
    assert "改单人" not in (await Case.get()).facts


async def test_whoever_names_the_sum_that_makes_good_does_not_approve_it(desk: Stage) -> None:
    await role("孙悦", "客服", "客服主管")
    no = await submitted(desk, "补偿 536365 85123A×2 物流损坏")
    await says(desk, "林晓", f"转交 {no} 孙悦")
    await taps(desk, "孙悦", "报审批")
    await says(desk, "孙悦", "退款")
    await says(desk, "孙悦", "2")
    assert await owners(no) == ["李敏 金额审批"]
    assert "孙悦 改过内容，不能自己批" in await says(desk, "李敏", f"为什么是我 {no}")
    assert "2.00" in "\n".join(news(desk, "李敏"))


async def test_whoever_decides_next_reads_what_was_changed_and_by_whom(desk: Stage) -> None:
    no = await submitted(desk)
    await corrected(desk, "王建国", f"改 {no} 数量 1")
    assert "王建国 改过内容：改前 85123A×2 质量问题 ¥5.10" in news(desk, "李敏")[-1]
    assert any("已修改：退货 ¥2.55" in words for words in news(desk, "王建国"))


async def test_the_managers_hear_once_that_a_corrector_is_passed_over(desk: Stage) -> None:
    no = await submitted(desk)
    for units in (1, 2, 1):
        await corrected(desk, "王建国", f"改 {no} 数量 {units}")
    await play(desk, "李敏 驳回")
    await says(desk, "李敏", f"重开 {no} 看错了")
    told = [words for words in group_news(desk, "管理群") if "改过内容" in words]
    passed = f"{no} 客服审核没有可用的客服组长（王建国 改过内容，不能自己批），转给了"
    assert told == [f"{passed}李敏", f"{passed}陈卓"], "whoever has taken the case up again does not decide on it"
