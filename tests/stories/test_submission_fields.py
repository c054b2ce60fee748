"""An owner has something asked for before a case is opened: in the line, in the draft, and afterwards everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case
from tests.support.own_flows import use
from tests.support.proof import chain_holds
from tests.support.stories import news, play, says, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

CHANNEL = "增加字段 提交 购买渠道 单选 直播间|店铺|门店 必填；增加字段 提交 主播 文本 当 购买渠道=直播间 必填"
FLOW = """
流程: 退货
开始: 分流
提交表单:
  - {名: 购买渠道, 填: 单选, 选项: [直播间, 店铺, 门店], 必填: true, 问: 在哪里买的？}
  - {名: 主播, 填: 文本, 必填: true, 当: {购买渠道: 直播间}}
  - {名: 电话, 填: 文本, 默认: "{客户手机}"}
节点:
  分流:
    类型: 自动
    去:
      - {当: {购买渠道: 门店}, 去: 门店看货, 规则: 门店买的}
      - {去: 审核, 规则: 其余}
  门店看货:
    类型: 人工
    标题: 看货 {商品}
    负责人: {角色: 客服组长}
    时限: 1天
    显示: [单号, 购买渠道]
    动作: {同意: {去: 完成}}
  审核:
    类型: 人工
    标题: 审核 {商品}
    负责人: {角色: 客服组长}
    时限: 1天
    显示: [单号]
    动作: {同意: {去: 完成}}
  完成: {类型: 结束, 状态: 已完成}
预计退款: 否
"""


async def test_what_a_flow_asks_for_at_the_opening_is_asked_and_leads_the_case(desk: Stage) -> None:
    await use(desk, FLOW)
    asked = await says(desk, "林晓", "退货 536365 85123A 质量问题")
    assert "在哪里买的？" in asked
    refused = await says(desk, "林晓", "火星")
    assert "购买渠道没有“火星”这一项，可选：直播间、店铺、门店" in refused
    assert "还没有开单" not in refused
    assert not await Case.filter(kind="退货", order_no="536365").exists()
    assert "主播？\n请直接回复" in await says(desk, "林晓", "直播间")
    phone = await says(desk, "林晓", "小美")
    assert "电话？" in phone, phone
    assert "没有就回复“跳过”" in phone, phone
    draft = await says(desk, "林晓", "跳过")
    assert "购买渠道 直播间" in draft
    assert "主播 小美" in draft
    draft = await says(desk, "林晓", "购买渠道 改成 门店")
    assert "购买渠道 门店" in draft, "an answer to what is not asked is none"
    assert "小美" not in draft, "an answer to what is not asked is none"
    await says(desk, "林晓", "提交")
    case = await Case.get(kind="退货", order_no="536365")
    assert (case.nodes, case.facts["购买渠道"], "主播" in case.facts) == (["门店看货"], "门店", False)
    assert "购买渠道 门店" in "\n".join(news(desk, "王建国"))
    assert "填写：购买渠道：门店" in await says(desk, "王建国", f"查 {case.no}")
    assert case.no in await says(desk, "林晓", "我的单 购买渠道=门店")
    assert case.no not in await says(desk, "林晓", "我的单 购买渠道=店铺")
    assert await chain_holds(case)


async def test_the_line_says_it_by_name_and_the_next_card_shows_it(desk: Stage) -> None:
    await use(desk, FLOW)
    asked = await says(desk, "林晓", "退货 536365 85123A 质量问题 购买渠道：直播间 主播:小美 包装破了")
    assert "电话？" in asked
    draft = await says(desk, "林晓", "13800138000")
    assert "主播 小美" in draft, draft
    assert "备注 包装破了" in draft, draft
    await says(desk, "林晓", "提交")
    assert "前面填的：购买渠道：直播间；主播：小美；电话：13800138000" in "\n".join(news(desk, "王建国"))


async def test_its_submitter_puts_an_answer_right(desk: Stage) -> None:
    await use(desk, FLOW)
    await says(desk, "林晓", "退货 536365 85123A 质量问题 购买渠道:店铺 电话:13800138000")
    await says(desk, "林晓", "提交")
    no = (await Case.get(kind="退货", order_no="536365")).no
    assert "这样改还要填主播，请一起写" in await says(desk, "林晓", f"改 {no} 购买渠道 直播间")
    card = await says(desk, "林晓", f"改 {no} 购买渠道 改成 门店")
    assert "购买渠道 店铺" in card
    assert "购买渠道 门店" in card
    await says(desk, "林晓", "确认修改")
    case = await Case.get(no=no)
    assert (case.nodes, case.facts["购买渠道"]) == (["门店看货"], "门店")
    assert "购买渠道 店铺" in await says(desk, "林晓", f"查 {no}")
    assert await chain_holds(case)


async def test_an_owner_says_it_and_old_cases_keep_what_they_were(desk: Stage) -> None:
    old = await submitted(desk)
    told = await says(desk, "赵卫东", CHANNEL)
    assert "提交 开单前要填 主播（文本，必填，购买渠道=直播间 时才问）" in told
    await says(desk, "赵卫东", "发布")
    await play(desk, "李敏 看改动", "李敏 发布")
    assert "购买渠道？" in await says(desk, "林晓", "退货 536365 71053 质量问题")
    assert "确认退货" in await taps(desk, "林晓", "门店")
    await says(desk, "林晓", "提交")
    assert (await Case.get(no=old)).facts.get("购买渠道") is None
    assert f"{old} 已同意" in await says(desk, "王建国", f"同意 {old}")


async def test_a_rehearsal_asks_for_what_is_needed(desk: Stage) -> None:
    await use(desk, FLOW)
    assert "在哪里买的？" in await says(desk, "赵卫东", "演练 536365 85123A×1 质量问题")
    begun = await says(desk, "赵卫东", "演练 536365 85123A×1 质量问题 购买渠道:门店")
    assert "门店看货" in begun
    assert not await Case.filter(kind="退货", order_no="536365").exists()
