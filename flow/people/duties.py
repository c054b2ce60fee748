"""Segregation of duties: who may not decide on a case, whoever gave it to them, and who may. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.policy import AUTOMATIC
from flow.definitions.vocabulary import CHANGERS, CREATOR, DIVIDERS, INSPECTOR, LAST_RESORT, PAYS
from flow.engine.requesters import asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.flow import Node, OwnerRule
    from flow.people.directory import Directory
    from models.views.case import Person


def excluded_by_duty(node: Node, facts: Mapping[str, Any]) -> frozenset[int]:
    """Members who may not decide at a node: who asked, or who inspected when two people must decide.

    Where the amount table decides, or the money is confirmed, whoever asked is kept out, whether the node says so or
    not. Whoever has changed what is asked for has asked, too.
    """
    keys = [key for key in node.avoids if key != CREATOR and (key != INSPECTOR or facts.get("双人"))]
    out = frozenset(facts[key] for key in keys if facts.get(key) is not None)
    if _confirms(node):
        out |= frozenset(facts.get(DIVIDERS) or ())  # nothing more is asked for by that, but the case is their doing
    return out | asked(facts) if CREATOR in node.avoids or at_amount_table(node) or _confirms(node) else out


def refusal(node: Node, facts: Mapping[str, Any], member: int) -> str:
    """Why a member who is excluded may not decide at a node."""
    who = "改过内容的人" if member in (facts.get(CHANGERS) or ()) else "提交人和经办人"
    verb = "确认自己单的退款" if _confirms(node) else "审批自己的单"
    return f"{who}不能{verb}"


def did(facts: Mapping[str, Any], member: int) -> str:
    """What a member who has not opened a case did for it to ask for what it does."""
    return "改过内容" if member in (facts.get(CHANGERS) or ()) else "经办过这单"


def approver(facts: Mapping[str, Any]) -> str:
    """The role that the amount table names; "" where it names nobody, and yet somebody has to look."""
    said = str(facts.get("审批") or "")
    return "" if said == AUTOMATIC else said


def tier(node: Node, level: OwnerRule, facts: Mapping[str, Any]) -> str:
    """The role that an approval by amount wants at one of its levels; "" where anybody will do who has the task."""
    if node.owner is None or not node.owner.by_policy:
        return ""
    named = approver(facts) if level.by_policy else level.role
    return named or level.fallback or node.owner.fallback or LAST_RESORT


def ranks(role: str, people: Directory, owner: int, member: int) -> bool:
    """Whether a member may decide at a tier in the place of its owner: by their own role, or as one of those above."""
    return not role or any(one.id == member for one in (*people.with_role(role), *people.above(owner)))


def deciders(
    node: Node, level: OwnerRule, facts: Mapping[str, Any], people: Directory, owner: int
) -> tuple[Person, ...]:
    """Whoever may decide in the place of ``owner``: the role of the tier and those above, else the role of the node."""
    role = tier(node, level, facts)
    named = (*people.with_role(role or level.role or LAST_RESORT), *(people.above(owner) if role else ()))
    spare = people.with_role(level.fallback or LAST_RESORT)
    out = excluded_by_duty(node, facts) | {owner}
    for able in (named, spare, people.with_role(LAST_RESORT)):
        if found := {person.id: person for person in able if person.id not in out}:
            return tuple(found.values())
    return ()


def at_amount_table(node: Node) -> bool:
    return node.owner is not None and node.owner.by_policy


def _confirms(node: Node) -> bool:
    return any(PAYS in action.effects for action in node.actions.values())
