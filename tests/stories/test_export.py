"""导出: the documents of a case and lists of cases, files on both platforms' phones, opened and read by cell."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from bot.outbox.exports import Ask, case_list, papers
from cards.types import File, Text
from flow.definitions.business import shipped
from flow.export.cases import AT_ONCE
from flow.people.directory import MEMBERS
from flow.records.sequences import take
from flow.versions import publish
from models import Case, Member, Refund, Task
from tests.support.own_flows import single, use
from tests.support.stage import sell, stage, text_of
from tests.support.stories import LAMP, finish, group_news, inspected, play, role, says, submitted

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from tests.support.stage import Stage

BOSS, LEAD, FINANCE, SALES = "李敏", "王建国", "钱芳", "吴强"
GRADED = """表单:
      - {名: 缺陷等级, 填: 单选, 选项: [轻微, 一般, 严重], 必填: true}
      - {名: 折价, 填: 金额}
      - {名: 补充, 填: 文本}"""


async def exported(desk: Stage, name: str, words: str, platform: str | None = None) -> tuple[Workbook, str]:
    """Say 导出 …; the file that comes onto the phone, opened, and its name."""
    who = desk.person(name)
    items = await desk.say(who, f"导出 {words}".strip(), platform)
    [sheet] = [item for item in items if item.kind == "file"]
    media_id = sheet.body["media_id"]
    if sheet.place.platform == "wecom":
        kept = desk.sandbox.wecom.desk.media.peek(media_id)
        return load_workbook(io.BytesIO(kept.data)), kept.filename
    return load_workbook(io.BytesIO(desk.sandbox.dingtalk.media(media_id)[0])), str(sheet.body["name"])


def fields(sheet: Worksheet) -> dict[str, str]:
    """Every name on a paper with the value to the right of it."""
    found: dict[str, str] = {}
    for row in sheet.iter_rows():
        said = [str(cell.value) for cell in row if cell.value is not None]
        found |= dict(zip(said[::2], said[1::2], strict=False))
    return found


def lines(sheet: Worksheet) -> list[str]:
    """The words of every row of a paper."""
    return [" ".join(str(cell.value) for cell in row if cell.value is not None) for row in sheet.iter_rows()]


def table(book: Workbook) -> list[dict[str, Any]]:
    """The rows of a list by their heads."""
    [sheet] = book.worksheets
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, heads), row, strict=True)) for row in rows]


async def graded(desk: Stage, *grades: str) -> list[str]:
    """Cases whose reviewer gave them these grades, each by the answers to a form."""
    await use(desk, single(GRADED))
    made = []
    for grade in grades:
        made.append(await submitted(desk, "退货 536365 85123A×1 质量问题 外壳破裂"))
        await says(desk, LEAD, f"同意 {made[-1]}")
        for answer in (grade, "12.5", "=1+1"):
            await says(desk, LEAD, answer)
    return made


# -- the documents -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["wecom", "dingtalk"])
async def test_the_three_documents_field_by_field(desk: Stage, platform: str) -> None:
    no = await inspected(desk)
    await finish(desk, no)
    book, name = await exported(desk, BOSS, no, platform)
    assert (book.sheetnames, name) == (["退货申请单", "质检报告单", "退款单"], f"{no} 单据.xlsx")
    asked, checked, paid = (fields(sheet) for sheet in book.worksheets)
    assert {
        "单号": no, "订单": "536365", "客户": "李雷", "手机": "13800138000", "种类": "退货", "类型": "质量问题",
        "原因": "外壳破裂", "金额": "¥5.10", "提交人": "林晓", "提交时间": "2026-11-23 09:00", "状态": "已完成",
        "质检报告单": f"{no}-Q1", "退款单": f"{no}-T1", "85123A": "白色心形烛台",
    }.items() <= asked.items()  # fmt: skip
    assert {
        "申请单": no, "报告单号": f"{no}-Q1", "结果": "合格", "责任方": "供应商", "处理建议": "重新上架",
        "质检人": "许静",
    }.items() <= checked.items()  # fmt: skip
    assert {
        "申请单": no, "退款单号": f"{no}-T1", "退款金额": "¥5.10", "退款方式": "原路退回", "收款账号": "原付款账号",
        "状态": "已退款", "确认人": FINANCE, "扣款": "无",
    }.items() <= paid.items()  # fmt: skip
    told = lines(book.worksheets[0])
    assert f"2026-11-23 09:00 {LEAD} 客服审核 同意" in told
    assert "2026-11-23 09:00 许静 质检 合格入库" in told


async def test_what_has_not_happened_yet_says_so(desk: Stage) -> None:
    no = await submitted(desk)
    book, _ = await exported(desk, BOSS, no)
    asked = fields(book["退货申请单"])
    assert asked["质检报告单"] == "还没有质检报告单（处理中 · 客服审核）"
    assert (asked["运单"], asked["完成时间"]) == ("还没有", "还没有")
    for name in ("质检报告单", "退款单"):
        assert f"还没有{name}（处理中 · 客服审核）" in lines(book[name])
        assert fields(book[name])["申请单"] == no


async def test_what_never_came_to_be_is_not_awaited(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, f"{LEAD} 驳回")
    book, _ = await exported(desk, BOSS, no)
    assert "没有退款单（已关闭（拒绝））" in lines(book["退款单"])


async def test_the_papers_are_laid_out_for_printing(desk: Stage) -> None:
    no = await inspected(desk)
    book, _ = await exported(desk, BOSS, no)
    for sheet in book.worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        layout: Any = sheet.sheet_properties.pageSetUpPr
        assert layout.fitToPage
        assert sheet["A1"].border.top.style == "thin"
        foot: Any = sheet.oddFooter
        assert foot.left.text == f"{BOSS} 导出于 2026-11-23 09:00"
    links = {cell.value: cell.hyperlink.location for row in book["退货申请单"] for cell in row if cell.hyperlink}
    assert links == {f"{no}-Q1": "'质检报告单'!A1"}


async def test_what_the_forms_have_asked_for_is_on_the_paper(desk: Stage) -> None:
    [no] = await graded(desk, "严重")
    book, _ = await exported(desk, BOSS, no)
    said = fields(book["退货申请单"])
    assert (said["缺陷等级"], said["折价"], said["补充"]) == ("严重", "¥12.50", "=1+1")


@pytest.mark.parametrize(
    ("who", "customer", "mobile", "amount", "account"),
    [
        pytest.param("管理员", "李雷", "13800138000", "¥5.10", "6222020200112345678", id="sees all"),
        pytest.param("财务", "李雷", "尾号 8000", "¥5.10", "6222020200112345678", id="pays, so sees the account"),
        pytest.param("风控专员", "李雷", "13800138000", "¥5.10", "尾号 5678", id="the tail of the account"),
        pytest.param("运营总监", "李**", "尾号 8000", "¥5.10", "***", id="no account"),
    ],
)
async def test_a_paper_shows_what_its_reader_may_see(
    desk: Stage, who: str, customer: str, mobile: str, amount: str, account: str
) -> None:
    no = await inspected(desk)
    await finish(desk, no)
    desk.honest = False
    await Refund.filter(case__no=no).update(account="6222020200112345678", method="银行转账")
    await role(BOSS, who)
    book, _ = await exported(desk, BOSS, no)
    asked, paid = fields(book["退货申请单"]), fields(book["退款单"])
    assert (asked["客户"], asked["手机"], asked["金额"]) == (customer, mobile, amount)
    assert (paid["收款账号"], paid["退款金额"]) == (account, amount)


async def test_a_paper_hides_amounts_from_who_may_not_see_them(desk: Stage) -> None:
    no = await inspected(desk)
    await finish(desk, no)
    text = shipped()["roles", "roles"].replace(
        "      查: 仓库\n      运单", "      导出: 全部\n      查: 仓库\n      运单"
    )
    await publish({("roles", "roles"): text}, "测试", desk.clock.now())
    book, _ = await exported(desk, "周仓", no)
    assert fields(book["退货申请单"])["金额"] == fields(book["退款单"])["退款金额"] == "¥***"
    assert not any("5.10" in line for sheet in book.worksheets for line in lines(sheet))
    [row] = table((await exported(desk, "周仓", ""))[0])
    assert (row["金额"], row["客户"]) == ("***", "李**")


# -- lists -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["wecom", "dingtalk"])
async def test_a_list_has_a_row_for_each_case(desk: Stage, platform: str) -> None:
    first = await inspected(desk)
    await finish(desk, first)
    second = await submitted(desk, "退货 536365 71053×1 七天无理由")
    book, name = await exported(desk, BOSS, "本月", platform)
    assert name.replace("～", "~") == "售后单 2026-11-01~2026-11-23 2 单.xlsx"
    newest, oldest = table(book)
    assert oldest == {
        "单号": first, "种类": "退货", "类型": "质量问题", "订单": "536365", "客户": "李雷", "商品": "白色心形烛台 ×2",
        "件数": 2, "金额": 5.1, "状态": "已完成", "节点": None, "负责人": None, "提交人": "林晓",
        "提交时间": datetime(2026, 11, 23, 9, 0), "完成时间": datetime(2026, 11, 23, 9, 0),  # noqa: DTZ001
        "责任": "供应商", "运费": "商家", "成本": "质量成本",
    }  # fmt: skip
    assert {name: newest[name] for name in ("单号", "类型", "状态", "节点", "负责人", "完成时间")} == {
        "单号": second, "类型": "七天无理由", "状态": "处理中", "节点": "仓库收货", "负责人": "周仓、刘洋",
        "完成时间": None,
    }  # fmt: skip


async def test_a_list_is_laid_out_for_printing(desk: Stage) -> None:
    await submitted(desk)
    [sheet] = (await exported(desk, BOSS, ""))[0].worksheets
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref) == ("B2", "$1:$1", "A1:Q2")


@pytest.mark.parametrize(
    ("asked", "grades"),
    [
        pytest.param("", ["一般", "严重", "轻微"], id="all of this month"),
        pytest.param("缺陷等级=严重", ["严重"], id="a field of a form"),
        pytest.param("严重", ["严重"], id="one of its options alone"),
        pytest.param("缺陷等级=严重、轻微", ["严重", "轻微"], id="either of two"),
        pytest.param("缺陷等级=一般 缺陷等级=轻微", ["一般", "轻微"], id="said twice"),
        pytest.param("折价=12.5 轻微", ["轻微"], id="an amount, and a grade"),
        pytest.param("缺陷等级＝严重 今天", ["严重"], id="full-width, with a time"),
        pytest.param("类型=质量问题 严重", ["严重"], id="with the type as its column calls it"),
        pytest.param("种类=退货 SKU=85123A 状态=已完成 严重", ["严重"], id="with the words of the reports"),
        pytest.param("2026-11 质量问题 已完成 严重", ["严重"], id="with words alone"),
    ],
)
async def test_a_list_takes_the_filters_of_reports_and_of_forms(desk: Stage, asked: str, grades: list[str]) -> None:
    await graded(desk, "轻微", "严重", "一般")
    rows = table((await exported(desk, BOSS, asked))[0])
    assert [row["缺陷等级"] for row in rows] == grades or sorted(row["缺陷等级"] for row in rows) == sorted(grades)
    assert {(row["折价"], row["补充"]) for row in rows} == {(12.5, "=1+1")}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("上月", "没有你能看的单，换个时间或筛选再试"),
        ("状态=已挂起", "没有你能看的单，换个时间或筛选再试"),
        ("店铺=别家", "店铺里没有“别家”"),
        ("缺陷等级=没有", "缺陷等级里没有“没有”，有：一般、严重、轻微"),
        ("供应商=谁 严重", "供应商里没有“谁”"),
    ],
)
async def test_a_list_of_nothing_is_said_and_so_is_what_there_is_not(desk: Stage, asked: str, told: str) -> None:
    await graded(desk, "严重")
    assert told in await says(desk, BOSS, f"导出 {asked}")


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        pytest.param("李敏", {"536365", "700"}, id="all"),
        pytest.param("王建国", {"536365", "700"}, id="of the team"),
        pytest.param("吴强", {"700"}, id="of their shop"),
    ],
)
async def test_a_list_ends_where_its_reader_s_scope_ends(desk: Stage, who: str, seen: set[str]) -> None:
    await sell("700", {"X1": ("灯", 1, "9.00")}, shop="二店")
    await Member.filter(name="吴强").update(shops=["二店"])
    await take(MEMBERS)
    await submitted(desk)
    await submitted(desk, "退货 700 X1×1 质量问题")
    assert {row["订单"] for row in table((await exported(desk, who, ""))[0])} == seen


async def test_nobody_exports_what_is_not_theirs(desk: Stage) -> None:
    await submitted(desk)
    desk.honest = False
    await Case.all().update(creator_id=None, shop="一店")
    await Task.all().delete()
    assert "没有你能看的单" in await says(desk, LEAD, "导出")


async def test_text_that_looks_like_a_formula_stays_text(desk: Stage) -> None:
    await sell("700", {"X1": ("@SUM(A1)", 1, "9.00")}, customer_name="=cmd|' /C calc'!A0")
    no = await submitted(desk, "退货 700 X1×1 质量问题 -2+3")
    papers, roll = (await exported(desk, BOSS, no))[0], (await exported(desk, BOSS, ""))[0]
    cells = [cell for book in (papers, roll) for sheet in book for row in sheet for cell in row if cell.value]
    assert {"=cmd|' /C calc'!A0", "-2+3", "@SUM(A1)"} <= {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith(("=", "+", "-", "@")))


async def test_of_too_many_the_newest_come_and_it_is_said(desk: Stage) -> None:
    for _ in range(2):
        no = await submitted(desk, "退货 536365 85123A×1 质量问题")
    boss = await Member.get(name=BOSS)
    said, file = await case_list(desk.bot.desk, ["今天"], boss.id, desk.clock.now(), limit=1)
    assert isinstance(said, Text)
    assert said.body == "2026-11-23：单子太多，只导出了最新的 1 单；更早的请把时间写短，分几次导出"
    assert isinstance(file, File)
    assert [row["单号"] for row in table(load_workbook(io.BytesIO(file.data)))] == [no]


async def test_a_list_reads_alike_on_both_engines(database_url: str) -> None:
    async with stage(database_url) as desk:
        await sell("536365", LAMP)
        first, second = await graded(desk, "严重", "轻微")
        await submitted(desk, "退货 536365 71053×1 质量问题")
        asked = "今天 SKU=85123A 质量问题 状态=已完成 缺陷等级=严重、轻微"
        rows = table((await exported(desk, BOSS, asked))[0])
        assert [(row["单号"], row["缺陷等级"], row["金额"]) for row in rows] == [
            (second, "轻微", 2.55), (first, "严重", 2.55),
        ]  # fmt: skip


async def test_a_list_longer_than_one_reading_misses_nobody(desk: Stage) -> None:
    """Cases of one moment too: the place to go on from is the moment with the number."""
    desk.honest = False
    await submitted(desk)
    [first] = await Case.all()
    many = range(2, AT_ONCE * 2 + 3)
    await Case.bulk_create(
        Case(no=f"R20261101-{n:04}", kind="退货", shop=first.shop, opened_at=first.opened_at) for n in many
    )
    book, name = await exported(desk, BOSS, "")
    assert len({row["单号"] for row in table(book)}) == len(many) + 1
    assert name.endswith(f" {len(many) + 1} 单.xlsx")


# -- refused, and alone ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "words", "sentence"),
    [
        ("林晓", "", "你的角色不能用“导出”，可以找："),
        ("许静", "R20261123-0001", "你的角色不能用“导出”，可以找："),
        (BOSS, "R20261123-0099", "没有找到售后单 R20261123-0099"),
        (SALES, "R20261123-0001", "没有找到售后单 R20261123-0001，也可能不在你能看的范围（店铺的单），可以找"),
        (BOSS, "R20261123-0001 本月", "一次导出一张单的单据"),
        (BOSS, "颜色=红", "没有“颜色”这个筛选，可以用：类型 退货类型 原因"),
        (BOSS, "缺陷等级=", "“缺陷等级=”后面没有写值"),
        (BOSS, "状态=飞了", "没有“飞了”这个状态，可以写：处理中、"),
        (BOSS, "本月 上月", "一次只能导出一段时间：本月、上月"),
        (BOSS, "2026-13", "没有“2026-13”这个日子"),
    ],
)
async def test_what_can_t_be_exported_is_said(desk: Stage, who: str, words: str, sentence: str) -> None:
    await Member.filter(name=SALES).update(shops=["二店"])
    await take(MEMBERS)
    await graded(desk, "严重")
    who_asks = desk.person(who)
    items = await desk.say(who_asks, f"导出 {words}".strip())
    assert [item.kind for item in items] == ["text"]
    assert sentence in text_of(items[0])


async def test_in_a_group_the_file_goes_to_the_asker_alone(desk: Stage) -> None:
    no = await submitted(desk)
    before = len(desk.phone(desk.person(LEAD), "dingtalk"))
    await desk.sandbox.dingtalk.phones.say("wang.jianguo", f"@售后助手 导出 {no}", group="cidAfterSales01")
    await desk.bot.settled()
    assert group_news(desk, "售后群")[-1] == "王建国，已私下发给你，请看和我的单聊"
    assert [item.kind for item in desk.phone(desk.person(LEAD), "dingtalk")[before:]] == ["file"]


async def test_whoever_may_no_longer_is_told_when_the_file_is_made(desk: Stage) -> None:
    no = await submitted(desk)
    case = await Case.get(no=no)
    member = await Member.get(name="许静")
    [said] = await papers(desk.bot.desk, Ask(case.id, member.id), desk.clock.now())
    assert isinstance(said, Text)
    assert said.body.startswith(f"没有找到售后单 {no}，也可能不在你能看的范围")


# -- what 查 knows of it -----------------------------------------------------------------------------------------------


async def test_cases_are_looked_up_by_a_field_of_a_form(desk: Stage) -> None:
    _, second, _ = await graded(desk, "轻微", "严重", "一般")
    told = await says(desk, "林晓", "查 缺陷等级=严重")
    assert told.split("\n") == [
        "2026-10-25~2026-11-23 · 缺陷等级 严重：1 单，已完成 1",
        f"1. {second} 退货 ¥2.55 已完成",
        "回复 查 单号 看经过",
    ]
    assert "没有你能看的单" in await says(desk, "林晓", "查 缺陷等级=严重 上月")
    assert "没有“颜色”这个筛选，可以用：" in await says(desk, "林晓", "查 颜色=红")
    assert "缺陷等级" in await says(desk, "林晓", "查 颜色=红")


async def test_a_case_is_shown_with_the_customer_s_last_three(desk: Stage) -> None:
    made = [await submitted(desk, "退货 536365 85123A×1 质量问题") for _ in range(5)]
    told = await says(desk, "林晓", f"查 {made[-1]}")
    history = told.split("客户历史：")[1].split("\n")
    assert history[0] == "开单时 半年 1 单退 4"
    others = [line for line in history if line.startswith("· R")]
    assert others == [f"· {no} 退货 ¥2.55 · 质量问题 · 处理中 · 客服审核（11-23 09:00）" for no in reversed(made[1:-1])]


async def test_of_a_customer_only_what_one_may_see_is_shown(desk: Stage) -> None:
    first, second = await inspected(desk), await submitted(desk, "退货 536365 71053×1 质量问题")
    assert f"· {second} " in await says(desk, "李敏", f"查 {first}")
    assert f"· {second} " not in await says(desk, "周仓", f"查 {first}")
