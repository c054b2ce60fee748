"""Of several counts in a sentence the one that goes back is taken, else asked: what was bought is no decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.orders.lookup import Choice
from handlers.chat import drafts, parse
from models import Case, CaseLine
from tests.support.shipped import BUSINESS
from tests.support.stage import sell
from tests.support.stories import says, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN = "林晓"
TYPES = {word: kind.name for kind in BUSINESS.types.values() for word in (kind.name, *kind.aliases)}
TOWELS = [Choice("MM-1", "毛巾", 10, 10), Choice("MM-2", "浴巾", 4, 4)]
LINEN = {"MM-1": ("毛巾", 10, "12.50"), "MM-2": ("浴巾", 4, "45.00")}


@pytest.mark.parametrize(
    ("typed", "units"),
    [
        ("毛巾3条只坏了一条，退一条就行", 1),
        ("毛巾5条退3条，退款37.5", 3),
        ("毛巾10条 只退两条", 2),
        ("买了10条毛巾退俩", 2),
        ("3条毛巾退2条 质量问题", 2),
        ("毛巾退两条就好", 2),
        ("毛巾10条全部退", 10),
        ("MM-1×2 有一条破了", 2),  # a sign says it plainly
        ("毛巾2条 买了两条", 2),
        ("毛巾10条里面有2条破洞 只退25", None),
        ("毛巾十条有两条是坏的要退", None),
        ("毛巾3条 其中2条不退", None),
        ("买了3条毛巾，坏了1条", None),
        ("毛巾退3条 又说退2条", None),
        ("毛巾 有两条破了", None),
    ],
)
def test_the_count_that_goes_back(typed: str, units: int | None) -> None:
    got = drafts.read(parse.words(parse.normalise(typed)), TOWELS, TYPES)
    assert got.items == (("MM-1", units),)
    assert bool(got.rivals) == (units is None)


@pytest.mark.parametrize(
    "typed", ["全部退 无理由", "全退了吧 无理由", "都要退 无理由", "全部要退 无理由", "整单退 无理由"]
)
def test_all_of_it(typed: str) -> None:
    got = drafts.read(parse.words(typed), TOWELS, TYPES)
    assert (got.everything, got.note, got.types) == (True, "", ("七天无理由",))


async def test_two_counts_are_asked_about_with_both_said(desk: Stage) -> None:
    await sell("7", LINEN)
    asked = await says(desk, LIN, "仅退款 7 毛巾10条里面有2条破洞 只退25")
    assert "退几件？" in asked
    assert "写了10条、2条" in asked
    await says(desk, LIN, "2")
    assert "预计退款 ¥25.00" in await taps(desk, LIN, "质量问题")
    await taps(desk, LIN, "提交")
    assert await CaseLine.all().values_list("sku", "requested") == [("MM-1", 2)]
    assert "里面有2条破洞" in (await Case.get()).note


async def test_a_product_that_is_picked_from_the_list_is_asked_how_many(desk: Stage) -> None:
    await sell("7", LINEN)
    await says(desk, LIN, "退货 7 无理由")
    asked = await says(desk, LIN, "1")
    assert "退几件？" in asked
    assert "MM-1 毛巾" in asked
    assert "毛巾 ×4" in await says(desk, LIN, "4")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("退货 7 毛巾2条 客户说发错货了", "类型 发货错误"),
        ("补发 7 少发了一条浴巾", "类型 发货错误"),
        ("退货 7 毛巾2条 不是发错货", "是什么原因？"),
        ("退货 7 毛巾2条 发错货又不想要了", "是什么原因？"),
    ],
)
async def test_a_reason_among_other_words_is_not_asked_again(desk: Stage, line: str, kind: str) -> None:
    await sell("7", LINEN)
    assert kind in await says(desk, LIN, line)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("退货 536365 71053 退俩 质量问题 客户花了10块钱运费", "预计退款 ¥6.78"),
        ("退货 536365 71053 退1 质量问题 客户说3块一个的", "是件数，还是金额？"),
        ("退货 536365 71053 退2件 退5 质量问题", "预计退款 ¥5.00"),
    ],
)
async def test_the_number_that_counts_the_goods_is_no_sum_of_money(desk: Stage, typed: str, told: str) -> None:
    assert told in await says(desk, "林晓", typed)
