"""``template list`` and ``template apply``: a trade's policies and return types on an empty database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from tortoise.transactions import in_transaction

from bot.cli.flows import BY_HAND
from bot.cli.serve import load_settings
from bot.cli.terminal import say
from flow.publishing.release import publish_shipped
from flow.publishing.templates import apply_template, templates
from models.database.connection import database, migrate

if TYPE_CHECKING:
    from config.settings import Settings


@click.group("template", help="行业模板")
def trades() -> None:
    """Commands about templates."""


@trades.command("list", help="列出随安装的行业模板")
def list_them() -> None:
    """One line each."""
    for template in templates().values():
        say(f"{template.name}：{template.about}")


@trades.command("apply", help="给还没有售后单的数据库用上一个行业模板")
@click.argument("name")
def apply(name: str) -> None:
    """Exit code 1, with nothing changed, for an unknown template or a database that is in use."""
    for line in asyncio.run(_apply(load_settings(), name)):
        say(line)


async def _apply(settings: Settings, name: str) -> list[str]:
    await migrate(settings.database_url)
    now = datetime.now(UTC)
    async with database(settings.database_url), in_transaction():
        await publish_shipped(settings.policy, now)
        return await apply_template(name, BY_HAND, now)
