"""Opening a case: the order is checked again, units are claimed, the flow begins; one transaction, one number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.access.permissions import ensure_may
from flow.cases import automation
from flow.cases.assessment import Draft, alone, assess, estimate, permitted
from flow.cases.automatic import counted
from flow.cases.automation import Around, Fired
from flow.cases.effects import Work, perform
from flow.cases.siblings import beside, hold
from flow.definitions.automation import SUBMITTED, Trigger
from flow.definitions.eligibility import GRANTED, GRANTED_RULE, GRANTED_WHY
from flow.definitions.vocabulary import CREATOR, HANDLERS
from flow.engine import waits
from flow.engine.automation import RuleRun, fired, noted, triggers_of
from flow.engine.breakdown import ASKED, REASON
from flow.engine.machine import begin
from flow.engine.requesters import handled_by
from flow.engine.submission import ensure_answered
from flow.errors import PolicyRefused
from flow.orders.lookup import is_over
from flow.records import outbox, sequences, snapshot
from flow.records.events import chain, described, settle, settle_whole
from flow.records.locks import take_units
from flow.tasks.assignment import staffed
from flow.tasks.slots import hand_out
from models import Case, CaseLine
from models.pipeline import session
from models.views.case import By

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flow.cases.assessment import Assessment
    from flow.desk import Desk
    from flow.engine.values import Transition
    from flow.orders.lookup import Bill, Portion
    from flow.tasks.assignment import WorkItem
    from models import Event, Task
    from models.views.case import Person

SUBMIT = "提交"
_SEALED = "UPDATE return_case SET facts = ?, seq = ?, chain = ?, seal = ?"


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that is decided before the case is written."""

    assessment: Assessment
    transition: Transition
    staff: list[WorkItem]
    fires: tuple[RuleRun, ...]  #: rules that the submitting has set off
    around: Around


async def open_case(
    desk: Desk, draft: Draft, who: Person, now: datetime, *, passed_on: bool = False
) -> tuple[Case, Transition]:
    """Make a case of a complete draft, in the caller's transaction.

    From the turn on, and from the number, every other opening waits until the transaction is through: whatever can be
    asked before is, and whatever can wait goes with the caller's last words.

    ``passed_on``: it follows from a decision on another case, which was theirs to take.

    Raises NotFound, PolicyRefused (quantity, product, type, 资格) or NotAllowed (not theirs to open, or nobody could
    take it); then nothing may be kept of it.
    """
    if not passed_on:
        ensure_may(desk.business.matrix, who, draft.kind, await desk.staff.now())
    by = By(who, now)
    plan = await _plan(desk, draft, by, passed_on=passed_on)
    no, numbered = await sequences.numbered(now.astimezone(desk.zone).date())
    case = await _create(no, draft, plan, by)
    said = _said(draft, plan.assessment)
    submit = {"actor_id": who.id, "actor": who.name, "action": SUBMIT, "node": "", "data": said}
    events = chain(case, [submit, *described(plan.transition, None, {})], now)
    lines = [_line(case, portion) for portion in plan.assessment.portions]
    await CaseLine.bulk_create(lines)
    work = Work(case, (), dict(plan.transition.facts), None, now, desk.business, plan.assessment.rules, case.version)
    await perform(work, plan.transition)
    case.facts = work.facts
    ruled, told = _ruled(case, plan)
    events += ruled
    tasks, rows = hand_out(case, plan.staff, now)
    await session.defer(*session.inserts(tasks))
    await _settle(case, plan.transition, events[-1], lines, tasks)
    sealed = session.Statement(_SEALED, (case.facts, case.seq, case.chain, case.seal, case.id), where="id = ?")
    await session.defer(numbered, *session.inserts(events), sealed)
    await outbox.put([*work.outbox, *rows, *told.rows(case, tasks)])
    return case, plan.transition


async def _settle(
    case: Case, transition: Transition, event: Event, lines: Sequence[CaseLine], tasks: Sequence[Task]
) -> None:
    """Put down how the rows of the case stand; they are in memory, unless a step has done something beside it."""
    if transition.state.ended or any(step.effects for step in transition.steps):
        await session.claims_settled()
        await settle_whole(case, event)
    else:
        settle(case, event, snapshot.at_first(case, lines, tasks, event.salt))


