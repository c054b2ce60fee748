"""The words that mean something in the shipped business, for tables of what people type."""

from __future__ import annotations

from flow.business import FLOW, shipped
from flow.parsing import parse_flow
from flow.verbs import WITHDRAW
from handlers.chat.grammar import CASE, GRAMMAR, NUMBER, ORDER, about
from handlers.chat.lexicon import Lexicon
from handlers.root import router

_FLOWS = [parse_flow(text, name, checked=False) for (kind, name), text in shipped().items() if kind == FLOW]
BUTTONS = {action.name for flow in _FLOWS for node in flow.nodes.values() for action in node.buttons}
SHIPPED = Lexicon(
    commands=frozenset(router.commands),
    about_cases=about(CASE),
    about_numbers=about(NUMBER),
    about_orders=about(ORDER),
    each=frozenset(name for name, grammar in GRAMMAR.items() if grammar.each),
    prose=frozenset(name for name, grammar in GRAMMAR.items() if grammar.prose),
    actions=frozenset({*BUTTONS, WITHDRAW}),
)
