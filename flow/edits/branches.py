"""增加分支 客服补证 与 仓库收货 同时 …: a node set side by side with another, both awaited. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW
from flow.definitions.flow import ALL, END, FORK, JOIN
from flow.definitions.references import TO, entered, redirected, ways_of
from flow.edits.graph import ACTING, DONE, HAND_OVER, before, existing, human, onward, unused
from flow.edits.sentence import clauses
from flow.edits.sides import EXAMPLE, aside, free, is_aside
from flow.errors import PolicyRefused
from flow.validation.flows import flow_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data, Edit

_SIDE = r"(?:同时进行|同时办|同时|并行|并列|一起办|一起|‖|\|\|)"
_SHAPE = re.compile(
    rf"^(?P<name>[^\s,]+?)(?:[\s,]+(?:与|和|跟|同)?\s*|(?:与|和|跟))(?P<beside>[^\s,]+?)\s*{_SIDE}(?:[\s,;。]+(?P<rest>.*))?$"
)
_BARS = re.compile(r"^(?P<name>[^\s,‖|]+)\s*(?:‖|\|\|)\s*(?P<beside>[^\s,;。]+)(?:[\s,;。]+(?P<rest>.*))?$")
_KEYS = ("负责人", "时限")


def branch(sentence: Sentence, book: Book) -> Edit:
    """Let a new node go on at the same time as another; the case goes on when both are done.

    A node that already stands at the head of a fork's branch gets a further branch beside it. One that ends by itself
    is awaited by nobody, see ``flow.edits.sides``.
    """
    flow, rest = book.flow_meant(sentence)
    if is_aside(rest.text):
        return aside(sentence, book)
    if not (match := _SHAPE.match(rest.text) or _BARS.match(rest.text)):
        raise PolicyRefused(f"{sentence.unclear()}；谁也不等它、自己办到头的写：{EXAMPLE}")
    flow = book.flow_of(flow, match["beside"])
    data = book.read(FLOW, flow)
    name, beside = unused(match["name"], data, book), existing(match["beside"], data)
    said = clauses(match["rest"] or "", _KEYS)
    if said[""]:
        raise sentence.unclear(f"“{said['']}”没有看懂")
    node = human(name, said, data["节点"][beside], book)
    fork = next((each for each, other in data["节点"].items() if beside in other.get("分支", ())), "")
    fresh = _joined(data, fork, name, node) if fork else _wrapped(data, beside, name, node)
    told = f"流程 {flow}：{name} 与 {beside} 同时进行，都完成才继续"
    return book.write(FLOW, flow, fresh, told + ("" if fork else _escapes(data, beside, name)))


def _with_done(node: Data, join: str) -> Data:
    return {**node, "动作": {DONE: {TO: join, "结果": "已完成"}, **HAND_OVER}}


def _joined(data: Data, fork: str, name: str, node: Data) -> Data:
    """One more branch of a fork."""
    nodes = data["节点"]
    wider = {**nodes[fork], "分支": [*nodes[fork]["分支"], name]}
    rows = {**nodes, fork: wider}
    return {**data, "节点": before(rows, nodes[fork]["汇合"], {name: _with_done(node, nodes[fork]["汇合"])})}


def _wrapped(data: Data, beside: str, name: str, node: Data) -> Data:
    """A fork before the node, a join behind it; who led to the node leads to the fork."""
    nodes = data["节点"]
    after = _next(beside, nodes[beside])
    fork, join = free(nodes, f"{name}分叉"), free(nodes, f"{name}汇合")
    inside = _inside(data, beside, after)
    fresh: Data = {}
    for each, old in nodes.items():
        if each == beside:
            fresh[fork] = {"类型": FORK, "分支": [beside, name], "汇合": join}
        fresh[each] = redirected(old, {after: join} if each in inside else {beside: fork})
        if each == beside:
            fresh |= {name: _with_done(node, join), join: {"类型": JOIN, "等": ALL, TO: after}}
    return {**entered(data, {beside: fork}), "节点": fresh}


def _next(name: str, node: Mapping[str, Any]) -> str:
    """Where the node leads in the main."""
    ways = onward(node) if node["类型"] in ACTING else []
    if not ways:
        raise PolicyRefused(f"“{name}”是{node['类型']}节点，只能与有人办或等待的节点同时进行")
    return str(ways[-1][TO])


def _inside(data: Data, name: str, after: str) -> set[str]:
    """The node and what only it leads to before the case goes on."""
    flow = flow_of(data)
    around = {each for entrance in flow.entrances if entrance != name for each in flow.reach(entrance, without={name})}
    inner = flow.reach(name, without={after}) - around
    return {each for each in inner | {name} if flow.nodes[each].kind != END}


def _escapes(data: Data, beside: str, name: str) -> str:
    """The ways out of the branch on which the new node is not waited for."""
    nodes, after = data["节点"], _next(beside, data["节点"][beside])
    inside = _inside(data, beside, after)
    out = [
        f"“{each}”的“{action}”去 {row[TO]}"
        for each in nodes
        if each in inside
        for action, row in ways_of(nodes[each])
        if row[TO] not in (inside | {after}) and nodes[row[TO]]["类型"] != END
    ]
    return f"；{'、'.join(out)} 时不等 {name}" if out else ""
