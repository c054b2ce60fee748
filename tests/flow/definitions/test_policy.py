"""Amount tables: who approves which amount, when the money goes, and what a table must not look like."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.conditions import CellError, When, number, parse, word
from flow.definitions.policy import AUTOMATIC
from flow.errors import DefinitionError
from flow.validation.policies import parse_policy
from tests.support.shipped import POLICIES, PRESETS, ROLES

# ---- cells, as the owner of a table types them

CELLS: list[tuple[Any, list[Any], list[Any]]] = [
    ("<=50", ["50", "50.00", "49.99", "-1", 50, Decimal("50.00")], ["50.01", "", None, "很多"]),  # up to and with
    ("<50", ["49.99"], ["50", "50.00"]),  # below
    (">50", ["50.01", "1,000.00"], ["50", "50.00", "0"]),  # above; a comma is no decimal point
    (">=50.00", ["50"], ["49.99"]),
    ("≥50", ["50"], ["49.99"]),  # as an input method offers it
    ("≤50", ["50"], ["50.01"]),
    ("50~500", ["50", "50.00", "500.00"], ["49.99", "500.01"]),  # both ends belong to it
    ("50～500", ["50", "500"], ["500.01"]),  # full-width
    ("＜＝５０", ["50.00"], ["50.01"]),  # all of it full-width
    (" 50 ~ 500 ", ["300"], ["5000"]),
    ("50", ["50", "50.00", 50], ["50.01", "500"]),  # an amount is the same however it is written
    (50, ["50.00"], ["50.01"]),  # YAML made it a number already
    ("质量问题|物流损坏", ["质量问题", "物流损坏"], ["七天无理由", "", None]),
    ("质量问题｜物流损坏", ["物流损坏"], ["质量问题|物流损坏"]),  # full-width bar
    ("是", [True, "是"], [False, None, "", "否"]),
    ("否", [False, None, "", "否"], [True, "是"]),  # what is not known has not happened
    (True, [True], [False]),  # YAML 1.1 reads yes so
    ("", ["x", None, "50"], []),  # blank: anything
    (None, ["x", None, "50"], []),  # a key without a value is blank too
    ("071053", ["071053"], ["71053"]),  # a code, not a number
]


@pytest.mark.parametrize(("cell", "holds", "fails"), CELLS)
def test_a_cell(cell: Any, holds: list[Any], fails: list[Any]) -> None:
    test = parse("金额", cell)
    assert [value for value in holds if not test({"金额": value})] == []
    assert [value for value in fails if test({"金额": value})] == []


WRONG_CELLS: list[tuple[Any, str]] = [
    ("500~50", "左边比右边大"),  # ends swapped
    ("=<50", "看不懂"),  # would never hold, without a word
    ("50-500", "看不懂"),  # a hyphen is no range
    ("50到500", "看不懂"),
    ("<=50元", "看不懂"),
    (">五十", "看不懂"),
    ("50~", "看不懂"),
    (["质量问题", "物流损坏"], "甲|乙"),  # a YAML list
]


@pytest.mark.parametrize(("cell", "says"), WRONG_CELLS)
def test_a_cell_that_would_never_hold_is_refused(cell: Any, says: str) -> None:
    with pytest.raises(CellError, match=rf"^金额：.*{says.replace('|', '[|]')}"):
        parse("金额", cell)


@given(st.one_of(st.text(), st.integers(), st.decimals(), st.none(), st.booleans(), st.floats()))
def test_any_fact_can_be_asked_about(fact: object) -> None:
    cells = [parse("金额", text) for text in ("<=50", "50~500", "是", "质量问题", "50")]
    assert all(cell({"金额": fact}) in (True, False) for cell in cells)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e3", "1_000", "", Decimal("NaN"), None, True])
def test_only_plain_finite_numbers_are_numbers(value: object) -> None:
    assert number(value) is None


def test_a_row_holds_when_all_its_cells_do() -> None:
    row = When.parse({"金额": "<=50", "风险客户": "否"})
    assert row({"金额": "9.9"})
    assert not row({"金额": "9.9", "风险客户": True})
    assert When()({})


def test_facts_are_spelt_as_in_a_cell() -> None:
    assert [word(value) for value in (True, False, None, "", "ＡＢ ", 0)] == ["是", "否", "否", "否", "AB", "0"]


# ---- the two shipped tables, at every edge

TIERS = [
    ("standard", "9.90", "客服主管", "质检合格"),
    ("standard", "2880.00", "客服主管", "质检合格"),
    ("standard", "4999.99", "客服主管", "质检合格"),
    ("standard", "5000.00", "客服主管", "质检合格"),  # "above 5000" is the manager's, so 5000.00 is not
    ("standard", "5000.01", "销售经理", "质检合格"),
    ("standard", "0.01", "客服主管", "质检合格"),
    ("express", "0.01", AUTOMATIC, "审批通过"),
    ("express", "9.90", AUTOMATIC, "审批通过"),  # 9.9 does not queue
    ("express", "49.99", AUTOMATIC, "审批通过"),
    ("express", "50.00", AUTOMATIC, "审批通过"),  # "up to 50" comes first in the table
    ("express", "50.01", "客服组长", "质检合格"),
    ("express", "500.00", "客服组长", "质检合格"),
    ("express", "500.01", "运营总监", "质检合格"),
    ("express", "2880.00", "运营总监", "质检合格"),  # behind 9.9 no more
]


@pytest.mark.parametrize(("preset", "amount", "approver", "trigger"), TIERS)
def test_who_approves(preset: str, amount: str, approver: str, trigger: str) -> None:
    said = POLICIES[preset].facts({"金额": amount, "风险客户": False})
    assert (said["审批"], said["退款时机"]) == (approver, trigger)


@pytest.mark.parametrize("amount", ["0.01", "9.90", "50.00"])
def test_a_flagged_customer_always_meets_a_person(amount: str) -> None:
    said = POLICIES["express"].facts({"金额": amount, "风险客户": True})
    assert (said["审批"], said["退款时机"]) == ("客服组长", "质检合格")


@pytest.mark.parametrize(("amount", "two"), [("1000.00", False), ("1000.01", True), ("0", False)])
def test_above_an_amount_two_people_decide(amount: str, two: bool) -> None:
    assert [policy.facts({"金额": amount})["双人"] for policy in POLICIES.values()] == [two, two]


@given(st.sampled_from(PRESETS), st.decimals("0.01", "99999999.99", places=2), st.booleans())
def test_every_amount_has_an_approver_and_a_rule_to_name(preset: str, amount: Decimal, flagged: bool) -> None:
    said = POLICIES[preset].facts({"金额": amount, "风险客户": flagged})
    assert said["审批"] in {AUTOMATIC, *ROLES}
    assert said["审批规则"]


@given(st.sampled_from(PRESETS), st.lists(st.decimals("0.01", "9999.99", places=2), min_size=2, max_size=2))
def test_the_same_amount_gets_the_same_answer_however_it_is_kept(preset: str, amounts: list[Decimal]) -> None:
    policy = POLICIES[preset]
    assert all(policy.facts({"金额": a}) == policy.facts({"金额": str(a)}) for a in amounts)


# ---- tables that are refused

GOOD = """
政策: mine
双人金额: 1000
审批表:
  - {规则: 小, 金额: "<=50", 审批: 自动}
  - {规则: 大, 金额: ">50", 审批: 客服主管}
