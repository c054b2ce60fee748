"""Names changed in one cell of the workbook: the column 编号 says what they were, and what mentions them follows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from flow import edits
from flow.definitions import yamlfile
from flow.definitions.business import business_of
from flow.definitions.identities import renames_between
from flow.definitions.renaming import completed
from flow.publishing.release import bundle_problems
from flow.workbook import WorkbookError, ensure_ours, read_stamp, read_workbook
from tests.support import workbooks as w

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl import Workbook

    from flow.errors import Problem

FIELD = edits.apply(["增加字段", "质检", "缺陷等级", "单选", "轻微|严重"], w.SHIPPED, w.FLOW, w.POLICY).texts
BUNDLE = {**w.SHIPPED, **FIELD}
DATA = w.written(BUNDLE)


def called(sheet: str, heading: str, name: str, new: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        w.find(book[sheet], heading, **{heading: name}).value = new

    return change


def all_of(*changes: Callable[[Workbook], None]) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        for each in changes:
            each(book)

    return change


def checked(texts: dict[tuple[str, str], str]) -> list[Problem]:
    return bundle_problems(texts, (), ())


def read(change: Callable[[Workbook], object]) -> dict[tuple[str, str], str]:
    """The business as it would be."""
    texts = read_workbook(w.edited(change, DATA), BUNDLE, checked).texts
    whole = {**BUNDLE, **completed(BUNDLE, texts)}
    business_of(whole)
    assert not checked(whole)
    return whole


def form(book: Workbook) -> Any:
    return w.find(book["节点"], "表单", 节点="质检")


def field_called(book: Workbook) -> None:
    form(book).value = form(book).value.replace("缺陷等级", "瑕疵等级")


NODE = called("节点", "节点", "质检", "品检")
ROLE = called("角色", "角色", "质检员", "品检员")
TYPE = called("原因", "退货类型", "质量问题", "品质问题")


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (NODE, {("节点", "退货", "质检", "品检")}),
        (ROLE, {("角色", "", "质检员", "品检员")}),
        (TYPE, {("退货类型", "", "质量问题", "品质问题")}),
        (field_called, {("字段", "", "缺陷等级", "瑕疵等级")}),
        (all_of(field_called, NODE), {("节点", "退货", "质检", "品检"), ("字段", "", "缺陷等级", "瑕疵等级")}),
        (
            all_of(
                called("节点", "节点", "质检", "甲"), called("节点", "节点", "仓库收货", "质检"),
                called("节点", "节点", "甲", "仓库收货"),
            ),
            {("节点", "退货", "质检", "仓库收货"), ("节点", "退货", "仓库收货", "质检")},
        ),
    ],
)  # fmt: skip
def test_one_cell_is_enough(change: Callable[[Workbook], None], names: set[tuple[str, str, str, str]]) -> None:
    assert set(renames_between(BUNDLE, read(change)).each()) == names


def test_what_mentions_it_follows_in_every_sheet() -> None:
    whole = read(all_of(NODE, ROLE))
    flow = yamlfile.read(whole["flow", "退货"])
    assert flow["节点"]["仓库收货"]["动作"]["确认收货"]["去"][-1]["去"] == "品检"
    assert flow["节点"]["品检"]["负责人"]["角色"] == "品检员"
    assert flow["节点"]["品检"]["时限"] == "48小时"


def test_an_approver_and_a_second_owner_follow() -> None:
    whole = read(called("角色", "角色", "客服主管", "总管"))
    assert "客服主管" not in str([row["审批"] for row in yamlfile.read(whole["policy", w.POLICY])["审批表"]])
    assert yamlfile.read(whole["flow", "退货"])["节点"]["客服审核"]["负责人"]["否则"] == "总管"


def test_a_field_that_changes_otherwise_as_well_is_another() -> None:
    """Nobody can say that it is the same."""

    def change(book: Workbook) -> None:
        form(book).value = form(book).value.replace("缺陷等级", "瑕疵等级").replace("轻微", "轻")

    assert not renames_between(BUNDLE, read(change))


def copied(book: Workbook) -> None:
    heads = [str(cell.value) for cell in book["节点"][1]]
    row = {head: w.find(book["节点"], head, 节点="质检").value for head in heads}
    w.append(book["节点"], **{**row, "节点": "复检"})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (copied, "行的一样；新加的行请把编号清空"),
        (lambda book: _set(book, "瞎写"), "没有编号“瞎写”；编号不用改，新加的行空着"),
    ],
)
def test_an_id_is_nothing_to_type(change: Callable[[Workbook], None], told: str) -> None:
    with pytest.raises(WorkbookError) as refused:
        read(change)
    assert any(told in problem for problem in refused.value.problems)


def _set(book: Workbook, id_: str) -> None:
    w.find(book["节点"], "编号", 节点="质检").value = id_


def test_a_file_from_before_there_was_the_column_is_read() -> None:
    def change(book: Workbook) -> None:
        for sheet in ("节点", "角色", "原因"):
            book[sheet].delete_cols(w.column_of(book[sheet], "编号"))

    assert not read_workbook(w.edited(change, DATA), BUNDLE).texts


def test_a_file_of_another_database_is_none_of_ours() -> None:
    stamp = read_stamp(w.written(stamp=replace(w.STAMP, house="a1")))
    ensure_ours(stamp, "a1")
    ensure_ours(w.STAMP, "a1")  # from before that was said
    with pytest.raises(WorkbookError, match="另一家店"):
        ensure_ours(stamp, "b2")
