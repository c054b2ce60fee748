"""A workbook that says something wrong is refused: sheet, row, column and a way out."""

from __future__ import annotations

import io
from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from flow.workbook import WorkbookError, read_stamp, read_workbook
from flow.workbook.file import MAX_COLUMNS
from flow.workbook.stamp import NOT_OURS
from tests.support import workbooks as w

if TYPE_CHECKING:
    from collections.abc import Callable

BOOK = load_workbook(io.BytesIO(w.DATA))  #: to look places up in


# ---- sheets and headings


def renamed(book: Workbook) -> None:
    book["时限"].title = "时限 (2)"


def copied(name: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book.copy_worksheet(book["时限"]).title = name

    return change


def removed(book: Workbook) -> None:
    del book["原因"]


def unstamped(book: Workbook) -> None:
    del book["版本"]


def heading(place: str, value: Any) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        sheet, _, cell = place.partition("!")
        book[sheet][cell] = value

    return change


def slipped(book: Workbook) -> None:
    book["时限"].insert_rows(1, 2)
    book["时限"]["A1"] = "时限一览"


def stray(book: Workbook) -> None:
    book["通知"]["E3"] = "记得改"


@pytest.mark.parametrize(
    ("rule", "typed", "said"),
    [
        ("组长审批", 800, "“800”是到 800 为止、800 以上，还是正好 800？请写 <=800、>800，正好写 800~800"),
        ("小额自动通过", "50", "“50”是到 50 为止"),
        ("总监审批", 500.5, "“500.5”是到 500.5 为止"),
    ],
)
def test_a_bare_number_under_an_amount_is_asked_back(rule: str, typed: object, said: str) -> None:
    def change(book: Workbook) -> None:
        w.find(book["审批表"], "金额", 规则=rule).value = typed

    [words] = w.problems(w.edited(change))
    assert words.startswith("审批表 第 ")
    assert "“金额”列" in words
    assert said in words


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (renamed, "时限：缺少这张工作表，文件里有“时限 (2)”，要改回“时限”"),
        (copied("时限 (2)"), "时限：还有一张副本“时限 (2)”，不知道看哪张；改动写在“时限”里，副本请删掉"),  # of Excel
        (copied("时限_2"), "时限：还有一张副本“时限_2”，不知道看哪张；改动写在“时限”里，副本请删掉"),  # of LibreOffice
        (removed, "原因：缺少这张工作表，请从机器人重新导出"),
        (unstamped, NOT_OURS),
        (
            heading("流转!D1", "去哪"),
            "流转 第 1 行：缺少“去”列，有一列叫“去哪”；列不能删、不能改名，不要的格子清空就行",
        ),
        (heading("通知!B1", "时刻"), "通知 第 1 行：表头“时刻”有两列，只能留一列"),
        (heading("时限!D1", "备注"), "时限 第 1 行：不认识“备注”列；这张表的列是 节点、分级、时限"),
        (slipped, "时限 第 3 行：这是表头，表头要在第 1 行；请删掉它上面的行"),
        (heading("时限!D1", "时间"), "时限 第 1 行：不认识“时间”列；这张表的列是 节点、分级、时限"),
        (stray, "通知 第 1 行：E 列没有表头，第 3 行却有字"),
    ],
)
def test_sheets_and_headings(change: Callable[[Workbook], None], said: str) -> None:
    assert said in w.problems(w.edited(change))


def test_merged_cells_are_named_and_other_sheets_still_checked() -> None:
    def merge(book: Workbook) -> None:
        book["流转"].merge_cells("A2:A4")
        book["时限"]["C3"] = "很快"

    said = w.problems(w.edited(merge))
    assert said[0] == "流转：A2:A4 合并了，请取消合并，每个格子都写上"
    assert said[1].startswith("时限 第 3 行“时限”列：时限“很快”看不懂")


def test_a_file_of_another_layout_or_of_nobody_is_refused() -> None:
    assert "另一个版本" in w.problems(w.put({"版本!B1": "boomerang-0"}))[0]
    assert "不是从机器人导出" in w.problems(w.put({"版本!B4": "昨天"}))[0]
    assert "不是从机器人导出" in w.problems(w.saved(Workbook()))[0]
    with pytest.raises(WorkbookError, match="不是从机器人导出"):
        read_stamp(w.saved(Workbook()))


