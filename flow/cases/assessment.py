"""What the published rules make of a return before it is saved: the facts, the policy, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.access.lookup import shops_of
from flow.cases import automation
from flow.cases.automatic import foreseen
from flow.cases.customer_lists import listed
from flow.cases.siblings import beside
from flow.definitions import vocabulary
from flow.definitions.automation import SUBMITTED, Trigger
from flow.definitions.eligibility import judge, permit
from flow.definitions.freight import freight_of, refundable
from flow.engine import charges, opening_facts, submission
from flow.engine.automation import fired, noted
from flow.engine.opening_facts import Item
from flow.engine.partial_refunds import ONLY, asked_for, asks_for_good
from flow.errors import PolicyRefused
from flow.orders.lookup import find_bill, history
from flow.records import allowance
from models import Product

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.definitions.business import ReturnType
    from flow.definitions.eligibility import Finding
    from flow.definitions.flow import Field
    from flow.desk import Desk
    from flow.engine.values import Rules
    from flow.orders.lookup import Bill, Portion
    from models import Case, Order
    from models.views.case import Person


@dataclass(frozen=True, slots=True)
class Assessment:
    """A return as it would begin now. ``finding`` is the rule that stands against it, None for none."""

    bill: Bill
    portions: list[Portion]
    kind: ReturnType
    ids: tuple[int, int]
    rules: Rules
    facts: dict[str, Any]
    finding: Finding | None

    @property
    def lacking(self) -> tuple[Field, ...]:
        """What is still to be answered before it can be opened, or may be."""
        return submission.lacking(self.rules, self.facts)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.facts["金额"])


def estimate(portions: list[Portion]) -> Decimal:
    """The refund that the portions come to, in yuan."""
    return sum((portion.paid for portion in portions), Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Again:
    """A case that is judged anew: its order as if it had taken nothing, and the facts that no correction changes."""

    case: Case
    bill: Bill
    facts: Mapping[str, Any]


async def assess(
    desk: Desk, draft: Draft, now: datetime, again: Again | None = None, *, who: Person | None = None
) -> Assessment:
    """Read the order, among those that ``who`` may know of, and judge a complete draft, or a case ``again``.

    Nothing is written.

    Raises NotFound or PolicyRefused (quantity, product, type); what only 资格 has against it is in ``finding``.
    """
    kind = desk.business.type_named(draft.return_type)
    if kind is None or not draft.items:
        raise PolicyRefused("还差商品或退货类型")
    if draft.kind not in kind.flows:
        raise PolicyRefused(f"“{kind.name}”不走{draft.kind}流程，可以走：{'、'.join(kind.flows)}")
    bill = again.bill if again else await find_bill(draft.order_no, draft.shop, shops_of(desk, who) if who else None)
    portions, choices = bill.portions(draft.items), desk.business.choices
    items = await _items(portions)
    facts = {**_told(draft, kind, estimate(portions)), **opening_facts.shared(items), **await _bought(bill.order, now)}
    facts |= opening_facts.delivery(bill.order, choices, now, desk.zone) | opening_facts.calendar(now, desk.zone)
    facts |= opening_facts.on_its_way(bill.order, choices, now)
    facts |= again.facts if again else {}
    facts[vocabulary.URGENT] = opening_facts.is_urgent(draft.note, choices.urgent_words)
    facts |= choices.flag(facts)
    ids, rules = await _rules(desk, draft, facts, again)
    told = submission.given(rules, dict(draft.answers))
    if told := told | asked_for(rules.flow, estimate(portions), draft.wish):
        facts |= told
        ids, rules = await _rules(desk, draft, facts, again)
    facts |= await beside(desk, bill.order, rules.policy, now, again.case if again else None)
    facts |= rules.policy.burden(facts)
    facts = _with_money(bill, portions, rules, facts)
    facts = submission.shown(rules, facts)
    facts |= choices.address(facts)
    return Assessment(
        bill, portions, kind, ids, rules, facts, judge(rules.policy.limits, facts, [item.facts() for item in items])
    )


async def _rules(
    desk: Desk, draft: Draft, facts: Mapping[str, Any], again: Again | None
) -> tuple[tuple[int, int], Rules]:
    """The flow and the policy that count, by their ids and as they read; of a case ``again`` its own.

    By these every later step of it reckons.
    """
    own = (again.case.flow_id, again.case.policy_id) if again else (None, None)
    ids = (own[0], own[1]) if own[0] and own[1] else await desk.current(draft.kind, facts)
    return ids, await desk.rules(*ids)


def _with_money(bill: Bill, portions: list[Portion], rules: Rules, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with its money, and last what the formulas of the policy make of it."""
    told = {**facts, **_money(bill, portions, rules, facts)}
    return told | charges.at_first(rules, estimate(portions), told)


