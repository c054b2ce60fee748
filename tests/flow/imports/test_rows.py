"""What a cell and a row may be, as tables: each refusal has its reason."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.imports.case_rows import CaseReader
from flow.imports.choosing import choose
from flow.imports.first_reading import ProductFacts
from flow.imports.mapping import FOLDER, Mapping, load_mapping
from flow.imports.order_head import OrderHead
from flow.imports.order_rows import OrderReader, OrderRow, ReturnRow
from flow.imports.report import BadRow, ImportReport
from flow.imports.table import Row, clean
from flow.imports.values import BadValue, moments, money, units
from tests.support.importing import ORDER_HEADER, SHANGHAI

RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
CASES = "单号,订单号,SKU,数量,类型,退货类型,原因,申请时间,完成时间,客户,区域,退款金额,备注"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("6", 6),
        ("6.0", 6),
        ("6件", 6),
        ("6 个", 6),
        ("-12", -12),
        ("+3", 3),
        ("1,200", 1200),
        ("1200.000", 1200),
        ("1.00", 1),
        ("1000000", 1_000_000),
    ],
)
def test_whole_numbers(text: str, value: int) -> None:
    assert units("数量", text) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有数量"),
        ("6.5", "不是整数"),
        ("六", "不是整数"),
        ("1e3", "不是整数"),
        ("1,20", "不是整数"),  # not a thousand separator
        ("1000001", "大得不合理"),
        ("1.000", "1.000 看不出是 1 还是 1000"),
        ("-12.000件", "-12.000 看不出是 -12 还是 -12000"),
        ("9" * 5000, "大得不合理"),  # longer than Python converts
    ],
)
def test_what_is_no_whole_number(text: str, words: str) -> None:
    with pytest.raises(BadValue, match=words):
        units("数量", text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2.55", "2.55"),
        ("¥1,280.5", "1280.50"),
        ("35元", "35.00"),
        ("RMB 35", "35.00"),
        ("￥１，２８０．５", "1280.50"),
        ("-4", "-4.00"),
        ("0.005", "0.01"),
        ("0.001", "0"),
    ],
)
def test_money_has_two_decimals_half_up(text: str, value: str) -> None:
    assert money("单价", clean(text)) == Decimal(value)


@pytest.mark.parametrize("text", ["", "免费", "1.2.3", "1e5", "12.5%", "NaN", "1,5", "9" * 30])
def test_what_is_no_money(text: str) -> None:
    with pytest.raises(BadValue, match="单价"):
        money("单价", text)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2011-08-31 17:45:00", "2011-08-31T09:45"),  # local time of the merchant
        ("2011-08-31", "2011-08-30T16:00"),  # a day begins at its midnight
        ("2011-08-31T17:45:00+01:00", "2011-08-31T16:45"),  # a zone of its own
        ("2011/8/31 17:45", "2011-08-31T09:45"),  # a format of the mapping
        ("2011.8.31", "2011-08-30T16:00"),  # whatever begins with a year cannot be mistaken
        ("2011年8月31日 17:45", "2011-08-31T09:45"),
        ("2011年8月31日 17时45分", "2011-08-31T09:45"),
        ("2011/8/31 下午 5:45", "2011-08-31T09:45"),
        ("2011/8/31 5:45:00 PM", "2011-08-31T09:45"),
        ("2011-08-31 17:45:00.000", "2011-08-31T09:45"),
        ("20110831", "2011-08-30T16:00"),
        ("20110831174500", "2011-08-31T09:45"),
        ("40786.739583333", "2011-08-31T09:45"),  # a spreadsheet's number of a day
    ],
)
def test_moments_are_utc(text: str, utc: str) -> None:
    moment = moments(("%Y/%m/%d %H:%M",), SHANGHAI)
    assert moment("下单时间", text) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有"),
        ("昨天", "认不出"),
        ("2011-13-01", "认不出"),
        ("1900-01-00", "认不出"),
        ("1900-01-01", "不合理"),  # a spreadsheet's empty date
        ("0001-01-01 00:00", "不合理"),  # would leave the calendar on its way to UTC
    ],
)
def test_what_is_no_moment(text: str, words: str) -> None:
    with pytest.raises(BadValue, match=words):
        moments((), SHANGHAI)("下单时间", text)


def order_row(cells: str, header: str = ORDER_HEADER, mapping: Mapping | None = None) -> OrderRow | ReturnRow | BadRow:
    columns = header.split(",")
    chosen = choose("orders", columns, mapping)
    return OrderReader(chosen, columns, SHANGHAI).read(Row(7, [clean(cell) for cell in cells.split(",")]))


def test_a_good_order_line() -> None:
    row = order_row("A1,S1,杯子,2,2.5,2011-08-31 17:45:00,C9")
    assert isinstance(row, OrderRow)
    assert (row.line, row.no, row.sku, row.title, row.quantity) == (7, "A1", "S1", "杯子", 2)
    assert (row.price, row.head.customer) == (Decimal("2.50"), "C9")
    assert row.ordered_at == datetime(2011, 8, 31, 9, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (",S1,杯子,2,2.5,2011-08-31,C9", "没有订单号"),
        ("A1,,杯子,2,2.5,2011-08-31,C9", "没有SKU"),
        ("A1,S1,杯子,2,2.5,,C9", "没有下单时间"),
        ("A1,S1,杯子,0,2.5,2011-08-31,C9", "数量不是正数"),
        ("A1,S1,杯子,-1,2.5,2011-08-31,C9", "数量不是正数"),
        ("A1,S1,杯子,2,0,2011-08-31,C9", "单价不是正数"),
        ("A1,S1,杯子,2,0.001,2011-08-31,C9", "单价不是正数"),  # the whole line costs nothing
        ("A1,S1,杯子,100000,0.0000004,2011-08-31,C9", "单价的小数超过 6 位"),  # rounded, the line would cost less
        ("A1,S1,杯子,2,-3,2011-08-31,C9", "单价不是正数"),
        (f"A1,{'S' * 65},杯子,2,2.5,2011-08-31,C9", "SKU太长"),
        (f"A1,S1,{'杯' * 256},2,2.5,2011-08-31,C9", "商品太长"),
    ],
)
def test_what_is_no_order_line(cells: str, reason: str) -> None:
    row = order_row(cells)
    assert isinstance(row, BadRow)
    assert (row.line, row.reason) == (7, reason)
    assert row.fix


def test_a_row_that_could_not_be_read_says_so() -> None:
    reader = OrderReader(load_mapping(FOLDER / "default.yaml"), ORDER_HEADER.split(","), SHANGHAI)
    assert reader.read(Row(3, [], "B 列是公式")) == BadRow(3, "这一行读不了", "B 列是公式，改成和表头一样的普通内容")


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("536365,POST,POSTAGE,1,2010-12-01 08:26:00,18,17850.0,UK", "不是商品"),
        ("536365,BANK CHARGES,Bank Charges,1,2010-12-01 08:26:00,15,,UK", "不是商品"),
        ("536365,TEST001,,1,2010-12-01 08:26:00,15,,UK", "不是商品"),  # a code of a later slice
        ("A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,11062.06,,UK", "是调整行"),
        ("536589,21777,,-10,2010-12-01 16:50:00,0,,UK", "数量不是正数"),  # a stock correction
        ("C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,UK", "退货行：不是商品"),
        ("C536379,22632,HAND WARMER,-1,2010-12-01 09:41:00,2.1,,UK", "退货行：无客户号"),
        ("C536379,22632,HAND WARMER,-1,,2.1,14527.0,UK", "退货行：没有下单时间"),
        ("C536379,22632,HAND WARMER,1,2010-12-01 09:41:00,2.1,14527.0,UK", "退货行：数量不是负数或单价不是正数"),
    ],
)
def test_what_the_sample_data_has_besides_order_lines(cells: str, reason: str) -> None:
    row = order_row(cells, RETAIL)
    assert isinstance(row, BadRow)
    assert row.reason == reason


@pytest.mark.parametrize("sku", ["85123A", "85123a", "22632", "15056BL", "DCGS0076", "DCGSSGIRL", "gift_0001_20"])
def test_product_codes_of_the_sample_data(sku: str) -> None:
    row = order_row(f"536365,{sku},CUP,6,2010-12-01 08:26:00,2.55,17850.0,UK", RETAIL)
    assert isinstance(row, OrderRow)
    assert (row.sku, row.head.customer) == (sku.upper(), "17850")


def test_a_return_line() -> None:
    row = order_row("C536379,22632,HAND WARMER,-3,2010-12-01 09:41:00,2.1,14527.0,UK", RETAIL)
    assert isinstance(row, ReturnRow)
    assert (row.no, row.customer, row.sku, row.quantity) == ("C536379", "14527", "22632", 3)
    assert (row.amount, row.kind, row.claims) == (Decimal("6.30"), "退货", True)
    assert row.opened_at == row.closed_at == datetime(2010, 12, 1, 1, 41, tzinfo=UTC)


def case_row(cells: str) -> ReturnRow | BadRow:
    header = CASES.split(",")
    reader = CaseReader(load_mapping(FOLDER / "cases.yaml"), header, SHANGHAI)
    return reader.read(Row(7, cells.split(",")))


def test_a_historical_case() -> None:
    row = case_row("H1,A1,S1,2,换货,质量问题,漏水,2011-08-01,2011-08-05,C9,华东,35,急")
    assert isinstance(row, ReturnRow)
    assert (row.no, row.order_no, row.kind, row.return_type, row.reason) == ("H1", "A1", "换货", "质量问题", "漏水")
    assert (row.quantity, row.amount, row.note, row.region) == (2, Decimal("35.00"), "急", "华东")
    assert (row.closed_at - row.opened_at).days == 4


@pytest.mark.parametrize(
    ("cells", "kind", "claims"),
    [
        (",A1,S1,2,,,,2011-08-01,,,,,", "退货", True),  # nothing said: a return
        (",A1,S1,2,仅退款,,,2011-08-01,,,,,", "仅退款", True),  # the money is gone, so it cannot be asked for again
        (",A1,S1,2,维修,,,2011-08-01,,,,,", "维修", False),  # the goods went back to the customer
    ],
)
def test_which_kinds_take_units_from_the_order(cells: str, kind: str, claims: bool) -> None:
    row = case_row(cells)
    assert isinstance(row, ReturnRow)
    assert (row.kind, row.claims, row.amount, row.closed_at) == (kind, claims, None, row.opened_at)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (",A1,,2,,,,2011-08-01,,,,,", "没有SKU"),
        (",,S1,2,,,,2011-08-01,,,,,", "退货行：无客户号"),
        (",A1,S1,0,,,,2011-08-01,,,,,", "数量不是正数"),
        (",A1,S1,2,退货退货,,,2011-08-01,,,,,", "不认识的类型 退货退货"),
        (",A1,S1,2,,,,,,,,,", "没有申请时间"),
        (",A1,S1,2,,,,2011-08-05,2011-08-01,,,,", "完成时间早于申请时间"),
        (",A1,S1,2,,,,2011-08-01,,,,-3,", "退款金额小于零"),
    ],
)
def test_what_is_no_historical_case(cells: str, reason: str) -> None:
    row = case_row(cells)
    assert isinstance(row, BadRow)
    assert row.reason == reason


@pytest.mark.parametrize(
    ("titles", "title"),
    [
        (["CUP", "MUG", "MUG"], "MUG"),  # the most frequent
        (["CUP", "CUP WHITE"], "CUP WHITE"),  # the longest of equals
        (["damaged", "damaged", "CUP"], "CUP"),  # never a stock-keeper's note
        (["?", "sold as set on dotcom", "CUP"], "CUP"),
        (["", "", "CUP"], "CUP"),
        (["Next Day Carriage"], "Next Day Carriage"),  # for want of a better one
        ([""], ""),
    ],
)
def test_the_title_of_a_product(titles: list[str], title: str) -> None:
    facts = ProductFacts()
    facts.titles.update(titles)
    assert facts.title(load_mapping(FOLDER / "online-retail.yaml").not_titles) == title


def test_an_order_takes_each_field_from_the_first_line_that_has_it() -> None:
    more = ",客户姓名,区域,运费"
    first = order_row("A1,S1,杯子,2,2.5,2011-08-31,C9,,华东,", ORDER_HEADER + more)
    second = order_row("A1,S2,盘子,1,2.5,2011-08-31,C9,王芳,华南,8", ORDER_HEADER + more)
    assert isinstance(first, OrderRow)
    assert isinstance(second, OrderRow)
    head = OrderHead(0, "", "A1", first.ordered_at, first.head)
    head.add(first)
    head.add(second)
    assert (head.fields.customer_name, head.fields.region, head.fields.freight) == ("王芳", "华东", Decimal(8))


@given(st.lists(st.text(max_size=40), min_size=7, max_size=7))
def test_no_row_is_too_strange_to_be_judged(cells: list[str]) -> None:
    reader = OrderReader(load_mapping(FOLDER / "default.yaml"), ORDER_HEADER.split(","), SHANGHAI)
    read = reader.read(Row(2, [clean(cell) for cell in cells]))
    assert isinstance(read, OrderRow | BadRow)
    assert read.line == 2


def test_the_report_says_of_each_fault_whose_it_is() -> None:
    """Rows of one reason may want mending in different places."""
    bad = [BadRow(3, "读不了", "D 列是公式"), BadRow(5, "读不了", "E 列是公式"), BadRow(7, "读不了", "E 列是公式")]
    told = ImportReport("orders", "a.xlsx", "default", {}, bad).text()
    assert "· 读不了 3 行（第 3、5、7 行）→ 第 3 行：D 列是公式；第 5 行：E 列是公式" in told
    alike = ImportReport("orders", "a.xlsx", "default", {}, bad[1:]).text()
    assert "· 读不了 2 行（第 5、7 行）→ E 列是公式" in alike
