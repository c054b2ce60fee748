"""Finds the people for every node and level that a step enters, with what only the database knows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.definitions.flow import IN_TURN, LEAST_LOADED
from flow.engine.signatures import ballot, spoken, standing_level
from flow.errors import NotAllowed
from flow.people.delegation import delegates
from flow.people.duties import excluded_by_duty
from flow.people.owners import AssignmentContext, Owners, resolve, tables_for
from flow.records import sequences
from flow.records.locks import turn
from models import TaskState
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from flow.definitions.assignments import Assignment
    from flow.definitions.flow import Level, Node, OwnerRule
    from flow.desk import Desk
    from flow.engine.values import Rules, Transition
    from flow.people.directory import Directory

_LOADS = "SELECT owner_id, count(*) AS tasks FROM task WHERE state = ? GROUP BY owner_id"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A node that was entered, or a level of it, and who it goes to."""

    node: Node
    owners: Owners
    level: int = 0

    @property
    def limit(self) -> timedelta | None:
        return limit_of(self.node, self.level)


async def staffed(
    desk: Desk, transition: Transition, rules: Rules, people: Directory, now: datetime, opened: datetime | None = None
) -> list[WorkItem]:
    """Owners of every human node just entered. Raises NotAllowed rather than leaving a node to nobody."""
    nodes = [rules.flow.nodes[name] for name in transition.entered]
    entered = [(node, standing_level(node, transition.facts)[0]) for node in nodes]
    if transition.pending and transition.pending.level is not None:
        entered = [(rules.flow.nodes[transition.pending.node], transition.pending.level)]
    items = []
    for node, level in entered:
        if node.owner is not None:
            facts = {**transition.facts, **rules.policy.facts(transition.facts)}
            tables = tables_for(desk.business, rules.flow, facts, opened)
            items.append(await _item(tables, node, level, (facts, people, now), transition.prefers, rules.flow.name))
    return items


def takes_turns(transition: Transition, rules: Rules, tables: Mapping[str, Sequence[Assignment]]) -> bool:
    """Whether a node just entered may be dealt in turn, for which a counter is locked after the case."""
    names = [*transition.entered, *((transition.pending.node,) if transition.pending else ())]
    nodes = [rules.flow.nodes[name] for name in names]
    owners = [rule for node in nodes for rule in (node.owner, *(level.owner for level in node.levels or ())) if rule]
    dealings = {rule.dealing for rule in owners}
    dealings |= {row.owner.dealing for rule in owners if rule.table for row in tables.get(rule.table, ())}
    return IN_TURN in dealings


async def _item(
    tables: Mapping[str, tuple[Assignment, ...]],
    node: Node,
    level: int,
    known: tuple[Mapping[str, Any], Directory, datetime],
    prefers: Mapping[str, int],
    flow: str,
) -> WorkItem:
    facts, people, now = known
    wanted = people.by_id.get(prefers.get(node.name, 0))
    if wanted and wanted.id not in excluded_by_duty(node, facts) and not ballot(node, facts):
        return WorkItem(node, Owners((wanted,), "撤回后交回"), level)
    rule = rule_of(node, level)
    by = await _circumstances(tables, rule, facts, people, f"{turn(flow)}{node.name}:{level}"[:64], now)
    owners = resolve(node, facts, people, by, rule=rule, excluded=spoken(node, facts))
    if not owners.people:
        raise NotAllowed(f"{owners.alarm}，这一步先不办")
    return WorkItem(node, owners, level)


def rule_of(node: Node, level: int) -> OwnerRule | None:
    """The owner rule of a level of a node, which is the node's own where the level has none."""
    chosen: Level | None = node.levels[level] if node.levels else None
    return (chosen.owner if chosen else None) or node.owner


def limit_of(node: Node, level: int) -> timedelta | None:
    """How long a level of a node has, which is as long as the node where the level does not say."""
    return (node.levels[level].limit if node.levels else None) or node.limit


async def _circumstances(
    tables: Mapping[str, tuple[Assignment, ...]],
    rule: OwnerRule | None,
    facts: Mapping[str, Any],
    people: Directory,
    counter: str,
    now: datetime,
) -> AssignmentContext:
    """Only what the rule will look at is read: most rules look at nothing."""
    dealing = rule.dealing if rule else ""
    if rule and rule.table:
        row = next((row for row in tables.get(rule.table, ()) if row.when(facts)), None)
        dealing = row.owner.dealing if row else ""
    loads = await open_loads() if dealing == LEAST_LOADED else {}
    turn = await sequences.take(counter) - 1 if dealing == IN_TURN else 0
    away = delegates(people.leaves, now) if people.leaves else {}
    return AssignmentContext(tables, away, loads, turn)


async def open_loads() -> dict[int, int]:
    """How many open tasks each member has."""
    return {int(row["owner_id"]): int(row["tasks"]) for row in await session.rows(_LOADS, TaskState.OPEN)}
