"""规则 自动上限: what a sentence makes of it, and what is asked back."""

from __future__ import annotations

import pytest

from flow.definitions import yamlfile
from flow.definitions.business import shipped
from flow.edits import apply
from flow.errors import PolicyRefused

BASE = shipped()


@pytest.mark.parametrize(
    ("sentence", "now"),
    [
        ("规则 自动上限 每单 300", {"每单": 300, "每天": 5000, "每客户": 1000, "客户天数": 183}),
        ("规则 自动上限 每单 500→300元", {"每单": 300, "每天": 5000, "每客户": 1000, "客户天数": 183}),
        ("规则 自动上限 每天改成1万", {"每单": 500, "每天": 10000, "每客户": 1000, "客户天数": 183}),
        ("规则 自动上限 每单 300 每天 3000", {"每单": 300, "每天": 3000, "每客户": 1000, "客户天数": 183}),
        ("规则 自动上限 每个客户 800", {"每单": 500, "每天": 5000, "每客户": 800, "客户天数": 183}),
        ("规则 自动上限 客户天数 90天", {"每单": 500, "每天": 5000, "每客户": 1000, "客户天数": 90}),
        ("规则 自动上限 天数 全部", {"每单": 500, "每天": 5000, "每客户": 1000}),
        ("规则 自动上限 每天 不限", {"每单": 500, "每客户": 1000, "客户天数": 183}),
        ("规则 自动上限 每单 99.5", {"每单": "99.5", "每天": 5000, "每客户": 1000, "客户天数": 183}),
        ("规则 自动上限 每单 不限 每天 不限 每客户 不限", None),
    ],
)
def test_a_sentence_sets_one_part_or_several(sentence: str, now: dict[str, object] | None) -> None:
    made = apply(sentence.split(), BASE, "退货", "express")
    assert yamlfile.read(made.texts["policy", "express"]).get("自动上限") == now
    assert "自动上限 " in made.said


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("规则 自动上限 300", "要写明哪一样"),
        ("规则 自动上限 多一点", "要写明哪一样"),
        ("规则 自动上限 每单", "不是金额"),
        ("规则 自动上限 每单 很多", "不是金额"),
        ("规则 自动上限 客户天数 三十天", "不是天数"),
        ("规则 自动上限 每单 400→800", "现在是 500，不是 400"),
        ("规则 自动上限 每单 0.001", "要大于 0，最多到分"),
        ("规则 自动上限 每单 0", "要大于 0，最多到分"),
        ("规则 自动上限 每天 100", "比每单的 500 还少"),
    ],
)
def test_what_is_no_part_or_no_amount_is_asked_back(sentence: str, why: str) -> None:
    with pytest.raises(PolicyRefused, match=why):
        apply(sentence.split(), BASE, "退货", "express")
