"""Every spelling of a phone number is the same number, and what is none is not taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.phones import Phone, phone

SPELLINGS = [
    ("13800138000", Phone("13800138000")),
    ("+8613800138000", Phone("13800138000")),
    ("+86 138 0013 8000", Phone("13800138000")),
    ("86-13800138000", Phone("13800138000")),
    ("0086 138-0013-8000", Phone("13800138000")),
    ("138-0013-8000", Phone("13800138000")),
    ("１３８００１３８０００", Phone("13800138000")),  # full width
    ("17012345678-8899", Phone("17012345678", "8899")),  # a privacy number, as shops export it
    ("17012345678转8899", Phone("17012345678", "8899")),
    ("170-1234-5678 转 8899", Phone("17012345678", "8899")),
    ("17012345678,8899", Phone("17012345678", "8899")),
    ("+8617012345678-8899", Phone("17012345678", "8899")),
    ("8000", Phone("8000")),
    ("010-62345678", Phone("01062345678")),  # a landline
    ("SF1234567890", None),
    ("R20261123-0001", None),
    ("800", None),  # too little to go by
    ("20261123000100001", None),  # an order's number
    ("", None),
    ("转8899", None),
]


@pytest.mark.parametrize(("text", "found"), SPELLINGS)
def test_a_number_in_any_spelling(text: str, found: Phone | None) -> None:
    assert phone(text) == found


MATCHES = [
    ("8000", "138 0013 8000", True),
    ("8000", "17080005678-8899", False),  # in the midst of it
    ("5678", "17012345678-8899", True),
    ("8899", "17012345678-8899", True),  # the extension alone
    ("17012345678-8899", "17012345678-7788", False),  # another customer of the same privacy number
    ("17012345678-8899", "17012345678", True),
    ("17012345678", "17012345678-8899", True),
]


@pytest.mark.parametrize(("asked", "stored", "is_meant"), MATCHES)
def test_what_is_on_record_is_meant(asked: str, stored: str, is_meant: bool) -> None:
    one, other = phone(asked), phone(stored)
    assert one
    assert other
    assert one.is_of(other) is is_meant


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "+86", "+86 ", "86", "0086-"]))
def test_blanks_and_hyphens_change_nothing(number: str, head: str) -> None:
    for gap in ("", " ", "-"):
        assert phone(head + gap.join([number[:3], number[3:7], number[7:]])) == Phone(number)
