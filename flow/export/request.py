"""Reading what somebody types after ``导出``: days, the filters of the reports, and the fields of the forms."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flow.definitions.nearest import nearest, suggestion
from flow.definitions.permissions import KINDS
from flow.export.answers import published_fields
from flow.stats import values
from flow.stats.errors import StatsError
from flow.stats.period import MAX_DAYS, TIME_WORDS, Period, is_time, normal, parse_period
from flow.stats.request import DEFAULT_CHART, ReportRequest, resolve
from flow.stats.scope import FILTERS, conditions, filter_name
from models import Case, Member
from models.enums import CaseState, CloseReason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from flow.definitions.flow import Field
    from flow.desk import Desk
    from flow.export.answers import Fields

DEFAULT_PERIOD = "本月"
STATE, KIND, TYPE = "状态", "类型", "退货类型"
CREATOR, OWNER, ORDER, TIME = (
    "提交人",
    "负责人",
    "订单",
    "时间",
)  #: conditions that lists have beside those of the reports
EVER, ME = "全部时间", "我"
STATES = frozenset({*map(str, CaseState), *map(str, CloseReason)})
_SYNONYMS = {
    "种类": KIND, STATE: STATE, CREATOR: CREATOR, "开单人": CREATOR, "创建人": CREATOR, OWNER: OWNER, "处理人": OWNER,
    "经手人": OWNER, ORDER: ORDER, "订单号": ORDER,
}  # fmt: skip
_TIMES = frozenset({TIME, "日期", "提交时间"})
LONGEST_WORD = 64  #: characters of an order's number, and of whatever else a word without a name is looked for among
_EVER = frozenset({EVER, "全部", "所有"})
_UNDER_WAY = frozenset({CaseState.OPEN, CaseState.HELD})
Where = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Which cases: opened in a period, and with one of the values for each filter."""

    period: Period
    where: Where = field(default_factory=dict)  #: filters of the reports
    states: tuple[str, ...] = ()
    answers: Where = field(default_factory=dict)  #: fields of forms
    loose: tuple[str, ...] = ()  #: words that only the database can tell the filter of
    orders: tuple[str, ...] = ()  #: numbers of orders
    people: Where = field(default_factory=dict)  #: who opened a case, or has it now: names
    ids: Mapping[str, int] = field(default_factory=dict)  #: of those people

    @property
    def title(self) -> str:
        """``2026-11-01~2026-11-23 · 质量问题 · 缺陷等级 严重``: days that mean the same tomorrow."""
        first, last = self.period.from_, self.period.to
        plain = [*self.where.values(), *([self.states] if self.states else [])]
        parts = ["、".join(values) for values in plain]
        named = {**self.people, **({ORDER: self.orders} if self.orders else {}), **self.answers}
        parts += [f"{name} {'、'.join(values)}" for name, values in named.items()]
        days = EVER if self.period.label == EVER else str(first) if first == last else f"{first}~{last}"
        return " · ".join([days, *parts])

    def members(self, name: str) -> list[int]:
        """Ids of the people under a name."""
        return [self.ids[each] for each in self.people.get(name, ())]


@dataclass(frozen=True, slots=True)
class Known:
    """What a word may name, beside times."""

    fields: Fields
    types: Collection[str]  #: return types
    values: Mapping[str, Collection[str]] = field(default_factory=dict)  #: what the rules name, by filter
    people: Mapping[str, int] = field(default_factory=dict)  #: everybody who is or was of the staff, with their ids
    former: Mapping[str, str] = field(default_factory=dict)  #: fields by their first names

    def name(self, word: str) -> str:
        """The filter or field that a word before = means. Raises StatsError naming those there are."""
        if word in _SYNONYMS:
            return _SYNONYMS[word]
        if word in self.fields or word in self.former:
            return word if word in self.fields else self.former[word]
        try:
            return filter_name(word)
        except StatsError as error:
            near = nearest(word, self.names().split(), 1)
            guess = f"，是不是“{near[0]}”？" if near else "，"
            raise StatsError(f"没有“{word}”这个筛选{guess}可以用：{self.names()}") from error

    def names(self) -> str:
        return " ".join(dict.fromkeys((*FILTERS, STATE, CREATOR, OWNER, ORDER, *self.fields)))

    def of_value(self, word: str) -> str:
        """The state, type or field that a word without = is a value of; "" where none of them."""
        if word in STATES:
            return STATE
        if word in self.types:
            return TYPE
        if word in self.values.get(KIND, KINDS):
            return KIND
        return next((name for name, each in self.fields.items() if word in each.options), "")


