"""``demo``: the outside world and the bot in one process, a small shop staffed and stocked, and the page's address."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.terminal import say
from config import FOLDER
from config.settings import Settings
from sandbox import sample
from sandbox.clock import Clock as SandboxClock
from sandbox.people import staff, write_members_csv
from sandbox.server import Sandbox, demo_dingtalk, demo_wecom

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.app import Bot
    from flow.imports.report import ImportReport

DATABASE = Path("var/demo.db")
SHOP_HISTORY = FOLDER / "samples" / "online-retail.csv"
BIG_HISTORY = Path("../shared/data/online-retail-2010-12_2011-08.csv.xz")


@click.command(help="一条命令看全貌：假平台、机器人、示例店铺和所有人的手机")
@click.option("--port", default=8090, show_default=True, help="网页的端口，被占用就另选一个")
@click.option("--bot-port", default=8080, show_default=True, help="机器人的端口，被占用就另选一个")
def demo(port: int, bot_port: int) -> None:
    """The demo runs the production path; only the platforms are played."""
    from bot.cli.serve import run_until_stopped
    from bot.runtime import log

    log.set_up("WARNING")
    run_until_stopped(_demo(free_port(port), free_port(bot_port)))


def free_port(wanted: int) -> int:
    """``wanted``, or any free port when it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("没有空闲的端口")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the demo's two servers are."""

    sandbox: Sandbox
    settings: Settings


async def _demo(port: int, bot_port: int) -> None:
    from bot.app import listening, running
    from bot.runtime.clock import Clock

    place = await _open(port, bot_port)
    hands = place.sandbox.world.clock  # one clock for both: what the page skips ahead, the bot lives through
    clock = Clock(hands.now, lambda: hands.now().timestamp())
    try:
        async with running(place.settings, clock) as bot, listening(bot, "127.0.0.1", bot_port):
            await _stock(bot)
            say(f"\n回旋镖演示已就绪，用浏览器打开：{place.sandbox.url}/\n")
            say("试试：在客服林晓的手机里输入 退货 536365 85123A×2 质量问题 外壳破裂")
            say("按 Ctrl+C 结束。")
            await _history(place.settings.database_url)
            await asyncio.Event().wait()
    finally:
        await place.sandbox.close()


async def _open(port: int, bot_port: int) -> Place:
    """A fresh world and a fresh database: phones and cards of an earlier demo are gone together."""
    url = os.environ.get("DATABASE_URL") or f"sqlite://{DATABASE}"
    if "DATABASE_URL" not in os.environ:
        for old in DATABASE.parent.glob(f"{DATABASE.name}*"):
            old.unlink()
    at = f"http://127.0.0.1:{bot_port}"
    world = staff().world(SandboxClock())
    sandbox = Sandbox(world, wecom_app=demo_wecom(at), dingtalk_app=demo_dingtalk(at), port=port)
    await sandbox.start()
    environ = sandbox.bot_environ({"DATABASE_URL": url, "BOT_PORT": str(bot_port)})
    return Place(
        sandbox, Settings.load(environ | {k: v for k, v in os.environ.items() if k in {"POLICY", "REDIS_URL"}})
    )


async def _stock(bot: Bot) -> None:
    """Staff, products, orders and past returns, through the importer that merchants use."""
    from flow.imports.cases import import_cases
    from flow.imports.members import import_members
    from flow.imports.orders import import_orders
    from flow.imports.products import import_products

    zone = bot.settings.bot_timezone
    now = bot.clock.now().astimezone(zone)
    with tempfile.TemporaryDirectory() as folder:
        members = Path(folder) / "members.csv"
        write_members_csv(members)
        at = Path(folder)
        await _report("员工", import_members(members, None, tz=zone, now=now))
        await _report("商品", import_products(sample.write_products_csv(at / "products.csv"), None, tz=zone, now=now))
        await _report("订单", import_orders(sample.write_orders_csv(at / "orders.csv", now), None, tz=zone, now=now))
        await _report("售后", import_cases(sample.write_cases_csv(at / "cases.csv", now), None, tz=zone, now=now))
    await _report("历史订单", import_orders(SHOP_HISTORY, None, tz=zone, now=now))


async def _report(what: str, work: Awaitable[ImportReport]) -> None:
    report = await work
    told = "，".join(f"{name} {count}" for name, count in report.good.items())
    say(f"已导入{what}：{told}")


async def _history(url: str) -> None:
    """The whole sample, when it lies beside the checkout: imported by a process of its own while the page is up."""
    if not await asyncio.to_thread(BIG_HISTORY.exists):
        return
    say("正在后台导入九个月的真实订单，网页可以先用……")
    command = (sys.executable, "-m", "bot", "import", "orders", str(BIG_HISTORY))
    process = await asyncio.create_subprocess_exec(
        *command, env=os.environ | {"DATABASE_URL": url}, stdout=asyncio.subprocess.PIPE
    )
    try:
        out, _ = await process.communicate()
        lines = out.decode().strip().splitlines()
        say("历史订单导入完成。" + (lines[0] if lines else ""))
    finally:
        if process.returncode is None:
            process.kill()
