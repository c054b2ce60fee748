"""choices.yaml: which policy, which address, whom to look at twice; and what the file must not look like."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flow.definitions.business import CONFIG
from flow.definitions.choices import Choices, Pause, parse_choices
from flow.errors import DefinitionError

TEXT = """
政策选择:
  - {规则: 直营快办, 店铺: 直营店, 类型: 质量问题|发货错误, 政策: express}
  - {规则: 大家电, 品类: 家电, 政策: 家电}
退货地址:
  - {规则: 大件仓, 品类: 家电, 区域: 华东, 收件人: 大件组, 电话: 0571-88880000, 地址: 杭州市余杭区仓前街道 1 号}
  - {规则: 其余, 收件人: 退货组, 电话: 021-66660000, 地址: 上海市嘉定区 2 号}
风险客户:
  - {规则: 名单, 名单: 禁止}
  - {规则: 退得多, 半年退货次数: ">=5"}
运输天数: 3
不计天数:
  - {名: 春节, 从: 2027-02-05, 到: 2027-02-13}
紧急用语: [紧急]
进度页天数: 90
体检间隔天数: 90
体检闲置天数: 60
体检最多几样: 20
"""
CHOICES = parse_choices(TEXT)

POLICIES = [
    ({"店铺": "直营店", "类型": "质量问题"}, "express"),
    ({"店铺": "直营店", "类型": "七天无理由"}, ""),  # the database's own
    ({"店铺": "直营店", "类型": "发货错误", "品类": "家电"}, "express"),  # the first row that fits
    ({"店铺": "分销店", "品类": "家电"}, "家电"),
    ({}, ""),
]


@pytest.mark.parametrize(("facts", "policy"), POLICIES)
def test_the_first_row_that_fits_names_the_policy(facts: dict[str, Any], policy: str) -> None:
    assert CHOICES.policy(facts) == policy


PLACES = [
    ({"品类": "家电", "区域": "华东"}, "大件组 0571-88880000 杭州市余杭区仓前街道 1 号"),
    ({"品类": "家电", "区域": "华北"}, "退货组 021-66660000 上海市嘉定区 2 号"),
    ({}, "退货组 021-66660000 上海市嘉定区 2 号"),
]


@pytest.mark.parametrize(("facts", "place"), PLACES)
def test_where_the_goods_go(facts: dict[str, Any], place: str) -> None:
    assert CHOICES.address(facts) == {"退货地址": place}


def test_no_address_is_no_fact() -> None:
    assert Choices().address({"品类": "家电"}) == {}


RISKS = [
    ({"名单": "禁止", "半年退货次数": 9}, {"风险客户": True, "风险规则": "名单"}),
    ({"名单": "", "半年退货次数": 5}, {"风险客户": True, "风险规则": "退得多"}),
    ({"名单": "", "半年退货次数": 4}, {"风险客户": False}),
    ({"半年退货次数": ""}, {"风险客户": False}),  # a customer without a number
]


@pytest.mark.parametrize(("facts", "flagged"), RISKS)
def test_who_is_looked_at_twice(facts: dict[str, Any], flagged: dict[str, Any]) -> None:
    assert CHOICES.flag(facts) == flagged


def test_the_plain_values_are_read() -> None:
    assert CHOICES.pauses == (Pause("春节", date(2027, 2, 5), date(2027, 2, 13)),)
    assert (CHOICES.transit_days, CHOICES.urgent_words) == (3, ("紧急",))
    assert CHOICES.named_policies() == {"express", "家电"}


def test_what_ships_names_no_policy_and_flags_the_list() -> None:
    shipped = parse_choices((CONFIG / "choices.yaml").read_text(encoding="utf-8"))
    assert shipped.named_policies() == frozenset()
    assert shipped.flag({"名单": "禁止"})["风险客户"] is True
    assert shipped.page_days == 90
    assert (shipped.review_every, shipped.unused_days, shipped.review_most) == (90, 90, 20)


def test_an_empty_mapping_chooses_nothing() -> None:
    assert parse_choices("{}") == Choices()


BROKEN = [
    ("店铺: 直营店", "店: 直营店", "政策选择第 1 行 店：没有这一列"),
    ("政策: express", "政策: ''", "政策选择第 1 行 政策：没有写"),
    ("电话: 0571-88880000", "电话: ''", "退货地址第 1 行 电话：没有写"),
    ('">=5"', '">五"', "风险客户第 2 行 半年退货次数：“>五”看不懂"),
    ("名单: 禁止", "风险客户: 是", "风险客户第 1 行 风险客户：没有这一列"),  # it would ask itself
    ("运输天数: 3", "运输天数: 三", "运输天数：“三”要是 0 到 60 的整数"),
    ("运输天数: 3", "运输天数: 61", "运输天数：“61”要是 0 到 60 的整数"),
    ("进度页天数: 90", "进度页天数: 一季", "进度页天数：“一季”要是 0 到 3650 的整数"),
    ("体检间隔天数: 90", "体检间隔天数: 一季", "体检间隔天数：“一季”要是 0 到 3650 的整数"),
    ("体检闲置天数: 60", "体检闲置天数: 4000", "体检闲置天数：“4000”要是 0 到 3650 的整数"),
    ("体检最多几样: 20", "体检最多几样: 101", "体检最多几样：“101”要是 0 到 100 的整数"),
    ("从: 2027-02-05", "从: 春节", "不计天数第 1 行 从：“春节”不是日期"),
    ("到: 2027-02-13", "到: 2027-02-01", "到：2027-02-01 在 2027-02-05 之前"),
    ("紧急用语:", "紧急词:", "“紧急词”不认识"),
    ("政策选择:", "政策选择: [", "行"),  # no YAML: told with its line
]


@pytest.mark.parametrize(("text", "instead", "says"), BROKEN)
def test_a_broken_file_is_refused_with_its_place(text: str, instead: str, says: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_choices(TEXT.replace(text, instead, 1), "我的.yaml")
    assert any(says in problem and problem.startswith("我的.yaml") for problem in refused.value.problems)


def test_a_file_must_be_a_mapping() -> None:
    with pytest.raises(DefinitionError, match="要写成 名字: 值"):
        parse_choices("政策选择")
