"""Columns are named as every spreadsheet names them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import column_index_from_string, get_column_letter

from flow.spreadsheets.places import column_letters, column_number

COLUMNS = st.integers(1, 18_278)  #: to ZZZ


@given(COLUMNS)
def test_a_column_is_called_as_openpyxl_calls_it(column: int) -> None:
    letters = column_letters(column)
    assert letters == get_column_letter(column)
    assert column_number(letters) == column_index_from_string(letters) == column
