"""Circles that a case would run round for ever because nobody has to act in them. Pure."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from flow.definitions import flow as d
from flow.definitions.conditions import word
from flow.definitions.vocabulary import TIME_UP
from flow.engine.exemption import may_be_passed
from flow.errors import Place, Problem
from flow.validation.coverage import ANYTHING, kinds
from flow.validation.coverage import spelt as facts_spelt
from flow.validation.graph import circle, spelt, way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.flow import Action, Branch, Flow, Node
    from flow.validation.coverage import Domain

    State = tuple[str, tuple[Any, ...]]

MAX_STATES = 20_000  #: above, a circle is refused for its arrows alone


def circle_problems(flow: Flow, domains: Mapping[str, Domain]) -> list[Problem]:
    """The circle, and facts with which a case would not leave it; at most one is told."""
    arrows = {node.name: _crossed(node, flow) for node in flow.nodes.values()}
    inside = {name for name in arrows if way(arrows, name, name)}
    if not inside:
        return []
    facts = sorted({cell.fact for name in inside for row in _rows(flow.nodes[name]) for cell in row.when.cells})
    choices = [_kinds(fact, inside, flow, domains) for fact in facts]
    if prod(map(len, choices)) * len(inside) > MAX_STATES:
        return [_sentence(flow, circle({name: arrows[name] for name in inside}), {})]
    todo = [(name, values) for values in product(*choices) for name in flow.nodes if name in inside]
    states = {state: _after(state, facts, flow) for state in todo}
    loop = _loop(_grown(states, facts, flow))
    return [_sentence(flow, [name for name, _ in loop], dict(zip(facts, loop[0][1], strict=True)))] if loop else []


def _sentence(flow: Flow, loop: list[str], facts: Mapping[str, Any]) -> Problem:
    when = f"（{facts_spelt(facts)}）" if facts else ""
    waits = any(flow.nodes[name].kind == d.WAIT for name in loop)
    why = "一有答复就又绕回来，没有人来看，会没完没了" if waits else "自动节点绕成了圈，永远停不下来"
    return Problem(f"{why}：{spelt(loop)}{when}", Place(of_whole=not waits)).at_node(loop[0])


def _crossed(node: Node, flow: Flow) -> list[str]:
    """Where a case may go on to from a node without anybody."""
    if node.kind == d.FORK:
        return node.targets()
    if node.kind == d.JOIN and not node.joins_any and not _meets_by_itself(node, flow):
        return []
    return [branch.to for branch in _rows(node)]


def _rows(node: Node) -> tuple[Branch, ...]:
    """The branches that the system takes at a node; an approval may be passed by its first action."""
    if node.kind in {d.AUTOMATIC, d.JOIN, d.FORK}:
        return node.branches
    if node.kind == d.WAIT:
        return tuple(branch for action in _heard(node) for branch in action.branches)
    if node.kind == d.HUMAN and node.owner and node.owner.by_policy and node.buttons and may_be_passed(node, {}):
        return node.buttons[0].branches
    return ()


def _heard(node: Node) -> tuple[Action, ...]:
    """What a wait may hear of at once, without anybody and without time: the shop's answer, a waybill that is there."""
    return tuple(action for name, action in node.actions.items() if name != TIME_UP)


def _meets_by_itself(join: Node, flow: Flow) -> bool:
    """Whether every branch may come to the join without anybody."""
    arrows = {node.name: [*(way.to for way in _rows(node)), *node.heads, *node.sides] for node in flow.nodes.values()}
    heads = [head for fork in flow.nodes.values() if fork.join == join.name for head in fork.heads]
    return all(way(arrows, head, join.name) for head in heads)


def _kinds(fact: str, inside: set[str], flow: Flow, domains: Mapping[str, Domain]) -> list[Any]:
    rows = [row for name in inside for row in _rows(flow.nodes[name])]
    cells = [cell for row in rows for cell in row.when.cells if cell.fact == fact]
    return kinds(fact, cells, domains.get(fact, ANYTHING))


def _grown(states: dict[State, list[State]], facts: list[str], flow: Flow) -> dict[State, list[State]]:
    """With the states that differ by what a passed approval has noted."""
    todo = [after for following in states.values() for after in following if after not in states]
    while todo:
        state = todo.pop()
        if state not in states:
            states[state] = _after(state, facts, flow)
            todo += states[state]
    return states


def _loop(states: Mapping[State, list[State]]) -> list[State]:
    """The states from one back to itself; empty when a case leaves every circle."""
    try:
        TopologicalSorter(states).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))  # its arrows point from what comes first
    return []


def _after(state: State, names: list[str], flow: Flow) -> list[State]:
    """Where a case goes on to from a node, with these facts, if nobody has to act."""
    name, values = state
    node, facts = flow.nodes[name], dict(zip(names, values, strict=True))
    if node.kind == d.FORK:
        begun = [(head, values) for head in (*node.heads, *node.sides)]
        return [*begun, *([_gone(node.branches, facts, names)] if node.branches else [])]
    if node.kind == d.WAIT:
        noted = [(action, facts | {k: v for k, v in action.sets.items() if k in facts}) for action in _heard(node)]
        return [_gone(action.branches, seen, names) for action, seen in noted]
    if node.kind == d.HUMAN:
        if word(facts.get("审批", "自动")) != "自动" and not node.skips_same_approver:
            return []
        facts |= {fact: value for fact, value in node.buttons[0].sets.items() if fact in facts}
    return [_gone(_rows(node), facts, names)] if _rows(node) else []


def _gone(rows: tuple[Branch, ...], facts: Mapping[str, Any], names: list[str]) -> State:
    """Along the first row that fits; the last one always does."""
    to = next((row.to for row in rows if row.when(facts)), rows[-1].to)
    return to, tuple(facts[fact] for fact in names)
