"""A process that serves carries nothing that it may never need: what is heavy comes in when it is first used."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from asyncio.subprocess import PIPE
from typing import TYPE_CHECKING

from tests import ROOT
from tests.support.ports import unused_port
from tests.support.stage import outside

if TYPE_CHECKING:
    from pathlib import Path

#: spreadsheets, pictures, bar codes and what other processes or optional parts are for
HEAVY = {"openpyxl", "numpy", "PIL", "matplotlib", "zxingcpp", "opencc", "aiosmtplib", "obstore", "redis", "hypothesis"}
PROBE = """
import asyncio, json, os, sys
from bot.app import running
from bot.outbox.renderer import ChartRenderer
from config.settings import Settings

async def main():
    async with running(Settings.load(os.environ), renderer=ChartRenderer()) as bot:
        print(json.dumps({"channels": sorted(bot.channels), "modules": sorted(sys.modules)}))

asyncio.run(main())
"""


async def test_a_bot_at_rest_has_loaded_no_spreadsheets_and_no_pictures(tmp_path: Path, open_template: Path) -> None:
    shutil.copy2(open_template, tmp_path / "desk.db")
    async with outside(unused_port()) as (sandbox, _):
        environ = sandbox.bot_environ({"DATABASE_URL": f"sqlite://{tmp_path / 'desk.db'}"})
        probe = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROBE, cwd=ROOT, env=os.environ | environ, stdout=PIPE
        )
        told, _ = await probe.communicate()
    found = json.loads(told.splitlines()[-1])
    assert found["channels"] == ["dingtalk", "wecom"]
    assert HEAVY.isdisjoint(found["modules"])
