"""``refresh-members``: managers from the platforms' address books."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import click

from bot.cli.serve import load_settings
from bot.cli.terminal import say


@click.command("refresh-members", help="从企业微信和钉钉的通讯录补全员工的上级")
def refresh_members() -> None:
    """What the running bot does every six hours, now."""
    say(f"补全了 {asyncio.run(_refresh())} 位员工的上级")


async def _refresh() -> int:
    from bot.app import channels_of, make_parts
    from bot.checkup import ClosedDoor
    from bot.jobs.roster import refresh
    from bot.runtime.clock import start_clock
    from models.database.connection import database, migrate

    settings = load_settings()
    await migrate(settings.database_url)
    async with database(settings.database_url), AsyncExitStack() as stack:
        clock = start_clock(settings.bot_now)
        parts = await make_parts(settings, clock, stack)
        return await refresh(channels_of(parts, ClosedDoor()), clock.now())
