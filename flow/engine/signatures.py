"""Several signatures on one node: all of them, one before another, or level by level. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.vocabulary import DISAGREE, LEVELS, SIGNED
from flow.engine.values import Pending

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.flow import Node
    from flow.engine.values import Slot


def slot_gate(node: Node, slots: tuple[Slot, ...], mine: Slot) -> Pending | None:
    """Who must still sign after ``mine`` has agreed; None when nobody must.

    Of several owners one is enough, unless the node wants all. Who was put before an owner opens that owner's
    slot; who was put after one signs when that one has.
    """
    others = [slot for slot in slots if slot.node == node.name and slot.id != mine.id]
    follow = tuple(slot.id for slot in others if slot.held and slot.after == mine.id)
    if node.all_must_agree:
        return Pending(node.name, opens=follow) if others else None
    if not follow:
        return None
    kept = _followers(mine.id, others)
    closes = () if mine.added else tuple(slot.id for slot in others if slot.id not in kept and not slot.added)
    return Pending(node.name, closes, follow)


def _followers(first: int, slots: list[Slot]) -> set[int]:
    """Every slot that waits for ``first``, directly or behind another."""
    found: set[int] = set()
    todo = [first]
    while todo:
        after = todo.pop()
        fresh = {slot.id for slot in slots if slot.held and slot.after == after} - found
        found |= fresh
        todo += fresh
    return found


def level_gate(node: Node, action: str, who: int | None, facts: Mapping[str, Any]) -> Pending | None:
    """The next level that must look after ``who`` chose ``action``; None when this was the last one."""
    now, said = standing_level(node, facts)
    said = [*said, [now, action, who]]
    differ = len(said) > 1 and said[-1][1] != said[-2][1]
    seen = {**facts, DISAGREE: differ}
    after = next((n for n in range(now + 1, len(node.levels)) if node.levels[n].when(seen)), None)
    kept = {name: value for name, value in (facts.get(LEVELS) or {}).items() if name != node.name}
    if after is None:
        return None
    return Pending(node.name, level=after, facts={LEVELS: kept | {node.name: {"现在": after, "结论": said}}})


def standing_level(node: Node, facts: Mapping[str, Any]) -> tuple[int, list[list[Any]]]:
    """The level that a node is at, and what the levels before it chose."""
    held = (facts.get(LEVELS) or {}).get(node.name)
    return (held["现在"], held["结论"]) if held else (0, [])


def signing(node: Node, who: int | None, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The fact that ``who`` has signed, beside those who have."""
    signed = facts.get(SIGNED) or {}
    return {SIGNED: {**signed, node.name: [*signed.get(node.name, ()), who]}}


def spoken(node: Node, facts: Mapping[str, Any]) -> frozenset[int]:
    """Whoever has signed at a node, or judged at an earlier level of it, since the case came there: they are done."""
    signed = (facts.get(SIGNED) or {}).get(node.name, ()) if node.all_must_agree else ()
    judged = [who for _, _, who in standing_level(node, facts)[1]] if node.levels else []
    return frozenset(who for who in (*signed, *judged) if who is not None)
