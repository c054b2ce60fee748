"""All that is wrong with a workbook is said at once, also what only the whole business and the staff can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flow.publishing.release import bundle_problems
from flow.workbook import WorkbookError, read_workbook
from models.views.case import Person
from tests.support import workbooks as w

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl import Workbook

    from flow.definitions.business import Bundle
    from flow.errors import Problem

STAFF = [Person(1, "众人", frozenset(w.plain("roles")["角色"]))]
Change = tuple[str, str, Any, dict[str, str]]  #: sheet, column, what is typed there, and the row
LIMIT: Change = ("时限", "时限", "很久", {"节点": "质检"})
GAP: Change = ("审批表", "金额", ">600", {"规则": "总监审批"})
FACT: Change = ("流转", "条件", "颜色=红", {"节点": "分流"})
PERSON: Change = ("节点", "负责人", "人 张三", {"节点": "客服审核"})
TYPE: Change = ("原因", "退货类型", "错发", {"退货类型": "七天无理由"})
NOWHERE: Change = ("流转", "去", "无处", {"节点": "质检"})
SAID = (
    (LIMIT, "时限 第 8 行“时限”列：时限“很久”看不懂"),
    (GAP, "没有人审批"),
    (FACT, "流转 第 2 行“条件”列：第 1 条去向（免审金额不排队）：条件里的“颜色”没有人知道"),
    (PERSON, "节点 第 3 行“负责人”列：节点“客服审核”：负责人“张三”不在员工名单里"),
    (TYPE, "原因 第 3 行“退货类型”列：退货类型里“错发”写了 2 次，客服打这个字时分不清是哪一类（第 3、4 行）"),
    (NOWHERE, "流转 第 29 行“去”列：没有节点“无处”"),
)


def check(texts: Bundle) -> list[Problem]:
    return bundle_problems(texts, STAFF, [key for key, text in texts.items() if w.SHIPPED.get(key) != text])


def problems(*changes: Change) -> list[str]:
    with pytest.raises(WorkbookError) as refused:
        read_workbook(w.edited(planting(*changes)), w.SHIPPED, check)
    return [*refused.value.problems]


def planting(*changes: Change) -> Callable[[Workbook], None]:
    def plant(book: Workbook) -> None:
        cells = [w.find(book[sheet], heading, **where) for sheet, heading, _, where in changes]
        for cell, (_, _, value, _) in zip(cells, changes, strict=True):
            cell.value = value

    return plant


@pytest.mark.parametrize(("change", "said"), SAID)
def test_each_is_said_alone_with_its_place(change: Change, said: str) -> None:
    assert any(said in words for words in problems(change)), problems(change)


def test_all_of_them_are_said_at_once_and_nothing_else() -> None:
    found = problems(*(change for change, _ in SAID))
    for _, said in SAID:
        assert any(said in words for words in found), found
    gaps = [words for words in found if "没有人审批" in words]
    renamed = [words for words in found if "类型没有“七天无理由”" in words]  # conditions that spoke of the old name
    assert len(found) - len(gaps) - len(renamed) == len(SAID) - 1


def test_cells_of_one_node_are_all_said() -> None:
    node = {"节点": "仓库收货"}
    limit, person = ("时限", "时限", "很久", node), ("节点", "负责人", "人 张三", node)
    fact = ("流转", "条件", "颜色=红", {**node, "动作": "确认收货"})
    found = problems(limit, person, fact)
    assert len(found) == 3, found
    places = ("“负责人”列：节点“仓库收货”", "条件里的“颜色”没有人知道", "“时限”列：时限“很久”")
    assert all(place in words for place, words in zip(places, found, strict=True)), found


def test_what_the_parser_stops_at_hides_nothing_of_the_rest() -> None:
    late: Change = ("流转", "条件", "金额>=0；金额额=1", {"节点": "金额审批", "动作": "同意"})
    found = problems(
        ("节点", "回避", None, {"节点": "金额审批"}), FACT, ("节点", "负责人", "团队 月球组", {"节点": "质检"})
    )
    assert any("要写“回避: [提交人]”" in words for words in found), found
    assert any("团队“月球组”里没有员工" in words for words in found), found
    assert any("条件里的“颜色”" in words for words in found), found
    assert any("金额额" in words for words in problems(late)), problems(late)


def test_what_other_flows_say_of_it_is_told_last() -> None:
    """The warehouse's role is another one, not the same under another name: the other flows still name it."""
    found = problems(("角色", "编号", None, {"角色": "仓管员"}), ("角色", "角色", "库管", {"角色": "仓管员"}))
    assert found[0].startswith("节点 第 "), found
    assert any(words.startswith("别处：流程“换货” 节点“") and "仓管员" in words for words in found), found


def test_a_fact_of_the_policy_that_nobody_knows_is_told_with_the_row_of_the_sheet() -> None:
    def add(book: Workbook) -> None:
        sheet = book["审批表"]
        sheet.cell(1, sheet.max_column + 1).value = "星座"
        w.find(sheet, "星座", 规则="组长审批").value = "白羊"

    with pytest.raises(WorkbookError) as refused:
        read_workbook(w.edited(add), w.SHIPPED, check)
    said = refused.value.problems
    assert any(words.startswith("审批表 第 4 行“星座”列：“星座”没有人知道") for words in said), said


def test_a_good_file_is_taken() -> None:
    assert read_workbook(w.DATA, w.SHIPPED, check).texts == {}
    faster = w.edited(planting(("时限", "时限", "6小时", {"节点": "质检"})))
    assert [*read_workbook(faster, w.SHIPPED, check).texts] == [("flow", "退货")]
