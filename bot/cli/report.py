"""``report``: the numbers of a chart as a picture, a table or JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.files import whole
from bot.cli.serve import load_settings
from bot.runtime.clock import start_clock
from cards.charts import spreadsheet
from flow.records.anchors import foot
from flow.stats import values
from flow.stats.charts import CHARTS, query
from flow.stats.errors import StatsError
from flow.stats.period import parse_period
from flow.stats.scope import Scope
from models.database.connection import database, migrate

if TYPE_CHECKING:
    from collections.abc import Callable

    from flow.stats.report import Report

FORMATS = ("png", "csv", "json", "xlsx")
DEFAULT_PERIOD = "近30天"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asked for."""

    chart: str
    since: str | None
    until: str | None
    by: str | None
    where: dict[str, str]


def _pairs(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if any(not name or not equals for name, equals, _ in pairs):
        raise click.BadParameter("要写成 字段=值，例如 区域=华东")
    return {name: value for name, _, value in pairs}


@click.command(help=f"报表：{'、'.join(CHARTS)}")
@click.argument("chart")
@click.option("--from", "since", metavar="日期", help="从哪天起，例如 2011-03-01")
@click.option("--to", "until", metavar="日期", help="到哪天止（含）")
@click.option("--by", type=click.Choice(["day", "week", "month", "quarter"]), help="按日、周、月、季度")
@click.option("--where", multiple=True, callback=_pairs, metavar="字段=值", help="筛选，可以写几个")
@click.option("--format", "form", type=click.Choice(FORMATS), help="不写时看 -o 的后缀，再不然是 json")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="写到文件；不写就输出到屏幕")
def report(  # noqa: PLR0913  # one parameter per option of the contract
    chart: str, since: str | None, until: str | None, by: str | None, where: dict[str, str],
    form: str | None, output: Path | None,
) -> None:  # fmt: skip
    """Exit code 1 for a chart, filter or period that there isn't."""
    kind = form or _by_suffix(output)
    if kind in {"png", "xlsx"} and output is None and sys.stdout.isatty():
        raise click.UsageError(f"{kind} 是二进制，请用 -o 写到文件")
    try:
        data, anchor = asyncio.run(_answer(Wanted(chart, since, until, by, where)))
    except StatsError as error:
        raise click.ClickException(str(error)) from error
    _write(_WRITERS[kind](data, anchor), output)


def _by_suffix(output: Path | None) -> str:
    suffix = output.suffix.lstrip(".").lower() if output else ""
    return suffix if suffix in FORMATS else "json"


async def _answer(wanted: Wanted) -> tuple[Report, str]:
    """What was asked for, and the newest anchor of the audit, "" before there is one."""
    settings = load_settings()
    zone = settings.bot_timezone
    now = start_clock(settings.bot_now).now().astimezone(zone)
    today = f"{now:%Y-%m-%d}"
    words = DEFAULT_PERIOD
    if wanted.since or wanted.until:
        words = f"{wanted.since or wanted.until}~{wanted.until or today}"
    period = parse_period(words, now, zone)
    await migrate(settings.database_url)
    async with database(settings.database_url):
        await values.check(Scope.of(wanted.where).where, {})
        return await query(wanted.chart, period, wanted.where, by=wanted.by, now=now, tz=zone), await foot()


def _png(found: Report, _: str) -> bytes:
    from cards import pictures

    drawn: bytes = pictures.draw(found.form, found.data())
    return drawn


def _json(found: Report, _: str) -> bytes:
    return (json.dumps(found.json(), ensure_ascii=False) + "\n").encode()


_WRITERS: dict[str, Callable[[Report, str], bytes]] = {
    "png": _png,
    "json": _json,
    "csv": lambda found, anchor: spreadsheet.to_csv(found.data(), anchor),
    "xlsx": lambda found, anchor: spreadsheet.to_xlsx(found.data(), anchor),
}


def _write(data: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(data)
    else:
        with whole(output) as part:
            part.write_bytes(data)