async def known(desk: Desk) -> Known:
    """What words may name now."""
    named = values.configured(desk.business, await desk.staff.now())
    people = {str(name): int(str(one)) for one, name in await Member.all().values_list("id", "name")}
    fields = desk.business.present.ids.fields
    former = {id_: name for name, id_ in fields.items() if id_ not in fields}
    return Known(await published_fields(desk), frozenset(desk.business.types), named, people, former)


def parse_list(
    words: Sequence[str], known: Known, now: datetime, tz: tzinfo, default: str = DEFAULT_PERIOD
) -> ListRequest:
    """``上月 店铺=旗舰店 缺陷等级=严重`` in any order.

    Raises StatsError for a time that can't be, a filter that there isn't, or two times at once.
    """
    times: list[str] = []
    loose: list[str] = []
    where: dict[str, list[str]] = {}
    names = (*known.names().split(), *_SYNONYMS)
    for word in conditions(words, names, lambda word: is_time(normal(word))):
        name, equals, value = word.partition("=")
        if equals and name in _TIMES:
            times.append(value)
        elif equals:
            where.setdefault(known.name(name), []).extend(_values(name, value))
        elif is_time(normal(word)) or word in _EVER:
            times.append(word)
        elif named := known.of_value(word):
            where.setdefault(named, []).append(word)
        else:
            loose.append(word)
    if len(times) > 1:
        raise StatsError(f"一次只能导出一段时间：{'、'.join(times)}")
    under_way = OWNER in where or (bool(where.get(STATE)) and set(where[STATE]) <= _UNDER_WAY)
    period = _period(times[0] if times else EVER if under_way else default, now, tz)
    return _sorted(period, where, known, loose)


def of_asker(words: Iterable[str], name: str) -> list[str]:
    """``提交人=我`` with the name of whoever asks."""
    return [f"{word.removesuffix(ME)}{name}" if word.endswith(f"={ME}") else word for word in words]


def _period(word: str, now: datetime, tz: tzinfo) -> Period:
    """As in the reports, and all that there is."""
    if word not in _EVER:
        return parse_period(word, now, tz)
    today = now.astimezone(tz).date()
    first = today - timedelta(days=MAX_DAYS)
    return Period(first, today, EVER, first, EVER)


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
    orders = found.pop(ORDER, ())
    _check_lengths([*loose, *orders])
    people = {name: found.pop(name) for name in (CREATOR, OWNER) if name in found}
    for name in {name for names in people.values() for name in names} - known.people.keys():
        near_names = nearest(name, known.people, 1)
        raise StatsError(f"没有叫“{name}”的员工" + (f"，是不是“{near_names[0]}”？" if near_names else "，请写全名"))
    answers = {name: found.pop(name) for name in [*found] if name in known.fields}
    for name, said in answers.items():
        _check_options(known.fields[name], said)
    return ListRequest(period, found, states, answers, tuple(loose), orders, people, known.people)


def _check_lengths(words: Iterable[str]) -> None:
    """Raises StatsError for a word that no column holds: looked for, it would be an error of the database's."""
    for word in words:
        if len(word) > LONGEST_WORD:
            raise StatsError(f"“{word[:10]}…”太长了，筛选的一个词最多 {LONGEST_WORD} 个字")


def _check_options(asked: Field, said: Iterable[str]) -> None:
    """Raises StatsError for an answer that a field with options does not offer."""
    for value in said:
        if asked.options and value not in asked.options:
            raise StatsError(f"{asked.name}里没有“{value}”{suggestion(value, asked.options)}")


async def resolve_list(request: ListRequest, known: Known) -> ListRequest:
    """Give each loose word the filter whose values it is among. Raises StatsError for a word that is nothing known."""
    where = {name: "、".join(values) for name, values in request.where.items()}
    await values.check(request.where, known.values)
    orders = [word for word in request.loose if await Case.exists(order_no=word)]
    for word in request.loose:
        if word in orders:
            continue
        try:
            asked = ReportRequest(DEFAULT_CHART, request.period, where, loose=(word,))
            where = (await resolve(asked, known.values)).where
        except StatsError as error:
            near = await values.any_near(word, known.values, known.names().split())
            raise StatsError(_not_understood(word, known, near if near.endswith("？") else "。")) from error
    found = {name: tuple(text.split("、")) for name, text in where.items()}
    return replace(request, where=found, loose=(), orders=(*request.orders, *orders))


def _not_understood(word: str, known: Known, guess: str) -> str:
    return (
        f"没看懂“{word}”{guess}时间：{TIME_WORDS} 全部；筛选：{known.names()}，例如 区域=华东。"
        "只要一张单的单据，写它的单号，例如 导出 R20261122-0007"
    )
