"""Conditions on days: ``2027-06-01~2027-08-31``, ``>=2027-06-01``, ``从 2027-06-01 到 2027-08-31``. Pure.

A day is a day of the merchant's zone, both ends of a range count, and every one is written with its year.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_DAY = r"\d{4}\s*(?:-|/|\.|年)\s*\d{1,2}\s*(?:-|/|\.|月)\s*\d{1,2}\s*[日号]?"
_TO = r"(?:到|至|~|—|--)"
_DAYS = re.compile(rf"^(?:从|自|在)?\s*(?P<first>{_DAY})\s*{_TO}\s*(?P<last>{_DAY})\s*(?:为止|止)?$")
_BOUND = re.compile(rf"^(?P<sign>>=|<=|≥|≤|>|<)\s*(?P<day>{_DAY})$")
_FROM = re.compile(rf"^(?:从|自)\s*(?P<day>{_DAY})\s*(?:起|开始|以后|之后)?$|^(?P<since>{_DAY})\s*(?:起|开始)$")
_UNTIL = re.compile(rf"^(?:到|至)\s*(?P<day>{_DAY})\s*(?:为止|止)?$")
_ONE = re.compile(rf"^(?:=\s*)?(?P<day>{_DAY})$")
_ANY = re.compile(r"\d{4}\s*[-/.年]")
_PARTS = re.compile(r"\d+")
_NAMELESS = ("时间", "日子", "期间")
_FACT = r"(?P<fact>[^\s,，、;；<>=≤≥~且]*(?:日期|日子|时间|期间))\s*(?:=|在|是|为|:|：)?\s*"
_SAID = re.compile(
    rf"(?:{_FACT})?(?:(?P<range>(?:从|自|在)?\s*{_DAY}\s*{_TO}\s*{_DAY}(?:\s*(?:为止|止|期间|之间))?)"
    rf"|(?P<since>(?:从|自)\s*{_DAY}\s*(?:起|开始)?|{_DAY}\s*(?:起|开始))"
    rf"|(?P<until>(?:到|至)\s*{_DAY}\s*(?:为止|止)))"
)
_YEARLESS = re.compile(
    rf"(?:从|自)\s*(?!\d{{4}})\d{{1,2}}\s*(?:-|/|月)\s*\d{{1,2}}\s*[日号]?\s*{_TO}\s*\d{{1,2}}\s*(?:-|/|月)\s*\d{{1,2}}"
)
_BETWEEN = ("、", ",", ";", "\n")
_SIGNS = {"≥": ">=", "≤": "<="}
_TESTS: dict[str, Callable[[date, date], bool]] = {
    ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, "<": lambda a, b: a < b,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DayCell:
    """A condition on a day: how it is written, what it holds for, and the days where the answer may change."""

    text: str
    test: Callable[[Any], bool]
    days: frozenset[date]


def read(text: str) -> DayCell | None:
    """The condition that a cell is; None for what speaks of no day.

    Raises ValueError with a sentence for a day that there is not, and for a range that ends before it begins.
    """
    if not _ANY.search(text):
        return None
    if match := _DAYS.match(text):
        first, last = _day(match["first"]), _day(match["last"])
        if first > last:
            raise ValueError(f"“{text}”结束在开始以前，应像 {last}~{first}")
        return DayCell(f"{first}~{last}", _testing(lambda day: first <= day <= last), frozenset({first, last}))
    if match := _BOUND.match(text):
        return _bound(_SIGNS.get(match["sign"], match["sign"]), match["day"])
    if match := _FROM.match(text):
        return _bound(">=", match["day"] or match["since"])
    if match := _UNTIL.match(text):
        return _bound("<=", match["day"])
    if match := _ONE.match(text):
        only = _day(match["day"])
        return DayCell(str(only), _testing(lambda day: day == only), frozenset({only}))
    return None


def is_on_days(text: str) -> bool:
    """Whether a cell speaks of a day, be there such a day or not."""
    return bool(_ANY.search(text)) and any(form.match(text) for form in (_DAYS, _BOUND, _FROM, _UNTIL, _ONE))


def span_in(text: str) -> str:
    """The span of days that a sentence names as it is said there; "" for none."""
    match = _SAID.search(unicodedata.normalize("NFKC", text))
    return next((part.strip() for part in match.group("range", "since", "until") if part), "") if match else ""


def _bound(sign: str, said: str) -> DayCell:
    edge, holds = _day(said), _TESTS[sign]
    return DayCell(f"{sign}{edge}", _testing(lambda day: holds(day, edge)), frozenset({edge}))


def _testing(holds: Callable[[date], bool]) -> Callable[[Any], bool]:
    return lambda value: (day := day_in(value)) is not None and holds(day)


def _day(said: str) -> date:
    year, month, day = (int(part) for part in _PARTS.findall(said))
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f"没有 {year}-{month:02d}-{day:02d} 这一天") from error


def day_in(value: Any) -> date | None:
    """The day that a fact is, ISO 8601; None where it is none."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def beside(days: Iterable[date]) -> Iterator[date]:
    """Each day with the one before and the one after it, in order."""
    near = {day + timedelta(days=n) for day in days if date.min < day < date.max for n in (-1, 0, 1)}
    yield from sorted(near)


def written_out(text: str, fact: str, mark: str = "、") -> str:
    """A sentence with its spans of days as conditions: ``金额<=200 从 2027-11-01 到 2027-11-15`` becomes
    ``金额<=200、日期=2027-11-01~2027-11-15``. ``fact`` is the one that is meant where none is named.

    Raises ValueError as ``read`` does, and for a span without its year.
    """
    flat = unicodedata.normalize("NFKC", text)
    if match := _YEARLESS.search(flat):
        raise ValueError(f"“{match[0]}”没有写年份，今年还是每年？日期要写全，例如 从 2027-06-01 到 2027-08-31")

    def cell(match: re.Match[str]) -> str:
        said = next(part for part in (match["range"], match["since"], match["until"]) if part)
        found = read(re.sub(r"\s*(?:期间|之间)$", "", said.strip()))
        ahead = flat[: match.start()].rstrip()
        apart = "" if not ahead or ahead.endswith((*_BETWEEN, "且", "当", "如果", "=")) else mark
        named = match["fact"] if match["fact"] and match["fact"] not in _NAMELESS else fact
        text = found.text if found else said
        behind = flat[match.end() :].lstrip()
        more = mark if behind and not behind.startswith((*_BETWEEN, "且", "并", "而")) else ""
        return f"{apart}{named}{'' if text[0] in '<>' else '='}{text}{more}"

    return _SAID.sub(cell, flat) if _SAID.search(flat) else text
