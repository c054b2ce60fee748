"""``python -m bot report``: the same numbers as a file for people and for programs."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from typing import TYPE_CHECKING

import openpyxl
import pytest
from click.testing import CliRunner, Result

from bot.cli.main import cli
from models.database.connection import database
from models.enums import CloseReason
from tests.support.sales import Back, Sold, history

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., Result]
AUGUST = ("--from", "2011-08-01", "--to", "2011-08-31")


async def _fill(url: str) -> None:
    async with database(url):
        await history(
            Sold("2011-08-01", 50),
            Back("2011-08-02", 3, "=HYPERLINK(1)"),
            Back("2011-08-03", 2, "异响", region="华南"),
            Back("2011-08-04", 9, "异响", closed=CloseReason.WITHDRAWN),
        )


@pytest.fixture
def report(sqlite: str) -> Run:
    """Run the command on a shop's past, on the first of September 2011."""
    asyncio.run(_fill(sqlite))
    environ = {"DATABASE_URL": sqlite, "BOT_NOW": "2011-09-01T09:00:00+08:00"}
    return lambda *words: CliRunner().invoke(cli, ["report", *words], env=environ)


@pytest.fixture
def anchored(report: Run, sqlite: str) -> str:
    """The audit's anchor of that day, cast on the command line."""
    environ = {"DATABASE_URL": sqlite, "BOT_NOW": "2011-09-01T09:00:00+08:00"}
    return CliRunner().invoke(cli, ["audit", "anchor"], env=environ).stdout.strip()


def test_json_is_what_programs_rely_on(report: Run) -> None:
    assert json.loads(report("退货原因", *AUGUST).stdout_bytes) == {
        "chart": "退货原因", "from": "2011-08-01", "to": "2011-08-31", "unit": "件", "total": 5,
        "as_of": "2011-09-01T09:00:00+08:00",
        "series": [{"name": "退货原因", "points": [["=HYPERLINK(1)", 3], ["异响", 2]]}],
    }  # fmt: skip


def test_thirty_days_unless_told(report: Run) -> None:
    found = json.loads(report("退货原因").stdout_bytes)
    assert (found["from"], found["to"], found["total"]) == ("2011-08-03", "2011-09-01", 2)


def test_filters_and_steps(report: Run) -> None:
    found = json.loads(report("退货率趋势", *AUGUST, "--by", "month", "--where", "区域=华东").stdout_bytes)
    assert (found["series"][0]["points"], found["total"]) == ([["2011-08", 6.0]], 6.0)


def test_a_spreadsheet_runs_nothing(report: Run, tmp_path: Path) -> None:
    assert report("退货原因", *AUGUST, "-o", str(tmp_path / "a.csv")).exit_code == 0
    table = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig"))))
    assert table[1] == ["退货原因", "'=HYPERLINK(1)", "3"]


def test_a_workbook_has_numbers(report: Run, tmp_path: Path) -> None:
    assert report("退货原因", *AUGUST, "-o", str(tmp_path / "a.xlsx")).exit_code == 0
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[2]] == ["退货原因", "'=HYPERLINK(1)", 3]


def test_the_table_of_figures_for_programs(report: Run) -> None:
    found = json.loads(report("指标", *AUGUST).stdout_bytes)
    assert list(found) == ["chart", "from", "to", "unit", "as_of", "series", "total"]
    assert (found["chart"], found["unit"], found["total"]) == ("指标", "", None)
    assert [series["name"] for series in found["series"]] == ["本期", "上期"]
    assert found["series"][0]["points"][:4] == [
        ["单数（单）", 2], ["办结数（单）", 0], ["还在处理（单）", 2], ["首次响应（平均，小时）", None],
    ]  # fmt: skip
    assert json.loads(report("指标", *AUGUST, "--where", "区域=华南").stdout_bytes)["series"][0]["points"][0][1] == 1


def test_the_table_of_figures_in_a_spreadsheet(report: Run, tmp_path: Path) -> None:
    assert report("指标", *AUGUST, "-o", str(tmp_path / "a.csv")).exit_code == 0
    table = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig"))))
    assert table[:2] == [["指标", "算法", "单位", "本期", "上期", "变化", "变化的单位"],
                         ["单数", "", "单", "2", "0", "", ""]]  # fmt: skip
    assert table[4] == ["首次响应", "平均", "小时", "", "", "", ""]
    assert report("指标", *AUGUST, "-o", str(tmp_path / "a.xlsx")).exit_code == 0
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[2]][:5] == ["单数", None, "单", 2, 0]


@pytest.mark.parametrize("chart", ["退货原因", "指标"])
def test_a_file_ends_with_the_newest_anchor_of_the_audit(
    report: Run, anchored: str, tmp_path: Path, chart: str
) -> None:
    assert anchored.startswith("审计锚 2011-09-01 第 1 号：")
    for kind in ("csv", "xlsx"):
        assert report(chart, *AUGUST, "-o", str(tmp_path / f"a.{kind}")).exit_code == 0
    table = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig"))))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert (table[-1], sheet.cell(sheet.max_row, 1).value) == ([anchored], anchored)


@pytest.mark.parametrize("days", [AUGUST, ("--from", "2010-01-01", "--to", "2010-01-31")])  # something, nothing
def test_the_table_of_figures_as_a_picture(report: Run, tmp_path: Path, days: tuple[str, ...]) -> None:
    assert report("指标", *days, "-o", str(tmp_path / "a.png")).exit_code == 0
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_a_picture(report: Run, tmp_path: Path) -> None:
    assert report("退货原因", *AUGUST, "-o", str(tmp_path / "a.png")).exit_code == 0
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("毛利",), 1, "没有“毛利”这张图"),
        (("退货原因", "--where", "颜色=红"), 1, "没有“颜色”这个筛选"),
        (("退货原因", "--from", "2011-13"), 1, "没有“2011-13”这个日子"),
        (("退货原因", "--from", "2011-08-31", "--to", "2011-08-01"), 1, "时间前后颠倒了"),
        (("退货原因", "--where", "华东"), 2, "要写成 字段=值"),
        (("退货原因", "--by", "hour"), 2, "hour"),
        (("退货原因", "--format", "pdf"), 2, "pdf"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(report: Run, words: tuple[str, ...], code: int, said: str) -> None:
    found = report(*words)
    assert (found.exit_code, said in found.stderr, found.stdout) == (code, True, "")
