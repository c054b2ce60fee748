"""An open draft is corrected in whatever words people use; what it does not hold is said, and kept by asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.orders.lookup import Choice
from handlers.chat import corrections, parse, rewording
from models import Case
from tests.support.shipped import BUSINESS
from tests.support.stage import sell
from tests.support.stories import says, taps

if TYPE_CHECKING:
    from typing import Any

    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN = "林晓"
TYPES = {word: kind.name for kind in BUSINESS.types.values() for word in (kind.name, *kind.aliases)}
LAMPS = [Choice("HD-01", "床头灯", 3, 3), Choice("HD-02", "落地灯", 1, 1), Choice("HD-09", "遥控器", 2, 2)]
SOLD = {"HD-01": ("床头灯", 3, "59.00"), "HD-02": ("落地灯", 1, "199.00"), "HD-09": ("遥控器", 2, "15.00")}

SAID: list[tuple[str, dict[str, Any]]] = [
    ("不对，是一个", {"items": (("HD-01", 1),)}),
    ("错了，应该是3个", {"items": (("HD-01", 3),)}),
    ("一个就够了", {"items": (("HD-01", 1),)}),
    ("多退一个", {"items": (("HD-01", 3),)}),
    ("少退一个，客户说留一个", {"items": (("HD-01", 1),), "remark": "客户说留一个"}),
    ("再加一个遥控器", {"items": (("HD-09", 1),)}),
    ("落地灯也退", {"items": (("HD-02", 1),)}),
    ("等一下，遥控器也要退", {"items": (("HD-09", 1),)}),
    ("床头灯改成1个，再加一个遥控器", {"items": (("HD-01", 1), ("HD-09", 1))}),
    ("床头灯退一个就行", {"items": (("HD-01", 1),)}),
    ("只退遥控器", {"items": (("HD-01", 0), ("HD-09", 1))}),
    ("不是床头灯是落地灯", {"items": (("HD-01", 0), ("HD-02", 1))}),  # no more than were bought
    ("不是质量问题是发错货", {"return_type": "发货错误"}),
    ("数量不是2是3", {"units": 3}),
    ("数量写错了，是1", {"units": 1}),
    ("退款只退100就行客户同意了", {"wish": "100.00", "remark": "客户同意了"}),
    ("金额不对，应该退59", {"wish": "59.00"}),
    ("备注改成新的", {"note": "新的", "replaces": True}),
    ("还要加一个落地灯", {"items": (("HD-02", 1),)}),
    ("把遥控器也加上", {"items": (("HD-09", 1),)}),
    ("不要床头灯了换成落地灯", {"items": (("HD-01", 0), ("HD-02", 1))}),
    ("床头灯不退了，退落地灯", {"items": (("HD-01", 0), ("HD-02", 1))}),
    ("换成遥控器", {"items": (("HD-01", 0), ("HD-09", 2))}),
    ("等等是一个不是两个", {"items": (("HD-01", 1),)}),
    ("不是质量问题，是快递压坏的", {"return_type": "物流损坏"}),
    ("原因选错了，物流损坏", {"return_type": "物流损坏"}),
    ("金额不对啊，应该是59", {"wish": "59.00"}),
    ("加一句 客户要求周五前到账", {"note": "客户要求周五前到账"}),
    ("补一句：箱子也破了", {"note": "箱子也破了"}),
    ("只退一个的钱", {"items": (("HD-01", 1),)}),
    ("备注里加一句 客户急", {"note": "客户急"}),
    ("再备注一下：箱子也破了", {"note": "箱子也破了"}),
    ("备注 是老客户", {"note": "是老客户"}),
    ("备注是老客户", {"note": "是老客户"}),
    ("备注：是老客户", {"note": "是老客户"}),
    ("加备注 为人挑剔", {"note": "为人挑剔"}),
    ("备注是：老客户", {"note": "老客户"}),
    ("备注写成 是老客户", {"note": "是老客户", "replaces": True}),
    ("三个都退", {"items": (("HD-01", 3),)}),
    ("数量改成3个，备注三个都坏", {"units": 3, "note": "三个都坏"}),
    ("换一个啊 不是两个", {"units": 1}),
    ("换3个，不是2个", {"units": 3}),
    ("不是两个 换三个", {"units": 3}),
    ("不是两个啊，要三个", {"items": (("HD-01", 3),)}),
    ("三个呀不是两个", {"items": (("HD-01", 3),)}),
    ("我说换三个呀，不是两个", {"units": 3}),
    ("说了三个 不是两个", {"items": (("HD-01", 3),)}),
    ("换三个 不是换两个", {"units": 3}),
    ("换三个 不是俩", {"units": 3}),
    ("3", {"items": (("HD-01", 3),)}),
    ("10", {"unread": "10"}),  # more than there are
    ("遥控器不退了", {"unread": "遥控器不退了"}),  # none is in the draft
    ("数量改成2，客户叫什么", {"units": 2, "unread": "客户叫什么"}),
]


@pytest.mark.parametrize(("typed", "expected"), SAID)
def test_what_is_to_be_different(typed: str, expected: dict[str, Any]) -> None:
    got = corrections.read(parse.normalise(typed), LAMPS, TYPES, (("HD-01", 2),))
    empty = corrections.Correction()
    found = {name: getattr(got, name) for name in got.__slots__ if getattr(got, name) != getattr(empty, name)}
    assert found == expected


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("改成换货", "换货"),
        ("换成维修吧", "维修"),
        ("不是退货是换货", "换货"),
        ("退货改换货", "换货"),
        ("不退了，改成换货", "换货"),
        ("换货吧不退了", "换货"),
        ("不退了 换吧", "换货"),
        ("不退了，换吧", "换货"),
        ("还是换货吧", "换货"),
        ("客户说不退了 给她修", "维修"),
        ("那就直接换吧", "换货"),
        ("换落地灯", ""),
        ("换一个", ""),
        ("换货", ""),
        ("换货快点", ""),
    ],
)
def test_another_kind(typed: str, kind: str) -> None:
    assert rewording.kind_in(typed, ("退货", "换货", "维修")) == kind


async def test_a_draft_follows_what_is_said(desk: Stage) -> None:
    await sell("7", SOLD)
    await says(desk, LIN, "退货 7 HD-01×2 质量问题 灯不亮")
    assert "床头灯 ×1" in await says(desk, LIN, "不对，是一个")
    assert "床头灯 ×1、遥控器 ×1" in await says(desk, LIN, "再加一个遥控器")
    assert "床头灯 ×1" in await says(desk, LIN, "遥控器不退了")
    assert "备注 灯不亮，插上电有焦味" in await says(desk, LIN, "备注 插上电有焦味")
    changed = await says(desk, LIN, "备注改成 外壳开裂")
    assert "原来的备注“灯不亮，插上电有焦味”换掉了" in changed
    assert "备注 外壳开裂" in changed
    turned = await says(desk, LIN, "改成换货")
    assert "确认换货" in turned
    assert "原来是退货" in turned
    await taps(desk, LIN, "提交")
    case = await Case.get()
    assert (case.kind, case.note) == ("换货", "外壳开裂")


async def test_a_type_takes_its_why_along(desk: Stage) -> None:
    await sell("7", SOLD)
    await says(desk, LIN, "退货 7 HD-01×1")
    told = await says(desk, LIN, "质量问题吧，跑电")
    assert "类型 质量问题" in told
    assert "备注 跑电" in told


@pytest.mark.parametrize(
    ("typed", "goods"), [("床头灯和遥控器各一个", "床头灯 ×1、遥控器 ×1"), ("M码的一件", "羽绒服 黑色 M ×1")]
)
async def test_goods_are_named_by_each_and_by_size(desk: Stage, typed: str, goods: str) -> None:
    await sell("7", SOLD | {"YF-M": ("羽绒服 黑色 M", 2, "599.00")})
    await says(desk, LIN, "退货 7 质量问题")
    assert goods in await says(desk, LIN, typed)


@pytest.mark.parametrize(
    "typed",
    [
        "改地址",
        "电话错了是13900001111",
        "收货地址改成杭州市文一路3号",
        "换地址了 寄到杭州西湖区文三路8号 张三 13900001111",
        "改寄到上海浦东新区张杨路1号",
        "麻烦寄到公司 上海市静安区南京西路100号 李四 13600002222",
        "客人换手机号了 13912345678",
        "收件人换成王五 13700001111",
        "张三 13900001111 杭州西湖区文三路8号",
        "客户要换个收货地址",
    ],
)
async def test_what_stands_in_the_order_is_no_part_of_a_draft(desk: Stage, typed: str) -> None:
    await sell("7", SOLD)
    await says(desk, LIN, "换货 7 HD-01×1 质量问题")
    told = await says(desk, LIN, typed)
    assert "照订单上的写，草稿里改不了" in told
    assert "确认换货" in await says(desk, LIN, told[told.index("备注") :].splitlines()[0])  # what is told to be typed
    await taps(desk, LIN, "提交")
    assert (await Case.get()).note == typed


@pytest.mark.parametrize(
    "typed", ["订单号打错了是880001", "写错单号了 应该是880001", "单号不对 是880001", "不对 是880001那单"]
)
async def test_the_same_draft_is_made_of_the_order_that_was_meant(desk: Stage, typed: str) -> None:
    await sell("7", SOLD)
    await sell("880001", SOLD)
    await says(desk, LIN, "退货 7 HD-01×2 质量问题 灯不亮")
    told = await says(desk, LIN, typed)
    assert "草稿换成了订单 880001，原来写的是 7" in told
    assert "床头灯 ×2" in told
    await taps(desk, LIN, "提交")
    case = await Case.get()
    assert (case.order_no, case.note) == ("880001", "灯不亮")


@pytest.mark.parametrize("typed", ["还是提吧", "那就提吧", "提了吧"])
async def test_a_draft_that_was_to_wait_goes_up_when_that_is_said(desk: Stage, typed: str) -> None:
    await sell("7", SOLD)
    await says(desk, LIN, "退货 7 HD-01×1 质量问题")
    assert "好的，先不提交。草稿还在" in await says(desk, LIN, "算了 先不提")
    assert "已提交" in await says(desk, LIN, typed)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("先别提交", "好的，先不提交。草稿还在"),
        ("等一下我问问客户", "好的，先不提交。草稿还在"),
        ("算了 先不提", "好的，先不提交。草稿还在"),
        ("先放放 我问下客户", "好的，先不提交。草稿还在"),
        ("没问题", "好的，还没有提交。草稿还在"),
        ("遥控器不用退", "草稿里没有遥控器"),
        ("错了，应该是880001的落地灯", "要开 880001 落地灯 的请直接说：退货 880001 落地灯 …"),
        ("订单号错了，是880001", "要开 880001 的请直接说：退货 880001 …"),
    ],
)
async def test_a_draft_that_is_to_wait_or_of_another_order_stays(desk: Stage, typed: str, answer: str) -> None:
    await sell("7", SOLD)
    await says(desk, LIN, "退货 7 HD-01×1 质量问题")
    assert answer in await says(desk, LIN, typed)
    assert "已提交" in await says(desk, LIN, "确认无误，提交")


async def test_a_question_about_a_draft_is_answered_with_what_it_says(desk: Stage) -> None:
    await sell("7", SOLD)
    await says(desk, LIN, "退货 7 HD-01×1 质量问题")
    told = await says(desk, LIN, "客户叫什么名字来着")
    assert "没有改草稿，草稿上是：订单 7" in told
    assert "客户 " in told