def _money(bill: Bill, portions: list[Portion], rules: Rules, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What is to be said of the money beside its amount, and freight that goes back with the goods.

    Raises PolicyRefused where money is asked for, and all of it has been paid back while the goods stayed.
    """
    cost, about_money = estimate(portions), rules.flow.refunds or asks_for_good(rules.flow)
    if about_money and not cost and (gone := bill.gone(portions)):
        raise PolicyRefused(f"订单 {bill.order.no} 的这几件已经退过或补过 ¥{gone:,.2f}，没有可退的钱了")
    said = {vocabulary.DEAR: bill.dear(portions) or None}
    if not rules.flow.refunds or facts.get(ONLY):
        return said
    more = refundable(rules.policy.freight, facts, bill.freight, whole=bill.is_whole(portions))
    return said | more | {"金额": str(cost + freight_of(more, complete=True))}


def _told(draft: Draft, kind: ReturnType, amount: Decimal) -> dict[str, Any]:
    """What the agent has said and the type stands for."""
    return {
        **kind.strategy,
        "种类": draft.kind,
        "类型": kind.name,
        "金额": str(amount),
        "件数": sum(units for _, units in draft.items),
    }


async def _bought(order: Order, now: datetime) -> dict[str, Any]:
    return opening_facts.customer_facts(order, await listed(order, now), await history(order.customer, now))


async def _items(portions: list[Portion]) -> list[Item]:
    """Each product once; one that the catalogue lacks is known by its title alone."""
    titles = {portion.line.sku: portion.line.title or portion.line.sku for portion in portions}
    known = {product.sku: product for product in await Product.filter(sku__in=list(titles))}
    return [_item(title, known.get(sku)) for sku, title in titles.items()]


def _item(title: str, product: Product | None) -> Item:
    return Item(title, product.category, product.supplier, product.returnable) if product else Item(title)


def permitted(assessment: Assessment, draft: Draft, who: Person) -> Assessment:
    """The same with an exception on record where one was needed and is ``who``'s to make.

    Raises PolicyRefused, with what to type, where the return may not be opened.
    """
    granted = permit(assessment.finding, draft.exception, who.roles, draft.line)
    return replace(assessment, facts={**assessment.facts, **granted})


async def alone(desk: Desk, assessment: Assessment, who: Person, now: datetime, *, taking: bool) -> dict[str, Any]:
    """The facts of a case that ``who`` may decide alone, with its share of the day's sum; none for any other case."""
    notes = {} if taking else await _to_be_noted(desk, assessment, who)
    rows = assessment.rules.policy.own({**assessment.facts, **notes}, who.roles)
    name = allowance.counter(who.id, now.astimezone(desk.zone).date())
    way = allowance.take if taking else allowance.foresee
    found = {**notes, **await way(rows, assessment.amount, name)}
    if taking:
        return found
    facts = {**assessment.facts, **found}
    return found | await foreseen(desk, assessment.bill.order, assessment.rules, facts, now)


async def _to_be_noted(desk: Desk, assessment: Assessment, who: Person) -> dict[str, Any]:
    """What rules will note when ``who`` submits it: a draft says who approves as it will be then."""
    order, people = assessment.bill.order, await desk.staff.now()
    about = {"订单": order.no, "店铺": order.shop, "办理人": who.name}
    known = automation.known(assessment.facts | {"提交人": who.id}, assessment.rules, people)
    return noted(fired(desk.business.rules, (Trigger(SUBMITTED),), {**known, **about}))


@dataclass(frozen=True, slots=True)
class Draft:
    """A return as an agent has described it so far."""

    kind: str
    order_no: str
    items: tuple[tuple[str, int], ...] = ()
    return_type: str = ""
    note: str = ""
    exception: str = ""  #: why it is opened against a rule, where it is
    wish: str = ""  #: yuan that were asked for, or a percentage; "" for what the goods cost
    shop: str = ""  #: which shop's order, where several have that number
    askers: tuple[int, ...] = ()  #: members by whose word the case was opened from which this one follows
    answers: tuple[tuple[str, Any], ...] = ()  #: to what the flow asks at the opening, by the field's name

    @property
    def line(self) -> str:
        """The return as one types it."""
        goods = [f"{sku}×{units}" for sku, units in self.items]
        return " ".join(
            part for part in (self.kind, self.order_no, self.shop, *goods, self.return_type, self.note) if part
        )
