"""A field that is answered for each product of a case: the products, the answers so far, and what is still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.engine import forms, line_answers
from flow.engine.line_answers import Line
from flow.errors import PolicyRefused
from handlers.chat.phrases import phrases
from models import CaseLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from flow.definitions.flow import Field

    Row = list[Any]  #: SKU, title, units

LINES, KNOWN = "lines", "known"  #: in what is asked: the products, and the answers so far by SKU


async def of_case(case_id: int) -> list[Row]:
    """The products of a case, each once, with the units that it asked for."""
    rows = await CaseLine.filter(case_id=case_id).order_by("id").values_list("sku", "title", "requested")
    return merged(rows)


def merged(rows: Iterable[Sequence[Any]]) -> list[Row]:
    """The same of any lines."""
    found: dict[str, Row] = {}
    for sku, title, units in rows:
        before = found.setdefault(str(sku), [str(sku), str(title or ""), 0])
        before[2] += int(units)
    return list(found.values())


def asked(field: Field, lines: Sequence[Row]) -> dict[str, Any]:
    """What a question keeps of the products; nothing of a field that is answered once."""
    return {LINES: [list(each) for each in lines]} if field.per_line and lines else {}


def question(field: Field, item: dict[str, Any]) -> str:
    """What is asked, with the answers so far."""
    return line_answers.question(field, _lines(item), item.get(KNOWN))


def lacking(item: dict[str, Any]) -> list[str]:
    """The products that have no answer yet."""
    return line_answers.lacking(_lines(item), item.get(KNOWN, {}))


def begun(field: Field, item: dict[str, Any], text: str, today: date) -> dict[str, Any] | None:
    """The question with the answers that a text adds; None where it has none, or all are there now."""
    if _leaves_out(field, text) or _takes_default(field, text):
        return None
    fresh = {**item, KNOWN: {**item.get(KNOWN, {}), **line_answers.read(field, text, _lines(item), today)}}
    return fresh if lacking(fresh) else None


def answered(field: Field, item: dict[str, Any], text: str, today: date) -> dict[str, Any] | None:
    """Every product's answer; None for what is left out. Raises PolicyRefused where one is still lacking."""
    if _leaves_out(field, text):
        return None
    lines = _lines(item)
    if _takes_default(field, text):
        known: dict[str, Any] = item.get(KNOWN, {})
        return {line.sku: forms.read(field, field.default, today) for line in lines} | known
    found = {**item.get(KNOWN, {}), **line_answers.read(field, text, _lines(item), today)}
    if still := line_answers.lacking(lines, found):
        raise PolicyRefused(f"还差 {'、'.join(still)}，请一次写全。{line_answers.question(field, lines)}")
    return {line.sku: found[line.sku] for line in lines}


def behind(form: Sequence[Field], text: str, lines: Sequence[Row], today: date) -> dict[str, Any]:
    """What words behind an action answer, where they are all that its one such field asks for: ``都是A``."""
    fields = [field for field in form if field.per_line]
    if len(fields) != 1 or not lines:
        return {}
    said = text.removeprefix(fields[0].name).lstrip(" :=")
    try:
        return {fields[0].name: answered(fields[0], asked(fields[0], lines), said, today)} if said else {}
    except PolicyRefused:
        return {}


def _lines(item: dict[str, Any]) -> list[Line]:
    return [Line(*each) for each in item[LINES]]


def _open(item: dict[str, Any]) -> list[Line]:
    """The products by which a number is read: all of them, so that one keeps its number."""
    return _lines(item)


def _leaves_out(field: Field, text: str) -> bool:
    return text.strip() == forms.SKIP and not field.required


def _takes_default(field: Field, text: str) -> bool:
    return forms.takes_default(field, text, phrases().replies["是"])