def test_a_flow_that_is_gone() -> None:
    bundle = {key: text for key, text in w.SHIPPED.items() if key != ("flow", w.FLOW)}
    assert w.problems(w.DATA, bundle) == ["这份表是流程“退货”的，现在没有它了；请重新导出"]


# ---- cells


def at(sheet: str, heading: str, **where: Any) -> str:
    """Place of a cell of the shipped workbook."""
    return f"{sheet}!{w.find(BOOK[sheet], heading, **where).coordinate}"


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        # what no cell may hold
        (at("节点", "标题", 节点="质检"), "=1+1", "是公式，请改成公式算出来的字"),
        (at("时限", "时限", 节点="质检"), date(2026, 11, 22), "被表格软件当成了日期或时间"),
        (at("时限", "时限", 节点="质检"), time(4, 0), "被表格软件当成了日期或时间"),
        (at("通知", "原文", 时刻="已完成退款"), "#N/A", "是出错的值 #N/A"),
        # 节点
        (at("节点", "类型", 节点="质检"), "人功", "“类型”列：“人功”不认识，是不是“人工”？"),
        (at("节点", "类型", 节点="质检"), None, "“类型”列：空着"),
        (at("节点", "节点", 节点="质检"), None, "“节点”列：空着，这一行要有名字"),
        (at("节点", "节点", 节点="质检"), "完成", "“节点”列：“完成”在第"),
        (at("节点", "入口", 节点="质检"), "开始", "“入口”列：“开始”已经写在别的节点上，只能有一个"),
        (at("节点", "入口", 节点="质检"), "重开 三天", "“入口”列：时限“三天”看不懂"),
        (at("节点", "入口", 节点="质检"), "入口", "“入口”列：“入口”看不懂，可写 开始、撤单、重开 7天"),
        (at("节点", "入口", 节点="分流"), None, "没有一个节点写着“开始”"),
        (at("节点", "负责人", 节点="质检"), "质检员", "“负责人”列：“质检员”看不懂"),
        (at("节点", "负责人", 节点="质检"), "角色", "“角色”后面要写名字"),
        (at("节点", "负责人", 节点="质检"), "角色 质检圆", "“负责人”列：没有角色“质检圆”，是不是“质检员”？"),
        (at("节点", "负责人", 节点="质检"), "角色 质检员；角色 财务", "“角色”写了两次"),
        (at("节点", "抄送", 节点="质检"), "老板", "“抄送”列：没有角色“老板”"),
        (at("节点", "派法", 节点="质检"), "随机", "“派法”列：“随机”不认识，可选 全部、轮流、最少待办"),
        (at("节点", "会签", 节点="质检"), "也许", "“会签”列：“也许”看不懂，写 是 或空着"),
        (at("节点", "表单", 节点="质检"), "责任方｜单选题｜商家", "“责任方”的填法“单选题”不认识，是不是“单选”？"),
        (at("节点", "表单", 节点="质检"), "责任方", "“责任方”看不懂，应像 责任方｜单选｜必填"),
        (at("节点", "分级", 节点="质检"), "初检｜角色 质检员｜4小时", "时限“4小时”请写到“时限”表里"),
        (at("节点", "分级", 节点="质检"), "初检\n初检", "“初检”写了两次"),
        (at("节点", "办", 节点="自动退款"), "确认退宽", "没有这件事“确认退宽”，是不是“确认退款”？"),
        (at("节点", "状态", 节点="完成"), "完了", "“状态”列：“完了”不认识"),
        (at("节点", "汇合", 节点="质检"), "没有", "“汇合”列：没有节点“没有”"),
        # 流转
        (at("流转", "去", 节点="质检"), "审批和退款", "“去”列：没有节点“审批和退款”，是不是“审批或退款”？"),
        (at("流转", "去", 节点="质检"), None, "“去”列：空着，写去哪个节点；转交这样不动单子的动作在“样式”写 换人"),
        (at("流转", "节点", 节点="质检"), "质捡", "“节点”列：没有节点“质捡”，是不是“质检”？"),
        (at("流转", "节点", 节点="质检"), None, "“节点”列：空着，写从哪个节点走"),
        (at("流转", "条件", 节点="分流"), "金额>五十", "“条件”列：金额：“>五十”看不懂"),
        (at("流转", "条件", 节点="分流"), "金额大于五十", "“条件”列：条件“金额大于五十”看不懂，应像 金额>1000"),
        (at("流转", "条件", 节点="分流"), "金额>1；金额<9", "“条件”列：“金额”写了两次"),
        (at("流转", "样式", 节点="质检"), "红色", "“样式”列：“红色”不认识，可写 危险 或 换人"),
        (at("流转", "办", 节点="分流"), "确认退款", "“办”列：只有写了“动作”的行才能写"),
        (at("流转", "办", 节点="质检"), "质检和格", "没有这件事“质检和格”，是不是“质检合格”？"),
        (at("流转", "记", 节点="质检"), "已质检", "“记”列：“已质检”看不懂，应像 已质检=是"),
        (at("流转", "办", 节点="金额审批", 动作="同意", 规则="等货寄回"), "确认退款", "就要去一个等“退款成功”和"),
        (at("流转", "结果", 节点="金额审批", 动作="同意", 规则="等货寄回"), "好", "一个动作的“结果”只写在第一行"),
        (at("流转", "样式", 节点="质检"), "理由必填、理由可填", "“样式”列：理由必填、理由可填 只能写一样"),
        (at("流转", "去", 节点="分流"), None, "“去”列：空着，写去哪个节点"),
        (at("节点", "派法", 节点="分流"), "轮流", "“负责人”列：空着，可是“派法”写了轮流"),
        # 审批表
        (at("审批表", "金额", 规则="组长审批"), "500~50", "“金额”列：范围 500~50 的左边比右边大"),
        (at("审批表", "审批", 规则="组长审批"), "客服祖长", "“审批”列：没有角色“客服祖长”，是不是“客服组长”？"),
        (at("审批表", "审批", 规则="组长审批"), None, "“审批”列：空着"),
        (at("审批表", "退款时机", 规则="组长审批"), "马上", "“退款时机”列：“马上”不认识"),
        (at("审批表", "双人金额", 规则="组长审批"), "9", "“双人金额”列：只写在“整份政策”那一行"),
        (at("审批表", "双人金额", 规则="整份政策"), "一千", "“双人金额”列：“一千”不是金额"),
        (at("审批表", "双人金额", 规则="整份政策"), None, "“双人金额”列：空着"),
        (at("审批表", "金额", 规则="整份政策"), "<5", "“金额”列：“整份政策”这一行只写退款时机、双人金额和自动上限"),
        (at("审批表", "自动上限 每单", 规则="组长审批"), "9", "“自动上限 每单”列：只写在“整份政策”那一行"),
        (at("审批表", "自动上限 每天", 规则="整份政策"), "一千", "“自动上限 每天”列：“一千”不是金额"),
        (at("审批表", "规则", 规则="整份政策"), "总的", "“整份政策”这一行要有一次，现在有 0 次"),
        (at("审批表", "金额", 规则="总监审批"), ">600", "没有人审批"),
        # 时限, 原因, 通知, 角色
        (at("时限", "时限", 节点="质检"), 48, "时限“48”看不懂，应像 24小时、30分钟、2天"),
        (at("时限", "节点", 节点="质检"), "质捡", "“节点”列：没有节点“质捡”，是不是“质检”？"),
        (at("时限", "分级", 节点="质检"), "复检", "“分级”列：节点“质检”没有这一级“复检”"),
        (at("时限", "节点", 节点="质检"), "财务退款", "“财务退款”在第"),
        (at("原因", "流程", 退货类型="质量问题"), "退火", "“流程”列：没有流程“退火”，是不是“退货”？"),
        (at("原因", "流程", 退货类型="质量问题"), None, "“流程”列：空着"),
        (at("通知", "原文", 时刻="配件缺失"), "缺少{部件}", "{部件} 到那时候没有东西可填，可以用的是 {扣款}、{缺件}"),
        (at("通知", "原文", 时刻="配件缺失"), "缺少{缺件", "到那时候没有东西可填"),
        (at("通知", "时刻", 时刻="配件缺失"), "缺了", "少了“配件缺失”"),
        (at("角色", "查", 角色="质检员"), "本店", "“查”列：“本店”不认识，"),
        (at("角色", "看 金额", 角色="质检员"), "尾号", "“看 金额”列：“尾号”不认识，可选 无、全"),
        (at("角色", "看 金额", 角色="质检员"), None, "“看 金额”列：缺少"),
        (at("角色", "说明", 角色="质检员"), None, "“说明”列：缺少“说明”"),
        (at("角色", "角色", 角色="质检员"), "客服", "在第 3 行已经有了"),  # no name for another
    ],
)  # fmt: skip
def test_a_cell_that_says_something_wrong(place: str, value: Any, said: str) -> None:
    data = w.put({place: value})
    assert any(said in words for words in w.problems(data)), w.problems(data)


