"""What is said of the goods at the dock or the bench: each product's units, or a question; never all of them unseen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.chat import parse
from handlers.chat.arrivals import BAD, CAME, GOOD, Arrival, Product, read

BAG, LANTERN = Product("84029G", "红色羊毛热水袋", 3), Product("71053", "金属灯笼", 2)
TWO = (BAG, LANTERN)
ONE = (Product("85123A", "白色心形烛台", 5),)
BOTH = ("84029G", "71053")


def came(text: str, goods: tuple[Product, ...] = TWO, mode: str = CAME) -> Arrival:
    return read(" ".join(parse.words(parse.normalise(text))), goods, mode)


SEVERAL = [
    ("只收到84029G两件", {"84029G": 2, "71053": 0}), ("就到了84029G两件", {"84029G": 2, "71053": 0}),
    ("只有一个灯", {"84029G": 0, "71053": 1}), ("84029G×2 71053×0", {"84029G": 2, "71053": 0}),
    ("84029G×2", {"84029G": 2, "71053": 0}), ("2×84029G", {"84029G": 2, "71053": 0}),
    ("84029G x2", {"84029G": 2, "71053": 0}),  # a list of all that came, as before
    ("全部", {"84029G": 3, "71053": 2}),
    ("都到了", {"84029G": 3, "71053": 2}),
    ("全部收到。", {"84029G": 3, "71053": 2}),
    ("到齐了", {"84029G": 3, "71053": 2}), ("5件", {"84029G": 3, "71053": 2}),  # all of them, counted together
    ("缺一个灯", {"84029G": 3, "71053": 1}), ("少一个灯笼", {"84029G": 3, "71053": 1}),
    ("灯少一个，其余都到了", {"84029G": 3, "71053": 1}), ("灯笼没到", {"84029G": 3, "71053": 0}),
    ("都到了，缺一个灯", {"84029G": 3, "71053": 1}), ("84029G两件，其他没到", {"84029G": 2, "71053": 0}),
    ("84029G两个和71053一个", {"84029G": 2, "71053": 1}), ("灯两个，热水袋3个", {"84029G": 3, "71053": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "counts"), SEVERAL)
def test_every_product_has_its_units(text: str, counts: dict[str, int]) -> None:
    assert came(text) == Arrival(counts)


SINGLE = [
    ("1件外壳裂了", GOOD, 4),
    ("两个", CAME, 2), ("85123A两个", CAME, 2), ("2×85123A", CAME, 2), ("85123A x2", CAME, 2), ("少一件", CAME, 4),
    ("缺一个", CAME, 4), ("收到三个", CAME, 3), ("只到了两个烛台", CAME, 2), ("3", CAME, 3), ("全部", CAME, 5),
    ("1件合格", GOOD, 1),
    ("只有1件合格", GOOD, 1),
    ("其中1件破了", GOOD, 4),
    ("破了2件", GOOD, 3),
    ("都合格", GOOD, 5),
    ("3件好的2件坏的", GOOD, 3), ("三件好两件坏", BAD, 2), ("两件坏的三件好的", GOOD, 3),
    ("2件次品", GOOD, 3), ("2件次品", BAD, 2), ("1件合格", BAD, 4), ("1件合格，其他破了", BAD, 4), ("都破了", BAD, 5),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mode", "units"), SINGLE)
def test_a_case_of_one_product(text: str, mode: str, units: int) -> None:
    found = came(text, ONE, mode)
    assert (found.counts, found.open, found.unclear) == ({"85123A": units}, (), ())


KEPT = [
    ("不是质量问题", GOOD, {}, "不是质量问题"), ("都不是质量问题", BAD, {}, "都不是质量问题"),
    ("外箱湿了", CAME, {}, "外箱湿了"), ("没有破损", CAME, {}, "没有破损"), ("包装有点脏", GOOD, {}, "包装有点脏"),
    ("只收到3件，外箱湿了", CAME, {"85123A": 3}, "外箱湿了"),
    ("1件合格，其他破了", GOOD, {"85123A": 1}, "其他破了"), ("4件，次品1件，外箱破了", GOOD, {"85123A": 4}, "外箱破了"),
    ("差1件 客户说漏寄", CAME, {"85123A": 4}, "客户说漏寄"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mode", "counts", "rest"), KEPT)
def test_the_other_words_are_kept(text: str, mode: str, counts: dict[str, int], rest: str) -> None:
    found = came(text, ONE, mode)
    assert (found.counts, found.open, found.rest) == (counts, (), rest)


OTHER_SIDE = [
    ("4件，次品1件", GOOD, "次品1件"), ("3件好的2件坏的", GOOD, "2件坏的"), ("3件好的2件坏的", BAD, "3件好的"),
    ("其中1件破了", GOOD, "其中1件破了"), ("少一件", CAME, ""),
    ("4件，1件破了", CAME, "1件破了"), ("收到了三个，有一个碎了", CAME, "有一个碎了"), ("5件都破了", BAD, ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mode", "other"), OTHER_SIDE)
def test_what_is_said_of_the_other_units_is_kept_too(text: str, mode: str, other: str) -> None:
    assert came(text, ONE, mode).others == other


#: more is still to come: the units that have, and whether a sentence leaves it open how many those are
AWAITED = [
    ("就来了一个 还差一个", 1), ("分两个包裹 今天先到了一个", 1), ("只到一个 另外一个说是明天到", 1),
    ("收到一个 还有一个没到", 1), ("先到了一个 剩下的还在路上", 1), ("到了一台 另一台还在路上", 1),
    ("先收到一件，另一个包裹明天到", 1), ("客户分两次寄的，先到一个", 1), ("还差一个没到", 1),
    ("还有一个在路上 收到1个", 1),
    ("分两箱发的 只收到一箱", 1), ("先到一个，还有一个包裹没到", 1), ("两个都到了 分两个包裹寄的", 2),
    ("还缺一个灯罩 两个都到了", 2), ("收到一台 剩余的下周到", 1),
    ("拆开就一台，还少一台呢", 1), ("一台到了，第二个快递还没来", 1), ("先到了一部分", None), ("先到了一个包裹", None),
    ("分两个包裹", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "units"), AWAITED)
def test_goods_of_which_more_is_to_come_are_counted_and_the_words_kept(text: str, units: int | None) -> None:
    found = came(text, (Product("TL-01", "护眼台灯", 2),))
    assert found.awaited
    assert (found.counts, found.open) == (({"TL-01": units}, ()) if units else ({}, ("TL-01",)))
    assert bool(found.others) == (units is not None)


UNCLEAR = [
    ("0001没到", ONE, CAME), ("0002坏了", ONE, GOOD), ("0001次品", ONE, GOOD),  # another case, and no count
    ("少一件", TWO, CAME),  # of which product?
    ("两件", TWO, CAME), ("缺滤网", TWO, CAME), ("滤网组件没有", TWO, CAME), ("几个", ONE, CAME), ("半个", ONE, CAME),
    ("1件破了", ONE, CAME),  # has one come, or have all come, one of them damaged?
    ("一件都没有", ONE, CAME), ("客户说只寄了84029G两件", TWO, CAME), ("22423", TWO, CAME), ("22423两个", TWO, CAME),
    ("全部破损", ONE, GOOD), ("都破了", ONE, GOOD), ("外壳裂了", ONE, GOOD),
    ("都合格", ONE, BAD),
    ("3个，其余划痕", ONE, BAD),
    ("只收到2件，71053没到", TWO, CAME),
]  # fmt: skip


@pytest.mark.parametrize(("text", "goods", "mode"), UNCLEAR)
def test_what_can_be_read_two_ways_is_asked_about(text: str, goods: tuple[Product, ...], mode: str) -> None:
    found = came(text, goods, mode)
    assert (found.counts, found.open) == ({}, tuple(product.sku for product in goods))


def test_of_a_product_that_is_not_spoken_of_it_is_asked() -> None:
    assert came("84029G两件") == Arrival({"84029G": 2}, ("71053",))
    assert came("收到84029G 外箱湿了") == Arrival({"84029G": 3}, ("71053",), "外箱湿了")


THREE = (Product("TL-01", "护眼台灯", 3),)
FOUR_FIVE = (Product("85123A", "白色心形烛台", 4), Product("71053", "金属灯笼", 5))

#: a total is never added to its parts: what is typed, of what, counted as what, and the units that are booked
TOTALS = [
    ("收到两件，好的一件，坏的一件", THREE, CAME, {"TL-01": 2}),
    ("三件，好的两件，坏的一件", THREE, CAME, {"TL-01": 3}),
    ("三件，好的两件，坏的一件", THREE, GOOD, {"TL-01": 2}), ("三件，好的两件，坏的一件", THREE, BAD, {"TL-01": 1}),
    ("一共三件，到了两件", THREE, CAME, {"TL-01": 2}), ("两好一坏", THREE, CAME, {"TL-01": 3}),
    ("两好一坏", THREE, GOOD, {"TL-01": 2}), ("三件里两件好的一件碎了", THREE, CAME, {"TL-01": 3}),
    ("三件里两件好的一件碎了", THREE, BAD, {"TL-01": 1}), ("三件都收到了，有一件是碎的", THREE, CAME, {"TL-01": 3}),
    ("到了俩，一个好的一个坏的", THREE, CAME, {"TL-01": 2}), ("三个都在，一个裂了", THREE, CAME, {"TL-01": 3}),
    ("总共收了三件，两件完好，一件摔坏了", THREE, CAME, {"TL-01": 3}),
    ("应收三个，实际到两个", THREE, CAME, {"TL-01": 2}),
    ("单上三件，箱里就两件", THREE, CAME, {"TL-01": 2}), ("本来三台，到手就一台", THREE, CAME, {"TL-01": 1}),
    ("三件到了两件，差一件", THREE, CAME, {"TL-01": 2}), ("来了3个，碎了1个，2个没问题", THREE, CAME, {"TL-01": 3}),
    ("只收到两个，还有一个没来", THREE, CAME, {"TL-01": 2}),
    ("箱子里只有两件，另一件没有看到", THREE, CAME, {"TL-01": 2}),
    ("灯罩碎了一个，另外两个没事", THREE, CAME, {"TL-01": 3}), ("两个能用一个不亮了", THREE, GOOD, {"TL-01": 2}),
    ("验了三台，两台正常一台黑屏", THREE, GOOD, {"TL-01": 2}), ("三个里头有一个没法用", THREE, GOOD, {"TL-01": 2}),
    ("两台正常，一台底座有划痕按次品算", THREE, BAD, {"TL-01": 1}), ("总共3件，次品1件", THREE, BAD, {"TL-01": 1}),
    ("好的2，坏的1", THREE, GOOD, {"TL-01": 2}), ("坏了俩，好了一个", THREE, BAD, {"TL-01": 2}),
    ("烛台四个里面有一个摔裂了，灯笼没问题", FOUR_FIVE, CAME, {"85123A": 4, "71053": 5}),
    ("烛台四个里面有一个摔裂了，灯笼没问题", FOUR_FIVE, GOOD, {"85123A": 3, "71053": 5}),
    ("灯笼5个全到，烛台少一个", FOUR_FIVE, CAME, {"85123A": 3, "71053": 5}),
    ("烛台3个灯笼5个，灯笼有两个压扁了", FOUR_FIVE, CAME, {"85123A": 3, "71053": 5}),
    ("一共九件，烛台四个，灯笼五个", FOUR_FIVE, CAME, {"85123A": 4, "71053": 5}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "goods", "mode", "counts"), TOTALS)
def test_a_total_is_not_added_to_its_parts(
    text: str, goods: tuple[Product, ...], mode: str, counts: dict[str, int]
) -> None:
    found = came(text, goods, mode)
    assert (found.counts, found.open) == (counts, ())


#: parts that do not add up, and what is heard of them
AT_ODDS = [
    ("收到三件，好的一件，坏的一件", CAME, ("收到 3", "好的 1", "坏的 1")),
    ("收到两件，三件好的", CAME, ("收到 2", "好的 3")),
    ("三件，到了两件，没到两件", CAME, ("写了 3", "收到 2", "没到 2")),
    ("应该四件，到了三件", CAME, ("应有 4", "收到 3")),
    ("好的一件坏的一件", CAME, ("好的 1", "坏的 1")),  # and the third?
    ("合格两件，次品两件", GOOD, ("好的 2", "坏的 2")),
    ("收到两件，次品一件", GOOD, ("收到 2", "坏的 1")),
    ("三件合格，一件没到", GOOD, ("好的 3", "没到 1")),
]


@pytest.mark.parametrize(("text", "mode", "heard"), AT_ODDS)
def test_parts_that_do_not_add_up_are_asked_about(text: str, mode: str, heard: tuple[str, ...]) -> None:
    found = came(text, THREE, mode)
    assert (found.counts, found.open, found.heard) == ({}, ("TL-01",), heard)


#: what was sent, or is lacking, beside the goods
BESIDE = [
    ("收到3台，电源线少一根", {"TL-01": 3}), ("收到2个，附了一张纸条", {"TL-01": 2}),
    ("到货3台，送了一包纸巾", {"TL-01": 3}),
    ("收到3台，少一根数据线", {"TL-01": 3}), ("三台都到了，多寄了一个水杯", {"TL-01": 3}), ("客户多寄了一个水杯", {}),
    ("多发了两双袜子，灯3台", {"TL-01": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "counts"), BESIDE)
def test_what_is_none_of_the_goods_is_kept_and_counts_nothing(text: str, counts: dict[str, int]) -> None:
    found = came(text, THREE)
    assert (found.counts, found.open, bool(found.beside)) == (counts, (), True)


@pytest.mark.parametrize("mode", [CAME, GOOD, BAD])
@pytest.mark.parametrize(
    "text",
    [
        "有一个不是我们家的", "一台是别人家的货", "两台好的，一台是别的牌子", "一件被调包了", "一台序列号对不上",
        "有一件不是这单的", "三台里有一台不是咱们的", "一台人家的货混进来了", "灯是冒充的一台", "SN不符的一台",
    ],
)  # fmt: skip
def test_goods_of_another_house_are_no_units_of_the_case(text: str, mode: str) -> None:
    found = came(text, THREE, mode)
    assert (found.counts, found.open, found.strange) == ({}, ("TL-01",), True)


@pytest.mark.parametrize(
    ("text", "likely"),
    [("1件外壳裂了", True), ("一件都没有", False), ("几个", False), ("到了一半", False), ("缺滤网", False)],
)
def test_that_all_have_come_is_likely_where_only_damage_is_spoken_of(text: str, *, likely: bool) -> None:
    assert came(text, THREE).likely == ({"TL-01": 3} if likely else {})


def test_what_could_be_read_is_likely_where_more_was_said() -> None:
    found = came("收到两件，其中一件怪怪的", THREE)
    assert (found.counts, found.open, found.likely) == ({}, ("TL-01",), {"TL-01": 2})


WORDS = [
    "只收到",
    "84029G",
    "71053",
    "两件",
    "3个",
    "缺",
    "一个灯",
    "破了",
    "其他没到",
    "外箱湿了",
    "都到了",
    "合格",
    "，",
]


@given(st.lists(st.sampled_from(WORDS), max_size=6).map("".join), st.sampled_from([CAME, GOOD, BAD]))
def test_no_word_is_lost(text: str, mode: str) -> None:
    """Whatever is said: it counts every product, or asks, or it is kept."""
    found = came(text, TWO, mode)
    if text.strip("，") and not found.open:
        assert found.rest or set(found.counts) == set(BOTH)
