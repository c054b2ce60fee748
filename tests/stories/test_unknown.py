"""What is unknown is said to be unknown, with the nearest that there is; only what is known may be none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Product
from tests.support.stage import sell
from tests.support.stories import LAMP, news, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, LI, WANG = "林晓", "李敏", "王建国"


async def a_case(desk: Stage) -> str:
    await sell("9001", {"H1": ("草帽", 2, "30.00")}, shop="天猫旗舰店", region="华东")
    await Product.create(sku="H1", title="草帽", category="服装", line="夏季", supplier="甲厂")
    return await submitted(desk, "退货 9001 H1×1 质量问题")


UNKNOWN = [
    pytest.param("查 品牌=苹果", "没有“品牌”这个筛选", id="a column that there is not"),
    pytest.param("查 品种=服装", "没有“品种”这个筛选，是不是“品类”？", id="one that is nearly there"),
    pytest.param("查 区域=火星区", "区域里没有“火星区”", id="a region"),
    pytest.param("查 区域=华冬", "区域里没有“华冬”，是不是“华东”？", id="a slip"),
    pytest.param("查 店铺=天猫", "店铺里没有“天猫”，是不是“天猫旗舰店”？", id="half a name"),
    pytest.param("查 退货类型=质量", "退货类型里没有“质量”，是不是“质量问题”", id="half a type"),
    pytest.param("查 品类=家电", "品类里没有“家电”", id="a category"),
    pytest.param("查 状态=处理", "没有“处理”这个状态，是不是“处理中”", id="a state"),
    pytest.param("导出 区域=火星区", "区域里没有“火星区”", id="a file"),
    pytest.param("导出 火星区", "没看懂“火星区”", id="a file, by a word alone"),
    pytest.param("导出 上周 火箭", "没看懂“火箭”", id="a file of a time, by a word alone"),
    pytest.param("我的单 火箭", "“火箭”", id="a word that no list knows"),
    pytest.param("导出 退货 店铺 拼多多", "店铺里没有“拼多多”", id="a column without its sign, and its value"),
    pytest.param("导出 质量问提", "没看懂“质量问提”，是不是“质量问题”", id="a slip in a word alone"),
    pytest.param("报表 退货原因 区域=火星区", "区域里没有“火星区”", id="a picture"),
    pytest.param("报表 退货原因 火星区", "没看懂“火星区”", id="a picture, by a word alone"),
    pytest.param("报表 退货原应", "没看懂“退货原应”，是不是“退货原因”", id="a picture that there is not"),
    pytest.param("报表 退货原因 11月31日", "没有11月31日这一天", id="a day that there is not"),
    pytest.param("批量同意 火星区", "没有“火星区”这个节点或类型", id="many at once"),
    pytest.param("批量同意 金额审核", "没有“金额审核”这个节点或类型，是不是“金额审批”", id="a slip in a node"),
    pytest.param("批量转交 李明", "没有叫 李明 的员工，是不是“李敏”", id="a person"),
    pytest.param("名单 移除 13800138001", "名单里没有 13800138001", id="a customer"),
]


@pytest.mark.parametrize(("said", "answer"), UNKNOWN)
async def test_what_is_unknown_is_said_to_be(desk: Stage, said: str, answer: str) -> None:
    await a_case(desk)
    told = await says(desk, LI, said)
    assert answer in (told or news(desk, LI)[-1])
    assert "没有你能看的单" not in told


KNOWN = [
    pytest.param("查 退货类型=发货错误", "发货错误：没有你能看的单", id="a type of the rules"),
    pytest.param("查 区域=华东 去年", "2025-01-01~2025-12-31 · 华东：没有你能看的单", id="a region, at another time"),
    pytest.param("导出 店铺=天猫旗舰店 去年", "2025-01-01~2025-12-31 · 天猫旗舰店：没有你能看的单", id="a shop"),
]


@pytest.mark.parametrize(("said", "answer"), KNOWN)
async def test_what_is_known_may_be_none_and_of_which_time(desk: Stage, said: str, answer: str) -> None:
    await a_case(desk)
    assert answer in await says(desk, LI, said)


async def test_the_papers_of_an_order_are_those_of_its_one_case(desk: Stage) -> None:
    no = await a_case(desk)
    assert no in await says(desk, LI, "导出 9001")


async def test_the_papers_of_an_order_with_two_cases_ask_which(desk: Stage) -> None:
    await sell("9002", LAMP)
    one, two = [await submitted(desk, f"退货 9002 {sku}×1 质量问题") for sku in ("85123A", "71053")]
    asked = await says(desk, LI, "导出 9002")
    assert "9002 有 2 单" in asked
    assert one in asked
    assert two in asked


async def test_days_without_a_year_are_periods_too(desk: Stage) -> None:
    await a_case(desk)
    assert "1 单" in await says(desk, LI, "查 区域=华东 11-23")
    assert "没有你能看的单" in await says(desk, LI, "查 区域=华东 11-20")
