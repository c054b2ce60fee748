"""``import`` and ``undo-import``."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.files import whole
from bot.cli.serve import load_settings
from bot.cli.terminal import say
from bot.runtime.clock import start_clock
from flow import imports
from models.database.connection import database, migrate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from config.settings import Settings
    from flow.imports import ImportReport, Mapping

QUIET_SECONDS = 2.0  # work that lasts longer shows its progress (contract.md, Commands)
EVERY_SECONDS = 1.0
IMPORTERS: dict[str, Callable[..., Awaitable[ImportReport]]] = {
    "members": imports.import_members,
    "orders": imports.import_orders,
    "products": imports.import_products,
    "cases": imports.import_cases,
}


@dataclass(slots=True)
class Meter:
    """Says how far a run is, once a second after the first two."""

    shown: float = field(default_factory=lambda: time.monotonic() + QUIET_SECONDS - EVERY_SECONDS)

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - self.shown >= EVERY_SECONDS:
            self.shown = now
            say(f"{stage} {done:,}" + (f" / {total:,}" if total else ""), err=True)


@click.command("import", help="导入成员、订单、商品或历史售后单（CSV 或 XLSX）")
@click.argument("kind", type=click.Choice(list(IMPORTERS)))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), help="映射文件：哪一列是什么")
@click.option("--sheet", default="", help="工作簿里的哪一张表；不写就读有表头的那一张")
@click.option(
    "--amounts", type=click.Choice(imports.AMOUNTS), help="实付金额、优惠分摊是每行的，还是整单的；不写就看文件"
)
@click.option("--dry-run", is_flag=True, help="只检查和报告，什么都不写")
@click.option(
    "--report", "listing", type=click.Path(path_type=Path), help="把没有导入的行原样写进这个 CSV 或 XLSX，改好再导入"
)
def import_file(kind: str, file: Path, *, dry_run: bool, listing: Path | None, **read_as: Any) -> None:
    """Import one file. Exit code 1 when not a single row of it was any good."""
    mapping = imports.load_mapping(read_as["mapping"]) if read_as["mapping"] else None
    chosen = imports.of_amounts(imports.of_sheet(mapping, read_as["sheet"]), read_as["amounts"] or "")
    report = asyncio.run(_import(load_settings(), kind, file, chosen, dry_run=dry_run))
    say(report.text())
    if listing:
        with whole(listing) as part:
            imports.write_fixes(file, report, part)
        say(f"没有导入的 {len(report.bad):,} 行写进了 {listing}，改好以后直接导入它")
    elif report.bad:
        say("加上 --report 没进去的.xlsx，可以把这些行原样写出来，改好再导入")
    if report.bad and not report.good:
        raise click.ClickException(f"{file.name} 没有一行能导入，原因见上面的报告")


async def _import(settings: Settings, kind: str, file: Path, chosen: Mapping | None, *, dry_run: bool) -> ImportReport:
    await migrate(settings.database_url)
    async with database(settings.database_url):
        now = start_clock(settings.bot_now).now()
        zone = settings.bot_timezone
        return await IMPORTERS[kind](file, chosen, tz=zone, now=now, dry_run=dry_run, progress=Meter())


@click.command("undo-import", help="撤销一个导入批次")
@click.argument("batch", type=int)
def undo_import(batch: int) -> None:
    """Take a batch out again."""
    gone = asyncio.run(_undo(load_settings(), batch))
    listed = " · ".join(f"{name} {count:,}" for name, count in gone.items()) or "没有内容"
    say(f"批次 {batch} 已撤销：{listed}")


async def _undo(settings: Settings, batch: int) -> dict[str, int]:
    await migrate(settings.database_url)
    async with database(settings.database_url):
        return await imports.undo(batch, now=start_clock(settings.bot_now).now(), progress=Meter())
