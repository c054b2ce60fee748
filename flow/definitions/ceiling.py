"""自动上限: how far the system decides alone, in yuan per case, per day and per customer; beyond it a person does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import number
from flow.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

KEY = "自动上限"
PER_CASE, PER_DAY, PER_CUSTOMER = PARTS = ("每单", "每天", "每客户")
OVER = "超自动上限"  #: fact: which part a case lies beyond, in words
TAKEN = "自动占用"  #: fact: yuan of the sums that the case has taken
HALF_YEAR = 183  #: days in which the automatic refunds of one customer are added up


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A part that is None is not written, and limits nothing."""

    per_case: Decimal | None = None
    per_day: Decimal | None = None
    per_customer: Decimal | None = None

    def parts(self) -> dict[str, Decimal | None]:
        return dict(zip(PARTS, (self.per_case, self.per_day, self.per_customer), strict=True))

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
    case, day, customer = (values[part] for part in PARTS)
    for part, value in ((PER_DAY, day), (PER_CUSTOMER, customer)):
        if case is not None and value is not None and value < case:
            words = f"{KEY} {part} {yuan(value)} 比每单的 {yuan(case)} 还少"
            problems.append(Problem(words).under(f"{source}："))
    return Ceiling(case, day, customer)


def _amount(part: str, raw: Mapping[str, Any], source: str, problems: list[Problem]) -> Decimal | None:
    if raw.get(part) is None:
        return None
    value = number(raw[part])
    if value is None or value < 0:
        problems.append(Problem(f"{KEY} {part}“{raw[part]}”要是不小于 0 的金额").under(f"{source}："))
        return None
    return value


def raised(old: Ceiling, new: Ceiling) -> list[str]:
    """Each part that lets more through than before, in words; a part that is no longer written limits nothing."""
    found = []
    for part, was in old.parts().items():
        value = new.parts()[part]
        if was is not None and (value is None or value > was):
            found.append(f"{KEY} {part} {yuan(was)} → {'不限' if value is None else yuan(value)}")
    return found


def loosest(several: list[Ceiling]) -> Ceiling:
    """Of each part the most that any of them lets through; none where one of them has no such part."""
    parts = {part: [each.parts()[part] for each in several] for part in PARTS}
    most = {part: None if None in values else max(filter(None, values), default=values[0] if values else None)
            for part, values in parts.items()}  # fmt: skip
    return Ceiling(*(most[part] for part in PARTS))
