"""What forms ask for beside what every case has: the fields themselves, and answers in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW, POLICY
from flow.definitions.conditions import number
from flow.definitions.flow import MONEY, NUMBER
from models import Definition
from models.views.answers import in_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from flow.definitions.flow import Field, Flow
    from flow.desk import Desk
    from models.views.papers import Value

Fields = dict[str, "Field"]  #: by name; of two flows that ask for one name the first counts


async def published_flows(desk: Desk) -> list[Flow]:
    """The flows that are in force."""
    found = await Definition.filter(active=True, kind__in=(FLOW, POLICY)).order_by("id").values("id", "kind")
    policies = [row["id"] for row in found if row["kind"] == POLICY]
    return [(await desk.rules(row["id"], policies[0])).flow for row in found if row["kind"] == FLOW and policies]


async def published_fields(desk: Desk, kinds: Collection[str] | None = None) -> Fields:
    """Every field of the forms of the published flows, or of those for some kinds of case."""
    return fields_of(flow for flow in await published_flows(desk) if kinds is None or flow.name in kinds)


def fields_of(flows: Iterable[Flow]) -> Fields:
    """The fields of some flows, in the order of their nodes."""
    fields: Fields = {}
    for flow in flows:
        for node in flow.forms:
            for field in node.form:
                fields.setdefault(field.name, field)
    return fields


def worded(value: Any) -> str:
    """An answer as people read it; "" for none."""
    return in_words(value)


def valued(field: Field, value: Any) -> Value:
    """An answer as a cell holds it: numbers and amounts as numbers, anything else in words, none as none."""
    text = worded(value)
    found = number(text) if field.kind in (NUMBER, MONEY) else None
    return (text or None) if found is None else found


def is_among(value: Any, wanted: Iterable[str]) -> bool:
    """Whether an answer is one of some words; of several choices one is enough, 35.5 is 35.50."""
    each = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
    said = {worded(item) for item in each}
    numbers = {found for each in said if (found := number(each)) is not None}
    return any(text in said or number(text) in numbers for text in wanted)


def matches(facts: Mapping[str, Any], wanted: Mapping[str, Iterable[str]]) -> bool:
    """Whether the facts of a case have, for each field, one of the values wanted."""
    return all(is_among(facts.get(name), values) for name, values in wanted.items())
