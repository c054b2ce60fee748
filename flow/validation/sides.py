"""Side branches: what begins beside a case, must come to an end of its own, and leave the case, its money and goods be.

Nothing that the case itself asks may hang on how far such a branch has come, so that they do not race. Pure.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from flow.definitions.flow import END, FORK, WRITE
from flow.definitions.topology import ON_CLOSING
from flow.errors import Place, Problem
from flow.validation.graph import arrows_of, at_entry, first_way, spelt
from flow.validation.surroundings import NOTED, OPENING, POLICY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flow.definitions.flow import Flow, Node

_SIDES, _CLOSING = Place(column="旁支"), Place(column="关闭时")
#: facts that decide on goods and money wherever they are read: by the flow, the policy, the program or a report
DECIDING = NOTED | OPENING | POLICY | {"已审批", "已质检", "质检结果"}


def side_problems(flow: Flow) -> list[Problem]:
    """Every problem of the side branches of a flow whose nodes all exist."""
    forks = [node for node in flow.nodes.values() if node.kind == FORK]
    found = [Problem.of(words).at_node(fork.name) for fork in forks for words in _parts(fork, flow)]
    if found or not flow.sides:
        return found
    shared = flow.main_from(flow.start)
    found = [problem for head, branch in flow.sides.items() for problem in _leaving(flow, head, branch & shared)]
    found = found or [*_entered(flow)]
    if found:
        return found
    for head, branch in flow.sides.items():
        found += _dealing(flow, head, branch)
    return [*found, *_shared(flow)]


def _parts(fork: Node, flow: Flow) -> Iterator[str]:
    if not fork.sides:
        if fork.branches:
            yield Problem("分叉有“旁支”才写“去”，单子自己往那里走；几路都要等就写“分支”和“汇合”", Place(column="去"))
        if fork.on_closing:
            yield Problem("“关闭时”管的是旁支，这里没有旁支", _CLOSING)
    else:
        yield from _begun(fork, flow)


def _begun(fork: Node, flow: Flow) -> Iterator[str]:
    if fork.heads or fork.join:
        yield Problem("旁支没有人等，“分支”和“汇合”请写在另一个分叉里；这里单子往哪里走写“去”", _SIDES)
    if fork.on_closing not in {"", *ON_CLOSING}:
        yield Problem(f"关闭时“{fork.on_closing}”不认识，可写 {'、'.join(ON_CLOSING)}", _CLOSING)
    if len(set(fork.sides)) < len(fork.sides):
        yield Problem("同一条旁支写了两遍", _SIDES)
    for head in fork.sides:
        if flow.nodes[head].kind == END:
            yield Problem(f"旁支“{head}”不能一开始就是结束，要有事做", _SIDES)


def _leaving(flow: Flow, head: str, shared: frozenset[str]) -> list[Problem]:
    """A branch on which a second token of the case would come where the first one is."""
    if not shared:
        return []
    path = [head] if head in shared else first_way(arrows_of(flow), [head], shared)
    words = f"旁支要走到自己的结束，这里走回了单子自己的路：{spelt(path)}；请给它一个单独的结束（不写状态）"
    return [Problem(words, Place(of_whole=True)).at_node(path[-1] if path[-1] == head else path[-2])]


def _dealing(flow: Flow, head: str, branch: frozenset[str]) -> list[Problem]:
    """What only the case itself may do."""
    found: list[Problem] = []
    read = {fact for name in flow.main for fact in _read(flow.nodes[name])}
    asked = {item.name for name in flow.main for item in flow.nodes[name].form} | _noted(flow, flow.main)
    for node in (flow.nodes[name] for name in flow.nodes if name in branch):
        found += [Problem.of(words).at_node(node.name) for words in _of_node(node, head)]
        for fact in sorted(_noted(flow, [node.name]) & (read | asked | DECIDING)):
            words = f"旁支“{head}”里的“{fact}”单子自己也要用，谁先谁后结果就不一样；请换个名字"
            found.append(Problem(words).at_node(node.name))
    return found


def _of_node(node: Node, head: str) -> Iterator[str]:
    effects = {*node.effects, *(effect for action in node.actions.values() for effect in action.effects)}
    if effects:
        yield f"旁支“{head}”里不能办“{'、'.join(sorted(effects))}”：退款、点货和给客户的通知只在单子自己的路上办"
    if node.owner is not None and node.owner.by_policy:
        yield Problem(f"旁支“{head}”里不能按审批表找人：批的是单子的钱", Place(column="负责人"))
    if node.sides:
        yield Problem(f"旁支“{head}”里不能再开旁支", _SIDES)


def _read(node: Node) -> Iterator[str]:
    """The facts by which a case goes on from a node, is asked, or is looked at once more."""
    whens = [way.when for _, way in node.ways()] + [level.when for level in node.levels]
    yield from (cell.fact for when in whens for cell in when.cells)
    yield from (fact for item in node.form for fact in item.asks_for)


def _noted(flow: Flow, names: Iterable[str]) -> set[str]:
    """What actions put down and forms ask for at these nodes."""
    nodes = [flow.nodes[name] for name in names]
    noted = {fact for node in nodes for action in node.actions.values() for fact in (*action.sets, *action.asks)}
    written = {name for node in nodes for name, right in node.rights.items() if right == WRITE}
    return noted | written | {item.name for node in nodes for item in node.form}


def _shared(flow: Flow) -> Iterator[Problem]:
    """Two branches with a node in common, and one that two forks would end otherwise."""
    for one, other in combinations(flow.sides, 2):
        if both := [name for name in flow.nodes if name in flow.sides[one] & flow.sides[other]]:
            words = f"旁支“{one}”和“{other}”都走到这里，一张单可能在这里有两件事；每条旁支要有自己的节点和结束"
            yield Problem(words).at_node(both[0])
    for head in flow.sides:
        forks = [node for node in flow.nodes.values() if head in node.sides]
        if len({fork.on_closing or "" for fork in forks}) > 1:
            names = "、".join(fork.name for fork in forks)
            yield Problem(f"旁支“{head}”在 {names} 里“关闭时”写得不一样，要一样", _CLOSING).at_node(forks[-1].name)


def _entered(flow: Flow) -> Iterator[Problem]:
    again = [("撤单去的", flow.withdraw_to)]
    again += [("重开到的", flow.reopening.to)] if flow.reopening else []
    again += [("退回到的", flow.amending.to)] if flow.amending else []
    for word, name in again:
        if name in flow.aside:
            yield at_entry(name, f"{word}节点“{name}”在旁支里，要在单子自己的路上")
