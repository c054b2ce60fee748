"""Order files as shops export them: fifty small ones, each with what has to come of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from flow.imports import ImportRefused
from models import Order, OrderLine
from tests.support import exported as x
from tests.support.importing import opened, reasons, take_in
from tests.support.orderfiles import DAY, HEAD, LONG, File, Orders, check, csv, line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def desk(sqlite: str) -> AsyncIterator[None]:
    async with opened(sqlite):
        yield


A1: Orders = {"A1": [("S1", 2)]}
TEXT: dict[str, File] = {
    "the text trick of Excel": File(csv(line(f'="{LONG}"')), {LONG: [("S1", 2)]}),
    "the same as a quoted cell": File(csv(line(f'"=""{LONG}"""')), {LONG: [("S1", 2)]}),
    "an apostrophe": File(csv(line("'00123", "'0456")), {"00123": [("0456", 2)]}),
    "a backtick": File(csv(line("`00123")), {"00123": [("S1", 2)]}),
    "a tab behind": File(csv(line(f"{LONG}\t")), {LONG: [("S1", 2)]}),
    "blanks that no eye sees": File(csv(line("\u200bA1\u00a0", "\ufeffS\u200b1\u2060")), A1),
    "full-width": File(csv(line("Ａ１", "Ｓ１", units="２", price="￥２．５")), A1),
    "an apostrophe before an amount": File(csv(line(units="'2", price="'2.50")), A1),
    "thousands and a currency": File(csv(line(price='"¥1,280.50"')), A1),
    "signs for nothing": File(csv([*line(), "-", "无", "N/A"], head=[*HEAD, "区域", "客户姓名", "客户手机"]), A1),
    "semicolons": File("\n".join(";".join(row) for row in csv(line())), A1),
    "semicolons of a Chinese keyboard": File("\n".join("；".join(row) for row in csv(line())), A1),
    "commas of a Chinese keyboard": File("\n".join("，".join(row) for row in csv(line(title='"杯子，大"'))), A1),
    "a header with other commas than the rows": File(f"{'，'.join(HEAD)}\n{','.join(line())}\n", A1),
    "a row that was typed by hand": File(csv(line(), ["，".join(line("A2"))]), {**A1, "A2": [("S1", 2)]}),
    "a comma of a Chinese keyboard in a title": File(csv(line(title="杯子，大，红，蓝，绿，圆，厚，新")), A1),
    "several products in a cell": File(
        csv(line(), line("A2", "S1;S2"), line("A3", "85123A、71053"), line("A4", '"S1×1,S2×2"'), line("A5", "S1/S2")),
        A1,
        {"一格里有几个商品编码": [3, 4, 5, 6]},
        said="S1 和 S2 各写一行，每行写清自己的数量和单价，订单号照样写",
    ),
    "codes with such signs in them": File(
        csv(line("A1", "85123A/M"), line("A2", "AB+C-01"), line("A3", "杯子/红")),
        {"A1": [("85123A/M", 2)], "A2": [("AB+C-01", 2)], "A3": [("杯子/红", 2)]},
    ),
    "tabs": File("\n".join("\t".join(row) for row in csv(line())), A1),
    "GBK": File("\n".join(map(",".join, csv(line()))).encode("gbk"), A1),
    "UTF-16": File("\n".join(map("\t".join, csv(line()))).encode("utf-16"), A1),
    "a comma at the end of each row": File("\n".join(",".join(row) + "," for row in csv(line())), A1),
    "a comma at the end of the rows alone": File(f"{','.join(HEAD)}\n{','.join(line())},\n", A1),
    "titles above the header": File(
        f"某某旗舰店订单,,,,,,\n导出时间：2026-11-02；共 1 单\n{','.join(HEAD)}\n{','.join(line())}\n",
        A1,
        said="表头在第 3 行，上面的 2 行没有读：某某旗舰店订单",
    ),
    "columns that nobody reads": File(
        csv([*line(), "x", "y"], head=[*HEAD, "订单来源", "客户手几"]),
        A1,
        said="没有用到的列：订单来源、客户手几（“客户手几”是不是 客户手机？",
    ),
    "headings in small letters with blanks and stars": File(
        csv(line(), head=["*订单 号", "sku", "商品", "*数量", "单价", "下单时间", "客户"]), A1
    ),
    "a total below": File(csv(line(), ["合计", "", "", "2", "5.00", "", ""]), A1, {"是合计行": [3]}),
    "a total that goes on under blanks": File(csv(line(), ["", "", "合计", "2", "5", "", ""]), A1, {"是合计行": [3]}),
    "days in several forms": File(
        csv(
            *(
                [*line(f"A{n}")[:5], day, "C9"]
                for n, day in enumerate(["2026/11/1", "2026年11月1日 8:05", "20261101", "46327"])
            )
        ),
        {f"A{n}": [("S1", 2)] for n in range(4)},
    ),
    "numbers cut short to powers of ten": File(
        csv(line("3.00123E+18"), line("A1")), A1, {"订单号被表格软件改成了数字": [2]}
    ),
    "as another program writes powers": File(
        csv(line("3.001234567890123E18"), line("A1")), A1, {"订单号被表格软件改成了数字": [2]}
    ),
    "a code that only looks like a power": File(csv(line("12E3", "1E5")), {"12E3": [("1E5", 2)]}),
    "a code that became a day": File(
        csv(line(sku="3月12日"), line("A2")), {"A2": [("S1", 2)]}, {"SKU被表格软件改成了日期": [2]}
    ),
    "an error value": File(
        csv(line(sku="#N/A"), line("A2", sku="####")), {}, {"SKU是出错的值 #N/A": [2], "SKU是出错的值 ####": [3]}
    ),
    "a quote that is not doubled": File(csv(line("A0", title='"24" 屏"'), line()), A1, {"这一行读不了": [2]}),
    "a quote that is never closed": File(csv(line("A0", title='"屏'), line()), A1, {"这一行读不了": [2]}),
    "a NUL": File(
        csv(line("A0", title="屏\0"), line(), line(), line(), line()), {"A1": [("S1", 2)] * 4}, {"商品里有乱码": [2]}
    ),
    "one character cut in two": File(
        "\n".join(map(",".join, csv(*[line(f"A{n}", title="保温杯子一个") for n in range(9)])))
        .encode()
        .replace("杯子".encode(), "杯子".encode()[:5], 1),
        {f"A{n}": [("S1", 2)] for n in range(1, 9)},
        {"商品里有乱码": [2]},
    ),
    "blank cells under the first line of an order": File(
        csv(line(), ["", "S2", "盘子", "1", "10", "", ""], line("A2")),
        {"A1": [("S1", 2), ("S2", 1)], "A2": [("S1", 2)]},
        said="1 行的订单号空着，接着上一行的",
    ),
    "an order number that is missing": File(
        csv(line(), ["", "S2", "盘子", "1", "10", DAY, "C8"]), A1, {"没有订单号": [3]}
    ),
    "an order of which a line is bad": File(
        csv(line("A0"), line("A0", "S2", units="x"), line()), A1, {"同一张订单里有读不了的行": [2], "数量不是整数": [3]}
    ),
    "a spoilt number below an order is none of it": File(
        csv(line(), line("3.001E+18"), ["", "S2", "盘子", "1", "10", "", ""]),
        A1,
        {"订单号被表格软件改成了数字": [3], "没有订单号": [4]},
    ),
    "an order whose blank line is bad": File(
        csv(line("A0"), ["", "S2", "盘子", "x", "10", "", ""], line()),
        A1,
        {"同一张订单里有读不了的行": [2], "数量不是整数": [3]},
    ),
    "a bad line far below": File(
        csv(line("A0"), line(), line("A0", "S2", price="免费")),
        A1,
        {"同一张订单里有读不了的行": [2], "单价不是金额": [4]},
    ),
    "a row that cannot be read spoils the order that goes on below": File(
        csv(line(), ["", "S2", '"盘"子"', "1", "10", "", ""], ["", "S3", "碗", "1", "10", "", ""], line("A2")),
        {"A2": [("S1", 2)]},
        {"同一张订单里有读不了的行": [2], "这一行读不了": [3], "没有订单号": [4]},
    ),
    "a gift does not spoil its order": File(csv(line(), line(sku="S2", price="0")), A1, {"单价不是正数": [3]}),
    "prices below zero": File(csv(line(), line("A2", price="-4")), A1, {"单价不是正数": [3]}),
    "phones": File(
        csv(
            *(
                [*line(f"A{n}"), phone]
                for n, phone in enumerate(
                    ["17012345678-1234", "+86 138 0013 8000", "021-12345678", "138****8000", "12345"]
                )
            ),
            head=[*HEAD, "客户手机"],
        ),
        {f"A{n}": [("S1", 2)] for n in range(4)},
        {"手机号认不出": [6]},
    ),
    "the columns of 淘宝": File(
        csv(
            [f'="{LONG}"', "张三", "'13800138000", "2.50", "2", "S1", "杯子", "2026-11-01 10:00:00"],
            head=["订单编号", "收货人姓名", "联系手机", "价格", "购买数量", "外部系统编号", "标题", "订单创建时间"],
        ),
        {LONG: [("S1", 2)]},
    ),
}
BOOKS: dict[str, File] = {
    "a formula that is only a text": File(csv(line(x.formula('"00123"'))), {"00123": [("S1", 2)]}),
    "a formula with its result": File(csv(line(x.formula("B9&1", "A1"), units=x.formula("1+1", "2", "n"))), A1),
    "a formula without one": File(
        csv(line(sku=x.formula("B9")), line("A2")), {"A2": [("S1", 2)]}, {"SKU是公式，文件里没有它的结果": [2]}
    ),
    "a formula that nobody reads": File(csv([*line(), x.formula("1+1")], head=[*HEAD, "小计"]), A1),
    "a formula that came to nothing good": File(
        csv(line(sku=x.formula("1/0", "#DIV/0!", "e"))), {}, {"SKU是出错的值 #DIV/0!": [2]}
    ),
    "an order number of 19 digits as a number": File(
        csv(line(x.number("3.0012345678901233E+18")), line(x.number("3001234567890123456")), line()),
        A1,
        {"订单号被表格软件改成了数字": [2, 3]},
    ),
    "16 digits, as LibreOffice writes them": File(
        csv(line(x.number("1.23456789012346E+015")), line()), A1, {"订单号被表格软件改成了数字": [2]}
    ),
    "15 digits, which are kept": File(csv(line(x.number("123456789012345"))), {"123456789012345": [("S1", 2)]}),
    "a customer of 17 digits": File(
        csv([*line()[:6], x.number("12345678901234567")], line("A2")),
        {"A2": [("S1", 2)]},
        {"客户被表格软件改成了数字": [2]},
    ),
    "a long number in a column that nobody reads": File(
        csv([*line(), x.number("12345678901234567")], head=[*HEAD, "运单号"]), A1
    ),
    "zeros that only the format shows": File(
        csv(line(x.number("123", 1), x.number("45", 2))),
        {"00123": [("SN0045", 2)]},
        book={"formats": ["00000", '"SN"0000']},
    ),
    "a format of quantities": File(
        csv(line(units=x.number("2", 1), price=x.number("2.5", 2))), A1, book={"formats": ["000", "¥#,##0.00"]}
    ),
    "a code that became a power of ten": File(
        csv(line(sku=x.number("100000", 1)), line("A2", units=x.number("20", 1))),
        {"A2": [("S1", 20)]},
        {"SKU被表格软件改成了数字": [2]},
        book={"formats": ["0.00E+00"]},
    ),
    "a code that became a day": File(
        csv(line(sku=x.number("46093", 1))), {}, {"SKU被表格软件改成了日期": [2]}, book={"formats": ["m-d"]}
    ),
    "a percentage where an amount should be": File(
        csv(line(price=x.number("0.5", 1))), {}, {"单价不是金额": [2]}, book={"formats": ["0%"]}
    ),
    "a sum that the computer added up": File(csv(line(price=x.number("0.30000000000000004"))), A1),
    "days as numbers": File(
        csv([*line()[:5], x.number("46327.5"), "C9"], [*line("A2")[:5], x.number("46327.5", 1), "C9"]),
        {"A1": [("S1", 2)], "A2": [("S1", 2)]},
        book={"formats": ["yyyy/m/d"]},
    ),
    "merged cells": File(
        csv(line(units="2"), ["", "S2", "盘子", "1", "10", "", ""], ["", "S3", "碗", "1", "10", "", ""], line("A2")),
        {"A1": [("S1", 2), ("S2", 1), ("S3", 1)], "A2": [("S1", 2)]},
        book={"merged": ["A2:A4", "F2:F4", "G2:G4"]},
    ),
    "merged goods, but never a merged amount": File(
        csv(line(), ["", "", "", "", "10", "", ""]),
        {},
        {"同一张订单里有读不了的行": [2], "没有数量": [3]},
        book={"merged": ["A2:A3", "B2:B3", "D2:D3"]},
    ),
    "the strict standard": File(csv([*line()[:5], x.day("2026-11-01T08:00:00"), "C9"]), A1, book={"strict": True}),
    "a title above, merged": File(
        [["某某店"], [], *csv(line())], A1, said="表头在第 3 行，上面的 1 行没有读：某某店", book={"merged": ["A1:G1"]}
    ),
    "a heading twice, one of them not read": File(csv([*line(), "x", "y"], head=[*HEAD, "备注2", "备注2"]), A1),
}
FILES = TEXT | {f"{name} (XLSX)": file._replace(book=file.book or {}) for name, file in BOOKS.items()}


