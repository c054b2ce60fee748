"""Historical cases: from the return lines of an order file, or from a table of their own."""

from __future__ import annotations

from contextlib import asynccontextmanager, closing
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from flow.cases import erasure
from flow.imports import load_mapping
from flow.imports.batches import Run
from flow.imports.case_writer import write_cases
from flow.imports.claims import match, purchases_for
from flow.imports.order_rows import ReturnRow
from flow.imports.table import Table
from flow.records import audit
from flow.records.verification import broken
from models import Case, CaseLine, Event, OrderLine
from tests.support.importing import NOW, SHANGHAI, opened, orders, reasons, table, take_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HEADER = "单号,订单号,SKU,数量,类型,退货类型,原因,申请时间,完成时间,客户,区域,退款金额,备注"


@asynccontextmanager
async def with_purchases(url: str, folder: Path) -> AsyncIterator[None]:
    """Order A1 of customer C9: three cups in two lines, a plate."""
    async with opened(url):
        cups = ["A1,S1,杯子,2,10,2011-08-01,C9,华东", "A1,S1,杯子,1,10,2011-08-01,C9,华东"]
        await take_in("orders", orders(folder, *cups, "A1,S2,盘子,1,5,2011-08-01,C9,华东", more=",区域"))
        yield


@pytest.fixture
async def desk(sqlite: str, tmp_path: Path) -> AsyncIterator[None]:
    async with with_purchases(sqlite, tmp_path):
        yield


@pytest.fixture
async def engine(database_url: str, tmp_path: Path) -> AsyncIterator[None]:
    """Each database in turn."""
    async with with_purchases(database_url, tmp_path):
        yield


async def test_a_case_with_all_that_the_table_says(engine: None, tmp_path: Path) -> None:
    row = "H1,A1,S1,3,换货,质量问题,漏水,2011-08-05 10:00:00,2011-08-09 18:00:00,,,29.99,急"
    report = await take_in("cases", table(tmp_path, HEADER, row))
    assert report.good == {"售后单": 1}
    case = await Case.get()
    assert (case.no, case.kind, case.return_type, case.reason) == ("R20110805-0001", "换货", "质量问题", "漏水")
    assert (case.amount, case.note, case.region, case.customer) == (Decimal("29.99"), "急", "华东", "C9")
    paid = await CaseLine.all().order_by("id").values_list("paid", flat=True)
    assert paid == [Decimal("19.99"), Decimal("10.00")]


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_refund_above_what_was_paid_is_named(desk: None, tmp_path: Path, dry_run: bool) -> None:
    rows = ["A1,S1,2,2011-08-05,20.00", "A1,S1,1,2011-08-06,10.01", "A1,S2,1,2011-08-06,500"]
    report = await take_in("cases", table(tmp_path, "订单号,SKU,数量,申请时间,退款金额", *rows), dry_run=dry_run)
    assert report.good == {"售后单": 3}
    said = "退款金额比实付多，照表里的记，请核对：第 3 行退 ¥10.01，实付 ¥10.00；第 4 行退 ¥500.00，实付 ¥5.00"
    assert said in report.remarks


async def test_without_an_amount_the_purchase_decides(desk: None, tmp_path: Path) -> None:
    await take_in("cases", table(tmp_path, "订单号,SKU,数量,申请时间", "A1,S1,2,2011-08-05"))
    assert (await Case.get()).amount == Decimal("20.00")


async def test_without_an_order_number_the_customer_finds_it(desk: None, tmp_path: Path) -> None:
    await take_in("cases", table(tmp_path, "客户,SKU,数量,申请时间", "C9,S2,1,2011-08-05"))
    assert (await Case.get()).order_no == "A1"


async def test_what_finds_no_purchase_is_listed(desk: None, tmp_path: Path) -> None:
    rows = ["A1,S9,1,2011-08-05,", "A9,S1,1,2011-08-05,", "A1,S1,4,2011-08-05,", ",S1,1,2011-08-05,C1"]
    report = await take_in("cases", table(tmp_path, "订单号,SKU,数量,申请时间,客户", *rows))
    assert reasons(report) == {
        "退货行：订单里没有这个商品": [2],
        "退货行：没有这个订单": [3],
        "退货行：买过但剩余数量不够": [4],
        "退货行：此前没有买过": [5],
    }
    assert await Case.all().count() == 0


async def test_a_repair_takes_no_units(desk: None, tmp_path: Path) -> None:
    await take_in("cases", table(tmp_path, "订单号,SKU,数量,申请时间,类型", "A1,S2,1,2011-08-05,维修"))
    assert (await OrderLine.get(sku="S2")).claimed == 0
    line = await CaseLine.get()
    assert (line.order_line_id, line.requested, line.received) == (None, 1, 0)


