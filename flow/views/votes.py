"""How many of those who must agree at a node have, and who, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.engine.signatures import ballot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flow.engine.values import Rules
    from flow.people.directory import Directory


def vote_words(rules: Rules, facts: Mapping[str, Any], nodes: Iterable[str], people: Directory) -> dict[str, str]:
    """``已同意 1/2：赵卫东；不同意：李敏``, by node, of those at which so many must agree."""
    found = {}
    known = {**facts, **rules.policy.facts(facts)}
    for name in nodes:
        node = rules.flow.nodes.get(name)
        votes = ballot(node, known) if node else None
        if votes:
            agreed, refused = _names(votes.agreed, people), _names(votes.refused, people)
            told = [f"已同意 {len(votes.agreed)}/{votes.needed}{f'：{agreed}' if agreed else ''}"]
            found[name] = "；".join([*told, *([f"不同意：{refused}"] if refused else [])])
    return found


def _names(members: Iterable[int | None], people: Directory) -> str:
    """Those who are still there, by name; somebody who has left is one of them all the same."""
    known = (people.by_id.get(member or 0) for member in members)
    return "、".join(person.name if person else "已离职的人" for person in known)
