"""Which numbers are waybills, which box belongs to which, and what else is printed on a label."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.waybills import couriers, has_courier_shape, is_article, is_route, sort_codes, waybill

NUMBERS = [
    ("SF1234567890", "SF1234567890"),
    ("sf1234567890", "SF1234567890"),
    ("JD-0012-345", "JD-0012-345"),
    ("123456", "123456"),
    ("12345", None),  # too short
    ("顺丰1234567", None),
    ("ABCDEFGH", None),  # no digit at all
    ("R20261122-0007", None),  # our own number
    ("SF123456×2", None),
    ("1" * 41, None),
    # one parcel of several boxes: each box has a code of its own
    ("JDVA00012345678-1-1-", "JDVA00012345678"),
    ("JDVA00012345678-2-3-", "JDVA00012345678"),
    ("jdva00012345678-1-1-", "JDVA00012345678"),
    ("JDVA00012345678-1-1-A05", "JDVA00012345678"),
    ("JDVA00012345678-12-12", "JDVA00012345678"),
    ("JD0012345678901-1-1-", "JD0012345678901"),
    ("JDX001234567890-1-2-H3", "JDX001234567890"),
    ("JDVB12345678901N1S1H3", "JDVB12345678901"),
    ("JDVB12345678901N2S3H", "JDVB12345678901"),
    ("JDVB12345678901N2S3", "JDVB12345678901"),
    ("JDVB12345678901", "JDVB12345678901"),
    ("SF1234567890123-1-1-", "SF1234567890123-1-1-"),  # only the courier whose boxes they are
]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_a_waybill(text: str, number: str | None) -> None:
    assert waybill(text) == number


@pytest.mark.parametrize(
    ("number", "is_one"),
    [
        ("6901234567892", True),
        ("6911989331808", True),
        ("6901234567893", False),  # the check digit is another
        (
            "4006381333931",
            False,
        ),  # an article's from abroad is told by its bars, not by its digits: 韵达 has such numbers
        ("69012345678", False),
        ("SF6901234567892", False),
    ],
)
def test_the_code_of_goods(number: str, is_one: bool) -> None:
    assert is_article(number) is is_one


@given(st.integers(690 * 10**9, 700 * 10**9 - 1))
def test_of_ten_numbers_one_is_the_code_of_goods(first_twelve: int) -> None:
    assert sum(is_article(f"{first_twelve}{check}") for check in range(10)) == 1


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("571-A05-02", True),
        ("320-A12", True),
        ("0571-12", True),
        ("021A-05", True),
        ("5710AB", True),
        ("SF1234567890123", False),
        ("432112345678901", False),
        ("JDVA00012345678", False),
    ],
)
def test_a_code_for_the_sorting_machine(code: str, is_one: bool) -> None:
    assert is_route(code) is is_one


def test_every_courier_number_is_a_waybill() -> None:
    for number in (
        "SF1234567890123",
        "YT8812345678901",
        "JT1234567890123",
        "9876543210123",
        "EA123456789CN",
        "DPK1234567890",
    ):
        assert has_courier_shape(number)
        assert waybill(number) == number


def test_what_stands_on_a_label_is_sorted() -> None:
    texts = [
        "6901234567892",
        "571-A05-02",
        "SF1234567890123",
        "https://x.example/退货",
        "JDVA00012345678-1-2-",
        "JDVA00012345678-2-2-",
        "LS-0021",
    ]
    codes = sort_codes(texts, {"LS-0021"})
    assert codes.waybills == ("SF1234567890123", "JDVA00012345678")
    assert codes.articles == ("6901234567892", "LS-0021")
    assert codes.routes == ("571-A05-02",)
    assert codes.unread == ("https://x.example/退货",)


def test_where_no_courier_is_known_any_number_may_be_the_one() -> None:
    assert sort_codes(["AB-123456"], ()).likely == ("AB-123456",)
    assert sort_codes(["AB-123456", "SF1234567890123"], ()).likely == ("SF1234567890123",)


@given(st.text(max_size=60))
def test_no_text_is_lost(text: str) -> None:
    codes = sort_codes([text], ())
    assert len(codes.waybills + codes.articles + codes.routes + codes.unread) == 1


@pytest.mark.parametrize("number", ["A00012345678901"[:13], "55012345678901"[:13], "70123456789012"])
def test_a_courier_of_the_file_is_known_by_its_numbers_and_by_its_name(number: str) -> None:
    assert has_courier_shape(number)
    assert "百世" in couriers().names


@pytest.mark.parametrize("word", ["百世", "百世快递", "顺丰寄回", "快递单号是", "客户已经寄出了", "两箱"])
def test_what_may_stand_beside_a_number_says_no_more(word: str) -> None:
    assert couriers().spoken.fullmatch(word)


@pytest.mark.parametrize("word", ["客户说少一件", "外箱破了", "周五"])
def test_what_says_more_is_no_such_word(word: str) -> None:
    assert not couriers().spoken.fullmatch(word)


def test_no_courier_stands_in_the_program() -> None:
    names, found = couriers().names, []
    for path in [path for folder in ("handlers", "flow", "cards", "bot") for path in Path(folder).rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        words = [
            node for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
        ]  # fmt: skip
        found += [f"{path}:{word.lineno}" for word in words if any(name in str(word.value) for name in names)]
    assert not found
