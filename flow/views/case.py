"""Reads cases and tasks into the frozen views that cards and answers are made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.access.field_rights import unseen, without
from flow.access.masking import masked_view
from flow.definitions.flow import AUTOMATIC, FORK, HIDE, JOIN, MONEY, READ, WAIT, WRITE
from flow.definitions.prefill import source_of
from flow.definitions.risk import risky
from flow.definitions.vocabulary import BESIDE, OTHERS, PAYS, RISK_RULE, RISKY, TIME_UP, UNDELIVERED, UNTIL
from flow.engine import form_rules, forms
from flow.engine.breakdown import dear_words, gone_words, reckon
from flow.engine.inquiry import SETTLE, station
from flow.engine.milestones import awaits_goods
from flow.engine.partial_refunds import MAKE_GOOD
from flow.engine.standstill import stopped
from flow.engine.verbs import WHY
from flow.orders.shares import whereabouts
from flow.views.case_rows import rows_of_case
from flow.views.votes import vote_words
from models import Case, CaseState, Event, Order, Task, TaskState
from models.fields import yuan
from models.views.case import (
    ADDED,
    ADDED_TO,
    ActionView,
    CaseView,
    EventView,
    LineView,
    OwnerView,
    Receiver,
    TaskView,
    Verdict,
    WaitView,
)
from models.views.masks import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flow.definitions.flow import Flow, Node
    from flow.definitions.policy import Policy
    from flow.desk import Desk
    from flow.engine.values import Rules
    from flow.people.directory import Directory
    from models import CaseLine
    from models.enums import CloseReason
    from models.views.case import Choice, Person, Reckoning


RECEIVER = "收件"  #: row of a card: to whom goods are sent
RECEIVED = "已收货"  #: fact: the goods are in the house
MOST_NAMED = 3  #: owners of a node that a record names
_PAST = {verb: f"已{verb}" for verb in ("转交", "退回", "撤回", "撤单", "合并")} | {
    "改": "已修改"
}  #: verbs that no flow gives a result


async def case_view(desk: Desk, case_id: int, *, events: bool = False, viewer: Person | None = None) -> CaseView:
    """One case as ``viewer`` may see it; with nobody named, unmasked. Its events only where they are shown."""
    rows = await rows_of_case(case_id, events=events)
    case, refund, people = rows.case, rows.refund, await desk.staff.now()
    seen = await _events(desk, case, rows.events)
    asks = await _asks(desk, case) if events else {}
    creator = people.by_id.get(case.creator_id or 0)
    coming = tuple(each.waybill for each in rows.parcels if not each.outbound)
    view = CaseView(
        id=case.id, no=case.no, kind=case.kind, return_type=case.return_type, reason=case.reason, note=case.note,
        order_no=case.order_no, customer=str(case.snapshot.get("name") or case.customer),
        mobile=str(case.snapshot.get("mobile") or ""), state=case.state, close_reason=case.close_reason,
        nodes=tuple(case.nodes), version=case.version, amount=case.amount, creator=creator.name if creator else "",
        opened_at=case.opened_at, closed_at=case.closed_at, facts=case.facts,
        lines=line_views(rows.lines), waybill=coming[-1] if coming else "", waybills=coming,
        sent=tuple(each.waybill for each in rows.parcels if each.outbound), history=str(case.facts.get("客户历史", "")),
        owners=tuple(_owner(desk, case, task, people) for task in rows.tasks),
        events=seen,
        refund=f"{refund.state} ¥{refund.amount:,.2f}" if refund else "",
        refund_error=refund.error if refund else "", refund_no=refund.no if refund else "",
        refund_reference=refund.reference if refund else "", refund_due=refund.amount if refund else None,
        asks=tuple(asks), yuan=frozenset(name for name, kind in asks.items() if kind == MONEY),
        waits=await _waits(desk, case) if events else (),
        pays=refund is not None or await _pays(desk, case), shop=case.shop,
        reckoning=await _reckoning(desk, case, line_views(rows.lines)),
        receiver=await _receiver(desk, case) if events else None, votes=await _votes(desk, case, people),
    )  # fmt: skip
    return await seen_by(desk, case, view, viewer) if viewer else view


async def seen_by(desk: Desk, case: Case, view: CaseView, viewer: Person) -> CaseView:
    """The view as somebody may see it: names and amounts by their roles, answers by what their nodes hide."""
    flow = await _flow(desk, case)
    names = unseen(flow, viewer.roles) if flow else frozenset()
    return masked_view(without(view, names), desk.business.matrix, viewer.roles)


async def _votes(desk: Desk, case: Case, people: Directory) -> dict[str, str]:
    if not case.flow_id:
        return {}
    return vote_words(await desk.rules(case.flow_id, case.policy_id or 0), case.facts, case.nodes, people)


async def _reckoning(desk: Desk, case: Case, lines: Sequence[LineView]) -> Reckoning | None:
    """How the amount of a case came about, where the freight of its order is, and what went that should not have."""
    found = reckon(lines, case.facts, case.snapshot, case.amount)
    if found is None or case.flow_id is None:
        return found
    rules = await desk.rules(case.flow_id, case.policy_id or 0)
    gone = money_gone(rules.flow, case, lines)
    return replace(found, apart="；".join(filter(None, (await whereabouts(case, rules), gone))))


def money_gone(flow: Flow, case: Case, lines: Sequence[LineView]) -> str:
    """What there is to know of a case whose money went before its goods came."""
    here = [flow.nodes[name] for name in case.nodes if name in flow.nodes]
    plain = case.state is CaseState.DONE or (bool(here) and all(map(awaits_goods, here)))
    return gone_words(lines, case.facts, case.amount, plain=plain)


async def _events(desk: Desk, case: Case, rows: Sequence[Event]) -> tuple[EventView, ...]:
    if not rows:
        return ()
    nodes = await _nodes(desk, case)
    ways = {name for name, node in nodes.items() if node.kind in (AUTOMATIC, FORK, JOIN) and not node.effects}
    return tuple(
        EventView(e.at, e.actor, e.node, e.action, e.data, e.actor_id is None and e.node in ways) for e in rows
    )


async def _flow(desk: Desk, case: Case) -> Flow | None:
    """The flow that a case takes; None for one that was imported."""
    return (await desk.rules(case.flow_id, case.policy_id or 0)).flow if case.flow_id else None


async def _nodes(desk: Desk, case: Case) -> Mapping[str, Node]:
    flow = await _flow(desk, case)
    return flow.nodes if flow else {}


async def _asks(desk: Desk, case: Case) -> dict[str, str]:
    """What the forms of a case's flow ask for, each once, with how it is answered."""
    flow = await _flow(desk, case)
    return {item.name: item.kind for node in (flow.forms if flow else ()) for item in node.form}


