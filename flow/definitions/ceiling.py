"""自动上限: how far the system decides alone, in yuan per case, per day and per customer; beyond it a person does."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import number
from flow.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = "自动上限"
PER_CASE, PER_DAY, PER_CUSTOMER = AMOUNTS = ("每单", "每天", "每客户")
WITHIN = "客户天数"  #: days of a customer's refunds that are added up; where they are not written, all of them
PARTS = (*AMOUNTS, WITHIN)
OVER = "超自动上限"  #: fact: which part a case lies beyond, in words
TAKEN = "自动占用"  #: fact: yuan of the sums that the case has taken


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A part that is None is not written, and limits nothing."""

    per_case: Decimal | None = None
    per_day: Decimal | None = None
    per_customer: Decimal | None = None
    within: Decimal | None = None

    def parts(self) -> dict[str, Decimal | None]:
        return dict(zip(PARTS, (self.per_case, self.per_day, self.per_customer, self.within), strict=True))

    def words(self) -> str:
        """``每单 500，每天 5000``."""
        return "，".join(f"{part} {yuan(value)}" for part, value in self.parts().items() if value is not None)

    def reason(self, part: str) -> str:
        """``每单 ¥500 的上限``: what lies beyond it says so."""
        value = self.parts()[part]
        return f"{part}自动上限 ¥{yuan(value)}" if value is not None else ""


NONE = Ceiling()


def over_words(facts: Mapping[str, Any]) -> str:
    """``，超过每单自动上限 ¥500``, of a case that a person decides on for that."""
    return f"，超过{facts[OVER]}" if facts.get(OVER) else ""


def yuan(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def read(raw: Any, source: str, problems: list[Problem]) -> Ceiling:
    """The ceiling as a policy writes it; none of it where nothing is written, or it cannot be read."""
    if raw is None:
        return NONE
    if not isinstance(raw, dict) or not raw:
        problems.append(Problem(f"{KEY}要写成 {{每单: 500, 每天: 5000, 每客户: 1000}}").under(f"{source}："))
        return NONE
    strange = [str(key) for key in raw if key not in PARTS]
    problems += [Problem(f"{KEY}没有“{key}”，可选 {'、'.join(PARTS)}").under(f"{source}：") for key in strange]
    values = {part: _amount(part, raw, source, problems) for part in PARTS}
    case, day, customer, within = (values[part] for part in PARTS)
    for part, value in ((PER_DAY, day), (PER_CUSTOMER, customer)):
        if case is not None and value is not None and value < case:
            words = f"{KEY} {part} {yuan(value)} 比每单的 {yuan(case)} 还少"
            problems.append(Problem(words).under(f"{source}："))
    return Ceiling(case, day, customer, within)


def _amount(part: str, raw: Mapping[str, Any], source: str, problems: list[Problem]) -> Decimal | None:
    if raw.get(part) is None:
        return None
    value = number(raw[part])
    if part == WITHIN and (value is None or value < 1 or value % 1):
        problems.append(Problem(f"{KEY} {part}“{raw[part]}”要是不小于 1 的整数").under(f"{source}："))
        return None
    if value is None or value < 0:
        problems.append(Problem(f"{KEY} {part}“{raw[part]}”要是不小于 0 的金额").under(f"{source}："))
        return None
    return value


def raised(old: Ceiling, new: Ceiling) -> list[str]:
    """Each part that lets more through than before, in words; a part that is no longer written limits nothing."""
    found = []
    for part, was in old.parts().items():
        value = new.parts()[part]
        adds_up = old.per_customer is not None and new.per_customer is not None
        if adds_up and _is_more(value, was) if part == WITHIN else _is_more(was, value):
            found.append(f"{KEY} {part} {spelt(part, was)} → {spelt(part, value)}")
    return found


def _is_more(one: Decimal | None, other: Decimal | None) -> bool:
    """Whether the other number is the larger one; of None there is no end."""
    return one is not None and (other is None or other > one)


def spelt(part: str, value: Any) -> str:
    """The value of a part as people read it, written or not."""
    if value is None:
        return "全部" if part == WITHIN else "不限"
    return yuan(value) if isinstance(value, Decimal) else str(value)


def loosest(several: list[Ceiling]) -> Ceiling:
    """Of each part the most that any of them lets through; none where one of them has no such part."""
    values = {part: [each.parts()[part] for each in several] for part in PARTS}
    written = {part: [value for value in of if value is not None] for part, of in values.items()}
    case, day, customer = (None if None in values[part] else max(written[part], default=None) for part in AMOUNTS)
    return Ceiling(case, day, customer, min(written[WITHIN], default=None))
