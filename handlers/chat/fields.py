"""Answers of a form that stand behind an action: an option by its name, ``责任方:物流``, the only number. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow import definition as d
from flow import forms
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from flow.definition import Field

_SHAPED = (d.NUMBER, d.MONEY, d.DATE, d.SERIAL)  #: kinds whose answers look like nothing else


def fill(form: Sequence[Field], words: Sequence[str], today: date) -> tuple[dict[str, Any], list[str]]:
    """The answers that the words are, by the field's name, and the words that are none."""
    found: dict[str, Any] = {}
    rest: list[str] = []
    for word in words:
        field, said = _meant(form, word, found)
        answer = _read(field, said, today) if field else None
        if field is None or answer is None:
            rest.append(word)
        else:
            found[field.name] = answer
    open_texts = [field for field in form if field.kind == d.TEXT and field.name not in found]
    if rest and len(open_texts) == 1 and open_texts[0].required and _read(open_texts[0], " ".join(rest), today):
        return {**found, open_texts[0].name: " ".join(rest)}, []
    return found, rest


def _meant(form: Sequence[Field], word: str, found: dict[str, Any]) -> tuple[Field | None, str]:
    """The field that a word answers: named before it, one that has such an option, or the only one of its shape."""
    left = [field for field in form if field.name not in found]
    for field in left:
        if match := re.match(rf"{re.escape(field.name)}\s*[:=是]\s*(?P<said>.+)", word):
            return field, match["said"]
    having = [field for field in left if word in field.options]
    if len(having) == 1:
        return having[0], word
    shaped = [field for field in left if field.kind in _SHAPED]
    return (shaped[0], word) if len(shaped) == 1 and re.search(r"\d", word) else (None, word)


def _read(field: Field, said: str, today: date) -> Any:
    try:
        return forms.read(field, said, today)
    except PolicyRefused:
        return None