@pytest.mark.parametrize("name", FILES)
async def test_what_comes_of_a_file(desk: None, tmp_path: Path, name: str) -> None:
    await check(FILES[name], tmp_path)


def test_there_are_fifty() -> None:
    assert len(FILES) >= 50


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        # two customers' orders, of which a spreadsheet has made one
        (
            [line("300123456789012000"), line("300123456789012000")],
            "A 列“订单号”（订单号）第 2、3 行，第 15 位以后全是 0",
        ),
        ([line(f"12345678901234{n}0") for n in range(3)], "第 2、3、4 行"),
        ([[*line(f"A{n}")[:6], "300123456789012000"] for n in range(2)], "G 列“客户”（客户）第 2、3 行"),
    ],
)
async def test_a_column_that_a_spreadsheet_has_shortened_is_refused(
    desk: None, tmp_path: Path, lines: list[list[str]], words: str
) -> None:
    with pytest.raises(ImportRefused, match="把这一列设成文本再导出") as refused:
        await take_in("orders", File(csv(*lines), {}).write(tmp_path))
    assert words in str(refused.value)
    assert not await Order.exists()


async def test_long_numbers_that_end_in_a_zero_by_chance_are_what_they_are(desk: None, tmp_path: Path) -> None:
    lines = [line(f"1234567890123{n:03}") for n in range(100)]  # a tenth of 16 digits ends in a zero
    report = await take_in("orders", File(csv(*lines), {}).write(tmp_path))
    assert report.good["订单"] == 100


