"""Feasts as people name them, from config/feasts.yaml: which days they are, and when they are over. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from config import FOLDER
from flow.definitions import yamlfile
from flow.definitions.patterns import alternatives

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = FOLDER / "feasts.yaml"
LEAP = 2024  #: a year that has every day


@dataclass(frozen=True, slots=True)
class Feasts:
    """The file as one value."""

    ends: Mapping[str, tuple[int, int]]  #: a feast that is on the same days each year -> month and day of its last
    spoken: re.Pattern[str]  #: a feast, with its year or without, and nothing else
    over: re.Pattern[str]  #: 国庆后, 过完元旦, at the beginning of a text
    moving: tuple[str, ...]  #: 年后, 春节后: a time that falls on other days each year
    every: str  #: pattern of any feast's name
    those_days: str  #: pattern of what may follow it


@cache
def feasts() -> Feasts:
    """The feasts that ship, read once."""
    return feasts_of(FILE.read_text(encoding="utf-8"))


def feasts_of(file: str) -> Feasts:
    """The feasts of a file. Raises ValueError or KeyError for one that is wrong."""
    text: Mapping[str, Any] = yamlfile.read(file)
    ends: dict[str, tuple[int, int]] = {}
    for name, days in text["每年一样"].items():
        first, last = (_day(str(days[key])) for key in ("从", "到"))
        if last < first:
            raise ValueError(f"{FILE.name}：{name} 的 到 在 从 之前")
        ends |= dict.fromkeys((str(name), *map(str, days.get("又叫", ()))), (last.month, last.day))
    every = alternatives([*ends, *text["每年不一样"]])
    spoken = re.compile(rf"(?:[今去前明]年|\d{{4}}年?)?(?:{every})(?:{alternatives(text['那几天'])})?")
    over = re.compile(
        rf"(?P<done>{alternatives(text['过完'])})?(?P<feast>{alternatives(ends)})(?:{alternatives(text['那几天'])})?(?P<after>{alternatives(text['以后'])})?"
    )
    return Feasts(ends, spoken, over, tuple(text["说不准"]), every, alternatives(text["那几天"]))


def is_feast(word: str) -> bool:
    """Whether a word names a feast, of whatever year; 618 alone may be any number."""
    return feasts().spoken.fullmatch(word) is not None and not word.isdigit()


def over(text: str, today: date) -> tuple[date, str] | None:
    """The first day behind a feast that a text begins with, and what follows: 国庆后再付; None for another text."""
    match = feasts().over.match(text)
    if match is None or not (match["done"] or match["after"]):
        return None
    month, day = feasts().ends[match["feast"]]
    behind = date(today.year, month, day) + timedelta(days=1)
    if behind <= today:
        behind = date(today.year + 1, month, day) + timedelta(days=1)
    return behind, text[match.end() :]


def without_coming(text: str) -> str:
    """A text without ``双十二到了``: what has come is a day, and no parcel."""
    return re.sub(rf"(?:{feasts().every})(?:{feasts().those_days})?(?:快|要|马上|就)*(?:到|来)(?:了|啦)?", "\n", text)


def named(text: str) -> str:
    """The feast that a text names; "" for none."""
    match = re.search(feasts().every, text)
    return match[0] if match and not match[0].isdigit() else ""


def moving(text: str) -> str:
    """A time in a text that falls on other days each year: 年后, 过完年; "" for none."""
    return next((word for word in sorted(feasts().moving, key=len, reverse=True) if word in text), "")


def _day(text: str) -> date:
    month, day = text.split("-")
    return date(LEAP, int(month), int(day))
