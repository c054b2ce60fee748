"""Every column of every table: what is said when somebody changes it by hand, or why nothing can be."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest
from tortoise import connections, fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

import models
from flow.records import anchors, register
from flow.records.access_log import looked
from flow.records.events import claim, write_down
from flow.records.resealing import reseal
from models import (
    AuditAnchor,
    AuditEntry,
    Case,
    CaseLine,
    CustomerEntry,
    Definition,
    Event,
    Inspection,
    Leave,
    Member,
    MemberRole,
    Parcel,
    Refund,
    StockMove,
    Task,
    seals,
)
from models.database.connection import database, migrate
from models.fields import MomentField
from models.seals import KeyRing
from tests.support.sealed_cases import BOSS, NOW, ZONE, tampered, told, written
from tests.support.stage import sqlite_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

OWN = "its own number, which nothing else goes by"
STATS = "counted in reports alone, and can be reckoned from the steps"
SHORT = "helps to name the step where the end does not hold; that is sealed by itself"
#: why a column may be changed unseen: nothing that is paid, sent or waited for goes by it
LEFT: dict[type[Any], dict[str, str]] = {
    Case: {
        "answered_at": STATS, "reworked_at": STATS, "version": "decides which of two at one instant is late",
        "source": "names an imported row", "batch_id": "names an import, which is undone only for untouched cases",
    },
    CaseLine: {"title": "what the product is called; its number stands in the chain"},
    Refund: {"error": "words of the shop that finance reads"},
    Inspection: {}, StockMove: {}, Parcel: {},
    Task: {
        "why": "a sentence for the owner", "opened_at": STATS, "closed_at": STATS,
        "action": "what the chain says better",
        "seen_at": "ends the time for 撤回, which takes back what the chain has",
        "snoozed_for": "brings a task back sooner",
    },
    Event: {"seal": SHORT}, Definition: {}, Leave: {}, Member: {"batch_id": "names an import"}, MemberRole: {},
    CustomerEntry: {}, AuditEntry: {"seal": SHORT},
    AuditAnchor: {"last_event": "where the next anchor begins, which covers what came since anyway"},
}  # fmt: skip
#: tables of which nothing is sealed, and why
ELSEWHERE = {
    "product": "as the shop's files have it; a case keeps what it was opened by",
    "shop_order": "as the shop's files have it; a case keeps the order as it was bought in the chain",
    "order_line": "as the shop's files have it; units, price and shares of each case stand in the chain",
    "import_batch": "what an import has done; its effects are rows of other tables",
    "proposal": "what was proposed; what is published is entered",
    "photo": "names its file by what is in it",
    "hook_call": "what another system has sent; what it did stands in the chains of the cases",
    "rule_turn": "how far a rule has got; what it did stands in the chains of the cases",
    "print_file": "named by what is in it; the name stands in the definition that is entered",
    "customer_notice": "what a customer was told; nothing goes by it",
    "refusal": "who tried what they may not; nothing goes by it",
    "dialog": "an unfinished talk", "inbox": "on its way in", "outbox": "on its way out; a refund is read from its row",
    "sent_card": "what stands on phones; what a tap may do is decided by task and role",
    "replica": "which processes live", "call_meter": "calls that were counted", "chat_group": "where to speak",
    "link_key": "opens pages for customers to look at", "case_link": "revoking has a step of its own in the chain",
    "counter": "those of numbers are sealed; the others are turns, sums of a day and revisions",
}  # fmt: skip


@pytest.fixture
async def kept(database_url: str) -> AsyncIterator[Case]:
    async with everything(database_url) as case:
        yield case


@asynccontextmanager
async def everything(url: str) -> AsyncIterator[Case]:
    """A case of everything, and one row of all that stands beside it."""
    await migrate(url)
    async with database(url):
        await anchors.begin(NOW)
        case = await written()
        member = await Member.get(id=1)
        await Member.filter(id=1).update(wecom="limin", dingtalk="limin", manager_id=2, team="一组")
        await MemberRole.create(member_id=1, role="主管")
        rule = await Definition.create(kind="policy", name="标准", version=1, text="金额", digest="d", published_at=NOW)
        leave = await Leave.create(member_id=1, delegate_id=2, starts_at=NOW, ends_at=NOW + timedelta(1), by_id=1)
        entry = await CustomerEntry.create(customer="C1", verdict="允许", why="老客户", by_id=1, at=NOW)
        await register.enter(register.MEMBERS, [member.id, 2, 5], NOW)
        await register.enter(register.DEFINITIONS, [rule.id], NOW)
        await register.enter(register.LEAVES, [leave.id], NOW)
        await register.enter(register.LIST, [entry.id], NOW)
        await Task.filter(case_id=case.id, state="open").update(snoozed_until=NOW + timedelta(hours=3), remind_at=NOW)
        await claim(case)
        await write_down(case, BOSS, {"action": "稍后"}, NOW)
        await looked(BOSS, [case.no], NOW)
        await anchors.cast(NOW, ZONE)
        yield case


def other(field: Any, value: Any) -> Any:
    """Another value that the column can hold."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, Enum):
        return next(each for each in type(value) if each is not value)
    if isinstance(field, MomentField) or isinstance(value, datetime):
        return (value or NOW) + timedelta(hours=5)
    if isinstance(value, Decimal):
        return value + 1
    if isinstance(field, fields.JSONField):
        return ["别的"] if isinstance(value, list) else {"别的": 1}
    if isinstance(field, fields.IntField | fields.BigIntField):
        return (value or 0) + 1
    choices = getattr(field, "enum_type", None)
    return next(iter(choices)) if choices else "别的"


