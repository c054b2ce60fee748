"""What did not arrive: who is told of it, in which words, and that a fault of ours is not tried for an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.outbox.failures import ANSWERS, instead, told
from bot.outbox.renderer import ChartRenderer
from bot.outbox.reports import picture
from bot.outbox.worker import FAULTS, OutboxWorker
from bot.runtime.leases import OUTBOX, Replicas
from cards.types import File, Image, Text
from flow.desk import Desk
from flow.records import outbox
from flow.records.outbox import MANAGERS
from models import Member, Outbox
from models.database.connection import database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ALONE: dict[str, Any] = {"platform": "wecom", "chat": None}


@pytest.fixture(autouse=True)
async def db(database_url: str) -> AsyncIterator[None]:
    async with database(database_url):
        await Member.create(id=7, name="林晓", wecom="linxiao")
        yield


def a_row(kind: str, payload: dict[str, Any], member: int | None = 7) -> Outbox:
    return outbox.row(kind, f"{kind}:1", NOW, member_id=member, payload=payload)


async def hear(kind: str, payload: dict[str, Any], reason: str = "文件太大") -> list[tuple[str, str]]:
    """(where, words) of everything that is said about a row that is given up."""
    rows = await told(Desk(ZoneInfo("Asia/Shanghai")), a_row(kind, payload), reason, NOW)
    return [(row.payload.get("group") or row.payload.get("chat") or "alone", _words(row)) for row in rows]


def _words(row: Outbox) -> str:
    return str(row.payload.get("text") or row.payload["face"]["body"])


@pytest.mark.parametrize("kind", sorted(set(ANSWERS) - {"reply", "named"}))
async def test_whoever_asked_is_told_what_did_not_come_and_what_to_do(kind: str) -> None:
    what, advice = ANSWERS[kind]
    assert await hear(kind, ALONE) == [("alone", f"{what}没有发给你：文件太大。{advice}")]


@pytest.mark.parametrize("kind", sorted(ANSWERS))
async def test_whoever_asked_in_a_group_and_cannot_be_reached_alone_is_told_there(kind: str) -> None:
    place, words = (await hear(kind, ALONE | {"asked_in": "cid1"}, "员工不在通讯录里"))[0]
    assert place == "cid1"
    assert words == "林晓，没能私下发给你：员工不在通讯录里。请先打开和我的单聊发一句话，再问一次"


async def test_what_a_group_did_not_hear_is_told_to_the_asker_alone() -> None:
    [(place, words)] = await hear("reply", {"platform": "dingtalk", "chat": "cid1"}, "群已解散")
    assert (place, words) == ("alone", "回答没有发给你：群已解散。请稍后再说一次，还不行请告诉管理员")


@pytest.mark.parametrize("kind", ["card", "text", "digest", "named", "sorry", "proposal", "refund"])
async def test_what_nobody_else_would_miss_is_told_to_the_managers(kind: str) -> None:
    assert (MANAGERS, "送达失败：林晓，文件太大") in await hear(kind, ALONE)


async def test_an_alert_group_that_is_deaf_is_told_to_the_managers() -> None:
    assert await hear("group", {"group": "风控群", "text": "x"}, "群已解散") == [
        (MANAGERS, "“风控群”没有收到提醒：群已解散")
    ]
    assert await hear("group", {"group": MANAGERS, "text": "x"}, "群已解散") == [], "who would hear of it?"


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (Image(b"", "退货原因.png", "质量问题 3 件"), "图没有发出来：太大。{}\n质量问题 3 件"),
        (File(b"", "11月.xlsx"), "文件“11月.xlsx”没有发给你：太大。{}"),
    ],
)
def test_words_stand_in_for_what_the_platform_will_not_take(what: Image | File, words: str) -> None:
    assert instead(what, "太大") == Text(words.format("请换短一些的时间或加一个筛选再试，还不行请告诉管理员"))


async def test_a_picture_that_can_not_be_drawn_comes_as_its_numbers() -> None:
    renderer = ChartRenderer()
    try:
        found = await picture(renderer, "no such form", {}, "x.png", "质量问题 3 件")
    finally:
        await renderer.stop()
    assert isinstance(found, Text)
    assert found.body.startswith("图没有画出来：画图时出错了（编号 ")
    assert found.body.endswith("\n质量问题 3 件")


class Broken:
    """A delivery with a fault of ours."""

    def __init__(self) -> None:
        self.tried, self.told = 0, ""

    def begin(self, rows: Sequence[Outbox]) -> None:
        """Nothing goes together here."""

    async def deliver(self, row: Outbox) -> None:
        self.tried += 1
        raise ValueError("a bug")

    def waited_for(self, row: Outbox) -> bool:
        return row.kind in ANSWERS

    async def given_up(self, row: Outbox, reason: str) -> None:
        self.told = reason


@pytest.mark.parametrize(("kind", "tries"), [("papers", FAULTS), ("refund", 6)])
async def test_an_answer_that_fails_by_our_fault_is_given_up_soon_and_money_is_not(kind: str, tries: int) -> None:
    delivery = Broken()
    replica = Replicas()
    await replica.join(alone=True)
    worker = OutboxWorker(delivery, lambda: NOW, replica)
    row = a_row(kind, ALONE)
    await row.save()
    for hours in range(6):
        for held in await OUTBOX.take(replica.name, NOW + timedelta(hours=hours), 1):
            await worker.attempt(held)
    assert delivery.tried == tries
    assert (await Outbox.get(id=row.id)).run_at <= NOW + timedelta(minutes=5)
    assert ("做的时候出错了（编号 " in delivery.told) == (kind == "papers")
