"""Killed with ``kill -9`` at every step of the walk and started again: everything once, and nothing lost."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tortoise.expressions import Q

from models import Event, Outbox, SentCard, WorkState
from models.database.connection import database
from sandbox.shop import Odd
from tests.support.mortal import A_WHILE, PATIENCE, People, mortal, nursery
from tests.support.proof import done_once, live, one_card_each, rows, token_of
from tests.support.stage import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.support.mortal import Mortal, Nursery

SEEDS = (11, 23, 42, 404)  #: nine steps each, and at every step the bot dies once or twice
POSTGRES_SEEDS = (5, 13)


@dataclass(slots=True)
class Story:
    """The walk as these people live it: who works where is drawn too."""

    people: People
    desk: str  #: the agent's platform
    keeper: str

    @classmethod
    def drawn(cls, bot: Mortal, seed: int) -> Story:
        chance = random.Random(seed)
        bot.sandbox.wecom.push.retry_pause = chance.choice((0.05, 0.4))
        return cls(People(bot, chance), chance.choice(("wecom", "dingtalk")), chance.choice(("周仓", "刘洋")))

    async def lived(self) -> None:
        await self.approved()
        await self.received()
        await self.people.tap("钱芳", "确认退款")

    async def approved(self) -> None:
        await self.before_the_last_approval()
        await self.people.tap("李敏", "同意")

    async def before_the_last_approval(self) -> None:
        people = self.people
        await people.say("林晓", self.desk, "退货 536365 85123A×2 质量问题", lambda: people.card("林晓", "提交"))
        await people.tap("林晓", "提交")
        await people.tap("王建国", "同意")

    async def received(self) -> None:
        await self.announced()
        await self.inspected()

    async def announced(self) -> None:
        people, words = self.people, f"运单 {await self.number()} SF1234567890"
        await people.say("林晓", self.desk, words, lambda: people.sees("林晓", "已登记"))

    async def inspected(self) -> None:
        people = self.people
        place = "wecom" if self.keeper == "周仓" else "dingtalk"
        await people.say(self.keeper, place, "收货 SF1234567890", lambda: people.sees(self.keeper, "SF1234567890 · "))
        await people.tap(self.keeper, "确认收货")
        await people.tap("许静", "合格入库")

    async def number(self) -> str:
        """The case's number: from the card, or looked up by whoever never saw the answer to 提交."""
        seen = r"R\d{8}-\d{4}"
        if not self.people.sees("林晓", seen):
            await self.people.say("林晓", self.desk, "查 536365", lambda: self.people.sees("林晓", seen))
        found = self.people.sees("林晓", seen)
        assert found
        return found[0]


async def leaves_one_of_everything(story: Story) -> None:
    """With the bot still at work: all is told, nothing is doubled, and no card promises what it does not do."""
    bot = story.people.bot
    async with database(bot.environ["DATABASE_URL"]):
        await all_is_told(bot)
        case = await done_once(bot.sandbox)
        await one_card_each(bot.sandbox)
        announced = await Event.filter(case_id=case.id, action="登记运单").count()
        assert 1 <= announced <= 1 + story.people.typed
        await no_button_acts(bot)
        met = await met_by_a_finger()
    assert bot.sandbox.wecom.dropped == []
    assert [each for each in bot.sandbox.wecom.problems + bot.sandbox.dingtalk.problems if each not in met] == []
    assert "Traceback" not in bot.log


async def all_is_told(bot: Mortal) -> None:
    """Nothing that is due waits, nor what is in hand or is tried again; what was put off on purpose may."""
    soon = Q(attempts__gt=0) | Q(kind="missed")  # these wait for what is about to be over
    held = Q(state=WorkState.TAKEN) | soon & Q(state=WorkState.NEW, run_at__lte=bot.clock.now() + A_WHILE)

    async def waits() -> bool:
        return await Outbox.filter(held | Q(state=WorkState.NEW, run_at__lte=bot.clock.now())).exists()

    async with asyncio.timeout(PATIENCE):
        while await waits():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def met_by_a_finger() -> set[str]:
    """What no bot can help: a tap on a card whose new face was on its way when the finger came."""
    drawn = await Outbox.filter(kind="redraw")
    return {f"card {row.payload['token']}: updated by API inside its callback" for row in drawn}


async def no_button_acts(bot: Mortal) -> None:
    """A card still has buttons only if its code died with the bot; whoever taps it gets the record."""
    before = await rows()
    for item in live(bot.sandbox):
        assert await SentCard.get(token=token_of(item)).values_list("platform", "code") == ("wecom", "")
        await bot.sandbox.wecom.phones.tap(item.id, item.body["button_list"][0]["text"])
    assert live(bot.sandbox) == []
    assert await rows() == before


@pytest.fixture(scope="module")
def warm() -> Iterator[Nursery]:
    with nursery() as process:
        yield process


async def walked_to_the_end(warm: Nursery, url: str, seed: int, log: Path) -> int:
    """How often the bot died on the way."""
    async with mortal(warm, url, log) as bot:
        story = Story.drawn(bot, seed)
        try:
            await story.lived()
            await leaves_one_of_everything(story)
        except (AssertionError, TimeoutError) as error:
            error.add_note(f"seed {seed}, killed at {bot.kills} s into the steps; log: {bot.log[-3000:]}")
            raise
        return len(bot.kills)


@pytest.mark.parametrize("seed", SEEDS)
async def test_killed_at_every_step_on_sqlite(warm: Nursery, seed: int, sqlite: str, tmp_path: Path) -> None:
    assert await walked_to_the_end(warm, sqlite, seed, tmp_path / "bot.log") >= 9


