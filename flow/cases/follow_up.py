"""转单: a case whose goods become another one's business opens that one, and each names the other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.cases.assessment import Draft
from flow.cases.opening import open_case
from flow.engine import submission
from flow.engine.requesters import asked as members_asking
from flow.errors import FlowError
from flow.records.events import note
from flow.records.locks import lock_cases
from models import Case, CaseLine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.desk import Desk
    from models import Outbox
    from models.views.case import Person

PASSED = "转单"


async def take_over(desk: Desk, row: Outbox, who: Person, now: datetime) -> str:
    """Open the case that ``row`` asks for, by order of ``who``; what came of it, in words. Asked again, it is the same.

    What the rules refuse is said with what to type instead.
    """
    parent = await Case.get(id=row.case_id)
    draft = await _draft(desk, parent, row.payload)
    try:
        async with in_transaction():
            await lock_cases(parent.id)
            case = await Case.get_or_none(source=row.key) or await _opened(desk, parent, draft, (who, now, row.key))
    except FlowError as error:
        return f"{parent.no} 没有转成{draft.kind}：{error}\n请自己开单：{draft.line}"
    return f"{parent.no} 已转成{case.kind} {case.no}"


async def _draft(desk: Desk, parent: Case, asked: Mapping[str, str]) -> Draft:
    goods: Counter[str] = Counter()
    for line in await CaseLine.filter(case_id=parent.id).order_by("id"):
        goods[line.sku] += line.requested
    askers = tuple(sorted(members_asking(parent.facts)))
    kind = desk.business.present.types.called(asked["type"], parent.opened_at)
    rules = await desk.rules(*await desk.current(asked["kind"]))
    answers = tuple(submission.given(rules, parent.facts).items())  # what was asked of the first is known of the next
    told = (asked["kind"], parent.order_no, tuple(goods.items()), kind, parent.note)
    return Draft(*told, askers=askers, answers=answers)


async def _opened(desk: Desk, parent: Case, draft: Draft, by: tuple[Person, datetime, str]) -> Case:
    who, now, key = by
    case, _ = await open_case(desk, draft, who, now, passed_on=True)
    await Case.filter(id=case.id).update(parent_id=parent.id, source=key)
    await note(case, who, {"action": PASSED, "data": {"转自": parent.no}}, now)
    await note(parent, who, {"action": PASSED, "data": {"转出": case.no}}, now)
    return case
