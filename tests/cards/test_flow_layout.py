"""The page of a flow: what must hold of any flow, and of those that people draw."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from cards.diagram.layout import PAGE, Layout, Rect, lay_out
from cards.diagram.routes import Ends, routed, tracks
from cards.diagram.rows import ABREAST, in_rows, ranked
from models.views.sketch import Sketch
from tests.support.flow_sketches import FORKED, RETURNS, chain, sketches, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cards.diagram.layout import Point


def overlap(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.right - 0.01
        and other.x < one.right - 0.01
        and one.y < other.bottom - 0.01
        and other.y < one.bottom - 0.01
    )


def pieces(points: tuple[Point, ...]) -> Iterator[Rect]:
    """The straight pieces of a way."""
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        yield Rect(min(x, to_x), min(y, to_y), abs(x - to_x), abs(y - to_y))


def on_each_other(one: Rect, other: Rect) -> bool:
    """Whether two straight pieces share more than a point."""
    across = min(one.right, other.right) - max(one.x, other.x)
    down = min(one.bottom, other.bottom) - max(one.y, other.y)
    return (one.width == other.width == 0 and across > -1 and down > 1) or (
        one.height == other.height == 0 and down > -1 and across > 1
    )


def labels(layout: Layout) -> list[Rect]:
    return [way.where for way in layout.ways if way.label.lines]


@settings(max_examples=80, deadline=None)
@given(sketches())
def test_nothing_touches_anything(sketch: Sketch) -> None:
    layout = lay_out(sketch)
    solid = [*layout.boxes, *labels(layout)]
    assert not [pair for pair in itertools.combinations(solid, 2) if overlap(*pair)]


@settings(max_examples=80, deadline=None)
@given(sketches())
def test_everything_is_on_the_page(sketch: Sketch) -> None:
    layout = lay_out(sketch)
    page = Rect(0, 0, layout.width, layout.height)
    parts = [*layout.boxes, *labels(layout), *(piece for way in layout.ways for piece in pieces(way.points))]
    assert all(part.x >= page.x and part.y >= page.y for part in parts)
    assert all(part.right <= page.right and part.bottom <= page.bottom + 0.01 for part in parts)


@settings(max_examples=80, deadline=None)
@given(sketches())
def test_an_arrow_leads_from_its_box_to_its_box(sketch: Sketch) -> None:
    layout = lay_out(sketch)
    at = dict(zip((box.name for box in sketch.boxes), layout.boxes, strict=True))
    for arrow, way in zip(sketch.arrows, layout.ways, strict=True):
        source, target = at[arrow.source], at[arrow.target]
        (x, y), (to_x, to_y) = way.points[0], way.points[-1]
        assert (y, to_y) == (source.bottom, target.y)
        assert source.x < x < source.right
        assert target.x < to_x < target.right
        assert way.points[-2][1] < to_y  # it comes from above, as its head says


@settings(max_examples=80, deadline=None)
@given(sketches())
def test_no_arrow_runs_through_a_box_or_another_ones_label(sketch: Sketch) -> None:
    layout = lay_out(sketch)
    for n, way in enumerate(layout.ways):
        others = [other.where for m, other in enumerate(layout.ways) if m != n and other.label.lines]
        for piece in pieces(way.points):
            assert piece.width == 0 or piece.height == 0
            assert not [each for each in (*layout.boxes, *others) if overlap(piece, each)]


@settings(max_examples=50, deadline=None)
@given(sketches())
def test_the_same_flow_gives_the_same_page(sketch: Sketch) -> None:
    assert lay_out(sketch) == lay_out(Sketch.of(sketch.data()))


@settings(max_examples=50, deadline=None)
@given(sketches())
def test_no_row_is_longer_than_a_phone_can_show(sketch: Sketch) -> None:
    rows = in_rows(sketch, ranked(sketch), PAGE)
    assert all(0 < len(row) <= ABREAST for row in rows.rows)
    assert all(len(row) == 1 or rows.right(row[-1]) - rows.left(row[0]) <= PAGE + 0.01 for row in rows.rows)


@pytest.mark.parametrize("count", [1, 4, 5, 7])
def test_a_wide_layer_is_folded_evenly(count: int) -> None:
    arrows = " ".join(f":岔{n}" for n in range(count))
    rest = "\n".join(f"人工 岔{n}" for n in range(count))
    rows = in_rows(sketch := written(f"分叉 开始 > {arrows}\n{rest}"), ranked(sketch), PAGE).rows
    assert [len(row) for row in rows[1:]] == {1: [1], 4: [2, 2], 5: [3, 2], 7: [3, 2, 2]}[count]


@pytest.mark.parametrize("sketch", [written(RETURNS), written(FORKED), chain(40), chain(64)])
def test_real_flows_fit_a_phone(sketch: Sketch) -> None:
    layout = lay_out(sketch)
    assert layout.width == PAGE
    assert layout.height < 110 * len(sketch.boxes)  # about six boxes on a screen


@pytest.mark.parametrize("sketch", [written(RETURNS), written(FORKED), chain(40)])
def test_arrows_to_different_boxes_do_not_run_on_each_other(sketch: Sketch) -> None:
    layout = lay_out(sketch)
    ways = [[piece for n in net for piece in pieces(layout.ways[n].points)] for net in layout.nets]
    for one, other in itertools.combinations(ways, 2):
        assert not [pair for pair in itertools.product(one, other) if on_each_other(*pair)]


@settings(max_examples=50, deadline=None)
@given(sketches())
def test_a_label_hangs_at_its_arrows_start(sketch: Sketch) -> None:
    layout = lay_out(sketch)
    for way in layout.ways:
        (x, y), (_, to_y) = way.points[:2]
        assert not way.label.lines or way.where.x < x < way.where.right
        assert y < way.where.y
        assert way.where.bottom < to_y


def test_branches_of_a_fork_stand_side_by_side_above_their_join() -> None:
    sketch = written(FORKED)
    at = dict(zip((box.name for box in sketch.boxes), lay_out(sketch).boxes, strict=True))
    assert at["仓库收货"].y == at["客服补证"].y
    assert at["都办完"].y > max(at["质检"].bottom, at["客服补证"].bottom)


def test_what_leads_back_stays_outside() -> None:
    layout = lay_out(chain(12))
    left, right = min(box.x for box in layout.boxes), max(box.right for box in layout.boxes)
    back = [way for way in layout.ways if way.points[-1][1] < way.points[0][1]]
    assert len(back) == 3
    assert all(min(x for x, _ in way.points) < left or max(x for x, _ in way.points) > right for way in back)


def test_a_box_with_many_arrows_makes_the_page_wider() -> None:
    targets = [f"去向{n}" for n in range(20)]
    ends = "\n".join(f"结束 {name}" for name in targets)
    layout = lay_out(written(f"自动 分级 > {' '.join(f'第{n}档:{name}' for n, name in enumerate(targets))}\n{ends}"))
    assert layout.width > PAGE


# --- tracks and lanes ---

LOOP = """
人工 甲 > 同意:乙 转总监:丙
人工 乙 > 同意:丙 !退回:甲
人工 丙 > 同意:丁 !退回:甲 !重做:乙
结束 丁
"""


def test_arrows_of_one_look_to_one_box_share_their_way() -> None:
    sketch = written(LOOP)
    nets = lay_out(sketch).nets
    shared = [{(sketch.arrows[n].target, sketch.arrows[n].danger) for n in net} for net in nets]
    assert all(len(looks) == 1 for looks in shared)
    assert sorted(len(net) for net in nets) == [1, 1, 1, 2, 2]  # 丙 from two boxes, 甲 from two


def test_a_lane_is_there_for_what_passes_a_row() -> None:
    rows = in_rows(sketch := written(LOOP), ranked(sketch), PAGE)
    routes = routed(sketch, rows)
    passing = {n for n, net in enumerate(routes.nets) if net.passes}
    assert passing == set(routes.lane)
    assert {(rows.row_of[net.target], net.back) for n, net in enumerate(routes.nets) if n in passing} == {
        (2, False), (0, True), (1, True)
    }  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(sketches())
def test_nets_on_one_track_do_not_meet(sketch: Sketch) -> None:
    layout = lay_out(sketch)
    level = [
        [piece for n in net for piece in pieces(layout.ways[n].points) if piece.width] for net in layout.nets
    ]  # the pieces on tracks
    for one, other in itertools.combinations(level, 2):
        assert not [pair for pair in itertools.product(one, other) if on_each_other(*pair)]


def test_a_channel_without_turns_needs_no_track() -> None:
    rows = in_rows(sketch := written("人工 甲 > 同意:乙\n结束 乙"), ranked(sketch), PAGE)
    assert [tracks(rows, routed(sketch, rows), channel) for channel in (-1, 0, 1)] == [{}, {}, {}]


@pytest.mark.parametrize(
    ("tops", "bottoms", "turns"),
    [((5.0,), (5.0,), False), ((5.0,), (9.0,), True), ((), (5.0, 9.0), True), ((5.0, 9.0), (9.0,), True)],
)
def test_a_net_turns_unless_it_goes_straight_down(
    tops: tuple[float, ...], bottoms: tuple[float, ...], turns: bool
) -> None:
    assert Ends(tops, bottoms).turns is turns
