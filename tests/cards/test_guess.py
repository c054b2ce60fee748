"""The card that asks which reading was meant: what its buttons are called."""

from __future__ import annotations

import pytest

from cards.guess import guess


@pytest.mark.parametrize(
    ("readings", "labels"),
    [
        (["总览", "总览 李敏"], ["1 总览", "2 总览 李敏"]),  # no label ends with nothing
        (["催办 R20261123-0001", "催办 R20261123-0002"], ["1 催办 0001", "2 催办 0002"]),
        (["转交 R20261123-0001 李敏", "查 R20261123-0001"], ["1 转交", "2 查"]),
        (  # of several cases each button says its own, where there is room
            [
                "同意 R20261123-0001 ； 驳回 R20261123-0002",
                "同意 R20261123-0001",
                "驳回 R20261123-0002",
                "确认收货 R20261123-0003",
            ],
            ["1 一起办", "2 同意 0001", "3 驳回 0002", "4 确认收货"],
        ),
        (
            ["增加级别 金额审批 运营总监 当 金额>200", "增加级别 金额审批 客服主管 当 金额>200", "规则"],
            ["1 运营总监", "2 客服主管", "3 规则"],
        ),
    ],
)
def test_each_button_says_what_tells_it_apart(readings: list[str], labels: list[str]) -> None:
    card = guess("是不是要…？", "现在什么都没有做", readings, 1, 1)
    assert [button.text for button in card.buttons[:-1]] == labels


@pytest.mark.parametrize(
    ("reading", "shown"),
    [
        ("转交 R20261123-0001 李敏", "转交 R20261123-0001 李敏"),
        ("转交 R20261123-0001 李敏 ； 转交 R20261123-0002 何佳", "转交 0001 李敏；转交 0002 何佳"),  # nobody is cut off
        ("同意 R1 ； 稍后 R2 明天", "同意 R1 ； 稍后 R2 明天"),
        ("评论 R20261123-0004 我刚才0004数错了，其实只有一件", "评论 0004 我刚才0004数错了，其实只有一件"),  # no R…
    ],
)
def test_of_several_statements_each_is_read_whole(reading: str, shown: str) -> None:
    assert guess("是不是要…？", "现在什么都没有做", [reading], 1, 1).facts[0].value == shown
