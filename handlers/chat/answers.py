"""Answers to a list of products: ``2``, ``2×3``, ``第二个``, ``1、3``, ``71053 两个``, ``灯 3件``. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.edits.quantities import NUMERAL, numeral
from handlers.chat import glued, quantities
from handlers.chat.goods import called

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.orders.lookup import Choice

_PLACE = re.compile(
    rf"第?(?P<place>\d{{1,2}}|(?<=第){NUMERAL})(?:个|种|样|项|号)?[.)]?"
    rf"(?:\s*[×xX*✕]\s*(?P<times>\d{{1,9}})|[\s:]+(?P<count>\S+))?"
)
_EACH = re.compile(
    rf"(?P<names>\S+?)(?:都|要|退|换)*各(?:要|退|换)*(?P<units>(?:\d{{1,3}}|{NUMERAL}){quantities.MEASURE})(?:吧|了)?"
)
_PARTS = re.compile(r"\s*(?:[、,;]|和|以及|还有)\s*|(?<=个)\s+|(?<=\d)\s+(?=\d{1,2}\s?[×xX*✕])")


def product(value: str, offered: Sequence[Choice]) -> list[tuple[str, int | None]] | None:
    """The products that an answer names, each with its count, None where it says none; None for no answer."""
    text = value.strip(" ,;。.!、")
    known = quantities.read(text, [choice.sku for choice in offered])
    if known.lines and all(line.sku for line in known.lines):
        clear = not (known.rest or known.unclear or known.loose)
        return [(line.sku, _units(line, offered)) for line in known.lines] if clear else None
    text, unclear = glued.counted(text, offered, ())
    found = [_one(part, offered) for part in _PARTS.split(_each(text))]
    return None if unclear or None in found else [each for each in found if each]


def _each(text: str) -> str:
    """``羽绒服和袜子各一个`` as a count for each of them."""
    match = _EACH.fullmatch(text)
    return "、".join(f"{part}{match['units']}" for part in _PARTS.split(match["names"]) if part) if match else text


def _units(line: quantities.Line, offered: Sequence[Choice]) -> int | None:
    if line.everything:
        return next(choice.left for choice in offered if choice.sku == line.sku)
    return line.units


def _one(part: str, offered: Sequence[Choice]) -> tuple[str, int | None] | None:
    if match := _PLACE.fullmatch(part):
        number = match["place"]
        place = int(number) if number.isdigit() else numeral(number) or 0
        units = int(match["times"]) if match["times"] else quantities.count(match["count"] or "")
        if not 1 <= place <= len(offered) or (match["count"] and (units is None or match["count"].isdigit())):
            return None
        return offered[place - 1].sku, units
    beside = quantities.beside(part)
    name = (beside[0] if beside else part).removeprefix("那个").removeprefix("退").strip("的 ")
    fits = called(name, offered, loosely=True) if name else []
    fits = fits or [
        choice for choice in offered if name.removesuffix("码").casefold() in choice.title.casefold().split()
    ]
    return (fits[0].sku, beside[1] if beside else None) if len(fits) == 1 else None
