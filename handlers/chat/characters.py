"""Traditional characters read as simplified ones. Pure.

The table is OpenCC's, one character for one, so that every word stays where it stood. Characters that simplified texts
use as well (乾, 著), which are those of GB 2312, are left out.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_UNUSED = "後於夥菸"  #: of GB 2312, and yet in no simplified text


@cache
def table() -> dict[int, str]:
    """Traditional characters with the simplified one of each."""
    rows = files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8").splitlines()
    pairs = [(one, ways.split()[0]) for one, _, ways in (row.partition("\t") for row in rows) if len(one) == 1]
    return {ord(one): way for one, way in pairs if len(way) == 1 and way != one and not _is_simplified(one)}


def _is_simplified(character: str) -> bool:
    try:
        return bool(character.encode("gb2312")) and character not in _UNUSED
    except UnicodeEncodeError:
        return False


def simplified(text: str, but: Collection[str] = ()) -> str:
    """A text in simplified characters; what is in ``but``, such as a colleague's name, stays as it is."""
    if text.isascii() or (plain := text.translate(table())) == text:
        return text
    for name in but:
        for match in re.finditer(re.escape(name), text) if name else ():
            plain = plain[: match.start()] + name + plain[match.end() :]
    return plain
