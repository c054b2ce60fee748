"""Waybill numbers: what is one, which waybill a box belongs to, and which codes on a label are none. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from config import FOLDER
from flow.definitions import yamlfile
from flow.definitions.patterns import CASE_NO, alternatives

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

FILE = FOLDER / "couriers.yaml"
_SHAPE = re.compile(r"(?=.*\d)[A-Z0-9-]{6,40}")
_CASE_NO = re.compile(CASE_NO)
_CHINA = re.compile(r"69\d{11}")  #: GS1 prefixes 690 to 699 are China's (GS1 General Specifications, 1.4.2)


@dataclass(frozen=True, slots=True)
class Couriers:
    """``config/couriers.yaml``: how the couriers' numbers look, each pattern to be matched as a whole."""

    waybills: tuple[re.Pattern[str], ...]
    boxes: tuple[re.Pattern[str], ...]
    routes: tuple[re.Pattern[str], ...]
    names: tuple[str, ...] = ()  #: of the couriers, as people say them
    spoken: re.Pattern[str] = re.compile(r"(?!)")  #: what may stand beside a number that is typed, and says no more
    headed: re.Pattern[str] = re.compile(r"(?!)")  #: numbers that begin with a courier's letters


@cache
def couriers() -> Couriers:
    """The shapes that ship. Raises ValueError for a pattern that is none, which a test holds impossible."""
    text: Mapping[str, Any] = yamlfile.read(FILE.read_text(encoding="utf-8"))
    waybills, boxes, routes = (
        tuple(re.compile(str(shape)) for shape in text[kind].values()) for kind in ("运单号", "箱码", "路由码")
    )
    names = tuple(text["运单号"])
    spoken = re.compile(f"(?:{alternatives([*names, *text['旁边']])})+")
    headed = re.compile(rf"(?:{alternatives(text['字头'])})[A-Z]{{0,3}}\d{{8,}}", re.IGNORECASE)
    return Couriers(waybills, boxes, routes, names, spoken, headed)


def waybill(text: str) -> str | None:
    """The waybill number that a code or a word is: 6 to 40 letters, digits and hyphens, with a digit, in upper case.

    The code of one box of several is its waybill: ``JDVA00012345678-1-2-`` is ``JDVA00012345678``. None for anything
    else, and for a case's number.
    """
    upper = text.strip().upper()
    for shape in couriers().boxes:
        if match := shape.fullmatch(upper):
            return match["运单"]
    return upper if _SHAPE.fullmatch(upper) and not _CASE_NO.fullmatch(upper) else None


def has_courier_shape(number: str) -> bool:
    """Whether a number looks like one that a courier in the file gives out."""
    return any(shape.fullmatch(number) for shape in couriers().waybills)


def is_route(number: str) -> bool:
    """Whether a code tells a sorting machine where to, such as ``571-A05-02``, and no parcel from another."""
    return any(shape.fullmatch(number) for shape in couriers().routes) and not has_courier_shape(number)


def is_article(number: str) -> bool:
    """Whether 13 digits are the EAN-13 of goods from China: prefix 690 to 699, a right check digit (ISO/IEC 15420)."""
    if not _CHINA.fullmatch(number):
        return False
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(number[:12]))
    return (10 - total % 10) % 10 == int(number[12])


@dataclass(frozen=True, slots=True)
class LabelCodes:
    """What stands on a label, or was typed for one, sorted; each in the order read."""

    waybills: tuple[str, ...]
    articles: tuple[str, ...]
    routes: tuple[str, ...]
    unread: tuple[str, ...]  #: neither: links, words

    @property
    def likely(self) -> tuple[str, ...]:
        """The waybills that look like a courier's, else all of them."""
        return tuple(filter(has_courier_shape, self.waybills)) or self.waybills


def sort_codes(texts: Iterable[str], articles: Collection[str]) -> LabelCodes:
    """Tell a parcel's number from what is printed beside it. ``articles`` are texts known to be goods."""
    rows: dict[str, dict[str, None]] = {kind: {} for kind in ("waybills", "articles", "routes", "unread")}
    for text in texts:
        number = waybill(text)
        if text in articles or is_article(text):
            rows["articles"][text] = None
        elif number is None:
            rows["unread"][text] = None
        else:
            rows["routes" if is_route(number) else "waybills"][number] = None
    return LabelCodes(*(tuple(row) for row in rows.values()))
