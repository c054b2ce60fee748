"""Reading what somebody types after ``导出``: days, the filters of the reports, and the fields of the forms."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flow.export.answers import published_fields
from flow.nearest import nearest, suggestion
from flow.stats import values
from flow.stats.errors import StatsError
from flow.stats.period import TIME_WORDS, is_time, normal, parse_period
from flow.stats.request import DEFAULT_CHART, ReportRequest, resolve
from flow.stats.scope import FILTERS, filter_name
from models.enums import CaseState, CloseReason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from flow.definition import Field
    from flow.desk import Desk
    from flow.export.answers import Fields
    from flow.stats.period import Period

DEFAULT_PERIOD = "本月"
STATE, KIND, TYPE = "状态", "类型", "退货类型"
STATES = frozenset({*map(str, CaseState), *map(str, CloseReason)})
_SYNONYMS = {"种类": KIND, STATE: STATE}
Where = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Which cases: opened in a period, and with one of the values for each filter."""

    period: Period
    where: Where = field(default_factory=dict)  #: filters of the reports
    states: tuple[str, ...] = ()
    answers: Where = field(default_factory=dict)  #: fields of forms
    loose: tuple[str, ...] = ()  #: words that only the database can tell the filter of

    @property
    def title(self) -> str:
        """``2026-11-01~2026-11-23 · 质量问题 · 缺陷等级 严重``: days that mean the same tomorrow."""
        first, last = self.period.from_, self.period.to
        plain = [*self.where.values(), *([self.states] if self.states else [])]
        parts = ["、".join(values) for values in plain]
        parts += [f"{name} {'、'.join(values)}" for name, values in self.answers.items()]
        return " · ".join([str(first) if first == last else f"{first}~{last}", *parts])


@dataclass(frozen=True, slots=True)
class Known:
    """What a word may name, beside times."""

    fields: Fields
    types: Collection[str]  #: return types
    values: Mapping[str, Collection[str]] = field(default_factory=dict)  #: what the rules name, by filter

    def name(self, word: str) -> str:
        """The filter or field that a word before = means. Raises StatsError naming those there are."""
        if word in _SYNONYMS:
            return _SYNONYMS[word]
        if word in self.fields:
            return word
        try:
            return filter_name(word)
        except StatsError as error:
            near = nearest(word, self.names().split(), 1)
            guess = f"，是不是“{near[0]}”？" if near else "，"
            raise StatsError(f"没有“{word}”这个筛选{guess}可以用：{self.names()}") from error

    def names(self) -> str:
        return " ".join(dict.fromkeys((*FILTERS, STATE, *self.fields)))

    def of_value(self, word: str) -> str:
        """The state, type or field that a word without = is a value of; "" where none of them."""
        if word in STATES:
            return STATE
        if word in self.types:
            return TYPE
        return next((name for name, each in self.fields.items() if word in each.options), "")


async def known(desk: Desk) -> Known:
    """What words may name now."""
    named = values.configured(desk.business, await desk.staff.now())
    return Known(await published_fields(desk), frozenset(desk.business.types), named)


def parse_list(
    words: Sequence[str], known: Known, now: datetime, tz: tzinfo, default: str = DEFAULT_PERIOD
) -> ListRequest:
    """``上月 店铺=旗舰店 缺陷等级=严重`` in any order.

    Raises StatsError for a time that can't be, a filter that there isn't, or two times at once.
    """
    times: list[str] = []
    loose: list[str] = []
    where: dict[str, list[str]] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if equals:
            where.setdefault(known.name(name), []).extend(_values(name, value))
        elif is_time(normal(word)):
            times.append(word)
        elif named := known.of_value(word):
            where.setdefault(named, []).append(word)
        else:
            loose.append(word)
    if len(times) > 1:
        raise StatsError(f"一次只能导出一段时间：{'、'.join(times)}")
    period = parse_period(times[0] if times else default, now, tz)
    return _sorted(period, where, known, loose)


def _values(name: str, text: str) -> list[str]:
    values = [value for value in text.split("、") if value]
    if not values:
        raise StatsError(f"筛选“{name}”没有写值，例如 区域=华东")
    return values


def _sorted(period: Period, where: Mapping[str, Iterable[str]], known: Known, loose: Iterable[str]) -> ListRequest:
    found = {name: tuple(dict.fromkeys(values)) for name, values in where.items()}
    if found.get(KIND) and set(found[KIND]) <= set(known.types):
        found[TYPE] = (*found.get(TYPE, ()), *found.pop(KIND))  # 类型=质量问题 is what people call it, and the column
    states = found.pop(STATE, ())
    if wrong := [state for state in states if state not in STATES]:
        near = suggestion(wrong[0], STATES)
        guess = near if near.endswith("？") else "，"
        raise StatsError(f"没有“{wrong[0]}”这个状态{guess}可以写：{'、'.join((*CaseState, *CloseReason))}")
    answers = {name: found.pop(name) for name in [*found] if name in known.fields}
    for name, said in answers.items():
        _check_options(known.fields[name], said)
    return ListRequest(period, found, states, answers, tuple(loose))


def _check_options(asked: Field, said: Iterable[str]) -> None:
    """Raises StatsError for an answer that a field with options does not offer."""
    for value in said:
        if asked.options and value not in asked.options:
            raise StatsError(f"{asked.name}里没有“{value}”{suggestion(value, asked.options)}")


async def resolve_list(request: ListRequest, known: Known) -> ListRequest:
    """Give each loose word the filter whose values it is among. Raises StatsError for a word that is nothing known."""
    where = {name: "、".join(values) for name, values in request.where.items()}
    await values.check(request.where, known.values)
    for word in request.loose:
        try:
            asked = ReportRequest(DEFAULT_CHART, request.period, where, loose=(word,))
            where = (await resolve(asked, known.values)).where
        except StatsError as error:
            near = await values.any_near(word, known.values, known.names().split())
            raise StatsError(_not_understood(word, known, near if near.endswith("？") else "。")) from error
    return replace(request, where={name: tuple(text.split("、")) for name, text in where.items()}, loose=())


def _not_understood(word: str, known: Known, guess: str) -> str:
    return (
        f"没看懂“{word}”{guess}时间：{TIME_WORDS}；筛选：{known.names()}，例如 区域=华东。"
        "只要一张单的单据，写它的单号，例如 导出 R20261122-0007"
    )
