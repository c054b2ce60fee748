"""增加节点 复检 在 质检 之后 …: a node put into the way on from another. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.business import FLOW
from flow.definition import HUMAN
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
    unused,
)
from flow.edits.sentence import clauses, conditions
from flow.errors import PolicyRefused
from flow.references import TO, rows_of, with_ways, written
from flow.wording import cells_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.edits.book import Book, Data, Edit
    from flow.edits.sentence import Sentence
    from flow.references import Way

_SHAPE = re.compile(r"^(?P<name>\S+) 在 ?(?P<after>\S+?) ?之后(?: (?P<rest>.*))?$")
_KEYS = ("负责人", "时限", "当")


def insert(sentence: Sentence, book: Book) -> Edit:
    """What left a node by its good actions now comes to the new one first, always or when conditions hold.

    The new node's 同意 goes where that went, its 驳回 back to people; effects stay with the old node.
    """
    flow, rest = book.flow_meant(sentence)
    if not (match := _SHAPE.match(rest.text)):
        raise sentence.unclear()
    flow = book.flow_of(flow, match["after"])
    data = book.read(FLOW, flow)
    name, after = unused(match["name"], data), existing(match["after"], data)
    said = clauses(match["rest"] or "", _KEYS)
    if said[""]:
        raise sentence.unclear(f"“{said['']}”没有看懂")
    old = data["节点"][after]
    ways = _ways_on(after, old)
    when = conditions(said["当"]) if said.get("当") else {}
    fresh = _node(name, after, human(name, said, old, book), ways, back=old["类型"] == HUMAN)
    nodes = placed({**data["节点"], after: _through(old, name, ways, when)}, after, {name: fresh})
    return book.write(FLOW, flow, {**data, "节点": nodes}, f"流程 {flow}：{_told(name, after, old, ways, when)}")


def _ways_on(name: str, node: Mapping[str, Any]) -> list[Way]:
    """Where a node leads; what is put behind it leads there. Raises PolicyRefused where there is no one way on."""
    if node["类型"] not in (*ACTING, *PASSING) or not (ways := onward(node)):
        raise PolicyRefused(f"“{name}”是{node['类型']}节点，后面不能直接加节点，请写在它前后的人工节点之后")
    return ways


def _node(name: str, after: str, node: Data, ways: list[Way], *, back: bool) -> Data:
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


def _told(name: str, after: str, old: Mapping[str, Any], ways: list[Way], when: Mapping[str, str]) -> str:
    """What was done, and which other ways on stay as they were."""
    start = f"{after}之后{f'，{cells_words(when.items())} 时' if when else ''}先到 {name}，同意再去 {ways[-1][TO]}"
    actions = old.get("动作") or {}
    others = [action for action in good_actions(old) if rows_of(actions[action][TO]) != ways]
    stay = "".join(f"；“{action}”仍去 {rows_of(actions[action][TO])[-1][TO]}" for action in others)
    back = "" if old["类型"] == HUMAN else f"；{after}不是人工节点，{name}没有“{REFUSE}”"
    return start + stay + back