async def test_what_an_order_says_of_itself_is_clean(desk: None, tmp_path: Path) -> None:
    head = [*HEAD[:6], "客户手机", "收货地址", "运费", "实付金额"]
    row = [*line()[:6], "17012345678 转 1234", "'上海\u3000浦东", "¥8", "¥1,013.00"]
    await take_in("orders", File("\n".join("\t".join(each) for each in (head, row)), {}).write(tmp_path))
    order = await Order.get()
    assert (order.mobile, order.address) == ("17012345678-1234", "上海 浦东")
    assert (order.freight, order.paid) == (Decimal(8), Decimal(1013))


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (
            ["订单编码", "SKU", "数量", "单价", "下单时间"],
            "还缺 订单号（订单号也认 订单编号.*文件里的“订单编码”像是它",
        ),
        (["甲", "乙"], "文件里的列是 甲、乙；按映射 default 还缺 订单号、SKU、数量、单价、下单时间"),
    ],
)
async def test_a_header_that_fits_nothing_says_what_was_seen_and_wanted(
    desk: None, tmp_path: Path, head: list[str], words: str
) -> None:
    with pytest.raises(ImportRefused, match=words):
        await take_in("orders", File(csv(head=head), {}).write(tmp_path))


# -- what would be one and is two, and what would go missing -----------------------------------------------------------


