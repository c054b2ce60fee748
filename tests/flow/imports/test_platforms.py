"""What shops export, once more: refunded lines, other currencies, English headings, footers, several numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from models import Order, OrderLine
from tests.support.importing import opened, reasons, take_in
from tests.support.orderfiles import HEAD, File, check, csv, line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def desk(sqlite: str) -> AsyncIterator[None]:
    async with opened(sqlite):
        yield


FILES: dict[str, File] = {
    "a line whose money went back in the shop is not sold": File(
        csv([*line(), "没有申请退款"], [*line("A2"), "退款成功"], [*line("A3"), "退款关闭"], head=[*HEAD, "退款状态"]),
        {"A1": [("S1", 2)], "A3": [("S1", 2)]},
        {"已经退过款": [3]},
    ),
    "money that is not yuan": File(
        csv([*line(), "CNY"], [*line("A2"), "USD"], [*line("A3"), ""], head=[*HEAD, "币种"]),
        {"A1": [("S1", 2)], "A3": [("S1", 2)]},
        {"币种是 USD": [3]},
    ),
    "several orders in a cell": File(
        csv(
            line('"A1,A2"'),
            line("A1、A2"),
            line("A1；A2"),
            line('"300123456\n300123457"'),
            line("SO/2026/0001"),
            line("300123/300124"),
            line("PO 12345"),
            line("X3/X4"),
            line("X9、X10"),
            line("SO-1 SO-2"),
            line("2026/0012"),
            line("A1/B2"),
        ),
        {no: [("S1", 2)] for no in ("SO/2026/0001", "PO 12345", "2026/0012", "A1/B2")},
        {"一格里有几个订单号": [2, 3, 4, 5, 8, 10, 11, 12]},
    ),
    "who made the list": File(csv(line(), ["制表人：小王", *[""] * 6]), {"A1": [("S1", 2)]}, {"是说明行": [3]}),
    "no freight, in words": File(
        csv([*line(), "包邮"], [*line("A2"), "8"], head=[*HEAD, "运费"]), {"A1": [("S1", 2)], "A2": [("S1", 2)]}
    ),
    "Shopify: the money of an order stands in its first line": File(
        "Name,Email,Financial Status,Currency,Total,Shipping,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
        "Lineitem sku,Shipping Phone\n"
        "#1001,a@b.c,paid,CNY,75.00,10.00,2026-11-01 10:00:00 +0800,2,Mug,30.00,MUG-1,'+86 138 0013 8000\n"
        "#1001,,,,,,2026-11-01 10:00:00 +0800,1,Plate,5.00,PLT-1,\n"
        "#1002,a@b.c,refunded,CNY,5.00,0.00,2026-11-01 10:00:00 +0800,1,Plate,5.00,PLT-1,\n",
        {"#1001": [("MUG-1", 2), ("PLT-1", 1)]},
        {"没有成交": [4]},
        said="映射 shopify",
    ),
    "Amazon: a price for all units of the line": File(
        "amazon-order-id\tpurchase-date\torder-status\tsku\tproduct-name\tquantity\tcurrency\titem-price\n"
        "111-1234567-1234567\t2026-11-01T02:00:00+00:00\tShipped\tB0-1\tLamp\t2\tCNY\t79.80\n",
        {"111-1234567-1234567": [("B0-1", 2)]},
        said="映射 amazon",
    ),
}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES.keys())
async def test_nothing_is_merged_sold_twice_or_taken_for_yuan(desk: None, tmp_path: Path, file: File) -> None:
    await check(file, tmp_path)


async def test_the_amounts_of_english_exports(desk: None, tmp_path: Path) -> None:
    for name in (
        "Shopify: the money of an order stands in its first line",
        "Amazon: a price for all units of the line",
    ):
        await take_in("orders", FILES[name].write(tmp_path))
    shopify = await Order.get(no="#1001")
    assert (str(shopify.paid), str(shopify.freight), shopify.mobile) == ("75", "10", "13800138000")
    assert [f"{line.unit_price:.2f}" for line in await OrderLine.all().order_by("id")] == ["30.00", "5.00", "39.90"]


async def test_what_was_refunded_is_no_discount(desk: None, tmp_path: Path) -> None:
    file = FILES["Shopify: the money of an order stands in its first line"]
    assert isinstance(file.rows, str)
    more = file.rows.replace("Shipping Phone", "Shipping Phone,Refunded Amount").replace("8000\n", "8000,0.00\n")
    report = await take_in("orders", File(more, {}).write(tmp_path))
    assert "没有用到的列：Refunded Amount" in report.text()
    assert "是不是" not in report.text()


@pytest.mark.parametrize(("written", "off"), [("5.00", "5"), ("-5.00", "5"), ("-¥5", "5"), ("0", "0"), ("-0.00", "0")])
async def test_a_discount_is_taken_off_whatever_its_sign(desk: None, tmp_path: Path, written: str, off: str) -> None:
    file = File(csv([*line(price="30"), written], head=[*HEAD, "优惠分摊"]), {})
    report = await take_in("orders", file.write(tmp_path))
    assert reasons(report) == {}
    assert (await Order.get()).discount == Decimal(off)


@pytest.mark.parametrize(
    "heading",
    [
        "手机号码",
        "联系手机号",
        "客户手机号",
        "收货手机",
        "收件手机",
        "收货电话",
        "收件电话",
        "客户电话",
        "买家电话",
        "电话号码",
        "电话",
        "联系方式",
    ],
)
async def test_a_phone_has_many_headings(desk: None, tmp_path: Path, heading: str) -> None:
    report = await take_in("orders", File(csv([*line(), "138-0013-8000"], head=[*HEAD, heading]), {}).write(tmp_path))
    assert (await Order.get()).mobile == "13800138000", report.text()


async def test_freight_in_words_is_none(desk: None, tmp_path: Path) -> None:
    await take_in("orders", FILES["no freight, in words"].write(tmp_path))
    assert [str(each) for each in await Order.all().order_by("id").values_list("freight", flat=True)] == [
        "None",
        "8",
    ]
