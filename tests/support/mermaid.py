"""A flow as a Mermaid chart: the picture of the README, which is by this the flow that runs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from flow.definitions import flow as d
from flow.definitions.text import owner_words
from models.outside import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta

    from flow.definitions.flow import Flow, Node, OwnerRule

BY_POLICY = "按审批表"
_SHAPES = {d.AUTOMATIC: ("{", "}"), d.WAIT: ("([", "])"), d.END: ("((", "))")}
_BOX = ("[", "]")
_ENTITIES = str.maketrans({'"': "#quot;", "<": "#lt;", "#": "#35;", "&": "#amp;", "`": "#96;", "\n": " "})
_UNITS = ((86400, "天"), (3600, "小时"), (60, "分钟"))


def flow_mermaid(flow: Flow) -> str:
    """The chart's text: people in boxes, automatic nodes in diamonds, waits rounded, ends in circles."""
    ids = {name: f"n{n}" for n, name in enumerate(flow.nodes, 1)}
    seen: set[str] = set()

    def shown(name: str) -> str:
        """A node is described where it first appears, and only named afterwards."""
        fresh = name not in seen
        seen.add(name)
        return ids[name] + (_box(flow.nodes[name]) if fresh else "")

    lines = [
        f"  {shown(source)} -->{label} {shown(target)}"
        for source, node in flow.nodes.items()
        for target, label in _edges(node)
    ]
    if flow.withdraw_to:
        lines.append(f'  any(["收货和退款之前"]) -.->|"撤单"| {shown(flow.withdraw_to)}')
    if flow.amending:
        lines.append(f'  back(["收货和退款之前"]) -.->|"退给提交人"| {shown(flow.amending.to)}')
    return "\n".join(["flowchart TD", *lines])


def _box(node: Node) -> str:
    opening, closing = _SHAPES.get(node.kind, _BOX)
    return f'{opening}"{"<br/>".join(map(_plain, _words(node)))}"{closing}'


def _words(node: Node) -> Iterator[str]:
    yield node.name
    if node.owner:
        yield _owner(node.owner) + (f" · {_limit(node.limit)}" if node.limit else "")
    elif node.waits_for:
        yield f"等{node.waits_for}"
    elif node.state:
        yield str(node.state)


def _owner(rule: OwnerRule) -> str:
    return BY_POLICY if rule.by_policy else owner_words(rule)


def _limit(limit: timedelta | None) -> str:
    """The limit in the largest unit of which it fills three or more: 15 天, but 24 小时 and 48 小时."""
    seconds = int(limit.total_seconds()) if limit else 0
    size, unit = next((u for u in _UNITS if seconds % u[0] == 0 and seconds >= 3 * u[0]), _UNITS[-1])
    return f"{seconds // size} {unit}"


def _edges(node: Node) -> list[tuple[str, str]]:
    """Target and label of each arrow; what leads to the same place shares one, who hands a task over goes nowhere."""
    labels: Mapping[str, list[str]] = defaultdict(list)
    for branch in node.branches:
        labels[branch.to].append(branch.rule)
    for head in node.heads:
        labels[head].append("同时")
    for action in node.actions.values():
        name = f"满 {_limit(action.after)}" if action.after else action.name
        for branch in action.branches:
            labels[branch.to].append(name + (f"（{branch.rule}）" if branch.rule else ""))
    return [(target, _label(words)) for target, words in labels.items()]


def _label(words: list[str]) -> str:
    text = _plain("／".join(word for word in words if word))
    return f'|"{text}"|' if text else ""


def _plain(text: str) -> str:
    """What stands between quotation marks may hold none itself, nor a tag or an entity (Mermaid's own are ``#…;``)."""
    return visible(text).translate(_ENTITIES)
