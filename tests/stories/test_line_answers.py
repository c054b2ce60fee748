"""A grade for each product of a case: asked by number, said in one line or several, on the card, in 查 and in rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case
from tests.support.own_flows import use
from tests.support.proof import chain_holds
from tests.support.stories import says, stand, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

FLOW = """
流程: 退货
开始: 验货
节点:
  验货:
    类型: 人工
    标题: 验货 {商品}
    负责人: {角色: 客服组长}
    时限: 1天
    显示: [单号]
    表单:
      - {名: 质检等级, 填: 单选, 选项: [A, B, C, D], 必填: true, 每样: true}
      - {名: 说明, 填: 文本, 必填: true, 当: {质检等级: D}}
    动作:
      验完:
        去:
          - {当: {质检等级: D}, 去: 主管看, 规则: 有一样是 D}
          - {去: 完成, 规则: 都好}
  主管看:
    类型: 人工
    标题: 看 {商品}
    负责人: {角色: 客服主管}
    时限: 1天
    显示: [单号, 质检等级]
    字段: {质检等级: 可改}
    动作: {同意: {去: 完成}}
  完成: {类型: 结束, 状态: 已完成}
预计退款: 否
"""
TWO = "退货 536365 85123A×2 71053×1 质量问题"


async def test_each_product_has_its_grade_and_one_bad_one_leads_the_case(desk: Stage) -> None:
    await use(desk, FLOW)
    no = await submitted(desk, TWO)
    asked = await says(desk, "王建国", f"验完 {no}")
    assert "质检等级？\n1. 白色心形烛台 ×2\n2. 金属灯笼 ×1\n可填：A、B、C、D\n每样都要，请回复“1 A 2 B”" in asked
    assert "金属灯笼：质检等级没有“E”这一项" in await says(desk, "王建国", "2 E")
    assert "记下了，还差 1. 白色心形烛台" in await says(desk, "王建国", "2 D")
    assert "说明？" in await says(desk, "王建国", "1 A")
    await says(desk, "王建国", "罩子裂了")
    case = await Case.get(no=no)
    assert case.facts["质检等级"] == {"85123A": "A", "71053": "D"}
    assert await stand(no) == "处理中 主管看"
    assert "质检等级：白色心形烛台 A、金属灯笼 D" in await says(desk, "林晓", f"查 {no}")
    assert f"{no} 已更正 质检等级" in await says(desk, "李敏", f"改 {no} 质检等级 2 B")
    assert (await Case.get(no=no)).facts["质检等级"] == {"85123A": "A", "71053": "B"}
    assert no in await says(desk, "林晓", "我的单 质检等级=B")
    assert await chain_holds(await Case.get(no=no))


async def test_all_alike_stands_behind_the_action(desk: Stage) -> None:
    await use(desk, FLOW)
    no = await submitted(desk, TWO)
    await says(desk, "王建国", f"验完 {no} 都是A")
    assert (await Case.get(no=no)).facts["质检等级"] == {"85123A": "A", "71053": "A"}
    assert await stand(no) == "已完成"
