"""Cells to values: whole numbers, money, moments; each refusal says what is wrong and how to write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

MAX_UNITS = 1_000_000  # of one line; above it somebody has typed a code into the quantity
MAX_YUAN = 100_000_000
LONGEST = 24  # characters of a number; Decimal rounds to two places within 28 digits
YEARS = range(1990, 2100)  # of a believable moment; spreadsheets turn empty cells into 1900
NOON = 12
DAY = 86_400  # seconds
CACHE = 65_536  # an order's lines share its moment, and prices repeat

_NUMBER = re.compile(r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$")
_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(?:\.\d{3})+$")  # 1.000 is one here, and a thousand elsewhere
_CURRENCY = re.compile(r"^([+-]?)\s*(?:[¥￥]|RMB|CNY|人民币)?\s*(.*?)\s*(?:元整?|块|RMB|CNY)?$", re.IGNORECASE)
_COUNTED = re.compile(r"\s*[件个只套盒瓶双条包台部张本支把块片袋罐桶对]$")  # whatever the goods are counted by
_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}.*)?$")
_ZONE_APART = re.compile(r"(?<=\d) (?=[+-]\d\d:?\d\d$)| ?(?:UTC|GMT)$")
_WEEKDAY = re.compile(r" *[(（]?(?:星期|周)[一二三四五六日天][)）]? *")
_DATE = r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
_TIME = r"(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})?(?:\.\d+)?秒?)?"
_YEAR_FIRST = re.compile(
    rf"{_DATE}(?:[ T]*(?P<half>上午|下午|AM|PM)? *{_TIME} *(?P<after>AM|PM)?)?", re.IGNORECASE
)  # fmt: skip
_DIGITS = re.compile(r"\d{8}|\d{14}")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a spreadsheet


class BadValue(ValueError):
    """A cell that cannot be used: why, and how to put it right."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.reason, self.fix = reason, fix


@lru_cache(CACHE)
def units(name: str, text: str) -> int:
    """A whole number, also as ``6.0``, ``1,200`` or ``6件``; the sign is kept. ``1.000`` may be one or a thousand."""
    text = _COUNTED.sub("", text)
    if not text:
        raise BadValue(f"没有{name}", f"补上{name}")
    if _THOUSANDS.match(text):
        whole, run = text.partition(".")[0], text.replace(".", "")
        raise BadValue(f"{name} {text} 看不出是 {whole} 还是 {run}", f"{name}写成不带小数的整数，例如 {whole}")
    if not _NUMBER.match(text) or text.partition(".")[2].strip("0"):
        raise BadValue(f"{name}不是整数", f"{name}写成整数，例如 6")
    if len(text) > LONGEST or abs(value := int(text.partition(".")[0].replace(",", ""))) > MAX_UNITS:
        raise BadValue(f"{name}大得不合理", f"核对{name}，最多 {MAX_UNITS:,}")
    return value


@lru_cache(CACHE)
def money(name: str, text: str) -> Decimal:
    """An amount in yuan, rounded to two decimals, also as ``¥1,280.50`` or ``35元``."""
    return yuan(price(name, text))


@lru_cache(CACHE)
def price(name: str, text: str) -> Decimal:
    """What a unit costs in yuan, exactly as it stands there, which may be less than a 分."""
    if not text:
        raise BadValue(f"没有{name}", f"补上{name}")
    number = _CURRENCY.sub(r"\1\2", text)
    if not _NUMBER.match(number):
        raise BadValue(f"{name}不是金额", f"{name}写成数字，例如 35.00")
    if len(number) > LONGEST or abs(value := Decimal(number.replace(",", ""))) > MAX_YUAN:
        raise BadValue(f"{name}大得不合理", f"核对{name}，最多 {MAX_YUAN:,} 元")
    return value


def moments(formats: tuple[str, ...], tz: tzinfo) -> Callable[[str, str], datetime]:
    """A reader of moments: times without a zone are local to ``tz``; the result is in UTC."""

    @lru_cache(CACHE)
    def moment(name: str, text: str) -> datetime:
        if not text:
            raise BadValue(f"没有{name}", f"补上{name}")
        value = _parsed(text, formats)
        if value is None:
            raise BadValue(f"{name}认不出", f"{name}写成 2011-08-31 17:45:00，或在映射里加日期格式")
        if value.year not in YEARS:
            raise BadValue(f"{name}不合理", f"核对{name}，年份应在 {YEARS.start} 到 {YEARS.stop - 1} 之间")
        return (value if value.tzinfo else value.replace(tzinfo=tz)).astimezone(UTC)

    return moment


def _parsed(text: str, formats: tuple[str, ...]) -> datetime | None:
    """ISO 8601 is read whatever the mapping says: it cannot be mistaken, and workbooks give it.

    What the mapping says comes next, then whatever begins with a year, then the number of a day in a spreadsheet.
    """
    if _ISO.match(text):
        try:
            return datetime.fromisoformat(_ZONE_APART.sub(lambda zone: "" if zone[0] == " " else "+00:00", text))
        except ValueError:
            return None
    for pattern in formats:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is added by the caller
        except ValueError:
            continue
    try:
        return _year_first(_WEEKDAY.sub(" ", text).strip()) or _day_number(text)
    except ValueError:
        return None


def _year_first(text: str) -> datetime | None:
    """``2026年4月5日 12:30``, ``2026.4.5``, ``2026/4/5 下午 3:05``, ``20260405``. Raises ValueError for no such day."""
    if _DIGITS.fullmatch(text):
        return datetime.strptime(text, "%Y%m%d%H%M%S" if len(text) > len("20260405") else "%Y%m%d")  # noqa: DTZ007
    if not (found := _YEAR_FIRST.fullmatch(text)):
        return None
    year, month, day, hour, minute, second = (
        int(found[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second")
    )
    half = (found["half"] or found["after"] or "").upper()
    if half in {"下午", "PM"} and hour < NOON:
        hour += NOON
    elif half in {"上午", "AM"} and hour == NOON:
        hour = 0
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the zone is added by the caller


def _day_number(text: str) -> datetime | None:
    """What a spreadsheet stores for a moment: 45000.5 is noon on 15 March 2023."""
    return _EPOCH + timedelta(seconds=round(float(text) * DAY)) if _SERIAL.fullmatch(text) else None
