"""Traditional characters read as simplified ones, and words that are kept as they were typed. Pure.

The table is config/characters.txt: one character for one, so that every word stays where it stood. Characters that
simplified texts use as well (乾, 著) are not in it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flow.business import CONFIG

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

FILE = "characters.txt"
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")


@lru_cache(maxsize=2)
def table(folder: Path = CONFIG) -> dict[int, str]:
    """Traditional characters with the simplified one of each."""
    rows = (folder / FILE).read_text(encoding="utf-8").splitlines()
    pairs = "".join(row for row in rows if not row.startswith("#"))
    return {ord(one): other for one, other in zip(pairs[::2], pairs[1::2], strict=True)}


def simplified(text: str, but: Collection[str] = ()) -> str:
    """A text in simplified characters; what is in ``but``, such as a colleague's name, stays as it is."""
    if text.isascii() or (plain := text.translate(table())) == text:
        return text
    for name in but:
        for match in re.finditer(re.escape(name), text) if name else ():
            plain = plain[: match.start()] + name + plain[match.end() :]
    return plain


def as_typed(words: str, typed: str) -> str:
    """Words of the simplified text of a message in the characters of ``typed``, the message itself."""
    plain = simplified(typed)
    if plain == typed:
        return words

    def restored(match: re.Match[str]) -> str:
        at = plain.find(match[0])
        return typed[at : at + len(match[0])] if at >= 0 else match[0]

    return _CHINESE.sub(restored, words)
