"""What an order file says of its money beside the price: nothing of it is left out in silence, or read in two ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.imports import load_mapping, of_amounts
from flow.orders.lookup import bill_of
from models import Order
from tests.support.importing import opened, reasons, table, take_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HEAD = "订单号,SKU,商品,数量,单价,下单时间,客户"
TAOBAO = (
    "子订单编号,主订单编号,商品标题,商品价格,购买数量,商家编码,订单状态,买家实际支付金额,退款状态,退款金额,订单创建时间"
)
SHOPIFY = (
    "Name,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,"
    "Refunded Amount"
)
DAY = "2026-11-01"


@pytest.fixture
async def desk(sqlite: str) -> AsyncIterator[None]:
    async with opened(sqlite):
        yield


async def refunds() -> dict[str, list[str]]:
    """What each line of each order gives back if all of it comes back."""
    return {order.no: [f"{paid:.2f}" for paid in (await bill_of(order)).goods.lines] for order in await Order.all()}


#: a file, what its orders give back, and which of its rows stay out for which reason
FILES: dict[str, tuple[list[str], dict[str, list[str]], dict[str, list[int]]]] = {
    "抖店: what was to be paid, after all that was let off": (
        [
            "主订单编号,子订单编号,选购商品,商品数量,商家编码,商品单价,订单应付金额,运费,优惠总金额,平台优惠,订单提交时间,订单状态",
            f"D1,D11,裙子,1,Q-R,199.00,159.00,0.00,40.00,10.00,{DAY},已完成",
        ],
        {"D1": ["159.00"]},
        {},
    ),
    "京东: beside 结算金额, with 运费金额": (
        [
            "订单号,商品ID,商品名称,订购数量,下单时间,京东价,订单金额,结算金额,应付金额,运费金额",
            f"J1,100012,锅,2,{DAY},399.00,808.00,758.00,758.00,10.00",
        ],
        {"J1": ["748.00"]},
        {},
    ),
    "聚水潭: 已付金额 of the whole order on each line": (
        [
            "线上订单号,店铺,应付金额,已付金额,运费,商品编码,商品名称,数量,单价,订单日期",
            f"U1,一店,105.00,105.00,15.00,K1,灯,1,60.00,{DAY}",
            f"U1,一店,105.00,105.00,15.00,K2,罩,1,40.00,{DAY}",
        ],
        {"U1": ["54.00", "36.00"]},
        {},
    ),
    "淘宝: parts of an order that cost alike are not paid once": (
        [
            TAOBAO,
            f"T11,T1,杯,50.00,1,TB,交易成功,50.00,没有申请退款,0.00,{DAY}",
            f"T12,T1,壶,50.00,1,TH,交易成功,50.00,退款关闭,50.00,{DAY}",
        ],
        {"T1": ["50.00", "50.00"]},
        {},
    ),
    "the whole sum on the first line, nothing on the others": (
        [
            f"{HEAD},实付金额,运费",
            f"F1,X1,灯,1,60,{DAY},C1,105.00,15.00",
            f"F1,X2,罩,1,40,{DAY},C1,0.00,0.00",
        ],
        {"F1": ["54.00", "36.00"]},
        {},
    ),
    "sums of whole orders and of lines in one file": (
        [
            f"{HEAD},实付金额",
            f"M1,X1,灯,1,60,{DAY},C1,90",
            f"M1,X2,罩,1,40,{DAY},C1,90",
            f"M2,X1,灯,1,60,{DAY},C2,54",
            f"M2,X2,罩,1,40,{DAY},C2,36",
        ],
        {"M1": ["54.00", "36.00"], "M2": ["54.00", "36.00"]},
        {},
    ),
    "what is let off has other names": (
        [f"{HEAD},优惠金额", f"L1,X1,灯,1,100,{DAY},C1,20.00", f"L2,X1,灯,1,100,{DAY},C1,0.00"],
        {"L1": ["80.00"], "L2": ["100.00"]},
        {},
    ),
    "a rate of discount, in a column that nobody reads": (
        [f"{HEAD},折扣", f"R1,X1,灯,1,100,{DAY},C1,8折", f"R2,X1,灯,1,100,{DAY},C1,10折", f"R3,X1,灯,1,100,{DAY},C1,"],
        {"R2": ["100.00"], "R3": ["100.00"]},
        {"“折扣”里有数，没有读": [2]},
    ),
    "parts of what was paid, and prices that were changed": (
        [
            f"{HEAD},定金,尾款,商家改价,满减",
            f"Q1,X1,灯,1,100,{DAY},C1,20,70,,",
            f"Q2,X1,灯,1,100,{DAY},C1,,,-30,",
            f"Q3,X1,灯,1,100,{DAY},C1,,,,100",
            f"Q4,X1,灯,1,100,{DAY},C1,0,,-,",
        ],
        {"Q4": ["100.00"]},
        {"“定金”里有数，没有读": [2], "“商家改价”里有数，没有读": [3], "“满减”里有数，没有读": [4]},
    ),
    "an amount in 分": (
        [f"{HEAD},实付金额(分)", f"C1,X1,灯,1,60,{DAY},C1,5000"],
        {},
        {"“实付金额(分)”里有数，没有读": [2]},
    ),
    "units that went back already": (
        [f"{HEAD},已退数量", f"B1,X1,灯,2,60,{DAY},C1,1", f"B2,X1,灯,2,60,{DAY},C1,0"],
        {"B2": ["120.00"]},
        {"“已退数量”里有数，没有读": [2]},
    ),
    "money that went back, where nothing says how the refund stands": (
        [f"{HEAD},退款状态,退款金额", f"V1,X1,灯,2,50,{DAY},C1,无退款,50", f"V2,X1,灯,2,50,{DAY},C1,,50"],
        {"V1": ["100.00"]},
        {"“退款金额”里有数，没有读": [3]},
    ),
    "what is due from the customer, less than the price": (
        [f"{HEAD},应收金额", f"I1,X1,灯,2,50,{DAY},C1,100.00", f"I2,X1,灯,2,50,{DAY},C1,90.00"],
        {"I1": ["100.00"]},
        {"“应收金额”里有数，没有读": [3]},
    ),
    "the code of a coupon is no money": (
        [f"{HEAD},优惠券编码,促销活动", f"O1,X1,灯,1,100,{DAY},C1,YHQ2024,双11"],
        {"O1": ["100.00"]},
        {},
    ),
    "a part of the money that went back in the shop": (
        [
            TAOBAO,
            f"P11,P1,锅,200.00,1,G,交易成功,200.00,部分退款,60.00,{DAY}",
            f"P12,P1,铲,20.00,1,H,交易成功,20.00,没有申请退款,0.00,{DAY}",
            f"P21,P2,锅,200.00,1,G,已完成（部分退款）,200.00,,0.00,{DAY}",
        ],
        {},
        {"店里退过一部分": [2, 4], "同一张订单里有读不了的行": [3]},
    ),
    "the same in Shopify": (
        [
            SHOPIFY,
            f"#1,partially_refunded,CNY,100.00,{DAY} 10:00:00 +0800,1,Mug,50.00,MUG,50.00",
            f"#1,,,,{DAY} 10:00:00 +0800,1,Cup,50.00,CUP,",
            f"#2,paid,CNY,50.00,{DAY} 10:00:00 +0800,1,Mug,50.00,MUG,50.00",
        ],
        {},
        {"店里退过一部分": [2], "同一张订单里有读不了的行": [3], "“Refunded Amount”里有数，没有读": [4]},
    ),
    "a refund that is going on is told": (
        [f"{HEAD},退款状态", f"G1,X1,灯,1,60,{DAY},C1,退款中"],
        {"G1": ["60.00"]},
        {},
    ),
    "units taken back below, in the order itself": (
        [HEAD, f"N1,X1,灯,2,60,{DAY},C1", "N1,X1,灯,-1,60,2026-11-03,C1", f"N2,X1,灯,1,60,{DAY},C2"],
        {"N2": ["60.00"]},
        {"同一张订单里有读不了的行": [2], "数量不是正数": [3]},
    ),
    "a coupon sold for less than nothing": (
        [HEAD, f"Y1,X1,灯,1,60,{DAY},C1", f"Y1,YHQ,优惠券,1,-10,{DAY},C1"],
        {},
        {"同一张订单里有读不了的行": [2], "单价不是正数": [3]},
    ),
    "the same, where it is told what was paid": (
        [f"{HEAD},实付金额", f"Y2,X1,灯,1,60,{DAY},C1,50", f"Y2,YHQ,优惠券,1,-10,{DAY},C1,50"],
        {"Y2": ["50.00"]},
        {"单价不是正数": [3]},
    ),
    "freight sold like goods is in the sum": (
        [
            f"{HEAD},实付金额",
            f"E1,X1,灯,1,100,{DAY},C1,100",
            f"E1,邮费,邮费,1,10,{DAY},C1,100",
            f"E2,X1,灯,1,100,{DAY},C1,100",
            f"E2,邮费,邮费,1,10,{DAY},C1,10",
        ],
        {"E1": ["90.00"], "E2": ["100.00"]},
        {"不是商品": [3, 5]},
    ),
    "several codes in a cell": (
        [HEAD, f"S1,X1;X2,灯,2,50,{DAY},C1", f"S2,红;M,灯,2,50,{DAY},C1"],
        {"S2": ["100.00"]},
        {"一格里有几个SKU": [2]},
    ),
    "two columns of units that differ": (
        [f"{HEAD},购买数量", f"W1,X1,灯,1,60,{DAY},C1,2", f"W2,X1,灯,2,60,{DAY},C1,2"],
        {"W2": ["120.00"]},
        {"数量有两个说法": [2]},
    ),
    "numbers written as fractions": (
        ["订单号,SKU,商品,数量,单价,下单时间,客户手机", f"700001.0,1001.0,灯,1.0,60.0,{DAY},13800138000.0"],
        {"700001": ["60.00"]},
        {},
    ),
    "the foot of a page within an order": (
        [HEAD, f"H1,X1,灯,1,60,{DAY},C1", "第 1 页 / 共 2 页,,,,,,", HEAD, ",X3,线,1,5,,"],
        {"H1": ["60.00", "5.00"]},
        {"是说明行": [3]},
    ),
    "a currency behind the amount": (
        [HEAD, f"K1,X1,灯,1,1280.5 CNY,{DAY},C1", f"K2,X1,灯,1,人民币 80 元整,{DAY},C1", f"K3,X1,灯,1,$35.00,{DAY},C1"],
        {"K1": ["1280.50"], "K2": ["80.00"]},
        {"单价不是金额": [4]},
    ),
}


async def test_what_an_order_gives_back(desk: None, tmp_path: Path) -> None:
    for name, (rows, wanted, bad) in FILES.items():
        before = await refunds()
        report = await take_in("orders", table(tmp_path, *rows))
        found = {no: lines for no, lines in (await refunds()).items() if no not in before}
        assert (name, found, reasons(report)) == (name, wanted, bad)


async def test_a_refund_that_goes_on_is_named(desk: None, tmp_path: Path) -> None:
    report = await take_in("orders", table(tmp_path, *FILES["a refund that is going on is told"][0]))
    assert "当成没有退过款的退款状态：退款中" in report.text()


async def test_a_column_may_be_left_out_knowingly(desk: None, tmp_path: Path) -> None:
    columns = "列: {订单号: 订单号}\n不读: [已退数量]\n"
    (tmp_path / "我的.yaml").write_text(columns, encoding="utf-8")
    path = table(tmp_path, *FILES["units that went back already"][0])
    assert reasons(await take_in("orders", path, mapping=load_mapping(tmp_path / "我的.yaml"))) == {}


async def test_an_amount_that_may_be_read_in_two_ways_is_asked_about(desk: None, tmp_path: Path) -> None:
    """Two lines of 50, of which one was free, or 50 was paid for each."""
    rows = [HEAD + ",实付金额", *(f"A1,X{n},杯,1,50,{DAY},C1,50" for n in range(2)), f"A2,X1,杯,1,50,{DAY},C2,45"]
    path = table(tmp_path, *rows)
    report = await take_in("orders", path)
    assert reasons(report) == {"看不出金额是每行的还是整单的": [2, 3]}
    assert "A1 的各行都写着实付金额 50.00：是整单的，加 --amounts 整单 再导入一次" in report.text()
    assert await refunds() == {"A2": ["45.00"]}
    await take_in("orders", path, mapping=of_amounts(None, "每行"))
    assert await refunds() == {"A2": ["45.00"], "A1": ["50.00", "50.00"]}


async def test_what_another_order_of_the_file_tells_is_told_of_all(desk: None, tmp_path: Path) -> None:
    rows = [f"A1,X{n},杯,1,50,{DAY},C1,50" for n in range(2)]
    rows += [f"A2,X{n},杯,1,50,{DAY},C2,100" for n in range(2)]
    await take_in("orders", table(tmp_path, HEAD + ",实付金额", *rows))
    assert await refunds() == {"A1": ["25.00", "25.00"], "A2": ["50.00", "50.00"]}