async def test_importing_again_adds_nothing(desk: None, tmp_path: Path) -> None:
    path = table(tmp_path, HEADER, "H1,A1,S1,1,,,,2011-08-05,,,,,", "H1,A1,S1,1,,,,2011-08-05,,,,,")
    assert (await take_in("cases", path)).good == {"售后单": 2}  # the table has two such rows, and means two
    assert (await take_in("cases", path)).good == {"已存在售后单": 2}
    assert await Case.all().count() == 2


@pytest.mark.parametrize("kind", ["维修", "退货"])
async def test_importing_again_what_was_erased_adds_nothing(desk: None, tmp_path: Path, kind: str) -> None:
    """A repair takes no units, so nothing else would keep it from being there twice, under the erased name."""
    path = table(tmp_path, "订单号,SKU,数量,申请时间,类型,客户", f"A1,S1,1,2011-08-05,{kind},C9")
    await take_in("cases", path)
    await erasure.erase(await erasure.whose("A1"), None, NOW)
    assert "C9" not in str((await Case.get()).source)
    assert (await take_in("cases", path)).good == {"已存在售后单": 1}
    assert await Case.all().count() == 1


async def test_the_only_event_begins_the_chain(engine: None, tmp_path: Path) -> None:
    report = await take_in("cases", table(tmp_path, "订单号,SKU,数量,申请时间", "A1,S2,1,2011-08-05"))
    case, event = await Case.get(), await Event.get()
    assert (event.seq, event.action, event.actor, event.at, event.before) == (1, "导入", "导入", NOW, audit.GENESIS)
    assert event.data == {"批次": report.batch_id, "文件": "表.csv", "行": 2, "单号": ""}
    assert event.hash == case.chain == audit.link(audit.GENESIS, audit.facts_of(case.no, event))
    assert case.seq == 1
    assert await broken(case.id) == (1, "")


async def test_only_the_return_lines_of_an_order_file(desk: None, tmp_path: Path) -> None:
    rows = [
        "A1,S1,杯子,-1,10,2011-08-05,C9",  # a return
        "A2,S1,杯子,1,10,2011-08-05,C9",  # an order
        "A3,S1,杯子,0,10,2011-08-05,C9",  # not a good one, but none of our business
        "A1,S7,杯子,-1,10,2011-08-05,C9",
    ]
    (tmp_path / "负数.yaml").write_text("列: {订单号: 订单号}\n退货行: {列: 数量, 正则: '^-'}\n", encoding="utf-8")
    report = await take_in("cases", orders(tmp_path, *rows), mapping=load_mapping(tmp_path / "负数.yaml"))
    assert report.good == {"售后单": 1, "跳过的订单行": 2}
    assert reasons(report) == {"退货行：此前没有买过": [5]}


async def test_a_dry_run_reports_the_same_and_writes_nothing(desk: None, tmp_path: Path) -> None:
    path = table(tmp_path, "订单号,SKU,数量,申请时间", "A1,S1,2,2011-08-05", "A1,S1,2,2011-08-06")
    dry = await take_in("cases", path, dry_run=True)
    assert await Case.all().count() == 0
    wet = await take_in("cases", path)
    assert (wet.good, wet.bad) == (dry.good, dry.bad)
    assert wet.good == {"售后单": 1}


async def test_units_that_somebody_took_meanwhile_are_not_returned(desk: None, tmp_path: Path) -> None:
    with closing(Table(table(tmp_path, "订单号,SKU,数量,申请时间"))) as empty:
        run = Run("cases", empty, NOW)
        row = ReturnRow(2, "", "", "A1", "", "S2", 1, None, NOW, NOW)
        matched, _ = match(await purchases_for([("x", row)]), [("x", row)])
        await OrderLine.filter(sku="S2").update(claimed=1)
        lost = await write_cases(run, matched, SHANGHAI)
    assert [bad.reason for bad in lost] == ["退货行：买过但剩余数量不够"]
    assert await Case.all().count() == 0


async def test_a_case_of_several_lines_says_once_whose_it_is(desk: None, tmp_path: Path) -> None:
    rows = ["H1,A1,S1,1,退货,,漏水,2011-08-05,,C9,,,", ",,S2,1,,,,,,,,,", "H2,A1,S1,1,,,,2011-08-06,,,,,"]
    report = await take_in("cases", table(tmp_path, HEADER, *rows))
    assert (report.good, report.bad) == ({"售后单": 3}, [])
    assert report.remarks == ("1 行的订单号空着，接着上一行的", "文件没有 状态 列，每一行都当作已完成")
    assert sorted(case.reason for case in await Case.all()) == ["未注明", "漏水", "漏水"]


async def test_an_order_number_that_a_spreadsheet_has_spoilt_finds_nothing(desk: None, tmp_path: Path) -> None:
    report = await take_in("cases", table(tmp_path, "订单号,SKU,数量,申请时间", "3.001E+18,S1,1,2011-08-05"))
    assert reasons(report) == {"订单号被表格软件改成了数字": [2]}
