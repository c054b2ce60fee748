"""Two processes on one PostgreSQL: one is killed with a row in hand, and the other does the row's work, once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession
from tortoise.models import Model

import models
from bot.runtime.leases import MISSED, UNMARKED
from models import Case, Inbox, Outbox, Parcel, Refund, RefundState, Replica, WorkState
from models.database.connection import database
from tests.bot.test_labels import label
from tests.support.crash_bot import LOG
from tests.support.mortal import PATIENCE, Mortal, People, nursery
from tests.support.ports import unused_port
from tests.support.proof import chain_holds, phones_of
from tests.support.stage import OFF, buttons, hire, outside, sell, text_of, until
from tests.support.stories import LAMP

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.support.mortal import Nursery

SEND, MEDIA, SHOP = "/cgi-bin/message/send", "/cgi-bin/media/get", "/shop/refunds"
LONG = 25.0  #: seconds of a call that nobody lives to see answered
WAYBILL = "SF1234567890"


@dataclass(slots=True)
class Pair:
    """The replica that the platform calls, and the other."""

    first: Mortal
    second: Mortal
    people: People

    async def stands_still(self, table: type[Inbox] | type[Outbox], **which: str) -> None:
        """Until the first has such a row in hand; the second, which could take it as well, is only then there."""
        async with asyncio.timeout(PATIENCE):
            while not await table.filter(state=WorkState.TAKEN, **which).exists():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def first_dies(self) -> None:
        """The second is at work before the first is killed, and goes on."""
        await self.second.start()
        async with asyncio.timeout(PATIENCE):
            while await Replica.filter(beats__gt=0).count() < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        self.first.kill()

    async def looks_until_taken_over(self) -> int:
        """How often the second has looked since the first was killed, until it gave up the first."""
        gone, left = await Replica.all().order_by("-beats")  # the first has beaten for longer
        async with asyncio.timeout(PATIENCE):
            while await Replica.filter(name=gone.name).exists():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return int((await Replica.get(name=left.name)).beats - left.beats)

    async def all_is_done(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while await self._waits():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert await Inbox.filter(state=WorkState.FAILED).count() == 0
        assert await Outbox.filter(state=WorkState.FAILED).count() == 0
        assert "Traceback" not in self.second.log

    async def _waits(self) -> bool:
        open_, now = (WorkState.NEW, WorkState.TAKEN), self.first.clock.now()
        inbox = await Inbox.filter(state__in=open_).exists()
        return inbox or await Outbox.filter(state__in=open_, run_at__lte=now).exists()

    def cards(self, name: str, button: str) -> list[str]:
        items = phones_of(self.first.sandbox, self.people.person(name))
        return [text_of(item) for item in items if button in buttons(item)]

    def texts(self, name: str, words: str) -> list[str]:
        return [text for i in phones_of(self.first.sandbox, self.people.person(name)) if words in (text := text_of(i))]


@pytest.fixture(scope="module")
def warm() -> Iterator[Nursery]:
    with nursery() as process:
        yield process


@asynccontextmanager
async def pair(warm: Nursery, url: str, folder: Path) -> AsyncIterator[Pair]:
    port = unused_port()
    async with outside(port, home="wecom") as (sandbox, clock), ClientSession() as session, database(url):
        await hire(sandbox.world.people)
        await sell("536365", LAMP)
        bots = []
        for name, at in (("first", port), ("second", unused_port())):
            given = {"DATABASE_URL": url, "BOT_PORT": str(at), LOG: str(folder / f"{name}.log"), **OFF["wecom"]}
            bots.append(Mortal(sandbox, clock, sandbox.bot_environ(given), warm, session))
        await bots[0].start()
        async with asyncio.timeout(PATIENCE):
            while not await bots[0]._answers():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        try:
            yield Pair(bots[0], bots[1], People(bots[0], None))
        finally:
            for bot in bots:
                if bot.pid and not bot._is_dead():
                    bot.kill()


@pytest.fixture
async def two(warm: Nursery, postgres: str, tmp_path: Path) -> AsyncIterator[Pair]:
    async with pair(warm, postgres, tmp_path) as found:
        yield found


async def opened(two: Pair) -> str:
    people = two.people
    await people.say("林晓", "wecom", "退货 536365 85123A×2 质量问题", lambda: people.card("林晓", "提交"))
    await people.tap("林晓", "提交")
    return str((await Case.get()).no)


def received(two: Pair) -> list[str]:
    """Cards on which the keeper can say that this parcel is there: that of the task, and one for every scan."""
    return [text for text in two.cards("周仓", "确认收货") if WAYBILL in text]


async def test_a_message_in_hand_is_heard_by_the_other_once(two: Pair) -> None:
    """The photo of a label that the first was fetching from the platform: an inbox row."""
    no, people, faults = await opened(two), two.people, two.first.sandbox.faults
    for name in ("王建国", "李敏"):
        await people.tap(name, "同意")
    await people.say("林晓", "wecom", f"运单 {no} {WAYBILL}", lambda: people.sees("林晓", "已登记"))
    await until(lambda: bool(received(two)), PATIENCE)
    before = len(received(two))
    faults.arm("delay", MEDIA, seconds=LONG)
    await two.first.sandbox.wecom.phones.send_image(str(people.person("周仓").wecom), label(WAYBILL))
    await two.stands_still(Inbox)
    await two.first_dies()
    await until(lambda: len(received(two)) > before, PATIENCE)
    await two.all_is_done()
    assert len(received(two)) == before + 1
    assert await Parcel.all().count() == 1
    assert await chain_holds(await Case.get())


async def test_a_card_in_hand_is_sent_by_the_other_once(two: Pair) -> None:
    """The first had sent it and was waiting for the answer: a card has a number, and the platform keeps one of them."""
    two.first.sandbox.faults.arm("delay", f"{SEND}:after", seconds=LONG, times=1)
    people = two.people
    await two.first.sandbox.wecom.phones.say(str(people.person("林晓").wecom), "退货 536365 85123A×2 质量问题")
    await two.stands_still(Outbox)
    await two.first_dies()
    assert await two.looks_until_taken_over() <= UNMARKED + 2 < MISSED
    await two.all_is_done()
    assert len(two.cards("林晓", "提交")) == 1


async def test_words_in_hand_are_said_by_the_other_and_say_that_they_may_have_come(two: Pair) -> None:
    two.first.sandbox.faults.arm("delay", SEND, seconds=LONG, times=1)
    await two.first.sandbox.wecom.phones.say(str(two.people.person("林晓").wecom), "查 000000")
    await two.stands_still(Outbox)
    await two.first_dies()
    await two.all_is_done()
    await until(lambda: bool(two.texts("林晓", "000000")), PATIENCE)
    assert [text.startswith("（第 2 次发送，前面的可能已收到）") for text in two.texts("林晓", "000000")][-1]


async def test_a_refund_in_hand_is_asked_about_by_the_other_and_paid_once(two: Pair) -> None:
    people, sandbox = two.people, two.first.sandbox
    no = await opened(two)
    for name in ("王建国", "李敏"):
        await people.tap(name, "同意")
    await people.say("林晓", "wecom", f"运单 {no} {WAYBILL}", lambda: people.sees("林晓", "已登记"))
    await people.say("周仓", "wecom", f"收货 {WAYBILL}", lambda: people.sees("周仓", f"{WAYBILL} · "))
    await people.tap("周仓", "确认收货")
    await people.tap("许静", "合格入库")
    sandbox.faults.arm("delay", f"{SHOP}:after", seconds=LONG)
    await people.tap("钱芳", "确认退款")
    await until(lambda: bool(sandbox.shop.refunds), PATIENCE)
    await two.stands_still(Outbox, kind="refund")
    await two.first_dies()
    await two.all_is_done()
    assert [str(refund.amount) for refund in sandbox.shop.refunds] == ["5.10"]
    assert (await Refund.get()).state is RefundState.PAID
    assert await chain_holds(await Case.get())


def test_every_table_with_a_lease_has_a_story() -> None:
    """Whoever adds a table of work adds the death of its holder."""
    tables = [each for each in vars(models).values() if isinstance(each, type) and issubclass(each, Model)]
    assert {each for each in tables if "holder" in each._meta.fields_map} == {Inbox, Outbox}
