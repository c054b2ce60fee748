"""What a person calls a place in a definition, and a difference there. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flow.diff.sentences import ORDER, Difference, change_words, place_words, side_words
from flow.diff.tree import GONE, Rows

if TYPE_CHECKING:
    from flow.diff.tree import Path


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (("节点", "质检", "时限"), "质检 时限"),  # the container goes without saying
        (("节点", "质检", "动作", "同意", "去"), "质检 同意"),  # so does where it leads
        (("节点", "质检", "动作", "同意", "去", "大额", "当"), "质检 同意 大额 当"),
        (("节点", "质检", "动作", ORDER), "质检 动作 顺序"),  # but for the one whose order it is
        (("角色", "客服", "能", "报表"), "客服 报表"),
        (("退货类型", ORDER), "退货类型 顺序"),
        (("审批表", "组长审批", "金额"), "审批表 组长审批 金额"),
        (("双人金额",), "双人金额"),
        (("审批表", "", "金额"), "审批表 金额"),  # a row without a name
    ],
)
def test_a_place(path: Path, words: str) -> None:
    assert place_words(path) == words


DIFFERENCES: list[tuple[Difference, str]] = [
    (Difference(("节点", "质检", "时限"), "4小时", "2天"), "质检 时限：4小时 → 2天"),
    (Difference(("节点", "质检", "时限"), GONE, "2天"), "质检 时限：没有 → 2天"),
    (Difference(("节点", "质检", "会签"), True, GONE), "质检 会签：是 → 否"),
    (Difference(("节点", "质检"), GONE, GONE, before="验货"), "节点 验货 改名为 质检"),
    (Difference(("节点", "质检", "表单", "责任"), GONE, GONE, before="谁的错"), "质检 表单项 谁的错 改名为 责任"),
    (Difference(("退货类型", ORDER), ["甲", "乙"], ["乙", "甲"]), "退货类型：顺序改为 乙、甲"),
    # where an action leads: the whole of it, one way, one part of a way
    (
        Difference(("节点", "质检", "去"), Rows({"": {"去": "甲"}}), Rows({"": {"去": "乙"}})),
        "质检：改去 乙（原来去 甲）",
    ),
    (Difference(("节点", "质检", "去"), Rows(), Rows({"": {"去": "乙"}})), "质检：改去 乙"),
    (Difference(("节点", "质检", "去"), Rows({"": {"去": "甲"}}), Rows()), "质检：不再去别处（原来去 甲）"),
    (
        Difference(("节点", "质检", "去", "大额"), GONE, {"去": "甲", "当": {"金额": ">9"}}, entry=True),
        "质检：金额>9 改去 甲",
    ),
    (Difference(("节点", "质检", "去", ""), {"去": "甲"}, GONE, entry=True), "质检：不再去 甲"),
    (Difference(("节点", "质检", "去", ""), {"去": "甲"}, GONE, entry=True, alone=False), "质检：其余 不再去 甲"),
    (Difference(("节点", "质检", "去", "大额", "去"), "甲", "乙"), "质检：大额 改去 乙（原来去 甲）"),
    (Difference(("节点", "质检", "去", "", "去"), "甲", "乙"), "质检：改去 乙（原来去 甲）"),
    (Difference(("节点", "质检", "去", "", "去"), "甲", "乙", alone=False), "质检：其余 改去 乙（原来去 甲）"),
    (Difference(("节点", "质检", "去", "大额", "当"), {"金额": ">9"}, GONE), "质检 大额 条件：金额>9 → 没有"),
    (Difference(("节点", "质检", "去", "大额", "名"), GONE, "熟客"), "质检 大额 名：没有 → 熟客"),
    # what a role may say
    (Difference(("角色", "客服", "能", "报表"), GONE, "全部"), "客服 可用 报表（全部）"),
    (Difference(("角色", "客服", "能", "报表"), "全部", GONE), "客服 不再可用 报表"),
    (Difference(("角色", "客服", "能", "报表"), "全部", "本人"), "客服 可用 报表：全部 → 本人"),
    # things of their own that come and go
    (Difference(("角色", "店长"), GONE, {"能": {}}, entry=True), "增加角色 店长"),
    (
        Difference(("节点", "复检"), {"类型": "结束", "状态": "已关闭"}, GONE, entry=True),
        "删除节点 复检（结束，已关闭）",
    ),
    (Difference(("审批表", "熟客"), GONE, {"规则": "熟客", "金额": "<=9"}, entry=True), "审批表 增加 熟客（金额<=9）"),
    (
        Difference(("节点", "质检", "动作", "拍照"), GONE, {"去": "完成", "办": ["退款"], "样式": "危险"}, entry=True),
        "质检 增加动作 拍照（去 完成，办 退款，危险）",
    ),
]


@pytest.mark.parametrize(("found", "words"), DIFFERENCES, ids=[words for _, words in DIFFERENCES])
def test_a_difference_is_one_sentence(found: Difference, words: str) -> None:
    assert change_words(found) == words


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        (GONE, ("节点", "质检"), "没有"),
        ("4小时", ("节点", "质检", "时限"), "4小时"),
        ({"类型": "等待", "等": "客户寄回"}, ("节点", "等货"), "等待，客户寄回"),
        ({}, ("角色", "店长"), "店长"),  # nothing to say of it but its name
    ],
)
def test_one_side_of_a_difference(value: Any, path: Path, words: str) -> None:
    assert side_words(value, path) == words