async def _receiver(desk: Desk, case: Case) -> Receiver | None:
    """The customer with their address, where a node at which the case stands shows to whom goods are sent."""
    nodes = await _nodes(desk, case)
    if not any(RECEIVER in nodes[name].shows for name in case.nodes if name in nodes):
        return None
    order = await Order.get_or_none(id=case.order_id) if case.order_id else None
    name = str(case.snapshot.get("name") or case.customer)
    mobile = str(case.snapshot.get("mobile") or (order.mobile if order else ""))
    return Receiver(name, mobile, order.address if order else "")


async def _waits(desk: Desk, case: Case) -> tuple[WaitView, ...]:
    nodes, until = await _nodes(desk, case), case.facts.get(UNTIL) or {}
    here = [nodes[name] for name in case.nodes if name in nodes]
    return tuple(
        WaitView(
            node.waits_for or node.name,
            datetime.fromisoformat(until[node.name]) if node.name in until else None,
            (node.actions[TIME_UP].verdict or TIME_UP) if node.kind != WAIT else "",
        )
        for node in here
        if node.kind == WAIT or TIME_UP in node.actions
    )


async def _pays(desk: Desk, case: Case) -> bool:
    flow = await _flow(desk, case)
    return flow is None or about_money(flow, case.nodes, case.facts)


