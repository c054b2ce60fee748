"""``backup`` and ``restore``."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.imports import Meter
from bot.cli.serve import load_settings
from bot.cli.terminal import say
from bot.runtime.clock import start_clock
from models.seals import key_file

if TYPE_CHECKING:
    from bot.backups.service import Outcome

CHAIN = "注意：{}。备份是完整的，库里原来就这样；请对照更早的备份"
UNSEALED = "注意：封印用的密钥不在这里，只核对了流水的哈希。把原来的密钥放在 {}，或写成 AUDIT_KEY，再运行 audit verify"


@click.command(help="把数据库和照片备份成一个文件；机器人不用停")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--no-verify", is_flag=True, help="写完不试着恢复一遍")
def backup(file: Path, *, no_verify: bool) -> None:
    """Exit code 1, and no file, when it could not be made or did not stand the trial."""
    from bot.backups import scratch, service

    settings = load_settings()
    now = start_clock(settings.bot_now).now()
    outcome = asyncio.run(service.backup(settings, file, now, Meter(), verify=not no_verify))
    if outcome.broken:
        say(CHAIN.format(scratch.shown(outcome.broken)), err=True)
    if not outcome.sealed:
        say(UNSEALED.format(key_file(settings.database_url)), err=True)
    if outcome.missing:
        say(f"注意：有 {outcome.missing} 张照片不在 PHOTO_STORE 里，没有备份进去", err=True)
    tried = "" if no_verify else "，已试着恢复一遍，行数、引用和流水都对得上"
    say(f"已备份到 {file}：{_told(outcome)}{tried if not outcome.broken else ''}")


@click.command(help="把备份恢复到 DATABASE_URL；那里要是空的，机器人要停着")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="换掉已有的内容")
@click.option("--broken-chain", is_flag=True, help="备份里的流水对不上也恢复")
@click.option("--check", is_flag=True, help="只在旁边试着恢复一遍，什么都不动")
def restore(file: Path, *, replace: bool, broken_chain: bool, check: bool) -> None:
    """Exit code 1, and nothing touched, when the file is bad, or the place is in use or not empty."""
    from bot.backups import scratch, service

    settings = load_settings()
    if check:
        looked = asyncio.run(service.check(settings, file, Meter()))
        if looked.broken:
            raise click.ClickException(f"{file} 能恢复，但流水对不上：{scratch.shown(looked.broken)}")
        if not looked.sealed:
            say(UNSEALED.format(key_file(settings.database_url)), err=True)
        say(f"{file} 能恢复，行数、引用和流水都对得上")
        return
    outcome = asyncio.run(service.restore(settings, file, Meter(), replace=replace, broken_chain=broken_chain))
    if not outcome.sealed:
        say(UNSEALED.format(key_file(settings.database_url)), err=True)
    say(f"已恢复 {file}（{_moment(outcome.manifest.made_at)} 的备份）：{_told(outcome)}。现在可以启动机器人")


def _moment(written: str) -> str:
    """When a backup was made, by the clock of the machine that is being restored."""
    return f"{datetime.fromisoformat(written).astimezone():%Y-%m-%d %H:%M}"


def _told(outcome: Outcome) -> str:
    manifest = outcome.manifest
    cases = manifest.tables["return_case"].rows if "return_case" in manifest.tables else 0
    return f"{cases:,} 单，{len(manifest.tables)} 张表 {manifest.rows:,} 行，照片文件 {len(manifest.photos):,} 个"
