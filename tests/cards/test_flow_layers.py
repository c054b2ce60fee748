"""What the page of a flow is made of: layers, rows of words, things side by side."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.charts.sheet import text_width
from cards.diagram.boxes import BAR, LABEL_LINES, SMALL, WIDEST, measured, snug
from cards.diagram.layers import arranged, backward, crossings, levels, neighbours
from cards.diagram.spread import spread
from models.views.sketch import FORK, KINDS, Arrow, Box


@st.composite
def graphs(draw_: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    count = draw_(st.integers(1, 10))
    node = st.integers(0, count - 1)
    return count, draw_(st.lists(st.tuples(node, node), max_size=25))


@pytest.mark.parametrize(
    ("edges", "back"),
    [
        ([(0, 1), (1, 2)], set()),
        ([(0, 1), (1, 0)], {1}),
        ([(0, 0)], {0}),
        ([(0, 2), (2, 1)], set()),  # written out of order, but no cycle
        ([(0, 3), (3, 1), (1, 2), (2, 0)], {3}),  # 3 was added last to the file and stands in the middle of the way
        ([(0, 1), (1, 2), (2, 1), (2, 0)], {2, 3}),
    ],
)
def test_only_what_leads_back_is_left_out(edges: list[tuple[int, int]], back: set[int]) -> None:
    assert backward(edges) == back


@given(graphs())
def test_without_what_leads_back_everything_leads_down(graph: tuple[int, list[tuple[int, int]]]) -> None:
    count, edges = graph
    back = backward(edges)
    level = levels(count, [edge for n, edge in enumerate(edges) if n not in back])
    assert all(level[source] < level[target] for n, (source, target) in enumerate(edges) if n not in back)
    assert all(edges[n][0] >= edges[n][1] for n in back)


@pytest.mark.parametrize(
    ("count", "edges", "level"),
    [
        (3, [(0, 1), (1, 2), (0, 2)], [0, 1, 2]),  # by the longest way
        (4, [(0, 1), (1, 2), (3, 2)], [0, 1, 2, 1]),  # a second beginning stands near where it leads
        (3, [(0, 1)], [0, 1, 1]),  # what nothing leads to stands at the bottom
        (1, [], [0]),
        (0, [], []),
    ],
)
def test_layers(count: int, edges: list[tuple[int, int]], level: list[int]) -> None:
    assert levels(count, edges) == level


def test_crossings_are_taken_out() -> None:
    edges = [(0, 1), (0, 2), (1, 4), (2, 3)]
    level = levels(5, edges)
    below = neighbours(5, edges)[1]
    assert crossings([[0], [1, 2], [3, 4]], below) == 1
    assert crossings(arranged(level, edges), below) == 0


@given(graphs())
def test_every_box_has_its_layer_once(graph: tuple[int, list[tuple[int, int]]]) -> None:
    count, edges = graph
    back = backward(edges)
    ahead = [edge for n, edge in enumerate(edges) if n not in back]
    level = levels(count, ahead)
    found = [(node, n) for n, layer in enumerate(arranged(level, ahead)) for node in layer]
    assert sorted(found) == list(enumerate(level))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([50, 150], [50, 150]),
        ([100, 100], [80, 120]),  # pushed apart by as much each
        ([0, 0, 300], [20, 60, 280]),  # from the edges
        ([150, 50], [80, 120]),  # the order is kept
    ],
)
def test_spread(wanted: list[float], found: list[float]) -> None:
    assert spread(wanted, [40.0] * len(wanted), 0, 300) == pytest.approx(found)


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(1, 60)), max_size=8))
def test_what_is_spread_does_not_overlap_and_stays_inside(things: list[tuple[float, float]]) -> None:
    widths = [width for _, width in things]
    middles = spread([want for want, _ in things], widths, 0, 480)
    edges = [(middle - width / 2, middle + width / 2) for middle, width in zip(middles, widths, strict=True)]
    assert all(right <= left + 0.01 for (_, right), (left, _) in itertools.pairwise(edges))
    assert all(left > -0.01 and right < 480.01 for left, right in edges)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("同意", 60, ("同意",)),
        ("同意（货已验过）", 60, ("同意", "货已验过")),
        ("同意（货已验过）", 120, ("同意（货已验过）",)),
        ("客服组长 · 24 小时", 72, ("客服组长", "24 小时")),
        ("退款成功（款已退，继续验货）", 50, ("退款成功", "款已退，", "继续验货")),
        ("无理由退货直接等待收货", 96, ("无理由退货直", "接等待收货")),  # lines of one length
        ("超过 500 元要总监审批", 84, ("超过 500 元", "要总监审批")),  # 500 stays with its unit
        ("", 60, ()),
        ("一" * 90, 24, (*["一一"] * 7, "一…")),
    ],
)
def test_words_are_broken_between_phrases(text: str, width: float, lines: tuple[str, ...]) -> None:
    assert snug(text, SMALL, width, LABEL_LINES) == lines


@given(st.text("退款成功继续验货 ABil9·（），／$", max_size=40), st.integers(24, 200))
def test_words_fit_their_room(text: str, width: int) -> None:
    found = snug(text, SMALL, width, LABEL_LINES)
    assert len(found) <= LABEL_LINES
    assert all(text_width(line, SMALL) <= width for line in found)


def test_labels_get_narrower_rather_than_the_page_wider() -> None:
    arrows = [Arrow("甲", "乙", "退款成功（款已退，等货寄回）") for _ in range(6)]
    assert measured(Box("甲", "人工"), arrows[:1], 300).labels[0].width > 100
    assert measured(Box("甲", "人工"), arrows, 300).width <= 300


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("room", [90, 160, 344])
def test_a_box_is_as_large_as_its_words(kind: str, room: float) -> None:
    """They are broken rather than wider than the room, and the box grows downwards."""
    short, long = (measured(Box("审核" * count, kind, ("客服组长 · 24 小时",)), [], room) for count in (1, 9))
    assert max(short.width, long.width) <= max(room, 72 + 2 * short.inset)
    assert long.height > short.height or long.width > short.width
    assert long.width <= WIDEST + 2 * long.inset


def test_a_fork_is_a_bar() -> None:
    assert measured(Box("分", FORK), [], 300).width >= BAR > measured(Box("分", "人工"), [], 300).width


def test_a_mark_needs_room_beside_the_name() -> None:
    plain, marked = (measured(Box("客服主管抽查", "人工", mark=mark), [], 300) for mark in ("", "增"))
    assert marked.width == plain.width + 22


@pytest.mark.parametrize(
    ("arrow", "lines"),
    [
        (Arrow("甲", "乙", "同意"), ("同意",)),
        (Arrow("甲", "乙", "同意", "增"), ("新 · 同意",)),
        (Arrow("甲", "乙", "", "删"), ("删",)),
        (Arrow("甲", "乙"), ()),
    ],
)
def test_the_words_of_an_arrow(arrow: Arrow, lines: tuple[str, ...]) -> None:
    label = measured(Box("甲", "人工"), [arrow], 300).labels[0]
    assert label.lines == lines
    assert (label.height > 0) is bool(lines)
