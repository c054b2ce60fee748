"""What a database administrator may change in a case, and what the audit says of it: rows, steps, whole cases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from flow.records import anchors, snapshot
from flow.records.events import settle_whole
from models import (
    Case,
    CaseLine,
    CaseState,
    Counter,
    Event,
    Inspection,
    Parcel,
    Refund,
    RefundState,
    StockMove,
    Task,
    TaskState,
)
from tests.support.sealed_cases import NO, NOW, ZONE, cut, made_old, removed, rewritten, tampered, told

if TYPE_CHECKING:
    from collections.abc import Callable


async def test_records_that_nobody_touched_hold(kept: list[Case]) -> None:
    assert await told() == []
    assert await anchors.cast(NOW, ZONE) is not None
    assert await told() == []


def rows(table: Any, **change: Any) -> Callable[[Case], Any]:
    return lambda case: table.filter(case_id=case.id).update(**change)


def came(**change: Any) -> Callable[[Case], Any]:
    return lambda case: Parcel.filter(case_id=case.id, waybill="SF1").update(**change)


def tasks(owner_id: int, to: int | None = None, **change: Any) -> Callable[[Case], Any]:
    change |= {"owner_id": to} if to else {}
    return lambda case: Task.filter(case_id=case.id, owner_id=owner_id).update(**change)


def own(**change: Any) -> Callable[[Case], Any]:
    return lambda case: Case.filter(id=case.id).update(**change)


LAST = f"{NO} 第 4 步（钱芳 确认退款）"
TOUCHED: list[tuple[Callable[[Case], Any], str]] = [
    (rows(Refund, amount=Decimal("3.29")), f"{LAST}记的退款 {NO}-T1 金额是 329.00，现在是 3.29"),
    (rows(Refund, state=RefundState.SENDING), f"{LAST}记的退款 {NO}-T1 状态是 已退款，现在是 退款中"),
    (rows(Refund, confirmed_by=9), f"{LAST}记的退款 {NO}-T1 确认人是 1，现在是 9"),
    (rows(Refund, reference=""), f"{LAST}记的退款 {NO}-T1 渠道流水是 wx-1，现在是 空"),
    (rows(Refund, account="6222 9999"), f"{LAST}之后，退款账户被改动过"),
    (rows(Refund, deductions=[{"name": "滤网", "amount": "35.00"}]), f"{LAST}记的退款 {NO}-T1 扣款是 []"),
    (own(amount=Decimal("9999.00")), f"{LAST}记的金额是 329.00，现在是 9999.00"),
    (own(state=CaseState.OPEN), f"{LAST}记的状态是 已完成，现在是 处理中"),
    (own(nodes=["退款"]), f'{LAST}记的节点是 []，现在是 ["退款"]'),
    (own(creator_id=None, kind="换货"), f"{LAST}记的售后类型是 退货，现在是 换货"),
    (own(note="不急"), f"{LAST}之后，客户、原因或备注被改动过"),
    (own(customer="C2"), f"{LAST}之后，客户、原因或备注被改动过"),
    (own(snapshot={"no": "536365", "paid": "1.00"}), f"{LAST}之后，下单时的订单内容被改动过"),
    (rows(CaseLine, accepted=0), f"{LAST}记的明细第 1 行合格件数是 2，现在是 0"),
    (rows(CaseLine, sku="22752"), f"{LAST}记的明细第 1 行商品是 85123A，现在是 22752"),
    (rows(CaseLine, unit_price=Decimal("1.00")), f"{LAST}记的明细第 1 行单价是 164.500000，现在是 1.000000"),
    (rows(Inspection, result="次品"), f"{LAST}记的质检报告 {NO}-Q1 结果是 合格，现在是 次品"),
    (rows(Inspection, inspector_id=1), f"{LAST}记的质检报告 {NO}-Q1 质检人是 5，现在是 1"),
    (rows(StockMove, quantity=1), f"{LAST}记的库存流水 {NO}:v3:1 件数是 2，现在是 1"),
    (rows(StockMove, zone="报废"), f"{LAST}记的库存流水 {NO}:v3:1 库区是 待售区，现在是 报废"),
    (came(waybill="SF9"), f"{LAST}记的包裹 SF1 运单是 SF1，现在是 SF9"),
    (came(received_at=None), f"{LAST}记的包裹 SF1 签收时间是"),
    (came(refused=True), f"{LAST}记的包裹 SF1 拒收是 false，现在是 true"),
    (lambda case: Parcel.filter(case_id=case.id, waybill="SF1").delete(), f"{LAST}记的包裹"),
    (lambda case: Parcel.filter(case_id=case.id).delete(), f"{LAST}记的包裹有 2 行，现在有 0 行"),
    (tasks(owner_id=5, to=1), f"{LAST}记的待办 质检 负责人是 5，现在是 1"),
    (tasks(owner_id=5, state=TaskState.DEAD), f"{LAST}记的待办有 1 行，现在有 0 行"),
    (tasks(owner_id=5, due_at=NOW + timedelta(days=3)), f"{LAST}记的待办 质检 时限是 2026-11-22T06:03:04"),
    (tasks(owner_id=5, remind_at=NOW), f"{LAST}记的待办 质检 提醒时间是 空，现在是 2026-11-22"),
    (tasks(owner_id=5, snoozed_until=NOW), f"{LAST}记的待办 质检 推迟到是 空，现在是 2026-11-22"),
    (tasks(owner_id=5, after_id=1), f"{LAST}记的待办 质检 排在谁后是 空，现在是 1"),
    (own(resume_at=NOW), f"{LAST}记的恢复时间是 空，现在是 2026-11-22"),
    (own(facts={"双人": True}), f"{LAST}之后，表单和规则说过的话被改动过"),
    (own(undo={"facts": {"金额": "1.00"}}), f"{LAST}之后，表单和规则说过的话被改动过"),
    (tasks(owner_id=5, for_id=1), f"{LAST}记的待办 质检 代谁是 空，现在是 1"),
    (tasks(owner_id=2, to=1), f"{NO} 第 1 步（林晓 提交）记的待办（客服审核，员工 2）不见了，或换了人"),
    (tasks(owner_id=2, for_id=1), f"{NO} 的待办（客服审核，员工 2）不是流水里记的"),
    (lambda case: Task.filter(case_id=case.id, owner_id=2).delete(), f"{NO} 第 1 步（林晓 提交）记的待办（客服审核"),
    (lambda case: Task.filter(case_id=case.id, owner_id=5).delete(), f"{LAST}记的待办有 1 行，现在有 0 行"),
    (
        lambda case: Task.create(case_id=case.id, node="退款", owner_id=1, state="done", opened_at=NOW, due_at=NOW),
        f"{NO} 的待办（退款，员工 1）不是流水里记的",
    ),
    (lambda case: StockMove.filter(case_id=case.id).delete(), f"{LAST}记的库存流水有 1 行，现在有 0 行"),
    (lambda case: Refund.filter(case_id=case.id).delete(), f"{LAST}记的退款有 1 行，现在有 0 行"),
    (lambda case: CaseLine.filter(case_id=case.id).delete(), f"{LAST}记的明细有 1 行，现在有 0 行"),
    (
        lambda case: Refund.create(case_id=case.id, no=f"{NO}-T2", amount=Decimal("1.00")),
        f"{LAST}记的退款有 1 行，现在有 2 行",
    ),
]  # fmt: skip


async def test_a_changed_row_is_named_with_its_case_its_step_and_both_values(kept: list[Case]) -> None:
    for change, sentence in TOUCHED:
        [said] = await tampered(change(kept[1]))
        assert said.startswith(sentence), sentence


# -- chains written anew -----------------------------------------------------------------------------------------------


async def test_a_renamed_approver_is_named_though_every_hash_was_recomputed(kept: list[Case]) -> None:
    [said] = await tampered(rewritten(kept[1], 2, actor="陈卓", actor_id=9))
    assert said == f"{NO} 第 2 步（陈卓 同意）被改动过，后面的哈希是重算的"


async def test_an_amount_that_was_changed_in_its_row_and_in_the_chain_is_named(kept: list[Case]) -> None:
    event = await Event.get(case_id=kept[1].id, seq=4)
    event.stand[snapshot.REFUNDS][0][1] = "3.29"
    change = Refund.filter(case_id=kept[1].id).update(amount=Decimal("3.29"))
    [said] = await tampered(change, rewritten(kept[1], 4, stand=event.stand))
    assert said == f"{NO} 第 4 步（钱芳 确认退款）被改动过，后面的哈希是重算的"


@pytest.mark.parametrize("keep", [0, 1, 3])
async def test_a_tail_that_was_taken_away_is_named_where_it_began(kept: list[Case], keep: int) -> None:
    said = await tampered(cut(kept[1], keep))
    assert f"{NO} 第 {keep + 1} 步起的流水不见了" in said[0]


async def test_a_seal_that_was_wiped_off_is_named(kept: list[Case]) -> None:
    everything = Event.filter(case_id=kept[1].id).update(seal="")
    [said] = await tampered(Case.filter(id=kept[1].id).update(seal=""), everything)
    assert said == f"{NO} 第 1 步（林晓 提交）的封印不见了"


async def test_a_case_that_was_made_to_look_older_than_the_audit_is_named(kept: list[Case]) -> None:
    [said] = await tampered(made_old(kept[1]))
    assert said == f"{NO} 没有封印：它比审计起点更早，或封印被抹掉了"


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_removed_case_is_named_by_its_number(kept: list[Case], place: int) -> None:
    assert await tampered(removed(kept[place])) == [f"R20261122-000{place + 1} 不见了"]


async def test_the_last_case_is_missed_though_the_counter_was_turned_back(kept: list[Case]) -> None:
    back = Counter.filter(name="case:20261122").update(value=2)
    said = await tampered(removed(kept[2]), back)
    assert said == ["20261122 的单号计数被改动过，那天的售后单可能被删过"]


async def test_a_whole_day_that_was_taken_away_is_missed(kept: list[Case]) -> None:
    gone = [removed(case) for case in kept]
    said = await tampered(*gone, Counter.filter(name="case:20261122").delete())
    assert said == ["有售后单的日子应有 1 天，只剩 0 天"]


async def test_after_an_anchor_even_the_key_does_not_help(kept: list[Case]) -> None:
    """Whoever has the key may seal another history; the anchor that was posted has seen the first."""
    await anchors.cast(NOW, ZONE)

    async def forged() -> None:
        await cut(kept[1], 3)
        case = await Case.get(id=kept[1].id)
        event = await Event.get(case_id=case.id, seq=3)
        await settle_whole(case, event)
        await event.save()
        await case.save()

    [said] = await tampered(forged())
    assert said == f"{NO} 第 4 步不见了：和审计锚 2026-11-22 对不上"
