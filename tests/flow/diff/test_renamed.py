"""A new name is told once, with what follows it, and nothing else is then different; a box says what it was."""

from __future__ import annotations

from flow.definitions.business import shipped
from flow.definitions.flow_reader import read_flow
from flow.definitions.identities import NODE, ROLE, one
from flow.definitions.renaming import applied
from flow.diff.renamed import compared, under
from flow.diff.sketch import sketch_difference
from models.views.sketch import CHANGED

SHIPPED = shipped()
FLOW = ("flow", "退货")


def test_a_new_name_is_one_line() -> None:
    texts = applied(SHIPPED, one(ROLE, "质检员", "品检员"))
    assert [change.words for change in compared(SHIPPED, texts).changes] == [
        "角色 质检员 改名为 品检员，跟着改的还有 拦截流程、换货流程、维修流程、退货流程"
    ]


def test_many_that_follow_are_counted() -> None:
    texts = applied(SHIPPED, one(ROLE, "客服组长", "组长"))
    [change] = compared(SHIPPED, texts).changes
    assert change.words.startswith("角色 客服组长 改名为 组长，跟着改的还有 ")
    assert change.words.endswith(" 处")


def test_what_else_is_different_is_told_of_the_new_name() -> None:
    texts = applied(SHIPPED, one(NODE, "质检", "品检", "退货"))
    texts[FLOW] = texts[FLOW].replace("时限: 48小时\n    显示: [单号, 实收", "时限: 4小时\n    显示: [单号, 实收")
    assert [change.words for change in compared(SHIPPED, texts).changes][-1] == "品检 时限：48小时 → 4小时"


def test_without_a_new_name_both_sides_stay() -> None:
    assert under(SHIPPED, SHIPPED)[0] == SHIPPED


def test_the_box_of_a_renamed_node_says_what_it_was() -> None:
    """However unlike the two have become."""
    texts = applied(SHIPPED, one(NODE, "质检", "品检", "退货"))
    old, new = read_flow(SHIPPED[FLOW], "退货"), read_flow(texts[FLOW], "退货")
    boxes = {box.name: box for box in sketch_difference(old, new, title="", subtitle="").boxes}
    assert (boxes["品检"].mark, boxes["品检"].note) == (CHANGED, "原名 质检")
    assert "质检" not in boxes
    assert [box.name for box in boxes.values() if box.mark] == ["品检"]
