"""One return lived by people who carry on: they type again what nobody took, and tap again what is still live."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench import cast
from bench.walker import CASE_NO, token_of
from bench.week.watch import chat_of, offered, words_of
from sandbox.dingtalk import DeadButton as DeadOnDingTalk
from sandbox.shop import FAILED, SUCCESS
from sandbox.wecom.copies import DeadButton as DeadOnWeCom

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bench.week.staff import Errand
    from bench.week.watch import Watch
    from sandbox.server import Sandbox
    from sandbox.world import Item, Place

PATIENCE = 150.0  #: seconds after which somebody goes home
GLANCE = 3.0  #: seconds after which somebody who sees nothing looks again
NUDGE = 0.3  #: seconds after which somebody whose phone shows an error taps again
LOOK = 0.2  #: seconds between two looks at the shop's till
AGAIN = ("稍后再发", "稍后再试")  #: in a sentence that says that nothing was done
LONGEST = 200  #: characters of what is told of a failure
MONEY = ("确认退款", "问退款")


@dataclass(slots=True)
class Gate:
    """Lets so many callbacks a second through, and none while the clocks are being set."""

    rate: float
    _next: float = 0.0
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _under_way: int = 0

    @contextlib.asynccontextmanager
    async def callback(self) -> AsyncIterator[None]:
        """One callback, from its turn to its answer."""
        while True:
            await self._open.wait()
            wait = self._next - time.monotonic()
            if wait <= 0:
                break
            await asyncio.sleep(wait)
        self._next = max(self._next, time.monotonic()) + 1 / self.rate
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def open(self) -> None:
        self._open.set()

    async def close(self) -> None:
        """Returns when nothing is on its way any more."""
        self._open.clear()
        while self._under_way:  # noqa: ASYNC110
            await asyncio.sleep(LOOK / 10)


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did, from the first try until they saw what came of it; moments of the monotonic clock."""

    what: str
    began: float
    ended: float
    is_tap: bool = True

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@dataclass(slots=True)
class Street:
    """All that the walkers share."""

    sandbox: Sandbox
    watch: Watch
    gate: Gate
    taps: list[Act] = field(default_factory=list)  #: until the tapped card showed it
    steps: list[Act] = field(default_factory=list)  #: until the next one could act
    again: int = 0  #: times that somebody typed or tapped once more
    sorry: Counter[str] = field(default_factory=Counter)  #: sentences that asked for it
    agents: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))


def _is_new(item: Item, known: set[int]) -> bool:
    return item.id not in known and item.sender == "bot"


def _asks_again(item: Item) -> bool:
    return any(words in words_of(item) for words in AGAIN)


