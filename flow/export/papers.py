"""Puts the three documents of a case together, as one reader may see them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.access.masking import masks_of
from flow.definitions.flow_ids import field_ids
from flow.definitions.identities import names_by_id
from flow.definitions.permissions import ACCOUNT, AMOUNT, WHOLE
from flow.definitions.vocabulary import LEVEL
from flow.export.answers import worded
from flow.versions import field_names
from flow.views.case import case_view
from models import Case, Inspection, Refund
from models.fields import yuan
from models.views.masks import HIDDEN
from models.views.papers import Checked, InspectionPaper, Papers, RefundPaper

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.desk import Desk
    from models.views.case import CaseView, Person

UNKNOWN = "已离职的人"


async def papers(desk: Desk, case_id: int, reader: Person, now: datetime) -> Papers:
    """The documents of a case as ``reader`` may see them; whether they may at all is the caller's to know."""
    view = await case_view(desk, case_id, events=True, viewer=reader)
    case = await Case.get(id=case_id).only("id", "kind", "shop", "region", "flow_id", "policy_id")
    people = (await desk.staff.now()).by_id
    names = {person.id: person.name for person in people.values()}
    titles = {line.sku: line.title for line in view.lines}
    inspections = await Inspection.filter(case_id=case_id).order_by("id")
    refunds = await Refund.filter(case_id=case_id).order_by("id")
    return Papers(
        view, case.shop, case.region, _answers(view),
        tuple(_inspected(each, titles, names) for each in inspections),
        tuple(_refunded(desk, each, reader, names) for each in refunds),
        reader.name, now.astimezone(desk.zone), await _other_names(desk, case),
    )  # fmt: skip


async def _other_names(desk: Desk, case: Case) -> dict[str, str]:
    """Every name that a field of the case's forms has elsewhere or ever had, with the one that it has here."""
    present = desk.business.present
    if not present.any_ids or case.flow_id is None:
        return {}
    here = field_ids((await desk.rules(case.flow_id, case.policy_id or 0)).flow)
    own = names_by_id(here)
    ever = {id_: id_ for id_ in own} | await field_names(case.kind) | dict(present.ids.fields)
    return {name: own[id_] for name, id_ in ever.items() if id_ in own and name not in here}


def _answers(view: CaseView) -> tuple[tuple[str, str], ...]:
    said = ((name, worded(view.facts.get(name))) for name in dict.fromkeys((LEVEL, *view.asks)))
    return tuple((name, f"¥{yuan(words):,.2f}" if name in view.yuan else words) for name, words in said if words)


def _inspected(row: Inspection, titles: Mapping[str, str], names: Mapping[int, str]) -> InspectionPaper:
    goods = tuple(
        Checked(str(each["sku"]), titles.get(str(each["sku"]), ""), int(each["accepted"]), int(each["damaged"]))
        for each in row.counts
    )
    return InspectionPaper(row.no, row.result, row.liability, row.advice, goods, _by(row.inspector_id, names), row.at)


def _refunded(desk: Desk, row: Refund, reader: Person, names: Mapping[int, str]) -> RefundPaper:
    matrix = desk.business.matrix
    whole = matrix.sees(reader.roles, AMOUNT) == WHOLE
    deductions: list[dict[str, Any]] = row.deductions
    return RefundPaper(
        no=row.no, amount=row.amount if whole else None, method=row.method,
        account=masks_of(matrix, reader.roles)[ACCOUNT](row.account), state=str(row.state),
        deductions=tuple((str(each["name"]), Decimal(str(each["amount"]))) for each in deductions),
        confirmed_by=_by(row.confirmed_by, names), confirmed_at=row.confirmed_at, paid_at=row.paid_at,
        reference=row.reference, error=row.error if whole or not row.error else HIDDEN,
    )  # fmt: skip


def _by(member_id: int | None, names: Mapping[int, str]) -> str:
    """Who did it: nobody but the system where no member is named."""
    return names.get(member_id, UNKNOWN) if member_id else "系统"
