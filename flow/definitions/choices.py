"""Choices between the published things: which policy a case takes, where its goods go, whom to look at twice. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import yaml

from flow.definitions import yamlfile
from flow.definitions.conditions import number
from flow.definitions.risk import risky
from flow.definitions.schema import Key, Value, words_of
from flow.definitions.tables import RULE, rows_of
from flow.definitions.vocabulary import KNOWN, RISK_RULE, RISKY
from flow.errors import DefinitionError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.definitions.conditions import When
    from flow.definitions.tables import Row

POLICIES, ADDRESSES, PAUSES = "政策选择", "退货地址", "不计天数"
TRANSIT, URGENT_WORDS, PAGE = "运输天数", "紧急用语", "进度页天数"
REVIEW_EVERY, UNUSED, REVIEW_MOST = "体检间隔天数", "体检闲置天数", "体检最多几样"
KEYS = (POLICIES, ADDRESSES, RISKY, TRANSIT, PAUSES, URGENT_WORDS, PAGE, REVIEW_EVERY, UNUSED, REVIEW_MOST)
ON_LIST = "在禁止名单里"  #: that rule where no row says so
WAREHOUSE = "仓库"  #: fact: where the goods go, for 同仓库 and the scope of that name
_RULE = Key(RULE, Value.OWN_NAME)
_PLACE = (Key("收件人", Value.WORD), Key("电话", Value.WORD), Key("地址", Value.PROSE))
#: the columns of each table; every other one is a condition
COLUMNS: Mapping[str, tuple[Key, ...]] = {
    POLICIES: (_RULE, Key("政策", Value.POLICY)), ADDRESSES: (_RULE, *_PLACE, Key(WAREHOUSE, Value.WORD)),
    RISKY: (_RULE,),
}  # fmt: skip
_MAX_TRANSIT, _MAX_PAGE, _MAX_NAMED = 60, 3650, 100


@dataclass(frozen=True, slots=True)
class Pick:
    """One row: when its conditions hold, ``value`` is what is taken."""

    rule: str
    when: When
    value: str
    warehouse: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that no window counts, such as a holiday; both ends belong to it."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Choices:
    """All of choices.yaml. Of each table the first row that fits decides."""

    policies: tuple[Pick, ...] = ()
    addresses: tuple[Pick, ...] = ()
    risks: tuple[Pick, ...] = ()
    transit_days: int = 0  #: from ordering to delivery, where no shop says when the goods came
    pauses: tuple[Pause, ...] = ()
    urgent_words: tuple[str, ...] = ()
    page_days: int = 0  #: that a customer's page outlives the case; 0: for good
    review_every: int = 0  #: days from one 规则体检 to the next; 0: only for whoever asks
    unused_days: int = 0  #: after which a rule that nothing has used is told there; 0: never
    review_most: int = 0  #: of them that one message names; 0: all

    def policy(self, facts: Mapping[str, Any]) -> str:
        """The name of the policy for a new case; "" for whichever the database is set to."""
        return _first(self.policies, facts)

    def address(self, facts: Mapping[str, Any]) -> dict[str, str]:
        """Where the goods go: one line to pass on, and the warehouse if it has a name; nothing where no row fits."""
        row = next((row for row in self.addresses if row.when(facts)), None)
        if row is None:
            return {}
        return {ADDRESSES: row.value} | ({WAREHOUSE: row.warehouse} if row.warehouse else {})

    def flag(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Whether the customer is to be looked at twice, and by which rule."""
        rule = next((row.rule for row in self.risks if row.when(facts)), ON_LIST if risky(facts) else "")
        return {RISKY: True, RISK_RULE: rule} if rule else {RISKY: False}

    def named_policies(self) -> frozenset[str]:
        """Every policy that a row names."""
        return frozenset(row.value for row in self.policies)


def _first(rows: tuple[Pick, ...], facts: Mapping[str, Any]) -> str:
    return next((row.value for row in rows if row.when(facts)), "")


def parse_choices(text: str, source: str = "choices.yaml") -> Choices:
    """Read the choices from YAML. Raises DefinitionError naming the table, the row and the column of every problem."""
    try:
        data = dict(yamlfile.read(text))
    except yaml.YAMLError as error:
        raise DefinitionError([f"{source}：{yamlfile.trouble(error)}"]) from error
    except (TypeError, ValueError) as error:
        raise DefinitionError([f"{source}：要写成 名字: 值，可以有 {'、'.join(KEYS)}"]) from error
    strange = [f"“{key}”不认识，可选 {'、'.join(KEYS)}" for key in data if key not in KEYS]
    problems = [Problem(words).under(f"{source}：") for words in strange]
    found = Choices(
        tuple(_policy(row) for row in _rows(data, source, POLICIES, problems)),
        tuple(_address(row) for row in _rows(data, source, ADDRESSES, problems)),
        tuple(_risk(row) for row in _rows(data, source, RISKY, problems)),
        _days(data.get(TRANSIT), f"{source} {TRANSIT}", _MAX_TRANSIT, problems),
        tuple(_pause(row) for row in rows_of(data.get(PAUSES), source, PAUSES, problems, ())),
        tuple(str(word) for word in data.get(URGENT_WORDS) or ()),
        _days(data.get(PAGE), f"{source} {PAGE}", _MAX_PAGE, problems),
        _days(data.get(REVIEW_EVERY), f"{source} {REVIEW_EVERY}", _MAX_PAGE, problems),
        _days(data.get(UNUSED), f"{source} {UNUSED}", _MAX_PAGE, problems),
        _days(data.get(REVIEW_MOST), f"{source} {REVIEW_MOST}", _MAX_NAMED, problems),
    )
    if problems:
        raise DefinitionError(problems)
    return found


def _rows(data: Mapping[str, Any], source: str, table: str, problems: list[Problem]) -> Iterator[Row]:
    return rows_of(data.get(table), source, table, problems, words_of(COLUMNS[table]))


def _policy(row: Row) -> Pick:
    return Pick(row.needed(RULE), row.when(KNOWN), row.needed("政策"))


def _address(row: Row) -> Pick:
    return Pick(
        row.needed(RULE), row.when(KNOWN), " ".join(row.needed(part) for part in words_of(_PLACE)), row.text(WAREHOUSE)
    )


def _risk(row: Row) -> Pick:
    return Pick(row.needed(RULE), row.when(KNOWN - {RISKY}), "")


def _days(raw: Any, place: str, most: int, problems: list[Problem]) -> int:
    found = number(raw or 0)
    if found is None or found != int(found) or not 0 <= found <= most:
        problems.append(Problem(f"“{raw}”要是 0 到 {most} 的整数").under(f"{place}："))
        return 0
    return int(found)


def _pause(row: Row) -> Pause:
    first, last = _day(row, "从"), _day(row, "到")
    if first > last:
        row.wrong(f"到：{last} 在 {first} 之前")
    return Pause(row.needed("名"), first, last)


def _day(row: Row, column: str) -> date:
    value = row.cells.get(column)
    try:
        return value if type(value) is date else date.fromisoformat(str(value))
    except ValueError:
        row.wrong(f"{column}：“{value}”不是日期，应像 2027-02-05")
        return date.min
