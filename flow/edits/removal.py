"""删除节点 复检: a node taken out, and what led to it led on. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW
from flow.definitions.flow import END, FORK, JOIN
from flow.definitions.flow_reader import names_in
from flow.definitions.references import TO, entered, redirected, rows_of, ways_of, with_ways
from flow.edits import sides, subflows
from flow.edits.graph import dangerous, existing, onward
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.references import Way
    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data, Edit

    Nodes = Mapping[str, Any]

_WHEN = "当"


def delete(sentence: Sentence, book: Book) -> Edit:
    """Take a node out; a branch of a fork goes with its only node, a fork with its last but one branch.

    A fork that begins side branches goes with the last of these.
    """
    flow, rest = book.flow_meant(sentence)
    if len(rest.words) != 1:
        raise sentence.unclear()
    flow = _flow(book, flow, rest.text)
    data = book.read(FLOW, flow)
    if (part := subflows.part_of(data["节点"], rest.text)) and rest.text not in data["节点"]:
        return book.write(
            FLOW, flow, _without_part(data, rest.text, part), f"流程 {flow}：删除 {rest.text} 的 {len(part)} 个节点"
        )
    name = existing(rest.text, data)
    fork = next((each for each, node in data["节点"].items() if name in node.get("分支", ())), "")
    if fork and _alone_in_branch(data["节点"], fork, name):
        fresh = _without_branch(data, fork, name)
    elif side := sides.fork_of(data["节点"], name):
        fresh = _without_side(data, side, name)
    else:
        fresh = _without(data, name)
    return book.write(FLOW, flow, fresh, f"流程 {flow}：删除 {name}{_lost(data['节点'][name])}")


def _lost(node: Mapping[str, Any]) -> str:
    """What no longer happens."""
    bodies = [node, *(body or {} for body in (node.get("动作") or {}).values())]
    effects = [name for body in bodies for name in names_in(body.get("办"))]
    return f"；随之不再办：{'、'.join(dict.fromkeys(effects))}" if effects else ""


def _without(data: Data, name: str) -> Data:
    """The flow in which everything that led to the node goes where it led."""
    nodes = data["节点"]
    ways = _ways_on(name, nodes[name])
    _refuse_dangerous(nodes, name)
    fresh = {each: _past(node, name, ways) for each, node in nodes.items() if each != name}
    return {**_entered_past(data, name, ways), "节点": fresh}


def _ways_on(name: str, node: Mapping[str, Any]) -> list[Way]:
    if node["类型"] == END:
        raise PolicyRefused(f"“{name}”是结束，删掉后走到这里的单没有去处")
    if node["类型"] in (FORK, JOIN):
        raise PolicyRefused(f"“{name}”是{node['类型']}，请删除它的分支，只剩一条分支时它会一起去掉")
    ways = [row for row in onward(node) if row[TO] != name]
    if not ways or ways[-1].get(_WHEN):
        raise PolicyRefused(f"“{name}”没有一条总能走的路，删掉后不知道去哪里")
    return ways


def _refuse_dangerous(nodes: Nodes, name: str) -> None:
    """A refusal that led here must not lead on from here instead: it would become an approval."""
    for source, node in nodes.items():
        for action, row in ways_of(node):
            if source != name and row[TO] == name and dangerous(node, action):
                raise PolicyRefused(
                    f"“{source}”的“{action}”通到“{name}”，删掉后不能替人决定它去哪里；"
                    f"请先改它，例如：流程 {source} {action} 去 另一个节点"
                )


def _past(node: Data, name: str, ways: list[Way]) -> Data:
    fresh = with_ways(node, lambda _, rows: _expanded(rows, name, ways))
    if name in (*node.get("分支", ()), *node.get(sides.SIDES, ())):
        fresh = redirected(fresh, {name: _only(name, ways, "分叉的分支")})
    return fresh


def _entered_past(data: Data, name: str, ways: list[Way]) -> Data:
    if name == (data.get("退回") or {}).get("到"):
        data = {key: value for key, value in data.items() if key != "退回"}
    if name in (data["开始"], (data.get("重开") or {}).get("到")):
        return entered(data, {name: _only(name, ways, "流程的入口")})
    return data


def _only(name: str, ways: list[Way], noun: str) -> str:
    """The one node that follows. Raises PolicyRefused where conditions choose among several."""
    if len(ways) > 1:
        raise PolicyRefused(f"“{name}”是{noun}，它后面按条件有几条路，不能直接删除")
    return str(ways[0][TO])


def _expanded(rows: list[Way], name: str, ways: list[Way]) -> list[Way]:
    """The rows with the node's own in place of those that led to it, but for one that falls through to the same."""
    found: list[Way] = []
    last = max((n for n, row in enumerate(rows) if row[TO] == name), default=-1)
    for n, row in reversed(list(enumerate(rows))):
        if row[TO] != name:
            found.insert(0, row)
        elif found != ways or n < last:
            found = [_both(row, way, name) for way in ways] + found
    return found


