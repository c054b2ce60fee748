"""The words a flow may use for what the program does and shows; a word that means nothing is found before it is met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.vocabulary import EFFECTS
from flow.errors import Place, Problem
from models.views.case import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flow.definitions.flow import Flow


def unknown_words(flow: Flow) -> list[Problem]:
    """A sentence for every 办 and 显示 that nothing in the program answers to; a form's own fields may be shown."""
    found = []
    for node in flow.nodes.values():
        effects = [*node.effects, *(effect for action in node.actions.values() for effect in action.effects)]
        fields = {field.name for each in flow.forms for field in each.form}
        wrong = [_unknown("办", word, EFFECTS) for word in effects if word not in EFFECTS]
        wrong += [_unknown("显示", word, ROWS) for word in node.shows if word not in {*ROWS, *fields}]
        found += [problem.at_node(node.name) for problem in wrong]
    return found


def _unknown(key: str, word: str, known: Iterable[str]) -> Problem:
    words = f"{key}里的“{word}”不认识，可选 {'、'.join(sorted(known))}"
    return Problem(words, Place(column=key, of_cell=key == "显示"))
