"""The words that mean something in the shipped business, for tables of what people type."""

from __future__ import annotations

from flow.definitions.business import FLOW, shipped
from flow.definitions.flow_reader import read_flow
from flow.engine.verbs import WITHDRAW
from handlers.chat.grammar import lexicon_of
from handlers.root import router

_FLOWS = [read_flow(text, name) for (kind, name), text in shipped().items() if kind == FLOW]
BUTTONS = {action.name for flow in _FLOWS for node in flow.nodes.values() for action in node.buttons}
SHIPPED = lexicon_of(frozenset(router.commands), frozenset({*BUTTONS, WITHDRAW}))
