"""Orders, their products and their returns, from a file into the tables of each engine."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from flow.imports import ImportRefused, load_mapping
from flow.orders.lookup import find_bill
from flow.records.sequences import take
from models import Case, CaseLine, Counter, ImportBatch, Order, OrderLine, Product
from tests.support.importing import NOW, book, claimed, opened, orders, reasons, table, take_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

FULL = ",客户姓名,客户手机,客户邮箱,收货地址,区域,品类,供应商,店铺,签收时间,运费,序列号"


@pytest.fixture
async def desk(sqlite: str) -> AsyncIterator[None]:
    async with opened(sqlite):
        yield


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[None]:
    """Each database in turn."""
    async with opened(database_url):
        yield


async def lines_of(no: str) -> list[tuple[str, int, Decimal]]:
    lines = await OrderLine.filter(order__no=no).order_by("id")
    return [(line.sku, line.quantity, line.unit_price) for line in lines]


async def test_an_order_with_its_lines_and_products(engine: None, tmp_path: Path) -> None:
    path = orders(tmp_path, "A1,S1,杯子,2,2.5,2011-08-31 17:45:00,C9", "A1,S2,盘子,1,10,2011-08-31 17:45:00,C9")
    report = await take_in("orders", path)
    assert report.good == {"订单": 1, "订单行": 2, "新商品": 2}
    order = await Order.get(no="A1")
    assert (order.customer, order.ordered_at) == ("C9", datetime(2011, 8, 31, 9, 45, tzinfo=UTC))
    assert await lines_of("A1") == [("S1", 2, Decimal("2.50")), ("S2", 1, Decimal("10.00"))]
    assert await Product.all().order_by("sku").values_list("sku", "title") == [("S1", "杯子"), ("S2", "盘子")]


async def test_optional_columns_arrive(engine: None, tmp_path: Path) -> None:
    said = "王芳,13800000001,w@example.com,上海 1 号,华东,餐具,甲厂,天猫,2011-09-02,8,SN1"
    await take_in("orders", orders(tmp_path, f"A1,S1,杯子,2,2.5,2011-08-31,C9,{said}", more=FULL))
    order, line, product = await Order.get(no="A1"), await OrderLine.get(sku="S1"), await Product.get(sku="S1")
    assert (order.customer_name, order.mobile, order.email) == ("王芳", "13800000001", "w@example.com")
    assert (order.address, order.region, order.shop, order.freight) == ("上海 1 号", "华东", "天猫", Decimal(8))
    assert order.delivered_at == datetime(2011, 9, 1, 16, 0, tzinfo=UTC)
    assert (line.serial, product.category, product.supplier) == ("SN1", "餐具", "甲厂")


async def test_what_is_stored_reads_like_what_the_models_store(engine: None, tmp_path: Path) -> None:
    await take_in("orders", orders(tmp_path, "A1,S1,杯子,2,2.5,2011-08-31 17:45:00,C9"))
    imported = await Order.get(no="A1")
    saved = await Order.create(no="A2", customer="C9", ordered_at=imported.ordered_at)
    await OrderLine.create(order_id=saved.id, sku="S1", title="杯子", quantity=2, unit_price=Decimal("2.5"))
    assert await Order.filter(ordered_at=imported.ordered_at).count() == 2
    assert await lines_of("A1") == await lines_of("A2")


async def test_a_workbook_imports_like_its_csv(desk: None, tmp_path: Path) -> None:
    header = ["订单号", "SKU", "商品", "数量", "单价", "下单时间", "客户"]
    when = datetime(2011, 8, 31, 17, 45)  # noqa: DTZ001 - a workbook has no zones
    path = book(tmp_path, [header, ["A1", "S1", "杯子", 2, 2.55, when, 17850.0], ["A2", "S2", "=1", 1, 1, when, ""]])
    report = await take_in("orders", path)
    assert (report.good["订单行"], reasons(report)) == (1, {"商品是公式，文件里没有它的结果": [3]})
    assert (await Order.get(no="A1")).customer == "17850"


async def test_bad_rows_are_listed_and_good_rows_go_in(desk: None, tmp_path: Path) -> None:
    path = orders(tmp_path, "A1,S1,杯子,2,2.5,2011-08-31,C9", ",S1,杯子,2,2.5,2011-08-31,C8", "A2,S1,杯子,x,2.5,2011,")
    report = await take_in("orders", path)
    assert (report.good["订单行"], reasons(report)) == (1, {"没有订单号": [3], "下单时间认不出": [4]})


async def test_a_second_import_adds_nothing(engine: None, tmp_path: Path) -> None:
    path = orders(tmp_path, "A1,S1,杯子,2,2.5,2011-08-31,C9", "A1,S2,盘子,1,10,2011-08-31,C9")
    await take_in("orders", path)
    report = await take_in("orders", path)
    assert report.good == {"已存在订单": 1, "已存在订单行": 2}
    assert (await Order.all().count(), await OrderLine.all().count(), await Product.all().count()) == (1, 2, 2)


async def test_an_order_number_belongs_to_its_shop(desk: None, tmp_path: Path) -> None:
    await take_in("orders", orders(tmp_path, "A1,S1,杯子,2,2.5,2011-08-31,C9,天猫", more=",店铺"))
    report = await take_in("orders", orders(tmp_path, "A1,S1,杯子,2,2.5,2011-08-31,C9,京东", more=",店铺"))
    assert report.good["订单"] == 1


async def test_an_order_in_several_pieces_is_one_order(desk: None, tmp_path: Path) -> None:
    rows = ["A1,S1,杯子,2,2.5,2011-08-31,C9", "A2,S1,杯子,1,2.5,2011-08-31,C9", "A1,S2,盘子,1,10,2011-08-31,C9"]
    report = await take_in("orders", orders(tmp_path, *rows))
    assert (report.good["订单"], len(await lines_of("A1"))) == (2, 2)


async def test_a_dry_run_reports_the_same_and_writes_nothing(desk: None, tmp_path: Path) -> None:
    path = orders(tmp_path, "A1,S1,杯子,2,2.5,2011-08-31,C9", "A2,S1,杯子,0,2.5,2011-08-31,C9")
    dry = await take_in("orders", path, dry_run=True)
    assert (dry.batch_id, await ImportBatch.all().count(), await Product.all().count()) == (None, 0, 0)
    wet = await take_in("orders", path)
    assert (wet.good, wet.bad) == (dry.good, dry.bad)


@pytest.mark.parametrize(
    ("column", "amounts", "order_paid", "line_paid"),
    [
        ("实付金额", ("18", "18"), "18", [None, None]),  # the same on each line, and no line's own: of the whole order
        ("实付金额", ("4", "5"), "9", ["4", "5"]),  # differing: of each line
        ("实付金额", ("4", ""), "4", [None, None]),
        ("实付金额", ("", ""), None, [None, None]),
    ],
)
async def test_paid_amounts_of_orders_and_lines(
    desk: None, tmp_path: Path, column: str, amounts: tuple[str, str], order_paid: str | None, line_paid: list[Any]
) -> None:
    rows = [f"A1,S{n},杯子,1,9,2011-08-31,C9,{amount}" for n, amount in enumerate(amounts)]
    await take_in("orders", orders(tmp_path, *rows, more=f",{column}"))
    wanted = [Decimal(paid) if paid else None for paid in line_paid]
    assert (await Order.get(no="A1")).paid == (Decimal(order_paid) if order_paid else None)
    assert await OrderLine.all().order_by("id").values_list("paid", flat=True) == wanted


async def test_the_mapping_may_say_whose_the_amounts_are(desk: None, tmp_path: Path) -> None:
    (tmp_path / "每行.yaml").write_text("列: {订单号: 订单号}\n金额: 每行\n", encoding="utf-8")
    rows = ["A1,S1,杯子,1,9,2011-08-31,C9,4,1", "A1,S2,杯子,1,9,2011-08-31,C9,4,2"]
    path = orders(tmp_path, *rows, more=",实付金额,优惠分摊")
    await take_in("orders", path, mapping=load_mapping(tmp_path / "每行.yaml"))
    order = await Order.get(no="A1")
    assert (order.paid, order.discount) == (Decimal(8), Decimal(3))


PRICES = [
    pytest.param("1000", "0.035", "35.00", id="a unit of three and a half 分"),
    pytest.param("9", "13.9563", "125.61", id="four decimals: the line is rounded, not the unit"),
    pytest.param("500", "0.004", "2.00", id="less than half a 分, and no gift"),
    pytest.param("3", "33.333333333333336", "100.00", id="a third, as a spreadsheet reckons it"),
    pytest.param("2", "2.5", "5.00", id="as ever"),
]


@pytest.mark.parametrize(("units", "price", "amount"), PRICES)
async def test_a_price_below_a_fen_is_kept(engine: None, tmp_path: Path, units: str, price: str, amount: str) -> None:
    report = await take_in("orders", orders(tmp_path, f"A1,S1,螺丝,{units},{price},2011-08-31,C9"))
    assert report.bad == []
    bill = await find_bill("A1")
    assert [str(paid) for paid in bill.goods.lines] == [amount]
    assert sum(portion.paid for portion in bill.portions([("S1", int(units))])) == Decimal(amount)


async def test_what_was_let_off_each_line_is_that_lines_own(engine: None, tmp_path: Path) -> None:
    rows = ["A1,S1,杯子,1,100,2011-08-31,C9,50", "A1,S2,盘子,1,100,2011-08-31,C9,0"]
    await take_in("orders", orders(tmp_path, *rows, more=",优惠分摊"))
    assert [str(paid) for paid in (await find_bill("A1")).goods.lines] == ["50.00", "100.00"]


async def test_an_order_that_held_freight_gives_back_the_goods(engine: None, tmp_path: Path) -> None:
    rows = [f"A1,S{n},杯子,1,{price},2011-08-31,C9,105,15" for n, price in enumerate((60, 40))]
    await take_in("orders", orders(tmp_path, *rows, more=",实付金额,运费"))
    bill = await find_bill("A1")
    assert [str(paid) for paid in bill.goods.lines] == ["54.00", "36.00"]
    assert bill.reason(bill.portions([("S0", 1), ("S1", 1)])) == "实付 ¥105.00 − 运费 ¥15.00"


async def test_known_products_are_only_completed(desk: None, tmp_path: Path) -> None:
    await Product.create(sku="S1", title="保温杯", category="", supplier="甲厂")
    row = "A1,S1,杯子,2,2.5,2011-08-31,C9,餐具,乙厂"
    report = await take_in("orders", orders(tmp_path, row, more=",品类,供应商"))
    assert report.good["商品更新"] == 1
    product = await Product.get(sku="S1")
    assert (product.title, product.category, product.supplier) == ("保温杯", "餐具", "甲厂")


async def test_an_unfinished_run_must_be_undone_first(engine: None, tmp_path: Path) -> None:
    path = orders(tmp_path, "A1,S1,杯子,2,2.5,2011-08-31,C9")
    digest = (await ImportBatch.get(id=(await take_in("orders", path)).batch_id)).digest
    broken = await ImportBatch.create(kind="orders", file="x", digest=digest, started_at=NOW)
    with pytest.raises(ImportRefused, match=f"undo-import {broken.id}"):
        await take_in("orders", path)


RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
SOLD = "536365,22632,HAND WARMER,{units},2010-12-01 08:26:00,2.10,14527.0,United Kingdom"
BACK = "C536999,22632,HAND WARMER,-{units},2010-12-31 20:00:00,2.10,14527.0,United Kingdom"


async def test_a_return_line_becomes_a_finished_case(desk: None, tmp_path: Path) -> None:
    report = await take_in("orders", table(tmp_path, RETAIL, SOLD.format(units=3), BACK.format(units=2)))
    assert report.good == {"订单": 1, "订单行": 1, "新商品": 1, "售后单": 1}
    case = await Case.get(no="R20101231-0001")
    assert (case.kind, str(case.state), case.nodes, case.reason) == ("退货", "已完成", [], "未注明")
    assert (case.order_no, case.customer, case.amount) == ("536365", "14527", Decimal("4.20"))
    assert case.opened_at == case.closed_at == datetime(2010, 12, 31, 12, 0, tzinfo=UTC)
    assert await claimed() == [2]


async def test_units_are_spread_over_the_lines_that_hold_them(engine: None, tmp_path: Path) -> None:
    rows = [SOLD.format(units=2), SOLD.format(units=3), BACK.format(units=4)]
    await take_in("orders", table(tmp_path, RETAIL, *rows))
    assert await claimed() == [2, 2]
    lines = await CaseLine.all().order_by("id").values_list("requested", "paid")
    assert lines == [(2, Decimal("4.20")), (2, Decimal("4.20"))]
    assert (await Case.get()).amount == Decimal("8.40")


async def test_numbers_go_on_where_live_cases_have_arrived(engine: None, tmp_path: Path) -> None:
    assert await take("case:20101231", 41) == 41
    await take_in("orders", table(tmp_path, RETAIL, SOLD.format(units=9), BACK.format(units=1), BACK.format(units=2)))
    assert [case.no for case in await Case.all().order_by("id")] == ["R20101231-0042", "R20101231-0043"]
    assert (await Counter.get(name="case:20101231")).value == 43


async def test_a_day_begins_in_the_merchants_time_zone(desk: None, tmp_path: Path) -> None:
    late = BACK.format(units=1).replace("2010-12-31 20:00:00", "2011-01-01 00:30:00")
    await take_in("orders", table(tmp_path, RETAIL, SOLD.format(units=3), late))
    assert (await Case.get()).no == "R20110101-0001"


async def test_a_later_file_finds_the_purchases_of_an_earlier_one(engine: None, tmp_path: Path) -> None:
    await take_in("orders", table(tmp_path, RETAIL, SOLD.format(units=3)))
    report = await take_in("orders", table(tmp_path, RETAIL, BACK.format(units=2), name="后来.csv"))
    assert report.good == {"售后单": 1}
    again = await take_in("orders", table(tmp_path, RETAIL, BACK.format(units=2), name="再来.csv"))
    assert again.good == {"已存在售后单": 1}
    assert await claimed() == [2]


async def test_units_in_a_live_case_are_not_returned_twice(desk: None, tmp_path: Path) -> None:
    await take_in("orders", table(tmp_path, RETAIL, SOLD.format(units=3)))
    await OrderLine.all().update(claimed=2)
    report = await take_in("orders", table(tmp_path, RETAIL, BACK.format(units=2), name="后来.csv"))
    assert reasons(report) == {"退货行：买过但剩余数量不够": [2]}
    assert await Case.all().count() == 0
