"""A return as typed is sorted without losing a word: goods, counts, type, money, note, and what nobody can place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.orders.lookup import Choice
from handlers.chat import amounts, answers, drafts, parse, portions
from models import Case
from tests.support.shipped import BUSINESS

TYPES = {word: kind.name for kind in BUSINESS.types.values() for word in (kind.name, *kind.aliases)}
GOODS = [
    Choice("85123A", "白色心形烛台", 6, 6),
    Choice("71053", "金属灯笼", 6, 4),
    Choice("ABCx2", "马克杯 大", 3, 3),
    Choice("gift_20", "马克杯 小", 3, 3),
    Choice("LS-002", "Lamp Shade", 2, 2),
]
SKUS = [choice.sku for choice in GOODS]

BUT_LANTERNS = (("85123A", 6), ("ABCx2", 3), ("gift_20", 3), ("LS-002", 2))

READ: list[tuple[str, dict[str, Any]]] = [
    ("85123A×2 质量问题 外壳破裂", {"items": (("85123A", 2),), "types": ("质量问题",), "note": "外壳破裂"}),
    ("85123a×2", {"items": (("85123A", 2),)}),  # capitals do not matter
    ("GIFT_20×1", {"items": (("gift_20", 1),)}),  # the SKU as the order spells it
    ("85123A", {"items": (("85123A", None),)}),
    ("85123A×2 71053×1", {"items": (("85123A", 2), ("71053", 1))}),
    ("85123A×2 85123A×1", {"items": (("85123A", 3),)}),  # said twice, added up
    ("ABCx2", {"items": (("ABCx2", None),)}),  # a SKU that ends in x and a digit
    ("ABC × 2", {"items": (("ABCx2", None),)}),
    ("ABCx2 x 3", {"items": (("ABCx2", 3),)}),
    ("85123A 2件 质量问题", {"items": (("85123A", 2),), "types": ("质量问题",)}),
    ("LS-002 2个", {"items": (("LS-002", 2),)}),
    ("85123A两个", {"items": (("85123A", 2),)}),
    ("85123A两个、71053一个，不想要了。", {"items": (("85123A", 2), ("71053", 1)), "types": ("七天无理由",)}),
    ("85123A 只退2个", {"items": (("85123A", 2),)}),
    ("85123A和71053各两个", {"items": (("85123A", 2), ("71053", 2))}),
    ("85123A全部", {"items": (("85123A", 6),)}),
    ("71053 全部 坏了", {"items": (("71053", 4),), "types": ("质量问题",)}),  # what is left of it
    ("全部 质量问题", {"everything": True, "types": ("质量问题",)}),
    ("全退", {"everything": True}),
    ("两个 坏了", {"units": (2,), "types": ("质量问题",)}),
    ("两个都坏了", {"units": (2,), "note": "两个都坏了"}),
    ("退20个", {"units": (20,)}),
    ("85123A 坏了一个角", {"items": (("85123A", None),), "note": "坏了一个角"}),
    ("85123A 用了两个月 故障", {"items": (("85123A", None),), "types": ("质量问题",), "note": "用了两个月"}),
    ("那个灯两个", {"items": (("71053", 2),), "matched": (("那个灯两个", "71053"),)}),
    ("两个烛台", {"items": (("85123A", 2),), "matched": (("两个烛台", "85123A"),)}),
    ("烛台坏了两个", {"items": (("85123A", 2),), "types": ("质量问题",), "matched": (("烛台坏了两个", "85123A"),)}),
    ("烛台掉漆两个", {"items": (("85123A", 2),), "note": "烛台掉漆两个", "matched": (("烛台掉漆两个", "85123A"),)}),
    ("白色心形烛台", {"items": (("85123A", None),), "matched": (("白色心形烛台", "85123A"),)}),
    ("马克杯两个", {"between": (("马克杯", ("ABCx2", "gift_20"), 2),)}),
    (
        "85123A 白色",
        {"items": (("85123A", None),), "note": "白色"},
    ),  # the product is named: a word of a title is a remark
    ("坏了 85123A×2", {"items": (("85123A", 2),), "types": ("质量问题",)}),  # an alias, and anywhere
    ("外壳破裂 不想要了 71053", {"items": (("71053", None),), "types": ("七天无理由",), "note": "外壳破裂"}),
    ("7天无理由", {"types": ("七天无理由",)}),
    ("７天无理由。", {"types": ("七天无理由",)}),
    ("原因是质量问题", {"types": ("质量问题",)}),
    ("质量问题外壳破裂", {"types": ("质量问题",), "note": "质量问题外壳破裂"}),
    ("质量问题 故障", {"types": ("质量问题",), "note": "故障"}),  # the same type in other words is a remark
    ("质量问题 物流损坏", {"types": ("质量问题", "物流损坏")}),  # whose fault is it? asked
    ("除了71053都退", {"items": BUT_LANTERNS, "stays": ("71053",), "kept": ("除了71053", "都退")}),
    (
        "金属灯笼不退,其他都退 坏了",
        {"items": BUT_LANTERNS, "types": ("质量问题",), "stays": ("71053",), "kept": ("金属灯笼不退", "其他都退")},
    ),
    ("85123A×1 金属灯笼不退", {"items": (("85123A", 1),), "stays": ("71053",), "kept": ("金属灯笼不退",)}),
    ("85123A×1 71053不退", {"items": (("85123A", 1),), "stays": ("71053",), "kept": ("71053不退",)}),
    ("除了火箭都退", {"note": "除了火箭都退", "between": (("除了火箭都退", tuple(SKUS), None),)}),
    (
        "烛台半打",
        {
            "items": (("85123A", None),),
            "note": "烛台半打",
            "unclear": ("烛台半打",),
            "matched": (("烛台半打", "85123A"),),
        },
    ),
    ("烛台 -1", {"items": (("85123A", None),), "unclear": ("-1",), "matched": (("烛台", "85123A"),)}),
    (
        "烛台两只破了退一半",
        {
            "items": (("85123A", None),),
            "note": "烛台两只破了退一半",
            "unclear": ("烛台两只破了退一半",),
            "matched": (("烛台两只破了退一半", "85123A"),),
        },
    ),
    (
        "烛台两只都破了",
        {"items": (("85123A", 2),), "note": "烛台两只都破了", "matched": (("烛台两只都破了", "85123A"),)},
    ),
    (
        "烛台 4个 灯笼1个",
        {"items": (("85123A", 4), ("71053", 1)), "matched": (("烛台4个", "85123A"), ("灯笼1个", "71053"))},
    ),
    (
        "烛台 4个,灯笼 1",
        {"items": (("85123A", 4), ("71053", 1)), "matched": (("烛台4个", "85123A"), ("灯笼1个", "71053"))},
    ),
    ("开机 没有 反应", {"note": "开机 没有 反应"}),
    ("99999×2 质量问题", {"unknown": ("99999",), "types": ("质量问题",)}),  # not in this order: say so
    ("99999x2", {"unknown": ("99999",)}),
    ("质量问题 99999×2", {"unknown": ("99999",), "types": ("质量问题",)}),
    ("外箱 30×40 破了", {"note": "外箱 30×40 破了"}),  # sizes in a note are no products
    ("Max2", {"note": "Max2"}),  # a word, not two Ma
    ("85123A×0", {"items": (("85123A", 0),)}),  # nonsense, for the order check to refuse in words
    ("AB-2 质量问题", {"types": ("质量问题",), "note": "AB-2", "strange": ("AB-2",)}),
    ("85123B", {"note": "85123B", "strange": ("85123B",)}),
    ("SF1234567890 12-30 13800138000 220V 3kg", {"note": "SF1234567890 12-30 13800138000 220V 3kg"}),
    ("半个85123A", {"items": (("85123A", None),), "note": "半个", "unclear": ("半个",)}),
    ("备注 AB-2 2个 只退5元", {"note": "AB-2 2个 只退5元"}),  # what is called a remark is one
    ("备注:外壳破裂", {"note": "外壳破裂"}),
    ("备注 是老客户", {"note": "是老客户"}),
    ("备注是老客户", {"note": "是老客户"}),
    ("备注是:老客户", {"note": "老客户"}),
    ("备注是 老客户", {"note": "老客户"}),
    ("运费10元也退", {"note": "运费10元也退", "money": ("运费10元也退",)}),
    ("打八折", {"note": "打八折", "money": ("打八折",)}),
    ("加急", {"note": "加急"}),
    ("", {}),
]


@pytest.mark.parametrize(("typed", "expected"), READ)
def test_a_return_as_typed(typed: str, expected: dict[str, Any]) -> None:
    got = drafts.read(parse.words(parse.normalise(typed)), GOODS, TYPES)
    assert {name: value for name in got.__slots__ if (value := getattr(got, name)) and name != "asks"} == expected


@pytest.mark.parametrize("alias", TYPES)
def test_every_alias_is_found_before_and_after_the_product(alias: str) -> None:
    for typed in (f"{alias} 85123A×2 外壳破裂", f"85123A×2 外壳破裂 {alias}"):
        got = drafts.read(parse.words(parse.normalise(typed)), GOODS, TYPES)
        assert (got.types, got.note, got.items) == ((TYPES[alias],), "外壳破裂", (("85123A", 2),))


WISHES = [
    ("只退20元", "20.00"),
    ("只退 20 元", "20.00"),
    ("退款20", "20.00"),
    ("退20", "20.00"),
    ("退20.5", "20.50"),
    ("赔10块", "10.00"),
    ("赔10块钱", "10.00"),
    ("补偿客户15元", "15.00"),
    ("￥20", "20.00"),
    ("20元", "20.00"),
    ("金额改成20", "20.00"),
    ("只退二十块", "20.00"),
    ("质量问题，只退20元", "20.00"),
    ("退一半", "50%"),
    ("只退一半的钱", "50%"),
    ("退款50%", "50%"),
    ("退三成", "30%"),
    ("全额退", "100%"),
    ("退20个", None),
    ("运费10元也退", None),
    ("20", None),
    ("12-30", None),
    ("打八折", None),
    ("一半", None),
    ("退两天", None),
]


@pytest.mark.parametrize(("typed", "wish"), WISHES)
def test_an_amount_that_is_asked_for(typed: str, wish: str | None) -> None:
    asked = [ask.wish for ask in amounts.asks(parse.normalise(typed))]
    assert asked == ([wish] if wish else [])


@pytest.mark.parametrize(("typed", "bare"), [("退20", True), ("退 20", True), ("退20元", False), ("赔20", False)])
def test_an_amount_that_may_be_a_count(typed: str, bare: bool) -> None:
    assert [ask.bare for ask in amounts.asks(typed)] == [bare]


ANSWERS = [
    ("1", [("85123A", None)]),
    ("2×3", [("71053", 3)]),
    ("2 三个", [("71053", 3)]),
    ("第二个", [("71053", None)]),
    ("2。", [("71053", None)]),
    ("1、2", [("85123A", None), ("71053", None)]),
    ("1×2，2×1", [("85123A", 2), ("71053", 1)]),
    ("71053 两个", [("71053", 2)]),
    ("71053两个和85123A", [("71053", 2), ("85123A", None)]),
    ("灯笼", [("71053", None)]),
    ("那个灯两个", [("71053", 2)]),
    ("马克杯", None),  # two of them
    ("1 2", None),  # two of the first, or both?
    ("6", None),
    ("0", None),
    ("好的", None),
    ("85123A×", None),
    ("", None),
]


@pytest.mark.parametrize(("typed", "products"), ANSWERS)
def test_an_answer_to_a_list_of_products(typed: str, products: list[tuple[str, int | None]] | None) -> None:
    said = " ".join(parse.words(parse.normalise(typed)))
    assert answers.product(said, GOODS) == products


@pytest.mark.parametrize(("length", "kept"), [(499, "很" * 499), (500, "很" * 500), (501, "很" * 499 + "…")])
def test_a_note_is_no_longer_than_its_column(length: int, kept: str) -> None:
    assert drafts.read(["很" * length], GOODS, TYPES).note == kept
    assert Case._meta.fields_map["note"].max_length == parse.MAX_NOTE  # type: ignore[attr-defined]


@given(
    st.text(
        st.one_of(st.characters(), st.sampled_from("×xX*✕ 0123456789R-、，。¥元退个两只半备注85123A")), max_size=120
    )
)
def test_no_message_breaks_the_reader(text: str) -> None:
    words = parse.words(parse.normalise(text))
    got = drafts.read(words, GOODS, TYPES)
    assert all(sku in SKUS and (units is None or units >= 0) for sku, units in got.items)
    assert answers.product(text, GOODS) is None or text.strip()


@given(st.sampled_from(SKUS), st.integers(1, 9999), st.sampled_from(["×", " × ", "x ", " x", "X ", "*", " ✕", "✕ "]))
def test_any_sign_between_product_and_number(sku: str, units: int, sign: str) -> None:
    words = parse.words(parse.normalise(f"{sku}{sign}{units}"))
    assert drafts.read(words, GOODS, TYPES).items == ((sku, units),)


TWO_OF_THEM = (Choice("HD-01", "吊灯", 4, 4), Choice("TB-09", "玻璃茶杯", 10, 10), Choice("TW-3", "俄罗斯套娃", 3, 3))
AS_SAID = [
    ("茶杯5个灯1个 质量问题", {"TB-09": 5, "HD-01": 1}),
    ("HD-01 俩 TB-09 仨", {"HD-01": 2, "TB-09": 3}),
    ("一个套娃", {"TW-3": 1}),
    ("套娃掉色", {"TW-3": None}),
    ("吊灯×1 质量问题", {"HD-01": 1}),
    ("茶杯都 质量问题", {"TB-09": 10}),
    ("吊灯一个质量问题", {"HD-01": 1}),
]


@pytest.mark.parametrize(("text", "items"), AS_SAID)
def test_goods_with_their_counts_as_they_are_spoken(text: str, items: dict[str, int | None]) -> None:
    types = {"质量问题": "质量问题", "无理由": "七天无理由"}
    found = drafts.read(text.split(), TWO_OF_THEM, types)
    assert dict(found.items) == items
    assert not found.unknown


PORTIONS = [
    ("HD-01 一件质量问题一件无理由", ["HD-01 一件质量问题", "HD-01 一件无理由"]),
    ("吊灯×1 质量问题；茶杯×2 无理由", ["吊灯×1 质量问题", "茶杯×2 无理由"]),
    ("吊灯一个质量问题 不亮，茶杯两个无理由", ["吊灯一个质量问题 不亮", "茶杯两个无理由"]),
    ("HD-01 两件质量问题", ["HD-01 两件质量问题"]),
    ("HD-01 质量问题 无理由", ["HD-01 质量问题 无理由"]),  # whose is not clear: which of them is asked
]


@pytest.mark.parametrize(("text", "pieces"), PORTIONS)
def test_each_reason_with_goods_of_its_own_is_a_return(text: str, pieces: list[str]) -> None:
    types = {"质量问题": "质量问题", "无理由": "七天无理由"}
    found = portions.apart(parse.words(parse.normalise(text)), TWO_OF_THEM, types)
    assert [" ".join(words) for words in found] == pieces
