"""Days and moments as people type them: 12-30, 下周三, 月底, 2-29, 后天下午, 晚上12点, 两天, 半小时. Pure.

A day without a year is last year's, this year's or next year's by whether it is told or planned.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

MORNING = time(9, 0)  #: of a day that is named without an hour
EVENING = time(23, 59)  #: of a last day
LEAP_GAP = 9  #: years within which each day of a calendar comes again
YEARS = range(1990, 2100)
MONTH_DAYS = 30  #: of 一个月 as a length
FRIDAY, SATURDAY = 4, 5
WORK_DAY = "下个工作日"  #: holidays are not known here

_BLANK = re.compile(r"(?<!\d) | (?!\d)")
_DIGITS = {numeral: n for n, numeral in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMERAL = re.compile(
    r"(?<![周期拜])([零〇一二两三四五六七八九十]{1,4})(?=个|年|月|日|号|天|周|星期|点|时|小时|分|刻|半)"
)
_ONE_LENGTH = re.compile(r"(半|\d{1,4})(?:个)?(半)?(?:个)?(分钟|分|刻钟|小时|钟头|天|周|星期|M)(半)?")
_MONTH_LONG = "M"  #: stands for 个月, which is a length where 月 is a name
_MINUTES = {"分钟": 1, "分": 1, "刻钟": 15, "小时": 60, "钟头": 60, "天": 1440, "周": 10080, "星期": 10080,
            _MONTH_LONG: MONTH_DAYS * 1440}  # fmt: skip
_AFTER = re.compile(r"(?:之后|以后|后)$")
_NAMED = {"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1, "大后天": 3,
          "后天": 2}  # fmt: skip
_SHORT = {"今晚": "今天晚上", "明晚": "明天晚上", "后晚": "后天晚上", "昨晚": "昨天晚上", "今早": "今天早上",
          "明早": "明天早上", "今儿个": "今天", "明儿个": "明天", "后儿个": "后天", "昨儿个": "昨天", "今儿": "今天",
          "明儿": "明天", "后儿": "后天", "昨儿": "昨天"}  # fmt: skip
_WEEKDAY = re.compile(r"(上上|下下|上|下|本|这)?个?(?:周|星期|礼拜)([一二三四五六日天末])")
_WEEKS = {"上上": -2, "上": -1, "本": 0, "这": 0, "下": 1, "下下": 2}
_WEEK = "一二三四五六日"
_EDGE = re.compile(r"(上|下|本|这)?个?(月|年)(底|末|初)")
_YEARLESS = re.compile(r"(\d{1,2})(?:月|[-/.])(\d{1,2})(?:[日号]|(?![\d:]))")
_DATED = re.compile(r"(?:(\d{4})[-/.年]|(今|明|去|前|后)年)(\d{1,2})[-/.月](\d{1,2})(?:[日号]|(?!\d))")
_PLAIN = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)")
_OF_MONTH = re.compile(r"(上|下|本|这)?个?月?(\d{1,2})(?:号|日)")
_PARTS: dict[str, tuple[int, int, int]] = {  # the first hour that it may mean, where it begins, where it ends
    "凌晨": (0, 1, 6), "早上": (5, 9, 12), "早晨": (5, 9, 12), "上午": (5, 9, 12), "中午": (11, 12, 14),
    "下午": (12, 14, 18), "傍晚": (16, 18, 20), "晚上": (17, 20, 24), "夜里": (17, 22, 24),
}  # fmt: skip
_HOUR = re.compile(rf"({'|'.join(_PARTS)})?(\d{{1,2}})(?::(\d{{2}})|(?:点钟?|时)(半|[123]刻|\d{{1,2}}分?)?)")
_YEAR_WORDS = {"前": -2, "去": -1, "今": 0, "明": 1, "后": 2}
_MONTH_WORDS = {"上": -1, "本": 0, "这": 0, "": 0, "下": 1}
_PAST_WORDS = ("购买", "购入", "下单", "签收", "收到", "收货", "到货", "付款", "发生", "发现", "生产", "出厂", "安装")
_COMING_WORDS = ("预约", "预计", "上门", "回访", "截止", "截至", "到期", "提醒", "约定", "计划")


class Tense(Enum):
    """Whether a day has been, or is to come."""

    PAST = "以前"
    COMING = "以后"


class NoSuchDay(PolicyRefused):  # a refusal, as its base is
    """A day that no calendar has."""


class WhichYear(PolicyRefused):
    """A day without a year that may be of two."""


@dataclass(frozen=True, slots=True)
class _Ask:
    """What a day is told by: today, the day that it follows, and whether it has been."""

    today: date
    since: date | None
    tense: Tense

    @property
    def base(self) -> date:
        return self.since or self.today

    def fits(self, found: date) -> bool:
        return found >= self.base if self.tense is Tense.COMING else found <= self.base


@dataclass(frozen=True, slots=True)
class _Read:
    """A day, and what follows it; ``yearless`` where it was said without a year."""

    day: date
    rest: str
    yearless: bool = False


def tense_of(words: str) -> Tense | None:
    """What the name of a thing says: 购买日期 has been, 预约日期 is to come; None where it says neither."""
    if any(word in words for word in _PAST_WORDS):
        return Tense.PAST
    return Tense.COMING if any(word in words for word in _COMING_WORDS) else None


def span(word: str) -> timedelta | None:
    """``2小时``, ``两天``, ``半小时``, ``一个半小时``, ``1小时30分``; None for anything else."""
    text, minutes, place = _AFTER.sub("", _plain(word)), 0.0, 0
    text = text.replace("个半月", f"半{_MONTH_LONG}").replace("个月", _MONTH_LONG)
    while match := _ONE_LENGTH.match(text, place):
        count = 0.5 if match[1] == "半" else int(match[1]) + (0.5 if match[2] or match[4] else 0)
        minutes, place = minutes + count * _MINUTES[match[3]], match.end()
    return timedelta(minutes=minutes) if 0 < place == len(text) else None


def moment(words: Sequence[str], now: datetime, *, hour: time = MORNING, since: date | None = None) -> datetime | None:
    """The moment that all of ``words`` mean, in ``now``'s zone; None when they mean none.

    A day without a year is the next such day, from ``since`` on where that is given; ``hour`` stands where none is
    said. Raises NoSuchDay.
    """
    text = _plain(" ".join(words))
    if (length := span(text)) is not None:
        return _later(now, length)
    found = _day(text, _Ask(now.date(), since, Tense.COMING))
    at = _time(found.rest if found else text, last=hour == EVENING)
    if (found is None or found.rest) and at is None:
        return None
    day = found.day if found else now.date()
    when = _later(datetime.combine(day, time(), now.tzinfo), at if at is not None else _since_midnight(hour))
    return when + timedelta(days=1) if when and found is None and when <= now else when


def is_yearless(words: Sequence[str]) -> bool:
    """Whether they begin with a day that is said without its year."""
    found = _day(_plain(" ".join(words)), _Ask(date(2024, 1, 1), None, Tense.COMING))
    return found is not None and found.yearless


def day_of(text: str, today: date, tense: Tense | None = None) -> date | None:
    """The day that a text is and nothing else; None for no day. Raises NoSuchDay, WhichYear where both make sense."""
    plain = _plain(text)
    found = _day(plain, _Ask(today, None, tense or Tense.COMING))
    if found is None or found.rest:
        return None
    other = _day(plain, _Ask(today, None, Tense.PAST)) if found.yearless and tense is None else None
    if other is None or other.day == found.day:
        return found.day
    nearest = min(other.day, found.day, key=lambda each: abs((each - today).days))
    if nearest.year == today.year:
        return nearest
    raise WhichYear(f"“{text}”是 {other.day} 还是 {found.day}？请把年份也写上")


def _later(start: datetime, length: timedelta) -> datetime | None:
    try:
        return start + length
    except OverflowError:
        return None


def _since_midnight(hour: time) -> timedelta:
    return timedelta(hours=hour.hour, minutes=hour.minute)


def _plain(text: str) -> str:
    """Half-width, blanks only where digits would run together, numbers in digits, 今晚 and its like spelt out."""
    apart = _NUMERAL.sub(lambda match: _number(match[1]), " ".join(unicodedata.normalize("NFKC", text).split()))
    flat = spelt_out(_BLANK.sub("", apart))  # 2027-06-01 零点 keeps its blank, 三 天 loses it
    return _NUMERAL.sub(lambda match: _number(match[1]), flat)


def spelt_out(text: str) -> str:
    """A text with 明晚 as 明天晚上."""
    for short, full in _SHORT.items():
        text = text.replace(short, full)
    return text


def _number(numeral: str) -> str:
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return "".join(str(_DIGITS[char]) for char in tens)
    if any(char == "十" for char in ones):
        return numeral
    return str(_DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0))


def _day(text: str, ask: _Ask) -> _Read | None:
    """The day at the front of a text, and what follows it. Raises NoSuchDay."""
    for reader in (_named, _dated, _weekday, _edge, _yearless, _of_month):
        if found := reader(text, ask):
            return _Read(found.day, found.rest.strip(), found.yearless)
    return None


def _named(text: str, ask: _Ask) -> _Read | None:
    if text.startswith(WORK_DAY):
        weekday = ask.today.weekday()
        return _Read(ask.today + timedelta(days=1 if weekday < FRIDAY else 7 - weekday), text[len(WORK_DAY) :])
    name = next((name for name in sorted(_NAMED, key=len, reverse=True) if text.startswith(name)), None)
    return _Read(ask.today + timedelta(days=_NAMED[name]), text[len(name) :]) if name else None


def _dated(text: str, ask: _Ask) -> _Read | None:
    if match := _DATED.match(text):
        year = int(match[1]) if match[1] else ask.today.year + _YEAR_WORDS[match[2]]
        return _Read(_real(year, int(match[3]), int(match[4])), text[match.end() :])
    if match := _PLAIN.match(text):
        return _Read(_real(int(match[1]), int(match[2]), int(match[3])), text[match.end() :])
    return None


def _real(year: int, month: int, day: int) -> date:
    if year not in YEARS:
        raise NoSuchDay(f"“{year}”不是合理的年份，请核对日期")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NoSuchDay(f"没有 {year}-{month:02d}-{day:02d} 这一天，请核对日期") from error


def _yearless(text: str, ask: _Ask) -> _Read | None:
    match = _YEARLESS.match(text)
    if not match:
        return None
    month, day = int(match[1]), int(match[2])
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2024, month)[1]:  # 2024 has every day that there is
        raise NoSuchDay(f"没有{month}月{day}日这一天，请核对日期")
    step = 1 if ask.tense is Tense.COMING else -1
    for year in range(ask.base.year, ask.base.year + step * LEAP_GAP, step):
        if day <= calendar.monthrange(year, month)[1] and ask.fits(found := date(year, month, day)):
            return _Read(found, text[match.end() :], yearless=True)
    return None


def _weekday(text: str, ask: _Ask) -> _Read | None:
    match = _WEEKDAY.match(text)
    if not match:
        return None
    wanted = SATURDAY if match[2] == "末" else _WEEK.index(match[2].replace("天", "日"))
    if match[1]:
        ahead = 7 * _WEEKS[match[1]] - ask.today.weekday() + wanted
        return _Read(ask.today + timedelta(days=ahead), text[match.end() :])
    if ask.tense is Tense.COMING:
        ahead = (wanted - ask.base.weekday()) % 7 or (0 if ask.since else 7)
    else:
        ahead = -((ask.base.weekday() - wanted) % 7)
    return _Read(ask.base + timedelta(days=ahead), text[match.end() :])


def _edge(text: str, ask: _Ask) -> _Read | None:
    """月底, 下月初, 年底."""
    match = _EDGE.match(text)
    if not match:
        return None
    shift = _MONTH_WORDS[match[1] or ""]
    today = ask.today
    months = today.year * 12 + today.month - 1 + shift if match[2] == "月" else (today.year + shift) * 12
    if match[2] == "年" and match[3] != "初":
        months += 11
    year, month = months // 12, months % 12 + 1
    return _Read(date(year, month, 1 if match[3] == "初" else calendar.monthrange(year, month)[1]), text[match.end() :])


def _of_month(text: str, ask: _Ask) -> _Read | None:
    """5号, 下个月5号, 本月31日."""
    match = _OF_MONTH.match(text)
    if not match or int(match[2]) not in range(1, 32):
        return None
    if match[1]:
        months = ask.today.year * 12 + ask.today.month - 1 + _MONTH_WORDS[match[1]]
        return _Read(_real(months // 12, months % 12 + 1, int(match[2])), text[match.end() :])
    months = ask.base.year * 12 + ask.base.month - 1
    for count in range(3):  # of two months in a row one has all its days
        year, month = divmod(months + count * (1 if ask.tense is Tense.COMING else -1), 12)
        last = calendar.monthrange(year, month + 1)[1]
        if int(match[2]) <= last and ask.fits(found := date(year, month + 1, int(match[2]))):
            return _Read(found, text[match.end() :])
    return None


def _time(text: str, *, last: bool) -> timedelta | None:
    """Since midnight; a part of a day alone is where it begins, or where it ends if it is the ``last`` that counts."""
    if text in _PARTS:
        _, begins, ends = _PARTS[text]
        return timedelta(hours=ends) - timedelta(minutes=ends == 24) if last else timedelta(hours=begins)
    match = _HOUR.fullmatch(text)
    if not match:
        return None
    hours = _hours(int(match[2]), match[1])
    minutes = _minutes(match[3] or match[4] or "0")
    length = timedelta(hours=hours, minutes=minutes) if hours is not None and minutes < 60 else None
    return length if (length is not None and length <= timedelta(days=1)) or match[1] else None


def _hours(said: int, part: str | None) -> int | None:
    """``晚上12点`` is 24, ``中午1点`` 13, ``凌晨12点`` 0; None where the part of the day has no such hour."""
    if said > 24 or part is None:
        return said if said <= 24 else None
    if part == "凌晨":
        return said % 12 if said <= 12 and said % 12 < 6 else None
    if part in ("晚上", "夜里") and said in (0, 12):
        return 24
    first = _PARTS[part][0]
    return said + 12 if said < first and said < 12 and part not in ("早上", "早晨", "上午") else said


def _minutes(text: str) -> int:
    if text == "半":
        return 30
    return int(text[0]) * 15 if text.endswith("刻") else int(text.removesuffix("分"))