@dataclass(slots=True)
class Walk:
    """One errand from the first word to the money. ``no`` is empty until the agent sees the case's number."""

    street: Street
    errand: Errand
    agent: Place
    no: str = ""
    failed: str = ""  #: what never came
    since: float = 0.0  #: when the last act began; moments of the monotonic clock
    tapped: bool = False  #: whether that was a tap

    async def live(self) -> None:
        """All of it; what never comes is put down."""
        try:
            await self._walk()
        except TimeoutError as error:
            self.failed = f"{self.errand.order} {self.no} {error}；{self.agent.chat} 最后看到 {self._last_seen()}"
        finally:
            self.street.watch.forget(self.no)

    def _last_seen(self) -> str:
        said = [words_of(item) for item in self.street.watch.items(chat_of(self.agent)) if item.sender == "bot"]
        return said[-1][:LONGEST] if said else "什么都没有"

    @property
    def is_paid(self) -> bool:
        refund = self.street.sandbox.shop.refund(f"{self.no}-T1")
        return refund is not None and refund.status == SUCCESS and refund.amount == self.errand.amount

    async def _walk(self) -> None:
        async with self.street.agents[self.agent.chat]:
            await self._opened()
        card = await self._decided("同意")
        await self._decided("同意", card)
        waybill = self.errand.waybill
        await self._say(self.agent, f"运单 {self.no} {waybill}", lambda item: waybill in words_of(item))
        card = await self._card("确认收货")
        await self._say(card.place, f"收货 {waybill}", self._is_scanned)
        await self._tap(await self._seen(chat_of(card.place), self._is_scanned), "确认收货")
        await self._decided("合格入库")
        await self._money()

    def _is_scanned(self, item: Item) -> bool:
        token = token_of(item)
        return token.startswith(f"{self.no}-") and "-s" in token

    async def _opened(self) -> None:
        known = {item.id for item in self.street.watch.items(chat_of(self.agent))}
        words = f"退货 {self.errand.order} {cast.SKU}×{self.errand.quantity} 质量问题 外壳破裂"
        draft = await self._say(self.agent, words, lambda item: item.id not in known and "提交" in offered(item))
        shown = await self._tap(draft, "提交", CASE_NO.search)
        found = CASE_NO.search(words_of(shown))
        if found is None:
            raise TimeoutError("提交以后没有单号")
        self.no = found[0]

    async def _decided(self, button: str, before: Item | None = None) -> Item:
        """Whoever has the card taps it."""
        card = await self._card(button, before)
        await self._tap(card, button)
        return card

    async def _card(self, button: str, before: Item | None = None) -> Item:
        known = before.id if before else 0
        fits = lambda item: item.id != known and button in offered(item) and not self._is_scanned(item)  # noqa: E731
        return await self._seen((self.no,), fits, button)

    async def _seen(self, key: tuple[str, ...], fits: Callable[[Item], bool], what: str = "卡片") -> Item:
        try:
            item = await self.street.watch.until(key, fits, PATIENCE)
        except TimeoutError:
            raise TimeoutError(f"没有等到 {what}") from None
        self.street.steps.append(Act(what, self.since, time.monotonic(), is_tap=self.tapped))
        return item

    async def _money(self) -> None:
        """Finance confirms, asks and confirms again, until the shop has paid what was to be paid."""
        began = time.monotonic()
        while not self.is_paid:
            if time.monotonic() - began > PATIENCE:
                raise TimeoutError("店铺没有付款")
            held = [item for item in self.street.watch.items((self.no,)) if offered(item) & set(MONEY)]
            for card in held[-1:]:
                self._mend()
                [button, *_] = [each for each in MONEY if each in offered(card)]
                await self._press(card, button)
            await asyncio.sleep(LOOK)

    def _mend(self) -> None:
        """Before asking, somebody puts right in the shop's own back end what stands there wrongly."""
        refund = self.street.sandbox.shop.refund(f"{self.no}-T1")
        if refund and refund.status != FAILED and refund.amount != self.errand.amount:
            self.street.sandbox.shop.settle(refund.key, amount=self.errand.amount, status=SUCCESS)

    async def _say(self, place: Place, words: str, fits: Callable[[Item], bool]) -> Item:
        """Type until the answer is there. What the bot has acknowledged is typed again only if it asks for that."""
        key = chat_of(place)
        known = {item.id for item in self.street.watch.items(key)}
        began = self.since = time.monotonic()
        self.tapped = False
        taken = await self._type(place, words)
        while time.monotonic() - began < PATIENCE:
            try:
                item = await self.street.watch.until(
                    key,
                    lambda item: _is_new(item, known) and (fits(item) or _asks_again(item)),
                    PATIENCE if taken else GLANCE,
                )
            except TimeoutError:
                taken = await self._again(place, words)
                continue
            if fits(item):
                self.street.steps.append(Act(words[:2], began, time.monotonic(), is_tap=False))
                return item
            known.add(item.id)
            self.street.sorry[words_of(item)[:LONGEST]] += 1
            await asyncio.sleep(GLANCE)
            taken = await self._again(place, words)
        raise TimeoutError(f"没有回答：{words}")

    async def _again(self, place: Place, words: str) -> bool:
        self.street.again += 1
        return await self._type(place, words)

    async def _type(self, place: Place, words: str) -> bool:
        """Whether the platform has an acknowledgement, or goes on bringing the message by itself."""
        sandbox = self.street.sandbox
        async with self.street.gate.callback():
            if place.platform == "wecom":
                return (await sandbox.wecom.phones.say(place.chat, words)).answered
            lost = len(sandbox.dingtalk.lost)
            await sandbox.dingtalk.phones.say(place.chat, words)
            return len(sandbox.dingtalk.lost) == lost

    async def _tap(self, card: Item, button: str, shows: Callable[[str], object] = lambda _: True) -> Item:
        """Tap until the card is a record that ``shows`` what came of it; the card then."""
        began = self.since = await self._press(card, button)
        self.tapped = True
        gone = lambda item: item.id == card.id and button not in offered(item) and bool(shows(words_of(item)))  # noqa: E731
        while True:
            try:
                item = await self.street.watch.until(chat_of(card.place), gone, self._glance(card))
            except TimeoutError:
                if time.monotonic() - began > PATIENCE:
                    raise TimeoutError(f"点了 {button}，卡片没有变") from None
                self.street.again += 1
                await self._press(card, button)
            else:
                self.street.taps.append(Act(button, began, time.monotonic()))
                return item

    def _glance(self, card: Item) -> float:
        """How long somebody looks at a card that does not change: not long when the phone says that it went wrong."""
        return NUDGE if self.street.sandbox.world.items[card.id].state.get("error") else GLANCE

    async def _press(self, card: Item, button: str) -> float:
        """One tap; when it left."""
        sandbox = self.street.sandbox
        async with self.street.gate.callback():
            began = time.monotonic()
            with contextlib.suppress(DeadOnWeCom, DeadOnDingTalk):
                phones = sandbox.wecom.phones if card.place.platform == "wecom" else sandbox.dingtalk.phones
                await phones.tap(card.id, button)
        return began
