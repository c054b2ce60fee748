"""What the shop said of a refund, written once: paid moves the case on, refused sends it back to finance.

What says neither leaves the case where it is: the money may be on its way, so finance looks it up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.cases.advance import advance
from flow.cases.command import Command
from flow.definitions.flow import WAIT
from flow.definitions.vocabulary import LET_GO, PAID, REFUSED
from flow.engine.inquiry import ASK, SETTLE, station
from flow.engine.waits import hears_of_refund
from flow.people.delegation import delegates
from flow.people.duties import excluded_by_duty
from flow.people.owners import AssignmentContext, resolve, tables_for
from flow.records import outbox
from flow.records.events import claim, note, write_down
from flow.records.locks import lock_cases
from flow.tasks.assignment import WorkItem
from flow.tasks.slots import hand_out
from models import UNDER_WAY, Case, CaseState, Refund, RefundState, Task, TaskState

if TYPE_CHECKING:
    from datetime import datetime

    from flow.desk import Desk
    from flow.people.owners import Owners
    from models.views.case import Person

UNCLEAR = "退款待核对"  #: action of the event that says so
REFERENCE_CHARS, ERROR_CHARS = 64, 255  # of the columns


async def paid(desk: Desk, no: str, reference: str, now: datetime) -> bool:
    """The money is gone. False when that was known already."""
    async with in_transaction():
        return await _paid(desk, no, reference, now)


async def _paid(desk: Desk, no: str, reference: str, now: datetime) -> bool:
    await _lock(no)
    reference = reference[:REFERENCE_CHARS]
    taken = await Refund.filter(no=no, state__in=UNDER_WAY).update(
        state=RefundState.PAID, paid_at=now, reference=reference, error=""
    )
    if taken:
        await _told(desk, no, PAID, {"退款单": no, "渠道流水": reference}, now)
    return bool(taken)


async def _lock(no: str) -> None:
    """The case before what hangs on it."""
    await lock_cases(*[refund.case_id for refund in await Refund.filter(no=no).only("id", "case_id")])


async def paid_before(desk: Desk, no: str, now: datetime) -> bool:
    """The money had gone when it was asked for again: a case that waits for the answer has it. Nothing is paid twice.

    False where no wait is open: the asking is old, and its answer known.
    """
    async with in_transaction():
        await _lock(no)
        refund = await Refund.get(no=no).prefetch_related("case")
        waits = await _waits(desk, refund.case, PAID)
        if waits:
            await _told(desk, no, PAID, {"退款单": no, "渠道流水": refund.reference, "说": "早已退过，没有再退"}, now)
        return waits


async def _waits(desk: Desk, case: Case, said: str) -> bool:
    """Whether a case stands where that answer is waited for."""
    nodes = (await desk.rules(case.flow_id or 0, case.policy_id or 0)).flow.nodes
    return any(nodes[name].kind == WAIT and said in nodes[name].actions for name in case.nodes)


async def refused(desk: Desk, no: str, reason: str, now: datetime) -> bool:
    """The shop will not pay; finance gets the case back with the reason, and the managers hear.

    False when that was known already.
    """
    async with in_transaction():
        await _lock(no)
        taken = await Refund.filter(no=no, state__in=UNDER_WAY).update(
            state=RefundState.REFUSED, error=reason[:ERROR_CHARS], reference=""
        )
        if taken:
            await _told(desk, no, REFUSED, {"原因": reason}, now)
        return bool(taken)


async def _told(desk: Desk, no: str, said: str, data: dict[str, str], now: datetime) -> None:
    """Move the case on by the shop's answer.

    Where it waits for none any more (a sibling branch has ended that wait, say) the answer still goes on record and the
    money counts as paid: the refund itself must not stand open for ever.
    """
    refund = await Refund.get(no=no).prefetch_related("case")
    case = refund.case
    waits = await _waits(desk, case, said)
    if waits:
        case = (await advance(desk, Command(case.id, said, None, now, data))).case
    else:
        await claim(case)
        if said == PAID:
            let_go = {LET_GO: True} if case.state is CaseState.CLOSED else {}  # its units were given back then
            await Case.filter(id=case.id).update(facts={**case.facts, **let_go, "已退款": True})
        await write_down(case, None, {"action": said, "data": data}, now)
    if said == REFUSED:
        what = "已退回财务，原因回复 查 单号 看" if waits else "这单已不在等退款，请财务人工处理"
        words = f"{case.no} 的退款 {no} 没有成功，{what}"
        await outbox.put([outbox.alert(f"refused:{no}:v{case.version}", now, words)])


# -- nobody knows ------------------------------------------------------------------------------------------------------


async def doubted(no: str, why: str, reference: str) -> None:
    """What the shop has said so far of a refund under way, beside the refund: it is asked again."""
    said = {"error": why[:ERROR_CHARS]} | ({"reference": reference[:REFERENCE_CHARS]} if reference else {})
    await Refund.filter(no=no, state__in=UNDER_WAY).update(**said)


async def unclear(desk: Desk, no: str, why: str, reference: str, now: datetime) -> bool:
    """Asking again does not help: finance looks it up, the managers hear, the case stays. False when they know."""
    async with in_transaction():
        await _lock(no)
        await doubted(no, why, reference)
        if not await Refund.filter(no=no, state=RefundState.SENDING).update(state=RefundState.UNCLEAR):
            return False
        case = (await Refund.get(no=no).prefetch_related("case")).case
        data = {"退款单": no, "原因": why} | ({"渠道流水": reference} if reference else {})
        await claim(case)
        names = await _asked_to_look(desk, case, now)
        await write_down(case, None, {"action": UNCLEAR, "node": "、".join(case.nodes), "data": data}, now)
        ways = f"已转给 {names} 核对" if names else "没有可用的财务，请管理员核对"
        words = f"{case.no} 的退款 {no} 还不知道退没退，{ways}；核对以后回复 {ASK} {case.no}"
        await outbox.put([outbox.alert(f"unclear:{no}:v{case.version}", now, words)])
        return True


async def _asked_to_look(desk: Desk, case: Case, now: datetime) -> str:
    """Give the refund to whoever looks such things up; their names, "" where there is nobody, or nothing is waited for.

    A wait that has its task already keeps it.
    """
    flow = (await desk.rules(case.flow_id or 0, case.policy_id or 0)).flow
    found = []
    for name in (name for name in case.nodes if hears_of_refund(flow.nodes[name])):
        owners = await _lookers(desk, case, name, now)
        found += [person.name for person in owners.people]
        if await Task.exists(case_id=case.id, node=name, state=TaskState.OPEN):
            continue
        tasks, rows = hand_out(case, [WorkItem(station(flow, name), owners)], now)
        await Task.bulk_create(tasks)
        await outbox.put(rows)
    return "、".join(dict.fromkeys(found))


async def _lookers(desk: Desk, case: Case, name: str, now: datetime) -> Owners:
    rules, people = await desk.rules(case.flow_id or 0, case.policy_id or 0), await desk.staff.now()
    facts = {**case.facts, **rules.policy.facts(case.facts)}
    tables = tables_for(desk.business, rules.flow, facts, case.opened_at)
    by = AssignmentContext(tables, delegates(people.leaves, now))
    return resolve(station(rules.flow, name), facts, people, by)


async def may_look(desk: Desk, case: Case, who: Person, now: datetime) -> tuple[bool, str]:
    """Whether somebody looks up the refund of a case: by their task, or as the flow would give it; and who does."""
    flow = (await desk.rules(case.flow_id or 0, case.policy_id or 0)).flow
    known = [name for name, node in flow.nodes.items() if hears_of_refund(node)]
    waits = [name for name in known if name in case.nodes] or known  # its branch may have ended meanwhile
    owners = [person for name in waits for person in (await _lookers(desk, case, name, now)).people]
    mine = await Task.exists(case_id=case.id, node__in=waits, owner_id=who.id, state=TaskState.OPEN)
    mine = mine and not any(who.id in excluded_by_duty(station(flow, name), case.facts) for name in waits)
    return mine or who.id in {person.id for person in owners}, "、".join(dict.fromkeys(one.name for one in owners))


async def under_way(case: Case) -> Refund | None:
    """The refund of a case of which the shop has not answered yet."""
    return await Refund.filter(case_id=case.id, state__in=UNDER_WAY).first()


async def ask_again(case: Case, refund: Refund, who: Person, now: datetime) -> None:
    """Have the shop asked about a refund once more, in the caller's transaction; ``who`` hears what it says."""
    await note(case, who, {"action": ASK, "node": "、".join(case.nodes), "data": {"退款单": refund.no}}, now)
    asked = {"no": refund.no, "for": who.id}
    key = f"refund:{refund.no}:v{case.version}:asked"
    await outbox.put([outbox.row("refund", key, now, case_id=case.id, payload=asked)])


async def settle(desk: Desk, case: Case, refund: Refund, reference: str, who: Person, now: datetime) -> bool:
    """Somebody has seen in the shop's own back end that all of it was paid, in the caller's transaction.

    False when the shop has answered meanwhile.
    """
    data = {"退款单": refund.no, "渠道流水": reference}
    await note(case, who, {"action": SETTLE, "node": "、".join(case.nodes), "data": data}, now)
    return await _paid(desk, refund.no, reference, now)
