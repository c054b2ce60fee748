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
