"""What goes wrong in an hour, drawn from a seed: the shop, the platforms, the database's lines, Redis."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bench import engines
from sandbox.shop import FAILED, PROCESSING, SUCCESS, Odd

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable

    from bench.week.memory import Memory
    from sandbox.faults import Trouble
    from sandbox.server import Sandbox

REFUNDS = "/shop/refunds"
PAGE = "<html><body>Bad Gateway</body></html>"
SEND, UPDATE = "/cgi-bin/message/send", "/cgi-bin/message/update_template_card"
CREATE, CARD, SESSION = "/v1.0/card/instances/createAndDeliver", "/v1.0/card/instances", "/robot/sendBySession"
AWAY = 3.0  #: seconds without Redis
RULED = 4.0  #: seconds in which the shop puts refunds down in its own way, and after which it has made up its mind
WRONG = Decimal("1.00")  #: no errand is worth so little

PAUSE = "rate_limit", SEND  #: 45009: the bot waits for the next window of a minute, as the platform wants
#: trouble, where, how often, seconds, and what it is called
ARMED: tuple[tuple[Trouble, str, int, float, str], ...] = (
    ("delay", REFUNDS, 3, 3.0, "店铺慢"), ("drop", f"{REFUNDS}:after", 2, 0, "店铺付了没有回答"),
    ("error", f"{REFUNDS}*", 2, 0, "店铺 500"), ("rate_limit", REFUNDS, 2, 0, "店铺说太快"),
    ("error", SEND, 3, 0, "企业微信忙"), ("error", f"{SEND}:500", 3, 0, "企业微信 500"),
    ("rate_limit", SEND, 3, 0, "企业微信说太快"), ("drop", SEND, 3, 0, "企业微信没有回答"),
    ("drop", f"{SEND}:after", 2, 0, "企业微信发了没有回答"), ("delay", SEND, 3, 6.0, "企业微信慢"),
    ("error", UPDATE, 3, 0, "企业微信改卡片失败"), ("token_expired", SEND, 1, 0, "企业微信令牌作废"),
    ("error", CREATE, 3, 0, "钉钉 500"), ("rate_limit", CREATE, 3, 0, "钉钉说太快"),
    ("drop", f"{CREATE}:after", 2, 0, "钉钉发了没有回答"), ("delay", CREATE, 3, 6.0, "钉钉慢"),
    ("error", CARD, 3, 0, "钉钉改卡片失败"), ("error", SESSION, 3, 0, "钉钉发话失败"),
    ("token_expired", CREATE, 1, 0, "钉钉令牌作废"), ("disconnect", "push:dingtalk", 1, 0, "钉钉断线"),
    ("duplicate", "push:wecom", 5, 0, "企业微信重复送"), ("duplicate", "push:dingtalk", 5, 0, "钉钉重复送"),
)  # fmt: skip
ODD = (
    (Odd(200, PAGE, pays=True), "店铺付了乱答"), (Odd(200, PAGE), "店铺没付乱答"), (Odd(202, "{}"), "店铺答 202"),
    (Odd(502, PAGE, pays=True), "店铺付了答 502"), (Odd(422, '{"message": "余额不足"}'), "店铺说不行"),
)  # fmt: skip
RULES = (
    ({"status": PROCESSING}, "店铺处理中"), ({"status": FAILED}, "店铺退款失败"), ({"amount": WRONG}, "店铺退错金额"),
)  # fmt: skip


@dataclass(slots=True)
class Troubles:
    """``met`` counts what was done, by its name."""

    sandbox: Sandbox
    url: str
    memory: Memory
    chance: random.Random
    met: Counter[str] = field(default_factory=Counter)
    cuts: list[float] = field(default_factory=list)  #: when the database hung up; moments of the monotonic clock
    pauses: list[float] = field(default_factory=list)  #: when WeCom was made to ask for a minute's pause

    async def hour(self, count: int, seconds: float) -> None:
        """So many of them, somewhere within so many seconds; nothing of the hour before is left."""
        self.sandbox.faults.clear()
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(self._one(self.chance.uniform(0, seconds), *self._drawn()))

    def _drawn(self) -> tuple[str, Callable[[], Awaitable[None]]]:
        found: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            *((name, lambda each=each: self._arm(*each)) for *each, name in ARMED),
            *((name, lambda odd=odd: self._answer(odd)) for odd, name in ODD),
            *((name, lambda rule=rule: self._rule(rule)) for rule, name in RULES),
        ]
        found += [("数据库断线", self._hang_up), ("Redis 不在", self._without_redis)] * 3
        return self.chance.choice(found)

    async def _one(self, after: float, name: str, strike: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(after)
        self.met[name] += 1
        await strike()

    async def _arm(self, trouble: Trouble, where: str, times: int, seconds: float) -> None:
        if (trouble, where) == PAUSE:
            self.pauses.append(time.monotonic())
        self.sandbox.faults.arm(trouble, where, times=times, seconds=seconds)

    async def _answer(self, odd: Odd) -> None:
        self.sandbox.shop.answer(odd)

    async def _rule(self, fields: dict[str, Any]) -> None:
        """For a while; what is on its way arrives some time later."""
        shop = self.sandbox.shop
        shop.rule(**fields)
        await asyncio.sleep(RULED)
        shop.rule()
        for refund in shop.under_way:
            shop.settle(refund.key, status=SUCCESS)

    async def _hang_up(self) -> None:
        """The database's server ends every connection, as when it is started anew."""
        self.cuts.append(time.monotonic())
        await engines.numbers(
            self.url,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )

    async def _without_redis(self) -> None:
        if self.memory.is_here:
            await self.memory.go()
            await asyncio.sleep(AWAY)
            await self.memory.come()
