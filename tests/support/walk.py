"""The main job on one platform, step by step, as tests of bad days walk it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from models import Case, Outbox, WorkState
from sandbox.dingtalk import Timing
from tests.support.proof import live, one_card_per_task
from tests.support.stage import until
from tests.support.stories import LINE

if TYPE_CHECKING:
    from sandbox.faults import Trouble
    from sandbox.world import Item
    from tests.support.stage import Stage

QUICK = Timing(redeliver_after=1.0)  #: seconds; DingTalk's own fifteen would be fifteen seconds of a test
A_WHILE = timedelta(seconds=70)  #: after any wait that a platform or our back-off asks for
PLATFORMS = ("wecom", "dingtalk")


@dataclass(slots=True)
class Walk:
    """The main job on one platform, each step waiting for what the one before has brought about."""

    desk: Stage
    platform: str
    troubles: tuple[tuple[Trouble, str], ...] = ()  #: what strikes, and where, in every step anew
    restarts: bool = False  #: between any two steps

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
        await self.tap("林晓", "提交")
        case = await Case.all().order_by("-id").first()
        assert case is not None
        return case.no

    async def say(self, name: str, words: str) -> None:
        self._arm()
        await self.desk.say(self.desk.person(name), words, self.platform)
        await self._calm()

    async def tap(self, name: str, button: str) -> Item:
        """Tap, and once more where the phone says that no answer came."""
        self._arm()
        who = self.desk.person(name)
        item = await self.desk.tap(who, button)
        await self._calm()
        if item.state.get("error"):
            await self.desk.tap(who, button, item)
            await self._calm()
        return self.desk.sandbox.world.items[item.id]

    def _arm(self) -> None:
        for trouble, where in self.troubles:
            self.desk.sandbox.faults.arm(trouble, where)

    async def _calm(self) -> None:
        await calm(self.desk)
        self.desk.sandbox.faults.clear()
        await on_line(self.desk)
        if self.restarts:
            await self.desk.restart()


async def on_line(desk: Stage) -> None:
    """Until the bot has its line to DingTalk again, where it is to have one."""
    settings = desk.bot.settings.dingtalk
    streams = settings is not None and settings.mode == "stream"
    await until(lambda: bool(desk.sandbox.dingtalk.connections) or not streams)


async def calm(desk: Stage) -> None:
    """Let time pass until nothing waits to be tried again."""
    await desk.bot.settled()
    while await Outbox.filter(state__in=[WorkState.NEW, WorkState.TAKEN]).exists():
        await desk.later(A_WHILE)


async def nobody_lost_anything(desk: Stage) -> None:
    """Nothing was swallowed, refused, or left standing with a button."""
    wecom, dingtalk = desk.sandbox.wecom, desk.sandbox.dingtalk
    assert [*wecom.dropped, *wecom.push.lost, *dingtalk.lost, *wecom.problems, *dingtalk.problems] == []
    assert await Outbox.filter(state=WorkState.FAILED).count() == 0
    assert live(desk.sandbox) == []
    await one_card_per_task(desk.sandbox)


def key_of(item: Item, button: str) -> str:
    """What comes back when that button is tapped."""
    params = item.body.get("params")
    if params is None:
        return str(next(each["key"] for each in item.body["button_list"] if each["text"] == button))
    return str(next(each["params"]["action"] for each in params["buttons"] if each["text"] == button))
