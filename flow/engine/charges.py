"""算式 at work: the lines of a case that follow from formulas, and the amount that they leave. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.charges import BORNE, LINES, NOTHING, lines_of, reckon
from flow.definitions.freight import freight_of
from flow.definitions.vocabulary import BY_COUNT
from flow.engine.amounts import counted
from flow.engine.partial_refunds import MAKE_GOOD, share
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from flow.engine.counting import Line
    from flow.engine.values import Rules

AMOUNT, PAID, TAKEN = "金额", "已退款", "扣款项"


def at_first(rules: Rules, goods: Decimal, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The lines of a case that is opened, whose goods cost so much, and the amount that is left; none for no change."""
    if not rules.policy.charges or not _applies(rules, facts):
        return {}
    base = share(goods, facts)
    lines = reckon(rules.policy.charges, base, base, {**facts, AMOUNT: str(base)})  # no more than was asked for
    more = sum((line.amount for line in lines), NOTHING)
    return {LINES: [line.fact() for line in lines], AMOUNT: str(yuan(facts[AMOUNT]) + more)} if lines else {}


def afresh(rules: Rules, lines: Sequence[Line], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that change where a step has brought other goods, or numbers that a formula asks for.

    The order: what the goods come to that are refunded, with their freight; then the formulas, each of the goods alone;
    then what was agreed on by hand.
    """
    if not (rules.policy.charges or facts.get(LINES)) or facts.get(PAID) or not _applies(rules, facts):
        return {}
    by_count = bool(facts.get(BY_COUNT))
    came = sum((counted(x.paid, x.requested, x.received if by_count else x.requested) for x in lines), NOTHING)
    goods = share(came, facts)
    asked = share(sum((line.paid for line in lines), NOTHING), facts)
    fresh = reckon(rules.policy.charges, goods, goods, {**facts, AMOUNT: str(asked)})
    if fresh == lines_of(facts):
        return {}
    freight = freight_of(facts, complete=not by_count or all(x.received == x.requested for x in lines))
    taken = sum((yuan(item["amount"]) for item in facts.get(TAKEN) or ()), NOTHING)
    amount = max(goods + freight + sum((line.amount for line in fresh), NOTHING) - taken, NOTHING)
    return {LINES: [line.fact() for line in fresh], AMOUNT: str(yuan(amount))}


def shared(
    rules: Rules, goods: tuple[Decimal, Decimal], stays: Mapping[str, Any], goes: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts of both cases that a split makes, whose goods cost so much; a fixed row is borne once by the two.

    First by the case that stays, as far as its goods go; the rest by the new one.
    """
    if not rules.policy.charges:
        return dict(stays), dict(goes)
    kept = {**stays, **at_first(rules, goods[0], stays)}
    twin = {**goes, BORNE: _more_borne(rules, goes, kept)}
    twin |= at_first(rules, goods[1], twin)
    return {**kept, BORNE: _more_borne(rules, kept, twin)}, twin


def _more_borne(rules: Rules, facts: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, str] | None:
    """What others bear of the fixed rows for a case, with what ``other`` now does; None for nothing."""
    fixed = {charge.rule for charge in rules.policy.charges if charge.is_fixed}
    borne = {name: yuan(amount) for name, amount in (facts.get(BORNE) or {}).items()}
    for line in lines_of(other):
        if line.name in fixed:
            borne[line.name] = borne.get(line.name, NOTHING) + abs(line.amount)
    return {name: str(amount) for name, amount in borne.items()} or None


def without(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as if no formula had taken anything off, or put anything on."""
    lines = lines_of(facts)
    if not lines:
        return dict(facts)
    amount = yuan(facts[AMOUNT]) - sum((line.amount for line in lines), NOTHING)
    return {**facts, LINES: [], AMOUNT: str(amount)}


def _applies(rules: Rules, facts: Mapping[str, Any]) -> bool:
    """Whether the amount of a case follows from its goods; not where it was agreed on, or is no money."""
    return rules.flow.refunds and not facts.get(MAKE_GOOD)
