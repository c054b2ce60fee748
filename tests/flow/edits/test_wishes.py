"""Rules as people wish for them, in their own words: the edits that they may be, each of which can be made."""

from __future__ import annotations

import pytest

from flow.definitions.business import shipped
from flow.edits import Book, apply, is_wish, wishes
from flow.edits.working_copy import Unchanged

TEXTS = shipped()
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
    ("standard", "退款超过2000要两个人签", ["规则 双人金额 2000"]),
    ("standard", "质检超时改成12小时", ["流程 退货 质检 时限 12小时"]),
    ("standard", "收货时限改一下，改成两天", ["流程 退货 仓库收货 时限 2天"]),
    ("standard", "客服审核改成4小时", ["流程 退货 客服审核 时限 4小时"]),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "text", "lines"), WISHES)
def test_a_wish_is_read_as_edits_that_can_be_made(policy: str, text: str, lines: list[str]) -> None:
    assert wishes(text, Book(TEXTS, "退货", policy)) == lines
    for line in lines:
        assert apply(line.split(), TEXTS, "退货", policy).said


@pytest.mark.parametrize("text", ["待办", "金额小于100的都同意", "退款超过两天了", "客服审核到哪了", "100块以下都同意"])
def test_another_sentence_is_none(text: str) -> None:
    assert not wishes(text, Book(TEXTS, "退货", "standard"))
    assert not is_wish(text)


def test_what_is_so_already_is_said_to_be() -> None:
    [line] = wishes("退款超过1000要两个人签", Book(TEXTS, "退货", "standard"))
    with pytest.raises(Unchanged):
        apply(line.split(), TEXTS, "退货", "standard")
