"""Who gets a task: the owner rule of a node, resolved at the moment of need and never to nobody in silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definition import Node
    from flow.directory import Directory
    from models.values import Person

LAST_RESORT = "管理员"
INSPECTOR = "质检人"


@dataclass(frozen=True, slots=True)
class Owners:
    """The people of a task, why they, and what an administrator should mend (empty when all went by the rule)."""

    people: tuple[Person, ...]
    why: str
    alarm: str = ""


def avoided(node: Node, facts: Mapping[str, Any]) -> frozenset[int]:
    """Members who may not own this task: who asked, or who inspected when two people must decide."""
    keys = [key for key in node.avoids if key != INSPECTOR or facts.get("双人")]
    return frozenset(facts[key] for key in keys if facts.get(key) is not None)


def resolve(node: Node, facts: Mapping[str, Any], people: Directory) -> Owners:
    """Apply the node's rule: the preferred person, the role, its fallback, the avoided one's manager, an administrator.

    The result has no people only when not even an administrator is known.
    """
    rule = node.owner
    if rule is None:
        raise ValueError(f"node {node.name!r} has no owner rule")
    shunned = avoided(node, facts)
    preferred = people.by_id.get(facts.get(rule.prefer or "", 0))
    if preferred and preferred.id not in shunned:
        return Owners((preferred,), str(rule.prefer))
    role = str(facts.get("审批") if rule.by_policy else rule.role)
    if group := _free(people.with_role(role), shunned):
        return Owners(group, f"{facts['审批规则']}：{role}" if rule.by_policy else f"角色 {role}")
    managers = tuple(m for who in sorted(shunned) if (m := people.manager_of(who)))
    spare = [
        (rule.fallback, people.with_role(rule.fallback)),
        ("上级", managers),
        (LAST_RESORT, people.with_role(LAST_RESORT)),
    ]
    for name, candidates in spare:
        if group := _free(candidates, shunned):
            return Owners(group, f"没有可用的{role}，转给{name}", f"{node.name}没有可用的{role}，转给了{group[0].name}")
    return Owners((), f"没有{role}", f"{node.name}没有负责人：请导入角色为{role}的员工")


def _free(candidates: tuple[Person, ...], shunned: frozenset[int]) -> tuple[Person, ...]:
    return tuple(person for person in candidates if person.id not in shunned)
