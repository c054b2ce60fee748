"""``link-key``: the keys of signed links that the bot has made for itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

import click

from bot.cli.serve import load_settings
from bot.cli.terminal import say
from bot.runtime.clock import start_clock

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


@click.group("link-key", help="机器人自己生成的链接密钥")
def link_key() -> None:
    """Commands about the keys that are kept in the database."""


@link_key.command("new", help="生成一把新的，新链接用它；旧链接照样能开")
def new() -> None:
    """Replicas that run sign with it when they are started anew, and open its links at once."""
    from bot.outbox.keyring import make_key

    settings = load_settings()
    asyncio.run(_in_database(settings.database_url, make_key(start_clock(settings.bot_now).now())))
    say("已生成新的链接密钥。重启每个副本以后，新链接都用它签名；旧链接照样能开")
    if settings.link_key:
        say("注意：设了 LINK_KEY，签名用的是它，不是这一把", err=True)


@link_key.command("drop-old", help="只留最新的一把：用更旧的签名的链接从此打不开")
def drop_old() -> None:
    """Replicas that run forget the others when they are started anew."""
    from bot.outbox.keyring import drop_older

    count = asyncio.run(_in_database(load_settings().database_url, drop_older()))
    if not count:
        say("没有旧的链接密钥，什么都没有改")
        return
    say(f"已删掉 {count} 把旧的链接密钥。重启每个副本以后，用它们签名的链接都打不开")


async def _in_database(url: str, work: Awaitable[T]) -> T:
    from models.database.connection import database, migrate

    await migrate(url)
    async with database(url):
        return await work
