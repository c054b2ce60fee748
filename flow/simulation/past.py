"""A case of the past as a replay wants it: what was known when it was opened, and what history decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from flow.definitions import ceiling
from flow.definitions.charges import BORNE, LINES
from flow.definitions.conditions import number
from flow.definitions.present import TYPE
from flow.definitions.vocabulary import BY_COUNT, LEVELS, PATH, SIGNED, VOTES
from flow.engine.verbs import HOLD
from flow.simulation.replay import AMOUNT, PAID, Hints
from flow.stats.reader import moment
from models.enums import CloseReason
from models.fields import fen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flow.definitions.flow import Flow
    from flow.definitions.present import Present

#: Facts that the engine itself and the effects of actions leave on a case, beside what its flow notes.
LEFT_BEHIND = frozenset({
    PATH, LEVELS, SIGNED, VOTES, LINES, BORNE, HOLD, PAID, BY_COUNT, "实收件数", "合格件数", "缺件", "扣款", "扣款项",
    "话术", "质检人", ceiling.OVER, ceiling.TAKEN,
})  # fmt: skip
#: Effects of actions by which a case turns out to be disputed.
DISPUTES = frozenset({"登记缺件", "登记拒收", "质检次品"})
QUALITY, CLAIMS = "质检结果", ("缺件", "扣款项")  #: facts by which it turned out so,
DISPUTED = "被拒绝、查出次品、缺件扣款、拒收或重开"  #: ``PastCase.disputed`` in words


class Row(NamedTuple):
    """A case as the archive reads it; JSON is not read yet."""

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
    decisions: str | None = None  #: what ``flow.simulation.roads`` reads


@dataclass(frozen=True)
class OwnFlow:
    """The version of the flow that a case went through, as far as a replay cares."""

    flow: Flow | None
    nodes: Mapping[str, str] = field(default_factory=dict)  #: name in this version -> by which its cases are read
    fields: Mapping[str, str] = field(default_factory=dict)  #: the same of what its forms ask for

    @cached_property
    def noted(self) -> frozenset[str]:
        """Facts that were not there when the case was opened."""
        noted = noted_by(self.flow) if self.flow else frozenset()
        return LEFT_BEHIND | {self.fields.get(fact, fact) for fact in noted}

    @cached_property
    def disputing(self) -> frozenset[tuple[str, str]]:
        """Node and action of every decision that means a dispute."""
        nodes = self.flow.nodes.values() if self.flow else ()
        return frozenset(
            (self.nodes.get(node.name, node.name), action.name)
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
    policy_id: int | None

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


def past_case(row: Row, final: dict[str, Any], decisions: Sequence[tuple[str, str]], own: OwnFlow) -> PastCase:
    """A case that ended with the facts ``final`` and its decisions (node, action) in the order they were taken in."""
    asked, counted = amounts(row, final)
    final = {**final, AMOUNT: of_fen(counted)} if AMOUNT in final else final
    return PastCase(
        no=row.no,
        return_type=row.return_type,
        facts=_opening(row, final, own) | {AMOUNT: of_fen(asked)},
        hints=Hints(dict(decisions), final),
        imported=not final,
        policy_id=row.policy_id,
    )


def renamed(row: Row, own: OwnFlow, present: Present) -> Row:
    """The same case by the names of ``present``: its type, its answers, the nodes that it went through."""
    opened, facts = moment(row.opened_at), stated(row.facts)
    kind = present.types.called(row.return_type, opened)
    if own.flow is not None:
        facts = dict(present.facts(own.flow, facts, opened))
    return row._replace(return_type=kind, facts={**facts, TYPE: kind} if TYPE in facts else facts)


def stated(value: Any) -> dict[str, Any]:
    """A column of JSON as either engine gives it."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value or {}


def amounts(row: Row, final: Mapping[str, Any]) -> tuple[int, int]:
    """What was asked for, and what was left after counting and deductions, in 分."""
    left = final.get(AMOUNT)
    wanted = stated(row.submitted).get(AMOUNT, left)
    asked = row.fen if wanted is None else _fen(wanted)
    return asked, asked if left == wanted or AMOUNT not in final else _fen(left)


def of_fen(amount: int) -> Decimal:
    """Whole 分 as yuan."""
    return Decimal(amount).scaleb(-2)


def is_disputed(row: Row, final: Mapping[str, Any], decisions: Sequence[tuple[str, str]], own: OwnFlow) -> bool:
    """Whether the case was disputed in the end, or by a decision on its way."""
    refused = row.close_reason == CloseReason.REFUSED
    damaged = final.get(QUALITY) == "次品"
    in_the_end = bool(refused or row.reopened or damaged or any(final.get(fact) for fact in CLAIMS))
    return in_the_end or not own.disputing.isdisjoint(decisions)


def _opening(row: Row, final: Mapping[str, Any], own: OwnFlow) -> dict[str, Any]:
    """What was known at the opening: an imported case has only its columns."""
    columns = {"种类": row.kind, "类型": row.return_type, "区域": row.region, "店铺": row.shop}
    noted = own.noted
    return columns | {fact: value for fact, value in final.items() if fact not in noted}


def _fen(value: Any) -> int:
    """Written by the bot itself as a rule; by a person perhaps."""
    return _fen_of_text(value) if type(value) is str else _fen_of(value)


@lru_cache(maxsize=16384)
def _fen_of_text(value: str) -> int:
    return _fen_of(value)


def _fen_of(value: Any) -> int:
    try:
        return fen(value)
    except (ArithmeticError, TypeError, ValueError):
        return fen(number(value) or 0)