def line_views(lines: Iterable[CaseLine]) -> tuple[LineView, ...]:
    """The lines of a case, in their own sequence."""
    return tuple(_line(line) for line in sorted(lines, key=lambda line: line.id))


def pays(flow: Flow, facts: Mapping[str, Any]) -> bool:
    """Whether the amount of a case is money for its customer: by its flow, or because it was agreed on since."""
    return flow.refunds or bool(facts.get(MAKE_GOOD))


def about_money(flow: Flow, nodes: Iterable[str], facts: Mapping[str, Any]) -> bool:
    """The same, and where a case stands at nodes at which people decide on it: an exchange became a refund."""
    return pays(flow, facts) or any(decides(flow.nodes[name]) for name in nodes if name in flow.nodes)


def _line(line: Any) -> LineView:
    return LineView(line.sku, line.title, line.paid, line.requested, line.received, line.accepted, line.damaged)


def _owner(desk: Desk, case: Case, task: Task, people: Directory) -> OwnerView:
    person, absent = people.by_id.get(task.owner_id), people.by_id.get(task.for_id or 0)
    name = person.name if person else ""
    whole = f"{name} 代 {absent.name}" if absent else name
    return OwnerView(task.node, whole, task.due_at, stopped(case, task, desk.zone))


async def task_view(desk: Desk, task: Task, case: CaseView, *, viewer: Person | None = None) -> TaskView:
    """A task with the words of its node, filled from the case as ``viewer`` may see it."""
    case = masked_view(case, desk.business.matrix, viewer.roles) if viewer else case
    row = await Case.get(id=task.case_id).only("flow_id", "policy_id", "state", "facts")
    rules = await desk.rules(row.flow_id or 0, row.policy_id or 0)
    owner = (await desk.staff.now()).by_id.get(task.owner_id)
    return replace(filled_task(rules, task, case, owner), stopped=stopped(row, task, desk.zone))


def filled_task(rules: Rules, task: Task, case: CaseView, owner: Person | None) -> TaskView:
    """The same of a task and a case that are in memory."""
    node = station(rules.flow, task.node)
    level = f"（{node.levels[task.level].name}）" if node.levels else ""
    return TaskView(
        id=task.id, case_id=case.id, case_no=case.no, version=case.version, node=node.name,
        title=_fill(node.title, case) + level, hint=_hint(node, case, rules), owner=owner.name if owner else "",
        why=task.why, opened_at=task.opened_at, due_at=task.due_at, actions=_actions(node),
        shows=node.shows, reads=_read(rules.flow, node, case), writes=_told(node, case, WRITE),
        select=_drop_down(rules, node, case.facts),
    )  # fmt: skip


def _read(flow: Flow, node: Node, case: CaseView) -> tuple[str, ...]:
    """The answers that a card shows beside its rows: what was filled in at the opening, and what the node reads."""
    known = {field.name for field in flow.submission if case.facts.get(field.name) is not None} - {*node.shows}
    opening = (field.name for field in flow.submission if field.name in known and node.rights.get(field.name) != HIDE)
    return tuple(dict.fromkeys((*opening, *_told(node, case, READ, WRITE))))


def _told(node: Node, case: CaseView, *rights: str) -> tuple[str, ...]:
    """The fields of earlier nodes that have one of the rights here, and an answer that the reader may see."""
    return tuple(name for name, right in node.rights.items() if right in rights and case.facts.get(name) is not None)


def _drop_down(rules: Rules, node: Node, facts: Mapping[str, Any]) -> Choice | None:
    """The choice that a card may offer, with its default where it has one."""
    field = forms.drop_down(node.form, form_rules.known(rules, node, facts))
    if field is None:
        return None
    source = source_of(field.default)
    default = str(facts.get(source) or "") if source else field.default
    return field.name, field.name, forms.options_of(field), default if default in field.options else None


