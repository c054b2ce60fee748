"""A remark is a clause as it was typed, or what nothing was taken out of."""

from __future__ import annotations

import pytest

from handlers.chat import scraps

#: the message, what was left over of it, and the remark
LEFT = [
    ("700001那个台灯客人要退 说闪", "那个台灯客人 说闪", "那个台灯客人要退 说闪"),
    ("700001客户要补偿十五块钱 发红包", "客户十五块钱，发红包", "客户要补偿十五块钱，发红包"),
    ("700001那个烛台退2个 都是碎的", "个烛台退2个 都是碎的", "那个烛台退2个 都是碎的"),
    ("700001灯头歪了 要换一个新的", "灯头歪了 新的", "灯头歪了 要换一个新的"),
    ("赵七的灯坏了俩 想退", "灯坏了俩个", "赵七的灯坏了俩"),
    ("尾号1354的买家要求补发一个灯罩", "要求 一个灯罩", "尾号1354的买家要求补发一个灯罩"),
    ("退货 700001 台灯一个 外壳破裂", "外壳破裂", "外壳破裂"),
    ("退货 700001 质量问题外壳破了", "外壳破了", "外壳破了"),  # torn off cleanly
    ("700001退一个质量问题说闪，700002换一个", "说 闪", "退一个质量问题说闪"),
    ("提交", "那个台灯客人", "那个台灯客人"),  # drafted of an earlier message
    ("", "老客户", "老客户"),
]


@pytest.mark.parametrize(("message", "left", "remark"), LEFT)
def test_a_remark_keeps_whole_clauses(message: str, left: str, remark: str) -> None:
    assert scraps.whole(left, message, "700001") == remark
