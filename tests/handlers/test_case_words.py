"""Records, timelines, lists, reminders and drafts: what people read beside the card of a task."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import case as cards
from cards import draft as drafts
from cards.payload import Answer, unpack
from cards.submission import submission
from cards.types import Card, Text
from models.enums import CaseState, CloseReason
from models.views.case import Verdict
from tests.support.card_views import CASE, EVENTS, LINES, NODES, NOW, seen, task

LONG = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
AMOUNT = st.decimals("0.00", "99999999.99", places=2)

# ---- records


def record(**changes: Any) -> str:
    verdict = Verdict("王建国", "同意", "已同意", NOW, 720.0, "仓库收货 · 周仓")
    return seen(cards.record(CASE, replace(verdict, **changes), NOW))


def test_a_record_says_who_when_how_long_and_what_next() -> None:
    assert record().splitlines() == [
        "已同意：退货 ¥364.00", "自动喂食器 ×1：收到 1，合格 1，次品 0", "滤网 ×1：收到 1，合格 0，次品 1",
        "处理 王建国 11-22 14:03 · 用时 12 分", "单号 R20261122-0007",
        "商品 自动喂食器 ×1、滤网 ×1", "下一步 仓库收货 · 周仓", "(已同意)",
    ]  # fmt: skip


def test_a_record_says_only_what_is_known() -> None:
    assert record(actor="", next_step="").splitlines()[3:5] == ["单号 R20261122-0007", "商品 自动喂食器 ×1、滤网 ×1"]
    assert "用时" not in record(took_seconds=None)


@given(LONG, LONG, AMOUNT, st.one_of(st.none(), st.integers(0, 10**7)))
def test_no_record_breaks(name: str, step: str, amount: Decimal, took: int | None) -> None:
    verdict = Verdict(name, "同意", "已同意", NOW, took, step)
    card = cards.record(replace(CASE, amount=amount), verdict, NOW)
    assert f"¥{amount:,.2f}" in card.title
    assert not card.live


# ---- words


def test_the_timeline() -> None:
    assert cards.timeline(CASE, NOW).body.splitlines() == [
        "R20261122-0007 退货 · 质量问题 · ¥364.00",
        "状态：处理中 · 仓库收货（周仓）",
        "订单：536365　客户：李**",
        "商品（2 种）：",
        "· FEEDER 自动喂食器 ×1：收到 1，合格 1，次品 0",
        "· FILTER 滤网 ×1：收到 1，合格 0，次品 1",
        "运单：SF1234567890",
        "备注：开机无反应",
        "时限：仓库收货 周仓 11-22 17:51 前",
        "— 经过 —",
        "11-22 13:51 林晓 提交",
        "11-22 14:00 王建国 客服审核 同意",
    ]


STANDINGS: list[tuple[dict[str, Any], str]] = [
    ({}, "处理中 · 仓库收货（周仓）"),
    ({"refund": "已退款 ¥364.00"}, "处理中 · 仓库收货（周仓），已退款 ¥364.00"),
    ({"owners": ()}, "处理中 · 仓库收货"),
    ({"owners": CASE.owners * 2}, "处理中 · 仓库收货（周仓）"),  # said once
    ({"nodes": ("质检", "客服审核"), "owners": ()}, "处理中 · 质检、客服审核"),
    ({"state": CaseState.DONE, "nodes": (), "owners": ()}, "已完成"),
    ({"state": CaseState.CLOSED, "close_reason": CloseReason.REFUSED, "nodes": (), "owners": ()}, "已关闭（拒绝）"),
    ({"state": CaseState.CLOSED, "close_reason": CloseReason.WITHDRAWN, "nodes": (), "owners": ()}, "已关闭（撤销）"),
]


@pytest.mark.parametrize(("changes", "words"), STANDINGS)
def test_where_a_case_stands(changes: dict[str, Any], words: str) -> None:
    assert cards.standing(replace(CASE, **changes)) == words


def test_the_creator_hears_what_was_decided_and_where_it_is_now() -> None:
    assert cards.turn(CASE, EVENTS[2], NOW).body.splitlines() == [
        "R20261122-0007 客服审核：王建国 同意（11-22 14:00）",
        "自动喂食器 ×1：收到 1，合格 1，次品 0",
        "滤网 ×1：收到 1，合格 0，次品 1",
        "现在：处理中 · 仓库收货（周仓）",
    ]


def test_the_list_of_open_tasks_says_how_to_do_each() -> None:
    late = task("仓库收货", -timedelta(hours=2, minutes=10))
    assert cards.todo([(CASE, late), (CASE, task("质检"))], NOW).body.splitlines() == [
        "待办 2 件，最急的在前：",
        "1. 收货：SF1234567890 · 2 件",
        "   R20261122-0007 · 已超时 2 时 10 分（11-22 11:53 到期）",
        "   可回复：确认收货／配件缺失／拒收 R20261122-0007",
        "2. 质检：自动喂食器 ×1 等 2 种",
        "   R20261122-0007 · 11-22 17:51 前",
        "   可回复：合格入库／次品处理 R20261122-0007",
    ]


def test_nothing_to_do_is_good_news() -> None:
    assert cards.todo([], NOW) == Text("没有待办，辛苦了")


def test_a_reminder_says_how_late_and_what_to_reply() -> None:
    late = task("质检", -timedelta(hours=2, minutes=10))
    mine, manager = (cards.overdue(CASE, late, NOW, to_manager=copied).body for copied in (False, True))
    assert "已超时 2 时 10 分" in mine
    assert "可回复：合格入库 R20261122-0007" in mine
    assert manager.startswith("抄送：周仓的待办已超时 2 时 10 分（11-22 11:53 到期）")
    assert "可回复" not in manager  # it is not theirs to decide


# ---- the draft

DRAFT = drafts.DraftView(
    "退货", "536365", "李雷", (("自动喂食器", 1),), "质量问题", "开机无反应", Decimal("329.00"), "客服主管（主管审批）"
)
TYPES = [(name, name) for name in ("质量问题", "七天无理由", "发货错误", "物流损坏")]


def test_before_anything_is_saved_the_refund_is_shown() -> None:
    card = drafts.confirm_card(DRAFT, 5, 2)
    assert seen(card).splitlines() == [
        "确认退货：预计退款 ¥329.00", "核对无误后点提交，提交前不会保存", "订单 536365", "客户 李**",
        "商品 自动喂食器 ×1", "类型 质量问题", "备注 开机无反应", "审批 客服主管（主管审批）", "[提交*] [取消!]",
    ]  # fmt: skip
    assert [unpack(button.payload) for button in card.buttons] == [Answer(5, 2, "提交"), Answer(5, 2, "取消")]


def test_a_question_with_few_answers_is_a_tap() -> None:
    asked = drafts.Asked(5, 1, "是什么原因？", TYPES)
    card = drafts.question_card(replace(DRAFT, return_type=""), asked)
    assert isinstance(card, Card)
    assert [button.text for button in card.buttons] == [*(name for name, _ in TYPES), "取消"]
    assert card.title == "是什么原因？"


MANY: list[tuple[list[tuple[str, str]], str]] = [
    ([(str(n), f"{n} 件") for n in range(6)], "more answers than buttons"),
    ([("A", "一个名字很长很长的商品（可退 2 件）")], "an answer longer than a button"),
]


@pytest.mark.parametrize(("options", "why"), MANY)
def test_a_question_with_many_answers_is_a_numbered_list(options: list[tuple[str, str]], why: str) -> None:
    asked = drafts.question_card(DRAFT, drafts.Asked(5, 1, "退哪一件？", options))
    assert isinstance(asked, Text), why
    lines = asked.body.splitlines()
    assert lines[0] == "退货 536365：退哪一件？"
    assert lines[1] == f"1. {options[0][1]}"
    assert lines[-1] == "回复序号，或回复“取消”离开"


def test_after_submit_the_number_and_the_next_desk_are_told() -> None:
    fresh = replace(CASE, events=EVENTS[:1], waybills=(), lines=LINES[:1], nodes=("客服审核",))
    assert seen(submission(fresh, NOW)).splitlines() == [
        "已提交：退货 ¥364.00", "开机无反应", "单号 R20261122-0007",
        "商品 自动喂食器 ×1", "下一步 客服审核 · 周仓", "截至 11-22 14:03", "(已提交)",
    ]  # fmt: skip


def test_a_draft_that_is_left_is_a_record() -> None:
    assert seen(drafts.ended("退货", "已取消")) == "退货：已取消\n没有保存任何内容，需要时请重新输入\n(已取消)"


@given(LONG, LONG, LONG, AMOUNT)
def test_no_draft_breaks(goods: str, note: str, name: str, amount: Decimal) -> None:
    draft = replace(DRAFT, goods=((goods, 1), (name, 2)), note=note, customer=name, refund=amount)
    assert f"¥{amount:,.2f}" in drafts.confirm_card(draft, 1, 1).title
    assert drafts.question_card(draft, drafts.Asked(1, 1, "是什么原因？", TYPES))


# ---- Chinese for people

IDS = (CASE.no, CASE.waybill, CASE.order_no, *(line.sku for line in LINES))


def everything() -> list[str]:
    said: list[Card | Text] = [cards.task_card(CASE, task(name), NOW) for name in NODES]
    late = task("质检", -timedelta(hours=1))
    said += [cards.timeline(CASE, NOW), cards.todo([(CASE, late)], NOW), cards.todo([], NOW)]
    said += [cards.overdue(CASE, late, NOW, to_manager=copied) for copied in (True, False)]
    said += [cards.turn(CASE, EVENTS[2], NOW), drafts.confirm_card(DRAFT, 1, 1), drafts.ended("退货", "已失效")]
    said += [submission(CASE, NOW), drafts.question_card(DRAFT, drafts.Asked(1, 1, "几件？", TYPES))]
    return [each.body if isinstance(each, Text) else seen(each) for each in said]


def test_no_latin_word_is_put_before_people() -> None:
    for text in everything():
        for number in IDS:
            text = text.replace(number, "")
        assert re.findall(r"[A-Za-z]+", text) == []
