"""Owners make a field hang on another and offer a default; a new case meets it, one under way keeps its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Event
from tests.stories.test_forms import shoots
from tests.support.proof import chain_holds
from tests.support.stage import buttons, text_of
from tests.support.stories import NO_REASON, news, play, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

CHANGE = (
    "增加字段 质检 外观 单选 完好|破损 必填 默认 完好；增加字段 质检 缺陷照片 照片 当 外观=破损 必填；"
    "增加字段 质检 货号 文本 默认 订单号；流程 财务退款 外观 可改；流程 财务退款 货号 隐藏"
)


async def test_what_an_owner_says_of_fields_is_met_by_new_cases_alone(desk: Stage) -> None:
    old = await submitted(desk, NO_REASON)
    told = await says(desk, "赵卫东", CHANGE)
    assert "质检 办理时要填 缺陷照片（照片，必填，外观=破损 时才问）" in told
    assert "财务退款 货号：照常 → 隐藏" in told
    await says(desk, "赵卫东", "发布")
    await play(desk, "李敏 看改动", "李敏 发布")
    new = await submitted(desk, NO_REASON)
    for no in (old, new):
        await says(desk, "周仓", f"确认收货 {no}")
    assert f"{old} 合格入库" in await says(desk, "许静", f"合格入库 {old}"), "it keeps the form that it was opened with"
    asked = await says(desk, "许静", f"合格入库 {new}")
    assert "外观？\n1. 完好　2. 破损\n请回复序号或文字；默认：完好，回复“好”就用它" in asked
    assert (await Case.get(no=new)).facts.get("外观") is None, "what is only offered is no answer"
    assert "默认：536365，回复“好”就用它；没有就回复“跳过”" in await says(desk, "许静", "好")
    assert f"{new} 合格入库" in await says(desk, "许静", "默认")
    facts = (await Case.get(no=new)).facts
    assert (facts["外观"], facts["货号"], "缺陷照片" in facts) == ("完好", "536365", False)
    assert await chain_holds(await Case.get(no=new))


async def test_what_finance_sees_and_puts_right(desk: Stage) -> None:
    await says(desk, "赵卫东", CHANGE)
    await says(desk, "赵卫东", "发布")
    await play(desk, "李敏 看改动", "李敏 发布")
    no = await submitted(desk, NO_REASON)
    await says(desk, "周仓", f"确认收货 {no}")
    await says(desk, "许静", f"合格入库 {no}")
    await says(desk, "许静", "好")
    await says(desk, "许静", "好")
    await says(desk, "李敏", f"同意 {no}")
    assert "前面填的：外观：完好" in "\n".join(news(desk, "钱芳"))
    assert f"可以改 外观：回复 改 {no} 外观 新的答案" in "\n".join(news(desk, "钱芳"))
    assert "货号" not in await says(desk, "钱芳", f"查 {no}")
    assert "货号：536365" in await says(desk, "林晓", f"查 {no}")
    assert "你的角色看不到“货号”，不能按它找" in await says(desk, "钱芳", "查 货号=536365")
    assert "缺陷照片？\n请发一张照片" in await says(desk, "钱芳", f"改 {no} 外观 改成破损")
    assert f"{no} 已更正 外观" in await shoots(desk, "钱芳")
    case = await Case.get(no=no)
    assert (case.facts["外观"], await stand(no)) == ("破损", "处理中 财务退款")
    event = await Event.get(case_id=case.id, action="更正")
    assert event.data["改前"].startswith("外观 完好"), event.data
    assert "钱芳 财务退款 更正（改前 外观 完好、缺陷照片 没有填" in await says(desk, "林晓", f"查 {no}")
    assert "只有提交人" in await says(desk, "钱芳", f"改 {no} 货号 1"), "of what is hidden nothing is said"
    assert await chain_holds(await Case.get(no=no))
    cards = [text_of(item) for item in desk.sandbox.world.items.values() if buttons(item)]
    assert any("前面填的：外观：破损" in card for card in cards), "the card says what it is now"


@pytest.mark.homes("both")
async def test_a_default_stands_in_the_drop_down_and_counts_with_the_tap_that_asks_for_it(desk: Stage) -> None:
    """Only a card of WeCom has a drop-down."""
    await says(desk, "赵卫东", "增加字段 质检 外观 单选 完好|破损 必填 默认 完好")
    await says(desk, "赵卫东", "发布")
    await taps(desk, "李敏", "发布")
    no = await submitted(desk, NO_REASON)
    await says(desk, "周仓", f"确认收货 {no}")
    await desk.tap(desk.person("许静"), "合格入库", selected={"外观": "完好"})
    assert (await Case.get(no=no)).facts["外观"] == "完好"
