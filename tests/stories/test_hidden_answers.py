"""What a node hides stays hidden: in defaults, in what a correction leaves, in lists; and the same said in cells."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from models import Case
from tests.stories.test_forms import shoots
from tests.stories.test_formulas import rule
from tests.stories.test_owner_file import BOTH, OWNER, SECOND, handed_out, sent_back
from tests.support.owners import shop
from tests.support.stories import NO_REASON, news, play, says, stand, submitted, taps, the_cards_are_true
from tests.support.workbooks import edited, find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl import Workbook

    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

CHANGE = (
    "增加字段 质检 外观 单选 完好|破损 必填；增加字段 质检 缺陷 文本 当 外观=破损 必填；"
    "增加字段 质检 紧要 单选 是|否 必填；增加字段 质检 情况 文本；增加字段 质检 情况说明 文本 必填；"
    "流程 财务退款 外观 可改；流程 财务退款 紧要 可改；流程 财务退款 情况 可改；流程 财务退款 缺陷 隐藏；"
    "增加字段 财务退款 付款备注 文本 默认 缺陷"
)
SECRET = "底座裂缝"
ANSWERS = ("破损", "是", "脏", "洗过", SECRET)


async def at_finance(desk: Stage, change: str = CHANGE, answers: Sequence[str] = ANSWERS, *rows: str) -> str:
    await says(desk, "赵卫东", change)
    await says(desk, "赵卫东", "发布")
    await play(desk, "李敏 看改动", "李敏 发布")
    if rows:
        await rule(desk, *rows)
    no = await submitted(desk, NO_REASON)
    await says(desk, "周仓", f"确认收货 {no}")
    await says(desk, "许静", f"合格入库 {no}")
    for words in answers:
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


async def test_a_correction_by_which_the_refund_would_be_another_is_refused(desk: Stage) -> None:
    change = "增加字段 质检 磨损 数字 必填；流程 财务退款 磨损 可改"
    no = await at_finance(desk, change, ["1"], "规则: 折旧, 算: 磨损 × 1")
    assert (await Case.get(no=no)).amount == Decimal("4.10")
    told = await says(desk, "钱芳", f"改 {no} 磨损 0.5")
    assert f"{no} 的退款按这一栏算，这样改会从 ¥4.10 变成 ¥4.60，没有改；请退回去重填" in told
    case = await Case.get(no=no)
    assert (case.facts["磨损"], case.amount) == ("1", Decimal("4.10"))


def in_cells(book: Workbook) -> None:
    """What an owner writes into the cells of a form: its conditions, its default, and what finance may do with it."""
    nodes = book["节点"]
    fields = (
        "外观｜单选｜必填｜完好、破损｜默认=完好",
        "缺陷照片｜照片｜必填｜当=外观=破损",
        "情况｜文本｜必填当=金额>500",
        "货号｜文本｜默认={订单号}",
    )
    find(nodes, "表单", 节点="质检").value = "\n".join(fields)
    find(nodes, "字段", 节点="财务退款").value = "缺陷照片=隐藏；外观=可改；货号=只读"


@pytest.mark.homes("both")
@pytest.mark.parametrize("platform", BOTH)
async def test_the_same_in_cells(sqlite: str, platform: str) -> None:
    owner, second = OWNER[platform], SECOND[platform]
    async with shop(sqlite, platform, owner, second, "许静", "钱芳") as desk:
        data, link = await handed_out(desk, owner, platform)
        told = await sent_back(desk, platform, edited(in_cells, data), link)
        assert "质检 增加表单项 缺陷照片（填 照片，必填 是，当 外观=破损）" in told
        assert "财务退款 货号：照常 → 只读" in told
        await taps(desk, owner, "请求发布")
        await play(desk, f"{second} 看改动", f"{second} 发布")
        no = await submitted(desk, "退货 700 质量问题")
        await play(desk, "王建国 同意", "赵卫东 同意", "周仓 确认收货")
        await says(desk, "许静", f"合格入库 {no}")
        await says(desk, "许静", "破损")
        await says(desk, "许静", "修得好")
        assert "缺陷照片？" in await says(desk, "许静", "好"), "it is asked once what it hangs on is known"
        assert f"{no} 合格入库" in await shoots(desk, "许静")
        assert "前面填的：外观：破损；货号：700" in news(desk, "钱芳")[-1]
        assert "照片 #" not in await says(desk, "钱芳", f"查 {no}")


@pytest.mark.homes("both")
async def test_a_rehearsal_offers_no_more_than_the_owner_of_its_card_would_see(desk: Stage) -> None:
    await says(desk, "赵卫东", CHANGE)
    await says(desk, "赵卫东", "演练 随便 七天无理由")
    await play(desk, "赵卫东 确认收货", "赵卫东 合格入库")
    for words in ANSWERS:
        await says(desk, "赵卫东", words)
    await play(desk, "赵卫东 同意", "赵卫东 确认退款")
    [asked] = [words for words in news(desk, "赵卫东") if "付款备注？" in words and "演练" in words]
    assert "默认" not in asked, asked
