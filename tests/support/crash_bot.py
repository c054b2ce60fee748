"""Bots that are meant to die: a warm process that forks one for every line of settings, and says its number.

Forked, a bot is at work within a third of a second; fifty that started from nothing would take minutes.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from unittest.mock import patch

from bot.app import listening, running
from bot.outbox.renderer import ChartRenderer
from bot.runtime import leases, log
from config.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANNELS = ("bot.channels.wecom.channel", "bot.channels.dingtalk.channel")
ENGINES = ("models.database.sqlite_engine", "models.database.postgres_engine")
MIGRATIONS = ("tortoise.migrations.api", "models.migrations.0001_initial")
LOG = "CRASH_LOG"  #: key of the line that names the file for the bot's log


async def serve(settings: Settings) -> None:
    """As ``python -m bot serve`` does, until killed.

    Nobody asks for a picture in these walks, and a painter that is brought up at every start costs more than the bot.
    """
    async with running(settings, renderer=ChartRenderer()) as bot, listening(bot, settings.bot_host, settings.bot_port):
        await asyncio.Event().wait()


def live(environ: Mapping[str, str]) -> NoReturn:
    """Be a bot from here on."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with Path(environ[LOG]).open("ab", buffering=0) as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    log.set_up()
    with patch.object(leases, "BEAT_SECONDS", 0.05):
        asyncio.run(serve(Settings.load(environ)))
    os._exit(0)


def warm_up() -> None:
    """Import what a bot imports only when its settings ask for it."""
    for name in (*CHANNELS, *ENGINES, *MIGRATIONS):
        importlib.import_module(name)


def main() -> None:
    """Whoever holds our standard input lives on; when that ends, so do all bots."""
    warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are not waited for
    for line in sys.stdin:
        if pid := os.fork():
            sys.stdout.write(f"{pid}\n")
            sys.stdout.flush()
            continue
        try:
            live(json.loads(line))
        except BaseException:  # noqa: BLE001 - the edge of a process that nobody else reports for
            traceback.print_exc()
        finally:
            os._exit(1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
