"""Simulates a change of the policy on every past case, as the bot does for ``模拟``; seconds as JSON."""

from __future__ import annotations

import asyncio
import os
import time
from itertools import pairwise
from typing import TYPE_CHECKING

from bench import past
from bench.cases import POLICY, ZONE
from bench.programs import announce
from flow.definitions.business import POLICY as KIND
from flow.simulation import simulate
from flow.stats import parse_period
from flow.versions import active_texts
from models.database.connection import database

if TYPE_CHECKING:
    from flow.definitions.business import Bundle

FLOW = "退货"
TIER = '- {规则: 小额自动通过, 金额: "<=50", 审批: 自动, 退款时机: 审批通过}'


async def main() -> None:
    """``python -m bench.simulating``: one simulation, with the longest that the loop and the progress stood still."""
    now = past.NOW.astimezone(ZONE)
    period = parse_period(past.PERIOD, now, ZONE)
    told: list[float] = []
    held: list[float] = []
    async with database(os.environ["DATABASE_URL"]):
        old = await active_texts()
        watch = asyncio.create_task(_watch(held))
        began = time.perf_counter()
        sim = await simulate(
            old, changed(old), FLOW, POLICY, period, lambda done, of: told.append(time.perf_counter()), now=now
        )
        seconds = time.perf_counter() - began
        watch.cancel()
    silence = max(b - a for a, b in pairwise(told))
    announce(seconds=seconds, compared=sim.compared, changed=sim.changed, silence=silence, held=max(held))


async def _watch(held: list[float]) -> None:
    """Note how long each turn of the loop is: as long would a tap have had to wait."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        held.append(time.perf_counter() - before)


def changed(texts: Bundle) -> Bundle:
    """The same business, with small amounts approved by themselves."""
    key = KIND, POLICY
    return {**texts, key: texts[key].replace("审批表:\n", f"审批表:\n  {TIER}\n")}


if __name__ == "__main__":
    asyncio.run(main())
