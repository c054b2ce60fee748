"""``import`` and ``undo-import`` at the command line: what they print, and how they end."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from bot.cli import imports
from flow.imports import ImportRefused
from tests.support import exported as x
from tests.support.importing import ORDER_HEADER, SAMPLE, book, orders, table

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

GOOD, BAD = "A1,S1,杯子,2,2.5,2011-08-31,C9", "A2,S1,杯子,x,2.5,2011-08-31,C9"
REASONS = ["原来的行号", "没有导入的原因", "怎么改"]


class Shell:
    """A command line on a database of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._group = click.Group(commands=[imports.import_file, imports.undo_import])

    def __call__(self, *words: object) -> Result:
        return CliRunner().invoke(self._group, [str(word) for word in words], env={"DATABASE_URL": self._url})


@pytest.fixture
def run(sqlite: str) -> Shell:
    return Shell(sqlite)


def test_a_new_database_is_made_and_filled(run: Shell, tmp_path: Path) -> None:
    done = run("import", "orders", orders(tmp_path, GOOD, BAD))
    assert done.exit_code == 0, done.output
    assert "导入订单：订单.csv（映射 default），批次 1" in done.output
    assert "订单 1" in done.output
    assert "· 数量不是整数 1 行（第 3 行）→ 数量写成整数" in done.output


def test_a_dry_run_says_so(run: Shell, tmp_path: Path) -> None:
    path = orders(tmp_path, GOOD)
    assert "试运行，没有写入" in run("import", "orders", path, "--dry-run").output
    assert "批次 1" in run("import", "orders", path).output


def test_a_sheet_is_chosen(run: Shell, tmp_path: Path) -> None:
    path = book(tmp_path, [ORDER_HEADER.split(","), GOOD.split(",")])
    both = load_workbook(path)
    both.copy_worksheet(both.worksheets[0]).title = "十二月"
    both.save(path)
    assert "有 2 张工作表都像订单表：Sheet、十二月" in str(run("import", "orders", path).exception)
    assert "读的是工作表“十二月”，没有读：Sheet" in run("import", "orders", path, "--sheet", "十二月").output


def test_whose_an_amount_is_may_be_said(run: Shell, tmp_path: Path) -> None:
    lines = [f"A1,S{n},杯子,1,50,2026-11-01,C9,50" for n in range(2)]
    path = orders(tmp_path, *lines, more=",实付金额")
    assert "加 --amounts 整单 再导入一次" in str(run("import", "orders", path).output)
    assert "订单 1" in run("import", "orders", path, "--amounts", "每行").output


def test_undo(run: Shell, tmp_path: Path) -> None:
    run("import", "orders", orders(tmp_path, GOOD))
    assert run("undo-import", 1).output == "批次 1 已撤销：订单行 1 · 订单 1 · 商品 1\n"
    assert isinstance(run("undo-import", 1).exception, ImportRefused)


def mended(path: Path, old: str, new: str) -> Path:
    """The file that an import wrote, as somebody saves it after putting a cell right."""
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        for row in book.worksheets[0].iter_rows():
            for cell in row:
                if cell.value == old:
                    cell.value = new
        book.save(path)
    else:
        path.write_text(path.read_text(encoding="utf-8-sig").replace(old, new), encoding="utf-8")
    return path


def test_the_rows_left_out_come_back_as_they_stood_with_the_reason_behind(run: Shell, tmp_path: Path) -> None:
    listing = tmp_path / "坏行.csv"
    done = run("import", "orders", orders(tmp_path, GOOD, BAD), "--report", listing)
    assert f"没有导入的 1 行写进了 {listing}，改好以后直接导入它" in done.output
    header, *rows = csv.reader(io.StringIO(listing.read_text(encoding="utf-8-sig")))
    assert header == [*ORDER_HEADER.split(","), *REASONS]
    assert rows == [[*BAD.split(","), "3", "数量不是整数", "数量写成整数，例如 6"]]


@pytest.mark.parametrize("name", ["坏行.csv", "坏行.tsv", "坏行.xlsx"])
def test_the_rows_left_out_are_mended_and_imported(run: Shell, tmp_path: Path, name: str) -> None:
    run("import", "orders", orders(tmp_path, GOOD, BAD.replace(",x,", ",2x,")), "--report", tmp_path / name)
    done = run("import", "orders", mended(tmp_path / name, "2x", "7"))
    assert "订单行 1 · 订单 1\n" in done.output
    assert "没有导入" not in done.output
    assert "没有用到的列" not in done.output


