"""The rules of 自动规则 that look by themselves: one that goes wrong stands in nobody's way."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import structlog

from flow.cases import scheduled
from flow.errors import FlowError

if TYPE_CHECKING:
    from datetime import datetime

    from flow.desk import Desk

log = structlog.get_logger("rules")


async def run_rules(desk: Desk, now: datetime) -> int:
    """Carry out what is due; how often rules fired. ``now`` is of the merchant's zone."""
    await scheduled.begin(desk, now)
    fired = 0
    for turn in await scheduled.waiting():
        try:
            fired += await scheduled.go_through(desk, turn, now)
        except Exception as error:  # the edge: a rule that fails is counted, and left alone in the end
            number = secrets.token_hex(4)
            log.exception("rule failed", id=number, rule=turn.rule)
            why = str(error) if isinstance(error, FlowError) else f"程序出错了，编号 {number}"
            await scheduled.failed(turn, why, now)
            fired += 1  # there may be something to tell
    return fired
