"""Answers of a form that stand behind an action: an option by its name, ``责任方:物流``, the only number. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.definitions import flow as d
from flow.definitions.text import when_words
from flow.definitions.waybills import couriers
from flow.engine import form_rules, forms
from flow.errors import PolicyRefused
from handlers.chat.phrases import phrases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from flow.definitions.flow import Field, Node

_SHAPED = (d.NUMBER, d.MONEY, d.DATE, d.SERIAL, d.WAYBILL)  #: kinds whose answers look like nothing else

_INSIDE = {
    d.MONEY: re.compile(r"(?<![\dA-Za-z.])(?P<said>\d{1,8}(?:\.\d{1,2})?)\s?(?:元|块钱|块|圆)?(?![\dA-Za-z.%件个只])"),
    d.NUMBER: re.compile(r"(?<![\dA-Za-z.])(?P<said>\d{1,8}(?:\.\d+)?)(?![\dA-Za-z.%])"),
    d.WAYBILL: re.compile(r"(?<![A-Za-z0-9-])(?P<said>(?=[A-Za-z0-9-]*\d)[A-Za-z0-9-]{8,40})(?![A-Za-z0-9-])"),
}
_PRICED = re.compile(r"(?<![\dA-Za-z.])(?P<said>\d{1,8}(?:\.\d{1,2})?)\s?(?:元|块钱|块|圆)")
_NOTHING = re.compile(
    r"(?:客户|他|她|那|就)?(?:不用|不需要|不必|无需|不要|没有|不|无|免)(?:再|另)?(?:补|收|付|给|加|要)*(?:钱|款|费)?(?:了|的|吧|啦)*"
)
_NO = re.compile(r"[不别没未非除]|还是|或")  #: with these an answer may be the very thing that it is not


def answer(field: Field, text: str, today: date) -> tuple[Any, str]:
    """What a text answers, and what else it says: ``退款吧``, ``顺丰 SF…``. Raises PolicyRefused for no answer."""
    try:
        return forms.read(field, text, today), ""
    except PolicyRefused:
        if field.kind in (d.MONEY, d.NUMBER) and "0" in field.question and _is_none(field, text):
            return forms.read(field, "0", today), ""
        found = _within(field, text)
        if found is None:
            raise
        return forms.read(field, found[0], today), found[1]


def _is_none(field: Field, text: str) -> bool:
    """``不用补差价``: that there is nothing to be paid."""
    said = text.strip(" ,。;!").replace(field.name, "")
    return _NOTHING.fullmatch(said) is not None


def _within(field: Field, text: str, *, priced: bool = False) -> tuple[str, str] | None:
    """The only answer that a text has in it, and the other words; None where it has none, or may deny it."""
    if field.kind == d.CHOICE:
        found = [(option, option) for option in field.options if option in text]
    else:
        pattern = _PRICED if priced and field.kind == d.MONEY else _INSIDE.get(field.kind)
        found = [(match["said"], match[0]) for match in pattern.finditer(text)] if pattern else []
    if len(found) != 1:
        return None
    rest = text.replace(found[0][1], " ", 1)
    return None if _NO.search(rest) else (found[0][0], beside(rest))


def beside(text: str) -> str:
    """What is more than may stand beside an answer: a courier's name is less."""
    known = sorted((*phrases().answering, *couriers().names), key=len, reverse=True)
    pieces = [piece for piece in re.split(r"[\s,。;、:!]+", text) if piece]
    return ",".join(piece for piece in pieces if _left(piece, known))


def _left(piece: str, known: Sequence[str]) -> str:
    while word := next((word for word in known if piece.startswith(word)), ""):
        piece = piece[len(word) :]
    return piece


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
    for field in form:  # 赔15块退款
        whole = " ".join(rest)
        inside = _within(field, whole, priced=True) if field.name not in found and rest else None
        if inside and (value := _read(field, inside[0], today)) is not None:
            found[field.name] = value
            rest = [*whole.replace(inside[0], " ", 1).split()]
            rest = beside(" ".join(rest)).split(",") if beside(" ".join(rest)) else []
    open_texts = [field for field in form if field.kind == d.TEXT and field.name not in found]
    if rest and len(open_texts) == 1 and open_texts[0].required and _read(open_texts[0], " ".join(rest), today):
        return {**found, open_texts[0].name: " ".join(rest)}, []
    return found, rest


def ensure_shown(node: Node, facts: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    """Raises PolicyRefused for an answer to what is not asked, as the others are: nobody is to lose it unseen."""
    gone = form_rules.hidden(node.form, {**facts, **answers})
    for field in node.form:
        if field.name in gone and answers.get(field.name) is not None:
            raise PolicyRefused(
                f"{when_words(field.when)} 时才填{field.name}，现在不是这样，“{answers[field.name]}”没有记，"
                "还没有办；请改好再发一次"
            )


def _meant(form: Sequence[Field], word: str, found: dict[str, Any]) -> tuple[Field | None, str]:
    """The field that a word answers: named before it, one that has such an option, or the only one of its shape."""
    left = [field for field in form if field.name not in found]
    for field in left:
        if match := re.match(rf"{re.escape(field.name)}\s*[:=是]\s*(?P<said>.+)", word):
            return field, match["said"]
        if word.removeprefix(field.name) in field.options and word.startswith(field.name):
            return field, word.removeprefix(field.name)
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