def _hint(node: Node, case: CaseView, rules: Rules) -> str:
    """What the node says to its owner; where money is decided on, first why nobody else may have."""
    said = "。".join(part for part in (case.votes.get(node.name, ""), _fill(node.hint, case)) if part)
    if not (decides(node) and (notes := money_notes(case, rules.policy))):
        return said
    return "。".join([*notes, said or " · ".join(part for part in (case.return_type, case.note) if part)])


def decides(node: Node) -> bool:
    """Whether people decide on the money of a case there: by the amount table, or by confirming it."""
    at_table = node.owner is not None and node.owner.by_policy
    return at_table or any(PAYS in action.effects for action in node.buttons)


def money_notes(case: CaseView, policy: Policy) -> list[str]:
    """A customer at risk, other cases of the same order: what whoever decides on the money has to know."""
    found = []
    if risky(case.facts):
        found.append(f"{RISKY}（{case.facts.get(RISK_RULE) or '记过'}），系统不自动退款")
    if case.facts.get(UNDELIVERED) and not case.facts.get(RECEIVED):
        found.append("开单时订单还没签收，货可能在路上，先看要不要拦截")
    if dear := dear_words(case.facts):
        found.append(dear)
    if case.reckoning and case.reckoning.apart:
        found.append(case.reckoning.apart)
    if policy.together and case.facts.get(OTHERS):
        found.append(_beside(case, policy))
    return found


def _beside(case: CaseView, policy: Policy) -> str:
    """``同一订单已有 R… ¥45.00，合计 ¥90.00``; cases of other orders are told apart."""
    known = case.amount is not None
    first, second = "同一订单已有", f"同一客户 {policy.window} 天内另有"
    told: dict[str, list[str]] = {first: [], second: []}
    for no, amount, *order in case.facts[OTHERS]:
        told[second if order else first].append(f"{no} {f'¥{yuan(amount):,.2f}' if known else f'¥{HIDDEN}'}")
    parts = [f"{head} {'、'.join(each)}" for head, each in told.items() if each]
    whole = yuan(case.facts[BESIDE]) + (case.amount or 0)
    return f"{'，'.join(parts)}，合计 {f'¥{whole:,.2f}' if known else f'¥{HIDDEN}'}"


async def chosen(desk: Desk, case_id: int, selected: Mapping[str, str], action: str) -> dict[str, str]:
    """The answers that a card's drop-downs gave to the forms of where its case stands; anything else is dropped."""
    case = await Case.get_or_none(id=case_id).only("nodes", "flow_id", "policy_id") if selected else None
    if case is None:
        return {}
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    nodes = [rules.flow.nodes[name] for name in case.nodes]
    button = next((node.actions[action] for node in nodes if action in node.actions), None)
    return forms.chosen([field for node in nodes for field in node.form], selected, button)


def _actions(node: Node) -> tuple[ActionView, ...]:
    return tuple(ActionView(action.name, action.danger) for action in node.buttons)


def goods(lines: Sequence[LineView], units: str = "requested", limit: int = 2) -> str:
    """``自动喂食器 ×1、滤网 ×1 等 3 种``, in few words."""
    named = [f"{line.title or line.sku} ×{getattr(line, units)}" for line in lines]
    more = f" 等 {len(named)} 种" if len(named) > limit else ""
    return "、".join(named[:limit]) + more


def _fill(template: str, case: CaseView) -> str:
    """Put the case's own words into a node's title: {金额} {商品} {运单} {应收件数} {缺件} {扣款} {话术} {退款失败}."""
    words: dict[str, Any] = {
        "金额": f"¥{HIDDEN}" if case.amount is None else f"¥{case.amount:,.2f}",
        "商品": goods(case.lines, limit=1),
        "运单": case.waybill or case.no,
        "应收件数": sum(line.requested for line in case.lines),
        "缺件": case.facts.get("缺件") or "",
        "扣款": f"¥{yuan(case.facts.get('扣款') or Decimal(0)):,.2f}",
        "话术": case.facts.get("话术") or "",
        "退款失败": f"上次退款没有成功：{case.refund_error}" if case.refund_error else "",
        "退款额": f"¥{HIDDEN}" if case.refund_due is None else f"¥{case.refund_due:,.2f}",
        "退款不明": _unclear(case),
    }
    for name, value in words.items():
        template = template.replace("{" + name + "}", str(value))
    return template


