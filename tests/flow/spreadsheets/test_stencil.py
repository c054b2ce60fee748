"""Texts with places to fill, and rows that become several. Pure."""

from __future__ import annotations

import pytest

from flow.spreadsheets.shift import Shift, rows_of
from flow.spreadsheets.stencil import Slot, StencilError, pieces, slots


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("签字", ("签字",)),
        ("{单号}", (Slot("单号"),)),
        ("单号 { 单号 }。", ("单号 ", Slot("单号"), "。")),
        ("｛单号｝", (Slot("单号"),)),  # as an input method types it
        ("{商品.名称}", (Slot("名称", "商品"),)),
        ("{商品．名称}×{商品。数量}", (Slot("名称", "商品"), "×", Slot("数量", "商品"))),
        ("{填写:颜色}", (Slot("填写:颜色"),)),
        ("{填写：颜色.深浅}", (Slot("填写:颜色.深浅"),)),  # a field may have a point in its name
        ("{{不是}}占位", ("{不是}占位",)),
        ("{{{单号}}}", ("{", Slot("单号"), "}")),
    ],
)
def test_a_text_is_taken_apart(text: str, found: tuple[str | Slot, ...]) -> None:
    assert pieces(text) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("金额 {退款金额", "没有右边的 }"),
        ("金额 退款金额}", "没有左边的 {"),
        ("{退款{金额}", "没有右边的 }"),
        ("{ }", "没有写名字"),
        ("{单\n号}", "没有右边的 }"),
    ],
)
def test_a_brace_without_its_other_half_is_said(text: str, why: str) -> None:
    with pytest.raises(StencilError, match=why):
        slots(text)


def test_a_place_reads_as_it_is_written() -> None:
    assert [slot.words for slot in slots("{单号}{商品.名称}")] == ["{单号}", "{商品.名称}"]


SHIFT = Shift({8: 3, 12: 1})  #: row 8 becomes four rows, row 12 two


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A1:F1", "A1:F1"),  # above
        ("A8:F8", "A8:F11"),  # the row itself, all of it
        ("A8", "A8:A11"),
        ("A7", "A7"),
        ("A9:F9", "A12:F12"),  # below the first
        ("A12:F12", "A15:F16"),
        ("A1:F20", "A1:F24"),  # around both
        ("A8:B8 A13:B13", "A8:B11 A17:B17"),
        ("$7:$8", "$7:$11"),
        ("$A:$C", "$A:$C"),  # whole columns
        ("$A$1:$F$16", "$A$1:$F$20"),
    ],
)
def test_ranges_go_with_their_rows(old: str, new: str) -> None:
    assert SHIFT.ref(old) == new


def test_names_of_one_sheet_follow_it_alone() -> None:
    text = "'退款 单'!$A$1:$F$16,'退款 单'!$8:$8,Sheet2!$A$9"
    assert SHIFT.name(text, "退款 单") == "'退款 单'!$A$1:$F$20,'退款 单'!$8:$11,Sheet2!$A$9"
    assert SHIFT.name("It!$A$9", "It") == "It!$A$12"
    assert SHIFT.name("'A''b'!$A$9", "A'b") == "'A''b'!$A$12"


def test_a_condition_follows_the_cells_that_it_names() -> None:
    assert SHIFT.formula("$F9>F$100") == "$F12>F$104"
    assert SHIFT.formula("B2<>E9") == "B2<>E12"


@pytest.mark.parametrize(("ref", "rows"), [("A1:F3", (1, 3)), ("$B$7", (7, 7)), ("A:C", None), ("$7:$8", (7, 8))])
def test_the_rows_of_a_range(ref: str, rows: tuple[int, int] | None) -> None:
    assert rows_of(ref) == rows
