"""The cards of a draft, and cards as rows keep them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cards.content import pack, unpack
from cards.draft import Asked, DraftView, as_words, confirm_card, ended, question_card, whole_draft
from cards.types import Button, Card, Content, Fact, Image, Select, Text
from tests.support.card_views import seen

DRAFT = DraftView("退货", "536365", "李雷", (("自动喂食器", 1),), "质量问题", "开机无反应", Decimal("364.00"), "李敏")
ASKED = Asked(5, 1, "什么原因？", (("质量问题", "质量问题"), ("色差", "色差")), "没看懂。")
MANY = tuple((f"自动喂食器第 {n} 代", n + 1) for n in range(40))


def test_few_answers_are_buttons() -> None:
    lines = seen(question_card(replace(DRAFT, notes=("按昨天算",)), ASKED)).splitlines()  # type: ignore[arg-type]
    assert lines[:2] == ["什么原因？", "退货 · 订单 536365 · 没看懂。 · 按昨天算"]
    assert lines[-1] == "[质量问题] [色差] [取消!]"


@pytest.mark.parametrize(
    "options", [tuple((str(n), f"第 {n} 种") for n in range(6)), (("a", "一个按钮上怎么也放不下的很长的答案"),)]
)
def test_many_or_long_answers_are_numbered(options: tuple[tuple[str, str], ...]) -> None:
    found = question_card(DRAFT, replace(ASKED, options=options))
    assert isinstance(found, Text)
    assert found.body.splitlines() == [
        "退货 536365：没看懂。什么原因？", *(f"{n}. {text}" for n, (_, text) in enumerate(options, 1)),
        "回复序号，或回复“取消”离开",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("draft", "title", "lead", "buttons"),
    [
        (DRAFT, "确认退货：预计退款 ¥364.00", "核对无误后点提交，提交前不会保存", "[提交*] [取消!]"),
        (replace(DRAFT, refund=None), "确认退货", "核对无误后点提交，提交前不会保存", "[提交*] [取消!]"),
        (
            replace(DRAFT, instead="仅退款", doubles=("R1",)), "确认退货：预计退款 ¥364.00",
            "已有 R1 正在退这件，是不是重复？核对无误后点提交，提交前不会保存", "[提交*] [改成仅退款] [取消!]",
        ),
        (
            replace(DRAFT, doubles=("R1", "R2", "R3")), "确认退货：预计退款 ¥364.00",
            "已有 R1、R2 等 3 单 正在退这件，是不是重复？核对无误后点提交，提交前不会保存", "[提交*] [取消!]",
        ),
    ],
)  # fmt: skip
def test_what_is_to_be_saved_is_seen_first(draft: DraftView, title: str, lead: str, buttons: str) -> None:
    card = confirm_card(draft, 5, 1)
    assert (card.title, card.lead, seen(card).splitlines()[-1]) == (title, lead, buttons)


def test_products_that_have_no_room_are_told_in_words() -> None:
    card, whole = confirm_card(replace(DRAFT, goods=MANY), 5, 1), whole_draft(replace(DRAFT, goods=MANY))
    assert card.details[-1] == f"……还有 {40 - len(card.details) + 1} 种，回复“明细”看全部"
    assert whole is not None
    assert [line for line in whole.body.splitlines() if line.startswith("· ")] == [f"· {t} ×{n}" for t, n in MANY]
    assert whole.body.endswith("备注：开机无反应")


def test_a_draft_that_its_card_shows_whole_is_told_only_on_demand() -> None:
    assert whole_draft(DRAFT) is None
    bare = whole_draft(replace(DRAFT, note="", notes=("按昨天算",)), always=True)
    assert bare == Text("退货 536365\n按昨天算\n· 自动喂食器 ×1")


def test_a_draft_in_one_line() -> None:
    assert (
        as_words(replace(DRAFT, customer="", goods=(), note="", approver=""))
        == "订单 536365，客户 未留姓名，类型 质量问题"
    )


def test_a_draft_that_was_left() -> None:
    assert seen(ended("退货", "已取消")) == "退货：已取消\n没有保存任何内容，需要时请重新输入\n(已取消)"


PICKED = Select("k", "意见", (("yes", "是"), ("no", "否")), "yes")
WHOLE = Card("题", "由", (Fact("商品", "灯", True),), (Button("同意", "a"),), select=PICKED, details=("一",))


@pytest.mark.parametrize(
    "content", [Text("好"), Text("好", ("http://a",)), Card("题"), WHOLE, replace(WHOLE, menu=(Button("看", "b"),))]
)
def test_what_a_row_keeps_comes_back_the_same(content: Card | Text) -> None:
    assert unpack(pack(content)) == content


def test_a_picture_is_kept_in_no_row() -> None:
    drawn: Content = Image(b"x", "图.png")
    with pytest.raises(TypeError, match="Image is not kept in a row"):
        pack(drawn)


def test_answers_stand_in_rows_or_in_a_line_and_what_has_no_room_is_told_whole() -> None:
    few = replace(DRAFT, note="", answers=(("购买渠道", "直播间"),))
    assert {fact.name: fact.value for fact in confirm_card(few, 1, 1).facts}["购买渠道"] == "直播间"
    assert whole_draft(few) is None
    full = replace(DRAFT, answers=(("购买渠道", "直播间"), ("主播", "小美")))
    card = confirm_card(full, 1, 1)
    assert [fact.name for fact in card.facts] == ["订单", "客户", "商品", "类型", "备注", "审批"]
    assert card.details == ("填写：购买渠道 直播间；主播 小美",)
    assert as_words(full).endswith("，填写：购买渠道 直播间；主播 小美")
    long = replace(DRAFT, answers=tuple((f"第{n}个字段名", "答" * 60) for n in range(4)))
    assert confirm_card(long, 1, 1).details[0].endswith("…")
    told = whole_draft(long)
    assert told is not None
    assert f"第3个字段名：{'答' * 60}" in told.body
