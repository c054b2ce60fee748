"""What a node hides stays hidden: in defaults, in what a correction leaves, in lists, in a rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case
from tests.support.stories import NO_REASON, news, play, says, stand, submitted, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

CHANGE = (
    "增加字段 质检 外观 单选 完好|破损 必填；增加字段 质检 缺陷 文本 当 外观=破损 必填；"
    "增加字段 质检 紧要 单选 是|否 必填；增加字段 质检 情况 文本；增加字段 质检 情况说明 文本 必填；"
    "流程 财务退款 外观 可改；流程 财务退款 紧要 可改；流程 财务退款 情况 可改；流程 财务退款 缺陷 隐藏；"
    "增加字段 财务退款 付款备注 文本 默认 缺陷"
)
SECRET = "底座裂缝"


async def at_finance(desk: Stage) -> str:
    await says(desk, "赵卫东", CHANGE)
    await says(desk, "赵卫东", "发布")
    await play(desk, "李敏 看改动", "李敏 发布")
    no = await submitted(desk, NO_REASON)
    await says(desk, "周仓", f"确认收货 {no}")
    await says(desk, "许静", f"合格入库 {no}")
    for words in ("破损", "是", "脏", "洗过", SECRET):
        await says(desk, "许静", words)
    await says(desk, "李敏", f"同意 {no}")
    return no


async def test_finance_never_reads_what_is_hidden_from_it(desk: Stage) -> None:
    no = await at_finance(desk)
    assert await stand(no) == "处理中 财务退款"
    asked = await says(desk, "钱芳", f"确认退款 {no}")
    assert "付款备注？" in asked
    assert "默认" not in asked, "a default made of what its asker does not see is none"
    await says(desk, "钱芳", "取消")
    await says(desk, "钱芳", f"改 {no} 外观 完好")
    assert "缺陷" not in (await Case.get(no=no)).facts
    for words in (f"查 {no}", f"导出 {no}", "导出 本月", f"查 缺陷={SECRET}", f"{no} 全部明细", f"为什么 {no}"):
        await says(desk, "钱芳", words)
    assert SECRET not in "\n".join(news(desk, "钱芳"))
    assert f"改前 外观 破损、缺陷 {SECRET}" in (await says(desk, "林晓", f"查 {no}"))


async def test_words_of_a_correction_mean_the_field_that_they_name(desk: Stage) -> None:
    no = await at_finance(desk)
    await says(desk, "钱芳", f"改 {no} 紧要 否")
    assert f"{no} 已更正 紧要" in await says(desk, "钱芳", f"改 {no} 紧要 是")
    assert "情况说明在财务退款不能改" in await says(desk, "钱芳", f"改 {no} 情况说明 没有事")
    facts = (await Case.get(no=no)).facts
    assert (facts["紧要"], facts["情况"], facts["情况说明"]) == ("是", "脏", "洗过")
    await the_cards_are_true(desk)


def in_cells(book: Workbook) -> None:
    """What an owner writes into the cells of a form, its default, its conditions and what finance may do with it."""
    nodes = book["节点"]
    find(nodes, "表单", 节点="质检").value = (
        "外观｜单选｜必填｜完好、破损｜默认=完好\n缺陷照片｜照片｜必填｜当=外观=破损\n情况｜文本｜必填当=金额>500\n货号｜文本｜默认={订单号}"
    )
    find(nodes, "字段", 节点="财务退款").value = "缺陷照片=隐藏；外观=可改；货号=只读"


@pytest.mark.parametrize("platform", ["wecom", "dingtalk"])
async def test_the_same_in_cells(sqlite: str, platform: str) -> None:
    owner, second = OWNER[platform], SECOND[platform]
    async with shop(sqlite, platform, owner, second) as desk:
        data, link = await handed_out(desk, owner, platform)
        told = await sent_back(desk, platform, edited(in_cells, data), link)
        for words in ("缺陷照片（填 照片，必填 是，当 外观=破损）", "财务退款 货号：照常 → 只读"):
            assert words in told, told
        await publish(desk, owner, second)