"""

BROKEN = [
    ('金额: "<=50"', '金额: "<50"', "金额 50 没有人审批"),  # a hole of one amount
    ('金额: ">50"', '金额: "60~500"', "没有人审批"),  # holes in the middle and at the top
    ('金额: "<=50"', '金额: "<=50", 风险客户: 是', "没有人审批"),  # nobody for those without a flag
    ('金额: ">50"', '金额: "50-500"', "第 2 行 金额：“50-500”看不懂"),  # row and column
    ('金额: ">50"', '金额: "500~50"', "第 2 行 金额：范围 500~50"),
    ("审批: 自动", "审批: ''", "第 1 行：要写“规则”"),  # nobody named
    ("规则: 小, ", "", "第 1 行：要写“规则”"),  # a decision must have a name for the record
    ("审批: 自动", "审批: 自动, 退款时机: 马上", "第 1 行 退款时机：“马上”不认识"),
    ("双人金额: 1000", "退款时机: 马上", "退款时机“马上”不认识"),
    ("双人金额: 1000", "双人金额: 一千", "双人金额要是数字"),
    ("双人金额: 1000", "合并天数: 一周", "合并天数“一周”要是 0 到 366 的整数"),
    ("双人金额: 1000", "合并天数: 1.5", "合并天数“1.5”要是 0 到 366 的整数"),
    ("双人金额: 1000", "合并天数: 400", "要是 0 到 366 的整数"),
    ("双人金额: 1000", "合并天数: 7\n合并计算: 不合并", "合并天数 7 就用不上"),
    ("政策: mine", "名称: mine", "要有“政策”和“审批表”"),
    ("审批表:", "表:", "要有“政策”和“审批表”"),
    ("政策: mine", "政策: [", "要有“政策”和“审批表”"),  # no YAML
]


@pytest.mark.parametrize(("line", "instead", "says"), BROKEN)
def test_a_broken_table_is_refused_with_its_place(line: str, instead: str, says: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_policy(GOOD.replace(line, instead, 1), "我的.yaml")
    assert any(says in problem and problem.startswith("我的.yaml") for problem in refused.value.problems)


@pytest.mark.parametrize("rows", ["自动", "[自动]", "{规则: 小}", ""])
def test_a_table_must_be_rows(rows: str) -> None:
    with pytest.raises(DefinitionError, match="一行一档"):
        parse_policy(f"政策: mine\n审批表: {rows}")


def test_every_problem_is_told_at_once() -> None:
    text = GOOD.replace('"<=50"', '"=<50"').replace("审批: 客服主管", "审批: 客服主管, 退款时机: 马上")
    with pytest.raises(DefinitionError) as refused:
        parse_policy(text)
    assert {"第 1 行", "第 2 行"} <= {
        word for text in refused.value.problems for word in ("第 1 行", "第 2 行") if word in text
    }


# ---- what a role may decide alone, and who bears it

RICH = (
    GOOD.replace('"<=50", 审批: 自动', '"<=50", 审批: 客服组长')
    + """
