"""What 办 needs to be done at all: answers that must have been asked for, and people who count. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.flow import MONEY
from flow.definitions.vocabulary import DEDUCT, MISSING, PART, PASS_OVER, PASSES_AS, PASSES_TO
from flow.engine.counting import COUNTING
from flow.engine.partial_refunds import MADE_GOOD, MAKE_GOOD
from flow.errors import Place, Problem
from flow.validation.graph import first_way, spelt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from flow.definitions.flow import Action, Flow, Node


def effect_problems(node: Node, flow: Flow) -> Iterator[str]:
    """A sentence for each 办 that would find nothing to work with."""
    for effect in node.effects:
        if effect in COUNTING:
            yield f"{node.kind}节点不能办“{effect}”，它要有人点数或回答，请放在人工节点的动作里"
        if effect == PASS_OVER and not _says(flow, PASSES_TO):
            yield Problem(_lacks_kind(), Place(column="办"))
    for action in node.actions.values():
        wrong = _lacking(action, flow)
        yield from (Problem(f"动作“{action.name}”{words}", Place(action=action.name)) for words in wrong)


def _lacking(action: Action, flow: Flow) -> Iterator[str]:
    if MISSING in action.effects and PART not in action.asks:
        yield f"办“{MISSING}”，要写 问: {{{PART}: 缺什么、扣多少？}}"
    if MADE_GOOD in action.effects and MONEY not in _asked_as(flow, MAKE_GOOD):
        yield f"办“{MADE_GOOD}”，可是没有一张表单问“{MAKE_GOOD}”（填 {MONEY}）"
    if PASS_OVER in action.effects and PASSES_TO not in action.sets and not _says(flow, PASSES_TO):
        yield _lacks_kind()


def _lacks_kind() -> str:
    return f"办“{PASS_OVER}”，要写 记: {{{PASSES_TO}: 流程的名字}}"


def _asked_as(flow: Flow, name: str) -> set[str]:
    """The kinds of the form fields of that name."""
    return {field.kind for node in flow.nodes.values() for field in node.form if field.name == name}


def _says(flow: Flow, fact: str) -> bool:
    """Whether an action notes it, or a form asks for it."""
    noted = any(fact in action.sets for node in flow.nodes.values() for action in node.actions.values())
    return noted or bool(_asked_as(flow, fact))


def untaken(flow: Flow, led: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Types that a case is passed over with, and that the flow which takes it over does not take.

    ``led`` are the return types that lead to each flow; of several flows that may be chosen one is enough.
    """
    targets = sorted(passed_to(flow) & led.keys())
    taken = {name for to in targets for name in led[to]}
    fields = [field for node in flow.nodes.values() for field in node.form if field.name == PASSES_AS]
    offered = {option for field in fields for option in field.options}
    if targets and (strange := sorted((offered if fields else set(led.get(flow.name, ()))) - taken)):
        said = f"表单“{PASSES_AS}”里的" if fields else f"没有问“{PASSES_AS}”，自己的退货类型"
        able = "、".join(sorted(taken)) or "（还没有）"
        yield f"转为 {'、'.join(targets)} 时，{said}“{'、'.join(strange)}”那边不收，可以用 {able}"


def shortage_problems(flow: Flow) -> Iterator[Problem]:
    """Nodes that talk about a shortage, on a way to them on which none was put down: there is nothing to deduct."""
    arrows: dict[str, list[str]] = {
        node.name: [
            branch.to
            for action, branch in node.ways()
            if not action or MISSING not in node.actions[action].effects
        ] + [*node.heads, *node.sides]
        for node in flow.nodes.values()
    }  # fmt: skip
    starts = flow.entrances
    for node in flow.nodes.values():
        deducts = [action.name for action in node.actions.values() if DEDUCT in action.effects]
        path = [node.name] if node.name in starts else first_way(arrows, starts, {node.name})
        if deducts and path:
            words = f"“{'、'.join(deducts)}”办“{DEDUCT}”，可是没有登记过缺件也走得到：{spelt(path)}"
            yield Problem(words).at_node(node.name)


def passed_to(flow: Flow) -> set[str]:
    """The flows that its cases may be passed over to."""
    actions = (action for node in flow.nodes.values() for action in node.actions.values())
    noted = {str(action.sets[PASSES_TO]) for action in actions if PASSES_TO in action.sets}
    fields = (field for node in flow.nodes.values() for field in node.form if field.name == PASSES_TO)
    return noted.union(*(field.options for field in fields))
