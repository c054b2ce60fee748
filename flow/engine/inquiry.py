"""核对退款: the work that a refund makes of which nobody knows whether the shop has paid it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flow.definitions.flow import HUMAN, Action, OwnerRule
from flow.definitions.vocabulary import CREATOR, LAST_RESORT, PAYS, REFUSED
from flow.engine.waits import hears_of_refund

if TYPE_CHECKING:
    from flow.definitions.flow import Flow, Node

ASK, SETTLE = "问退款", "核实退款"  #: ask the shop once more; the shop's own back end says that all of it was paid
_FORBIDS = ("加签", "退回", "挂起")  #: what would leave the wait, or have it wait for one more


def station(flow: Flow, name: str) -> Node:
    """A node as whoever has a task there sees it: at a wait for the shop's answer, looking the refund up.

    That falls to whoever confirms refunds, or would get this one back if the shop refused it.
    """
    node = flow.nodes[name]
    if not hears_of_refund(node):
        return node
    by = _confirming(flow, node)
    return replace(
        node, title="核对退款：{退款额}", hint="{退款不明}", owner=(by and by.owner) or OwnerRule(role=LAST_RESORT),
        limit=(by and by.limit) or node.limit, shows=by.shows if by else (), form=(),
        avoids=tuple(dict.fromkeys([CREATOR, *(by.avoids if by else ())])), forbids=(*node.forbids, *_FORBIDS),
        actions={ASK: Action(ASK, ()), SETTLE: Action(SETTLE, ())},
    )  # fmt: skip


def _confirming(flow: Flow, wait: Node) -> Node | None:
    back = [flow.nodes[branch.to] for branch in wait.actions[REFUSED].branches] if REFUSED in wait.actions else []
    pay = [node for node in flow.nodes.values() if any(PAYS in action.effects for action in node.actions.values())]
    return next((node for node in (*back, *pay) if node.kind == HUMAN and node.owner), None)
