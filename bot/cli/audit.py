"""``audit verify``: whether any recorded event was touched."""

from __future__ import annotations

import asyncio

import click

from bot.cli.serve import load_settings


@click.group(help="流水的哈希链")
def audit() -> None:
    """Commands about the audit chain."""


@audit.command(help="逐单重算哈希链，说出被改动的第一条流水")
def verify() -> None:
    """Exit code 1 when a case's record does not hold."""
    broken = asyncio.run(_verify())
    for sentence in broken:
        click.echo(sentence, err=True)
    if broken:
        raise click.exceptions.Exit(1)
    click.echo("全部流水完整，没有改动")


async def _verify() -> list[str]:
    from flow.verifying import broken_cases
    from models.database import database, migrate

    url = load_settings().database_url
    await migrate(url)
    async with database(url):
        return [sentence async for sentence in broken_cases()]
