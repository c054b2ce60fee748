"""Whether a return may be opened: the rows of 资格, judged product by product, the first that fits decides. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import word
from flow.definitions.schema import REST, Key, Value, entry, keys_of, words_of
from flow.definitions.tables import RULE, made, rows_of
from flow.definitions.vocabulary import DAYS, ESTIMATED, KNOWN, TITLE
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flow.definitions.conditions import When
    from flow.definitions.tables import Row
    from flow.errors import Problem

ALLOWED, EXCEPTION, REFUSED = "允许", "例外", "拒绝"  #: from mild to strict
OUTCOMES = (ALLOWED, EXCEPTION, REFUSED)
OUTCOME, SAYS, BY = "结果", "说明", "可例外"
GRANTED, GRANTED_RULE, GRANTED_WHY = "例外", "例外规则", "例外理由"  #: facts of a case opened against a rule
_BLANK = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Limit:
    """One row."""

    rule: str = entry(Key(RULE, Value.OWN_NAME))
    when: When = entry(REST)
    outcome: str = entry(Key(OUTCOME, Value.CHOICE, OUTCOMES))
    says: str = entry(Key(SAYS, Value.PROSE), "")
    by: tuple[str, ...] = entry(Key(BY, Value.ROLES), ())  #: roles that may open such a return, with a reason


@dataclass(frozen=True, slots=True)
class Finding:
    """The row that stands against a return, and the facts it was judged by."""

    limit: Limit
    facts: Mapping[str, Any]

    @property
    def reason(self) -> str:
        """The row's own words, or else its name, with the facts put in; a day that was guessed is said to be."""
        words = _BLANK.sub(lambda blank: _spelt(self.facts.get(blank[1])), self.limit.says or self.limit.rule)
        guessed = self.facts.get(ESTIMATED) and any(cell.fact == DAYS for cell in self.limit.when.cells)
        return words + ("（没有签收时间，按下单时间推算）" if guessed else "")

    def refusal(self, line: str) -> str:
        """One sentence: why not, and what to type or that there is no way. ``line`` is the return as typed."""
        if self.limit.outcome == REFUSED:
            return f"{self.reason}，不能办理（规则“{self.limit.rule}”，没有例外）"
        return f"{self.reason}；{'、'.join(self.limit.by)} 可以例外：{line} {GRANTED} <理由>"


def judge(limits: Sequence[Limit], facts: Mapping[str, Any], goods: Iterable[Mapping[str, Any]] = ()) -> Finding | None:
    """What stands against a return, None for nothing; of several products the one judged most strictly counts."""
    each = [{**facts, **ware} for ware in goods] or [dict(facts)]
    found = [Finding(limit, seen) for seen in each if (limit := _first(limits, seen)) and limit.outcome != ALLOWED]
    return max(found, key=lambda finding: OUTCOMES.index(finding.limit.outcome), default=None)


def permit(finding: Finding | None, why: str, roles: Iterable[str], line: str) -> dict[str, Any]:
    """The facts of an exception, none where none is needed. Raises PolicyRefused where the return may not be opened."""
    if finding is None:
        return {}
    if not why or not set(roles) & set(finding.limit.by):
        raise PolicyRefused(finding.refusal(line))
    return {GRANTED: True, GRANTED_RULE: finding.limit.rule, GRANTED_WHY: why}


def _first(limits: Sequence[Limit], facts: Mapping[str, Any]) -> Limit | None:
    return next((limit for limit in limits if limit.when(facts)), None)


def _spelt(value: Any) -> str:
    return "未知" if value in (None, "") else word(value)


def read_limits(raw: Any, source: str, problems: list[Problem]) -> tuple[Limit, ...]:
    """The rows of 资格; what is wrong with one goes to ``problems``."""
    return tuple(_limit(row) for row in rows_of(raw, source, "资格", problems, words_of(keys_of(Limit))))


def _limit(row: Row) -> Limit:
    outcome = row.one_of(OUTCOME, OUTCOMES)
    known = {"rule": row.needed(RULE), "when": row.when(KNOWN), "says": row.text(SAYS), "by": row.names(BY)}
    limit = made(Limit, row, outcome=outcome, **known)
    if (outcome == EXCEPTION) != bool(limit.by):
        row.wrong(f"{BY}：{'要写谁可以例外' if outcome == EXCEPTION else f'结果是{outcome}，不用写'}")
    for name in _BLANK.findall(limit.says):
        if name not in KNOWN | {TITLE}:
            row.wrong(f"{SAYS}：“{{{name}}}”没有这一项")
    return limit
