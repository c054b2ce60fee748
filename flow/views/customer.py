"""What a customer may know of a case: told from what the flow does at its nodes, never from what a node is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flow.definitions.choices import ADDRESSES
from flow.definitions.flow import WAYBILL
from flow.engine.breakdown import reckon
from flow.engine.verbs import REOPEN
from flow.views.case import line_views
from models import UNDER_WAY, Case, CaseState, Event, Inspection, Parcel, Refund, RefundState, Task, TaskState
from models.fields import yuan
from models.views.progress import Goods, Mark, Payback, Progress, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from flow.definitions.choices import Choices
    from flow.definitions.flow import Node
    from flow.desk import Desk

RECEIVED, QUESTION = "已收货", "话术"  #: facts
RECEIVE, REFUSE = "登记收货", "登记拒收"  #: effects
#: the effect of an action that a node offers -> what the customer waits for there; the first that fits counts
_OFFERS = (
    ("确认扣款", Stage.ASKING), (RECEIVE, Stage.RETURNING), ("质检合格", Stage.INSPECTING),
    ("质检次品", Stage.INSPECTING), ("确认退款", Stage.REFUNDING),
)  # fmt: skip
_ENDS = {CaseState.DONE: Stage.DONE, CaseState.CLOSED: Stage.CLOSED}
_ORDER = list(Stage)
_MONEY_GOES = (*UNDER_WAY, RefundState.PAID)


@dataclass(frozen=True, slots=True)
class _File:
    """A case with all that its page is told from."""

    case: Case
    nodes: Mapping[str, Node]
    tasks: list[Task]
    parcels: list[Parcel]
    inspections: list[Inspection]
    refund: Refund | None
    events: list[Event]

    @property
    def on_the_way(self) -> Parcel | None:
        """The newest parcel that the customer has announced and the warehouse has not seen."""
        coming = (p for p in reversed(self.parcels) if not p.outbound)
        return next((p for p in coming if p.received_at is None and not p.refused), None)

    @property
    def sent(self) -> tuple[str, ...]:
        """Waybills under which goods have gone to the customer."""
        return tuple(p.waybill for p in self.parcels if p.outbound)

    @property
    def makes(self) -> bool:
        """Whether something is got ready to be sent to the customer: what is wanted of them first has come."""
        nodes = self.nodes.values()
        ships = any(field.kind == WAYBILL for node in nodes for field in node.form)
        return ships and bool(
            self.case.facts.get(RECEIVED) or not any(_waited_for(node) is Stage.RETURNING for node in nodes)
        )


async def progress_of(desk: Desk, case_id: int, now: datetime) -> Progress | None:
    """The case for its customer's eyes; None where there is no such case, or its page is over.

    Of a duplicate, the case that it became part of.
    """
    first = case = await Case.get_or_none(id=case_id)
    while case and case.merged_into_id:
        case = await Case.get_or_none(id=case.merged_into_id)
    if first is None or case is None or is_over(case, (await desk.fresh()).choices, now):
        return None
    await case.fetch_related("lines")
    return _told(await _open(desk, case), "" if case is first else first.no)


def is_over(case: Case, choices: Choices, now: datetime) -> bool:
    """Whether the customer's page is no longer shown: so many days after the end of the case, or never."""
    ended: datetime | None = case.closed_at
    return bool(choices.page_days and ended and now > ended + timedelta(days=choices.page_days))


async def _open(desk: Desk, case: Case) -> _File:
    rules = await desk.rules(case.flow_id, case.policy_id) if case.flow_id and case.policy_id else None
    return _File(
        case,
        {name: node for name, node in rules.flow.nodes.items() if name not in rules.flow.aside} if rules else {},
        await Task.filter(case_id=case.id).order_by("id"),
        await Parcel.filter(case_id=case.id).order_by("id"),
        await Inspection.filter(case_id=case.id).order_by("id"),
        await Refund.filter(case_id=case.id).order_by("-id").first(),
        await Event.filter(case_id=case.id).order_by("seq"),
    )


