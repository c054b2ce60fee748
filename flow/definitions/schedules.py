"""When a rule of 自动规则 looks by itself: ``每天 9:00``, ``每周一 9:00``, ``每月 1 号 9:00``. Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from flow.definitions.conditions import word

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = ("每天 9:00", "每周一 9:00", "每月 1 号 9:00", "每月最后一天 9:00")
_WEEKDAYS = "一二三四五六日"
_LAST = 31  #: a day that a shorter month has as its last
PATTERN = (
    r"每(?:天|日|(?:周|星期)[一二三四五六日天]|个?月\s*(?:\d{1,2}\s*[号日]|最后一天))\s*(?:早上|上午|下午|晚上)?\s*"
    r"(?:\d{1,2}[:：]\d{2}|\d{1,2}\s*[点时](?:整|半)?)"
)
_SAID = re.compile(
    r"每(?:(?P<daily>天|日)|(?:周|星期)(?P<weekday>[一二三四五六日天])|个?月\s*(?:(?P<day>\d{1,2})\s*[号日]|最后一天))\s*"
    r"(?P<part>早上|上午|下午|晚上)?\s*(?P<hour>\d{1,2})(?:[:：](?P<minute>\d{2})|\s*[点时](?P<half>整|半)?)"
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A time of day on every day, one weekday (Monday is 0), or one day of the month; the last, where it has fewer."""

    at: time
    weekday: int | None = None
    day: int | None = None

    def words(self) -> str:
        """``每周一 09:00``."""
        return f"{self._days()} {self.at:%H:%M}"

    def _days(self) -> str:
        if self.weekday is not None:
            return f"每周{_WEEKDAYS[self.weekday]}"
        if self.day is None:
            return "每天"
        return "每月最后一天" if self.day == _LAST else f"每月 {self.day} 号"

    def last_due(self, now: datetime) -> datetime:
        """The newest of its moments that is not after ``now``, which is of the merchant's zone.

        An hour that summer time leaves out comes when the clock has gone on; one that comes twice counts once.
        """
        found = (datetime.combine(day, self.at, now.tzinfo) for day in self._before(now.date()))
        return next(due for due in found if due.astimezone(UTC) <= now.astimezone(UTC))

    def _before(self, today: date) -> Iterator[date]:
        """Its days from today backwards."""
        if self.day is None:
            back = 0 if self.weekday is None else (today.weekday() - self.weekday) % 7
            step = 1 if self.weekday is None else 7
            yield today - timedelta(days=back)
            yield today - timedelta(days=back + step)
            return
        first = today.replace(day=1)
        for month in (first, (first - timedelta(days=1)).replace(day=1), (first - timedelta(days=32)).replace(day=1)):
            due = month.replace(day=min(self.day, calendar.monthrange(month.year, month.month)[1]))
            if due <= today:
                yield due


def read(text: str) -> Schedule:
    """Raises ValueError, in words, for what is no schedule."""
    said = word(text)
    match = _SAID.fullmatch(said)
    if match is None:
        raise ValueError(f"“{text}”看不懂，应像 {'、'.join(EXAMPLES)}")
    at = _clock(match, text)
    if match["daily"]:
        return Schedule(at)
    if match["weekday"]:
        return Schedule(at, weekday=_WEEKDAYS.index(match["weekday"].replace("天", "日")))
    day = int(match["day"] or _LAST)
    if not 1 <= day <= _LAST:
        raise ValueError(f"“{text}”里没有 {day} 号这一天")
    return Schedule(at, day=day)


def _clock(match: re.Match[str], text: str) -> time:
    hour, minute = int(match["hour"]), int(match["minute"] or 0) or (30 if match["half"] == "半" else 0)
    if match["part"] in ("下午", "晚上") and 0 < hour < 12:
        hour += 12
    if hour > 23 or minute > 59:
        raise ValueError(f"“{text}”里没有 {match['hour']}:{minute:02} 这个时刻，一天从 0:00 到 23:59")
    return time(hour, minute)
