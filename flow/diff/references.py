"""Where a flow's plain values name its nodes, and how one name is put in place of another. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Way = dict[str, Any]  #: a row of 去
    Node = Mapping[str, Any]

TO = "去"


def rows_of(to: Any) -> list[Way]:
    """The value of 去 as rows, however it is written."""
    if to is None:
        return []
    return [{TO: to}] if isinstance(to, str) else [dict(row) for row in to]


def written(rows: list[Way]) -> Any:
    """Rows as people write them: a single one that only names a node is that name."""
    return rows[0][TO] if len(rows) == 1 and rows[0].keys() == {TO} else rows


def ways_of(node: Node) -> Iterator[tuple[str, Way]]:
    """Each row with the action that takes it, "" for the node's own."""
    for row in rows_of(node.get(TO)):
        yield "", row
    for action, body in (node.get("动作") or {}).items():
        for row in rows_of((body or {}).get(TO)):
            yield str(action), row


def with_ways(node: Node, change: Callable[[str, list[Way]], list[Way]]) -> dict[str, Any]:
    """A copy of the node in which ``change(action, rows)`` says where each action leads; "" is the node itself."""
    fresh = dict(node)
    if TO in node:
        fresh[TO] = written(change("", rows_of(node[TO])))
    if node.get("动作"):
        fresh["动作"] = {name: _led(str(name), body, change) for name, body in node["动作"].items()}
    return fresh


def _led(name: str, body: Any, change: Callable[[str, list[Way]], list[Way]]) -> Any:
    return {**body, TO: written(change(name, rows_of(body[TO])))} if body and TO in body else body


def redirected(node: Node, names: Mapping[str, str]) -> dict[str, Any]:
    """A copy of the node that leads to other nodes; the branches of a fork and its join included."""
    fresh = with_ways(node, lambda _, rows: [{**row, TO: names.get(row[TO], row[TO])} for row in rows])
    if "分支" in node:
        fresh["分支"] = [names.get(head, head) for head in node["分支"]]
    if "汇合" in node:
        fresh["汇合"] = names.get(node["汇合"], node["汇合"])
    return fresh


def entered(flow: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A copy of the flow in which what it names itself, such as its start, is another node."""
    fresh = {**flow, **{key: names.get(flow[key], flow[key]) for key in ("开始", "撤单") if key in flow}}
    for key in ("重开", "退回"):
        if entrance := flow.get(key):
            fresh[key] = {**entrance, "到": names.get(entrance["到"], entrance["到"])}
    return fresh


def renamed(flow: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A copy of the flow whose nodes are called otherwise, wherever they are named."""
    nodes = {names.get(name, name): redirected(node, names) for name, node in flow["节点"].items()}
    return {**entered(flow, names), "节点": nodes}