def _both(row: Way, way: Way, name: str) -> Way:
    """One row for two steps: both conditions. Raises PolicyRefused where both ask for one fact."""
    before, after = row.get(_WHEN) or {}, way.get(_WHEN) or {}
    if twice := [fact for fact in before if fact in after and before[fact] != after[fact]]:
        raise PolicyRefused(f"到“{name}”和离开它都要看“{twice[0]}”，两个条件合不成一个，不能直接删除")
    rule = way.get("规则") or row.get("规则")
    when = {**before, **after}
    return {**({_WHEN: when} if when else {}), TO: way[TO], **({"规则": rule} if rule else {})}


# -- branches ----------------------------------------------------------------------------------------------------------


def _alone_in_branch(nodes: Nodes, fork: str, name: str) -> bool:
    """Whether the node is the whole of its branch."""
    return onward(nodes[name]) == [{TO: nodes[fork]["汇合"]}]


def _without_branch(data: Data, fork: str, name: str) -> Data:
    nodes = {each: node for each, node in data["节点"].items() if each != name}
    heads = [head for head in nodes[fork]["分支"] if head != name]
    if len(heads) > 1:
        return {**data, "节点": {**nodes, fork: {**nodes[fork], "分支": heads}}}
    join = nodes[fork]["汇合"]
    ways = rows_of(nodes[join].get(TO))
    kept = {each: node for each, node in nodes.items() if each not in (fork, join)}
    fresh = {each: redirected(_past(node, join, ways), {fork: heads[0]}) for each, node in kept.items()}
    return {**entered(data, {fork: heads[0]}), "节点": fresh}


def _without_side(data: Data, fork: str, name: str) -> Data:
    nodes, ways = sides.left_out(data["节点"], fork, name)
    if not ways:
        return {**data, "节点": nodes}
    fresh = {each: _past(node, fork, ways) for each, node in nodes.items() if each != fork}
    return {**_entered_past(data, fork, ways), "节点": fresh}


# -- the nodes of another flow -----------------------------------------------------------------------------------------


def _flow(book: Book, flow: str, name: str) -> str:
    """``flow`` where it has a part of that name, else the one that has such a node."""
    return flow if subflows.part_of(book.read(FLOW, flow)["节点"], name) else book.flow_of(flow, name)


def _without_part(data: Data, name: str, part: list[str]) -> Data:
    """The flow without a part: its side branch, or what led to its first node led on."""
    nodes, left = data["节点"], subflows.without_part(data, name)
    if side := sides.fork_of(nodes, name):
        return _without_side(left, side, name)
    ways = subflows.exits(nodes, part)
    if ways is None:
        raise PolicyRefused(f"“{name}”里的节点改过，看不出走完以后去哪里，请一个一个删")
    kept = {each: _past(node, part[0], ways) for each, node in nodes.items() if each not in part}
    return {**_entered_past(left, part[0], ways), "节点": kept}