def test_control_characters_are_named() -> None:
    def damage(parts: dict[str, bytes]) -> None:
        strings = parts["xl/sharedStrings.xml"].decode()
        assert "仍然退款点同意" in strings
        parts["xl/sharedStrings.xml"] = strings.replace("仍然退款点同意", "仍然&#127;退款").encode()

    said = w.problems(w.repacked(w.as_excel(w.DATA), damage))
    assert len(said) == 1
    assert "里有看不见的控制字符" in said[0]


def test_everything_wrong_is_said_at_once_in_the_order_of_the_workbook() -> None:
    data = w.put({
        "通知!B2": "{x}", "节点!B3": "人功", "流转!D5": "无处", "审批表!B3": "=1", "时限!C2": "快",
        "原因!B2": "退火",
    })  # fmt: skip
    places = [words.split("：")[0] for words in w.problems(data)]
    assert places == [
        "节点 第 3 行“类型”列", "流转 第 5 行“去”列", "审批表 第 3 行", "时限 第 2 行“时限”列", "原因 第 2 行“流程”列",
        "通知 第 2 行“原文”列",
    ]  # fmt: skip


# ---- the definition as a whole


def test_a_node_that_nobody_comes_to_is_named_with_its_row() -> None:
    def add(book: Workbook) -> None:
        w.append(book["节点"], 节点="孤岛", 类型="结束", 状态="已关闭")

    row = len(w.plain("flow", w.FLOW)["节点"]) + 2
    assert [words for words in w.problems(w.edited(add)) if words.startswith(f"节点 第 {row} 行：节点“孤岛”")]


