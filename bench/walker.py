"""Walks one return from the message to the refund on the sandbox's phones, as fast as the bot lets it."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.outside import Outside
    from sandbox.world import Item, Person, World

CASE_NO = re.compile(r"R\d{8}-\d{4,}")
PATIENCE = 120.0  #: seconds for anything; the platforms' limits make the last of many cases wait


@dataclass(frozen=True, slots=True)
class Walker:
    """One case's people on one platform: its own agent, and those whom all cases share."""

    outside: Outside
    platform: str
    staff: Sequence[Person]
    agent: Person
    order: str
    mobile: str

    @property
    def world(self) -> World:
        return self.outside.sandbox.world

    async def walk(self) -> None:
        """The whole way; returns when the customer has been told. Raises TimeoutError when a step does not come."""
        no = await self._opened()
        for role in (cast.LEAD, cast.SUPERVISOR):
            await self._tap(self._of(role), "同意", no)
        waybill = f"SF{no.rpartition('-')[2]}{self.agent.name[2:]:0>8}"
        await self._say(self.agent, f"运单 {no} {waybill}")
        await self._card(self._of(cast.KEEPER), no)
        await self._say(self._of(cast.KEEPER), f"收货 {waybill}")
        await self._tap(self._of(cast.KEEPER), "确认收货", no, scanned=True)
        await self._tap(self._of(cast.INSPECTOR), "合格入库", no)
        await self._tap(self._of(cast.CASHIER), "确认退款", no)
        await seen(self.world, lambda item: item.place.platform == "sms" and item.place.chat == self.mobile)

    def _of(self, role: str) -> str:
        return str(getattr(cast.with_role(self.staff, role), self.platform))

    async def _opened(self) -> str:
        """Type the return and submit it; the case's number."""
        userid = str(getattr(self.agent, self.platform))
        await self._say(self.agent, f"退货 {self.order} {cast.SKU}×1 质量问题 外壳破裂")
        draft = await seen(self.world, lambda item: item.place.chat == userid and is_live(item))
        await self._press(draft, "提交")
        numbered = await seen(self.world, lambda item: item.id == draft.id and bool(_numbers(item)))
        return _numbers(numbered)[0]

    async def _say(self, who: Person | str, words: str) -> None:
        userid = who if isinstance(who, str) else str(getattr(who, self.platform))
        phones = self.outside.sandbox.wecom.phones if self.platform == "wecom" else self.outside.sandbox.dingtalk.phones
        await phones.say(userid, words)

    async def _tap(self, userid: str, button: str, no: str, *, scanned: bool = False) -> None:
        await self._press(await self._card(userid, no, scanned=scanned), button)

    async def _card(self, userid: str, no: str, *, scanned: bool = False) -> Item:
        """The live card of a case on somebody's phone; ``scanned`` is the one that answers a waybill."""

        def fits(item: Item) -> bool:
            token = token_of(item)
            return token.startswith(f"{no}-") and ("-s" in token) == scanned and item.place.chat == userid

        return await seen(self.world, lambda item: is_live(item) and fits(item))

    async def _press(self, card: Item, button: str) -> None:
        phones = self.outside.sandbox
        await (phones.wecom if self.platform == "wecom" else phones.dingtalk).phones.tap(card.id, button)


def token_of(item: Item) -> str:
    """What the bot has named a card."""
    return str(item.state.get("task_id") or item.state.get("out_track_id") or "")


def _numbers(item: Item) -> list[str]:
    """Numbers of cases on a card: a late answer has it drawn again after the tap has returned."""
    return CASE_NO.findall(json.dumps(item.body, ensure_ascii=False))


def is_live(item: Item) -> bool:
    return item.kind == "card" and not item.state.get("dead")


async def seen(world: World, fits: Callable[[Item], bool]) -> Item:
    """The first bubble that fits, waiting for it. Raises TimeoutError."""
    feed = world.subscribe()
    try:
        if found := next((item for item in world.items.values() if fits(item)), None):
            return found
        async with asyncio.timeout(PATIENCE):
            while not fits(item := await feed.get()):
                continue
        return item
    finally:
        world.unsubscribe(feed)
