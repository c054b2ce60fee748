"""One line that opens cases: goods that stay, goods side by side, further orders, other kinds, forms, agreed money."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.orders.lookup import Choice
from handlers.chat import amounts, answers, drafts, forms, further, parse, portions, rewording
from handlers.chat.sentences import denied
from tests.support.shipped import BUSINESS

TYPES = {word: kind.name for kind in BUSINESS.types.values() for word in (kind.name, *kind.aliases)}
LAMPS = [Choice("TL-01", "护眼台灯", 2, 2), Choice("LD-01", "落地灯", 1, 1), Choice("YK-01", "遥控器", 1, 1)]
PETS = [Choice("LS-002", "牵引绳", 2, 2), Choice("SB-003", "猫抓板", 3, 3)]
FEEDER = [Choice("PF-100", "自动喂食器", 1, 1), Choice("FL-010", "滤网组件", 2, 2)]
TOWELS = [Choice("MJ-05", "纯棉毛巾", 5, 5)]
LITTER = [Choice("LB-200", "智能猫砂机", 1, 1)]
BUT_REMOTE = (("TL-01", 2), ("LD-01", 1))

STAY = [
    ("全部 但遥控器不退", BUT_REMOTE, ("YK-01",)),
    ("全退 不包括遥控器", BUT_REMOTE, ("YK-01",)),
    ("全部退，遥控器除外", BUT_REMOTE, ("YK-01",)),
    ("除遥控器外全退", BUT_REMOTE, ("YK-01",)),
    ("除了遥控器以外其他都退", BUT_REMOTE, ("YK-01",)),
    ("都退了吧 遥控器就算了", BUT_REMOTE, ("YK-01",)),
    ("遥控器自留 其他全退", BUT_REMOTE, ("YK-01",)),
    ("遥控器我们不收，其余的都退了吧", BUT_REMOTE, ("YK-01",)),
    ("全部但是遥控器和落地灯不退", (("TL-01", 2),), ("YK-01", "LD-01")),
    ("台灯2个 别退遥控器", (("TL-01", 2),), ("YK-01",)),
    ("台灯2个，没说要退遥控器", (("TL-01", 2),), ("YK-01",)),
    ("千万别退遥控器 只退台灯两个", (("TL-01", 2),), ("YK-01",)),
    ("台灯不退，落地灯退", (("LD-01", None),), ("TL-01",)),
    ("不是台灯，是落地灯", (("LD-01", None),), ("TL-01",)),
    ("别退遥控器", (), ("YK-01",)),
    ("只退台灯两个 其他的留着", (("TL-01", 2),), ()),
]


@pytest.mark.parametrize(("typed", "items", "stays"), STAY)
def test_what_is_said_to_stay_is_not_taken_back(typed: str, items: Any, stays: tuple[str, ...]) -> None:
    got = _read(typed, LAMPS)
    assert (got.items, got.stays, got.note) == (items, stays, "")


SAID: list[tuple[str, list[Choice], dict[str, Any]]] = [
    ("牵引绳和猫抓板各退一个", PETS, {"items": (("LS-002", 1), ("SB-003", 1))}),
    ("牵引绳、猫抓板分别退2个", PETS, {"items": (("LS-002", 2), ("SB-003", 2))}),
    ("遥控器和落地灯都退", LAMPS, {"items": (("YK-01", None), ("LD-01", None))}),
    # of the lamps there are two: one, or both?
    ("台灯和遥控器都退", LAMPS, {"items": (("TL-01", None), ("YK-01", None)), "rivals": ("都退",)}),
    ("猫抓板3个 有一个客户不退", PETS, {"items": (("SB-003", None),), "rivals": ("3个", "有一个客户不退")}),
    ("猫抓板 3个 其中一个不要退", PETS, {"items": (("SB-003", None),), "rivals": ("3个", "其中一个不要退")}),
    ("猫抓板留一个", PETS, {"items": (("SB-003", None),), "rivals": ("猫抓板留一个",)}),
    ("毛巾 退两条或者三条", TOWELS, {"items": (("MJ-05", 2),), "decided": "2 件", "doubts": ("或者三条",)}),
    ("猫抓板3个 每个退10块", PETS, {"items": (("SB-003", 3),), "doubts": ("每个退10块",)}),
    ("毛巾 不是3条是2条", TOWELS, {"items": (("MJ-05", 2),)}),
    ("毛巾 是3条，不是2条", TOWELS, {"items": (("MJ-05", 3),)}),
    ("毛巾五条只有三条有洞，只退那三条，订单", TOWELS, {"items": (("MJ-05", 3),), "decided": "3 件"}),
    ("俩台灯都要退", LAMPS, {"items": (("TL-01", 2),)}),
    ("商品：猫抓板 数量：2", PETS, {"items": (("SB-003", 2),)}),
    ("猫抓板退2个", PETS, {"items": (("SB-003", 2),)}),
    ("滤网不想要了", FEEDER, {"items": (("FL-010", None),), "types": ("七天无理由",)}),
    ("猫砂机 先退一半，收到再退一半", LITTER, {"items": (("LB-200", None),), "doubts": ("收到再退一半",)}),
    ("猫抓板1个 如果不行就算了", PETS, {"items": (("SB-003", 1),), "doubts": ("如果不行就算了",)}),
    ("毛巾一条 先别提交我再问问客户", TOWELS, {"items": (("MJ-05", 1),), "waits": "先别提交我再问问客户"}),
    # the lamp is named by what is not wanted: which of them is asked
    ("三样里不含落地灯", LAMPS, {"between": (("三样里不含落地灯", ("TL-01", "LD-01", "YK-01"), None),)}),
]


@pytest.mark.parametrize(("typed", "goods", "expected"), SAID)
def test_what_one_line_says_of_its_goods(typed: str, goods: list[Choice], expected: dict[str, Any]) -> None:
    got = _read(typed, goods)
    empty = drafts.Typed()
    names = {"items", "rivals", "decided", "types", "doubts", "waits", "between"}
    found = {name: getattr(got, name) for name in names if getattr(got, name) != getattr(empty, name)}
    assert {"doubts": found.get("doubts"), **found} == {
        "doubts": expected.get("doubts", found.get("doubts")),
        **expected,
    }


def _read(typed: str, goods: list[Choice]) -> drafts.Typed:
    return drafts.read(parse.words(parse.normalise(typed)), goods, TYPES)


CANDLES = [Choice("85123A", "白色心形烛台", 6, 6), Choice("71053", "金属灯笼", 6, 6)]
BOTH = {"items": (("85123A", 2), ("71053", 1))}
GLUED: list[tuple[str, list[Choice], dict[str, Any]]] = [
    ("烛台2 灯笼1", CANDLES, BOTH),
    ("烛台2灯笼1", CANDLES, BOTH),
    ("烛台2，灯笼1", CANDLES, BOTH),
    ("烛台2、灯笼1", CANDLES, BOTH),
    ("烛台2+灯笼1", CANDLES, BOTH),
    ("烛台:2 灯笼:1", CANDLES, BOTH),
    ("2烛台1灯笼", CANDLES, BOTH),
    ("台2 灯1", CANDLES, BOTH),
    ("喂食器1 滤网2", FEEDER, {"items": (("PF-100", 1), ("FL-010", 2))}),
    ("牵引绳2猫抓板1 退货 坏了", PETS, {"items": (("LS-002", 2), ("SB-003", 1)), "types": ("质量问题",)}),
    ("那个牵引绳2坏了", PETS, {"items": (("LS-002", 2),), "types": ("质量问题",)}),
    ("牵引绳2都坏了", PETS, {"items": (("LS-002", 2),), "note": "牵引绳2个都坏了"}),
    ("毛巾3 退", TOWELS, {"items": (("MJ-05", 3),)}),
    ("毛巾3退", TOWELS, {"items": (("MJ-05", 3),)}),
    ("毛巾要3", TOWELS, {"items": (("MJ-05", 3),)}),
    ("毛巾坏了2", TOWELS, {"items": (("MJ-05", 2),), "types": ("质量问题",)}),
    ("毛巾三", TOWELS, {"items": (("MJ-05", 3),)}),
    # what nobody can tell is asked about, and never taken for one
    ("毛巾3起毛", TOWELS, {"items": (("MJ-05", None),), "note": "毛巾3起毛", "unclear": ("毛巾3起毛",)}),
    ("毛巾3-4", TOWELS, {"items": (("MJ-05", None),), "note": "毛巾3-4", "unclear": ("毛巾3-4",)}),
    ("牵引绳2 3根", PETS, {"items": (("LS-002", None),), "units": (3,), "rivals": ("2个", "3根")}),
    ("毛巾留2", TOWELS, {"items": (("MJ-05", None),), "note": "毛巾留2个", "rivals": ("毛巾留2个",)}),
    # no counts of goods
    ("毛巾3天就掉色", TOWELS, {"items": (("MJ-05", None),), "note": "毛巾3天就掉色"}),
    ("牵引绳2米的断了", PETS, {"items": (("LS-002", None),), "note": "牵引绳2米的断了"}),
    ("毛巾3", [Choice("MJ-05", "纯棉毛巾3代", 5, 5)], {"items": (("MJ-05", None),), "note": "毛巾3"}),  # its name
]


@pytest.mark.parametrize(("typed", "goods", "expected"), GLUED)
def test_a_number_glued_to_goods_is_how_many_of_them(typed: str, goods: list[Choice], expected: dict[str, Any]) -> None:
    got = _read(typed, goods)
    names = {"items", "units", "types", "note", "unclear", "rivals", "between", "asks", "unknown"}
    assert {name: value for name in names if (value := getattr(got, name))} == expected


def test_a_number_behind_a_verb_is_pieces_or_money_and_asked_about() -> None:
    assert [(ask.wish, ask.bare) for ask in _read("毛巾退3 起毛", TOWELS).asks] == [("3.00", True)]
    assert answers.product("灯笼2、烛台1", CANDLES) == [("71053", 2), ("85123A", 1)]


WISHES = [
    ("我们只同意500", "500.00"),
    ("客户要2880，我们只同意500", "500.00"),  # what somebody has only asked for counts no more
    ("客户只要500", "500.00"),
    ("跟客户谈好500", "500.00"),
    ("客户开口50，最后说好30", "30.00"),
    ("客户要全款，店里只肯给300", "300.00"),
    ("退款金额：500", "500.00"),
    ("双方协商退800", "800.00"),
    ("只要2个", None),
    ("退俩", None),
    ("只退仨", None),  # of goods, and never of yuan
]


@pytest.mark.parametrize(("typed", "wish"), WISHES)
def test_what_both_have_agreed_on_is_the_amount(typed: str, wish: str | None) -> None:
    assert [ask.wish for ask in amounts.asks(parse.normalise(typed))] == ([wish] if wish else [])


PORTIONS = [
    ("台灯坏了 落地灯不想要了", LAMPS, ["台灯坏了", "落地灯不想要了"]),
    ("台灯质量问题，落地灯物流损坏", LAMPS, ["台灯质量问题", "落地灯物流损坏"]),
    ("质量问题 物流损坏", LAMPS, ["质量问题 物流损坏"]),  # no goods at all: both are asked
    ("毛巾不是坏了，是不想要了 2条", TOWELS, ["毛巾不是坏了,是不想要了 2条"]),
    ("质量问题 客户说不想要了", LITTER, ["质量问题 客户说不想要了"]),
    ("喂食器质量问题 滤网不想要了", FEEDER, ["喂食器质量问题", "滤网不想要了"]),
]


@pytest.mark.parametrize(("typed", "goods", "pieces"), PORTIONS)
def test_two_reasons_with_goods_by_any_name(typed: str, goods: list[Choice], pieces: list[str]) -> None:
    found = portions.apart(parse.words(parse.normalise(typed)), goods, TYPES)
    assert [" ".join(words) for words in found] == pieces


@given(
    st.lists(
        st.sampled_from([*TYPES, "台灯", "遥控器", "不退", "除了", "都", "2个", "一个", "，", "和", "500", "备注"])
    )
)
def test_no_order_of_known_words_breaks_a_reader(words: list[str]) -> None:
    """Two reasons without any goods once ended in an exception, and the agent heard nothing."""
    typed = parse.words(parse.normalise(" ".join(words)))
    assert portions.apart(typed, LAMPS, TYPES)
    assert drafts.read(typed, LAMPS, TYPES) is not None
    assert further.kinds("退货", typed, LAMPS)


ORDERS = {"800300", "800500", "800600"}
GROUPS = [
    ("800200 和800300都要退 全退 质量问题", ["800200", "800300 全退 质量问题"]),
    ("800200 跟800300各退一个", ["800200", "800300 一个"]),
    ("800200 、800500两单 都是质量问题 全退", ["800200", "800500 都是质量问题 全退"]),
    ("800200 保温杯1个质量问题 退货800500毛巾2条", ["800200 保温杯1个质量问题", "800500 毛巾2条"]),
    ("800200 的绳子和800500的毛巾各退一个", ["800200 的绳子", "800500 毛巾各退一个"]),
    ("800200 挂灯1个,800300退茶杯2个", ["800200 挂灯1个", "800300 茶杯2个"]),
    ("800200 猫抓板 上次800500也坏过", ["800200 猫抓板 上次800500也坏过"]),  # a remark
    ("800200 800500 坏了 备注 800300", ["800200", "800500 坏了 备注 800300"]),
]


@pytest.mark.parametrize(("typed", "lines"), GROUPS)
def test_each_order_of_a_line_has_its_own_words(typed: str, lines: list[str]) -> None:
    got = further.groups(["退货", *parse.words(parse.normalise(typed))], ORDERS)
    assert [" ".join(words) for words in got] == [f"退货 {line}" for line in lines]


KINDS = [
    ("喂食器退货，滤网换货", ["退货 喂食器", "换货 滤网"]),
    ("喂食器退货，滤网两个换货 质量问题", ["退货 喂食器 质量问题", "换货 滤网两个 质量问题"]),
    ("滤网2个退货，喂食器维修", ["退货 滤网2个", "维修 喂食器"]),
    ("喂食器 上次换货", ["退货 喂食器 上次换货"]),  # nobody can tell: asked about before it is drafted
    ("喂食器不换货", ["退货 喂食器不换货"]),
]


@pytest.mark.parametrize(("typed", "lines"), KINDS)
def test_each_kind_of_a_line_has_its_own_goods(typed: str, lines: list[str]) -> None:
    got = further.kinds("退货", parse.words(parse.normalise(typed)), FEEDER)
    assert [" ".join([kind, *words]) for kind, words in got] == lines


def test_another_kind_in_a_remark_is_in_doubt_but_money_that_goes_is_none() -> None:
    assert further.in_doubt((), "滤网换货，老客户", "退货", ()) == ("滤网换货",)
    assert further.in_doubt((), "上次800500也坏过", "退货", {"800500"}) == ("上次800500也坏过",)
    assert further.in_doubt(("客户同意不退货",), "客户同意不退货，全额退", "仅退款", ()) == ()


FORMS = [
    ("订单号：800300\n商品：猫抓板\n数量：2\n原因：质量问题\n备注：开线", "800300 猫抓板 2个 质量问题 备注 开线"),
    ("售后类型：退货\n订单号：800300\n商品：猫抓板", "退货 800300 猫抓板"),
    ("退货\n订单号: 800600\n商品: 保温杯\n数量: 1", "退货 800600 保温杯 1个"),
    ("【订单号】800600\n【商品】保温杯\n【数量】1", "800600 保温杯 1个"),
    ("订单编号：800400\n退款金额：500\n急用", "800400 只退500 急用"),
    ("单号：800300，商品：牵引绳，数量：1，原因：质量问题", "800300 牵引绳 1个 质量问题"),
    ("退货 800300 猫抓板\n备注：开线", "退货 800300 猫抓板\n备注：开线"),  # a line and a remark are no form
    ("备注：开线\n说明：急", "备注：开线\n说明：急"),
]


@pytest.mark.parametrize(("pasted", "line"), FORMS)
def test_a_pasted_form_is_the_line_that_says_the_same(pasted: str, line: str) -> None:
    assert forms.in_one_line(pasted) == line


@pytest.mark.parametrize(
    ("text", "number", "is_wrong"),
    [
        ("不是SF1234567890 是SF1234567891", "SF1234567890", True),
        ("不是SF1234567890 是SF1234567891", "SF1234567891", False),
        ("SF1234567890写错了，应该是SF1234567891", "SF1234567890", True),
        ("SF1234567890写错了，应该是SF1234567891", "SF1234567891", False),
        ("寄了 SF1234567890", "SF1234567890", False),
    ],
)
def test_a_number_that_is_said_to_be_wrong(text: str, number: str, is_wrong: bool) -> None:
    assert denied(parse.normalise(text), number) is is_wrong


@pytest.mark.parametrize(
    ("text", "waits", "submits", "first"),
    [
        ("没问题，交上去", False, True, ""),
        ("好了报上去吧", False, True, ""),
        ("提交", False, True, ""),
        ("改成一个再提交", False, False, "改成一个"),
        ("备注加上箱子破了然后提交", False, False, "备注加上箱子破了"),
        ("退货还是换货我再问问，等我一下", True, False, ""),
        ("等会儿再提交", True, False, "等会儿"),
        ("先别提交", True, False, ""),
        ("不用提交了", False, False, ""),
    ],
)
def test_what_is_said_of_submitting(text: str, waits: bool, submits: bool, first: str) -> None:
    said = parse.normalise(text)
    assert (rewording.waits(said), rewording.submits(said), rewording.before_submitting(said)) == (
        waits,
        submits,
        first,
    )
