"""The words for a stretch of days, and the stretch before it to compare with."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from flow.definitions.calendar_text import NoSuchDay, Tense, day_of
from flow.definitions.feasts import is_feast
from flow.stats.errors import StatsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

TIME_WORDS = "今天 昨天 本周 上周 本月 上月 本季度 上季度 今年 去年 近30天 2011-08 2011-03-01~2011-08-31"
MAX_DAYS = 3660  # ten years: more is a slip of the finger, and a picture nobody can read
YEARS = range(1970, 2200)
DAY = timedelta(days=1)


class Window(NamedTuple):
    """A stretch of time in UTC, ``end`` excluded."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """Local days ``from_`` to ``to``, both included; ``before_from`` opens the stretch that ends where this begins."""

    from_: date
    to: date
    label: str
    before_from: date
    before: str

    @property
    def days(self) -> int:
        """How many days, both ends counted."""
        return (self.to - self.from_).days + 1

    def window(self, tz: tzinfo) -> Window:
        """The same in UTC."""
        return Window(midnight(self.from_, tz), midnight(self.to + DAY, tz))

    def window_before(self, now: datetime, tz: tzinfo) -> Window:
        """The stretch before; while this one runs, only as much of it as has passed of this one."""
        start, end = self.window(tz)
        opened = midnight(self.before_from, tz)
        return Window(opened, start if end <= now else max(opened, min(start, opened + (now - start))))


def midnight(day: date, tz: tzinfo) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime.combine(day, time(), tz).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The first of the month ``months`` later."""
    count = day.year * 12 + day.month - 1 + months
    if not 12 <= count < 9999 * 12:
        raise StatsError("没有这一年，请换个时间")
    return date(count // 12, count % 12 + 1, 1)


def week_start(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def month_start(day: date) -> date:
    """The first of its month."""
    return day.replace(day=1)


def quarter_start(day: date) -> date:
    """The first day of its quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def year_start(day: date) -> date:
    """New Year's Day."""
    return date(day.year, 1, 1)


class _Unit(NamedTuple):
    start: Callable[[date], date]
    shift: Callable[[date, int], date]  # from one unit's first day to that of another


_DAY = _Unit(lambda day: day, lambda day, n: day + n * DAY)
_WEEK = _Unit(week_start, lambda day, n: day + 7 * n * DAY)
_MONTH = _Unit(month_start, add_months)
_QUARTER = _Unit(quarter_start, lambda day, n: add_months(day, 3 * n))
_YEAR = _Unit(year_start, lambda day, n: add_months(day, 12 * n))

_CALENDAR = {  # word: unit, how many back, what to call the one before
    "今天": (_DAY, 0, "昨天"),
    "昨天": (_DAY, 1, "前天"),
    "前天": (_DAY, 2, "再前一天"),
    "本周": (_WEEK, 0, "上周"),
    "上周": (_WEEK, 1, "前一周"),
    "本月": (_MONTH, 0, "上月"),
    "上月": (_MONTH, 1, "前月"),
    "本季度": (_QUARTER, 0, "上季度"),
    "上季度": (_QUARTER, 1, "前一季度"),
    "今年": (_YEAR, 0, "去年"),
    "去年": (_YEAR, 1, "前年"),
}
_SYNONYMS = {
    "今日": "今天", "昨日": "昨天", "这周": "本周", "这个月": "本月", "当月": "本月", "上个月": "上月", "本年": "今年",
    "本季": "本季度", "这个季度": "本季度", "上季": "上季度", "上个季度": "上季度", "上年": "去年", "近半年": "近6个月",
    "上星期": "上周", "上个星期": "上周", "上礼拜": "上周", "上个礼拜": "上周", "上个周": "上周",
    "这星期": "本周", "这个星期": "本周", "这礼拜": "本周", "这个礼拜": "本周", "本星期": "本周",
}  # fmt: skip
_YEARS = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2}
_OF_YEAR = re.compile(
    rf"(?P<year>{'|'.join(_YEARS)})(?P<rest>(?:\d{{1,2}}|[一二三四五六七八九十]|十[一二])(?:月|[-/.]\d).*)"
)
_HALF = re.compile(r"(?P<year>\d{4}年?|今年|本年|去年|上年|前年)?(?P<half>[上下])半年")
_DAY_OF_MONTH = re.compile(r"(?P<month>上|本|这)个?月(?P<day>\d{1,2})[号日]")
_NUMERALS = {numeral: n for n, numeral in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "十一": 11, "十二": 12}
_ROLLING = re.compile(r"(?:最近|近|过去)(\d+|[一二两三四五六七八九十])(天|日|周|个月|月|年)")
_DATE = re.compile(r"(\d{4})(?:年|$|[-/.](?=\d))(?:(\d{1,2})(?:月|$|[-/.](?=\d))(?:(\d{1,2})日?)?)?")
_QUARTERS = re.compile(r"(\d{4})年?-?(?:q([1-4])|第?([1-4一二三四])季度)")
_QUARTER_ALONE = re.compile(r"(?P<year>今年|本年|去年|上年)?(?:第?(?P<number>[1-4一二三四])季度?|q(?P<q>[1-4]))")
_LIKE_DATE = re.compile(r"\d{4}(?:$|q[1-4]|[-/.年~〜至到](?:\d|q|$|第|一|二|三|四).*)")
_MONTH_ALONE = re.compile(r"(\d{1,2}|[一二三四五六七八九十]|十[一二])月份?")
_ONE_DAY = r"(?:\d{1,2}(?:月\d{1,2}[日号]?|[-/.]\d{1,2})|(?:上|本|这)?(?:周|星期)[一二三四五六日天]|大?前天|昨天|今天)"
_LIKE_DAY = re.compile(rf"{_ONE_DAY}(?:(?:~|〜|至|到|\.\.){_ONE_DAY})?")
_RANGE = re.compile(r"~|〜|至|到|\.\.")


def normal(text: str) -> str:
    """Half-width, without spaces, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def parse_period(text: str, now: datetime, tz: tzinfo) -> Period:
    """The days that ``text`` names, none of them after today unless it is a date that says so.

    Raises StatsError with the words that would do.
    """
    word = normal(text)
    word = _SYNONYMS.get(word, word)
    today = now.astimezone(tz).date()
    if is_feast(word):
        raise StatsError(
            f"“{text}”是哪几天，每年每家不一样，没有查；请写日期，例如 {today.year - 1}-11-01~{today.year - 1}-11-11"
        )
    word = _with_year(word, today)
    readers = (_calendar, _half, _rolling, _quarter, _dates)
    period = next((found for reader in readers if (found := reader(word, today))), None)
    if period is None:
        raise StatsError(f"没看懂时间“{text}”，可以写：{TIME_WORDS}")
    if period.days > MAX_DAYS:
        raise StatsError(f"时间太长了，最多 {MAX_DAYS // 366} 年")
    return period


def is_time(word: str) -> bool:
    """Whether a ``normal`` word means to be a time, be it a wrong one."""
    if is_feast(word):
        return True
    shapes = (_OF_YEAR, _HALF, _DAY_OF_MONTH, _ROLLING, _LIKE_DATE, _QUARTER_ALONE, _MONTH_ALONE, _LIKE_DAY)
    return word in _CALENDAR or word in _SYNONYMS or any(shape.fullmatch(word) for shape in shapes)


def _with_year(word: str, today: date) -> str:
    """``去年12月`` as ``2025年12月``, ``上月31号`` as that day. Raises StatsError where the month has no such day."""
    if match := _OF_YEAR.fullmatch(word):
        numeral = re.match(r"十?[一二三四五六七八九十]", match["rest"])
        number = _NUMERALS.get(numeral[0]) if numeral else None
        rest = match["rest"].replace(numeral[0], str(number), 1) if numeral and number else match["rest"]
        return f"{today.year + _YEARS[match['year']]}年{rest}"
    if match := _DAY_OF_MONTH.fullmatch(word):
        first = add_months(today, -1 if match["month"] == "上" else 0)
        last = (add_months(first, 1) - DAY).day
        if not 1 <= int(match["day"]) <= last:
            raise StatsError(f"没有“{word}”这一天：{first.year} 年 {first.month} 月只有 {last} 天")
        return first.replace(day=int(match["day"])).isoformat()
    return word


def _half(word: str, today: date) -> Period | None:
    """``上半年`` of the year that is said, else of the last that has begun."""
    match = _HALF.fullmatch(word)
    if not match:
        return None
    said = match["year"] or ""
    year = int(said[:4]) if said[:1].isdigit() else today.year + _YEARS.get(said, 0)
    start = _day(word, year, 1 if match["half"] == "上" else 7, 1)
    if not said and start > today:
        start = start.replace(year=year - 1)
    unit = _Unit(lambda day: day, lambda day, n: add_months(day, 6 * n))
    names = [f"{day.year}年{'上' if day.month == 1 else '下'}半年" for day in (start, unit.shift(start, -1))]
    return _whole(unit, start, today, (names[0], names[1]))


def _calendar(word: str, today: date) -> Period | None:
    if word not in _CALENDAR:
        return None
    unit, back, before = _CALENDAR[word]
    return _whole(unit, unit.shift(unit.start(today), -back), today, (word, before))


def _whole(unit: _Unit, start: date, today: date, names: tuple[str, str]) -> Period:
    """A day, week, month, quarter or year; one that still runs ends today and is compared with as much of the last."""
    end = unit.shift(start, 1) - DAY
    label, before = names
    if start <= today <= end:
        end, before = today, f"{before}同期"
    return Period(start, end, label, unit.shift(start, -1), before)


def _quarter(word: str, today: date) -> Period | None:
    """``三季度`` or ``Q3`` of the year that is said, else the last that has begun."""
    match = _QUARTER_ALONE.fullmatch(word)
    if not match:
        return None
    number = int(_NUMERALS.get(match["number"] or "", match["number"] or match["q"]))
    year = today.year - (match["year"] in ("去年", "上年"))
    start = date(year, 3 * number - 2, 1)
    if not match["year"] and start > today:
        start = date(year - 1, 3 * number - 2, 1)
    return _named(_QUARTER, start, today)


def _rolling(word: str, today: date) -> Period | None:
    match = _ROLLING.fullmatch(word)
    if not match:
        return None
    count, unit = _NUMERALS.get(match[1]) or int(match[1]), match[2]
    if not 1 <= count <= MAX_DAYS:
        raise StatsError(f"“{word}”的天数要在 1 到 {MAX_DAYS} 之间")
    start = _back(today, count, unit) + DAY
    days = (today - start).days + 1
    return Period(start, today, word, start - days * DAY, f"前{days}天")


def _back(day: date, count: int, unit: str) -> date:
    if unit in "天日周":
        return day - count * (7 if unit == "周" else 1) * DAY
    first = add_months(day, -count * (12 if unit == "年" else 1))
    last = add_months(first, 1) - DAY
    return min(last, first + (day.day - 1) * DAY)


def _dates(word: str, today: date) -> Period | None:
    """``2011``, ``2011-08``, ``2011-08-15``, ``2011Q3``, or any two of them with ``~`` between."""
    ends = _RANGE.split(word)
    found = [period for end in ends if (period := _one_date(end, today))]
    if len(found) != len(ends) or len(found) > 2:
        return None
    first, last = found[0], found[-1]
    if first.from_ > last.to and (earlier := _one_date(ends[0], last.to)):
        first = earlier  # 12-30~1-3, said on 2 January: the days around the one that is named last
    if first is last:
        return first
    if first.from_ > last.to:
        raise StatsError(f"时间前后颠倒了：{first.from_} 在 {last.to} 之后")
    days = (last.to - first.from_).days + 1
    before = first.from_ - days * DAY
    return Period(first.from_, last.to, f"{first.label}~{last.label}", before, f"前{days}天")


def _one_date(word: str, today: date) -> Period | None:
    if match := _QUARTERS.fullmatch(word):
        number = int(_NUMERALS.get(match[3] or "", match[2] or match[3]))
        return _named(_QUARTER, _day(word, int(match[1]), 3 * number - 2, 1), today)
    match = _DATE.fullmatch(word)
    if not match:
        return _yearless(word, today)
    year, month, day = (int(part) if part else None for part in match.groups())
    unit = _YEAR if month is None else _MONTH if day is None else _DAY
    return _named(unit, _day(word, year or 0, 1 if month is None else month, 1 if day is None else day), today)


def _yearless(word: str, today: date) -> Period | None:
    """``12-30``, ``12月30日``, ``12月``, ``上周三``: the last one that has begun."""
    if match := _MONTH_ALONE.fullmatch(word):
        month = int(_NUMERALS.get(match[1], match[1]))
        first = _day(word, today.year - (month > today.month), month, 1)
        return _named(_MONTH, first, today)
    try:
        found = day_of(word, today, Tense.PAST)
    except NoSuchDay as error:
        raise StatsError(str(error)) from error
    return _named(_DAY, found, today) if found else None


def _day(word: str, year: int, month: int, day: int) -> date:
    if year not in YEARS:
        raise StatsError(f"“{word}”：年份要在 {YEARS.start} 到 {YEARS.stop - 1} 之间")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise StatsError(f"没有“{word}”这个日子，请查一下月和日") from error


def _named(unit: _Unit, start: date, today: date) -> Period:
    before = unit.shift(start, -1)
    return _whole(unit, start, today, (_name(unit, start), _name(unit, before)))


def _name(unit: _Unit, start: date) -> str:
    if unit is _QUARTER:
        return f"{start.year}年{start.month // 3 + 1}季度"
    return start.isoformat()[: {_YEAR: 4, _MONTH: 7}.get(unit, 10)]