def test_an_order_that_came_back_whole_goes_in_whole(run: Shell, tmp_path: Path) -> None:
    """The second line has the number of the order only in the row above it, and there is a line of another between."""
    rows = [
        GOOD,
        "A2,S1,杯子,1,2.5,2011-08-31,C9",
        ",S2,盘子,2x,2.5,,",
        ",S3,碗,1,2.5,,",
        "A3,S1,杯子,1,0,2011-08-31,C9",
    ]
    listing = tmp_path / "坏行.csv"
    first = run("import", "orders", orders(tmp_path, *rows), "--report", listing)
    assert "订单行 1 · 订单 1" in first.output
    again = run("import", "orders", mended(listing, "2x", "2"))
    assert "订单行 3" in again.output
    assert "单价不是正数 1 行" in again.output


def test_what_a_spreadsheet_has_spoilt_stays_refused_until_it_is_mended(run: Shell, tmp_path: Path) -> None:
    rows = [ORDER_HEADER.split(","), [x.number("3001234567890123456"), "S1", "=杯子", "2", "2.5", "2026-11-01", "C9"]]
    path, listing = x.workbook(tmp_path / "订单.xlsx", rows), tmp_path / "坏行.xlsx"
    assert run("import", "orders", path, "--report", listing).exit_code == 1
    assert "把这一列设成文本再导出" in run("import", "orders", listing).output
    cells = [cell.value for cell in load_workbook(listing).worksheets[0][2]]
    assert cells[:4] == ["3.00123456789012E+18", "S1", "=杯子", "2"]
    assert "订单 1" in run("import", "orders", mended(listing, "3.00123456789012E+18", "3001234567890123456")).output


def test_zeros_that_only_a_format_shows_are_given_back_too(run: Shell, tmp_path: Path) -> None:
    rows = [ORDER_HEADER.split(","), [x.number("7", 1), x.number("42", 1), "杯子", "2x", "2.5", "2026-11-01", "C9"]]
    path, listing = x.workbook(tmp_path / "订单.xlsx", rows, formats=["00000"]), tmp_path / "坏行.csv"
    run("import", "orders", path, "--report", listing)
    assert listing.read_text(encoding="utf-8-sig").splitlines()[1].startswith("00007,00042,杯子,2x,")


def test_a_file_of_which_nothing_is_good_fails(run: Shell, tmp_path: Path) -> None:
    done = run("import", "orders", orders(tmp_path, BAD))
    assert done.exit_code == 1
    assert "没有一行能导入" in done.output


def test_a_mapping_of_ones_own(run: Shell, tmp_path: Path) -> None:
    mapping = table(tmp_path, "列: {姓名: 名字, 角色: 职务, 钉钉: 账号}", name="成员.yaml")
    path = table(tmp_path, "名字,职务,账号", "李雷,客服,d1")
    assert "（映射 成员）" in run("import", "members", path, "--mapping", mapping).output


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        (["import"], 2),
        (["import", "thing", "x.csv"], 2),  # no such kind
        (["import", "orders"], 2),
        (["undo-import", "x"], 2),  # a batch is a number
        (["import", "orders", "没有.csv"], 1),
        (["undo-import", "7"], 1),
    ],
)
def test_wrong_usage_and_refusals_end_differently(run: Shell, words: list[str], exit_code: int) -> None:
    assert run(*words).exit_code == exit_code


def test_progress_is_shown_after_two_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    meter = imports.Meter()
    meter("读取", 10, None)
    assert capsys.readouterr().err == ""
    meter.shown -= imports.QUIET_SECONDS
    meter("写入订单", 1000, 5000)
    meter("写入订单", 2000, 5000)
    assert capsys.readouterr().err == "写入订单 1,000 / 5,000\n"


def test_text_that_a_spreadsheet_would_compute_is_escaped(run: Shell, tmp_path: Path) -> None:
    listing = tmp_path / "坏行.csv"
    run("import", "members", table(tmp_path, "姓名,角色,钉钉,说明", "李雷,店长,d1,=1+1"), "--report", listing)
    assert "d1,'=1+1,2,不认识的角色 店长" in listing.read_text(encoding="utf-8-sig")


def test_the_sample_data_from_the_command_line(run: Shell) -> None:
    assert "售后单 40" in run("import", "orders", SAMPLE).output
