"""Who may open a return: rows that refuse, rows that may be overridden, and what people are told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.eligibility import ALLOWED, EXCEPTION, OUTCOMES, REFUSED, Finding, judge, permit, read_limits
from flow.errors import PolicyRefused, Problem

LINE = "退货 7 W1×1 七天无理由"
ROWS = [
    {"规则": "黑名单", "名单": "禁止", "结果": REFUSED, "说明": "客户在禁止名单里"},
    {"规则": "贴身", "品类": "内衣", "类型": "七天无理由", "结果": REFUSED, "说明": "{商品} 是{品类}，不能退"},
    {"规则": "会员宽限", "会员等级": "金卡", "签收天数": "<=14", "结果": ALLOWED},
    {"规则": "超期", "类型": "七天无理由", "签收天数": ">7", "结果": EXCEPTION,
     "说明": "签收已 {签收天数} 天，超过 7 天", "可例外": ["客服主管", "客服组长"]},
]  # fmt: skip


def limits(rows: Any = ROWS) -> Any:
    problems: list[Problem] = []
    found = read_limits(rows, "政策.yaml", problems)
    assert problems == []
    return found


def facts(**other: Any) -> dict[str, Any]:
    return {"类型": "七天无理由", "签收天数": 3, "签收推算": False, "名单": "", **other}


JUDGED = [
    ({}, ""),  # in time, of a customer nobody has complained of
    ({"签收天数": 7}, ""),  # the seventh day still counts
    ({"签收天数": 8}, "超期"),
    ({"签收天数": 8, "类型": "质量问题"}, ""),  # the row speaks of another type
    ({"签收天数": 8, "会员等级": "金卡"}, ""),  # a row that allows ends the search
    ({"签收天数": 15, "会员等级": "金卡"}, "超期"),  # but only as far as it reaches
    ({"签收天数": 8, "名单": "禁止"}, "黑名单"),  # the first row that fits
    ({"签收天数": ""}, ""),  # what is not known has not happened
    ({"品类": "内衣"}, "贴身"),
]


@pytest.mark.parametrize(("known", "rule"), JUDGED)
def test_the_first_row_that_fits_decides(known: dict[str, Any], rule: str) -> None:
    finding = judge(limits(), facts(**known))
    assert (finding.limit.rule if finding else "") == rule


GOODS = [
    ([{"品类": "鞋"}, {"品类": "内衣", "商品": "吊带"}], "贴身"),  # one product is enough
    ([{"品类": "鞋"}, {"品类": "包"}], ""),
    ([], ""),  # none known: judged by the case alone
]


@pytest.mark.parametrize(("goods", "rule"), GOODS)
def test_every_product_is_judged(goods: list[dict[str, Any]], rule: str) -> None:
    finding = judge(limits(), facts(), goods)
    assert (finding.limit.rule if finding else "") == rule


def test_of_several_products_the_strictest_row_counts() -> None:
    finding = judge(limits(), facts(签收天数=9), [{"品类": "鞋"}, {"品类": "内衣", "商品": "吊带"}])
    assert finding
    assert finding.refusal(LINE) == "吊带 是内衣，不能退，不能办理（规则“贴身”，没有例外）"


SENTENCES = [
    ({"签收天数": 12}, f"签收已 12 天，超过 7 天；客服主管、客服组长 可以例外：{LINE} 例外 <理由>"),
    (
        {"签收天数": 12, "签收推算": True},  # guessed, and said to be
        f"签收已 12 天，超过 7 天（没有签收时间，按下单时间推算）；客服主管、客服组长 可以例外：{LINE} 例外 <理由>",
    ),
    ({"名单": "禁止", "签收推算": True}, "客户在禁止名单里，不能办理（规则“黑名单”，没有例外）"),  # asks no day
]


@pytest.mark.parametrize(("known", "says"), SENTENCES)
def test_a_refusal_says_why_and_the_way_out(known: dict[str, Any], says: str) -> None:
    finding = judge(limits(), facts(**known))
    assert finding
    assert finding.refusal(LINE) == says


def test_a_row_without_a_sentence_says_its_name() -> None:
    [limit] = limits([{"规则": "超过退货期", "结果": REFUSED}])
    assert Finding(limit, {}).refusal(LINE) == "超过退货期，不能办理（规则“超过退货期”，没有例外）"


def test_what_a_sentence_asks_and_nobody_knows_is_said_to_be_unknown() -> None:
    [limit] = limits([{"规则": "甲", "结果": REFUSED, "说明": "会员 {会员等级}，风险 {风险客户}"}])
    assert Finding(limit, {"风险客户": False}).reason == "会员 未知，风险 否"


PERMITTED = [
    ("老会员", {"客服主管"}, True),
    ("老会员", {"客服", "客服组长"}, True),  # one of several roles is enough
    ("老会员", {"客服"}, False),
    ("", {"客服主管"}, False),  # a role without a reason
]


@pytest.mark.parametrize(("why", "roles", "may"), PERMITTED)
def test_who_may_make_an_exception(why: str, roles: set[str], may: bool) -> None:
    finding = judge(limits(), facts(签收天数=8))
    if may:
        assert permit(finding, why, roles, LINE) == {"例外": True, "例外规则": "超期", "例外理由": why}
    else:
        with pytest.raises(PolicyRefused, match="客服主管、客服组长 可以例外"):
            permit(finding, why, roles, LINE)


def test_nobody_makes_an_exception_from_a_refusal() -> None:
    with pytest.raises(PolicyRefused, match="没有例外"):
        permit(judge(limits(), facts(名单="禁止")), "老会员", {"客服主管"}, LINE)


def test_an_exception_that_nobody_needed_is_not_on_record() -> None:
    assert permit(None, "老会员", {"客服主管"}, LINE) == {}


@given(st.lists(st.sampled_from(["鞋", "内衣", ""])), st.integers(-1, 30), st.sampled_from(["", "金卡", "允许"]))
def test_more_products_never_make_a_verdict_milder(categories: list[str], days: int, level: str) -> None:
    known = facts(签收天数=days, 会员等级=level)
    verdicts = [judge(limits(), known, [{"品类": category}]) for category in categories]
    strict = max((OUTCOMES.index(v.limit.outcome) if v else 0 for v in verdicts), default=0)
    whole = judge(limits(), known, [{"品类": category} for category in categories])
    if categories:
        assert (OUTCOMES.index(whole.limit.outcome) if whole else 0) == strict


# ---- rows that are refused

BROKEN = [
    ({"结果": "算了"}, "第 1 行 结果：“算了”不认识，可选 允许、例外、拒绝"),
    ({"规则": ""}, "第 1 行 规则：没有写"),
    ({"签收天数": "超过7"}, ""),  # a word: it is read as one, and never holds
    ({"签收天数": ">七"}, "第 1 行 签收天数：“>七”看不懂"),
    ({"签收天": ">7"}, "第 1 行 签收天：没有这一列"),  # a slip of the pen would let everybody through
    ({"说明": ""}, ""),  # the rule's name says enough
    ({"说明": "已 {天数} 天"}, "第 1 行 说明：“{天数}”没有这一项"),
    ({"结果": EXCEPTION}, "第 1 行 可例外：要写谁可以例外"),
    ({"可例外": ["客服主管"]}, "第 1 行 可例外：结果是拒绝，不用写"),
]


@pytest.mark.parametrize(("change", "says"), BROKEN)
def test_a_broken_row_is_told_with_its_place(change: dict[str, Any], says: str) -> None:
    problems: list[Problem] = []
    read_limits([{"规则": "甲", "签收天数": ">7", "结果": REFUSED, "说明": "太晚了", **change}], "政策.yaml", problems)
    assert all(problem.startswith("政策.yaml 资格第 1 行") for problem in problems)
    assert bool(problems) == bool(says)
    assert any(says in problem for problem in problems) or not says


@pytest.mark.parametrize("raw", ["拒绝", {"规则": "甲"}, ["甲"]])
def test_a_table_must_be_rows(raw: Any) -> None:
    problems: list[Problem] = []
    assert read_limits(raw, "政策.yaml", problems) == ()
    assert problems == ["政策.yaml 资格：要写成一行一条，例如 - {规则: …}"]


def test_no_table_refuses_nobody() -> None:
    assert judge(limits(None), facts(签收天数=99)) is None
