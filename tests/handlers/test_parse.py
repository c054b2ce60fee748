"""What people type is understood however their keyboard spells it, and nothing they type breaks the reader."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.waybills import waybill
from handlers.chat import parse
from tests.support.shipped import BUSINESS

SKUS = ("85123A", "71053", "ABCx2", "gift_20")

SAME = [
    "退货 536365 85123A×2 质量问题",
    "退货　536365　85123A×2　质量问题",  # full-width spaces
    "退货 ５３６３６５ ８５１２３Ａ×２ 质量问题",  # full-width digits and letters
    "退货  536365   85123A×2\t质量问题\n",  # whatever space
    "退货 536365 85123A × 2 质量问题",
    "退货 536365 85123A x 2 质量问题",
    "退货 536365 85123A x2 质量问题",
    "退货 536365 85123AX 2 质量问题",
    "退货 536365 85123A*2 质量问题",
    "退货 536365 85123A ＊ 2 质量问题",  # full-width star
    "退货 536365 85123A✕2 质量问题",
    "@回旋镖 退货 536365 85123A×2 质量问题",  # mentioned in a group
    "@回旋镖\u2005退货 536365 85123A×2 质量问题",  # the space that a phone puts after a mention
    "@张三 @回旋镖 退货 536365 85123A×2 质量问题",
    "\u200b退货\u200b 536365 85123A×2 \ufeff质量问题\u202c",  # copied with invisible characters
    "退货 536365 85123A×2、质量问题",
    "退货 536365 85123A×2，质量问题",
]


@pytest.mark.parametrize("typed", SAME)
def test_one_sentence_many_spellings(typed: str) -> None:
    assert parse.words(parse.normalise(typed)) == ["退货", "536365", "85123A×2", "质量问题"]


KEPT = [
    ("收货 JDX0012345678", ["收货", "JDX0012345678"]),  # a waybill with an x before its digits
    ("运单 R20261122-0007 X1234567890", ["运单", "R20261122-0007", "X1234567890"]),
    ("查 X12345", ["查", "X12345"]),
    ("退货 AX1234", ["退货", "AX1234"]),  # an order number
    ("退货 536365 坏了,没响", ["退货", "536365", "坏了,没响"]),  # a comma of the note
    ("退货 536365 85123A×2、71053×1；ABCx2×3", ["退货", "536365", "85123A×2", "71053×1", "ABCx2×3"]),
    ("退货 536365 85123Ax2,71053x1", ["退货", "536365", "85123Ax2", "71053x1"]),
    ("请假 2026-11-23 到 2026-11-25", ["请假", "2026-11-23", "到", "2026-11-25"]),
    ("@回旋镖", ["@回旋镖"]),
    ("", []),
    ("　\u200b\n", []),
]


@pytest.mark.parametrize(("typed", "said"), KEPT)
def test_words(typed: str, said: list[str]) -> None:
    assert parse.words(parse.normalise(typed)) == said


def test_aliases_do_not_clash() -> None:
    names = [word for kind in BUSINESS.types.values() for word in (kind.name, *kind.aliases)]
    assert len(names) == len(set(names))


FEES = [
    ("滤网组件 35", ("滤网组件", "35.00")),  # as the card says
    ("滤网组件 35.5", ("滤网组件", "35.50")),
    ("滤网组件 ¥35", ("滤网组件", "35.00")),
    ("滤网组件 ￥35", ("滤网组件", "35.00")),  # full-width sign
    ("滤网组件 35元", ("滤网组件", "35.00")),
    ("滤网组件 35块", ("滤网组件", "35.00")),
    ("滤网　３５", ("滤网", "35.00")),
    ("USB 线 一根 12", ("USB 线 一根", "12.00")),  # the last word is the fee
    ("滤网组件 0", ("滤网组件", "0.00")),
    ("滤网组件", None),  # how much?
    ("35", None),  # for what?
    ("滤网组件 -35", None),
    ("滤网组件 三十五", None),
    ("滤网组件 NaN", None),
    ("滤网组件 1e3", None),
    ("滤网组件 999999999", None),
    ("", None),
]


@pytest.mark.parametrize(("typed", "expected"), FEES)
def test_a_part_and_its_fee(typed: str, expected: tuple[str, str] | None) -> None:
    got = parse.part_and_fee(parse.normalise(typed))
    assert got == (expected and (expected[0], Decimal(expected[1])))


@pytest.mark.parametrize(
    ("word", "ours"),
    [("R20261122-0007", True), ("r20261122-10007", True), ("R2026-7", False), ("20261122-0007", False), ("", False)],
)
def test_a_case_number(word: str, ours: bool) -> None:
    assert parse.is_case_no(word) == ours


def test_counts_behind_a_verb() -> None:
    words = parse.words(parse.normalise("85123a x 1 71053*2 85123A×1 少一件"))
    assert parse.counts(words) == {"85123A": 2, "71053": 2}


def test_a_very_long_message_is_read_to_its_limit() -> None:
    text = "退货 536365 " + "很坏" * 4000
    assert len(parse.normalise(text)) == parse.MAX_TEXT
    assert parse.words(parse.normalise(text))[:2] == ["退货", "536365"]


@pytest.mark.parametrize("bad", ["\x00", "\x1b[2J", "\u202e", "\ud83d", "\u00ad", "\u2060", "\u2066"])
def test_what_nobody_can_see_is_not_kept(bad: str) -> None:
    assert parse.normalise(f"退{bad}货") in {"退货", "退[2J货"}


MESSAGES = st.text(st.one_of(st.characters(), st.sampled_from("×xX*✕@ 　0123456789R-,、；¥元")), max_size=300)


@given(MESSAGES)
def test_no_message_breaks_the_reader(text: str) -> None:
    words = parse.words(parse.normalise(text))
    assert all(units >= 0 for units in parse.counts(words).values())
    for word in [*words, text]:
        assert waybill(word) is None or parse.is_case_no(word) is False
        assert parse.part_and_fee(word) is None or parse.item(word, SKUS) is None


@given(MESSAGES)
def test_what_is_read_can_be_kept_and_shown(text: str) -> None:
    plain = parse.normalise(text)
    assert plain.encode().decode() == plain
    assert " ".join(plain.split()) == plain
    assert "\x00" not in plain


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("85123A", ("85123A", 1)),
        ("85123a×2", ("85123A", 2)),
        ("ABCx2", ("ABCx2", 1)),  # a product of that name, and not two of ABC
        ("GIFT_20×3", ("gift_20", 3)),
        ("99999×2", None),
        ("质量问题", None),
    ],
)
def test_a_word_that_is_a_product(word: str, found: tuple[str, int] | None) -> None:
    assert parse.item(word, SKUS) == found
