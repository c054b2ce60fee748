"""Rows of conditions on days: what they leave out, which never come up, and what no flow may take for granted."""

from __future__ import annotations

from datetime import date

import pytest

from flow.definitions import yamlfile
from flow.errors import DefinitionError
from flow.publishing.seasons import gone_by
from flow.validation.flows import parse_flow
from flow.validation.policies import parse_policy

HEAD = "政策: p\n名称: 试\n审批表:\n"
SALE = "2027-11-01~2027-11-15"


def policy(*rows: str) -> str:
    return HEAD + "".join(f"- {{{row}}}\n" for row in rows)


def test_a_row_for_a_season_beside_rows_for_the_rest_is_sound() -> None:
    text = policy(f"规则: 大促, 金额: <=200, 日期: {SALE}, 审批: 自动", "规则: 平时, 审批: 组长")
    assert [tier.rule for tier in parse_policy(text).tiers] == ["大促", "平时"]


WRONG = [
    # outside the season nobody approves anything
    ((f"规则: 大促, 日期: {SALE}, 审批: 组长",), "金额 不管多少都没有人审批（日期 2027-10-31）"),
    # the gap is told with a day on which it is one
    (
        (f"规则: 大促, 金额: <=200, 日期: {SALE}, 审批: 自动", '规则: 平时, 金额: ">200", 审批: 组长'),
        "金额 0～200 没有人审批（日期 2027-10-31）",
    ),
    # a season within one that has been answered before
    (
        (
            f"规则: 大促, 日期: {SALE}, 审批: 组长",
            "规则: 双十一, 日期: 2027-11-11, 审批: 自动",
            "规则: 平时, 审批: 组长",
        ),
        "（双十一）永远轮不到：第 1 行（大促）已经包含它",
    ),
    # the day after a season ends belongs to somebody
    (
        ("规则: 前, 日期: <2027-11-01, 审批: 组长", "规则: 后, 日期: \">2027-11-01\", 审批: 主管"),
        "没有人审批（日期 2027-11-01）",
    ),
    (("规则: 大促, 日期: 周末, 审批: 自动", "规则: 平时, 审批: 组长"), "“周末”不是日期"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "told"), WRONG)
def test_what_days_leave_out_is_told(rows: tuple[str, ...], told: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_policy(policy(*rows))
    assert any(told in problem for problem in refused.value.problems), refused.value.problems


TWICE = """
流程: 试
开始: 一
节点:
  一: {类型: 人工, 负责人: {角色: 客服}, 时限: 1天, 动作: {同意: {去: [{当: {日期: 2027-06-01~2027-08-31}, 去: 二},
      {去: 三}]}}}
  二: {类型: 自动, 去: [{当: {日期: 2027-06-01~2027-08-31}, 去: 完成}, {去: 三}]}
  三: {类型: 自动, 去: [{当: {日期: 2027-06-01~2027-08-31}, 去: 一}, {去: 完成}]}
  完成: {类型: 结束, 状态: 已完成}
"""


def test_days_go_by_between_two_steps_so_both_ways_of_each_are_followed() -> None:
    """Were the day taken for one that stays, 三 could not come to 一, and to be told so would be false."""
    assert parse_flow(TWICE, "试").name == "试"


def test_a_branch_on_days_that_covers_a_later_one_is_told() -> None:
    late = "[{当: {日期: '>=2027-06-01'}, 去: 完成}, {当: {日期: 2027-06-18}, 去: 一}, {去: 三}]"
    text = TWICE.replace("[{当: {日期: 2027-06-01~2027-08-31}, 去: 完成}, {去: 三}]", late)
    with pytest.raises(DefinitionError, match="永远轮不到"):
        parse_flow(text, "试")


OVER = [
    ("日期: 2027-11-01~2027-11-15", date(2027, 11, 15), []),
    ("日期: 2027-11-01~2027-11-15", date(2027, 11, 16), ["“大促”的 日期 2027-11-01~2027-11-15 已经过去了，永远轮不到"]),
    ("提交日期: <2027-11-01", date(2027, 11, 1), ["“大促”的 提交日期 <2027-11-01 已经过去了，永远轮不到"]),
    ("日期: '>=2020-01-01'", date(2027, 11, 1), []),
]


@pytest.mark.parametrize(("cell", "today", "told"), OVER)
def test_a_season_that_is_over_before_it_is_published_is_told(cell: str, today: date, told: list[str]) -> None:
    text = policy(f"规则: 大促, {cell}, 审批: 组长", "规则: 平时, 审批: 组长")
    assert gone_by({}, {("policy", "p"): text}, today).get(("policy", "p"), []) == told
    assert gone_by({("policy", "p"): text}, {("policy", "p"): text}, today) == {}  # no news of this change


def test_the_days_of_a_file_may_be_written_without_quotes() -> None:
    text = policy("规则: 大促, 日期: 2027-11-11, 审批: 组长", "规则: 平时, 审批: 组长")
    assert yamlfile.read(text)["审批表"][0]["日期"] == date(2027, 11, 11)
    assert parse_policy(text).tier({"日期": "2027-11-11"}).rule == "大促"  # type: ignore[union-attr]
