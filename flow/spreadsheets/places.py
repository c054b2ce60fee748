"""How a spreadsheet names its columns: A to Z, then AA and on."""

from __future__ import annotations

from functools import lru_cache

_LETTERS = 26
_BEFORE_A = ord("A") - 1
COLUMNS = 1024  #: whose names are remembered; a sheet has a few dozen


@lru_cache(COLUMNS)
def column_letters(column: int) -> str:
    """``AB`` of the 28th column."""
    letters = ""
    while column:
        column, place = divmod(column - 1, _LETTERS)
        letters = chr(_BEFORE_A + 1 + place) + letters
    return letters


@lru_cache(COLUMNS)
def column_number(letters: str) -> int:
    """28 of ``AB``, which is in capitals."""
    number = 0
    for letter in letters:
        number = number * _LETTERS + ord(letter) - _BEFORE_A
    return number
