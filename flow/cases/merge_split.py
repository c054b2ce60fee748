"""Cases that should be one, and one that should be two: 合并 and 拆分."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.access.lookup import case_of, within_reach
from flow.cases.advance import advance
from flow.cases.command import Command
from flow.definitions.flow import WAIT
from flow.definitions.policy import BEFORE_SPLIT
from flow.definitions.vocabulary import DIVIDERS, HANDLERS
from flow.engine import charges
from flow.engine.amounts import counted
from flow.engine.partial_refunds import divided
from flow.engine.requesters import asked, handled_by
from flow.engine.verbs import INTO, MERGE, PAID
from flow.errors import NotAllowed, PolicyRefused
from flow.records import outbox, sequences
from flow.records.events import claim, note, write_down
from flow.records.locks import lock_cases
from models import Case, CaseLine, CaseState, Parcel, Refund, Task, TaskState
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from flow.desk import Desk
    from flow.engine.values import Rules
    from models import Outbox
    from models.views.case import Person

SPLIT = "拆分"


async def under_way(desk: Desk, order_id: int, skus: Collection[str], who: Person) -> list[str]:
    """Numbers of the cases under way that take back one of these products of an order, as far as ``who`` may look.

    The oldest first.
    """
    running = Case.filter(order_id=order_id, state__in=(CaseState.OPEN, CaseState.HELD)).order_by("id")
    found = {case.id: case.no for case in await running.only("id", "no")}
    if not found:
        return []
    # asked together with the cases, an engine may go through every line that a product ever had
    rows = await CaseLine.filter(case_id__in=list(found)).values_list("case_id", "sku")
    theirs = {int(str(case_id)) for case_id, sku in rows if sku in skus}
    return [found[case_id] for case_id in await within_reach(desk, sorted(theirs), who)]


async def merge(desk: Desk, keep_no: str, twin_no: str, who: Person, at: datetime) -> Case:
    """End the duplicate ``twin_no``; its parcels and whoever asks for it are led to ``keep_no``.

    In the caller's transaction. Raises NotFound, NotAllowed for a case that is not theirs to merge and for two that are
    not of one order, PolicyRefused or StaleCase when the duplicate has gone too far.
    """
    keep, twin = [await case_of(desk, no, who, MERGE) for no in (keep_no, twin_no)]
    if keep.id == twin.id:
        raise PolicyRefused("两个单号一样，请写要留的和要并掉的")
    if (keep.order_no, keep.shop) != (twin.order_no, twin.shop) or keep.customer != twin.customer:
        raise NotAllowed(f"{keep.no} 和 {twin.no} 不是同一个订单，不能合并")
    if keep.state in (CaseState.DONE, CaseState.CLOSED):
        raise NotAllowed(f"{keep.no} {keep.state}，请留还在处理的那一单")
    await lock_cases(keep.id, twin.id)
    await Case.filter(id=twin.id).update(merged_into_id=keep.id)
    known = await Parcel.filter(case_id=keep.id).values_list("waybill", flat=True)
    await Parcel.filter(case_id=twin.id, received_at=None).exclude(waybill__in=list(known)).update(case_id=keep.id)
    await advance(desk, Command(twin.id, MERGE, who, at, {INTO: keep.no}))
    await claim(keep)
    await _asked_for_both(keep, twin)
    await write_down(keep, who, {"action": MERGE, "node": "", "data": {"并来": twin.no}}, at)
    return keep


async def _asked_for_both(keep: Case, twin: Case) -> None:
    """Whoever has asked for the duplicate has asked for the case that it became part of."""
    handlers = handled_by(keep.facts, asked(twin.facts))
    if not handlers:
        return
    keep.facts = {**keep.facts, HANDLERS: handlers}
    if keep.undo:
        keep.undo = {**keep.undo, "facts": {**keep.undo["facts"], HANDLERS: handlers}}
    await keep.save(update_fields=["facts", "undo"])


async def split(desk: Desk, case_no: str, items: Sequence[tuple[str, int]], who: Person, at: datetime) -> Case:
    """Move units of a case to a new one that stands where the first stands, in the caller's transaction.

    Raises PolicyRefused for units that it does not have or that would leave it empty, NotAllowed when goods have come,
    money is on its way, or several branches run.
    """
    case = await case_of(desk, case_no, who, SPLIT)
    await _may_split(desk, case)
    lines = await CaseLine.filter(case_id=case.id).order_by("id")
    moved = _pick(case, lines, items)
    case.facts = {**case.facts, DIVIDERS: sorted({*(case.facts.get(DIVIDERS) or ()), who.id})}
    twin = await _twin(desk, case, who, at)
    await _move(await desk.rules(case.flow_id or 0, case.policy_id or 0), (case, twin), lines, moved)
    share = dict(items)
    await case.save(update_fields=["facts", "amount", "undo"])
    await note(case, who, {"action": SPLIT, "node": "", "data": {"拆出": twin.no, "商品": share}}, at)
    await claim(twin)
    shown = await _seated(case, twin, at)
    await write_down(twin, who, {"action": SPLIT, "node": "", "data": {"拆自": case.no, "商品": share}}, at)
    await outbox.put([*await outbox.redrawing(case, at), *shown])
    return twin


async def _may_split(desk: Desk, case: Case) -> None:
    if case.state is not CaseState.OPEN:
        raise NotAllowed(f"{case.no} {case.state}，不能拆分")
    if case.facts.get("已收货") or case.facts.get(PAID):
        raise NotAllowed(f"{case.no} 货已收到或款已退，不能拆分")
    if len(case.nodes) > 1:
        raise NotAllowed(f"{case.no} 正同时在{'、'.join(case.nodes)}，等汇合以后再拆分")
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    if rules.flow.nodes[case.nodes[0]].kind == WAIT or await Refund.exists(case_id=case.id):
        raise NotAllowed(f"{case.no} 已经请求过退款，不能拆分")


def _pick(case: Case, lines: Sequence[CaseLine], items: Sequence[tuple[str, int]]) -> dict[int, int]:
    """Units to take off each line."""
    left = {line.id: line.requested for line in lines}
    for sku, units in items:
        mine = [line for line in lines if line.sku.upper() == sku.upper()]
        has = sum(left[line.id] for line in mine)
        if not mine:
            raise PolicyRefused(f"{case.no} 没有商品 {sku}")
        if not 1 <= units <= has:
            raise PolicyRefused(f"{case.no} 的 {sku} 有 {has} 件，不能拆出 {units} 件")
        for line in mine:
            some = min(units, left[line.id])
            left[line.id] -= some
            units -= some
    if not sum(left.values()):
        raise PolicyRefused("不能把全部商品都拆走，至少给原单留一件")
    return {line.id: line.requested - left[line.id] for line in lines if left[line.id] < line.requested}


async def _twin(desk: Desk, case: Case, who: Person, at: datetime) -> Case:
    """A new case with everything of the first but its goods, its tasks, its parcels and its history."""
    copied = ("kind", "return_type", "reason", "note", "shop", "order_id", "order_no", "snapshot", "customer", "region",
              "flow_id", "policy_id", "creator_id")  # fmt: skip
    said: dict[str, Any] = {name: getattr(case, name) for name in copied}
    no = await sequences.next_case_no(at.astimezone(desk.zone).date())
    return await Case.create(
        no=no, state=CaseState.OPEN, nodes=list(case.nodes), parent_id=case.id, opened_at=at, **said
    )


async def _move(rules: Rules, both: tuple[Case, Case], lines: Sequence[CaseLine], moved: dict[int, int]) -> None:
    """Take the units over, each with its share of the money; both amounts add up to what it was.

    What formulas take off or put on follows for each case from its own goods; what is fixed both bear together.
    """
    case, twin = both
    whole = str(case.facts.get(BEFORE_SPLIT) or case.facts["金额"])
    gone = Decimal("0.00")
    for line in lines:
        if not (units := moved.get(line.id)):
            continue
        paid = counted(line.paid, line.requested, units)
        gone += paid
        await CaseLine.create(
            case_id=twin.id, order_line_id=line.order_line_id, sku=line.sku, title=line.title,
            unit_price=line.unit_price, paid=paid, requested=units,
        )  # fmt: skip
        await CaseLine.filter(id=line.id).update(requested=line.requested - units, paid=line.paid - paid)
        if units == line.requested:
            await CaseLine.filter(id=line.id).delete()
    cost, known = sum((line.paid for line in lines), Decimal(0)), charges.without(case.facts)
    stays, goes = divided(cost, gone, known)
    units = sum(moved.values())
    facts = {**known, **goes, BEFORE_SPLIT: whole, "件数": units}
    kept = {**known, **stays, BEFORE_SPLIT: whole, "件数": known.get("件数", 0) - units}
    case.facts, facts = charges.shared(rules, (cost - gone, gone), kept, facts)
    case.amount, case.undo = yuan(case.facts["金额"]), None  # type: ignore[assignment]  # null: nothing before can be taken back
    twin.facts, twin.amount = facts, yuan(facts["金额"])
    await Case.filter(id=twin.id).update(facts=facts, amount=twin.amount)


async def _seated(case: Case, twin: Case, at: datetime) -> list[Outbox]:
    """The twin's tasks, which are those of the first; the cards that show them."""
    tasks = await Task.filter(case_id=case.id, state__in=(TaskState.OPEN, TaskState.HELD)).order_by("id")
    copied = ("node", "owner_id", "state", "due_at", "remind_at", "level", "added", "for_id")
    fresh = {}
    for task in tasks:
        said: dict[str, Any] = {name: getattr(task, name) for name in copied}
        why = f"拆自 {case.no}：{task.why}"[:255]
        fresh[task.id] = await Task.create(case_id=twin.id, visit=twin.version, why=why, opened_at=at, **said)
    for task in tasks:
        if task.after_id in fresh:
            await Task.filter(id=fresh[task.id].id).update(after_id=fresh[task.after_id].id)
    return [outbox.task_card(twin.no, task, at) for task in fresh.values() if task.state is TaskState.OPEN]