def columns(model: type[Any]) -> list[str]:
    """Those that a row can have another value in; what a row hangs on is taken in its own test."""
    known = model._meta
    links = {"id", "case_id", "member_id"} if model in (MemberRole, *HUNG) else {"id"}
    return [known.fields_db_projection_reverse.get(name, name) for name in known.db_fields if name not in links]


HUNG = (CaseLine, Refund, Inspection, StockMove, Parcel, Task, Event)


async def test_whatever_column_is_changed_by_hand_is_named_or_known_to_matter_to_nothing(tmp_path: Path) -> None:
    async with everything(sqlite_url(tmp_path)) as case:
        assert await told() == []
        silent, loud, wrong = await every_column(case)
    assert (silent, wrong) == ([], [])
    assert len(loud) > 100


async def every_column(kept: Case) -> tuple[list[str], list[str], list[str]]:
    """Columns of which nothing is said, those that are named, and those that are named though they are left out."""
    silent: list[str] = []
    loud: list[str] = []
    wrong: list[str] = []
    for model, left in LEFT.items():
        row = await model.all().order_by("-id").first()
        if model is Task:
            row = await Task.get(case_id=kept.id, state="open")
        for name in columns(model):
            value = getattr(row, name)
            try:
                said = await tampered(
                    model.filter(id=row.id).update(**{name: other(model._meta.fields_map[name], value)})
                )
            except IntegrityError:  # the engine itself keeps it
                continue
            (silent if not said and name not in left else loud).append(f"{model.__name__}.{name} {said}")
            wrong += [f"{model.__name__}.{name} is named after all: {said}"] if said and name in left else []
    return silent, loud, wrong


def test_no_table_is_forgotten() -> None:
    """A new table is covered, or it is said here why not."""
    tables = {
        each._meta.db_table for each in vars(models).values() if isinstance(each, type) and issubclass(each, Model)
    }
    covered = {model._meta.db_table for model in LEFT}
    assert tables - covered == set(ELSEWHERE)


#: by hand, and what ``audit verify`` says
BESIDE: list[tuple[Any, str]] = [
    (lambda: Definition.filter(name="标准").update(text="金额: 无限"), "规则 policy 标准 第 1 版 被改动过"),
    (lambda: Definition.filter(name="标准").update(active=True), "规则 policy 标准 第 1 版 被改动过"),
    (lambda: Definition.filter(name="标准").delete(), "规则 policy 标准 第 1 版 不见了"),
    (lambda: Definition.create(kind="policy", name="标准", version=2, text="", digest="", published_at=NOW),
     "规则 policy 标准 第 2 版 不是程序写下的"),
    (lambda: MemberRole.create(member_id=2, role="财务"), "员工 员工2 被改动过"),
    (lambda: MemberRole.filter(member_id=1).delete(), "员工 员工1 被改动过"),
    (lambda: Member.create(id=99, name="某人"), "员工 某人 不是程序写下的"),
    (lambda: Leave.filter(id=1).delete(), "请假第 1 条 不见了"),
    (lambda: CustomerEntry.filter(id=1).update(verdict="禁止"), "客户名单第 1 条 被改动过"),
    (lambda: Parcel.create(waybill="SF77", announced_at=NOW), "包裹 SF77 不属于任何售后单"),
    (lambda: Parcel.filter(waybill="SF1").update(case_id=None), "包裹 SF1 不属于任何售后单"),
    (lambda: StockMove.create(key="x", sku="85123A", zone="待售区", quantity=9, at=NOW), "库存流水 x 不属于任何售后单"),
    (lambda: AuditEntry.filter(kind="登记").delete(), "访问记录第 "),
]  # fmt: skip


async def test_rows_beside_the_cases_that_were_touched_put_in_or_taken_out_are_named(kept: Case) -> None:
    for change, sentence in BESIDE:
        assert any(one.startswith(sentence) for one in await tampered(change())), sentence


async def test_with_a_new_key_rows_are_entered_again_and_the_old_one_may_go(kept: Case) -> None:
    old, held = seals.ring().current, seals._HELD
    held.ring = KeyRing(b"new" * 12, (old,))
    assert await told() == []
    assert (await reseal(NOW))[1] == 0
    held.ring = KeyRing(b"new" * 12)
    assert await register.broken() == []
    await Definition.all().update(text="")
    assert await register.broken() == ["规则 policy 标准 第 1 版 被改动过：和登记的不一样"]
    held.ring = KeyRing(b"strange" * 6)
    assert (await register.broken())[0].startswith("登记用的是没有给出的密钥")


async def test_the_start_is_found_without_reading_what_was_entered_since(tmp_path: Path) -> None:
    """Every few minutes it is asked for: what it costs must not grow with the years."""
    async with everything(sqlite_url(tmp_path)):
        last = await AuditEntry.all().order_by("-seq").first()
        assert last
        said: dict[str, Any] = {"at": NOW, "actor": "系统", "kind": "登记", "before": "", "hash": "", "seal": ""}
        await AuditEntry.bulk_create(AuditEntry(seq=last.seq + n, **said) for n in range(1, 401))
        heard: list[str] = []
        connection: Any = connections.get("default")
        await connection._connection.set_trace_callback(heard.append)
        assert await register.begun()
        await connection._connection.set_trace_callback(None)
        assert [len(await connection.execute_query_dict(sql)) <= 4 for sql in heard] == [True]
        await AuditEntry.filter(kind="登记").update(data={})
        assert not await register.begun()
