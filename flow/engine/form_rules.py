"""Which fields of a form are asked now, which must be answered, and which answers no longer count. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import When

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flow.definitions.flow import Action, Field, Node
    from flow.engine.values import Rules

ALWAYS = When()


def known(rules: Rules, node: Node, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts that the conditions of a node's form see: with what the policy says of them, where there are any."""
    return {**facts, **rules.policy.facts(facts)} if is_conditional(node.form) else facts


def is_conditional(form: Iterable[Field]) -> bool:
    """Whether anything of a form hangs on the case, or on another answer."""
    return any(field.asks_for for field in form)


def is_required(field: Field, facts: Mapping[str, Any]) -> bool:
    """Whether a field that is asked must be answered."""
    return field.required or (bool(field.required_when.cells) and field.required_when(facts))


def hidden(form: Iterable[Field], facts: Mapping[str, Any]) -> frozenset[str]:
    """The fields that are not shown, also because the answer on which they hang is none any more."""
    found: set[str] = set()
    seen = dict(facts)
    fields = [field for field in form if field.when.cells]
    while fresh := [field.name for field in fields if field.name not in found and not field.when(seen)]:
        found.update(fresh)
        for name in fresh:
            seen.pop(name, None)
    return frozenset(found)


def shown(form: Iterable[Field], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts without answers to fields that are not shown."""
    gone = hidden(form, facts)
    return {fact: value for fact, value in facts.items() if fact not in gone}


def asked(node: Node, action: Action, facts: Mapping[str, Any]) -> tuple[Field, ...]:
    """What an action still asks of a form, but for what hangs on an answer that is still to be given.

    Each as it holds for these facts: required or not, without conditions.
    """
    seen = shown(node.form, facts)
    todo = {field.name: field for field in node.form if field.wanted_for(action) and field.name not in seen}
    while settled := [name for name, field in todo.items() if _is_out(field, todo, seen)]:
        for name in settled:
            del todo[name]
    return tuple(as_it_is(field, seen) for field in todo.values() if not _hangs(field, todo))


def _is_out(field: Field, todo: Mapping[str, Field], seen: Mapping[str, Any]) -> bool:
    return not _hangs(field, todo) and not field.when(seen)


def _hangs(field: Field, todo: Mapping[str, Field]) -> bool:
    return any(name in todo for name in field.asks_for)


def as_it_is(field: Field, facts: Mapping[str, Any]) -> Field:
    """A field as it holds for a case."""
    if not field.asks_for:
        return field
    return replace(field, required=is_required(field, facts), when=ALWAYS, required_when=ALWAYS)


def askable(node: Node, action: Action, facts: Mapping[str, Any]) -> list[Field]:
    """The fields that an action may still ask for in a case, whatever is answered to the others."""
    names = {field.name for field in node.form}
    return [
        as_it_is(field, facts)
        for field in node.form
        if field.wanted_for(action) and field.name not in facts and _may_be_shown(field, names, facts)
    ]


def _may_be_shown(field: Field, names: set[str], facts: Mapping[str, Any]) -> bool:
    return all(cell(facts) or (cell.fact in names and cell.fact not in facts) for cell in field.when.cells)
