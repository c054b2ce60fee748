"""What a number in a cell means and looks like by its number format.

openpyxl knows the built-in formats. It is imported when the first format is looked at: with the numpy that it brings
along it is a tenth of the start and a fifth of the memory of a process that may never see a spreadsheet.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Format = int | str  #: the number of a built-in format, or the code of another

#: formats that Chinese programs number and do not write out, 58 for 4月5日 among them (ECMA-376 part 1, 18.8.30)
CHINESE_DATES = frozenset({*range(27, 37), *range(50, 59)})
_LITERAL = re.compile(r'"[^"]*"|\\.')
_BESIDE = re.compile(r"\[[^\]]*\]|[_*].")  # colours, conditions and locales; blanks as wide as a character, and filling
_LARGE = re.compile("[万千亿]")
_DIVIDED = re.compile(r"[0#?],+(?![0#?])|!\.")
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|([0#?])|(.)', re.DOTALL)
_NOT_A_CODE = re.compile(r"[.,%/@eE]|General", re.IGNORECASE)


def _written_out(shown: Format) -> str:
    """The whole code of a format; "" of a number that nobody has heard of."""
    if isinstance(shown, str):
        return shown
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    return str(BUILTIN_FORMATS.get(shown, ""))


def code_of(shown: Format) -> str:
    """The code of a format, without what it writes literally."""
    return _LITERAL.sub("", _written_out(shown))


def is_date(shown: Format) -> bool:
    from openpyxl.styles.numbers import is_date_format

    return shown in CHINESE_DATES or bool(is_date_format(code_of(shown)))


def is_percent(shown: Format) -> bool:
    return "%" in code_of(shown)


@lru_cache(1024)
def is_scientific(shown: Format) -> bool:
    """Whether a program gave this format to something that it took for a power of ten, such as the code 1E5."""
    return "E+" in code_of(shown).upper()


@lru_cache(1024)
def written_unit(shown: Format) -> str:
    """万, 千 or 亿 that a format only writes behind the number: 1.2 looks like 1.2万, and nobody knows which is meant.

    Blank where the format also divides by it, so that the number itself is what is meant.
    """
    code = shown if isinstance(shown, str) else ""
    found = _LARGE.search(code)
    return found[0] if found and not _DIVIDED.search(_LITERAL.sub("", code)) else ""


def number_text(value: float) -> str:
    """A number as a person would have typed it: 50.0 is 50, and 0.1+0.2 is 0.3."""
    return f"{Decimal(f'{value:.15g}').normalize():f}"


def shown_code(text: str, shown: Format) -> str:
    """A whole number as its format shows it, leading zeros and hyphens too: 123 is 00123 by ``00000``.

    Formats of amounts, and any that only group or round, leave it as it is.
    """
    tokens = _tokens(shown)
    places = sum(digit for digit, _ in tokens)
    if not tokens or not text.isdigit() or len(text) > 15:
        return text
    least = next((n for n, (digit, mark) in enumerate(tokens) if digit and mark == "0"), None)
    if least is None:
        return text
    zeros = sum(digit for digit, _ in tokens[least:])
    figures = iter(text.rjust(zeros, "0").rjust(places, "\0"))
    return "".join(_written(tokens, figures, len(text) - places))


def _written(tokens: tuple[tuple[bool, str], ...], figures: Iterator[str], beyond: int) -> Iterator[str]:
    """What stands in each place; the first takes all that has no place of its own."""
    for digit, mark in tokens:
        if not digit:
            yield mark
            continue
        for _ in range(1 + max(beyond, 0)):
            yield next(figures).strip("\0")
        beyond = 0


@lru_cache(1024)
def _tokens(shown: Format) -> tuple[tuple[bool, str], ...]:
    """Places for digits and literal marks of the format for positive numbers; none where it says nothing of a code."""
    code = _BESIDE.sub("", _written_out(shown).partition(";")[0])
    bare = _LITERAL.sub("", code)
    if is_date(shown) or _NOT_A_CODE.search(bare) or code.strip() in {"0", "#"}:
        return ()
    return tuple((bool(m[3]), m[1] or m[2] or m[3] or m[4] or "") for m in _TOKEN.finditer(code))
