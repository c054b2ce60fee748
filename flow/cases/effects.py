"""What an action does beside moving the case: parcels, inspections, stock, refunds, notices. All in its transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flow.definitions.charges import lines_of
from flow.definitions.vocabulary import BY_COUNT, CHANGERS, LET_GO, PASSES_AS, PASSES_TO
from flow.engine.partial_refunds import ONLY
from flow.engine.requesters import changed_by
from flow.errors import PolicyRefused
from flow.orders.lookup import keeps_units
from flow.orders.shares import fit
from flow.records import outbox as queue
from flow.records.claims import release_claims
from flow.records.locks import take_units
from models import (
    CaseLine,
    CustomerNotice,
    Inspection,
    Outbox,
    Parcel,
    Refund,
    RefundState,
    StockMove,
    WorkState,
)
from models.fields import yuan
from models.outside import one_line, plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from flow.definitions.business import Business
    from flow.engine.counting import Line
    from flow.engine.values import Rules, Transition
    from models import Case
    from models.views.case import Person

RISK_GROUP = "风控群"
FREES = frozenset({"放开占用", "转单"})  #: effects after which another case may take the units


@dataclass(slots=True)
class Work:
    """One action while its transaction is open."""

    case: Case
    lines: tuple[Line, ...]
    facts: dict[str, Any]
    who: Person | None
    now: datetime
    business: Business
    rules: Rules
    version: int
    outbox: list[Outbox] = field(default_factory=list)


async def _keep_counts(work: Work) -> None:
    for line in work.lines:
        await CaseLine.filter(id=line.id).update(received=line.received, accepted=line.accepted, damaged=line.damaged)


async def _receive(work: Work) -> None:
    before = await CaseLine.filter(case_id=work.case.id).exclude(order_line_id=None)
    await _keep_counts(work)
    await Parcel.filter(case_id=work.case.id, received_at=None, outbound=False).update(received_at=work.now)
    if work.facts.get(BY_COUNT):
        await _hold_what_came(work, before)


async def _hold_what_came(work: Work, before: Sequence[CaseLine]) -> None:
    """Units that did not come are no longer refunded here, so another return may have them; late ones are taken again.

    Raises PolicyRefused when that other return has them by now.
    """
    came = {line.id: line.received for line in work.lines}
    counted = any(claim.received for claim in before)
    more = [(x.order_line_id, came[x.id] - (x.received if counted else x.requested)) for x in before]
    if gone := await take_units(more):
        claim = next(claim for claim in before if claim.order_line_id == gone)
        say = f"确认收货 {work.case.no} {claim.sku} {claim.received}件"
        raise PolicyRefused(f"{claim.sku} 上次没收到的已经算在别的售后单里，这一单不能再收；请写明件数，例如：{say}")


async def _refuse_parcel(work: Work) -> None:
    await Parcel.filter(case_id=work.case.id, received_at=None, outbound=False).update(refused=True)


async def _let_parcel_in(work: Work) -> None:
    """The warehouse has not seen it after all, or is to receive it once more."""
    await Parcel.filter(case_id=work.case.id, received_at=None, outbound=False).update(refused=False)


async def _missing_part(work: Work) -> None:
    part = plain(one_line(str(work.facts["缺件"])))
    text = work.business.notices["配件缺失"].format(缺件=part, 扣款=_plain(work.facts["扣款"]))
    work.facts["话术"] = text
    words = f"{work.case.no} 缺件：{work.facts['缺件']}，退款已暂停"
    work.outbox.append(queue.alert(f"missing:{work.case.no}:v{work.version}", work.now, words, RISK_GROUP))


def _plain(amount: str) -> str:
    """An amount as people say it: 35, 35.5."""
    return f"{yuan(amount):.2f}".rstrip("0").rstrip(".")


async def _passed(work: Work) -> None:
    await _inspected(work, "合格")


async def _failed(work: Work) -> None:
    await _inspected(work, "次品")


async def _inspected(work: Work, outcome: str) -> None:
    await _keep_counts(work)
    result = str(work.facts.get("质检结果") or outcome)
    counts = [{"sku": line.sku, "accepted": line.accepted, "damaged": line.damaged} for line in work.lines]
    done = await Inspection.filter(case_id=work.case.id).count()
    await Inspection.create(
        case_id=work.case.id, no=f"{work.case.no}-Q{done + 1}", result=result, counts=counts,
        liability=str(work.facts.get("责任", "")), inspector_id=work.who.id if work.who else None, at=work.now,
        advice="重新上架" if result == "合格" else "转次品处理",
    )  # fmt: skip
    work.facts["质检人"] = work.who.id if work.who else None
    await _take_back_moves(work)
    zones = work.business.zones
    moves = [(line, zones["合格"], line.accepted) for line in work.lines]
    moves += [(line, zones["次品"], line.damaged) for line in work.lines]
    await StockMove.bulk_create(
        StockMove(
            key=f"{work.case.no}:v{work.version}:{line.id}:{zone}", case_id=work.case.id, sku=line.sku,
            zone=zone, quantity=units, at=work.now,
        )
        for line, zone, units in moves if units
    )  # fmt: skip


async def _take_back_moves(work: Work) -> None:
    """Counter-entries to what an earlier inspection of the case has put into stock; rows are never deleted."""
    stocked: Counter[tuple[str, str]] = Counter()
    for move in await StockMove.filter(case_id=work.case.id):
        stocked[move.sku, move.zone] += move.quantity
    await StockMove.bulk_create(
        StockMove(
            key=f"{work.case.no}:v{work.version}:{sku}:{zone}:冲"[:96], case_id=work.case.id, sku=sku, zone=zone,
            quantity=-units, at=work.now,
        )
        for (sku, zone), units in stocked.items() if units
    )  # fmt: skip


async def _confirm_refund(work: Work) -> None:
    """Ask for the money, once per case: the shop is asked under the refund's own number however often we ask.

    Behind the order's lock no more is asked for than other cases have left of what was paid; a refund that is on its
    way keeps its amount.
    """
    by, no = work.who.id if work.who else None, f"{work.case.no}-T1"
    refund = await Refund.get_or_none(no=no)
    if refund is None or refund.state in (RefundState.PENDING, RefundState.REFUSED):
        await _put_down(work, refund, no, by)
    key = f"refund:{no}:v{work.version}"
    work.outbox.append(queue.row("refund", key, work.now, case_id=work.case.id, payload={"no": no}))


async def _put_down(work: Work, refund: Refund | None, no: str, by: int | None) -> None:
    """The refund with what it comes to now."""
    if most := await fit(work.case, work.facts, work.rules):
        work.facts |= most.fitted(work.facts)
    said: dict[str, Any] = {
        "amount": yuan(work.facts["金额"]), "deductions": _deductions(work.facts),
        "state": RefundState.SENDING, "confirmed_by": by, "confirmed_at": work.now, "error": "", "reference": "",
    }  # fmt: skip
    if refund is None:
        await Refund.create(case_id=work.case.id, no=no, **said)
    else:
        await Refund.filter(no=no).update(**said)


def _deductions(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """What the refund is less by, as its document has it: what formulas say, then what was agreed on by hand."""
    taken = [line for line in lines_of(facts) if line.amount < 0]
    lines = [{"name": f"{line.name}（{line.how}）", "amount": str(-line.amount)} for line in taken]
    return [*lines, *facts.get("扣款项", ())]


async def _notify_customer(work: Work) -> None:
    moment = "已完成退款"
    key = f"notice:{work.case.no}:{moment}"
    await CustomerNotice.get_or_create(
        key=key,
        defaults={
            "case_id": work.case.id, "moment": moment, "text": work.business.notices[moment],
            "state": WorkState.NEW, "at": work.now,
        },
    )  # fmt: skip
    work.outbox.append(queue.row("notice", key, work.now, case_id=work.case.id))


async def _made_good(work: Work) -> None:
    """The counting has put the amount down; whoever named it does not approve it, too."""
    if work.who:
        work.facts[CHANGERS] = changed_by(work.facts, work.who.id)


async def _let_go(work: Work) -> None:
    """The customer has the goods: whatever comes of them later is another case's business."""
    if not work.facts.get(LET_GO) and keeps_units(work.case):
        await release_claims(work.case)
    work.facts[LET_GO] = True


