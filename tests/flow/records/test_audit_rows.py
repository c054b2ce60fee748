"""What a database administrator may change, and what the audit says of it: rows, steps, whole cases, the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise.transactions import in_transaction

from flow.records import access_log, anchors, audit, register, resealing, snapshot
from flow.records.events import chain, note, settle, settle_whole
from flow.records.sequences import next_case_no
from flow.records.verification import Record, broken_cases, faults, record_of
from models import (
    AuditAnchor,
    AuditEntry,
    Case,
    CaseLine,
    CaseState,
    Counter,
    Event,
    Inspection,
    Member,
    Parcel,
    Refund,
    RefundState,
    StockMove,
    Task,
    TaskState,
    seals,
)
from models.database.connection import database, migrate
from models.seals import KeyRing
from models.views.case import Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

NOW = datetime(2026, 11, 22, 6, 3, 4, 567890, tzinfo=UTC)
ZONE = UTC
BOSS = Person(1, "李敏")
STEPS: list[dict[str, Any]] = [
    {"actor_id": 7, "actor": "林晓", "action": "提交", "node": "", "data": {"金额": "329.00", "说": "急"}},
    {"actor_id": 2, "actor": "王建国", "action": "同意", "node": "客服审核", "data": {}},
    {"actor_id": 5, "actor": "许静", "action": "合格入库", "node": "质检", "data": {}},
    {"actor_id": 1, "actor": "钱芳", "action": "确认退款", "node": "退款", "data": {}},
]
NO = "R20261122-0002"


async def written(*, case_no: str | None = None) -> Case:
    """A case with a row of everything, as the bot would have left it."""
    case = await Case.create(
        no=case_no or await next_case_no(NOW.date()), kind="退货", reason="破损", note="请快一点", customer="C1",
        amount=Decimal("329.00"), state=CaseState.DONE, opened_at=NOW, snapshot={"no": "536365", "paid": "329.00"},
    )  # fmt: skip
    await CaseLine.create(
        case_id=case.id, sku="85123A", unit_price=Decimal("164.50"), paid=Decimal("329.00"), requested=2, received=2,
        accepted=2,
    )  # fmt: skip
    await Refund.create(
        case_id=case.id, no=f"{case.no}-T1", amount=Decimal("329.00"), state=RefundState.PAID, account="6222 0001",
        confirmed_by=1, confirmed_at=NOW, paid_at=NOW, reference="wx-1",
    )  # fmt: skip
    await Inspection.create(case_id=case.id, no=f"{case.no}-Q1", result="合格", inspector_id=5, at=NOW)
    await StockMove.create(case_id=case.id, key=f"{case.no}:v3:1", sku="85123A", zone="待售区", quantity=2, at=NOW)
    for number in (1, 2, 5):
        if (await Member.get_or_create(id=number, defaults={"name": f"员工{number}"}))[1]:
            await register.enter(register.MEMBERS, [number], NOW)
    await Parcel.create(case_id=case.id, waybill="SF1", announced_at=NOW, received_at=NOW)
    await Parcel.create(case_id=case.id, waybill="SF2", announced_at=NOW, outbound=True)
    for node, owner, state in (("客服审核", 2, TaskState.DONE), ("质检", 5, TaskState.OPEN)):
        await Task.create(case_id=case.id, node=node, owner_id=owner, state=state, opened_at=NOW, due_at=NOW)
    was = [["客服审核", 1, 2, None, 0, False, str(TaskState.OPEN)]]
    events = chain(case, [dict(STEPS[0])], NOW)
    settle(case, events[0], {snapshot.TASKS: was})
    events += chain(case, [dict(said) for said in STEPS[1:]], NOW)
    await settle_whole(case, events[-1])
    await Event.bulk_create(events)
    await case.save()
    return case


@pytest.fixture
async def kept(database_url: str) -> AsyncIterator[list[Case]]:
    """Three cases of a day on a real engine, and the audit begun."""
    await migrate(database_url)
    async with database(database_url):
        await anchors.begin(NOW)
        yield [await written() for _ in range(3)]


async def told() -> list[str]:
    """All that ``audit verify`` says."""
    found = [sentence async for sentence in broken_cases()]
    found += await anchors.removed_cases() + await anchors.broken_against_anchors() + await access_log.broken_log()
    return found + await register.broken()


class Back(Exception):
    """Undoes what was tried."""


async def tampered(*does: Awaitable[Any]) -> list[str]:
    """What is said after a change, which is taken back."""
    said: list[str] = []
    try:
        async with in_transaction():
            for do in does:
                await do
            said = await told()
            raise Back
    except Back:
        return said


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


async def rewritten(case: Case, place: int, **change: Any) -> None:
    """Change an event and recompute every hash behind it, as anybody can who has the database."""
    events = await Event.filter(case_id=case.id).order_by("seq")
    for name, value in change.items():
        setattr(events[place - 1], name, value)
    before = audit.GENESIS
    for event in events:
        event.before = before
        event.hash = before = audit.link_of(case.no, before, event)
        await event.save()
    await Case.filter(id=case.id).update(chain=before)


async def cut(case: Case, keep: int) -> None:
    """Take the last steps away and let the case end where they began."""
    await Event.filter(case_id=case.id, seq__gt=keep).delete()
    last = await Event.filter(case_id=case.id).order_by("-seq").first()
    await Case.filter(id=case.id).update(seq=keep, chain=last.hash if last else "")


async def removed(case: Case) -> None:
    for table in (CaseLine, Refund, Inspection, StockMove, Parcel, Task, Event):
        await table.filter(case_id=case.id).delete()
    await Case.filter(id=case.id).delete()


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


async def made_old(case: Case) -> None:
    """Give a case the look of one that is older than the audit."""
    await Event.filter(case_id=case.id).update(seal="", salt="", stand=None)
    await Case.filter(id=case.id).update(seal="", base=None)
    await rewritten(case, 1)


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


# -- the log and the anchors -------------------------------------------------------------------------------------------


@pytest.fixture
async def logged(kept: list[Case]) -> list[Case]:
    for case in kept:
        await access_log.looked(BOSS, [case.no], NOW)
    return kept


def entry(seq: int, **change: Any) -> Callable[[], Any]:
    return lambda: AuditEntry.filter(seq=seq).update(**change) if change else AuditEntry.filter(seq=seq).delete()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (entry(7, actor="别人"), "访问记录第 7 条（别人 查看）被改动过"),
        (entry(6), "访问记录第 6 条不见了"),
        (entry(8), "访问记录第 9 条起不见了"),
        (entry(7, at=NOW + timedelta(seconds=1)), "访问记录第 7 条（李敏 查看）被改动过"),
        (entry(7, data={"售后单": ["R20261122-0009"]}), "访问记录第 7 条（李敏 查看）被改动过"),
    ],
)
async def test_the_access_log_is_a_chain_too(logged: list[Case], change: Any, sentence: str) -> None:
    assert await told() == []
    said = await tampered(change())
    assert sentence.replace("第 9 条起", "第 8 条起") in said or sentence in said


async def test_a_log_whose_end_was_cut_with_its_counter_is_missed(logged: list[Case]) -> None:
    said = await tampered(entry(8)(), Counter.filter(name=access_log.LOG).update(value=7))
    assert said == ["访问记录第 8 条起不见了"]


async def test_an_answer_is_one_entry_and_a_list_is_cut(kept: list[Case]) -> None:
    await access_log.looked(BOSS, [f"R20261122-{n:04d}" for n in range(60)], NOW)
    await access_log.looked(BOSS, [], NOW)
    [found] = await access_log.newest(5, "李敏")
    assert (len(found.data["售后单"]), found.data["另有"]) == (50, 10)
    assert [e.seq for e in await access_log.newest(5, "R20261122-0003")] == [found.seq]
    assert await access_log.newest(5, "R20261122-0059") == []


async def test_the_anchor_of_a_day_is_cast_once_and_holds_what_moved(kept: list[Case]) -> None:
    first = await anchors.cast(NOW, ZONE)
    assert first is not None
    assert first.body["heads"] == 3
    assert await anchors.cast(NOW + timedelta(hours=1), ZONE) is None
    await note(await Case.get(id=kept[0].id), BOSS, {"action": "评论", "data": {"说": "好"}}, NOW)
    second = await anchors.cast(NOW + timedelta(days=1), ZONE)
    assert second is not None
    assert (second.before, second.no) == (first.hash, 2)
    said = await tampered(AuditAnchor.filter(no=1).delete())
    assert said == ["第 1 个审计锚不见了"]
    said = await tampered(AuditAnchor.filter(no=2).update(heads=[]))
    assert said == ["第 2 个审计锚（2026-11-23）的内容被改动过"]


@given(st.lists(st.tuples(st.text(max_size=4), st.integers(0, 9), st.text(max_size=4)), min_size=1, max_size=40))
def test_every_head_has_a_way_to_the_root_and_no_other_head_has_it(heads: list[Any]) -> None:
    top = anchors.root(heads)
    for place, head in enumerate(heads):
        way = anchors.path(heads, place)
        assert anchors.climbed(head, way) == top
        assert anchors.climbed((*head[:2], f"{head[2]}x"), way) != top


# -- keys --------------------------------------------------------------------------------------------------------------


async def test_an_old_key_holds_beside_a_new_one_and_can_then_be_laid_aside(kept: list[Case]) -> None:
    old = seals.ring().current
    await anchors.cast(NOW, ZONE)
    held = seals._HELD
    held.ring = KeyRing(b"new" * 12, (old,))
    assert await told() == []
    later = await written()
    assert await told() == []
    assert (await resealing.reseal(NOW))[1] == 0
    held.ring = KeyRing(b"new" * 12)
    assert await told() == []
    await Case.filter(id=later.id).update(amount=1)
    assert len(await told()) == 1
    held.ring = KeyRing(b"strange" * 6)
    assert (await told())[0].startswith("R20261122-0001 的封印用的是没有给出的密钥")


# -- an older database -------------------------------------------------------------------------------------------------


async def old_case(no: str) -> Case:
    """As it was written before there were seals."""
    case = await written(case_no=no)
    await made_old(case)
    return case


async def test_an_older_database_goes_on_verifying_and_is_taken_down_as_it_stands(database_url: str) -> None:
    await migrate(database_url)
    async with database(database_url):
        await Counter.create(name="case:20261122", value=4)
        first, second, third = [await old_case(f"R20261122-000{n}") for n in (1, 2, 3)]
        broken = await old_case("R20261122-0004")
        await Event.filter(case_id=broken.id, seq=2).update(actor="别人")
        assert await told() == [f"{broken.no} 第 2 步（别人 同意）被改动过"]
        assert await anchors.begin(NOW) == 3
        assert await anchors.begin(NOW) == 0
        assert await told() == [f"{broken.no} 第 2 步（别人 同意）被改动过"]
        await removed(broken)
        assert await told() == [f"{broken.no} 不见了"]
        said = await tampered(Refund.filter(case_id=second.id).update(amount=Decimal("1.00")))
        assert said[0] == f"{second.no} 审计起点记的退款 {second.no}-T1 金额是 329.00，现在是 1.00"
        said = await tampered(rewritten(third, 2, actor="陈卓"))
        assert said[0].startswith(f"{third.no} ")
        await note(await Case.get(id=first.id), BOSS, {"action": "评论", "data": {"说": "好"}}, NOW)
        assert await told() == [f"{broken.no} 不见了"]


# -- any change --------------------------------------------------------------------------------------------------------

LINKS: list[dict[str, Any]] = [dict(said) for said in STEPS]
VALUES = st.none() | st.integers(-9, 9) | st.text(max_size=3) | st.lists(st.integers(0, 3), max_size=2)


def in_memory() -> Record:
    case = Case(id=1, no=NO, kind="退货", opened_at=NOW, amount=Decimal("329.00"))
    hung: dict[str, list[Any]] = {
        snapshot.LINES: [CaseLine(sku="85123A", unit_price=Decimal(1), paid=Decimal(2), requested=2)],
        snapshot.REFUNDS: [Refund(no=f"{NO}-T1", amount=Decimal(2))],
        snapshot.INSPECTIONS: [Inspection(no=f"{NO}-Q1", result="合格", at=NOW)],
        snapshot.STOCK: [StockMove(key="k", sku="85123A", zone="待售区", quantity=2, at=NOW)],
        snapshot.PARCELS: [Parcel(waybill="SF1", announced_at=NOW)],
        snapshot.TASKS: [Task(node="质检", owner_id=5, opened_at=NOW, due_at=NOW)],
    }
    events = chain(case, LINKS, NOW)
    settle(case, events[-1], snapshot.whole(case, hung, events[-1].salt))
    return record_of(case, events, hung)


PLACES = [
    *((part, row, column) for part in snapshot.ROWS for row in (0,) for column in range(len(snapshot.COLUMNS[part]))),
    *((snapshot.CASE, 0, name) for name, _, _ in snapshot.CASE_COLUMNS),
]


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200)
@given(st.sampled_from(PLACES), VALUES)
def test_any_change_of_any_covered_column_of_any_row_is_found_and_named(place: Any, value: Any) -> None:
    record, (part, row, column) = in_memory(), place
    where = record.stands[part] if part == snapshot.CASE else record.stands[part][row]
    changed = repr(where[column]) != repr(value)  # false is another word than 0
    where[column] = value
    sentence = faults(record, seals.ring())
    assert bool(sentence) == changed
    labels = {name: label for name, _, label in snapshot.CASE_COLUMNS}
    label = labels[column] if part == snapshot.CASE else snapshot.COLUMNS[part][column][2]
    assert not changed or (sentence.startswith(f"{NO} 第 4 步") and label in sentence)


def test_the_columns_that_are_not_covered_are_these() -> None:
    """A new column of a covered table is put into the chain, or here, on purpose."""
    left = {
        Case: {"id", "no", "reason", "note", "customer", "region", "snapshot", "facts", "version", "seq", "chain",
               "seal", "base", "answered_at", "reworked_at", "undo", "source", "batch_id"},
        CaseLine: {"id", "case_id", "title"},
        Refund: {"id", "case_id", "account", "error", "reference"},  # see ``final_reference``
        Inspection: {"id", "case_id"},
        StockMove: {"id", "case_id"},
        Parcel: {"id", "case_id"},
        Task: {"id", "case_id", "why", "opened_at", "closed_at", "action", "seen_at", "snoozed_for"},
    }  # fmt: skip
    tables = {Case: snapshot.CASE, CaseLine: snapshot.LINES, Refund: snapshot.REFUNDS, Inspection: snapshot.INSPECTIONS}
    for table, part in {**tables, StockMove: snapshot.STOCK, Parcel: snapshot.PARCELS, Task: snapshot.TASKS}.items():
        covered = {name for name, _, _ in snapshot.COLUMNS[part]}
        assert set(table._meta.db_fields) - covered == left[table], table
