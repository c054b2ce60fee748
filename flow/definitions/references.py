"""Where a flow's plain values name its nodes, and how one name is put in place of another. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.flow import Flow, Node
from flow.definitions.schema import Value, keys_of, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Way = dict[str, Any]  #: a row of 去
    Body = Mapping[str, Any]

TO = "去"
_NODES, _NODE = words_of(keys_of(Node), Value.NODES), words_of(keys_of(Node), Value.NODE)  #: keys that name others
_FLOW_NODE, _ENTRANCES = words_of(keys_of(Flow), Value.NODE), words_of(keys_of(Flow), Value.ENTRANCE)


def rows_of(to: Any) -> list[Way]:
    """The value of 去 as rows, however it is written."""
    if to is None:
        return []
    return [{TO: to}] if isinstance(to, str) else [dict(row) for row in to]


def written(rows: list[Way]) -> Any:
    """Rows as people write them: a single one that only names a node is that name."""
    return rows[0][TO] if len(rows) == 1 and rows[0].keys() == {TO} else rows


def ways_of(node: Body) -> Iterator[tuple[str, Way]]:
    """Each row with the action that takes it, "" for the node's own."""
    for row in rows_of(node.get(TO)):
        yield "", row
    for action, body in (node.get("动作") or {}).items():
        for row in rows_of((body or {}).get(TO)):
            yield str(action), row


def with_ways(node: Body, change: Callable[[str, list[Way]], list[Way]]) -> dict[str, Any]:
    """A copy of the node in which ``change(action, rows)`` says where each action leads; "" is the node itself."""
    fresh = dict(node)
    if TO in node:
        fresh[TO] = written(change("", rows_of(node[TO])))
    if node.get("动作"):
        fresh["动作"] = {name: _led(str(name), body, change) for name, body in node["动作"].items()}
    return fresh


def _led(name: str, body: Any, change: Callable[[str, list[Way]], list[Way]]) -> Any:
    return {**body, TO: written(change(name, rows_of(body[TO])))} if body and TO in body else body


def redirected(node: Body, names: Mapping[str, str]) -> dict[str, Any]:
    """A copy of the node that leads to other nodes; the branches of a fork and its join included."""
    fresh = with_ways(node, lambda _, rows: [{**row, TO: names.get(row[TO], row[TO])} for row in rows])
    for key in (key for key in _NODES if key in node):
        fresh[key] = [names.get(each, each) for each in node[key]]
    return fresh | {key: names.get(node[key], node[key]) for key in _NODE if key in node}


def entered(flow: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A copy of the flow in which what it names itself, such as its start, is another node."""
    fresh = {**flow, **{key: names.get(flow[key], flow[key]) for key in _FLOW_NODE if key in flow}}
    for key in _ENTRANCES:
        if entrance := flow.get(key):
            fresh[key] = {**entrance, "到": names.get(entrance["到"], entrance["到"])}
    return fresh


def renamed(flow: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A copy of the flow whose nodes are called otherwise, wherever they are named."""
    nodes = {names.get(name, name): redirected(node, names) for name, node in flow["节点"].items()}
    return {**entered(flow, names), "节点": nodes}
