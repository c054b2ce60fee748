"""The picture of a flow, looked at as a phone would, and the sketch that it is drawn from."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import matplotlib.image
import numpy as np
import pytest
from hypothesis import given, settings

from cards.diagram.canvas import MAX_PIXELS, boxed, density, hexagon, rounded
from cards.diagram.draw import LOOKS, MARKED, RED
from cards.diagram.layout import PAGE, Rect, lay_out
from cards.pictures import FLOW, draw
from models.views.sketch import ADDED, CHANGED, KINDS, REMOVED, Arrow, Box, Sketch
from tests.support.flow_sketches import FORKED, RETURNS, chain, sketches, written

if TYPE_CHECKING:
    Dots = np.ndarray[Any, np.dtype[Any]]


@given(sketches())
def test_a_sketch_travels_as_json(sketch: Sketch) -> None:
    assert Sketch.of(json.loads(json.dumps(sketch.data(), ensure_ascii=False))) == sketch


@pytest.mark.parametrize(
    ("boxes", "arrows", "said"),
    [
        ([{"name": "甲", "kind": "人工"}] * 2, [], "two boxes of one name"),
        ([{"name": "甲", "kind": "人工"}], [{"source": "甲", "target": "乙"}], "arrows without a box"),
        ([{"name": "甲", "kind": "手工"}], [], "kind 手工"),
        ([{"name": "甲", "kind": "人工", "mark": "新"}], [], "mark 新"),
        ([{"name": "甲", "kind": "人工"}], [{"source": "甲", "target": "甲", "mark": "?"}], "mark ?"),
    ],
)
def test_what_cannot_be_drawn_is_refused(boxes: list[Any], arrows: list[Any], said: str) -> None:
    data = {"title": "", "subtitle": "", "boxes": [{"lines": [], **box} for box in boxes], "arrows": arrows}
    with pytest.raises(ValueError, match=said.replace("?", r"\?")):
        Sketch.of(data)


def pixels(sketch: Sketch) -> Dots:
    """The picture's dots: rows of red, green, blue from 0 to 255."""
    png = draw(FLOW, json.loads(json.dumps(sketch.data())))
    dots: Dots = np.rint(matplotlib.image.imread(io.BytesIO(png), format="png")[:, :, :3] * 255).astype(int)
    return dots


def has(picture: Dots, color: str) -> bool:
    """Whether there is an area of the colour."""
    wanted = [int(color[n : n + 2], 16) for n in (1, 3, 5)]
    return int((picture == wanted).all(axis=2).sum()) > 20


@pytest.mark.parametrize("sketch", [written(RETURNS), written(FORKED, legend=True), chain(40)])
def test_a_picture_is_twice_a_phone_wide_and_not_too_large(sketch: Sketch) -> None:
    height, width, _ = pixels(sketch).shape
    assert (width, 2 * lay_out(sketch).height < height) == (720, True)
    assert width * height < MAX_PIXELS


def test_every_kind_has_its_colour() -> None:
    kinds = "\n".join(f"{kind} 节点{n}" for n, kind in enumerate(KINDS))
    picture = pixels(written(kinds))
    assert all(has(picture, look.face) for look in LOOKS.values())
    assert not has(picture, RED)


def test_danger_is_red() -> None:
    assert has(pixels(written("人工 审核 > !驳回:拒绝\n结束 拒绝")), RED)


@pytest.mark.parametrize("mark", [ADDED, CHANGED, REMOVED])
def test_a_mark_shows_on_the_box_and_is_explained(mark: str) -> None:
    plain = Sketch("", "", (Box("甲", "人工"),), ())
    marked = Sketch("", "", (Box("甲", "人工", mark=mark),), ())
    assert not has(pixels(plain), MARKED[mark].edge)
    assert has(pixels(marked), MARKED[mark].face)
    assert len(pixels(marked)) > len(pixels(plain))  # by the legend


def test_a_mark_shows_on_the_arrow() -> None:
    boxes = (Box("甲", "人工"), Box("乙", "结束"))
    assert has(pixels(Sketch("", "", boxes, (Arrow("甲", "乙", mark=ADDED),))), MARKED[ADDED].edge)


def test_the_shapes_are_explained_when_that_is_wanted() -> None:
    assert len(pixels(written(FORKED, legend=True))) > len(pixels(written(FORKED)))


@pytest.mark.parametrize(
    "name",
    ["$x^2$ _\\frac", "喆堃牌😀\u0e01", "很长的名字" * 12, "NoSpacesInThisVeryLongLatinNameOfANode", " ", "换\n行"],
)
def test_odd_names_are_drawn_without_a_warning(name: str) -> None:
    boxes = (Box(name, "自动", (name, name), CHANGED, name), Box("完成", "结束"))
    sketch = Sketch(name, name, boxes, (Arrow(name, "完成", name), Arrow(name, name, name, REMOVED)))
    assert pixels(sketch).shape[1] == 720


def test_a_flow_without_boxes_says_so() -> None:
    picture = pixels(Sketch("新流程", "草稿", (), ()))
    assert picture.shape[:2] == (300, 720)
    assert (picture[150:] < 200).any()  # the words below the title


@settings(max_examples=8, deadline=None)
@given(sketches())
def test_any_flow_can_be_drawn(sketch: Sketch) -> None:
    assert pixels(sketch).shape[1] >= 720


@pytest.mark.parametrize(("height", "dots"), [(1_000, 2.0), (13_000, 2.0), (60_000, 0.962), (200_000, 0.325)])
def test_a_page_that_is_too_large_has_fewer_dots(height: float, dots: float) -> None:
    found = density(PAGE, height)
    assert found == pytest.approx(dots, abs=0.001)
    assert found**2 * PAGE * height <= MAX_PIXELS


@pytest.mark.parametrize("path", [boxed(Rect(10, 20, 100, 40), 30), hexagon(Rect(10, 20, 100, 40), 12)])
def test_a_shape_fills_its_place_and_no_more(path: Any) -> None:
    outline = path.get_extents()
    assert (outline.x0, outline.y0, outline.x1, outline.y1) == pytest.approx((10, 20, 110, 60), abs=4)
    assert outline.x0 >= 10
    assert outline.x1 <= 110


def test_a_line_bends_no_rounder_than_its_pieces_are_long() -> None:
    path = rounded([(0, 0), (0, 4), (100, 4)], 6)
    assert np.asarray(path.vertices).tolist() == [[0, 0], [0, 2], [0, 4], [6, 4], [100, 4]]
