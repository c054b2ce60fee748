"""增加节点 复检 在 质检 之后 …: a node put into the way on from another, or ahead of it (``preceding``). Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW
from flow.definitions.flow import END, HUMAN
from flow.definitions.references import TO, rows_of, with_ways, written
from flow.definitions.text import cells_words
from flow.definitions.topology import GO_ON, ON_CLOSING
from flow.edits import subflows
from flow.edits.graph import (
    ACTING,
    AGREE,
    HAND_OVER,
    PASSING,
    REFUSE,
    existing,
    good_actions,
    human,
    onward,
    placed,
    targets,
    unused,
)
from flow.edits.insertion_before import ahead
from flow.edits.sentence import clauses, conditions, one_of
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.references import Way
    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data, Edit

_SIDES = r"(?P<side>之后|之前|以后|以前|后面|前面|后|前)"
_SHAPE = re.compile(
    r"^(?P<name>[^\s,]+?)(?:[\s,]+(?:放在|加在|插在|在)?\s*|在)(?P<place>[^\s,]+?)\s*"
    rf"{_SIDES}(?:[\s,;。]+(?P<rest>.*)|(?P<glued>(?:负责人|时限|当).*))?$"
)
_KEYS = ("负责人", "时限", "当", "关闭时", subflows.LIKE)


def insert(sentence: Sentence, book: Book) -> Edit:
    """A new node behind another or ahead of it, always or when conditions hold.

    Behind it: what left the other by its good actions comes to the new one first. The new node's 同意 goes where that
    went, its 驳回 back to people; effects stay with the old node.
    """
    flow, rest = book.flow_meant(sentence)
    if not (match := _SHAPE.match(rest.text)):
        raise sentence.unclear("没有看懂放在哪里，要写 在 哪个节点 之后（或 之前）")
    flow = book.flow_of(flow, match["place"])
    data = book.read(FLOW, flow)
    name, place = unused(match["name"], data, book), existing(match["place"], data)
    said = clauses(match["rest"] or match["glued"] or "", _KEYS)
    if said[""]:
        raise sentence.unclear(f"“{said['']}”没有看懂")
    when = conditions(said["当"]) if said.get("当") else {}
    behind = "后" in match["side"]
    if behind:
        _ways_on(place, data["节点"][place])
    if said.get(subflows.LIKE):
        through = bool(said.get("关闭时")) and one_of(said["关闭时"], ON_CLOSING, "关闭时") == GO_ON
        return _brought(
            (sentence, book), (flow, place, name), (said[subflows.LIKE], when), behind=behind, through=through
        )
    if said.get("关闭时"):
        raise sentence.unclear("“关闭时”是照另一条流程时才写的")
    node = human(name, said, data["节点"][place], book)
    fresh, told = (_behind if behind else ahead)(data, place, (name, node), when)
    return book.write(FLOW, flow, fresh, f"流程 {flow}：{told}")


def _brought(
    by: tuple[Sentence, Book],
    at: tuple[str, str, str],
    like: tuple[str, Mapping[str, str]],
    *,
    behind: bool,
    through: bool,
) -> Edit:
    """The nodes of another flow behind a node: the case goes through them, and then where it went."""
    (sentence, book), (flow, place, name), (said, when) = by, at, like
    data = book.read(FLOW, flow)
    if not behind:
        raise sentence.unclear("照另一条流程的节点只能放在一个节点之后")
    old, source = data["节点"][place], subflows.source_of(said, (flow, name), book)
    ways = _ways_on(place, old)
    head, part = subflows.copied(book, source, name, ways, through=through)
    nodes = placed({**data["节点"], place: _through(old, head, ways, when)}, place, part)
    if_so = f"，{cells_words(when.items())} 时" if when else ""
    told = f"{place}之后{if_so}先走 {name}，走完再去 {targets(ways)}；{subflows.told(part, source, flow, name)}"
    fresh = subflows.with_part({**data, "节点": nodes}, name, source)
    return book.write(FLOW, flow, fresh, f"流程 {flow}：{told}")


def _behind(data: Data, after: str, new: tuple[str, Data], when: Mapping[str, str]) -> tuple[Data, str]:
    name, node = new
    old = data["节点"][after]
    ways = _ways_on(after, old)
    fresh = _node(after, node, ways, back=old["类型"] == HUMAN)
    nodes = placed({**data["节点"], after: _through(old, name, ways, when)}, after, {name: fresh})
    return {**data, "节点": nodes}, _told(name, after, data["节点"], ways, when)


def _ways_on(name: str, node: Mapping[str, Any]) -> list[Way]:
    """Where a node leads; what is put behind it leads there. Raises PolicyRefused where there is no one way on."""
    if node["类型"] not in (*ACTING, *PASSING) or not (ways := onward(node)):
        raise PolicyRefused(f"“{name}”是{node['类型']}节点，后面不能直接加节点，请写在它前后的人工节点之后")
    return ways


def _node(after: str, node: Data, ways: list[Way], *, back: bool) -> Data:
    agree = {TO: written(ways), "结果": "已同意"}
    refuse = {TO: after, "结果": f"退回{after}", "样式": "危险"}
    return {**node, "动作": {AGREE: agree, **HAND_OVER, **({REFUSE: refuse} if back else {})}}


def _through(node: Data, name: str, ways: list[Way], when: Mapping[str, str]) -> Data:
    """The old node, leading to the new one wherever it led on."""
    first: Way = {TO: name}
    if when:
        first = {"当": dict(when), TO: name, "规则": f"{cells_words(when.items())}要{name}"}
    good = good_actions(node)

    def change(action: str, rows: list[Way]) -> list[Way]:
        if rows != ways or (action and action not in good):
            return rows
        return [first, *rows] if when else [first]

    return with_ways(node, change)


def _told(name: str, after: str, nodes: Mapping[str, Any], ways: list[Way], when: Mapping[str, str]) -> str:
    """What was done, where 同意 leads, and which other ways on stay as they were."""
    old = nodes[after]
    start = f"{after}之后{f'，{cells_words(when.items())} 时' if when else ''}先到 {name}，同意再去 {targets(ways)}"
    good, stay = good_actions(old), ""
    for action, body in (old.get("动作") or {}).items():
        to = rows_of((body or {}).get(TO))
        if not to or (to == ways and action in good) or all(nodes[row[TO]]["类型"] == END for row in to):
            continue
        past = "" if action in good else f"，不经过 {name}"
        stay += f"；“{action}”仍去 {targets(to)}{past}"
    back = "" if old["类型"] == HUMAN else f"；{after}不是人工节点，{name}没有“{REFUSE}”"
    return start + stay + back
