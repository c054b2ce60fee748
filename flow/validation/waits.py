"""Waits that nothing would end, and refunds whose answer nobody would hear. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.flow import HUMAN, WAIT
from flow.definitions.vocabulary import ANNOUNCED, EVENTS, PAID, REFUSED, TIME_UP
from flow.engine.waits import hears_of_refund
from flow.errors import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flow.definitions.flow import Branch, Flow, Node

CONFIRM = "确认退款"  #: the effect that asks the shop for the money


def wait_problems(flow: Flow) -> list[Problem]:
    """Every wait must be ended by what the program hears of, and every refund be waited for."""
    found = [Problem.of(words).at_node(node.name) for node in _waits(flow) for words in _of_wait(node)]
    found += [Problem.of(words).at_node(node.name) for node in flow.nodes.values() for words in _of_time(node)]
    if found:
        return found
    return [*_unasked(flow), *_unheard(flow)]


def _waits(flow: Flow) -> list[Node]:
    return [node for node in flow.nodes.values() if node.kind == WAIT]


def _of_wait(node: Node) -> Iterator[str]:
    if strange := [name for name in node.actions if name not in EVENTS]:
        words = f"等不到“{'、'.join(strange)}”，等待节点能等的是 {'、'.join(EVENTS)}；要人点的请用人工节点"
        yield Problem(words, Place(action=strange[0]))
    elif not node.actions:
        yield f"没有动作，等不到什么就走不下去，可选 {'、'.join(EVENTS)}"
    elif hears_of_refund(node) and not {PAID, REFUSED} <= node.actions.keys():
        yield f"{PAID}和{REFUSED}要都写，店铺两样都可能回"
    elif hears_of_refund(node) and len(node.actions) > 2:
        yield f"等店铺的答复，只写{PAID}和{REFUSED}：钱可能已经在路上，时间到了也不能自己走"
    elif ANNOUNCED in node.actions and TIME_UP not in node.actions:
        yield f"客户一直不寄就没有人管，请再写动作“{TIME_UP}”"
    if TIME_UP in node.actions and node.limit is None:
        yield Problem(f"有动作“{TIME_UP}”，就要写时限", Place(action=TIME_UP))


def _of_time(node: Node) -> Iterator[str]:
    """How long people have, where the system goes on without them."""
    for action in node.actions.values():
        if node.kind != HUMAN or action.name != TIME_UP:
            if action.after is not None:
                yield f"“满”只给人工节点的“{TIME_UP}”写；等待节点的“{TIME_UP}”看时限"
        elif action.after is None:
            yield f"人工节点的“{TIME_UP}”要写满多久，例如 {TIME_UP}: {{满: 30天, 去: 超期关闭}}"
        elif node.limit and action.after < node.limit:
            yield f"满多久就“{TIME_UP}”要不短于时限，先提醒人，再自动走"
        elif action.asks or action.hands_over:
            yield f"“{TIME_UP}”没有人点，不能提问，也不能换人"


def _ways(flow: Flow) -> Iterator[tuple[Node, str, Sequence[str], Branch]]:
    """Every way of a flow, with the action that takes it and what is done on it."""
    for node in flow.nodes.values():
        for action, branch in node.ways():
            yield node, action, node.actions[action].effects if action else node.effects, branch


def _unasked(flow: Flow) -> Iterator[Problem]:
    """Waits for the shop's answer that a case comes to without having asked."""
    refunds = {node.name for node in _waits(flow) if hears_of_refund(node)}
    for node, action, effects, branch in _ways(flow):
        if branch.to in refunds and CONFIRM not in effects:
            words = f"去“{branch.to}”等退款的结果，却没有办“{CONFIRM}”，永远等不到"
            yield Problem(words, Place(target=branch.to)).at_node(node.name, action)
    heads = {
        flow.start: "开始",
        **{head: f"分叉“{n.name}”" for n in flow.nodes.values() for head in (*n.heads, *n.sides)},
    }
    for name in refunds & heads.keys():
        words = f"{heads[name]}就在这里等退款的结果，却没有办“{CONFIRM}”，永远等不到"
        yield Problem(words).at_node(name)


def _unheard(flow: Flow) -> Iterator[Problem]:
    """Refunds that are asked for on a way that does not wait for the shop's answer."""
    for node, action, effects, branch in _ways(flow):
        if CONFIRM in effects and not hears_of_refund(flow.nodes[branch.to]):
            words = f"办了“{CONFIRM}”，就要去一个等“{PAID}”和“{REFUSED}”的等待节点，不能直接去“{branch.to}”"
            yield Problem(words, Place(target=branch.to)).at_node(node.name, action)
