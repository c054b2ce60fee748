"""``serve``, ``sandbox``, ``migrate`` and ``check``."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.terminal import say
from bot.runtime.lifelong import lifelong
from config.settings import Settings
from flow.errors import DefinitionError
from models import seals

if TYPE_CHECKING:
    from collections.abc import Coroutine

LAST_SECONDS = 9.0  #: from a signal to the end of the process; Docker waits for ten before it kills
EXIT_HUNG = 1
ENV_FILE = Path(".env")


def load_settings() -> Settings:
    """From the environment over ``.env``. Raises SettingsError."""
    settings = Settings.load(os.environ, ENV_FILE)
    seals.configure(settings.audit_key, settings.audit_key_old)
    return settings


def run_until_stopped(work: Coroutine[None, None, None]) -> None:
    """Run ``work`` until it ends, or until SIGINT or SIGTERM cancels it and it has closed everything."""

    async def run() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()

        def end() -> None:
            _end_at_last()
            task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    if sys.platform == "win32":  # libuv's loop is not made for it
        asyncio.run(run())
    else:
        import uvloop

        uvloop.run(run())


def _end_at_last() -> None:
    """What hangs (a disk, a database that does not answer) keeps the process no longer; nothing is lost by it."""
    timer = threading.Timer(LAST_SECONDS, os._exit, (EXIT_HUNG,))
    timer.daemon = True
    timer.start()


@click.command(help="启动机器人")
def serve() -> None:
    """The bot alone, from the settings."""
    from bot.runtime import log

    settings = load_settings()
    log.set_up()
    run_until_stopped(_serve(settings))


async def _serve(settings: Settings) -> None:
    with lifelong():
        from bot.app import listening, running
        from handlers.chat import language

    if found := list(language.problems()):
        raise DefinitionError(found)
    async with running(settings) as bot, listening(bot, settings.bot_host, settings.bot_port) as url:
        names = {"wecom": "企业微信", "dingtalk": "钉钉"}
        on = "、".join(names[name] for name in bot.channels) or "没有启用任何平台"
        say(f"回旋镖已启动：{url}（{on}）")
        await asyncio.Event().wait()


@click.command(help="只启动沙盒平台和显示手机的网页")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8090, show_default=True)
@click.option("--bot-url", default="http://127.0.0.1:8080", show_default=True, help="机器人监听的地址")
@click.option("--now", default=None, help="沙盒时钟的起点，例如 2026-11-22T09:00:00+08:00")
def sandbox(host: str, port: int, bot_url: str, now: str | None) -> None:
    """The fake platforms alone."""
    from sandbox.server import run

    run_until_stopped(run(host, port, bot_url, datetime.fromisoformat(now) if now else None))


@click.command(help="把数据库升级到当前版本")
def migrate() -> None:
    """Bring the schema up to date."""
    from models.database.connection import migrate as bring_up

    asyncio.run(bring_up(load_settings().database_url))
    say("数据库已是最新版本")


@click.command(help="检查设置、说法的文件、数据库、平台凭证和字体，一次说全")
def check() -> None:
    """Every problem at once; exit code 1 when there is one."""
    from bot.checkup import examine

    settings = load_settings()
    for caution in settings.cautions():
        say(f"! {caution}", err=True)
    problems = asyncio.run(examine(settings))
    for problem in problems:
        say(f"✗ {problem}", err=True)
    if problems:
        raise click.exceptions.Exit(1)
    say("一切正常")
