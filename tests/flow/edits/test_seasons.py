"""Sentences that name days: rows, branches, levels and rules for a season, and a number that is only for a while."""

from __future__ import annotations

import pytest

from flow.edits.wishes import wishes
from flow.edits.working_copy import Book
from flow.errors import PolicyRefused
from tests.support.editing import BUNDLE, said, words

SALE = "增加行 审批表 大促 审批 自动 退款时机 审批通过 当 金额<=200 且 风险客户=否 且 从 2027-11-01 到 2027-11-15"
DIFFERENT = [
    ((SALE,), ["审批表 增加 大促（金额<=200，风险客户 否，日期 2027-11-01~2027-11-15，审批 自动，退款时机 审批通过）"]),
    ((SALE, "规则 大促 从 2027-11-05 到 2027-11-20"),
     ["审批表 增加 大促（金额<=200，风险客户 否，日期 2027-11-05~2027-11-20，审批 自动，退款时机 审批通过）"]),
    ((SALE, "规则 大促 日期 2027-11-05~2027-11-20", "规则 大促 200→300"),
     ["审批表 增加 大促（金额<=300，风险客户 否，日期 2027-11-05~2027-11-20，审批 自动，退款时机 审批通过）"]),
    (("增加行 资格 春节不收 结果 拒绝 说明 春节不收货 当 提交日期 从2027年2月5日到2027年2月12日",),
     ["资格 增加 春节不收（提交日期 2027-02-05~2027-02-12，结果 拒绝，说明 春节不收货）"]),
    (("规则 大额提醒 从 2027-06-01 到 2027-08-31",),
     ["自动规则 大额提醒 条件 日期：没有 → 2027-06-01~2027-08-31"]),
]  # fmt: skip


@pytest.mark.parametrize(("sentences", "told"), DIFFERENT)
def test_days_are_taken_as_they_were_said(sentences: tuple[str, ...], told: list[str]) -> None:
    assert words(BUNDLE, said(*sentences)) == told


def test_a_branch_and_a_level_may_be_for_a_season() -> None:
    made = said(
        "增加节点 复检 在 质检 之后 负责人 质检员 时限 4小时 当 从 2027-06-01 到 2027-08-31",
        "增加级别 金额审批 运营总监 当 日期 从 2027-06-01 到 2027-08-31",
    )
    told = "\n".join(words(BUNDLE, made))
    assert "质检 合格入库：日期=2027-06-01~2027-08-31 改去 复检" in told
    assert "金额审批 增加分级 复审（负责人 运营总监，当 日期=2027-06-01~2027-08-31）" in told


REFUSED = [
    ("规则 自动通过 50→200 从 2027-11-01 到 2027-11-15",
     "先说 规则 自动通过 50→200，再说 发布 定时 2027-11-01 到 2027-11-15"),
    ("增加行 审批表 大促 审批 自动 当 金额<=20 且 从 11-1 到 11-15", "今年还是每年"),
    ("增加行 审批表 大促 审批 自动 当 金额<=20 且 从 2027-11-15 到 2027-11-01", "结束在开始以前"),
    ("规则 组长审批 日期 2027-11-01→2027-11-05", "日期要写整段"),
    ("规则 组长审批 从 2027-11-01 到 2027-11-15", "没有人审批"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "why"), REFUSED)
def test_what_days_leave_unclear_is_asked_back(sentence: str, why: str) -> None:
    with pytest.raises(PolicyRefused, match=why):
        said(sentence)


def test_words_for_people_keep_their_days_as_typed() -> None:
    row = "增加行 资格 暑期不收 结果 拒绝 说明 暑期不收 当 从 2027-06-01 到 2027-08-31"
    told = words(BUNDLE, said(row, "规则 暑期不收 说明 从 2027-06-01 到 2027-08-31 不收"))
    assert "说明 从 2027-06-01 到 2027-08-31 不收" in told[0]


WISHES = [
    ("从 2027-11-01 到 2027-11-15 超过200的都要主管看",
     "先说 增加级别 金额审批 客服主管 当 金额>200，再说 发布 定时 2027-11-01 到 2027-11-15"),
]  # fmt: skip


@pytest.mark.parametrize(("wish", "told"), WISHES)
def test_what_is_wished_for_some_days_is_told_in_two_sentences(wish: str, told: str) -> None:
    with pytest.raises(PolicyRefused, match=told):
        wishes(wish, Book(BUNDLE, "退货", "express"))


def test_no_returns_for_some_days_is_a_row() -> None:
    [line] = wishes("2027年2月5号到2027年2月12号春节不收退货", Book(BUNDLE, "退货", "express"))
    assert words(BUNDLE, said(line)) == [
        "资格 增加 停收（种类 退货，日期 2027-02-05~2027-02-12，结果 拒绝，说明 春节不收退货）"
    ]


def test_a_strict_chain_is_wished_for_where_there_are_levels() -> None:
    wish = "金额审批哪一级驳回都结束"
    assert wishes(wish, Book(BUNDLE, "退货", "express")) == ["流程 金额审批 驳回即止 是"], "and for later where not yet"
    made = said("增加级别 金额审批 运营总监 当 金额>5000")
    [line] = wishes(wish, Book(made, "退货", "express"))
    assert words(made, said(line, texts=made)) == ["金额审批 驳回即止：否 → 是"]
