"""Several signatures on one node: all of them, so many of them, one before another, or level by level. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flow.definitions.vocabulary import DISAGREE, LEVELS, QUORUM, SIGNED, VOTES
from flow.engine.values import Pending

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flow.definitions.flow import Action, Node
    from flow.engine.values import Slot

AGREED, REFUSED = "同意", "驳回"  #: of the votes


@dataclass(frozen=True, slots=True)
class Ballot:
    """The votes of a node's owners so far, of whom ``needed`` must agree; each once."""

    needed: int
    agreed: tuple[int | None, ...] = ()
    refused: tuple[int | None, ...] = ()

    @property
    def missing(self) -> int:
        """How many must still agree."""
        return max(self.needed - len(self.agreed), 0)


def quorum(node: Node, facts: Mapping[str, Any]) -> int | None:
    """How many of its owners must agree at a node, at the level at which it stands; None for each of them.

    ``facts`` are with what the policy says: of a row of the amount table and the node the higher number counts.
    """
    if node.all_must_agree:
        return None
    level = node.levels[standing_level(node, facts)[0]] if node.levels else None
    rule = (level.owner if level else None) or node.owner
    by_row = int(facts.get(QUORUM) or 0) if rule is not None and rule.by_policy else 0
    return (level.quorum if level else 0) or max(by_row, node.quorum, 1)


def joint(node: Node, facts: Mapping[str, Any]) -> bool:
    """Whether more than one of its owners must sign at a node."""
    return quorum(node, facts) != 1


def ballot(node: Node, facts: Mapping[str, Any]) -> Ballot | None:
    """The votes at a node where so many must agree; None where each must, or one is enough."""
    needed = quorum(node, facts)
    if needed is None or needed == 1:
        return None
    votes = (facts.get(VOTES) or {}).get(node.name) or {}
    return Ballot(needed, tuple(votes.get(AGREED) or ()), tuple(votes.get(REFUSED) or ()))


def but_one(node: Node, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts as if all but one of those who must had agreed: of somebody who is looked for to take a slot."""
    votes = ballot(node, facts)
    if votes is None:
        return facts
    return {**facts, VOTES: {**(facts.get(VOTES) or {}), node.name: {AGREED: [None] * (votes.needed - 1)}}}


def decides_alone(node: Node, action: Action, facts: Mapping[str, Any], mine: Slot | None = None) -> bool:
    """Whether an action is the last word, whoever else would have to look.

    A refusal is: of a chain and of a count of votes only where the node says so, or of somebody who was added.
    """
    if not action.danger or node.strict or not (node.levels or ballot(node, facts)):
        return action.danger
    return not node.levels and mine is not None and mine.added


def slot_gate(
    node: Node, slots: tuple[Slot, ...], mine: Slot, facts: Mapping[str, Any], *, refuses: bool = False
) -> Pending | None:
    """Who must still sign after ``mine`` has, and whoever that was has agreed unless it ``refuses``; None for nobody.

    Of several owners one is enough, unless the node wants all, or so many. Who was put before an owner opens that
    owner's slot; who was put after one signs when that one has.
    """
    others = [slot for slot in slots if slot.node == node.name and slot.id != mine.id]
    follow = tuple(slot.id for slot in others if slot.held and slot.after == mine.id)
    if votes := ballot(node, facts):
        pending = _counted(node, others, mine, _voted(votes, mine, refuses=refuses), refuses=refuses)
        return pending and replace(pending, facts={VOTES: {**(facts.get(VOTES) or {}), **(pending.facts or {})}})
    if node.all_must_agree:
        return Pending(node.name, opens=follow) if others and not refuses else None
    if not follow:
        return None
    kept = _followers(mine.id, others)
    closes = () if mine.added else tuple(slot.id for slot in others if slot.id not in kept and not slot.added)
    return Pending(node.name, closes, follow)


def _voted(votes: Ballot, mine: Slot, *, refuses: bool) -> Ballot:
    """The votes with mine; who was added signs beside those who are counted."""
    if mine.added:
        return votes
    if refuses:
        return replace(votes, refused=(*votes.refused, mine.owner))
    return replace(votes, agreed=(*votes.agreed, mine.owner))


def _counted(node: Node, others: list[Slot], mine: Slot, votes: Ballot, *, refuses: bool) -> Pending | None:
    """Who must still sign where so many must agree: nobody once they have, or once they no longer can.

    Whoever was put behind one who has agreed has to sign all the same.
    """
    behind = () if refuses else tuple(s.id for s in others if s.held and s.after == mine.id)
    if not votes.missing:
        owed = _owed(mine, others)
        closes = tuple(slot.id for slot in others if slot.id not in owed)
        opens = tuple(one for one in behind if one in owed)
        return Pending(node.name, closes, opens, facts={node.name: _as_facts(votes)}) if owed else None
    lost = _followers(mine.id, others) if refuses else set()
    able = [slot for slot in others if not slot.added and slot.id not in lost]
    if (refuses and mine.added) or len(able) < votes.missing:
        return None
    return Pending(node.name, tuple(lost), behind, facts={node.name: _as_facts(votes)})


def _as_facts(votes: Ballot) -> dict[str, list[int | None]]:
    return {AGREED: list(votes.agreed), REFUSED: list(votes.refused)}


def _owed(mine: Slot, others: Iterable[Slot]) -> set[int]:
    """The slots that were added behind those who have signed, ``mine`` among them, and behind these again."""
    slots = list(others)
    ahead = {slot.after for slot in slots if slot.held and not slot.added}  # an owner who has not signed waits for them
    ahead |= {slot.after for slot in slots if slot.id in ahead and slot.held}
    found = {slot.id for slot in slots if slot.added and not slot.held and slot.id not in ahead}
    todo = [mine.id, *found]
    while todo:
        after = todo.pop()
        fresh = {slot.id for slot in slots if slot.added and slot.held and slot.after == after} - found
        found |= fresh
        todo += fresh
    return found


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
    fresh = {LEVELS: kept | {node.name: {"现在": after, "结论": said}}}
    if votes := facts.get(VOTES):  # each level counts its own
        fresh[VOTES] = {name: value for name, value in votes.items() if name != node.name}
    return Pending(node.name, level=after, facts=fresh)


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
    signed = (facts.get(SIGNED) or {}).get(node.name, ()) if joint(node, facts) or node.levels else ()
    judged = [who for _, _, who in standing_level(node, facts)[1]] if node.levels else []
    return frozenset(who for who in (*signed, *judged) if who is not None)