async def _pass_over(work: Work) -> None:
    """Another case takes this one's goods over; it is opened when this transaction is through."""
    await _let_go(work)
    by = work.who.id if work.who else work.case.creator_id
    asked = {"kind": work.facts[PASSES_TO], "type": work.facts.get(PASSES_AS) or work.case.return_type}
    key = f"pass:{work.case.no}:v{work.version}"
    work.outbox.append(queue.row("pass", key, work.now, case_id=work.case.id, member_id=by, payload=asked))


async def _nothing(work: Work) -> None:
    """The counting has said it all."""


#: what each 办 of ``vocabulary.EFFECTS`` does
PROCEDURES: dict[str, Callable[[Work], Awaitable[None]]] = {
    "登记收货": _receive,
    "登记拒收": _refuse_parcel,
    "取消拒收": _let_parcel_in,
    "登记缺件": _missing_part,
    "确认扣款": _nothing,
    "取消扣款": _nothing,
    "登记补偿": _made_good,
    "放开占用": _let_go,
    "转单": _pass_over,
    "质检合格": _passed,
    "质检次品": _failed,
    "确认退款": _confirm_refund,
    "通知客户": _notify_customer,
}


async def perform(work: Work, transition: Transition) -> None:
    """Do what the steps of a transition ask for, in their order."""
    for step in transition.steps:
        for effect in step.effects:
            await PROCEDURES[effect](work)
    if transition.ends and _paid_in_part(work.facts):
        await _let_go(work)


def _paid_in_part(facts: Mapping[str, Any]) -> bool:
    """Whether a part of the money is all that was asked for and paid, and the goods are still the customer's."""
    return bool(facts.get(ONLY) and facts.get("已退款") and not facts.get("已收货"))
