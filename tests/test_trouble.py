"""Bad days on the wire: twice, late, out of order, expired, limited, broken off; and still everything happens once."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Event, Outbox, StockMove, WorkState
from sandbox.dingtalk import Timing
from tests.proof import done_once, live, one_card_per_task, rows
from tests.stage import buttons, sell, stage, text_of, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.faults import Trouble
    from sandbox.world import Item
    from tests.stage import Stage

LAMP = {"85123A": ("白色心形烛台", 6, "2.55"), "71053": ("金属灯笼", 6, "3.39")}
LINE = "退货 536365 85123A×2 质量问题 外壳破裂"
NUMBER = re.compile(r"R\d{8}-\d{4}")
QUICK = Timing(redeliver_after=1.0)
A_WHILE = timedelta(seconds=70)  #: after any wait that a platform or our back-off asks for in these tests


@pytest.fixture
async def desk(sqlite: str) -> AsyncIterator[Stage]:
    async with stage(sqlite, QUICK) as found:
        await sell("536365", LAMP)
        yield found


@dataclass(slots=True)
class Walk:
    """The main job on one platform, each step waiting for what the one before has brought about."""

    desk: Stage
    platform: str
    pushes: tuple[Trouble, ...] = ()  #: what happens to every push of a phone

    @property
    def keeper(self) -> str:
        return "周仓" if self.platform == "wecom" else "刘洋"

    async def all(self) -> str:
        """From the message to the refund; the case's number."""
        await self.settle_in()
        no = await self.opened()
        for name in ("王建国", "李敏"):
            await self.tap(name, "同意")
        await self.say("林晓", f"运单 {no} SF1234567890")
        await self.say(self.keeper, "收货 SF1234567890")
        await self.tap(self.keeper, "确认收货")
        await self.tap("许静", "合格入库")
        await self.tap("钱芳", "确认退款")
        return no

    async def settle_in(self) -> None:
        """Everybody has used this platform last, so that is where the bot reaches them."""
        for name in ("林晓", "王建国", "李敏", self.keeper, "许静", "钱芳"):
            await self.desk.say(self.desk.person(name), "待办", self.platform)

    async def opened(self) -> str:
        await self.say("林晓", LINE)
        shown = NUMBER.search(text_of(await self.tap("林晓", "提交")))
        assert shown
        return shown[0]

    async def say(self, name: str, words: str) -> None:
        self._arm()
        await self.desk.say(self.desk.person(name), words, self.platform)
        await self._calm()

    async def tap(self, name: str, button: str) -> Item:
        self._arm()
        item = await self.desk.tap(self.desk.person(name), button)
        await self._calm()
        return self.desk.sandbox.world.items[item.id]

    def _arm(self) -> None:
        for trouble in self.pushes:
            self.desk.sandbox.faults.arm(trouble, f"push:{self.platform}")

    async def _calm(self) -> None:
        await calm(self.desk)


async def calm(desk: Stage) -> None:
    """Let time pass until nothing waits to be tried again."""
    await desk.bot.settled()
    while await Outbox.filter(state__in=[WorkState.NEW, WorkState.TAKEN]).exists():
        await desk.later(A_WHILE)


async def nobody_lost_anything(desk: Stage) -> None:
    """Nothing was swallowed, refused, or left standing with a button."""
    assert desk.sandbox.wecom.dropped == desk.sandbox.wecom.push.lost == desk.sandbox.dingtalk.lost == []
    assert desk.sandbox.wecom.problems == desk.sandbox.dingtalk.problems == []
    assert await Outbox.filter(state=WorkState.FAILED).count() == 0
    assert live(desk.sandbox) == []
    await one_card_per_task(desk.sandbox)


PLATFORMS = ["wecom", "dingtalk"]


# -- twice and out of order --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("trouble", ["duplicate", "delay"])
async def test_whatever_happens_to_pushes_each_thing_happens_once(desk: Stage, platform: str, trouble: Trouble) -> None:
    await Walk(desk, platform, (trouble,)).all()
    await done_once(desk.sandbox)
    await nobody_lost_anything(desk)


