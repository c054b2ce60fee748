"""The bot as a bench serves it: the product's own assembly, optionally with its outgoing messages held back."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tortoise import connections

from bot.runtime.lifelong import lifelong

with lifelong():  # as ``python -m bot serve`` imports it
    from bench.programs import announce
    from bench.week import skips
    from bot.app import listening, running
    from bot.cli.serve import run_until_stopped
    from bot.runtime import log
    from config.settings import Settings

if TYPE_CHECKING:
    from bot.app import Bot

HOLD = "BENCH_HOLD"  #: set: nothing in the outbox falls due, so that a tap's own cost stands alone
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def hold(bot: Bot) -> None:
    """Let the outbox's worker live in a time before every row, and wake it for nothing."""
    bot.outbox.now = lambda: LONG_AGO
    bot.intake.wake = lambda: None


async def durability() -> dict[str, str]:
    """How this process's own connection writes: it is not what the file says that counts."""
    connection = connections.get("default")
    asks = ("journal_mode", "synchronous"), ("fsync", "synchronous_commit")
    is_sqlite = connection.capabilities.dialect == "sqlite"
    word, names = ("PRAGMA", asks[0]) if is_sqlite else ("SHOW", asks[1])
    found = {name: await connection.execute_query_dict(f"{word} {name}") for name in names}
    return {name: str(next(iter(rows[0].values()))) for name, rows in found.items()}


async def main() -> None:
    """Serve until told to stop."""
    log.set_up("WARNING")
    settings = Settings.load(os.environ)
    async with (
        running(settings, skips.clock(os.environ)) as bot,
        listening(bot, settings.bot_host, settings.bot_port) as url,
    ):
        if os.environ.get(HOLD):
            hold(bot)
        announce(url=url, durable=await durability())
        await asyncio.Event().wait()


if __name__ == "__main__":
    run_until_stopped(main())
