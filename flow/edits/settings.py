"""设置: what stands beside flows and policies: quiet hours, days on the way, urgent words, zones of the stock. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.business import SPARE
from flow.definitions.choices import PAGE, REVIEW_EVERY, REVIEW_MOST, TRANSIT, UNUSED, URGENT_WORDS
from flow.definitions.quiet_hours import FROM, TO, URGENT_TOO
from flow.definitions.quiet_hours import TITLE as QUIET
from flow.edits.quantities import digits, ended
from flow.edits.sentence import listed, new_name, one_of, yes
from flow.edits.working_copy import Edit, Unchanged
from flow.errors import NotFound, PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data

CALENDAR, CHOICES, STOCK = "calendar", "choices", "stock"
ZONES = "库区"
NONE = ("无", "没有", "不要", "关", "关闭", "取消", "0")
WORD_CHARS, ZONE_CHARS = 20, 32
_CLOCK = (
    r"(?P<half{n}>早上|上午|中午|下午|晚上|夜里|凌晨)?\s*(?P<hour{n}>\d{{1,2}})"
    r"(?:[:：点时](?P<minute{n}>\d{{2}}|半)?分?)?"
)
_SPAN = re.compile(rf"(?:从\s*)?{_CLOCK.format(n=1)}\s*(?:到|至|~|-)\s*(?:第二天|次日)?\s*{_CLOCK.format(n=2)}")
BARE_CLOCK = r"(?:早上|上午|中午|下午|晚上|夜里|凌晨)?\s*\d{1,2}(?:[:：点时](?:\d{2}|半)?分?)?"
CLOCK_SPAN = rf"{BARE_CLOCK}\s*(?:到|至|~|-)\s*(?:第二天|次日)?\s*{BARE_CLOCK}"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of whole number, as people write and read it."""

    pattern: re.Pattern[str]
    none: str
    example: str
    unit: str


_OF_DAYS = _Kind(re.compile(r"(\d{1,4})\s*(?:天|日|个自然日)?"), "不设", "{0} 5 或 {0} 5天", " 天")
_OF_THINGS = _Kind(re.compile(r"(\d{1,3})\s*(?:样|条|个)?"), "不限", "{0} 20", "")
_TURNED = re.compile(r"^(?:改成|改为|改到|设为|设成|换成|调到|调成|是|=|:|→)\s*")
_LED = re.compile(r"^(?:的?时间段?|的)?[\s,:]*")
_ADD, _DROP = re.compile(r"^(?:增加|加上|再加|加)(?:一?个)?\s*"), re.compile(r"^(?:去掉|删掉|删除|减去|减|不要)\s*")
_BETWEEN = re.compile(r"[、,;|\s]+")


def edit(sentence: Sentence, book: Book) -> Edit:
    """Set one of them; what it is called may be glued to its value."""
    text = ended(sentence.text)
    what = next((word for word in sorted(SETTINGS, key=len, reverse=True) if text.startswith(word)), "")
    if not what:
        first = text.split()[0] if text else ""
        raise NotFound(f"没有“{first}”这一样可以设置，有：{'、'.join(SETTINGS)}；例如：{sentence.example}")
    said = _LED.sub("", text[len(what) :]).strip()
    said = _TURNED.sub("", said).strip() or said
    if not said:
        raise sentence.unclear(f"要写把“{what}”设成什么")
    return SETTINGS[what](what, said, book)


def _put(book: Book, kind: str, data: Data, said: str) -> Edit:
    """The edit of one plain file, which may not be there yet. Raises Unchanged when nothing is different."""
    if data == _read(book, kind):
        raise Unchanged("本来就是这样，没有改动")
    return Edit({(kind, kind): yamlfile.write(data)}, said)


def _read(book: Book, kind: str) -> Data:
    return dict(yamlfile.read(book.bundle.get((kind, kind), SPARE.get(kind, "{}"))) or {})


# -- what can be set ---------------------------------------------------------------------------------------------------


def _quiet(what: str, said: str, book: Book) -> Edit:
    data = _read(book, CALENDAR)
    if said in NONE:
        return _put(book, CALENDAR, {**data, QUIET: {}}, "免打扰：不要了，什么时候都发")
    if not (match := _SPAN.fullmatch(digits(said))):
        raise PolicyRefused(f"免打扰“{said}”看不懂，应像 免打扰 22:00 到 08:00；不要就写 免打扰 无")
    since, until = _clock(match, 1), _clock(match, 2)
    kept = {URGENT_TOO: True, **(data.get(QUIET) or {})}
    fresh = {FROM: since, TO: until, **{key: value for key, value in kept.items() if key not in (FROM, TO)}}
    return _put(book, CALENDAR, {**data, QUIET: fresh}, f"免打扰改为 {since} 到 {until}")


def _clock(match: re.Match[str], n: int) -> str:
    """``晚上10点半`` as 22:30. Raises PolicyRefused for no time of day."""
    hour, minute = int(match[f"hour{n}"]), match[f"minute{n}"] or "00"
    if match[f"half{n}"] in ("下午", "晚上", "夜里") and 0 < hour < 12:
        hour += 12
    minute = "30" if minute == "半" else minute
    if hour > 24 or int(minute) > 59:
        raise PolicyRefused(f"“{match[0]}”不是一天里的时间，应像 22:00 到 08:00")
    return f"{hour % 24:02}:{minute}"


