"""Every product of a case on its cards as far as they have room, and why its amount is what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.dingtalk.cards import params
from bot.channels.wecom.cards import to_send, to_update
from cards import case as cards
from cards.amounts import changed, explained
from cards.lines import ALL, fitting, line, of_case
from cards.submission import submission
from cards.types import TEXT_CHARS, Card
from flow.engine.breakdown import reckon
from models.enums import CaseState, CloseReason
from models.views.case import EventView, LineView, Receiver, Verdict
from tests.support.card_views import CASE, EVENTS, NODES, NOW, seen, task

YUAN = Decimal("10.00")
FORTY = tuple(LineView(f"SKU{n:02}", f"第 {n} 号商品", YUAN, n + 1) for n in range(40))
LONG = tuple(LineView(f"SKU{n}", "很长的商品名字" * 20, YUAN, 9999) for n in range(40))
TWO = (LineView("A1", "喂食器", Decimal("264.00"), 2), LineView("B2", "滤网", Decimal("35.00"), 1))


def menu(card: Card) -> list[str]:
    return [entry.text for entry in card.menu]


# ---- as far as a card has room, and the rest one tap away


def test_what_a_row_names_is_not_said_twice() -> None:
    card = cards.task_card(replace(CASE, lines=TWO), task("客服审核"), NOW)
    assert (card.details, menu(card)) == ((), [cards.WHY])


def test_what_has_no_room_in_a_row_stands_in_lines() -> None:
    lines = tuple(
        LineView(f"S{n}", title, YUAN, n)
        for n, title in enumerate(["白色心形烛台", "红色羊毛热水袋", "大号复古金属灯笼"], 1)
    )
    card = cards.task_card(replace(CASE, lines=lines), task("仓库收货"), NOW)
    assert card.details == ("白色心形烛台 ×1", "红色羊毛热水袋 ×2", "大号复古金属灯笼 ×3")
    assert menu(card) == [cards.WHY], "nothing is left out"


@pytest.mark.parametrize("node", ["客服审核", "金额审批", "仓库收货", "质检", "财务退款"])
def test_forty_products_are_counted_and_one_tap_away(node: str) -> None:
    card = cards.task_card(replace(CASE, lines=FORTY), task(node), NOW)
    assert card.details[0] == "第 0 号商品 ×1"
    assert card.details[-1] == f"……还有 {41 - len(card.details)} 行，点“{ALL}”"
    assert menu(card) == [ALL, cards.WHY]


def test_all_of_them_are_told_whole_with_their_numbers() -> None:
    told = cards.details(replace(CASE, lines=FORTY), task("质检")).body
    assert "商品（40 种）：" in told
    assert all(f"· SKU{n:02} 第 {n} 号商品 ×{n + 1}" in told for n in range(40))
    assert all(f"SKU{n:02}" in cards.timeline(replace(CASE, lines=FORTY), NOW).body for n in range(40))


@pytest.mark.parametrize("lines", [FORTY, LONG, LONG[:1], TWO, ()])
@pytest.mark.parametrize("node", NODES)
def test_no_case_is_too_big_for_a_platform(lines: tuple[LineView, ...], node: str) -> None:
    to = Receiver("很长的收件人" * 10, "13800138000", "某省某市某区某路" * 30)
    said = EventView(NOW, "王建国", "客服审核", "退回", {"理由": "照片看不清" * 50})
    case = replace(CASE, lines=lines, note="备注" * 200, receiver=to, events=(*EVENTS, said))
    view = replace(task(node), shows=(*task(node).shows[:5], "收件"))
    every = [
        cards.task_card(case, view, NOW),
        cards.record(case, Verdict("王建国", "同意", "已同意", NOW, why="理由" * 300), NOW),
    ]
    for card in [*every, submission(case, NOW)]:
        assert len(to_send(card, "t1").get("sub_title_text", "")) <= TEXT_CHARS
        assert to_update(card)
        assert params(card)


@given(st.lists(st.text(min_size=1, max_size=60), max_size=50), st.integers(30, 160))
def test_lines_fit_whatever_they_are(texts: list[str], chars: int) -> None:
    flat = [" ".join(text.split()) or "空" for text in texts]
    shown, left = fitting(flat, chars)
    assert len("\n".join(shown)) <= chars
    assert list(shown[: len(flat) - left]) == flat[: len(flat) - left]


def test_a_count_is_never_cut() -> None:
    assert line("猫" * 60, 1200) == "猫" * 23 + "… ×1200"


def test_products_of_one_name_are_told_apart() -> None:
    same = (LineView("S-红", "毛衣", YUAN, 1), LineView("S-蓝", "毛衣", YUAN, 2))
    assert of_case(same) == ("S-红 毛衣 ×1", "S-蓝 毛衣 ×2")


# ---- asked for, received, accepted, damaged

COUNTS: list[tuple[dict[str, Any], str]] = [
    ({}, "喂食器 ×2"),
    ({"received": 1}, "喂食器 ×2：收到 1"),
    ({"received": 2, "accepted": 1, "damaged": 1}, "喂食器 ×2：收到 2，合格 1，次品 1"),
]


@pytest.mark.parametrize(("counts", "said"), COUNTS)
def test_each_line_says_what_has_become_of_it(counts: dict[str, Any], said: str) -> None:
    assert of_case([replace(TWO[0], **counts)]) == (said,)


def test_a_record_tells_what_came_and_why_the_amount_changed() -> None:
    lines = (replace(TWO[0], received=2), TWO[1])
    parts = reckon(lines, {"按实收": True}, {}, Decimal("264.00"))
    record = cards.record(
        replace(CASE, lines=lines, reckoning=parts, amount=Decimal("264.00")),
        Verdict("周仓", "确认收货", "已收货", NOW),
        NOW,
    )
    assert record.details == ("¥299.00 − 没收到的 ¥35.00 = ¥264.00", "喂食器 ×2：收到 2", "滤网 ×1：收到 0")


# ---- the amount

WHY: list[tuple[dict[str, Any], str, str]] = [
    ({}, "299.00", ""),
    ({"扣款项": [{"name": "滤网组件", "amount": "35.00"}]}, "264.00", "¥299.00 − 扣款 ¥35.00（缺 滤网组件） = ¥264.00"),
    (
        {"扣款项": [{"name": "滤网组件", "amount": "35"}, {"name": "电源线", "amount": "4.5"}]}, "259.50",
        "¥299.00 − 扣款 ¥35.00（缺 滤网组件） − 扣款 ¥4.50（缺 电源线） = ¥259.50",
    ),
    ({"缺件": "滤网组件", "扣款": "35.00"}, "299.00", "缺 滤网组件，待定扣款 ¥35.00"),
    ({"按实收": True}, "132.00", "¥299.00 − 没收到的 ¥167.00 = ¥132.00"),
    (  # a deduction that is agreed on is no longer open
        {"缺件": "滤网组件", "扣款": "35.00", "扣款项": [{"name": "滤网组件", "amount": "35.00"}]}, "264.00",
        "¥299.00 − 扣款 ¥35.00（缺 滤网组件） = ¥264.00",
    ),
    ({"扣款项": [{"name": "全部", "amount": "500"}]}, "0.00", "现在 ¥0.00，申请时 ¥299.00"),  # held at nothing
    ({"补偿金额": "20"}, "20.00", ""),  # agreed on: it follows from nothing
]  # fmt: skip


@pytest.mark.parametrize(("facts", "amount", "said"), WHY)
def test_an_amount_says_what_it_is_made_of(facts: dict[str, Any], amount: str, said: str) -> None:
    lines = (replace(TWO[0], received=1), TWO[1]) if facts.get("按实收") else TWO
    case = replace(CASE, amount=Decimal(amount), reckoning=reckon(lines, facts, {}, Decimal(amount)))
    assert changed(case) == said
    assert changed(replace(case, pays=False)) == "", "what an exchange is worth is no money"
    assert changed(replace(case, reckoning=None)) == "", "not for whoever may not see amounts"


BASIS = {"金额依据": "¥149.50 × 2 件", "申请金额": "299.00"}
FROM_THE_PRICES: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    ({}, BASIS, "299.00", "¥299.00 = ¥149.50 × 2 件"),
    ({}, {}, "299.00", ""),  # a case that was imported
    ({}, {**BASIS, "申请金额": "598.00"}, "299.00", "¥299.00 = 拆单后的份额"),
    (
        {"扣款项": [{"name": "滤网组件", "amount": "35.00"}]}, BASIS, "264.00",
        "¥299.00（¥149.50 × 2 件） − 扣款 ¥35.00（缺 滤网组件） = ¥264.00",
    ),
    ({"补偿金额": "20"}, BASIS, "20.00", "¥20.00，和客户说好的；这些商品实付 ¥299.00"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "snapshot", "amount", "said"), FROM_THE_PRICES)
def test_an_amount_is_explained_from_the_prices_on(
    facts: dict[str, Any], snapshot: dict[str, Any], amount: str, said: str
) -> None:
    assert explained(reckon(TWO, facts, snapshot, Decimal(amount))) == said  # type: ignore[arg-type]  # prices are seen


# ---- who has brought it here, and to whom it goes

BROUGHT = [
    ("退回", {"理由": "少了照片"}, "王建国 退回：少了照片"),
    ("前加签", {"请": "赵总", "理由": "金额大"}, "王建国 请你先签：金额大"),
    ("后加签", {"请": "赵总"}, "王建国 请你后签"),
    ("拒收", {"理由": "外箱压坏"}, "王建国 拒收：外箱压坏"),
    ("同意", {"理由": "老客户，从宽"}, "王建国 同意：老客户，从宽"),
    ("同意", {}, ""),  # the plain way needs no words
]


@pytest.mark.parametrize(("action", "data", "said"), BROUGHT)
def test_a_card_says_who_has_brought_it_and_why(action: str, data: dict[str, str], said: str) -> None:
    event = EventView(NOW, "王建国", "客服审核", action, data)
    card = cards.task_card(replace(CASE, lines=TWO, events=(*EVENTS[:1], event)), task("金额审批"), NOW)
    assert card.details == ((said,) if said else ())
    assert ("上一步" in [fact.name for fact in card.facts]) != bool(said), "it is not said twice"


SENT_TO = [
    (Receiver("李雷", "13800138000", "上海市某路 1 号"), ("收件 李雷 13800138000", "地址 上海市某路 1 号")),
    (Receiver("李雷", "", ""), ("收件 李雷 没有手机号", "地址 订单里没有地址，请找客服要")),
    (Receiver("李**", "***", "***"), ("收件 李**，你的角色看不到地址，请找客服要",)),
]


@pytest.mark.parametrize(("to", "said"), SENT_TO)
def test_who_sends_goods_reads_to_whom(to: Receiver, said: tuple[str, ...]) -> None:
    view = replace(task("仓库收货"), shows=("单号", "商品", "收件", "时限"))
    assert cards.task_card(replace(CASE, lines=TWO, receiver=to), view, NOW).details == said
    assert cards.task_card(replace(CASE, lines=TWO, receiver=to), task("仓库收货"), NOW).details == ()


# ---- a clock that stands still


def test_a_deadline_that_stands_still_is_not_late() -> None:
    late = replace(task("客服审核", -timedelta(hours=2)), stopped="11-22 10:00 起，等客户寄回")
    card = cards.task_card(replace(CASE, lines=TWO), late, NOW)
    [due] = [fact for fact in card.facts if fact.name == "时限"]
    assert (due.value, due.alert) == ("已停：11-22 10:00 起，等客户寄回", False)
    assert "· 已停：11-22 10:00 起，等客户寄回" in cards.todo([(CASE, late)], NOW).body
    assert "超时" not in seen(card)


# ---- the submitter's card

ENDS = [
    ({}, "处理中：退货 ¥364.00", "下一步 仓库收货 · 周仓"),
    ({"state": CaseState.DONE, "nodes": (), "owners": ()}, "已完成：退货 ¥364.00", "结果 已完成"),
    (
        {"state": CaseState.CLOSED, "close_reason": CloseReason.REFUSED, "nodes": (), "owners": ()},
        "已拒绝：退货 ¥364.00", "结果 已关闭（拒绝）",
    ),
    ({"state": CaseState.HELD}, "已挂起：退货 ¥364.00", "下一步 仓库收货 · 周仓"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "title", "row"), ENDS)
def test_the_submitter_s_card_says_how_far_the_case_is(changes: dict[str, Any], title: str, row: str) -> None:
    card = submission(replace(CASE, lines=TWO, **changes), NOW)
    assert card.title == title
    assert row in seen(card)
    assert "截至 11-22 14:03" in seen(card), "it may stand as it is"
    assert "王建国 客服审核 同意" in card.details
    assert not card.live
