"""What is offered as the answer to a field: known of the case, its order and its customer, as the asker may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions import prefill
from flow.definitions.flow import SERIAL
from flow.definitions.permissions import ADDRESS, WHOLE
from flow.engine import forms
from flow.views.case import case_view, goods, seen_by
from models import Case, CaseLine, Order, OrderLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from flow.definitions.flow import Field
    from flow.desk import Desk
    from models.views.case import Person

AMOUNT = "金额"


async def offered(desk: Desk, case_id: int, fields: Sequence[Field], viewer: Person, today: date) -> tuple[Field, ...]:
    """The fields with their defaults as answers; without one where it is not known, or not for ``viewer`` to see."""
    if not any(prefill.source_of(field.default) for field in fields):
        return tuple(forms.offered(field, {}, today) for field in fields)
    sources = await _sources(desk, case_id, viewer, today)
    return tuple(forms.offered(field, sources, today) for field in fields)


async def _sources(desk: Desk, case_id: int, viewer: Person, today: date) -> dict[str, str]:
    case = await Case.get(id=case_id)
    whole = await case_view(desk, case_id)
    seen = await seen_by(desk, case, whole, viewer)
    order = await Order.get_or_none(id=case.order_id) if case.order_id else None
    address = desk.business.matrix.sees(viewer.roles, ADDRESS) == WHOLE
    mobile = whole.mobile or (order.mobile if order else "")
    own = {
        prefill.CUSTOMER: whole.customer if seen.customer == whole.customer else "",
        prefill.MOBILE: mobile if seen.mobile == whole.mobile else "",
        prefill.ADDRESS: order.address if order and address else "",
        prefill.CASE_NO: whole.no, prefill.ORDER_NO: whole.order_no, prefill.GOODS: goods(whole.lines),
        prefill.PARCEL: whole.waybill, prefill.SERIAL_NO: await _serial(desk, case, seen.facts),
        prefill.CREATOR: whole.creator, prefill.NOW: today.isoformat(), "类型": whole.return_type,
        "种类": whole.kind, "店铺": whole.shop,
        AMOUNT: "" if seen.amount is None else str(seen.amount),
    }  # fmt: skip
    return told(seen.facts) | own


def told(facts: Mapping[str, Any]) -> dict[str, str]:
    """Facts as answers would say them; what is made of several values but is no list of words is none."""
    return {fact: words for fact, value in facts.items() if (words := _words(value))}


def _words(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "、".join(value)
    return "" if value is None or isinstance(value, bool | list | dict) else str(value)


async def _serial(desk: Desk, case: Case, facts: Mapping[str, Any]) -> str:
    """The serial number that was written down last in ``facts``, else the only one of the goods; "" for none."""
    if case.flow_id:
        flow = (await desk.rules(case.flow_id, case.policy_id or 0)).flow
        names = [each.name for node in flow.forms for each in node.form if each.kind == SERIAL]
        if written := [str(facts[name]) for name in names if facts.get(name)]:
            return written[-1]
    lines = await CaseLine.filter(case_id=case.id).values_list("order_line_id", flat=True)
    return only(await OrderLine.filter(id__in=[each for each in lines if each]).values_list("serial", flat=True))


def only(serials: Iterable[Any]) -> str:
    """The one that there is; "" for none and for several."""
    found = {str(each) for each in serials if each}
    return found.pop() if len(found) == 1 else ""
