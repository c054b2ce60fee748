"""运费: whether what was paid for it goes back with the goods, and when, which the policy says. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import CellError, When
from flow.definitions.vocabulary import KNOWN
from flow.errors import Problem
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY, NEVER = "退运费", "不退"  #: of a policy, and what it says where it says nothing
FREIGHT = KEY  #: fact: yuan of freight that go back with the goods
WITH_ALL = "运费随整单"  #: fact: only if all that was asked for comes
WHOLE = "整单"  #: in its conditions: with this return the whole order has gone back


def read_rule(raw: Any, source: str, problems: list[Problem]) -> When | None:
    """The conditions under which freight goes back; None for never. What cannot be read goes to ``problems``."""
    if raw is None or raw == NEVER:
        return None
    if not isinstance(raw, dict) or not raw:
        words = f"{KEY}要写 {NEVER}，或者什么时候退，例如 {KEY}: {{运费: 商家|物流, {WHOLE}: 是}}"
        problems.append(Problem(words).under(f"{source}："))
        return None
    asked = {str(fact): cell for fact, cell in raw.items()}
    for fact in sorted(asked.keys() - KNOWN - {WHOLE}):
        words = f"{KEY} {fact}：没有这一样，条件可以写 {'、'.join(sorted(KNOWN | {WHOLE}))}"
        problems.append(Problem(words).under(f"{source} "))
    try:
        return When.parse(asked)
    except CellError as error:
        problems.append(Problem(f"{KEY} {error}").under(f"{source} "))
        return None


def refundable(rule: When | None, facts: Mapping[str, Any], left: Decimal, *, whole: bool) -> dict[str, Any]:
    """The facts of a return that takes its freight along, of which ``left`` has not gone back yet; none for no such."""
    if rule is None or not left or not rule({**facts, WHOLE: whole}):
        return {}
    return {FREIGHT: str(left), WITH_ALL: any(cell.fact == WHOLE for cell in rule.cells)}


def freight_of(facts: Mapping[str, Any], *, complete: bool) -> Decimal:
    """What of the amount of a case is freight; ``complete`` unless less has come than was asked for."""
    if not facts.get(FREIGHT) or (facts.get(WITH_ALL) and not complete):
        return Decimal("0.00")
    return yuan(facts[FREIGHT])


def words(rule: When | None) -> str:
    """``运费 商家|物流，整单 是 的单连运费一起退，每个订单只退一次``."""
    if rule is None:
        return NEVER
    cells = "，".join(f"{cell.fact} {cell.text}" for cell in rule.cells)
    return f"{cells} 的单连运费一起退，每个订单只退一次"
