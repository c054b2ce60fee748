"""The benches of the simulation and of the engine, as small as shows that they still measure what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench import engine, simulation
from bench.plan import quick
from flow.validation.flows import parse_flow

if TYPE_CHECKING:
    from pathlib import Path


async def test_every_past_case_is_tried(tmp_path: Path) -> None:
    """A case left out, or a change that changes nothing, would have raised."""
    rows = [row async for row in simulation.measure(quick(tmp_path), None)]
    assert [row.unit for row in rows] == ["秒", "秒", "秒", "MB"]
    assert all(row.ours is not None and row.target for row in rows)


@pytest.mark.parametrize("nodes", [3, 40])
def test_the_long_flow_has_as_many_nodes_as_it_says(nodes: int) -> None:
    assert len(parse_flow(engine.long_flow(nodes)).nodes) == nodes


def test_every_action_of_the_largest_flow_that_can_be_come_to_is_timed() -> None:
    given = engine.largest()
    taken = {(node, move.action) for move in engine.moves_of(given) for node in move.marking.nodes}
    actions = {(node.name, action) for node in given.flow.nodes.values() for action in node.actions}
    assert taken == actions
