"""The benches of the simulation and of the engine, as small as shows that they still measure what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bench import changing, earlier, engine, simulation
from bench.plan import quick
from bench.programs import ProgramFailed
from flow.validation.flows import parse_flow

if TYPE_CHECKING:
    from pathlib import Path


async def test_every_past_case_is_tried(tmp_path: Path) -> None:
    """A case left out, or a change that changes nothing, would have raised."""
    rows = [row async for row in simulation.measure(quick(tmp_path), None)]
    assert [row.unit for row in rows] == ["秒", "秒", "秒", "MB", "秒"]
    assert all(row.ours is not None and row.target for row in rows[:-1])
    assert (rows[-1].ours, rows[-1].note) == (None, "没有要比的提交")


async def test_a_commit_that_the_clone_does_not_have_is_said_and_not_measured(tmp_path: Path) -> None:
    assert await earlier.unpacked("0" * 40, tmp_path) is None
    row = await simulation.beside(replace(quick(tmp_path), earlier="0" * 40), None, "模拟")
    assert (row.ours, row.ratio, row.note) == (None, None, f"这个克隆里没有提交 {'0' * 40}，没有比")


async def test_what_an_earlier_commit_says_last_is_read(tmp_path: Path) -> None:
    assert await earlier.ran(tmp_path, "print(1); print('{\"cpu\": 2.5}')", {}, None) == {"cpu": 2.5}
    with pytest.raises(ProgramFailed, match="no such"):
        await earlier.ran(tmp_path, "raise SystemExit('no such thing')", {}, None)


async def test_a_picture_comes_with_each_change_that_is_to_be_seen(tmp_path: Path) -> None:
    """One too many or too few would have raised."""
    rows = [row async for row in changing.measure(quick(tmp_path), None)]
    assert [(row.item, row.unit) for row in rows] == [("改规则", "ms")] * 3
    assert all(row.ours for row in rows)


def test_the_flows_of_a_bundle_are_as_large_as_they_say() -> None:
    flows = [parse_flow(text, name) for (_, name), text in engine.bundle(1).items()]
    assert [len(flow.nodes) for flow in flows] == [60] * 10


@pytest.mark.parametrize("nodes", [3, 40])
def test_the_long_flow_has_as_many_nodes_as_it_says(nodes: int) -> None:
    assert len(parse_flow(engine.long_flow(nodes)).nodes) == nodes


def test_every_action_of_the_largest_flow_that_can_be_come_to_is_timed() -> None:
    given = engine.largest()
    taken = {(node, move.action) for move in engine.moves_of(given) for node in move.marking.nodes}
    actions = {(node.name, action) for node in given.flow.nodes.values() for action in node.actions}
    assert taken == actions