def _urgent_too(what: str, said: str, book: Book) -> Edit:
    data = _read(book, CALENDAR)
    quiet = dict(data.get(QUIET) or {})
    if not quiet:
        raise PolicyRefused("现在没有免打扰，先写 免打扰 22:00 到 08:00")
    on = yes(said)
    told = "照发" if on else "也等到免打扰结束"
    return _put(book, CALENDAR, {**data, QUIET: {**quiet, URGENT_TOO: on}}, f"免打扰时标了紧急的单{told}")


def _days(what: str, said: str, book: Book) -> Edit:
    return _number(what, said, book, _OF_DAYS)


def _count(what: str, said: str, book: Book) -> Edit:
    return _number(what, said, book, _OF_THINGS)


def _number(what: str, said: str, book: Book, kind: _Kind) -> Edit:
    """Set a whole number of the choices, or take it away. Raises PolicyRefused for what is none."""
    data = book.read(CHOICES, CHOICES)
    if said in NONE:
        return _put(book, CHOICES, {key: value for key, value in data.items() if key != what}, f"{what}：{kind.none}")
    if not (match := kind.pattern.fullmatch(digits(said))):
        raise PolicyRefused(f"{what}“{said}”看不懂，应像 {kind.example.format(what)}")
    return _put(book, CHOICES, {**data, what: int(match[1])}, f"{what}改为 {int(match[1])}{kind.unit}")


def _urgent_words(what: str, said: str, book: Book) -> Edit:
    data = book.read(CHOICES, CHOICES)
    old = [str(word) for word in data.get(what) or ()]
    adding, dropping = _ADD.match(said), _DROP.match(said)
    words = _words(said[(adding or dropping).end() :] if adding or dropping else said)  # type: ignore[union-attr]
    if dropping:
        words = [one_of(word, old, what) for word in words]
        fresh = [word for word in old if word not in words]
    else:
        fresh = list(dict.fromkeys([*(old if adding else ()), *words]))
    return _put(book, CHOICES, {**data, what: fresh}, f"{what}改为 {'、'.join(fresh) or '（没有）'}")


def _words(text: str) -> list[str]:
    found = [] if text in NONE else [word for word in _BETWEEN.split(text) if word]
    if long := next((word for word in found if len(word) > WORD_CHARS), ""):
        raise PolicyRefused(f"“{long[:WORD_CHARS]}…”太长，一个词最多 {WORD_CHARS} 个字，几个用 、隔开")
    return found


def _zone(what: str, said: str, book: Book) -> Edit:
    """``合格 待售区``: where goods go that were found to be so."""
    zones = book.table(STOCK)
    outcome, _, zone = said.partition(" ")
    if not zone.strip():
        raise PolicyRefused(f"要写哪一种进哪个库区，例如：{ZONES} 合格 待售区；现在有 {listed(zones)}")
    found = one_of(outcome, zones, "质检结果")
    named = new_name(_TURNED.sub("", zone.strip()), (), ZONES, ZONE_CHARS)
    return book.with_table(STOCK, {**zones, found: named}, f"{ZONES}：质检{found}的进 {named}")


SETTINGS: Mapping[str, Callable[[str, str, Book], Edit]] = {
    QUIET: _quiet, URGENT_TOO: _urgent_too, TRANSIT: _days, PAGE: _days, URGENT_WORDS: _urgent_words, ZONES: _zone,
    REVIEW_EVERY: _days, UNUSED: _days, REVIEW_MOST: _count,
}  # fmt: skip

_REVIEW = ((REVIEW_EVERY, "不定期看"), (UNUSED, "没有"), (REVIEW_MOST, "不限"))


def told(bundle: Mapping[tuple[str, str], str]) -> list[str]:
    """What is set now, a line each."""
    texts = {kind: bundle.get((kind, kind), SPARE.get(kind, "{}")) for kind in (CALENDAR, CHOICES, STOCK)}
    read: dict[str, Any] = {kind: yamlfile.read(text) or {} for kind, text in texts.items()}
    quiet, choices = read[CALENDAR].get(QUIET) or {}, read[CHOICES]
    urgent = "紧急照发" if quiet.get(URGENT_TOO, True) else "紧急也等"
    zones = "，".join(f"{name} {zone}" for name, zone in (read[STOCK].get(ZONES) or {}).items())
    return [
        f"{QUIET}：{f'{quiet[FROM]} 到 {quiet[TO]}，{urgent}' if quiet else '没有'}",
        f"{TRANSIT}：{choices.get(TRANSIT, 0)}；{PAGE}：{choices.get(PAGE) or '一直'}",
        "；".join(f"{key}：{choices.get(key) or none}" for key, none in _REVIEW),
        f"{URGENT_WORDS}：{'、'.join(map(str, choices.get(URGENT_WORDS) or ())) or '（没有）'}",
        f"{ZONES}：{zones}",
    ]
