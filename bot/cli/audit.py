"""``audit``: whether any record was touched, records as a file for somebody outside, who looked at whose data."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.files import whole
from bot.cli.serve import load_settings
from bot.cli.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.seals import KeyRing


@click.group(help="流水的哈希链、封印和审计锚")
def audit() -> None:
    """Commands about the audit."""


@audit.command(
    help="逐单重算流水，核对金额、明细、质检、库存、时限、规则、员工、封印和审计锚；给出文件就只核对文件，不用数据库"
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--anchor", "typed", multiple=True, help="群里公布过的审计锚，64 位；可以写几个")
@click.option("--anchors", "kept", type=click.Path(path_type=Path), help="存着审计锚的文本文件，群消息原样存下就行")
@click.option("--key-file", type=click.Path(path_type=Path), help="审计密钥的文件：核对文件时连封印一起核对")
def verify(file: Path | None, typed: Sequence[str], kept: Path | None, key_file: Path | None) -> None:
    """Exit code 1 when something does not hold."""
    from flow.records.audit_file import hashes_in

    given = [each for text in typed for each in hashes_in(text) or [text]]
    given += hashes_in(kept.read_text(encoding="utf-8")) if kept else []
    found, said = _file(file, given, key_file) if file else asyncio.run(_verify(given))
    for sentence in found:
        say(sentence, err=True)
    if found:
        raise click.exceptions.Exit(1)
    say(said)


def _file(file: Path, given: Sequence[str], key_file: Path | None) -> tuple[list[str], str]:
    from flow.records import audit_file

    found = audit_file.read(file.read_text(encoding="utf-8"))
    broken = audit_file.check(found, given, _ring(key_file))
    matched = f"，{len(given)} 个给出的审计锚都对得上" if given else "；没有给出审计锚，只证明文件前后一致"
    return broken, f"文件里 {len(found.cases)} 张单、{len(found.anchors)} 个审计锚完整，没有改动{matched}"


def _ring(key_file: Path | None) -> KeyRing | None:
    from models.seals import KeyRing

    keys = [each.encode() for each in key_file.read_text().split()] if key_file else []
    return KeyRing(keys[0], tuple(keys[1:])) if keys else None


async def _verify(given: Sequence[str]) -> tuple[list[str], str]:
    from flow.records import access_log, anchors, register
    from flow.records.verification import broken_cases
    from models import AuditAnchor
    from models.database.connection import database, migrate

    url = load_settings().database_url
    await migrate(url)
    async with database(url):
        found = [sentence async for sentence in broken_cases()]
        found += await anchors.removed_cases() + await anchors.broken_against_anchors()
        found += await register.broken() + await access_log.broken_log()
        known = {str(each) for each in await AuditAnchor.all().values_list("hash", flat=True)}
        found += [f"给出的审计锚 {each[:12]}… 数据库里没有：它之前的记录被换过" for each in given if each not in known]
    return list(dict.fromkeys(found)), "全部流水完整，没有改动"


@audit.command(help="把审计记录写成文件，给外面的人核对：写单号只写那几张，不写就是全部")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--case", "nos", multiple=True, metavar="单号", help="可以写几个")
@click.option("--told", is_flag=True, help="连流水里说的话和客户资料一起写（不写时只有它们的承诺值）")
def export(file: Path, nos: Sequence[str], told: bool) -> None:
    """Without personal data unless it is asked for, which goes on record."""
    count = asyncio.run(_export(file, nos, told=told))
    say(f"已写出 {count} 行：{file}；核对用 python -m bot audit verify {file}")


async def _export(file: Path, nos: Sequence[str], *, told: bool) -> int:
    from bot.runtime.clock import start_clock
    from flow.records import access_log, audit_file
    from models.database.connection import database, migrate

    settings = load_settings()
    now = start_clock(settings.bot_now).now()
    await migrate(settings.database_url)
    async with database(settings.database_url):
        if told:
            what = {access_log.CASES: list(nos) or "全部", "文件": "审计"}
            await access_log.put_down(access_log.EXPORTED, None, what, now)
        lines = [line async for line in audit_file.lines(nos, now, told=told)]
    with whole(file) as part:
        await asyncio.to_thread(part.write_text, "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(lines)


@audit.command(help="今天的审计锚：没有就现在做，并发到管理群")
def anchor() -> None:
    """The newest anchor; made now where the day has none."""
    say(asyncio.run(_anchor()))


async def _anchor() -> str:
    from bot.runtime.clock import start_clock
    from flow.records import anchors
    from models.database.connection import database, migrate

    settings = load_settings()
    await migrate(settings.database_url)
    async with database(settings.database_url):
        now = start_clock(settings.bot_now).now()
        await anchors.begin(now)
        await anchors.cast(now, settings.bot_timezone)
        return await anchors.foot()


@audit.command(help="换了密钥以后，把旧密钥的封印换成新的；先核对，对不上的不换")
def reseal() -> None:
    """So that the old key may be taken out of the settings."""
    done, left = asyncio.run(_reseal())
    say(f"已换成新封印：{done} 处")
    if left:
        raise click.ClickException(f"{left} 处对不上，没有换：先运行 python -m bot audit verify")


async def _reseal() -> tuple[int, int]:
    from bot.runtime.clock import start_clock
    from flow.records.resealing import reseal as seal_again
    from models.database.connection import database, migrate

    settings = load_settings()
    await migrate(settings.database_url)
    async with database(settings.database_url):
        return await seal_again(start_clock(settings.bot_now).now())


@audit.command(name="log", help="访问记录：谁查看、导出、清除过谁的资料；可以写姓名、单号或订单号")
@click.argument("about", required=False, default="")
@click.option("--count", default=50, show_default=True)
def log_(about: str, count: int) -> None:
    """The newest first."""
    for line in asyncio.run(_log(about, count)):
        say(line)


async def _log(about: str, count: int) -> list[str]:
    from flow.records import access_log
    from models.database.connection import database, migrate

    settings = load_settings()
    await migrate(settings.database_url)
    async with database(settings.database_url):
        found = await access_log.newest(count, about)
    zone = settings.bot_timezone
    return [f"{e.at.astimezone(zone):%Y-%m-%d %H:%M} {e.actor} {access_log.said(e)}" for e in found] or ["没有访问记录"]
