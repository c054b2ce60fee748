"""Lines of a refund by a formula, as people say them: new ones, other ones, and what is refused."""

from __future__ import annotations

import pytest

from flow.edits import Book, wishes
from flow.edits.working_copy import Unchanged
from flow.errors import FlowError
from tests.support.editing import BUNDLE, said, words

SAID = [
    (["规则 折旧 = 金额 × 10% 当 签收天数 > 7"], ["算式 增加 折旧（算 金额 × 10%，签收天数>7）"]),
    (["规则 运费 = 12"], ["算式 增加 运费（算 12）"]),
    (["规则 补贴 = 加 件数 × 2"], ["算式 增加 补贴（算 件数 × 2，加减 加）"]),
    (["增加行 算式 折旧 算 金额*10% 当 类型=七天无理由"], ["算式 增加 折旧（类型 七天无理由，算 金额 × 10%）"]),
    # another formula keeps the conditions; other conditions come with it
    (["规则 折旧 = 金额 × 10% 当 签收天数>7", "规则 折旧 = 金额 × 20% 不超过 50"],
     ["算式 增加 折旧（算 金额 × 20% 不超过 50，签收天数>7）"]),
    (["规则 折旧 = 金额 × 10% 当 签收天数>7", "规则 折旧 = 5 当 件数>1"], ["算式 增加 折旧（算 5，件数>1）"]),
    (["规则 折旧 = 加 5", "规则 折旧 = 减 5"], ["算式 增加 折旧（算 5）"]),
    (["规则 折旧 = 5", "规则 折旧 算 金额 × 3%"], ["算式 增加 折旧（算 金额 × 3%）"]),
    (["规则 折旧 = 5", "规则 折旧 加减 加"], ["算式 增加 折旧（算 5，加减 加）"]),
    (["规则 折旧 = 5", "规则 手续费 = 折旧 × 10%"], ["算式 增加 折旧（算 5）", "算式 增加 手续费（算 折旧 × 10%）"]),
]  # fmt: skip


@pytest.mark.parametrize(("sentences", "told"), SAID)
def test_a_line_is_said_as_a_sum(sentences: list[str], told: list[str]) -> None:
    made = dict(BUNDLE)
    for sentence in sentences:
        made |= said(sentence, texts=made)
    assert words(BUNDLE, made) == told


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("规则 折旧 = 金额 ×", "算式的最后少了一个数"),
        ("增加行 算式 折旧 算 金额 ÷ (件数 − 1)", "可能除以 0"),
        ("规则 折旧 = 折旧 × 2", "用到了自己，会绕成圈"),
        ("规则 折旧 = 10 − 20", "总不是正数"),
        ("规则 双人金额 = 金额", "“金额”不是数字"),
    ],
)
def test_what_is_no_line_is_refused(sentence: str, why: str) -> None:
    with pytest.raises(FlowError, match=why):
        said(sentence)


def test_a_line_goes_as_it_came() -> None:
    made = dict(BUNDLE) | said("规则 折旧 = 5")
    assert words(BUNDLE, dict(made) | said("删除行 算式 折旧", texts=made)) == []
    with pytest.raises(Unchanged):
        said("规则 折旧 = 5", texts=made)


@pytest.mark.parametrize(
    ("wish", "line"),
    [
        ("运费扣12", "规则 运费 = 12"),
        ("退货时扣12元运费", "规则 运费 = 12"),
        ("以后运费都扣8.5元", "规则 运费 = 8.5"),
        ("折旧按10%扣", "规则 折旧 = 金额 × 10%"),
        ("折旧费按金额的5%算", "规则 折旧费 = 金额 × 5%"),
        ("折旧扣10%", "规则 折旧 = 金额 × 10%"),
        ("运费补10元", "规则 运费 = 加 10"),
    ],
)
def test_a_line_is_wished_for(wish: str, line: str) -> None:
    assert wishes(wish, Book(BUNDLE, "退货", "express")) == [line]
    assert words(BUNDLE, dict(BUNDLE) | said(line))[0].startswith("算式 增加 ")
