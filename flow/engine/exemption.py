"""免审: which approval needs nobody, or nobody at its first level, and what the system never decides alone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.definitions.flow import HUMAN
from flow.definitions.policy import AUTOMATIC
from flow.definitions.risk import risky
from flow.definitions.vocabulary import LEVELS, PAYS
from flow.engine.form_rules import is_required
from flow.engine.signatures import joint, level_gate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.flow import Flow, Node
    from flow.engine.values import Pending


@dataclass(frozen=True, slots=True)
class Agreed:
    """Whoever has just agreed: their roles, and whom the 回避 of that node kept out of it."""

    id: int | None
    roles: frozenset[str]
    kept_out: frozenset[str]
    at_table: bool  #: where the amount table decides


@dataclass(frozen=True, slots=True)
class Exemption:
    """The rule under which a node is passed; with ``pending`` only its first level is, and that one looks next."""

    rule: str
    by_person: bool  #: who has agreed before; else the table says so
    pending: Pending | None = None


def exemption(node: Node, facts: Mapping[str, Any], agreed: Agreed | None) -> Exemption | None:
    """Why an approval needs nobody: the table says 自动, or whoever must approve has just agreed.

    Never where more is wanted than that one word: every signature of a 会签, so many of them, an answer that must be
    given. Of several levels only the first is passed, which is what the table, or that one person, stands for.
    """
    fresh = {**facts, LEVELS: {name: of for name, of in (facts.get(LEVELS) or {}).items() if name != node.name}}
    if not may_be_passed(node, fresh) or _wants_answers(node, facts):
        return None
    rule = _rule(node, facts, agreed)
    if not rule:
        return None
    who = agreed.id if agreed and facts["审批"] != AUTOMATIC else None
    pending = level_gate(node, node.buttons[0].name, who, fresh) if node.levels else None
    return Exemption(rule, facts["审批"] != AUTOMATIC, pending)


def may_be_passed(node: Node, facts: Mapping[str, Any]) -> bool:
    """Whether a word said elsewhere can be all that a node wants."""
    first = node.buttons[0]
    must = (field for field in node.form if field.required and not field.when.cells)
    return not joint(node, facts) and not any(field.wanted_for(first) for field in must)


def _wants_answers(node: Node, facts: Mapping[str, Any]) -> bool:
    """Whether an answer must be given in this case."""
    first = node.buttons[0]
    asked = (field for field in node.form if field.wanted_for(first) and field.when(facts))
    return any(is_required(field, facts) for field in asked)


def _rule(node: Node, facts: Mapping[str, Any], agreed: Agreed | None) -> str:
    """The earlier agreement counts only where the same people were kept out of it: an inspector may be the creator."""
    if facts["审批"] == AUTOMATIC:
        return str(facts["审批规则"])
    same = agreed is not None and facts["审批"] in agreed.roles and agreed.kept_out >= set(node.avoids)
    return f"同人免审（{facts['审批规则']}）" if node.skips_same_approver and same else ""


def approver_instead(flow: Flow, facts: Mapping[str, Any], agreed: Agreed | None) -> str | None:
    """The node at which a person decides, where the system would else pay a customer at risk; None where it may go on.

    Whoever has just agreed at the amount table has decided on the money themselves. "" where the flow has no such node.
    """
    if not risky(facts) or (agreed is not None and agreed.at_table):
        return None
    people = [node for node in flow.nodes.values() if node.kind == HUMAN]
    tables = [node.name for node in people if node.owner and node.owner.by_policy]
    confirm = [node.name for node in people if any(PAYS in action.effects for action in node.buttons)]
    return next(iter([*tables, *confirm]), "")