async def _plan(desk: Desk, draft: Draft, by: By[Person], *, passed_on: bool) -> _Plan:
    who, now, seen_by = by.who, by.at, None if passed_on else by.who
    assessment = permitted(await assess(desk, draft, now, who=seen_by), draft, who)
    order, policy = assessment.bill.order, assessment.rules.policy
    ensure_answered(assessment.rules, assessment.facts)
    await hold(order, policy)
    if await is_over(assessment.bill):  # shares are of what others have left until now, and freight goes back once
        assessment = permitted(await assess(desk, draft, now, who=seen_by), draft, who)
    facts = assessment.facts | await beside(desk, order, policy, now) | {CREATOR: who.id}
    if handlers := handled_by(facts, draft.askers):
        facts[HANDLERS] = handlers
    around = Around(desk, await desk.staff.now(), now)
    about = {**automation.known(facts, assessment.rules, around.people), **_about(draft, assessment.bill, who)}
    fires = fired(desk.business.rules, (Trigger(SUBMITTED),), about)
    assessment = replace(assessment, facts=facts | noted(fires))
    transition = await _begun(desk, assessment, who, now)
    transition = replace(transition, facts=waits.timed(assessment.rules.flow, transition, now))
    await _claim_units(assessment.portions)  # before it is somebody's turn, as ``flow.records.locks`` has it
    items = await staffed(desk, transition, assessment.rules, around.people, now)
    return _Plan(assessment, transition, items, fires, around)


async def _begun(desk: Desk, assessment: Assessment, who: Person, now: datetime) -> Transition:
    """The flow as it begins; what the system decides alone is added up, and beyond 自动上限 a person is asked."""
    rules, order = assessment.rules, assessment.bill.order
    facts = assessment.facts | await alone(desk, assessment, who, now, taking=True)
    transition = begin(rules, facts)
    found = await counted(desk, order, rules, transition, now)
    return begin(rules, facts | found) if found else transition


def _said(draft: Draft, assessment: Assessment) -> dict[str, Any]:
    """What goes on record with 提交: the answers, and an exception with its rule and its reason."""
    facts, asked = assessment.facts, assessment.rules.flow.submission
    said = {field.name: facts[field.name] for field in asked if facts.get(field.name) is not None}
    said |= {"商品": [list(item) for item in draft.items], "类型": facts["类型"], "金额": facts["金额"]}
    if facts.get(GRANTED):
        said["rule"] = f"例外：{facts[GRANTED_RULE]}，{facts[GRANTED_WHY]}"
    return said


def _about(draft: Draft, bill: Bill, who: Person) -> dict[str, str]:
    """What rules may ask and say of a case beside its facts, before it has a number."""
    return {"订单": bill.order.no, "店铺": bill.order.shop, "原因": draft.note, "办理人": who.name}


def _ruled(case: Case, plan: _Plan) -> tuple[list[Event], Fired]:
    """The rules that the opening has fired, and those of the nodes that it led to."""
    around = plan.around
    now = automation.look(case, plan.assessment.rules, around.people)
    more = fired(around.desk.business.rules, triggers_of(plan.transition, opening=True), now)
    return automation.write_down(case, (*plan.fires, *more), around)


async def _claim_units(portions: list[Portion]) -> None:
    """Take the units off what may still be returned; of two cases for the last unit one gets it."""
    gone = await take_units((portion.line.id, portion.units) for portion in portions)
    if gone:
        sku = next(portion.line.sku for portion in portions if portion.line.id == gone)
        raise PolicyRefused(f"{sku} 刚刚被另一张售后单占用了，请重新核对数量")


async def _create(no: str, draft: Draft, plan: _Plan, by: By[Person]) -> Case:
    who, now = by.who, by.at
    look, transition = plan.assessment, plan.transition
    order = look.bill.order
    return await Case.create(
        no=no, kind=draft.kind,
        return_type=look.kind.name, reason=draft.note[:64], note=draft.note, shop=order.shop, order_id=order.id,
        order_no=order.no, snapshot=_snapshot(look.bill, look.portions), customer=order.customer, region=order.region,
        flow_id=look.ids[0], policy_id=look.ids[1], state=transition.state, nodes=list(transition.nodes),
        facts=dict(transition.facts), amount=Decimal(transition.facts["金额"]), creator_id=who.id, opened_at=now,
        closed_at=now if transition.state.ended else None,
        resume_at=waits.first_over(transition.facts),
    )  # fmt: skip


def _snapshot(bill: Bill, portions: list[Portion]) -> dict[str, Any]:
    """The order as it was bought: what a later change in the shop must not alter."""
    order = bill.order
    return {
        "no": order.no, "name": order.customer_name, "mobile": order.mobile, "email": order.email,
        **basis(bill, portions),
        "lines": [
            {"sku": line.sku, "title": line.title, "quantity": line.quantity, "paid": str(paid)}
            for line, paid in zip(bill.lines, bill.goods.lines, strict=True)
        ],
    }  # fmt: skip


def basis(bill: Bill, portions: list[Portion]) -> dict[str, str]:
    """How the amount of a case came about, as its snapshot keeps it."""
    return {ASKED: str(estimate(portions)), REASON: bill.reason(portions)}


def _line(case: Case, portion: Portion) -> CaseLine:
    line = portion.line
    return CaseLine(
        case_id=case.id, order_line_id=line.id, sku=line.sku, title=line.title, unit_price=line.unit_price,
        paid=portion.paid, requested=portion.units,
    )  # fmt: skip
