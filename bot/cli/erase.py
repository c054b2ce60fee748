"""``erase``: a customer's personal data, on request, after a second confirmation that says what will go."""

from __future__ import annotations

import asyncio

import click

from bot.cli.serve import load_settings
from bot.cli.terminal import say


@click.command(help="清除一位客户的个人资料：手机号、订单号、单号或客户号都行")
@click.argument("whose")
@click.option("--confirm", default="", help="上一次运行时给出的四位确认码；不写就问")
def erase(whose: str, confirm: str) -> None:
    """Nothing is erased before the code that goes with the list is given."""
    told, code = asyncio.run(_look(whose))
    say(told)
    given = confirm or click.prompt(f"要清除，请输入确认码 {code}", default="", show_default=False)
    if given.strip() != code:
        raise click.ClickException("确认码不对，什么都没有清除")
    asyncio.run(_erase(whose, code))
    say("已清除。备份、导出过的文件和平台上的聊天记录不在这里，请另外处理")


async def _look(whose: str) -> tuple[str, str]:
    from flow.cases import erasure
    from models.database.connection import database, migrate

    url = load_settings().database_url
    await migrate(url)
    async with database(url):
        found = await erasure.whose(whose)
        return found.told(), found.code()


async def _erase(whose: str, code: str) -> None:
    from bot.runtime.clock import start_clock
    from flow.cases import erasure
    from models.database.connection import database

    settings = load_settings()
    async with database(settings.database_url):
        found = await erasure.whose(whose)
        if found.code() != code:
            raise click.ClickException("这位客户的资料刚刚变了，什么都没有清除，请重新运行")
        await erasure.erase(found, None, start_clock(settings.bot_now).now())