@pytest.mark.parametrize("seed", POSTGRES_SEEDS)
async def test_killed_at_every_step_on_postgres(warm: Nursery, seed: int, postgres: str, tmp_path: Path) -> None:
    assert await walked_to_the_end(warm, postgres, seed, tmp_path / "bot.log") >= 9


# -- at one moment, on purpose -----------------------------------------------------------------------------------------


@pytest.fixture
async def calm_story(warm: Nursery, sqlite: str, tmp_path: Path) -> AsyncIterator[Story]:
    """A walk in which the bot dies only when the test says so."""
    async with mortal(warm, sqlite, tmp_path / "bot.log") as bot:
        yield Story(People(bot, None), "wecom", "刘洋")


async def test_killed_between_the_payment_and_its_answer(calm_story: Story) -> None:
    people, bot = calm_story.people, calm_story.people.bot
    await calm_story.approved()
    await calm_story.received()
    bot.sandbox.faults.arm("delay", "/shop/refunds:after", seconds=25.0)
    await people.tap("钱芳", "确认退款")
    await until(lambda: bool(bot.sandbox.shop.refunds))
    await bot.die(0)
    await leaves_one_of_everything(calm_story)
    calls = bot.sandbox.shop.calls
    assert sum(calls.values()) == 2, "asked about it, did not ask for it again"


DOUBTS = [
    pytest.param({}, Odd(202, "{}", pays=True), id="accepted, and the word of it lost"),
    pytest.param({}, Odd(200, "<html>"), id="a page of a proxy, and nothing paid"),
    pytest.param({"status": "processing"}, None, id="on its way"),
]


@pytest.mark.parametrize(("ruled", "odd"), DOUBTS)
async def test_killed_while_nobody_knows(calm_story: Story, ruled: dict[str, Any], odd: Odd | None) -> None:
    """Between the shop's answer that is none and the next asking: paid once, whatever the shop does meanwhile."""
    people, bot = calm_story.people, calm_story.people.bot
    shop, key = bot.sandbox.shop, "/shop/refunds"
    await calm_story.approved()
    await calm_story.received()
    shop.rule(**ruled)
    if odd:
        shop.answer(odd)
    bot.sandbox.faults.arm("delay", f"{key}:after", seconds=25.0)
    await people.tap("钱芳", "确认退款")
    await until(lambda: shop.calls[key] == 1)
    await bot.die(0)
    await until(lambda: sum(shop.calls.values()) > 1, PATIENCE)
    await bot.die(0)
    for refund in shop.under_way:
        shop.settle(refund.key, status="success")
    bot.clock.advance(A_WHILE)
    await leaves_one_of_everything(calm_story)


async def test_killed_while_finance_looks_it_up(calm_story: Story) -> None:
    """The task for finance is there once, and what the shop says in the end is told once."""
    people, bot = calm_story.people, calm_story.people.bot
    await calm_story.approved()
    await calm_story.received()
    bot.sandbox.shop.rule(amount=Decimal("1.00"))
    await people.tap("钱芳", "确认退款")
    await until(lambda: people.card("钱芳", "问退款") is not None, PATIENCE)
    await bot.die(0)
    bot.sandbox.shop.settle(f"{await calm_story.number()}-T1", amount=Decimal("5.10"))
    bot.sandbox.faults.arm("delay", "/shop/refunds/*:after", seconds=25.0)
    calls = sum(bot.sandbox.shop.calls.values())
    await people.press("钱芳", "问退款")
    await until(lambda: sum(bot.sandbox.shop.calls.values()) > calls, PATIENCE)
    await bot.die(0)
    await until(lambda: people.card("钱芳", "问退款") is None, PATIENCE)
    await leaves_one_of_everything(calm_story)


async def test_killed_between_a_card_and_its_code(calm_story: Story) -> None:
    """WeCom tells the code that redraws a card only once; the keeper whose card has lost it is told when he taps."""
    people, bot = calm_story.people, calm_story.people.bot
    await calm_story.before_the_last_approval()
    sends = bot.sandbox.wecom.calls
    bot.sandbox.faults.arm("delay", "/cgi-bin/message/send", times=2, seconds=1.0)
    before = sends["/cgi-bin/message/send"]
    await people.tap("李敏", "同意")
    await until(lambda: sends["/cgi-bin/message/send"] > before)
    await bot.die(0)
    await calm_story.received()
    await people.tap("钱芳", "确认退款")
    await leaves_one_of_everything(calm_story)


async def test_killed_while_an_old_card_gives_way_to_a_fresh_one(calm_story: Story) -> None:
    """WeCom's card can be drawn once, so a waybill brings a fresh one; the old one says so, however often it dies."""
    people, bot = calm_story.people, calm_story.people.bot
    calm_story.desk = "dingtalk"  # so that the keeper's card is the only one that is drawn over by a call
    await calm_story.approved()
    await until(lambda: people.card("周仓", "确认收货") is not None, PATIENCE)
    bot.sandbox.faults.arm("delay", "/cgi-bin/message/update_template_card", seconds=200.0)
    updates = bot.sandbox.wecom.calls
    before = updates["/cgi-bin/message/update_template_card"]
    await calm_story.announced()
    await until(lambda: updates["/cgi-bin/message/update_template_card"] > before, PATIENCE)
    await bot.die(0)
    await calm_story.inspected()
    await people.tap("钱芳", "确认退款")
    await leaves_one_of_everything(calm_story)
