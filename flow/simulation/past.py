"""A case of the past as a replay wants it: what was known when it was opened, and what history decided."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from flow.definitions import ceiling
from flow.definitions.charges import BORNE, LINES
from flow.definitions.conditions import number
from flow.definitions.vocabulary import BY_COUNT, LEVELS, PATH, SIGNED, VOTES
from flow.engine.verbs import HOLD
from flow.simulation.replay import AMOUNT, PAID, Hints
from models.enums import CloseReason
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from flow.definitions.flow import Flow

#: Facts that the engine itself and the effects of actions leave on a case, beside what its flow notes.
LEFT_BEHIND = frozenset({
    PATH, LEVELS, SIGNED, VOTES, LINES, BORNE, HOLD, PAID, BY_COUNT, "实收件数", "合格件数", "缺件", "扣款", "扣款项",
    "话术", "质检人", ceiling.OVER, ceiling.TAKEN,
})  # fmt: skip
#: Effects of actions by which a case turns out to be disputed.
DISPUTES = frozenset({"登记缺件", "登记拒收", "质检次品"})
DISPUTED = "被拒绝、查出次品、缺件扣款、拒收或重开"  #: ``PastCase.disputed`` in words


class Row(NamedTuple):
    """A case as the archive reads it; JSON is still text on both engines."""

    id: int
    opened_at: str | datetime
    no: str
    kind: str
    return_type: str
    region: str
    shop: str
    fen: int
    facts: Any
    close_reason: str | None
    flow_id: int | None
    policy_id: int | None
    submitted: Any  #: what was said when it was opened
    reopened: int | bool


@dataclass(frozen=True)
class OwnFlow:
    """The version of the flow that a case went through, as far as a replay cares."""

    flow: Flow | None

    @cached_property
    def noted(self) -> frozenset[str]:
        """Facts that were not there when the case was opened."""
        return LEFT_BEHIND | (noted_by(self.flow) if self.flow else frozenset())

    @cached_property
    def disputing(self) -> frozenset[tuple[str, str]]:
        """Node and action of every decision that means a dispute."""
        nodes = self.flow.nodes.values() if self.flow else ()
        return frozenset(
            (node.name, action.name)
            for node in nodes
            for action in node.actions.values()
            if DISPUTES.intersection(action.effects)
        )


@dataclass(frozen=True, slots=True)
class PastCase:
    """``facts`` without the strategy of its type where the case was imported; amounts are exact numbers."""

    no: str
    return_type: str
    facts: Mapping[str, Any]
    hints: Hints
    imported: bool
    disputed: bool
    policy_id: int | None

    @property
    def asked(self) -> Decimal:
        """The refund that was asked for."""
        amount: Decimal = self.facts[AMOUNT]
        return amount

    @property
    def counted(self) -> Decimal:
        """The refund that was left after counting and deductions."""
        amount: Decimal = self.hints.final.get(AMOUNT, self.facts[AMOUNT])
        return amount


def noted_by(flow: Flow) -> frozenset[str]:
    """Facts that a flow's actions and forms write."""
    sets = {fact for node in flow.nodes.values() for action in node.actions.values() for fact in action.sets}
    asked = {fact for node in flow.nodes.values() for action in node.actions.values() for fact in action.asks}
    return frozenset(sets | asked | {field.name for node in flow.nodes.values() for field in node.form})


def past_case(row: Row, decisions: Sequence[tuple[str, str]], own: OwnFlow) -> PastCase:
    """A case with its decisions (node, action) in the order in which they were taken."""
    final = _json(row.facts)
    asked = _json(row.submitted).get(AMOUNT, final.get(AMOUNT))
    opened_with = yuan(row.fen) / 100 if asked is None else _amount(asked)
    if AMOUNT in final:
        final[AMOUNT] = opened_with if final[AMOUNT] == asked else _amount(final[AMOUNT])
    return PastCase(
        no=row.no,
        return_type=row.return_type,
        facts=_opening(row, final, own) | {AMOUNT: opened_with},
        hints=Hints(dict(decisions), final),
        imported=not final,
        disputed=_disputed(row, final) or not own.disputing.isdisjoint(decisions),
        policy_id=row.policy_id,
    )


def _opening(row: Row, final: Mapping[str, Any], own: OwnFlow) -> dict[str, Any]:
    """What was known at the opening: an imported case has only its columns."""
    columns = {"种类": row.kind, "类型": row.return_type, "区域": row.region, "店铺": row.shop}
    noted = own.noted
    return columns | {fact: value for fact, value in final.items() if fact not in noted}


def _amount(value: Any) -> Decimal:
    """Written by the bot itself as a rule; by a person perhaps."""
    try:
        return yuan(value)
    except (ArithmeticError, TypeError, ValueError):
        return yuan(number(value) or 0)


def _disputed(row: Row, final: Mapping[str, Any]) -> bool:
    refused = row.close_reason == CloseReason.REFUSED
    damaged = final.get("质检结果") == "次品"
    return bool(refused or row.reopened or damaged or final.get("扣款项") or final.get("缺件"))


def _json(value: Any) -> dict[str, Any]:
    """A column of JSON as either engine gives it, ours to change."""
    return json.loads(value) if isinstance(value, str) else dict(value or {})
