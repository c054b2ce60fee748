"""Reads what people type: full-width and half-width alike. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from flow.definitions.patterns import CASE_NO
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from decimal import Decimal

MAX_TEXT = 2000  #: longer than any command; the rest of a message is not read
MAX_NOTE = 500  #: what the note of a case holds; a longer one ends in …

_SIGNS = "×xX*✕"
_COUNT = r"(?=\d+(?:\s|$|[,、;]))"
_TIMES = re.compile(rf"\s*[×*✕]\s*{_COUNT}|(?<=[0-9A-Za-z])(?:\s+[xX]\s*|[xX]\s+)(?=\d{{1,4}}\b){_COUNT}")
_ITEM_END = re.compile(rf"([{_SIGNS}]\d+)[,、;]")
_AT = re.compile(r"^@(\S+)\s+")
_ITEM = re.compile(rf"^(?P<sku>.+)(?P<sign>[{_SIGNS}])(?P<count>\d{{1,9}})$")
_CASE_NO = re.compile(rf"^{CASE_NO}$")
_FEE = re.compile(r"¥?(\d{1,8}(?:\.\d{1,2})?)[元块]?")
_WIDE = {",": "，", "!": "！", "?": "？", ";": "；", ":": "："}
_TIE = re.compile(r"^(?:[\s,.。、;:!]+|[吧了啊](?=[\s,。;!]))+")
_BEHIND_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff”）])[,!?;:]")
_BEFORE_CHINESE = re.compile(r"[,;](?=[\u4e00-\u9fff“（])")
_UNSEEN = {"Cc", "Cf", "Cs"}  #: control, invisible, half of a pair: databases and phones choke on them


def flat(text: str) -> str:
    """NFKC, no control or invisible characters, single spaces."""
    wide = unicodedata.normalize("NFKC", text[:MAX_TEXT])
    seen = (" " if c.isspace() else c for c in wide if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    return " ".join("".join(seen).split())


def normalise(text: str, is_colleague: Callable[[str], bool] = lambda _: False) -> str:
    """``flat``, and no leading mention but of a colleague, which says whose the matter is."""
    rest = flat(text)
    while (match := _AT.match(rest)) and not is_colleague(match[1]):
        rest = rest[match.end() :]
    return rest


def written(text: str) -> str:
    """Words to be kept, as a person writes them: without the marks that tied them to the command, and full-width."""
    return wide(_TIE.sub("", text).strip())


def wide(text: str) -> str:
    """Marks beside Chinese in their full width."""
    return _BEFORE_CHINESE.sub(_wide, _BEHIND_CHINESE.sub(_wide, text))


def _wide(mark: re.Match[str]) -> str:
    return _WIDE[mark[0]]


def words(text: str) -> list[str]:
    """The words of a normalised message; ``85123A x 2`` is one word, with the sign ×; 、 ends an item.

    An x without a space stays: it may be part of a waybill or an order number, such as JDX0012.
    """
    return _ITEM_END.sub(r"\1 ", _TIMES.sub("×", text)).split()


def is_case_no(word: str) -> bool:
    return bool(_CASE_NO.match(word.upper()))


def item(word: str, known: Collection[str]) -> tuple[str, int] | None:
    """``85123A×2`` or ``85123A`` as (SKU, units), with the SKU spelt as in ``known``; None when it is no such thing."""
    spelt = {_folded(sku): sku for sku in known}
    if whole := spelt.get(_folded(word)):
        return whole, 1
    match = _ITEM.match(word)
    if match and (sku := spelt.get(_folded(match["sku"]))):
        return sku, int(match["count"])
    return None


def _folded(sku: str) -> str:
    """Upper case, with one sign for all that ``words`` takes for ×: a SKU may itself end in x2."""
    return re.sub(f"[{_SIGNS}]", "×", sku.upper())


def counted_item(word: str) -> str | None:
    """The SKU of a word that clearly means a product with a number, known or not; Max2 does not."""
    match = _ITEM.match(word)
    clear = match and (match["sign"] not in "xX" or any(char.isdigit() for char in match["sku"]))
    return match["sku"] if match and clear else None


def counts(rest: Collection[str]) -> dict[str, int]:
    """``85123A×1`` words as SKU -> units, for counting goods; other words are left out."""
    found: dict[str, int] = {}
    for word in rest:
        if match := _ITEM.match(word):
            found[match["sku"].upper()] = found.get(match["sku"].upper(), 0) + int(match["count"])
    return found


def part_and_fee(text: str) -> tuple[str, Decimal] | None:
    """``滤网组件 35`` as (part, yuan); None when it is not both, or the fee is negative."""
    part, _, fee = text.rpartition(" ")
    match = _FEE.fullmatch(fee)
    return (part.strip(), yuan(match[1])) if match and part.strip() else None
