"""A customer's personal data goes on request; what was done and paid stays, and the chain goes on verifying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tortoise.models import Model

import models
from bot.jobs.retention import Pruner
from bot.store.photos import outside
from config.settings import KeepSettings
from flow.cases import erasure
from flow.cases.photos import keep_photo
from flow.records import audit
from flow.records.events import note
from flow.records.verification import ERASED
from models import (
    AuditEntry,
    Case,
    CustomerNotice,
    Dialog,
    Event,
    Inbox,
    Member,
    Order,
    Outbox,
    Photo,
    Refund,
    Refusal,
    SentCard,
)
from models.database.connection import database, migrate
from models.views.case import Person
from tests.support.sealed_cases import NOW, made_old, told, written
from tests.support.stage import sell, text_of
from tests.support.stories import LAMP, says, submitted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.support.stage import Stage

PNG = b"\x89PNG\r\n\x1a\nx"
NAME, MOBILE, EMAIL, ADDRESS = "欧阳小美", "13800138000", "mei@example.com", "西湖区文三路 1 号"
WORDS = f"{NAME} 说电话 {MOBILE} 打不通"
TABLES = [each for each in vars(models).values() if isinstance(each, type) and issubclass(each, Model)]
#: the same customer as people type and gateways tell of them, beside the cases
SPELLINGS = [
    "查 138-0013-8000", "查 138 0013 8000", "查 １３８００１３８０００", "查 +86 13800138000",
    f"给{NAME[:2]} {NAME[2:]}打电话", "寄到西湖区文三路1号", "邮箱 MEI@Example.com",
]  # fmt: skip


async def customer() -> Case:
    """A finished case of a customer with everything that may be on record of one."""
    order = await Order.create(
        no="536365", customer="C1", customer_name=NAME, mobile=MOBILE, email=EMAIL, address=ADDRESS, ordered_at=NOW
    )
    case = await written()
    facts: dict[str, Any] = {"金额": "329.00", "收件": {"姓名": NAME, "手机": MOBILE, "地址": ADDRESS}, "已退款": True}
    await Case.filter(id=case.id).update(
        order_id=order.id, note=WORDS, reason=WORDS[:64], facts=facts,
        snapshot={"no": "536365", "name": NAME, "mobile": MOBILE, "email": EMAIL, "lines": []},
    )  # fmt: skip
    case = await Case.get(id=case.id)
    await note(case, None, {"action": "评论", "data": {"说": WORDS, "金额": "329.00"}}, NOW)
    await Photo.create(case_id=case.id, at=NOW, digest="0" * 64, size=3, data=b"jpg")
    await CustomerNotice.create(key="k", case_id=case.id, moment="已完成", text=f"{NAME}您好", at=NOW)
    said: dict[str, Any] = {"text": f"查 {MOBILE}"}
    await Inbox.create(event_id="e1", kind="text", payload=said, state="done", received_at=NOW, run_at=NOW)
    await Inbox.create(event_id="e2", kind="text", payload={"text": "待办"}, state="done", received_at=NOW, run_at=NOW)
    await Outbox.create(
        key="o1", kind="reply", payload={"face": WORDS}, state="done", case_id=case.id, run_at=NOW, created_at=NOW
    )
    return await Case.get(id=case.id)


@pytest.fixture
async def kept(database_url: str) -> AsyncIterator[Case]:
    await migrate(database_url)
    async with database(database_url):
        yield await customer()


async def everything() -> str:
    """All that the tables hold, as text."""
    return str([await table.all().values() for table in TABLES])


@pytest.mark.parametrize("word", [MOBILE, "138 0013 8000", "536365", "C1", "R20261122-0001"])
async def test_whoever_is_named_in_any_way_is_gone_and_the_chain_verifies(kept: Case, word: str) -> None:
    assert await told() == []
    found = await erasure.whose(word)
    said = found.told()
    assert "1 个订单、1 张售后单（R20261122-0001）" in said
    assert "1 张照片，1 条客户通知" in said
    assert "1 条收件、1 条发件" in said
    await erasure.erase(found, None, NOW)
    text = await everything()
    for private in (NAME, MOBILE, EMAIL, ADDRESS, "打不通", "6222 0001", "请快一点"):
        assert private not in text, private
    assert await Photo.all().count() == 0
    assert await told() == []


@pytest.mark.parametrize(
    ("source", "left"),
    [
        pytest.param("店/536365/C1/2026-11-22/85123A/1", "店/536365//2026-11-22/85123A/1", id="of whoever bought"),
        pytest.param(f"店/536365/{MOBILE}/11-22/85123A/1", "店/536365//11-22/85123A/1", id="of a phone"),
        pytest.param("店//C1/2026-11-22/85123A/1", None, id="of whoever bought, without an order"),
        pytest.param("店/TH-0042/85123A/1", "店/TH-0042/85123A/1", id="of the shop's own number for the return"),
    ],
)
async def test_the_name_of_an_imported_row_says_no_longer_whose_it_is(
    kept: Case, source: str, left: str | None
) -> None:
    await Case.filter(id=kept.id).update(source=source, order_no="536365")
    await erasure.erase(await erasure.whose(MOBILE), None, NOW)
    assert (await Case.get(id=kept.id)).source == left


@pytest.mark.parametrize("words", SPELLINGS)
async def test_however_it_is_written_and_wherever_it_stands_it_goes(kept: Case, words: str) -> None:
    """In a message, a draft, a question on a phone, what a gateway or a shop answered, a refusal."""
    member = await Member.create(id=99, name="林晓")
    once: dict[str, Any] = {"run_at": NOW, "error": words}
    await Inbox.create(event_id="e9", kind="text", payload={"text": words}, state="done", received_at=NOW, **once)
    await Outbox.create(
        key="o9", kind="reply", payload={"face": {"body": words}}, state="failed", created_at=NOW, **once
    )
    await Dialog.create(member=member, kind="draft", data={"备注": words}, expires_at=NOW)
    card: dict[str, Any] = {"platform": "wecom", "userid": "linxiao", "name": "question", "sent_at": NOW}
    await SentCard.create(token="t9", member=member, face={"fields": [["备注", words]]}, **card)
    await Refusal.create(at=NOW, member_id=member.id, action="查", words=words)
    await CustomerNotice.filter(case_id=kept.id).update(error=words)
    await Refund.filter(case_id=kept.id).update(error=words)
    await erasure.erase(await erasure.whose(MOBILE), None, NOW)
    assert words not in await everything()
    assert await told() == []


async def test_what_only_reads_alike_stays(kept: Case) -> None:
    """The same trouble of somebody else: their draft is not taken away."""
    member = await Member.create(id=99, name="林晓")
    await Case.filter(id=kept.id).update(note="外壳破裂")
    await Order.filter(no="536365").update(address="--")
    await Dialog.create(member=member, kind="draft", data={"备注": "外壳破裂"}, expires_at=NOW)
    await erasure.erase(await erasure.whose(MOBILE), None, NOW)
    assert await Dialog.all().count() == 1


async def test_a_waybill_and_a_shop_s_number_stay_in_the_record(kept: Case) -> None:
    await note(kept, None, {"action": "登记运单", "data": {"运单": "SF1"}}, NOW)
    await erasure.erase(await erasure.whose(MOBILE), None, NOW)
    assert (await Event.get(action="登记运单")).data == {"运单": "SF1"}


async def test_what_was_done_and_paid_stays(kept: Case) -> None:
    before = await Event.all().order_by("seq").values("seq", "actor", "action", "hash")
    await erasure.erase(await erasure.whose(MOBILE), None, NOW)
    case = await Case.get(id=kept.id)
    assert (case.amount, case.state, case.facts["金额"]) == (kept.amount, kept.state, "329.00")
    events = await Event.all().order_by("seq")
    assert [{"seq": e.seq, "actor": e.actor, "action": e.action, "hash": e.hash} for e in events][:-1] == before
    assert events[-1].action == ERASED
    comment = next(event for event in events if event.action == "评论")
    assert comment.data == {"说": erasure.BLANK, "金额": "329.00"}
    [entry] = await AuditEntry.filter(kind="清除")
    assert entry.data["售后单"] == [case.no]


async def test_erased_data_does_not_excuse_a_change(kept: Case) -> None:
    await erasure.erase(await erasure.whose(MOBILE), None, NOW)
    comment = await Event.get(action="评论")
    comment.data = {**comment.data, "金额": "3.29"}
    await comment.save()
    assert await told() == ["R20261122-0001 第 5 步（系统 评论）被改动过"]


async def test_nobody_erases_behind_the_record_s_back(kept: Case) -> None:
    event = await Event.get(action="提交")
    said = audit.commitments(event.salt, event.data)
    event.erased, event.data, event.salt = {audit.SALTS: {}, audit.GONE: said}, {}, ""
    await event.save()
    assert await told() == ["R20261122-0001 第 1 步（林晓 提交）的内容不见了，没有清除的记录"]


async def test_records_that_are_older_than_commitments_can_be_erased_too(kept: Case) -> None:
    from flow.records import anchors

    await made_old(kept)
    await anchors.begin(NOW)
    await erasure.erase(await erasure.whose(MOBILE), None, NOW)
    assert await told() == []
    assert "打不通" not in await everything()
    await Event.filter(action="评论").update(actor="别人")
    assert await told() == ["R20261122-0001 第 5 步（别人 评论）被改动过"]


async def test_it_can_be_done_twice(kept: Case) -> None:
    await erasure.erase(await erasure.whose("536365"), None, NOW)
    await erasure.erase(await erasure.whose("536365"), None, NOW)
    assert await told() == []


async def test_an_administrator_erases_in_the_chat_after_a_second_word(desk: Stage) -> None:
    no = await submitted(desk)
    boss = "陈卓"
    assert "还没办完" in await says(desk, boss, "清除 536365")
    await says(desk, "王建国", f"驳回 {no} 不符合政策")
    asked = await says(desk, boss, "清除 536365")
    assert "清除以后找不回来" in asked
    reply = asked.rpartition("请回复：")[2].strip()
    assert "确认码不对" in await says(desk, boss, "清除 536365 确认 00000")
    assert (await Order.get(no="536365")).mobile
    assert "已清除" in await says(desk, boss, reply)
    assert "外壳破裂" not in await everything()
    assert (await Order.get(no="536365")).mobile == ""
    assert "陈卓 清除 R20261123-0001" in await says(desk, boss, "审计")
    assert "你的角色不能用“清除”" in await says(desk, "林晓", "清除 536365")


async def test_files_of_photos_go_too_but_for_a_picture_that_another_has(
    desk: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await sell("536366", LAMP)
    first, second = await submitted(desk), await submitted(desk, "退货 536366 71053×1 质量问题")
    await Order.filter(no="536366").update(customer="另一位", mobile="13900139000")
    store = outside(desk.bot.settings)
    for no, data in ((first, PNG), (first, PNG + b"1"), (second, PNG)):
        await keep_photo((await Case.get(no=no)).id, "照片", data, Person(1, "林晓"), desk.clock.now())
    await Pruner(KeepSettings(), store, desk.clock.now, 0).move_photos()
    shared, own, _ = [photo.place for photo in await Photo.all().order_by("id")]
    await says(desk, "王建国", f"驳回 {first} 不符合政策")
    asked = await says(desk, "陈卓", f"清除 {first}")
    assert "2 张照片" in asked
    await says(desk, "陈卓", asked.rpartition("请回复：")[2].strip())
    await desk.bot.settled()
    assert (await store.has(own), await store.has(shared)) == (False, True)
    assert [photo.place for photo in await Photo.all()] == [shared]


async def test_who_looked_is_on_record_and_the_anchor_is_posted_on_both_platforms(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"查 {no}")
    told_now = await says(desk, "陈卓", f"审计 {no}")
    assert f"王建国 查看 {no}" in told_now
    assert "还没有审计锚" in told_now
    await desk.bot.ticks.anchor()
    await desk.bot.settled()
    [anchor] = [line for line in (await says(desk, "陈卓", "审计")).splitlines() if line.startswith("审计锚")]
    posted = [item for item in desk.sandbox.world.items.values() if item.place.group and anchor in text_of(item)]
    assert {item.place.platform for item in posted} == {"wecom", "dingtalk"}
