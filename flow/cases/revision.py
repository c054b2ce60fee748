"""A case that is under way corrected by whoever submitted it: what it would come to, what that undoes, and doing it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flow.access.lookup import ensure_known, reaches
from flow.cases.advance import advance
from flow.cases.assessment import Again, Draft, alone, assess, permitted
from flow.cases.change import Change
from flow.cases.command import Command
from flow.cases.opening import basis
from flow.cases.siblings import beside, hold
from flow.definitions import charges, vocabulary
from flow.definitions.ceiling import OVER
from flow.definitions.eligibility import GRANTED, GRANTED_RULE, GRANTED_WHY
from flow.definitions.freight import FREIGHT, WITH_ALL
from flow.definitions.policy import OWN
from flow.definitions.present import TYPE
from flow.definitions.vocabulary import CHANGERS
from flow.engine import opening_facts
from flow.engine.partial_refunds import ONLY, PREFILLED, wish_of
from flow.engine.requesters import changed_by
from flow.engine.verbs import CORRECT
from flow.errors import NotAllowed, PolicyRefused
from flow.orders.lookup import bill_without, is_over
from flow.records import outbox
from flow.records.allowance import TAKEN, give_back
from flow.records.events import note
from flow.records.locks import lock_cases
from models import Case, CaseLine, CaseState, Event, Parcel, Refund
from models.views.answers import in_words
from models.views.case import By

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from flow.cases.assessment import Assessment
    from flow.cases.command import Result
    from flow.desk import Desk
    from models.views.case import Person

BEFORE, AFTER = "改前", "改后"  #: of the event that keeps a correction
#: what is known of a customer and of days does not change with the goods
_STAYS = (
    vocabulary.DAYS, vocabulary.ESTIMATED, vocabulary.LEVEL, vocabulary.LISTED, vocabulary.TIMES, vocabulary.WORDS,
    vocabulary.BOUGHT, vocabulary.SPENT, charges.BORNE,
)  # fmt: skip
#: belongs to what the case was
_GOES = (charges.LINES, FREIGHT, WITH_ALL, ONLY, PREFILLED, OWN, TAKEN, OVER, GRANTED, GRANTED_RULE, GRANTED_WHY)


@dataclass(frozen=True, slots=True)
class Revision:
    """A correction that may be done: the case before and after, and who has agreed to what is no more."""

    case: Case
    draft: Draft
    assessment: Assessment
    before: tuple[tuple[str, int], ...]
    agreed: tuple[str, ...]
    only_note: bool

    @property
    def amounts(self) -> tuple[Decimal, Decimal]:
        return self.case.amount, self.case.amount if self.only_note else self.assessment.amount


async def drafted(desk: Desk, case: Case) -> Draft:
    """An open case as the draft that it would be if it were typed now."""
    kind = desk.business.present.types.called(case.return_type, case.opened_at)
    goods: dict[str, int] = {}
    for line in await CaseLine.filter(case_id=case.id).order_by("id"):
        goods[line.sku] = goods.get(line.sku, 0) + line.requested
    why = str(case.facts.get(GRANTED_WHY) or "")
    told = (kind, case.note, why, wish_of(case.facts))
    asked = (await desk.rules(case.flow_id or 0, case.policy_id or 0)).flow.submission if case.flow_id else ()
    answers = tuple((field.name, case.facts[field.name]) for field in asked if field.name in case.facts)
    return Draft(case.kind, case.order_no, tuple(goods.items()), *told, answers=answers)


async def ensure_may_correct(desk: Desk, case: Case, who: Person) -> None:
    """Raises Unseen, or NotAllowed, for whoever neither opened the case nor reaches it with their role."""
    may = desk.business.matrix.may(who.roles, CORRECT) is not None
    if may and (case.creator_id == who.id or await reaches(desk, case.id, who, CORRECT)):
        return
    await ensure_known(desk, case.id, who)
    creator = (await desk.staff.now()).by_id.get(case.creator_id or 0)
    raise NotAllowed(f"{case.no} 只有提交人{creator.name if creator else ''}和能管这单的上级能改")


async def ensure_correctable(case: Case) -> None:
    """Raises NotAllowed, saying why, for a case whose goods have come, whose money is on its way, or that is over."""
    if case.state in (CaseState.DONE, CaseState.CLOSED):
        raise NotAllowed(f"{case.no} {case.state}，不能再改")
    if case.state is CaseState.HELD:
        raise NotAllowed(f"{case.no} 已挂起，先回复“恢复 {case.no}”再改")
    if case.flow_id is None or case.order_id is None:
        raise NotAllowed(f"{case.no} 是导入的单，不能改")
    if await Refund.exists(case_id=case.id) or case.facts.get("已退款"):
        raise NotAllowed(f"{case.no} 的款已经在路上或退过了，不能再改；有差错请找财务")
    arrived = await Parcel.filter(case_id=case.id).exclude(received_at=None).exists()
    if arrived or case.facts.get("已收货") or case.facts.get("缺件"):
        raise NotAllowed(f"{case.no} 货已收到，不能再改；有差错请用退回，或另开一单")


async def revise(desk: Desk, case: Case, draft: Draft, who: Person) -> Revision:
    """What a case would be as ``draft``, judged as on the day when it was opened; nothing is written.

    Raises PolicyRefused (quantity, product, type, 资格, no change at all) or NotAllowed.
    """
    await ensure_may_correct(desk, case, who)
    await ensure_correctable(case)
    before = await drafted(desk, case)
    if draft == before:
        raise PolicyRefused(f"{case.no} 本来就是这样，没有改动")
    bill = await bill_without(case)
    stays = {name: case.facts[name] for name in _STAYS if name in case.facts}
    assessment = permitted(await assess(desk, draft, case.opened_at, Again(case, bill, stays)), draft, who)
    if draft.answers != before.answers:
        _ensure_whole(case, assessment)
    same = replace(draft, note=before.note) == before
    return Revision(case, draft, assessment, before.items, await _agreed(desk, case), same)


def _ensure_whole(case: Case, assessment: Assessment) -> None:
    """Raises PolicyRefused where another answer makes one necessary that there is not."""
    if names := [field.name for field in assessment.lacking if field.required]:
        raise PolicyRefused(
            f"{case.no} 没有改动：这样改还要填{'、'.join(names)}，请一起写，例如：改 {case.no} … {names[0]}:…"
        )


async def _agreed(desk: Desk, case: Case) -> tuple[str, ...]:
    """Who has decided on the case so far, in their order."""
    nodes = (await desk.rules(case.flow_id or 0, case.policy_id or 0)).flow.nodes
    corrected = await Event.filter(case_id=case.id, action=CORRECT).order_by("-seq").first()
    events = Event.filter(case_id=case.id, seq__gt=corrected.seq if corrected else 0).exclude(actor_id=None)
    found = [
        event.actor
        for event in await events.order_by("seq")
        if event.actor_id != case.creator_id
        and event.node in nodes
        and _decides(nodes[event.node].actions, event.action)
    ]
    return tuple(dict.fromkeys(found))


def _decides(actions: Mapping[str, Any], name: str) -> bool:
    action = actions.get(name)
    return action is not None and not action.hands_over and not action.danger


async def carry_out(desk: Desk, revision: Revision, who: Person, at: datetime) -> Result | None:
    """Do it, in the caller's transaction; None where only the note has changed, which undoes nothing.

    Raises StaleCase when somebody was first, or what ``revise`` raises of units that are gone.
    """
    case, draft = revision.case, revision.draft
    await ensure_may_correct(desk, case, who)
    if revision.only_note:
        await _renote(desk, case, draft.note, By(who, at), _sides(revision))
        return None
    await lock_cases(case.id)
    await hold(revision.assessment.bill.order, revision.assessment.rules.policy)
    if await is_over(revision.assessment.bill, case):  # shares are of what others have left until now
        revision = await revise(desk, case, draft, who)
    assessment = revision.assessment
    why = basis(assessment.bill, assessment.portions)
    kind = desk.business.present.types.kept(assessment.kind.name, case.opened_at)  # the case keeps its policy
    goods = Change(tuple(assessment.portions), kind, draft.note, why)
    await give_back(case, at, desk.zone)  # before the units, as opening takes its locks
    await goods.write(case)
    goes = (*_GOES, *(field.name for field in assessment.rules.flow.submission))
    fresh = {name: None for name in goes if name in case.facts} | assessment.facts | {TYPE: kind}
    fresh |= await beside(desk, assessment.bill.order, assessment.rules.policy, case.opened_at, case)
    if case.creator_id != who.id:
        fresh |= {CHANGERS: changed_by(case.facts, who.id)}
    else:
        fresh |= await alone(desk, assessment, who, at, taking=True)
    return await advance(desk, Command(case.id, CORRECT, who, at, _sides(revision), new_facts=fresh))


async def _renote(desk: Desk, case: Case, words: str, by: By[Person], said: dict[str, Any]) -> None:
    who, at = by.who, by.at
    urgent = opening_facts.is_urgent(words, desk.business.choices.urgent_words)
    case.facts = {**case.facts, vocabulary.URGENT: urgent}
    await Case.filter(id=case.id).update(note=words, reason=words[:64], facts=case.facts)
    await note(case, who, {"action": CORRECT, "node": "", "data": said}, at)
    await outbox.put(await outbox.redrawing(case, at))


def _sides(revision: Revision) -> dict[str, str]:
    return {BEFORE: _line(revision, before=True), AFTER: _line(revision, before=False)}


def _line(revision: Revision, *, before: bool) -> str:
    """``85123A×2 质量问题 ¥5.10 外壳破裂``."""
    case, draft = revision.case, revision.draft
    items = revision.before if before else draft.items
    goods = "、".join(f"{sku}×{units}" for sku, units in items)
    kind, words = (case.return_type, case.note) if before else (draft.return_type, draft.note)
    amount = revision.amounts[0 if before else 1]
    said = told_anew(revision)[0 if before else 1]
    return " ".join(part for part in (goods, kind, f"¥{amount:,.2f}", words, said) if part)


def told_anew(revision: Revision) -> tuple[str, str]:
    """The answers that the correction changes, as they were and as they are: ``购买渠道 店铺``, ``购买渠道 门店``."""
    facts, fresh = revision.case.facts, revision.assessment.facts
    names = [field.name for field in revision.assessment.rules.flow.submission]
    names = [name for name in names if facts.get(name) != fresh.get(name)]
    before, after = ("，".join(f"{name} {in_words(x.get(name)) or '没有填'}" for name in names) for x in (facts, fresh))
    return before, after
