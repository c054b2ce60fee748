"""What shops and their people really put into files: each kind once, and nothing lost, merged or invented."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from cards.charts.spreadsheet import rows as rows_of
from flow.imports import ImportRefused, load_mapping, of_sheet, undo, write_fixes
from flow.imports.alike import nearest
from flow.imports.mapping import FOLDER
from models import Case, CaseLine, Member, Order, OrderLine
from tests.support import exported as x
from tests.support.importing import NOW, book, claimed, opened, orders, reasons, table, take_in
from tests.support.orderfiles import DAY, HEAD, File, Orders, check, csv, line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

NEVER = (
    "0000-00-00", "0000-00-00 00:00:00", "1970-01-01 08:00:00", "1970/1/1 8:00", "0001-01-01 00:00:00", "1900-01-00",
    "0", "-", "N/A", "无", "NaT", "未签收",
)  # fmt: skip
A1: Orders = {"A1": [("S1", 2)]}


@pytest.fixture
async def desk(sqlite: str) -> AsyncIterator[None]:
    async with opened(sqlite):
        yield


def dated(*days: str) -> list[list[str]]:
    return csv(*([*line(f"A{n}")[:5], day, "C9"] for n, day in enumerate(days)))


TEXT: dict[str, File] = {
    "京东: tabs before numbers, a state, moments that never came": File(
        "订单号,商品ID,商品名称,订购数量,下单时间,京东价,订单状态,下单帐号,订单完成时间\n"
        "\t2900\t,\t1001\t,锅,1,2026-11-01 10:00:00,399.00,完成,jd_x,0000-00-00 00:00:00\n"
        "\t2901\t,\t1001\t,锅,1,2026-11-01 10:00:00,399.00,已取消,jd_y,\n",
        {"2900": [("1001", 1)]},
        {"没有成交": [3]},
        said="当成已成交的订单状态：完成",
    ),
    "拼多多: units in the headings, a total instead of a price": File(
        "商品,订单号,订单状态,商品总价(元),邮费(元),用户实付金额(元),商品数量(件),确认收货时间,商家编码-规格维度,订单成交时间\n"
        "毛巾,1-1\t,已发货，待签收,20.00,0.00,19.00,3,\t,TW,2026-11-01 10:00:00\n"
        "毛巾,1-2\t,已发货，退款成功,20.00,0.00,19.00,3,\t,TW,2026-11-01 10:00:00\n",
        {"1-1": [("TW", 3)]},
        {"没有成交": [3]},
        said="映射 pinduoduo",
    ),
    "快手: counted in boxes, an amount in 万": File(
        "订单编号,SKU编码,成交数量,单价,订单创建时间\nK1,T1,3盒,￥45.5,2026年11月1日 10:00 星期日\n"
        "K2,T1,3盒,1.2万,2026-11-01\n",
        {"K1": [("T1", 3)]},
        {"单价不是金额": [3]},
    ),
    "Shopify: the zone stands apart": File(
        dated("2026-11-01 10:00:00 +0800", "2026-11-01 02:00:00 UTC"), {f"A{n}": [("S1", 2)] for n in range(2)}
    ),
    "one line of an order came to nothing": File(
        csv([*line(), "交易成功"], [*line(sku="S2"), "交易关闭"], head=[*HEAD, "订单状态"]), A1, {"没有成交": [3]}
    ),
    "a moment that must be there and never came": File(
        dated(DAY, "0000-00-00", "1970-01-01 08:00:00", "-"),
        {"A0": [("S1", 2)]},
        {"没有下单时间": [3, 4, 5]},
        said="下单时间写成 -、0000-00-00、1970-01-01 08:00:00 的，当作没有",
    ),
    "pipes": File("\n".join("|".join(row) for row in csv(line())), A1),
    "exports put one below the other": File(
        csv(line(), HEAD, line("A2")), {"A1": [("S1", 2)], "A2": [("S1", 2)]}, said="第 3 行又是一次表头，没有当成数据"
    ),
    "the same rows twice": File(
        csv(line(), line()), {"A1": [("S1", 2)] * 2}, said="1 行和同一张订单的另一行一模一样（第 3 行），照样各算一行"
    ),
    "an example in a template": File(csv(line("示例"), line()), A1, {"是示例行": [2]}),
    "a sum named after its order": File(csv(line(), ["A1 小计", "", "", "2", "5", "", ""]), A1, {"是合计行": [3]}),
    "a column without a heading": File(
        csv([*line()[:3], "红", *line()[3:]], head=[*HEAD[:3], "", *HEAD[3:]]),
        A1,
        said="没有用到的列：D 列（没有表头）",
    ),
    "what an order file does not read, though cases do": File(
        csv([*line(), "急", "退货"], head=[*HEAD, "备注", "类型"]), A1, said="没有用到的列：备注、类型"
    ),
    "freight sold like goods": File(csv(line(), line(sku="邮费补差")), A1, {"不是商品": [3]}),
}
BOOKS: dict[str, File] = {
    "a switch where a code should be stays as it is written": File(
        csv(line(sku='\0<c t="b"><v>1</v></c>')), {"A1": [("TRUE", 2)]}
    ),
    "a format that writes 万 behind the number": File(
        csv(line(price=x.number("1.2", 1)), line("A2", price=x.number("12000", 2))),
        {"A2": [("S1", 2)]},
        {"单价不是金额": [2]},
        book={"formats": ['0.0"万"', '0!.0,"万"']},
    ),
    "days without a format, counted from 1904": File(
        csv([*line()[:5], x.number("44865.5"), "C9"]),
        A1,
        said="这个工作簿的日期从 1904 年数起，写成数字的日期照这样读",
        book={"book": '<workbookPr date1904="1"/>'},
    ),
}
FILES = TEXT | {name: file._replace(book=file.book or {}) for name, file in BOOKS.items()}


@pytest.mark.parametrize("name", FILES)
async def test_what_comes_of_a_file(desk: None, tmp_path: Path, name: str) -> None:
    await check(FILES[name], tmp_path)


async def test_the_total_of_a_line_makes_its_price(desk: None, tmp_path: Path) -> None:
    await check(next(file for name, file in TEXT.items() if name.startswith("拼多多")), tmp_path)
    [sold] = await OrderLine.all()
    assert (sold.unit_price, sold.unit_price * sold.quantity) == (Decimal("6.666667"), Decimal("20.000001"))


@pytest.mark.parametrize("never", NEVER)
async def test_an_optional_moment_that_never_came_is_none_and_said(desk: None, tmp_path: Path, never: str) -> None:
    report = await take_in("orders", File(csv([*line(), never], head=[*HEAD, "签收时间"]), A1).write(tmp_path))
    assert (await Order.get()).delivered_at is None
    assert f"签收时间写成 {never} 的，当作没有" in report.text()


async def test_days_from_1904_are_the_same_in_what_is_given_back(desk: None, tmp_path: Path) -> None:
    """The workbook of the rows to be mended counts from 1900, as any other."""
    made = Workbook()
    made.epoch = CALENDAR_MAC_1904
    sheet = made.worksheets[0]
    for row in (HEAD, ["A1", "S1", "杯子", 2, 2.5, 44865.5, "C9"], ["A2", "S1", "杯子", "x", 2.5, 44865.5, "C9"]):
        sheet.append(row)
    made.save(tmp_path / "订单.xlsx")
    report = await take_in("orders", tmp_path / "订单.xlsx")
    assert (await Order.get()).ordered_at == datetime(2026, 11, 1, 4, tzinfo=UTC)
    write_fixes(tmp_path / "订单.xlsx", report, tmp_path / "改.csv")
    mended = (tmp_path / "改.csv").read_text(encoding="utf-8-sig").replace("x", "2")
    (tmp_path / "改.csv").write_text(mended, encoding="utf-8")
    await take_in("orders", tmp_path / "改.csv")
    assert {order.ordered_at for order in await Order.all()} == {datetime(2026, 11, 1, 4, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("text", "shown"),
    [("=1+1", "'=1+1"), ("+1", "'+1"), ("-x", "'-x"), ("@a", "'@a"), ("\tx", " x"), ("\t=1", "' =1")],
)
def test_no_report_holds_a_formula(text: str, shown: str) -> None:
    series = [{"name": text, "points": [(text, 1)]}]
    report = {"form": "柱", "unit": "单", "from": "", "to": "", "total": None, "series": series}
    assert list(rows_of(report))[1] == [shown, shown, 1]


# -- sheets ------------------------------------------------------------------------------------------------------------


def sheets(folder: Path, hidden: str = "", **rows: Sequence[Sequence[Any]]) -> Path:
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, lines in rows.items():
        sheet = made.create_sheet(name)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
        for each in lines:
            sheet.append(each)
    made.save(folder / "订单.xlsx")
    return folder / "订单.xlsx"


COVER = [["订单导出"], ["2026 年"]]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"封面": COVER, "明细": [HEAD, line()]}, "读的是工作表“明细”，没有读：封面"),
        ({"明细": [HEAD, line()], "汇总": [["客户", "金额"], ["C9", 5]]}, "读的是工作表“明细”，没有读：汇总"),
        ({"明细": [HEAD, line()], "空": []}, "订单 1"),
        ({"模板": [HEAD], "明细": [HEAD, line()]}, "订单 1"),
    ],
)
async def test_the_sheet_with_the_header_is_read(desk: None, tmp_path: Path, rows: dict[str, Any], said: str) -> None:
    report = await take_in("orders", sheets(tmp_path, **rows))
    assert said in report.text()
    assert (report.good["订单"], report.sheet) == (1, "明细")


async def test_which_of_several_sheets_is_asked(desk: None, tmp_path: Path) -> None:
    path = sheets(tmp_path, hidden="十二月", 十一月=[HEAD, line()], 十二月=[HEAD, line("A2"), line("A3", units="x")])
    with pytest.raises(
        ImportRefused, match=r"有 2 张工作表都像订单表：十一月、十二月（隐藏的）。什么都没有导入.*加 --sheet 十一月"
    ):
        await take_in("orders", path)
    report = await take_in("orders", path, mapping=of_sheet(None, "十二月"))
    assert "读的是工作表“十二月”，没有读：十一月" in report.text()
    write_fixes(path, report, tmp_path / "改.csv")
    assert "A3,S1" in (tmp_path / "改.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "我的.yaml").write_text("列: {订单号: 订单号}\n工作表: 十一月\n", encoding="utf-8")
    await take_in("orders", path, mapping=load_mapping(tmp_path / "我的.yaml"))
    assert [order.no for order in await Order.all().order_by("no")] == ["A1", "A2"]


@pytest.mark.parametrize("make", [lambda folder: sheets(folder, 明细=[HEAD, line()]), lambda folder: orders(folder)])
async def test_a_sheet_that_is_not_there_is_said(desk: None, tmp_path: Path, make: Any) -> None:
    with pytest.raises(ImportRefused, match=r"里没有工作表“十三月”，(有的是：明细|它不是工作簿)"):
        await take_in("orders", make(tmp_path), mapping=of_sheet(None, "十三月"))


async def test_what_nobody_sees_is_read_and_said(desk: None, tmp_path: Path) -> None:
    path = sheets(tmp_path, 明细=[HEAD, line(), line("A2")])
    made = Workbook()
    sheet = made.worksheets[0]
    for each in (HEAD, line(), line("A2")):
        sheet.append(each)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["E"].hidden = True
    made.save(path)
    report = await take_in("orders", path)
    assert report.good["订单"] == 2
    assert "第 3 行在表格里是隐藏的（筛选掉了，或手工隐藏），一样读了" in report.text()
    assert "隐藏的列一样读了：单价" in report.text()


# -- headings ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "near"),
    [
        ("客户手几", "客户手机"),
        ("订单编码", "订单编号"),
        ("宝贝总数量", "宝贝数量"),
        ("买家应付货款", ""),  # is not 买家应付邮费
        ("发件人手机", ""),
        ("卖家会员名", ""),
        ("订单金额", ""),  # is not what was paid
        ("商品规格", ""),
        ("发货时间", ""),
    ],
)
def test_a_heading_is_proposed_for_its_meaning(heading: str, near: str) -> None:
    known = [word for words in load_mapping(FOLDER / "default.yaml").columns.values() for word in words]
    assert nearest(heading, known) == near


def test_a_mapping_and_a_file_spell_brackets_alike(tmp_path: Path) -> None:
    (tmp_path / "我的.yaml").write_text("列: {单价: 成交价（含税）}\n", encoding="utf-8")
    assert load_mapping(tmp_path / "我的.yaml").positions(["成交价(含税)"]) == {"单价": 0}


# -- cases and members -------------------------------------------------------------------------------------------------


@pytest.fixture
async def bought(desk: None, tmp_path: Path) -> None:
    await take_in("orders", orders(tmp_path, f"A1,S1,杯子,9,10,{DAY},C9"))


@pytest.mark.parametrize(
    ("state", "become", "units"),
    [
        ("已完成", ("已完成", None), 1),
        ("退款成功", ("已完成", None), 1),
        ("已拒绝", ("已关闭", "拒绝"), 0),
        ("买家撤销", ("已关闭", "撤销"), 0),
        ("超时关闭", ("已关闭", "超期"), 0),
    ],
)
async def test_how_a_case_ended_is_read(
    bought: None, tmp_path: Path, state: str, become: tuple[str, str | None], units: int
) -> None:
    path = table(tmp_path, "订单号,SKU,数量,申请时间,售后状态", f"A1,S1,1,2026-11-05,{state}")
    report = await take_in("cases", path)
    case, sold, asked = await Case.get(), await OrderLine.get(), await CaseLine.get()
    assert (case.state, case.close_reason) == become
    assert (sold.claimed, asked.requested, asked.received) == (units, 1, units)
    assert report.batch_id
    await undo(report.batch_id, now=NOW)
    assert (await claimed(), await Case.exists()) == ([0], False)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("处理中,退货", "还没有办完（处理中）"),
        ("平台判责中,退货", "不认识的状态 平台判责中"),
        (",退货", "没有状态"),
        ("已完成,换新", "不认识的类型 换新"),
    ],
)
async def test_a_case_that_nobody_knows_the_end_of_stays_out(
    bought: None, tmp_path: Path, row: str, reason: str
) -> None:
    report = await take_in("cases", table(tmp_path, "订单号,SKU,数量,申请时间,状态,类型", f"A1,S1,1,2026-11-05,{row}"))
    assert reasons(report) == {reason: [2]}
    assert await claimed() == [0]


async def test_kinds_have_other_names(bought: None, tmp_path: Path) -> None:
    path = table(tmp_path, "退款编号,订单编号,商品编码,退款数量,退款类型,退款申请时间", "1,A1,S1,1,退货退款,2026-11-05")
    report = await take_in("cases", path)
    assert (await Case.get()).kind == "退货"
    assert "文件没有 状态 列，每一行都当作已完成" in report.text()


async def test_a_case_before_its_order_is_none(bought: None, tmp_path: Path) -> None:
    report = await take_in("cases", table(tmp_path, "订单号,SKU,数量,申请时间", "A1,S1,1,2026-10-05", f"A1,S1,1,{DAY}"))
    assert reasons(report) == {"退货行：申请比下单还早": [2]}


async def test_names_that_are_padded_are_the_same_name(desk: None, tmp_path: Path) -> None:
    rows = ["李 娜,客服,ln,,在职", "李娜,客服,ln2,,在职", "王强,客服,wq,李　娜,在职", "丙,客服,bing,,已离职"]
    report = await take_in("members", table(tmp_path, "姓名,角色,企业微信,上级,员工状态", *rows))
    assert reasons(report) == {"姓名重复": [3], "已经离职": [5]}
    assert await Member.all().order_by("id").values_list("name", "manager__name") == [("李娜", None), ("王强", "李娜")]


async def test_all_rows_of_a_long_workbook_are_there(desk: None, tmp_path: Path) -> None:
    rows = [[f"B{n // 2}", f"S{n % 7}", "杯", 1 + n % 5, 10, DAY, "C9"] for n in range(4000)]
    report = await take_in("orders", book(tmp_path, [HEAD, *rows]))
    assert (report.good["订单行"], report.good["订单"], report.bad) == (4000, 2000, [])