def _unclear(case: CaseView) -> str:
    """What the shop has said, and how to look up what it has done."""
    number = f"，店铺流水 {case.refund_reference}" if case.refund_reference else ""
    look = f"到店铺后台查 {case.refund_no}{number}；后台退足了就回复 {SETTLE} {case.no} 店铺流水号"
    return f"{case.refund_error or '店铺没有明确答复'}。{look}"


async def verdict_of(desk: Desk, task: Task) -> Verdict:
    """How a closed task ended, from the event that closed its visit."""
    case = await Case.get(id=task.case_id)
    found = await Event.filter(case_id=case.id, at=task.closed_at).order_by("seq")
    event = next((event for event in found if event.node == task.node), found[0] if found else None)
    people = await desk.staff.now()
    owners: dict[str, list[str]] = {}
    for open_task in await Task.filter(case_id=case.id, state=TaskState.OPEN).order_by("id"):
        if person := people.by_id.get(open_task.owner_id):
            owners.setdefault(open_task.node, []).append(person.name)
    if event is None:
        ahead = task.state is TaskState.HELD and task.node in owners
        text = f"等{in_hand(owners[task.node])}先签" if ahead else str(case.state)
        at = task.closed_at or task.opened_at
        return Verdict("", "", text, at, next_step=_next(case, _each_in_hand(owners)))
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    node = rules.flow.nodes.get(event.node)
    action = node.actions.get(event.action) if node else None
    took = (event.at - task.opened_at).total_seconds()
    text = (action and action.verdict) or _PAST.get(event.action, event.action)
    why = "，".join(await reasons(event))
    votes = vote_words(rules, case.facts, case.nodes, people)
    hands = {name: f"{had}（{votes[name]}）" if name in votes else had for name, had in _each_in_hand(owners).items()}
    return Verdict(event.actor, event.action, text, event.at, took, _next(case, hands), why)


async def reasons(event: Event) -> list[str]:
    """What was said with a step, and added to it afterwards."""
    later = await Event.filter(case_id=event.case_id, action=ADDED).order_by("seq")
    rows = [event, *(row for row in later if row.data.get(ADDED_TO) == event.seq)]
    return [str(row.data[WHY]) for row in rows if row.data.get(WHY)]


def in_hand(names: Sequence[str]) -> str:
    """Who has a node now: 周仓、刘洋, or 周仓 等 5 人."""
    return "、".join(names) if len(names) <= MOST_NAMED else f"{names[0]} 等 {len(names)} 人"


def _each_in_hand(owners: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {node: in_hand(names) for node, names in owners.items()}


def standing_words(
    state: CaseState, reason: CloseReason | None, nodes: Sequence[str], owners: Mapping[str, str]
) -> str:
    """What happens next: 仓库收货 · 周仓, or how it ended: 已关闭（拒绝）."""
    where = "、".join(f"{node} · {owners[node]}" if node in owners else node for node in nodes)
    if not state.ended:
        return where
    end = f"{state}（{reason}）" if reason else str(state)
    return f"{end}；还在办 {where}" if where else end


def _next(case: Case, owners: Mapping[str, str]) -> str:
    return standing_words(case.state, case.close_reason, case.nodes, owners)


async def open_tasks(person: Person, limit: int = 20) -> list[Task]:
    """My open tasks but for those that I have put off, by what is due first."""
    rows = Task.filter(owner_id=person.id, state=TaskState.OPEN, snoozed_until=None).order_by("due_at").limit(limit)
    return await rows.prefetch_related("case")
