"""The product table: created and updated by SKU, blank cells change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Product
from tests.support import exported as x
from tests.support.importing import opened, reasons, table, take_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HEADER = "商品编号,名称,品类,产品线,供应商,可退"


@pytest.fixture
async def desk(sqlite: str) -> AsyncIterator[None]:
    async with opened(sqlite):
        yield


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[None]:
    """Each database in turn."""
    async with opened(database_url):
        yield


async def kept(sku: str) -> tuple[str, str, str, str, bool]:
    p = await Product.get(sku=sku)
    return p.title, p.category, p.line, p.supplier, p.returnable


async def test_a_product_with_everything(desk: None, tmp_path: Path) -> None:
    report = await take_in("products", table(tmp_path, HEADER, "S1,杯子,餐具,日用,甲厂,否"))
    assert report.good == {"新商品": 1}
    assert await kept("S1") == ("杯子", "餐具", "日用", "甲厂", False)


async def test_a_product_can_be_returned_unless_told_otherwise(desk: None, tmp_path: Path) -> None:
    await take_in("products", table(tmp_path, "SKU,名称", "S1,杯子"))
    assert await kept("S1") == ("杯子", "", "", "", True)


async def test_what_the_table_says_replaces_what_was_known(engine: None, tmp_path: Path) -> None:
    await take_in("products", table(tmp_path, HEADER, "S1,杯子,餐具,日用,甲厂,是"))
    report = await take_in("products", table(tmp_path, HEADER, "S1,保温杯,,户外,,否", "S2,盘子,,,,"))
    assert report.good == {"新商品": 1, "商品更新": 1}
    assert await kept("S1") == ("保温杯", "餐具", "户外", "甲厂", False)


async def test_importing_again_changes_nothing(desk: None, tmp_path: Path) -> None:
    path = table(tmp_path, HEADER, "S1,杯子,餐具,,,是")
    await take_in("products", path)
    assert (await take_in("products", path)).good == {"没有变化": 1}


async def test_rows_that_cannot_be_products(desk: None, tmp_path: Path) -> None:
    rows = [",杯子,,,,", "S1,,,,,", "S2,杯子,,,,也许", "S3,杯子,,,,", "S3,盘子,,,,"]
    report = await take_in("products", table(tmp_path, HEADER, *rows))
    assert reasons(report) == {"没有SKU": [2], "没有名称": [3], "可退认不出": [4], "SKU重复": [6]}
    assert report.good == {"新商品": 1}


async def test_a_dry_run_reports_the_same_and_writes_nothing(desk: None, tmp_path: Path) -> None:
    path = table(tmp_path, HEADER, "S1,杯子,餐具,,,是", ",盘子,,,,")
    dry = await take_in("products", path, dry_run=True)
    assert await Product.all().count() == 0
    wet = await take_in("products", path)
    assert (wet.good, wet.bad) == (dry.good, dry.bad)


async def test_a_code_keeps_the_zeros_that_its_format_shows(desk: None, tmp_path: Path) -> None:
    rows = [["商品编号", "名称"], [x.number("42", 1), x.number("42", 1)]]
    await take_in("products", x.workbook(tmp_path / "商品.xlsx", rows, formats=["00000"]))
    assert await kept("00042") == ("42", "", "", "", True)


async def test_codes_that_a_spreadsheet_has_spoilt_are_refused(desk: None, tmp_path: Path) -> None:
    rows = ["6.90123E+12,杯子", "6901234567892,盘子", "12-Mar,碗"]
    report = await take_in("products", table(tmp_path, "商品编号,名称", *rows))
    assert reasons(report) == {"SKU被表格软件改成了数字": [2], "SKU被表格软件改成了日期": [4]}
    assert report.good == {"新商品": 1}


@pytest.mark.parametrize(("text", "may"), [("可退", True), ("不可退", False), ("√", True), ("×", False), ("yes", True)])
async def test_ways_to_say_that_it_may_be_returned(desk: None, tmp_path: Path, text: str, may: bool) -> None:
    await take_in("products", table(tmp_path, HEADER, f"S1,杯子,,,,{text}"))
    assert (await Product.get()).returnable is may