def _told(file: _File, merged: str) -> Progress:
    case, stage = file.case, _stage(file)
    wanted = stage in (Stage.RETURNING, Stage.SENT)
    lines = sorted(case.lines, key=lambda line: line.id)
    return Progress(
        no=case.no, kind=case.kind, stage=stage, merged=merged, reason=case.close_reason,
        goods=tuple(_goods(line, came=bool(case.facts.get(RECEIVED))) for line in lines),
        marks=tuple(sorted(_marks(file), key=lambda mark: mark.at)),
        question=str(case.facts.get(QUESTION) or "") if stage is Stage.ASKING else "",
        waybill=file.on_the_way.waybill if file.on_the_way and wanted else "",
        sent=file.sent,
        address=str(case.facts.get(ADDRESSES) or "") if wanted else "",
        payback=_payback(file),
    )  # fmt: skip


def _goods(line: Any, *, came: bool) -> Goods:
    return Goods(line.title or line.sku, line.requested, line.received if came else None)


def _stage(file: _File) -> Stage:
    case = file.case
    if file.sent and case.state is not CaseState.CLOSED:
        return Stage.DISPATCHED
    if case.state in _ENDS:
        return _ENDS[case.state]
    if file.refund and file.refund.state in UNDER_WAY:
        return Stage.REFUNDING
    found = [stage for name in case.nodes if (stage := _waited_for(file.nodes.get(name)))]
    if found:
        first = min(found, key=_ORDER.index)
        return Stage.SENT if first is Stage.RETURNING and file.on_the_way else first
    if case.facts.get(RECEIVED) and not file.inspections and not file.makes:
        return Stage.RECEIVED
    begun = file.inspections or any(task.state is TaskState.DONE for task in file.tasks)
    return (Stage.MAKING if file.makes else Stage.WORKING) if begun else Stage.SUBMITTED


def _waited_for(node: Node | None) -> Stage | None:
    """What a customer waits for at a node; None where it is nothing that concerns them."""
    offered = {effect for action in node.actions.values() for effect in action.effects} if node else set()
    return next((stage for effect, stage in _OFFERS if effect in offered), None)


# -- what has happened -------------------------------------------------------------------------------------------------


def _marks(file: _File) -> Iterator[Mark]:
    """In the order in which things of one moment follow on each other."""
    case, refund = file.case, file.refund
    yield Mark(case.opened_at, "已提交申请")
    yield from _asked_for(file)
    yield from (Mark(parcel.announced_at, f"{_way(parcel)}运单 {parcel.waybill}") for parcel in file.parcels)
    yield from _of_events(file)
    yield from (Mark(inspection.at, "质检完成") for inspection in file.inspections)
    if refund and refund.confirmed_at and refund.state in _MONEY_GOES:
        yield Mark(refund.confirmed_at, "已提交退款")
    if refund and refund.paid_at:
        yield Mark(refund.paid_at, f"已退款 ¥{refund.amount:,.2f}" if refund.amount else "扣款后无需退款")
    if case.closed_at and case.state in _ENDS:
        yield Mark(case.closed_at, str(case.state))


def _way(parcel: Parcel) -> str:
    return "已寄给您，" if parcel.outbound else "已登记寄回"


def _asked_for(file: _File) -> Iterator[Mark]:
    """Each time that the customer's turn began."""
    words = {Stage.RETURNING: "请您寄回商品", Stage.ASKING: "请您确认"}
    visits = {(task.node, task.visit): task.opened_at for task in reversed(file.tasks)}
    for (name, _), at in visits.items():
        stage = _waited_for(file.nodes.get(name))
        if stage in words:
            yield Mark(at, words[stage])


def _of_events(file: _File) -> Iterator[Mark]:
    for event in file.events:
        done = _effects(file.nodes.get(event.node), event.action)
        if RECEIVE in done:
            yield Mark(event.at, "仓库已收到商品")
        if REFUSE in done:
            yield Mark(event.at, "包裹没有签收，正在核实")
        if event.action == REOPEN:
            yield Mark(event.at, "重新处理")


def _effects(node: Node | None, action: str) -> Iterable[str]:
    if node is None:
        return ()
    return node.actions[action].effects if action in node.actions else node.effects


def _payback(file: _File) -> Payback | None:
    """Money is spoken of once it has been confirmed, not while it is only expected."""
    refund, case = file.refund, file.case
    if refund is None or refund.state not in _MONEY_GOES:
        return None
    less = tuple((str(item["name"]), yuan(item["amount"])) for item in refund.deductions)
    why = reckon(line_views(case.lines), case.facts, case.snapshot, refund.amount)
    return Payback(refund.amount, refund.method, refund.paid_at, less, why)