def test_a_row_that_stands_twice_is_named() -> None:
    def copy(book: Workbook) -> None:
        book["流转"].insert_rows(3)
        for n in range(1, book["流转"].max_column + 1):
            book["流转"].cell(3, n).value = book["流转"].cell(2, n).value

    assert [words for words in w.problems(w.edited(copy)) if words.startswith("流转 第 3 行“条件”列")]


def test_a_new_column_that_is_no_command() -> None:
    def add(book: Workbook) -> None:
        book["角色"].cell(1, book["角色"].max_column + 1, "开除")
        w.find(book["角色"], "开除", 角色="质检员").value = "全部"

    row = w.find(BOOK["角色"], "角色", 角色="质检员").row
    assert any(words.startswith(f"角色 第 {row} 行“开除”列：没有“开除”这个指令") for words in w.problems(w.edited(add)))


def test_a_new_person_node_without_limit_is_told_where_to_write_it() -> None:
    def add(book: Workbook) -> None:
        w.append(book["节点"], 节点="复检", 类型="人工", 负责人="角色 质检员")
        w.append(book["流转"], 节点="复检", 动作="通过", 去="审批或退款")
        w.find(book["流转"], "去", 节点="质检", 动作="合格入库").value = "复检"

    said = w.problems(w.edited(add))
    assert any("“复检”" in words and "时限写在“时限”表" in words for words in said), said


def test_a_condition_on_the_last_way_leads_to_its_row() -> None:
    place = at("流转", "条件", 节点="分流", 去="客服审核")
    row = int("".join(char for char in place if char.isdigit()))
    assert any(words.startswith(f"流转 第 {row} 行“条件”列") for words in w.problems(w.put({place: "金额>5"})))


def test_a_sheet_as_wide_as_allowed_is_read() -> None:
    def widen(book: Workbook) -> None:
        sheet = book["原因"]
        for n in range(sheet.max_column + 1, MAX_COLUMNS + 1):
            sheet[f"{get_column_letter(n)}1"] = f"加{n}"

    assert read_workbook(w.edited(widen), w.SHIPPED).texts == {}
