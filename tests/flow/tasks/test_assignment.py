"""What of a node says who gets its task: its levels, their limits, and whether they are dealt in turn. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flow.definitions.assignments import Assignment
from flow.definitions.conditions import When
from flow.definitions.flow import HUMAN, IN_TURN, LEAST_LOADED, Level, Node, OwnerRule
from flow.engine.values import Pending, Transition
from flow.people.owners import Owners
from flow.tasks.assignment import WorkItem, limit_of, rule_of, takes_turns
from tests.support import shipped

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OWN, SECOND = OwnerRule("质检员"), OwnerRule("仓管员")
PLAIN = Node("质检", HUMAN, owner=OWN, limit=DAY)
LEVELS = Node("质检", HUMAN, owner=OWN, limit=DAY, levels=(Level("初检"), Level("复检", SECOND, HOUR)))


@pytest.mark.parametrize(
    ("node", "level", "rule", "limit"),
    [
        (PLAIN, 0, OWN, DAY),
        (LEVELS, 0, OWN, DAY),  # says nothing of its own
        (LEVELS, 1, SECOND, HOUR),
        (Node("等货", HUMAN), 0, None, None),
    ],
)
def test_a_level_has_its_own_or_its_node_s(
    node: Node, level: int, rule: OwnerRule | None, limit: timedelta | None
) -> None:
    assert (rule_of(node, level), limit_of(node, level)) == (rule, limit)
    assert WorkItem(node, Owners((), "x"), level).limit == limit


def table(dealing: str) -> dict[str, tuple[Assignment, ...]]:
    return {"维修分派": (Assignment("其余", When(), OwnerRule("维修主管", dealing=dealing)),)}


@pytest.mark.parametrize(
    ("owner", "levels", "dealt", "turns"),
    [
        (OWN, (), "", False),
        (OwnerRule("质检员", dealing=IN_TURN), (), "", True),
        (OwnerRule("质检员", dealing=LEAST_LOADED), (), "", False),
        (OWN, (Level("初检"), Level("复检", OwnerRule("仓管员", dealing=IN_TURN))), "", True),
        (OwnerRule(table="维修分派"), (), IN_TURN, True),  # a row of its table may say it
        (OwnerRule(table="维修分派"), (), LEAST_LOADED, False),
        (None, (), IN_TURN, False),  # nobody's node
    ],
)
def test_whether_a_step_may_deal_in_turn(
    owner: OwnerRule | None, levels: tuple[Level, ...], dealt: str, *, turns: bool
) -> None:
    known, node = shipped.rules(), Node("质检", HUMAN, owner=owner, levels=levels)
    rules = replace(known, flow=replace(known.flow, nodes={**known.flow.nodes, "质检": node}))
    entered = Transition((), "甲", ("质检",), ("质检",), {})
    stays = Transition((), "质检", ("质检",), (), {}, pending=Pending("质检", level=1))
    for transition in (entered, stays):
        assert takes_turns(transition, rules, table(dealt) if dealt else {}) is turns
    assert not takes_turns(Transition((), "甲", (), (), {}), rules, {})
