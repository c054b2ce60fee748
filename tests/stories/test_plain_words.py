"""What people say without a command's form, over the wire: no word dropped, no button against what was meant."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Case, Event
from tests.support.stage import buttons, sell
from tests.support.stories import approved, play, received, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, HE, WANG, LI, ZHOU, XU = "林晓", "何佳", "王建国", "李敏", "周仓", "许静"
SHOP = {"HD-01": ("吊灯", 4, "120.00"), "TB-09": ("玻璃茶杯", 10, "15.00")}


async def drafted(desk: Stage, line: str) -> Case:
    """The case that a line comes to, with its first product and type wherever they are asked."""
    told = await says(desk, LIN, line)
    for _ in range(3):
        if "提交前不会保存" in told:
            break
        told = await says(desk, LIN, "1")
    await taps(desk, LIN, "提交")
    return (await Case.all().order_by("-id").limit(1))[0]


REMARKS = [
    ("880002 拒收了，快递退回来了", "退货", "拒收了，快递退回来了"),
    ("880002 少发了一个灯罩", "补发", "少发了一个灯罩"),
    ("补发 880002 少发了一个灯罩", "补发", "少发了一个灯罩"),
    ("漏发 880002 灯罩", "补发", "灯罩"),
    ("880002 漏寄了 补寄一下", "补发", "漏寄了"),
    ("880002 客户说开不了灯，客户要求退货", "退货", "客户说开不了灯"),
]


@pytest.mark.parametrize(("line", "kind", "note"), REMARKS)
async def test_a_word_that_says_what_is_wanted_and_why_is_kept(desk: Stage, line: str, kind: str, note: str) -> None:
    await sell("880002", SHOP)
    case = await drafted(desk, line)
    assert (case.kind, note in case.note) == (kind, True), case.note
    assert not case.note.startswith("了")


async def test_a_difference_in_price_is_a_compensation(desk: Stage) -> None:
    await sell("880002", SHOP)
    assert "补偿 880002" in await says(desk, LIN, "退差价 880002 50元")
    assert "补偿 880002" in await says(desk, LIN, "880002 客户要退差价50元")


async def test_two_reasons_of_one_line_are_two_returns(desk: Stage) -> None:
    await sell("880002", SHOP)
    told = await says(desk, LIN, "退货 880002 HD-01 一件质量问题一件无理由")
    assert "· 退货 880002 HD-01 一件无理由" in told
    await taps(desk, LIN, "提交")
    await taps(desk, LIN, "提交")
    cases = await Case.all().order_by("id").prefetch_related("lines")
    assert [(case.return_type, [line.requested for line in case.lines]) for case in cases] == [
        ("质量问题", [1]),
        ("七天无理由", [1]),
    ]


async def test_two_kinds_in_one_line_are_never_drafted_as_one(desk: Stage) -> None:
    await sell("880002", SHOP)
    told = await says(desk, LIN, "880002 吊灯换2个 茶杯退3个")
    assert "换货 · 订单 880002" in told
    assert "· 退货 880002 茶杯3个" in told


@pytest.mark.parametrize("line", ["880002不退了", "880002 客户说不用退了"])
async def test_a_word_with_a_no_before_it_begins_nothing(desk: Stage, line: str) -> None:
    await sell("880002", SHOP)
    assert "现在什么都没有做" in await says(desk, LIN, line)


@pytest.mark.parametrize("line", ["退货 京东 8 AA-1", "退货 京东8 AA-1", "退货 京东店 8 AA-1", "退货 8 京东 AA-1"])
async def test_a_shop_may_be_said_ahead_of_the_number(desk: Stage, line: str) -> None:
    await sell("8", {"AA-1": ("保温杯", 5, "59.00")}, shop="京东")
    await sell("8", {"BB-1": ("雨伞", 5, "39.00")}, shop="天猫")
    assert "订单 8 · 京东" in await says(desk, LIN, line)


# -- at the dock and the bench -----------------------------------------------------------------------------------------

COUNTED: list[tuple[Callable[[Stage], Awaitable[str]], str, str, str]] = [
    (received, XU, "{no} 一件好的一件坏的", "合格入库（85123A ×1；一件好的一件坏的）"),
    (received, XU, "都是好的", "合格入库（85123A ×2）"),
    (received, XU, "两个都没问题", "合格入库（85123A ×2）"),
    (received, XU, "{no} 一好一坏", "合格入库（85123A ×1；一好一坏）"),
    (received, XU, "{no} 一个有划痕 其他没事", "合格入库（85123A ×1；一个有划痕 其他没事）"),
    (received, XU, "一个能用一个不亮了", "合格入库（85123A ×1；一个能用一个不亮了）"),
    (
        received,
        XU,
        "{no} 两件，好的一件，坏的一件，坏的那件底座裂了",
        "次品处理（85123A ×1；两件，好的一件，坏的一件，坏的那件底座裂了）",
    ),
    (
        received,
        XU,
        "{no}检测完了，一台正常，一台底座有划痕按次品算。",
        "85123A ×1；检测完了，一台正常，一台底座有划痕按次品算）",
    ),
    (approved, ZHOU, "货都到齐了", "已收货（85123A ×2）"),
    (approved, ZHOU, "{no} 只来了一件", "已收货（85123A ×1）"),
    (approved, ZHOU, "{no} 两件里一件好的一件碎了", "已收货（85123A ×2；两件里一件好的一件碎了）"),
    (approved, ZHOU, "那个，{no}到了，嗯，就是说箱子里只有一件，另一件没有看到。", "已收货（85123A ×1"),
    (
        approved,
        ZHOU,
        "{no}外箱压扁了，灯罩碎了一个，另外一个没事",
        "已收货（85123A ×2；外箱压扁了，灯罩碎了一个，另外一个没事）",
    ),
    (approved, ZHOU, "{no}到货2台，送了一包纸巾在里面", "已收货（85123A ×2；到货2台，送了一包纸巾在里面）"),
    (approved, ZHOU, "{no}收到两台，电源线少一根", "已收货（85123A ×2；收到两台，电源线少一根）"),
]


@pytest.mark.parametrize(("way", "name", "typed", "done"), COUNTED)
async def test_goods_that_are_counted_without_a_button_are_offered_with_their_counts(
    desk: Stage, way: Callable[[Stage], Awaitable[str]], name: str, typed: str, done: str
) -> None:
    no = await way(desk)
    before = await stand(no)
    assert "要点一下才算，现在什么都没有做" in await says(desk, name, typed.format(no=no))
    assert await stand(no) == before
    card = desk.card(desk.person(name), "都不是")
    await taps(desk, name, buttons(card)[0])
    assert any(done in each for each in [desk.last(desk.person(name))]), desk.last(desk.person(name))


async def test_what_is_said_of_the_others_is_said_back_and_kept(desk: Stage) -> None:
    no = await received(desk)
    assert "合格入库（85123A ×1；1件，次品1件）" in await says(desk, XU, f"合格入库 {no} 1件，次品1件")
    assert "次品1件" in await says(desk, LIN, f"查 {no}")


async def test_a_sum_of_goods_that_says_both_how_many_came_and_how_they_are_is_no_more_than_that(desk: Stage) -> None:
    no = await approved(desk)
    told = await says(desk, ZHOU, f"确认收货 {no} 收到一件，好的一件")
    assert "已收货（85123A ×1；收到一件，好的一件）" in told
    case = await Case.get(no=no).prefetch_related("lines")
    assert [(line.requested, line.received) for line in case.lines] == [(2, 1)]


#: to a question how many have come: the answer, what is booked with its words; nothing where it is asked again
ANSWERS = [
    ("照办", "已收货（85123A ×2；1件坏了）"),
    ("2", "已收货（85123A ×2；1件坏了）"),
    ("两件都收到了，有一件是碎的", "已收货（85123A ×2；1件坏了，两件都收到了，有一件是碎的）"),
    ("都到了", "已收货（85123A ×2；1件坏了）"),
    ("只到一件", "已收货（85123A ×1；1件坏了）"),
    ("另一件没到", "已收货（85123A ×1；1件坏了）"),
    ("三件", ""),
    ("收到两件，没到一件", ""),
    ("一件不是我们家的", ""),
]


@pytest.mark.parametrize(("answer", "done"), ANSWERS)
async def test_a_question_for_a_count_says_what_was_heard_and_takes_words(desk: Stage, answer: str, done: str) -> None:
    no = await approved(desk)
    asked = await says(desk, ZHOU, f"确认收货 {no} 1件坏了")
    assert "听到的是坏的 1" in asked
    assert "就是 2 件、这句话记下，回复“照办”" in asked
    told = await says(desk, ZHOU, answer)
    assert (done or "收到几件？") in told, told
    assert await stand(no) == ("处理中 质检" if done else "处理中 仓库收货")


async def test_more_than_there_can_be_is_asked_about(desk: Stage) -> None:
    no = await approved(desk)
    asked = await says(desk, ZHOU, f"确认收货 {no} 三件，好的两件，坏的一件")
    assert "听到的是 3 件，最多 2 件，还没有办" in asked
    assert "已收货（85123A ×2；三件，好的两件，坏的一件）" in await says(desk, ZHOU, "2")


async def test_a_thing_that_was_sent_beside_is_kept_and_takes_nothing_back(desk: Stage) -> None:
    no = await approved(desk)
    told = await says(desk, ZHOU, f"{no}收货了，客户多寄了一个水杯要不要寄回去")
    assert f"1 确认收货 {no}" in told
    await taps(desk, ZHOU, "1 确认收货")
    assert "多寄了一个水杯要不要寄回去" in await says(desk, LIN, f"查 {no}")
    assert await stand(no) == "处理中 质检"


async def test_none_of_them_is_good_offers_no_good_ones(desk: Stage) -> None:
    no = await received(desk)
    told = await says(desk, XU, f"{no} 一个都不行")
    assert "次品处理 85123A ×2" in told
    assert "合格入库 85123A" not in told


async def test_a_refusal_with_its_reason_ahead_keeps_it(desk: Stage) -> None:
    no = await approved(desk)
    await says(desk, ZHOU, f"{no} 箱子压坏了，拒收")
    await taps(desk, ZHOU, "1 拒收")
    assert "箱子压坏了" in str((await Event.filter(case__no=no, action="拒收").get()).data)


@pytest.mark.parametrize(
    "typed", ["除了{no}都同意", "先别急，同意 {no}再说", "撤回刚才的同意", "{no} 同意不了，先等等"]
)
async def test_words_against_a_decision_offer_none(desk: Stage, typed: str) -> None:
    no = await submitted(desk)
    told = await says(desk, WANG, typed.format(no=no))
    assert f"同意 {no}" not in told, told
    assert await stand(no) == "处理中 客服审核"


# -- people and steps --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["@李敏 {no} 你来处理", "@回旋镖 @李敏 {no} 麻烦你看下", "{no} 让李敏也看一眼"])
async def test_a_colleague_at_the_front_is_no_mention_of_the_bot(desk: Stage, typed: str) -> None:
    no = await submitted(desk)
    assert f"转交 {no} 李敏" in await says(desk, WANG, typed.format(no=no))
    await taps(desk, WANG, "1 转交")
    assert (await stand(no), "李敏" in await says(desk, LIN, f"查 {no}")) == ("处理中 客服审核", True)


@pytest.mark.parametrize("typed", ["刚才那个同意错了", "不小心点错了", "刚才批错了 {no}"])
async def test_a_mistake_is_offered_to_be_taken_back(desk: Stage, typed: str) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert f"撤回 {no}" in await says(desk, WANG, typed.format(no=no))
    await taps(desk, WANG, "1 撤回")
    assert await stand(no) == "处理中 客服审核"


PLAIN = [
    (LIN, "昨天开了几单", "没有你开的单：昨天"),
    (LIN, "看看我开的单子", "你开的单"),
    (LIN, "我今天开的单", "你开的单 · 今天"),
    (WANG, "林晓今天开了几单", "提交人 林晓：1 单"),
    (WANG, "通过那个退货的", "“通过”哪一单？"),
    (WANG, "李敏手上几单", "负责人 李敏"),
    (WANG, "团队本周情况", "“本周”没看懂，没有算进去；下面是 总览"),
    (LIN, "刚才那单撤了吧", "撤单 R"),
    (WANG, "我明天请假，找李敏代", "请假 明天 到 明天 代理 李敏"),
    (LIN, "我的单 状态 处理中", "你开的单 · 状态 处理中：1 单"),
    (LIN, "我的单 金额>", "“金额>”后面没有写值，什么都没有做"),
    (LIN, "查 金额>", "“金额>”后面没有写值，什么都没有做"),
    (LIN, "李雷的订单", "查 536365"),
    (HE, "谢谢", "不客气"),
    (HE, "辛苦了", "不辛苦"),
    (HE, "好的，我知道了，谢谢李姐", "不客气"),
    (HE, "嗯嗯好", "好的"),
    (HE, "大家好，我是何佳", "我是回旋镖"),
    (HE, "怎么撤单", "写法：撤单"),
    (HE, "？？？", "我是回旋镖"),
]


async def test_what_is_asked_in_plain_words(desk: Stage) -> None:
    no = await submitted(desk)
    wrong = {}
    for name, typed, right in PLAIN:
        told = await says(desk, name, typed, "dingtalk" if desk.person(name).dingtalk else None)
        if right not in told:
            wrong[f"{name}: {typed}"] = told[:200]
    assert not wrong
    assert await stand(no) == "处理中 客服审核"


# -- what runs out, and what comes twice -------------------------------------------------------------------------------


async def test_a_draft_that_runs_out_says_what_went_with_it_and_can_be_gone_on_with(desk: Stage) -> None:
    await sell("880002", SHOP)
    await says(desk, LIN, "退货 536365 85123A×2 质量问题\n退货 880002 HD-01×1 质量问题 不亮")
    card = desk.card(desk.person(LIN), "提交")
    await desk.later(timedelta(minutes=40))
    await desk.tap(desk.person(LIN), "提交", card)
    told = desk.last(desk.person(LIN))
    assert "排在后面的 1 单也没有开" in told
    assert "· 退货 536365 85123A×2 质量问题" in told
    assert "· 退货 880002 HD-01×1 质量问题 不亮" in told
    assert await Case.all().count() == 0
    await says(desk, LIN, "接着开")
    await taps(desk, LIN, "提交")
    await taps(desk, LIN, "提交")
    assert [(case.order_no, case.note) for case in await Case.all().order_by("id")] == [
        ("536365", ""),
        ("880002", "不亮"),
    ]
    assert "没有过期的草稿" in await says(desk, LIN, "接着开")


async def test_whoever_goes_on_with_something_else_hears_of_it_once(desk: Stage) -> None:
    await sell("880002", SHOP)
    await says(desk, LIN, "退货 536365 85123A×2 质量问题\n退货 880002 HD-01×1 质量问题")
    await desk.later(timedelta(minutes=40))
    assert "排在后面的 1 单也没有开" in await says(desk, LIN, "待办")
    assert "也没有开" not in await says(desk, LIN, "待办")
    await says(desk, LIN, "退货 536365 85123A×2 质量问题")
    await desk.later(timedelta(minutes=40))
    assert "上一份草稿没有提交，已经过期，没有保存" in await says(desk, LIN, "提交")


async def test_another_parcel_after_the_goods_are_in_is_asked_about(desk: Stage) -> None:
    no = await received(desk)
    assert f"{no} 已经收过货" in await says(desk, LIN, f"运单 {no} YT9876543210123")
    assert "YT9876543210123" not in await says(desk, LIN, f"查 {no}")
    await says(desk, LIN, f"运单 {no} YT9876543210123")
    await taps(desk, LIN, "1 运单")
    assert "登记运单（运单 YT9876543210123）" in await says(desk, LIN, f"查 {no}")
    await the_cards_are_true(desk)


async def test_every_waybill_that_was_typed_has_an_answer(desk: Stage) -> None:
    no = await approved(desk)
    await says(desk, LIN, f"运单 {no} SF1234567890")
    told = await says(desk, ZHOU, "到了两个快递 SF1234567890 YT1122334455667")
    assert "收货：SF1234567890" in told
    assert "YT1122334455667 没有登记过，没有收" in told