自主额度:
  - {角色: 客服, 类型: 质量问题, 每单: 30, 每天: 300, 退款时机: 审批通过}
  - {角色: 客服组长, 每单: 80, 每天: 800}
承担:
  - {规则: 小额自担, 类型: 质量问题, 金额: "<=20", 责任: 商家, 成本: 运营成本}
  - {规则: 其余质量, 类型: 质量问题, 运费: 商家}
"""
)
ALONE = [
    ("30.00", {"客服"}, {}, ["客服"]),
    ("30.01", {"客服"}, {}, []),
    ("30.00", {"客服"}, {"类型": "七天无理由"}, []),  # not of this type
    ("30.00", {"客服", "客服组长"}, {}, ["客服", "客服组长"]),  # in the order of the table
    ("80.00", {"客服", "客服组长"}, {}, ["客服组长"]),
    ("10.00", {"仓管员"}, {}, []),
    ("10.00", {"客服"}, {"风险客户": True}, []),  # never unseen for a flagged customer
    ("10.00", {"客服"}, {"名单": "禁止"}, []),
    ("10.00", {"客服"}, {"例外": True}, []),  # money against a rule is somebody else's to approve
]


@pytest.mark.parametrize(("amount", "roles", "known", "whose"), ALONE)
def test_who_may_decide_alone(amount: str, roles: set[str], known: dict[str, Any], whose: list[str]) -> None:
    found = parse_policy(RICH).own({"金额": amount, "类型": "质量问题", **known}, roles)
    assert [row.role for row in found] == whose


def test_what_needs_nobody_takes_nobody_s_own_limit() -> None:
    policy = parse_policy(RICH.replace('"<=50", 审批: 客服组长', '"<=50", 审批: 自动'))
    assert policy.own({"金额": "10.00", "类型": "质量问题"}, {"客服"}) == []


OWN = [
    ({"自主额度": "客服"}, ("自动", "自主额度（客服）", "审批通过")),
    ({"自主额度": "客服组长"}, ("自动", "自主额度（客服组长）", "质检合格")),  # the policy's own moment
    ({"自主额度": "客服", "金额": "31.00"}, ("客服组长", "小", "质检合格")),  # grown past it
    ({"自主额度": "客服", "风险客户": True}, ("客服组长", "小", "质检合格")),  # flagged since
    ({}, ("客服组长", "小", "质检合格")),  # the day's sum was used up: nothing was granted
]


@pytest.mark.parametrize(("known", "says"), OWN)
def test_a_case_opened_under_somebody_s_own_limit(known: dict[str, Any], says: tuple[str, str, str]) -> None:
    said = parse_policy(RICH).facts({"金额": "20.00", "类型": "质量问题", **known})
    assert (said["审批"], said["审批规则"], said["退款时机"]) == says


BORNE = [
    ({"金额": "20.00", "类型": "质量问题"}, {"责任": "商家", "成本": "运营成本", "承担规则": "小额自担"}),
    ({"金额": "20.01", "类型": "质量问题"}, {"运费": "商家", "承担规则": "其余质量"}),
    ({"金额": "20.00", "类型": "七天无理由"}, {}),  # the type's own strategy stands
]


@pytest.mark.parametrize(("facts", "sets"), BORNE)
def test_who_bears_it_may_depend_on_the_amount(facts: dict[str, Any], sets: dict[str, str]) -> None:
    assert parse_policy(RICH).burden(facts) == sets


BROKEN_ROWS = [
    ("每单: 30", "每单: 三十", "自主额度第 1 行 每单：“三十”不是金额"),
    ("每天: 300", "每天: 20", "自主额度第 1 行 每天：20 比每单的 30 还少"),
    ("每天: 300", "每天: -1", "自主额度第 1 行 每天：“-1”不是金额"),
    ("角色: 客服,", "角色: '',", "自主额度第 1 行 角色：没有写"),
    ("退款时机: 审批通过", "退款时机: 马上", "自主额度第 1 行 退款时机：“马上”不认识"),
    ("类型: 质量问题, 每单", "种: 质量问题, 每单", "自主额度第 1 行 种：没有这一列"),
    ("运费: 商家", "运费: ''", "承担第 2 行 责任、运费、成本：至少要写一样"),
    ('"<=20"', '"=<20"', "承担第 1 行 金额：“=<20”看不懂"),
    ("承担:", "承但:", "“承但”不认识"),  # or else nobody would notice
    ("规则: 小额自担", "规则: ''", "承担第 1 行 规则：没有写"),
]


@pytest.mark.parametrize(("line", "instead", "says"), BROKEN_ROWS)
def test_a_broken_row_is_refused_with_its_place(line: str, instead: str, says: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_policy(RICH.replace(line, instead, 1), "我的.yaml")
    assert any(says in problem and problem.startswith("我的.yaml") for problem in refused.value.problems)


def test_a_policy_names_its_roles() -> None:
    assert parse_policy(RICH).roles() == {"客服", "客服组长", "客服主管"}


DAYS = [
    ("七天无理由", True),
    ("质量问题", False),  # no row speaks of it
]


@pytest.mark.parametrize(("kind", "asks"), DAYS)
@pytest.mark.parametrize("preset", PRESETS)
def test_days_matter_only_where_a_row_asks_for_them(preset: str, kind: str, asks: bool) -> None:
    assert POLICIES[preset].counts_days({"类型": kind, "签收天数": 3}) is asks


def test_a_good_table_is_read_in_its_order() -> None:
    policy = parse_policy(GOOD)
    assert [tier.rule for tier in policy.tiers] == ["小", "大"]
    assert (policy.name, policy.trigger, policy.two_person_above) == ("mine", "质检合格", Decimal(1000))
