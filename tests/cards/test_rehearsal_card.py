"""The cards and words of a rehearsal: whose card it is, what every button says, and what it has come to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cards.lesson import StepView, finished, left, lesson_card
from cards.payload import Words, unpack
from cards.rehearsal import answered, begun, marked, over, progress, seat_card, stopped, summary, wait_card
from cards.types import Button, Card, Select
from models.views.rehearsal import Passed, Rehearsed

CARD = Card(
    "审批：退款 ¥2,880.00", "质量问题",
    buttons=(
        Button("同意", "a1|1|1|同意", "primary"), Button("转交", "a1|1|1|转交"),
        Button("驳回", "a1|1|1|驳回", "danger"),
    ),
    select=Select("k", "意见", (("1", "好"),)), menu=(Button("为什么是我", "a1|1|1|为什么是我"),),
)  # fmt: skip
SEEN = Rehearsed(
    of="退货 536365", submitter="林晓", rules="", stand="已完成", ended=True,
    steps=(Passed("", "林晓", "提交", 0.0), Passed("客服审核", "王建国", "同意", 7200.0),
           Passed("金额审批", "系统", "同意", 0.0, "小额自动通过")),
    seconds=7200.0, refund=Decimal("5.10"), paid=True, refused="", stock=(("灯", "待售区", 2),),
    customer=("款已退回",), others=("自动规则“紧急”会：告警 管理群",),
)  # fmt: skip


def test_a_card_says_whose_it_is_and_its_buttons_play_on() -> None:
    card = seat_card(CARD, "李敏", "7-3", ["转交"])
    assert card.title == "【演练】李敏的卡片：审批：退款 ¥2,880.00"
    assert [unpack(button.payload) for button in card.buttons] == [Words("演练 7-3 同意"), Words("演练 7-3 驳回")]
    assert [button.style for button in card.buttons] == ["primary", "danger"]
    assert card.select is None, "what a drop-down would choose is asked"
    assert [button.text for button in card.menu] == ["快进 1天", "结束演练"]


def test_an_amount_in_a_long_title_stays_whole() -> None:
    card = seat_card(replace(CARD, title="审批：一个名字很长很长很长的商品的退款 ¥12,880.00"), "欧阳娜娜", "7-3", ())
    assert card.title.endswith("¥12,880.00")


def test_what_comes_from_outside_is_answered_by_whoever_plays() -> None:
    card = wait_card("付款渠道确认", "退货", ["退款成功", "退款失败"], "7-4")
    assert card.title == "【演练】系统在等：付款渠道确认"
    assert [button.text for button in card.buttons] == ["退款成功", "退款失败", "快进到时"]
    assert unpack(card.buttons[-1].payload) == Words("演练 快进")


@pytest.mark.parametrize("card", [marked(CARD), answered("退款成功"), over()])
def test_records_are_marked_too(card: Card) -> None:
    assert card.title.startswith("【演练】")


def test_the_beginning_says_by_which_rules_and_that_nothing_is_kept() -> None:
    assert "按现在用的规则走" in begun(SEEN).body
    drafted = begun(replace(SEEN, rules="退货流程，2 处改动"), dropped="退货 1，走到质检").body
    assert "按你的草稿走（退货流程，2 处改动）" in drafted
    assert drafted.startswith("上一场演练（退货 1，走到质检）没走完")
    assert "什么都不会保存" in drafted
    assert "由 林晓 提交" in drafted


def test_a_step_and_whose_turn_it_is() -> None:
    assert progress(["客服审核 王建国 同意"], "现在轮到：质检 许静").body == (
        "【演练】客服审核 王建国 同意\n现在轮到：质检 许静"
    )


def test_the_summary_tells_the_way_and_what_would_have_been() -> None:
    told = summary(SEEN).body
    for words in (
        "走完了：退货 536365，按现在用的规则，已完成",
        "共 2 时",
        "1. 林晓 提交",
        "2. 客服审核 王建国 同意 · 用时 2 时",
        "3. 金额审批 系统 同意（小额自动通过）",
        "退款：¥5.10，退给客户",
        "入库：灯 ×2 进待售区",
        "告诉客户：“款已退回”",
        "· 自动规则“紧急”会：告警 管理群",
    ):
        assert words in told
    assert stopped(replace(SEEN, ended=False, stand="处理中 · 质检")).body.endswith("演练已结束")


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (replace(SEEN, refund=Decimal(0)), "退款：没有"),
        (replace(SEEN, refund=None), "退款：¥***，退给客户"),
        (replace(SEEN, paid=False, refused="没有退成"), "退款：¥5.10，店铺没有退成"),
        (replace(SEEN, paid=False), "退款：¥5.10，已经向店铺提出，等它答复"),
        (replace(SEEN, stock=()), "入库：没有"),
        (replace(SEEN, customer=()), "告诉客户：没有"),
        (replace(SEEN, rules="草稿"), "按你的草稿（草稿）"),
        (replace(SEEN, ended=False, stand="处理中 · 质检"), "走到：处理中 · 质检"),
    ],
)
def test_what_is_not_is_said_too(seen: Rehearsed, words: str) -> None:
    assert words in summary(seen).body


def test_a_lesson_goes_on_or_stops() -> None:
    step = StepView(1, 3, "先看谁手上有什么", "讲一件事", "看总览", "总览")
    card = lesson_card(step)
    assert [(button.text, unpack(button.payload)) for button in card.buttons] == [
        ("看总览", Words("总览")), ("下一步", Words("上手 2")), ("先到这里", Words("上手 停")),
    ]  # fmt: skip
    assert [button.text for button in lesson_card(replace(step, number=3)).buttons] == ["看总览", "学完了"]
    assert "走到第 2 步，共 3 步" in left(2, 3).body
    assert "共 3 步" in finished(3).body
