"""``hook``: the keys with which other systems sign what they send."""

from __future__ import annotations

import asyncio

import click

from bot.cli.serve import load_settings
from bot.cli.terminal import say
from bot.runtime.clock import start_clock
from flow.definitions.automation_reader import HOOK, MAX_SOURCE


@click.group("hook", help="别的系统推送用的密钥")
def hook() -> None:
    """Commands about what other systems send."""


@hook.command("key", help="显示一个来源的密钥，交给推送的系统")
@click.argument("name")
def key(name: str) -> None:
    """The key of a name is made of the newest link key, so it needs no place of its own."""
    if not HOOK.fullmatch(name):
        raise click.ClickException(f"“{name}”不行，最多 {MAX_SOURCE} 个字母、数字或汉字，例如 快递")
    say(asyncio.run(_key(name)))


async def _key(name: str) -> str:
    from bot.outbox.keyring import open_keyring
    from bot.outbox.links import HOOKS
    from bot.web.hooks import key_of
    from models.database.connection import database, migrate

    settings = load_settings()
    await migrate(settings.database_url)
    async with database(settings.database_url):
        ring = await open_keyring(settings, start_clock(settings.bot_now).now())
    return key_of(ring.of(HOOKS)[0], name)