async def test_every_first_delivery_lost_on_wecom_comes_again(desk: Stage) -> None:
    await Walk(desk, "wecom", ("drop", "duplicate")).all()
    await done_once(desk.sandbox)
    await nobody_lost_anything(desk)


async def test_a_message_lost_on_dingtalk_comes_again(desk: Stage) -> None:
    desk.sandbox.faults.arm("drop", "push:dingtalk")
    lin = desk.person("林晓")
    await desk.say(lin, LINE, "dingtalk")
    await until(lambda: bool(desk.live(lin)))
    await desk.tap(lin, "提交")
    assert (await rows())["Case"] == 1
    assert desk.sandbox.dingtalk.lost == []


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_overtaken_messages_are_both_answered(desk: Stage, platform: str) -> None:
    lin = desk.person("林晓")
    desk.sandbox.faults.arm("reorder", f"push:{platform}")
    await desk.say(lin, "查 000001", platform)
    await desk.say(lin, "待办", platform)
    await until(lambda: any("没有找到 000001" in text_of(item) for item in desk.phone(lin)))
    assert any("没有待办" in text_of(item) for item in desk.phone(lin))


async def test_an_overtaken_tap_finds_the_case_decided(desk: Stage) -> None:
    await Walk(desk, "wecom").opened()
    wang = desk.person("王建国")
    desk.sandbox.faults.arm("reorder", "push:wecom")
    first, _ = await desk.tap(wang, "驳回"), await desk.tap(wang, "同意")
    assert "已同意" in text_of(desk.sandbox.world.items[first.id])
    assert await Event.filter(action__in=["同意", "驳回"]).values_list("action", flat=True) == ["同意"]


# -- in the same instant -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_double_tap_decides_once(desk: Stage, platform: str) -> None:
    walk = Walk(desk, platform)
    await walk.settle_in()
    await walk.opened()
    wang = desk.person("王建国")
    card = desk.card(wang, "同意")
    twice = await asyncio.gather(desk.tap(wang, "同意", card), desk.tap(wang, "同意", card))
    assert "已同意" in text_of(twice[1])
    assert await Event.filter(action="同意").count() == 1
    assert len(desk.live(desk.person("李敏"))) == 1


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_double_tap_on_a_draft_leaves_the_number_of_the_case(desk: Stage, platform: str) -> None:
    lin = desk.person("林晓")
    await desk.say(lin, LINE, platform)
    card = desk.card(lin, "提交")
    await asyncio.gather(desk.tap(lin, "提交", card), desk.tap(lin, "提交", card))
    assert (await rows())["Case"] == 1
    assert "R20261123-0001" in text_of(desk.sandbox.world.items[card.id])


async def test_two_keepers_in_the_same_instant_receive_once(database_url: str) -> None:
    async with stage(database_url) as desk:
        for number in range(3):
            await sell(f"{number}", LAMP)
            await received_by_both(desk, f"{number}")
        assert await StockMove.all().values_list("quantity", flat=True) == [2, 2, 2]


async def received_by_both(desk: Stage, order: str) -> None:
    """周仓 on WeCom and 刘洋 on DingTalk tap 确认收货 at once; both read afterwards who it was."""
    await desk.say(desk.person("林晓"), LINE.replace("536365", order))
    for name, button in (("林晓", "提交"), ("王建国", "同意"), ("李敏", "同意")):
        await desk.tap(desk.person(name), button)
    both = [desk.person("周仓"), desk.person("刘洋")]
    mine = [desk.card(keeper, "确认收货") for keeper in both]
    await asyncio.gather(*(desk.tap(who, "确认收货", item) for who, item in zip(both, mine, strict=True)))
    await calm(desk)
    event = await Event.filter(action="确认收货").order_by("-id").first()
    assert event
    assert await Event.filter(action="确认收货", case_id=event.case_id).count() == 1
    for item in mine:
        shown = desk.sandbox.world.items[item.id]
        assert buttons(shown) == []
        assert f"{event.actor} " in text_of(shown)
    await desk.tap(desk.person("许静"), "合格入库")
