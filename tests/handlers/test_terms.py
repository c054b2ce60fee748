"""Terms about money behind a button that pays as it stands, and other kinds of case that are asked for."""

from __future__ import annotations

import pytest

from handlers.chat.doubts import Decision, doubts
from handlers.chat.phrases import phrases
from handlers.chat.terms import other_kinds, terms
from models.fields import yuan

ASKED = [
    "但运费客户出", "不过运费要客户承担", "条件是客户先寄回", "扣运费", "但是要扣5块", "只要客户把包装寄回来",
    "客户承担运费", "运费客户自理", "前提客户把赠品退回来", "赠品要退回", "赠品的钱扣掉", "扣除赠品",
    "折旧费要扣", "但客户要先补运费", "运费他自己出", "但运费不退", "运费从里面扣", "先退货款 运费下次退",
    "除掉优惠券", "包装费客户出", "扣除已用的部分", "分两次付", "第一笔399", "扣掉优惠券50", "来回费买家付",
    "客户自己摔的 不退钱",
]  # fmt: skip
PLAIN = [
    "下不为例", "不过客户态度不好", "客户等了很久", "已核对", "运费店铺出", "运费已付", "没有赠品", "补了差价",
    "折扣商品也退", "不用扣", "含赠品", "两件都退", "全额退款", "走顺丰", "老客户 特批", "外壳开裂",
    "金额没问题",
]  # fmt: skip


def test_what_asks_for_another_sum_is_told_from_a_remark() -> None:
    lost = [words for words in ASKED if not terms(words, phrases())]
    asked = [words for words in PLAIN if terms(words, phrases())]
    assert (lost, asked) == ([], [])


@pytest.mark.parametrize(
    ("words", "asked"), [("运费客户出", False), ("不退运费", False), ("运费客户出 扣掉赠品", True)]
)
def test_what_the_case_says_already_asks_for_nothing(words: str, asked: bool) -> None:
    assert bool(terms(words, phrases(), freight_is_theirs=True)) is asked


@pytest.mark.parametrize(
    ("words", "kind", "asked"),
    [
        ("客户说要换货", "退货", True),
        ("建议补偿就好", "退货", True),
        ("改成维修", "换货", True),
        ("客户要退货", "退货", False),  # which it is
        ("客户不要换货", "退货", False),
        ("走顺丰", "退货", False),
    ],
)
def test_another_kind_of_case_is_asked_about(words: str, kind: str, asked: bool) -> None:
    assert bool(other_kinds(words, kind, phrases())) is asked


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("金额51.0没问题", ["金额51.0"]),
        ("金额5.10没问题", []),
        ("金额5块1", []),
        ("金额5块2", ["5.2元"]),
        ("第一笔399", ["第一笔399"]),
        ("退给他老婆的账号", ["退给他老婆的账号"]),
        ("打到公司账上", ["打到公司账"]),
        ("转李敏复核", ["李敏"]),
        ("李敏看过了", []),
    ],
)
def test_sums_and_payees_that_differ_are_doubts(words: str, found: list[str]) -> None:
    assert doubts(words, Decision("R20261122-0007", [yuan("5.10")], 2, ["85123A"], ["李敏"])) == found
