"""A stretch that is to come, by its first day: 下个月, 明年, 国庆后; and moments within a sentence. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from flow.definitions import feasts
from flow.definitions.calendar_text import MORNING, NoSuchDay, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

_STRETCH = re.compile(
    r"(?P<far>下下|下)个?(?P<unit>月|季度|周|星期|礼拜)(?![一二三四五六日天末底初\d])|(?P<year>明|后)年(?!\d|[一二三四五六七八九十]|[底末初])"
)
_AGAIN = re.compile(r"(?:以后|之后|后)?$")
_AFTER = re.compile(r"(?<=.)(?:以后|之后|过后|后)$")  #: 明晚12点以后
_BEGINS = re.compile(r"[\d一二两三四五六七八九十半今明后大下本这周星礼月年凌早上中晚夜傍过元国双劳六]")
SOME_DAY = datetime(2026, 3, 4, 12, tzinfo=UTC)  #: any day would do: what is a moment is one on each
_LONGEST = 14  #: characters of a moment within a sentence


def moment_to_come(words: Sequence[str], now: datetime) -> datetime | None:
    """The moment that all of ``words`` mean; of a stretch to come its first morning. Raises NoSuchDay."""
    text = "".join(words)
    found = _stretch(text, now.date()) or feasts.over(text, now.date())
    if found and _AGAIN.fullmatch(found[1]):
        return now.replace(
            year=found[0].year, month=found[0].month, day=found[0].day,
            hour=MORNING.hour, minute=MORNING.minute, second=0, microsecond=0,
        )  # fmt: skip
    return moment(words, now) or moment([*words[:-1], _AFTER.sub("", words[-1])] if words else words, now)


def within(text: str, now: datetime) -> str:
    """The longest piece of a text that is a moment to come; "" for none."""
    pieces = (
        text[match.start() : match.start() + size]
        for match in _BEGINS.finditer(text)
        for size in range(min(_LONGEST, len(text) - match.start()), 1, -1)
    )
    return max((piece for piece in pieces if piece == piece.strip() and is_moment(piece, now)), key=len, default="")


def is_moment(text: str, now: datetime = SOME_DAY) -> bool:
    """Whether a text is a moment to come and nothing else, whenever it is said."""
    try:
        return moment_to_come(text.split(), now) is not None
    except NoSuchDay:
        return False


def _stretch(text: str, today: date) -> tuple[date, str] | None:
    match = _STRETCH.match(text)
    if match is None:
        return None
    rest, far = text[match.end() :], 2 if match["far"] == "下下" or match["year"] == "后" else 1
    if match["year"]:
        return date(today.year + far, 1, 1), rest
    if match["unit"] in ("周", "星期", "礼拜"):
        return today + timedelta(days=7 * far - today.weekday()), rest
    months = today.year * 12 + today.month - 1
    months = (months // 3 + far) * 3 if match["unit"] == "季度" else months + far
    return date(months // 12, months % 12 + 1, 1), rest
