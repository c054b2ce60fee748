"""Sentences in which two readings differ in money, goods or owner: said back, asked, or done as they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Parcel
from tests.support.stage import sell
from tests.support.stories import LAMP, approved, says, stand, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, WANG, ZHAO = "林晓", "王建国", "赵卫东"


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("运单 {no} SF9900112233447 SF9900112233448", ["SF9900112233447", "SF9900112233448"]),  # two are not one
        ("运单 {no} 分两个包裹寄的 YT1111222233334 和 YT1111222233335", ["YT1111222233334", "YT1111222233335"]),
        ("运单{no}中通快递78123456789012", ["78123456789012"]),
        ("运单 {no} SF 9900 1122 33446", ["SF9900112233446"]),
        ("运单 {no} SF9900112233447 客户很急", []),
    ],
)
async def test_waybills_as_people_type_them(desk: Stage, typed: str, numbers: list[str]) -> None:
    no = await approved(desk)
    told = await says(desk, LIN, typed.format(no=no))
    assert [parcel.waybill for parcel in await Parcel.all().order_by("id")] == numbers, told
    assert numbers or "“客户很急”没看懂，还没有登记" in told


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("{no}给李敏看一下", "转交 {no} 李敏"),
        ("{no}明天再看", "稍后 {no} 明天"),
        ("{no}这个先放着", "挂起 {no}"),
    ],
)
async def test_to_whom_or_till_when_is_offered(desk: Stage, typed: str, offered: str) -> None:
    no = await submitted(desk)
    assert offered.format(no=no) in await says(desk, WANG, typed.format(no=no))
    assert await stand(no) == "处理中 客服审核"


async def test_decisions_with_reasons_of_two_cases_in_one_line(desk: Stage) -> None:
    a, b = await submitted(desk), await submitted(desk)
    told = await says(desk, WANG, f"{a}同意，{b}驳回，照片不清楚")
    assert f"{b} 已驳回（照片不清楚）" in told
    assert [await stand(a), (await stand(b)).split()[0]] == ["处理中 金额审批", "已关闭"], told


async def test_an_amount_to_be_changed_is_no_remark(desk: Stage) -> None:
    no = await submitted(desk)
    told = await says(desk, WANG, f"同意 {no} 金额改成3")
    assert "就照单子上的 ¥5.10 办" in told
    assert f"改 {no} 金额 3" in told
    assert await stand(no) == "处理中 客服审核"


async def test_a_remark_loses_its_comma_and_stands_in_full_width(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 已驳回（照片不清楚，重拍）" in await says(desk, WANG, f"驳回，{no}，照片不清楚，重拍")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("100块以下的全部通过", "批量同意 2 单"),
        ("金额小于100的都同意", "批量同意 2 单"),
        ("100以下的批了 其他不要动", "批量同意 2 单"),
        ("100以上的批了", "没有符合条件"),
        ("都驳回吧", "批量驳回 2 单"),
    ],
)
async def test_many_at_once_by_amount(desk: Stage, typed: str, told: str) -> None:
    await submitted(desk)
    await submitted(desk)
    assert told in await says(desk, WANG, typed)


async def test_an_order_number_with_money_is_asked_about(desk: Stage) -> None:
    told = await says(desk, LIN, "退款 536365 85123A")
    assert "退货 536365 85123A" in told
    assert "仅退款 536365 85123A" in told


async def test_two_orders_in_one_sentence_are_two_returns(desk: Stage) -> None:
    await sell("536366", LAMP)
    told = await says(desk, LIN, "退货 536365 85123A×1 坏了，536366退灯笼2个 坏了")
    assert "白色心形烛台 ×1" in told
    assert "还有 1 单等着" in told


async def test_reports_asked_for_together_are_drawn(desk: Stage) -> None:
    told = await says(desk, ZHAO, "报表 退货原因 本月\n待办")
    assert "处理时出错" not in told
    assert "退货原因" in told
