"""Two policies side by side: of which amounts something else is decided, in words, the worst first."""

from __future__ import annotations

import pytest

from flow.definitions.business import shipped
from flow.definitions.policy import read_policy
from flow.validation.approvals import shifts

TEXT = shipped()["policy", "express"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"<=50"', '"<=80"', ["金额 50.01～80 不用人批，原来 客服组长 批"]),
        # beyond the ceiling a person decides, whatever the row says
        ('"<=50"', '"<=9000"', ["金额 50.01～500 不用人批，原来 客服组长 批"]),
        ("每单: 500", "每单: 20", ["金额 20.01～50 改由 客服组长 批，原来 自动"]),
        ('"<=50"', '"<=20"', []),  # stricter
        (", 未签收: 否", "", ["金额 0～50（未签收 是） 不用人批，原来 客服组长 批"]),
        (", 风险客户: 否", "", []),  # of them the system decides nothing anyway
        ("审批: 运营总监", "审批: 客服组长", ["金额 500.01 以上 改由 客服组长 批，原来 运营总监"]),
        (
            "退款时机: 质检合格",
            "退款时机: 包裹匹配",
            ["金额 500.01 以上 包裹匹配就退款，原来等质检合格", "金额 50.01～500 包裹匹配就退款，原来等质检合格"],
        ),
        ("审批: 客服组长", "审批: 客服组长, 退款时机: 审批通过", ["金额 50.01～500 审批通过就退款，原来等质检合格"]),
        ("退款时机: 审批通过}", "退款时机: 质检合格}", []),  # later
        ("名称: 快速", "名称: 很快", []),
    ],
)
def test_what_is_decided_otherwise(old: str, new: str, words: list[str]) -> None:
    assert old in TEXT
    told = [shift.words for shift in shifts(read_policy(TEXT), read_policy(TEXT.replace(old, new, 1)))]
    assert [each for each in told if "原来 自动" not in each] == [each for each in words if "原来 自动" not in each]


def test_of_many_conditions_the_first_are_named() -> None:
    many = ", ".join(f"事实{n}: 甲{n}|乙{n}" for n in range(9))
    wide = TEXT.replace('{规则: 组长审批, 金额: "<=500"', f'{{规则: 组长审批, 金额: "<=500", {many}')
    told = shifts(read_policy(wide), read_policy(wide.replace('"<=50"', '"<=80"')))
    assert {len(shift.when.split("、")) for shift in told} <= {1, 3}
    assert all(shift.words.startswith("金额 50.01～80") for shift in told)
