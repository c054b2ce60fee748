"""A kind of the business's own: made by one, published by another, opened at once by its own word, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case
from tests.support.owners import offers, publish, the_other_cards_are_true
from tests.support.stories import finish, says, stand, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
NEW = "新建流程 无理由退货 照 退货 类型 七天无理由"


async def test_it_is_opened_by_its_own_word_and_walks_its_own_flow(desk: Stage) -> None:
    told = await says(desk, "陈卓", NEW)
    assert "增加流程 无理由退货" in told
    assert "客服 可用 无理由退货（本人）" in told
    more = await says(desk, "陈卓", "流程 无理由退货 质检 时限 4小时")
    assert "无理由退货 和“退货”不同：质检 时限：48小时 → 4小时" in more  # nothing hides behind the new name
    assert "你的角色不能用" in await says(desk, "林晓", NEW)
    await says(desk, "陈卓", "发布")
    await taps(desk, "赵卫东", "发布")
    draft = await says(desk, "林晓", "无理由退货 536365 85123A×2")
    assert "确认无理由退货" in draft
    assert "类型 七天无理由" in draft.replace("：", " ")  # the only one that leads there
    await taps(desk, "林晓", "提交")
    case = await Case.get()
    assert case.kind == "无理由退货"
    assert "许静 质检" in await finish(desk, case.no)
    assert (await stand(case.no)).startswith("已完成")
    await the_other_cards_are_true(desk)


async def test_it_is_in_the_help_has_its_sheet_and_picture_and_goes_back_in_one_tap(desk: Stage) -> None:
    await publish(desk, "陈卓", "赵卫东", NEW)
    assert "自己的种类：无理由退货" in await says(desk, "林晓", "帮助")
    assert "自己的种类" not in await says(desk, "周仓", "帮助")
    assert "无理由退货 <订单号>" in await says(desk, "林晓", "帮助 无理由退货")
    assert "无理由退货流程 · 第 1 版" in await says(desk, "陈卓", "流程 无理由退货")
    await says(desk, "陈卓", "回滚")
    assert "自己的种类" not in await says(desk, "林晓", "帮助")
    assert "没有流程“无理由退货”" in await says(desk, "陈卓", "流程 无理由退货")


async def test_its_name_in_a_sentence_is_no_other_kind(desk: Stage) -> None:
    await publish(desk, "陈卓", "赵卫东", "新建流程 大件退货 照 退货 类型 质量问题")
    assert "确认大件退货" in await says(desk, "林晓", "客户要大件退货536365那个烛台1个 质量问题")
    assert "确认退货" in await says(desk, "何佳", "客户要退货536365那个灯笼1个 质量问题")


async def test_a_policy_of_its_own_decides_who_approves(desk: Stage) -> None:
    await publish(
        desk, "陈卓", "赵卫东", NEW, "新建政策 宽松 照 standard 当 种类=无理由退货", "规则 宽松 主管审批 审批 客服组长"
    )
    assert offers(desk, "赵卫东") == [["回滚"]]
    assert "客服组长" in await says(desk, "林晓", "无理由退货 536365 85123A×2")
    assert "客服主管" in await says(desk, "何佳", "退货 536365 71053×1 七天无理由")