async def test_two_customers_orders_of_one_number_are_never_one(desk: None, tmp_path: Path) -> None:
    """Two shops count alike, and their exports are put one below the other without a column for the shop."""
    rows = f"{','.join(HEAD)}\nA1,S1,杯子,2,10,{DAY},C1\nA2,S1,杯子,1,10,{DAY},\nA1,S2,盘子,1,50,{DAY},C2\n"
    file = File(rows, {})
    report = await take_in("orders", file.write(tmp_path))
    assert reasons(report) == {"一个订单号下有两个客户": [4], "同一张订单里有读不了的行": [2]}
    assert await OrderLine.all().values_list("order__no", "sku") == [("A2", "S1")]
    assert "A1 在前面是 C1 的，这一行是 C2 的" in report.text()


async def test_what_a_later_file_says_of_a_known_order_is_not_lost_in_silence(desk: None, tmp_path: Path) -> None:
    await take_in("orders", File(csv(line(), line("A2")), {}).write(tmp_path))
    later = File(csv(line(), line(sku="S2", units="1"), line("A2")), {}).write(tmp_path)
    report = await take_in("orders", later)
    assert "已有的 1 张订单和文件里的不一样，没有改：A1（原来 1 行 2 件，文件里 2 行 3 件）" in report.text()
    assert await OrderLine.all().count() == 2


@pytest.mark.parametrize(
    ("first", "second", "freight"), [("10", "5", "15"), ("10", "10", "10"), ("10", "", "10"), ("", "5", "5")]
)
async def test_freight_of_each_line_adds_up(desk: None, tmp_path: Path, first: str, second: str, freight: str) -> None:
    """As amounts do: what stands alike everywhere is the order's."""
    lines = csv([*line(), first], [*line(sku="S2"), second], head=[*HEAD, "运费"])
    await take_in("orders", File(lines, {}).write(tmp_path))
    assert (await Order.get()).freight == Decimal(freight)
