"""Rules as people wish for them, in their own words: the edits that they may be, each of which can be made."""

from __future__ import annotations

import pytest

from flow.definitions.business import shipped
from flow.edits import Book, apply, is_wish, wishes
from flow.edits.working_copy import Unchanged
from flow.errors import PolicyRefused

TEXTS = shipped()
KNOWN = {"区域": ["华东"], "店铺": ["天猫旗舰店"], "品类": ["家电"]}
WISHES = [
    ("standard", "超过200的都要主管看", ["增加级别 金额审批 客服主管 当 金额>200"]),
    ("standard", "500以上要总监批", [
        "增加级别 金额审批 运营总监 当 金额>500", "增加级别 金额审批 运营总监 当 金额>=500",
    ]),
    ("standard", "超过3000都要经理审批", ["规则 经理审批 金额 >3000"]),
    ("standard", "50块以下直接退吧", [
        "增加行 审批表 50元以内自动通过 审批 自动 当 金额<=50", "增加行 审批表 不到50元自动通过 审批 自动 当 金额<50",
    ]),
    ("standard", "低于100的不用审", ["增加行 审批表 不到100元自动通过 审批 自动 当 金额<100"]),
    ("standard", "以后一百块以内的都不用主管审了", ["增加行 审批表 100元以内自动通过 审批 自动 当 金额<=100"]),
    ("express", "30块钱以内自动退款", ["规则 小额自动通过 金额 <=30"]),
    ("standard", "把小额自动通过改成80", [
        "规则 express 小额自动通过改成80", "增加行 审批表 80元以内自动通过 审批 自动 当 金额<=80",
    ]),
    # every condition that is said is asked for
    ("standard", "以后质量问题100块以下不用审批直接退", [
        "增加行 审批表 质量问题100元以内自动通过 审批 自动 当 金额<=100 且 类型=质量问题",
        "增加行 审批表 质量问题不到100元自动通过 审批 自动 当 金额<100 且 类型=质量问题",
    ]),
    ("standard", "质量问题100以内自动通过", [
        "增加行 审批表 质量问题100元以内自动通过 审批 自动 当 金额<=100 且 类型=质量问题",
    ]),
    ("standard", "质量问题和快递压坏的，100以内自动通过", [
        "增加行 审批表 质量问题物流损坏100元以内自动通过 审批 自动 当 金额<=100 且 类型=质量问题|物流损坏",
    ]),
    ("standard", "家电类200以内直接退不用审", [
        "增加行 审批表 家电200元以内自动通过 审批 自动 当 金额<=200 且 品类=家电",
    ]),
    ("standard", "华东的200以内自动通过", [
        "增加行 审批表 华东200元以内自动通过 审批 自动 当 金额<=200 且 区域=华东",
    ]),
    ("standard", "天猫旗舰店低于100不用审", [
        "增加行 审批表 天猫旗舰店不到100元自动通过 审批 自动 当 金额<100 且 店铺=天猫旗舰店",
    ]),
    ("express", "质量问题30块钱以内自动退款", [
        "增加行 审批表 质量问题30元以内自动通过 审批 自动 当 金额<=30 且 类型=质量问题",
    ]),
    ("standard", "质量问题小额自动通过改成80", [
        "增加行 审批表 质量问题80元以内自动通过 审批 自动 当 金额<=80 且 类型=质量问题",
    ]),
    ("standard", "风险客户超过100都要主管看", ["增加级别 金额审批 客服主管 当 金额>100 且 风险客户=是"]),
    ("standard", "换货超过200的都要主管看", ["增加级别 换货 金额审批 客服主管 当 金额>200"]),
    ("standard", "退款超过2000要两个人签", ["规则 双人金额 2000"]),
    ("standard", "质检超时改成12小时", ["流程 退货 质检 时限 12小时"]),
    ("standard", "收货时限改一下，改成两天", ["流程 退货 仓库收货 时限 2天"]),
    ("standard", "客服审核改成4小时", ["流程 退货 客服审核 时限 4小时"]),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "text", "lines"), WISHES)
def test_a_wish_is_read_as_edits_that_can_be_made(policy: str, text: str, lines: list[str]) -> None:
    assert wishes(text, Book(TEXTS, "退货", policy), KNOWN) == lines
    for line in lines:
        assert apply(line.split(), TEXTS, "退货", policy).said


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("50改成80", ["规则 小额自动通过 50→80"]),  # the only row that has such a number
        ("51改成80", []),
        ("检超时改成12小时", []),  # of the node's name too little is said
        ("打包时限改成2天", []),  # there is no such node
        ("超过200的都要厂长看", []),  # nor such a role
    ],
)
def test_what_is_only_half_said(text: str, lines: list[str]) -> None:
    assert wishes(text, Book(TEXTS, "退货", "express"), KNOWN) == lines


@pytest.mark.parametrize(
    ("text", "wished"),
    [
        ("100以下不用审", True),
        ("超过200的都要主管看", True),
        ("超过200的", False),
        ("超过200的主管看", False),
        ("退货 536365", False),
    ],
)
def test_a_wish_is_told_from_other_sentences(text: str, wished: bool) -> None:
    assert is_wish(text) == wished


STRANGE = [
    ("上海的200以内自动通过", "“上海”没看懂"),
    ("老客户100以内直接退", "“老客户”没看懂"),
    ("王芳的100以下不用审", "“王芳”没看懂"),
    ("除了质量问题的100以下不用审", "“除了”没看懂"),
    ("不是家电类的100以下直接退", "“不是”没看懂"),
    ("签收7天内的100以下不用审", "“签收7天内”没看懂"),
    ("50以上100以下的不用审", "“50以上”没看懂"),
    ("上海超过200的要主管看", "“上海”没看懂"),
    ("把上海的自动通过改成80", "“上海的自动通过”没看懂"),
    ("质量问题超过2000要两个人签", "不能只管“质量问题”"),
]


@pytest.mark.parametrize(("text", "said"), STRANGE)
def test_a_rule_for_more_cases_than_were_said_is_asked_back(text: str, said: str) -> None:
    with pytest.raises(PolicyRefused, match=said) as refused:
        wishes(text, Book(TEXTS, "退货", "standard"), KNOWN)
    assert "什么都没有改" in str(refused.value)


@pytest.mark.parametrize("text", ["待办", "金额小于100的都同意", "退款超过两天了", "客服审核到哪了", "100块以下都同意"])
def test_another_sentence_is_none(text: str) -> None:
    assert not wishes(text, Book(TEXTS, "退货", "standard"))
    assert not is_wish(text)


def test_what_is_so_already_is_said_to_be() -> None:
    [line] = wishes("退款超过1000要两个人签", Book(TEXTS, "退货", "standard"))
    with pytest.raises(Unchanged):
        apply(line.split(), TEXTS, "退货", "standard")
