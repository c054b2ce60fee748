"""What is offered as the answer to a field that is asked when a case is opened, as far as its submitter may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions import prefill
from flow.definitions.permissions import ADDRESS, AMOUNT, MOBILE, NAME, WHOLE
from flow.engine import forms
from flow.views.prefills import only, told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from flow.cases.assessment import Assessment
    from flow.definitions.flow import Field
    from flow.desk import Desk
    from models.views.case import Person

PRICE = "金额"


def offered_at_opening(
    desk: Desk, assessment: Assessment, fields: Sequence[Field], viewer: Person, today: date
) -> tuple[Field, ...]:
    """The fields with their defaults as answers, before there is a case: of its order, its customer and the draft."""
    order, matrix = assessment.bill.order, desk.business.matrix
    sees = {each: matrix.sees(viewer.roles, each) == WHOLE for each in (NAME, MOBILE, ADDRESS, AMOUNT)}
    goods_said = "、".join(f"{each.line.title or each.line.sku} ×{each.units}" for each in assessment.portions)
    own = {
        prefill.CUSTOMER: (order.customer_name or order.customer) if sees[NAME] else "",
        prefill.MOBILE: order.mobile if sees[MOBILE] else "", prefill.ADDRESS: order.address if sees[ADDRESS] else "",
        prefill.CASE_NO: "", prefill.PARCEL: "", prefill.ORDER_NO: order.no, prefill.GOODS: goods_said,
        prefill.SERIAL_NO: only(each.line.serial for each in assessment.portions), prefill.CREATOR: viewer.name,
        prefill.NOW: today.isoformat(), PRICE: str(assessment.amount) if sees[AMOUNT] else "",
    }  # fmt: skip
    return tuple(forms.offered(field, told(assessment.facts) | own, today) for field in fields)
