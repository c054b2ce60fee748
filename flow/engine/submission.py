"""What a flow asks for when a case is opened: which answers count, and which are still to be given. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.flow import SUBMISSION
from flow.engine import form_rules
from flow.engine.forms import question
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.flow import Field
    from flow.engine.values import Rules


def given(rules: Rules, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the answers that the flow asks for."""
    asked = {field.name for field in rules.flow.submission}
    return {name: value for name, value in answers.items() if name in asked}


def shown(rules: Rules, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts without answers to what is not asked in such a case."""
    opening = rules.flow.opening
    gone = form_rules.hidden(opening.form, form_rules.known(rules, opening, facts)) if opening.form else ()
    return {fact: value for fact, value in facts.items() if fact not in gone}


def lacking(rules: Rules, facts: Mapping[str, Any]) -> tuple[Field, ...]:
    """What is asked now, and has no answer among the facts; each as it holds for them."""
    opening = rules.flow.opening
    if not opening.form:
        return ()
    return form_rules.asked(opening, opening.actions[SUBMISSION], form_rules.known(rules, opening, facts))


def ensure_answered(rules: Rules, facts: Mapping[str, Any]) -> None:
    """Raises PolicyRefused with the question of the first field that must be answered and is not."""
    for field in lacking(rules, facts):
        if field.required:
            raise PolicyRefused(f"{SUBMISSION}前要填{field.name}，还没有开单：{question(field)}")
    for field in rules.flow.submission:
        if field.name in facts and facts[field.name] is None and _must(rules, field, facts):
            raise PolicyRefused(f"{SUBMISSION}前要填{field.name}，还没有开单：{question(field)}")


def _must(rules: Rules, field: Field, facts: Mapping[str, Any]) -> bool:
    """Whether a field that was left out must be answered now: what else was said has changed since."""
    seen = form_rules.known(rules, rules.flow.opening, facts)
    return field.when(seen) and form_rules.is_required(field, seen)
