"""Moments as people type them: 2小时, 明天 9:00, 11-25, 12月1日 18点, 下周一, 下个工作日, 客户回复. Pure."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MORNING = time(9, 0)  #: of a day that is named without an hour
EVENING = time(23, 59)  #: of a last day
_SPAN = re.compile(r"(\d{1,4})\s*(分钟|分|小时|个小时|天|周)后?")
_UNITS = {"分钟": "minutes", "分": "minutes", "小时": "hours", "个小时": "hours", "天": "days", "周": "weeks"}
_DAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")
_HOUR = re.compile(r"(上午|下午|晚上|中午)?(\d{1,2})(?::(\d{2})|点(半|\d{1,2}分?)?)")
_NAMED = {"今天": 0, "明天": 1, "后天": 2, "大后天": 3}
WORK_DAY, FRIDAY = "下个工作日", 4  #: holidays are not known here
_WEEKDAY = re.compile(r"(下)?周([一二三四五六日天])")
_WEEK = "一二三四五六日"
_CUSTOMER = re.compile(
    r"(等|等到|到)?(客户|顾客|买家)有?(回复|回话|回信|回音|答复|消息|寄回|寄出|寄件)?(以后|之后|后|了|再说)*"
)


def span(word: str) -> timedelta | None:
    """``2小时``, ``30分钟``, ``3天``; None for anything else."""
    match = _SPAN.fullmatch(word)
    return timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else None


def for_customer(words: Sequence[str]) -> bool:
    """Whether they mean no moment but the customer's word: ``客户回复``, ``等客户寄回``."""
    return _CUSTOMER.fullmatch("".join(words)) is not None


def moment(words: Sequence[str], now: datetime, *, hour: time = MORNING) -> datetime | None:
    """The moment that all of ``words`` mean, in ``now``'s zone; None when they mean none.

    A day without a year is the next such day; ``hour`` stands where none is said.
    """
    if len(words) == 1 and (length := span(words[0])):
        return now + length
    said = "".join(words)
    day, rest = _day(said, now)
    at = _hour(rest)
    if day is None and at is None:
        return None
    if rest and at is None:
        return None
    base = day or now
    found = datetime.combine(base.date(), at or hour, now.tzinfo)
    return found + timedelta(days=1) if day is None and found <= now else found


def _day(said: str, now: datetime) -> tuple[datetime | None, str]:
    """The day at the front of ``said``, and what follows it."""
    if said.startswith(WORK_DAY):
        ahead = 1 if now.weekday() < FRIDAY else 7 - now.weekday()
        return now + timedelta(days=ahead), said[len(WORK_DAY) :]
    for name in sorted(_NAMED, key=len, reverse=True):
        if said.startswith(name):
            return now + timedelta(days=_NAMED[name]), said[len(name) :]
    if match := _WEEKDAY.match(said):
        wanted = _WEEK.index(match[2].replace("天", "日"))
        ahead = (wanted - now.weekday()) % 7 or 7
        if match[1]:
            ahead = 7 - now.weekday() + wanted
        return now + timedelta(days=ahead), said[match.end() :]
    if match := _DAY.match(said):
        return _dated(match, now), said[match.end() :]
    return None, said


def _dated(match: re.Match[str], now: datetime) -> datetime | None:
    try:
        found = now.replace(year=int(match[1] or now.year), month=int(match[2]), day=int(match[3]))
    except ValueError:
        return None
    if match[1] is None and found.date() < now.date():
        return found.replace(year=now.year + 1)
    return found


def _hour(said: str) -> time | None:
    match = _HOUR.fullmatch(said)
    if not match:
        return None
    hours = int(match[2]) + (12 if match[1] in ("下午", "晚上") and int(match[2]) < 12 else 0)
    minutes = 30 if match[4] == "半" else int((match[3] or match[4] or "0").removesuffix("分"))
    return time(hours, minutes) if hours < 24 and minutes < 60 else None
