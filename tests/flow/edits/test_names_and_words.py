"""Names that nothing may have, ways to say 必填, two bounds of one fact, and words that customers read."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from flow.definitions import yamlfile
from flow.definitions.business import shipped
from flow.edits import apply
from flow.edits.quantities import whole
from flow.edits.sentence import conditions
from flow.edits.staffing import newcomer
from flow.edits.working_copy import Unchanged
from flow.errors import NotFound, PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS = shipped()
ROLES = ("客服", "财务")
NAMING = (
    "增加节点 {} 在 质检 之后 负责人 质检员", "增加分支 {} 与 仓库收货 同时 负责人 客服", "增加原因 {}",
    "新建流程 {} 照 退货",
    "新建政策 {} 照 标准", "新建角色 {} 照 客服", "增加行 资格 {} 结果 拒绝 说明 话 当 签收天数>30",
    "增加规则 {} 当 提交 就 评论 好", "规则 主管审批 规则 {}",
)  # fmt: skip


@pytest.mark.parametrize("sentence", NAMING)
@pytest.mark.parametrize(
    ("name", "why"), [("同意", "按钮"), ("作废链接", "指令"), ("12", "要有字"), ("a/b", "不能有"), ("时限", "别的意思")]
)
def test_nothing_is_called_by_a_word_that_means_something_else(sentence: str, name: str, why: str) -> None:
    name = name.replace("/", "~") if sentence.startswith("增加原因") else name  # a/b are two return types
    with pytest.raises(PolicyRefused, match=why):
        apply([sentence.format(name)], TEXTS, "退货", "standard")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("同意", "按钮上的字"),
        ("12", "只写字"),
        ("a/b", "只写字"),
        ("照", "别的意思"),
        ("待办", "一句指令"),
        ("李_四", "只写字"),
    ],
)
def test_nobody_is_called_so(name: str, why: str) -> None:
    with pytest.raises(PolicyRefused, match=why):
        newcomer(f"{name} 企业微信 lisi 角色 客服", ROLES, {"同意"})


@pytest.mark.parametrize("name", ["李四", "欧阳娜娜", "阿依古丽·买买提", "Tom", "张伟2"])
def test_somebody_is_called_so(name: str) -> None:
    assert newcomer(f"{name} 企业微信 lisi 角色 客服", ROLES, {"同意"}).name == name


@pytest.mark.parametrize("word", ["必填", "必须填", "一定要填", "必须选", "一定要选", "不能为空", "必选", "务必填"])
def test_what_has_to_be_filled_in(word: str) -> None:
    made = apply([f"增加字段 质检 缺陷等级 单选 轻微|严重 {word}"], TEXTS, "退货", "standard")
    [*_, field] = yamlfile.read(made.texts["flow", "退货"])["节点"]["质检"]["表单"]
    assert (field["必填"], field["选项"]) == (True, ["轻微", "严重"])


@pytest.mark.parametrize("sentence", ["必须填 选填", "必须填 豌豆"])
def test_what_is_said_of_filling_in_has_to_be_clear(sentence: str) -> None:
    with pytest.raises(PolicyRefused):
        apply([f"增加字段 质检 缺陷等级 单选 轻微|严重 {sentence}"], TEXTS, "退货", "standard")


@pytest.mark.parametrize(
    ("said", "cells"),
    [
        ("提交日期>=2027-06-01 且 提交日期<=2027-08-31", {"提交日期": "2027-06-01~2027-08-31"}),
        ("金额<=500 且 金额>=50 且 类型=质量问题", {"金额": "50~500", "类型": "质量问题"}),
    ],
)
def test_two_bounds_of_one_fact_are_a_range(said: str, cells: Mapping[str, str]) -> None:
    assert conditions(said) == cells


@pytest.mark.parametrize("said", ["金额>50 且 金额<500", "金额>=50 且 金额>=60", "类型=甲 且 类型=乙"])
def test_two_of_one_fact_that_are_no_range_are_asked_back(said: str) -> None:
    with pytest.raises(PolicyRefused, match="写了两次"):
        conditions(said)


@pytest.mark.parametrize(
    "words", ["亲～您的退款“已经到账”啦！！  请查收：）", "第一行\n第二行", "ＡＢＣ　全角", "好。"]
)  # fmt: skip
def test_words_to_customers_stay_as_they_are(words: str) -> None:
    made = apply(["通知", "已完成退款", words], TEXTS, "退货", "standard")
    assert yamlfile.read(made.texts["notices", "notices"])["通知"]["已完成退款"] == words


def test_blanks_to_fill_in_may_be_wide() -> None:
    made = apply(["通知", "配件缺失", "缺｛缺件｝"], TEXTS, "退货", "standard")
    assert yamlfile.read(made.texts["notices", "notices"])["通知"]["配件缺失"] == "缺{缺件}"


@pytest.mark.parametrize(
    ("sentence", "key", "value"),
    [
        ("规则 物流损坏 运费 商家", "运费", "商家"),
        ("规则 物流损坏 责任 仓库", "责任", "仓库"),
        ("规则 七天无理由 次品 退款", "次品", "退款"),
        ("规则 七天无理由 流程 退货", "流程", "退货"),
        ("规则 七天无理由 流程 加 仅退款", "流程", ["退货", "换货", "仅退款"]),
        ("规则 七天无理由 流程 去掉 换货", "流程", "退货"),
    ],
)
def test_one_quality_of_a_return_type(sentence: str, key: str, value: object) -> None:
    made = apply([sentence], TEXTS, "退货", "standard")
    name = sentence.split()[1]
    assert yamlfile.read(made.texts["reasons", "reasons"])["退货类型"][name][key] == value
    assert f"退货类型 {name}：{key}" in made.said


@pytest.mark.parametrize(
    ("sentence", "error"),
    [
        ("规则 七天无理由 流程 去掉 退货、换货", PolicyRefused),
        ("规则 七天无理由 流程 豌豆", NotFound),
        ("规则 七天无理由 次品 豌豆", NotFound),
        ("规则 七天无理由 运费 |", PolicyRefused),
        ("规则 七天无理由 运费 客户", Unchanged),
    ],
)
def test_a_quality_that_a_return_type_can_not_have(sentence: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        apply([sentence], TEXTS, "退货", "standard")


def test_a_new_policy_says_which_row_can_be_changed() -> None:
    said = apply(["新建政策 大促 照 标准"], TEXTS, "退货", "standard").said
    line = said.partition("例如：")[2]
    assert line == "规则 大促 主管审批 5000→10000"
    made = {**TEXTS, **apply(["新建政策 大促 照 标准"], TEXTS, "退货", "standard").texts}
    assert apply([line], made, "退货", "standard").texts


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一百万", 1_000_000), ("三千五百", 3500), ("一百二十万", 1_200_000), ("两千", 2000), ("三百五十", 350),
        ("一千零五", 1005), ("千", 1000), ("五", 5), ("一万零三百", 10300), ("万", None), ("两三", None), ("百", None),
        ("", None), ("三千豌", None), ("两三千", None),
    ],
)  # fmt: skip
def test_whole_numbers_in_words(text: str, number: int | None) -> None:
    assert whole(text) == number
    assert number is None or Decimal(number) >= 0
