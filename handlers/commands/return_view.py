"""A return as its draft shows it: what is said so far, what it comes to, who approves, what may be meant instead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cards.amounts import charged
from cards.draft import SUBMIT, DraftView
from cards.words import money
from flow.cases.assessment import alone, assess, estimate, permitted
from flow.cases.merge_split import under_way
from flow.definitions import ceiling, vocabulary
from flow.definitions.charges import lines_of
from flow.definitions.eligibility import GRANTED, GRANTED_RULE
from flow.definitions.freight import freight_of
from flow.engine import breakdown, opening_facts
from flow.engine.partial_refunds import ONLY, share
from flow.orders.freight import whereabouts
from handlers.commands import return_fields, return_sheet

if TYPE_CHECKING:
    from decimal import Decimal

    from flow.cases.assessment import Assessment
    from flow.orders.lookup import Bill
    from handlers.chat.context import Ctx
    from handlers.commands.return_sheet import Sheet

INTERCEPT = "拦截"
ARRIVED = frozenset({"退货", "换货", "仅退款"})  #: kinds that are about goods which the customer has


def types_of(ctx: Ctx, kind: str) -> list[str]:
    """The return types whose flow is that of the command."""
    return [name for name, each in ctx.desk.business.types.items() if kind in each.flows]


async def draft_view(ctx: Ctx, sheet: Sheet, bill: Bill | None) -> DraftView:
    """The draft; once all is known, judged. Raises PolicyRefused where the return may not be opened."""
    if bill is None:
        return DraftView(sheet.kind, sheet.order_no)
    titles = {choice.sku: choice.title for choice in bill.choices()}
    named = tuple((titles.get(sku) or sku, units) for sku, units in sheet.pairs() if units > 0)
    customer = bill.order.customer_name or bill.order.customer
    view = DraftView(sheet.kind, bill.name, customer, named, sheet.return_type, sheet.note, notes=tuple(sheet.told))
    return await _judged(ctx, sheet, view) if sheet.ask == SUBMIT else view


async def _judged(ctx: Ctx, sheet: Sheet, view: DraftView) -> DraftView:
    """With who approves and what was let through. Raises PolicyRefused where the return may not be opened."""
    assessment = permitted(await assess(ctx.desk, sheet.draft(), ctx.at, who=ctx.me), sheet.draft(), ctx.me)
    facts = {**assessment.facts, **await alone(ctx.desk, assessment, ctx.me, ctx.at, taking=False)}
    said = assessment.rules.policy.facts(facts)
    notes = [f"例外：{facts[GRANTED_RULE]}，{sheet.exception}"] if facts.get(GRANTED) else []
    if assessment.rules.policy.counts_days(facts) and facts[vocabulary.ESTIMATED]:
        notes.append(opening_facts.said(facts))
    doubles = await under_way(ctx.desk, assessment.bill.order.id, [sku for sku, _ in sheet.pairs()], ctx.me)
    instead = await _instead(ctx, sheet, assessment)
    notes += [f"{opening_facts.awaited(assessment.bill.order, ctx.desk.zone)}，要{instead}吗？"] if instead else []
    view = replace(
        view,
        answers=return_fields.shown(assessment),
        notes=(*notes, *return_sheet.money_told(sheet, assessment), *view.notes),
        doubles=tuple(doubles),
        instead=instead,
    )
    if not assessment.rules.flow.refunds:
        return view
    freight = freight_of(facts, complete=True)
    lines = charged(((line.name, line.amount, line.how) for line in lines_of(facts)), assessment.amount)
    why = _reckoned(assessment, freight, lines)
    apart = whereabouts(assessment.rules, assessment.bill, facts, freight, paid=False)
    dear = breakdown.dear_words(facts)
    return replace(
        view,
        notes=(*([dear] if dear else []), why, *([apart] if apart else []), *view.notes),
        refund=assessment.amount,
        approver=f"{said['审批']}（{said['审批规则']}{ceiling.over_words(said)}）",
    )


def _reckoned(assessment: Assessment, freight: Decimal, lines: str) -> str:
    """How the amount comes about: from the prices, or from the part that is asked for; then freight and formulas."""
    cost, basis = estimate(assessment.portions), assessment.bill.reason(assessment.portions)
    carriage = f" + 运费 {money(freight)}" if freight else ""
    if not lines:
        return f"{money(cost + freight)} = {basis}{carriage}"
    if assessment.facts.get(ONLY):
        return f"{money(share(cost, assessment.facts))}（只退这些）{lines}"
    return f"{money(cost)}（{basis}）{carriage}{lines}"


async def _instead(ctx: Ctx, sheet: Sheet, assessment: Assessment) -> str:
    """The kind that may be meant while the goods are still on their way to the customer; "" for none."""
    if ctx.desk.business.like(sheet.kind) not in ARRIVED or not (ctx.may("退货") and types_of(ctx, INTERCEPT)):
        return ""
    order, choices = assessment.bill.order, ctx.desk.business.choices
    return INTERCEPT if opening_facts.in_transit(order, choices, ctx.at) else ""
