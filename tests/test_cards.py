"""Cards as people read them: limits, the card of every node early and late, records, timelines, lists."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import case as cards
from cards import draft as drafts
from cards.facts import known, rows
from cards.payload import Act, Answer, unpack
from cards.types import (
    BUTTON_CHARS,
    KEY_BYTES,
    LEAD_CHARS,
    MAX_BUTTONS,
    MAX_FACTS,
    MAX_OPTIONS,
    NAME_CHARS,
    OPTION_CHARS,
    TITLE_CHARS,
    VALUE_CHARS,
    Button,
    Card,
    CardError,
    Fact,
    Select,
    Text,
)
from flow.definition import HUMAN
from models.enums import CaseState, CloseReason
from models.values import ActionView, CaseView, EventView, LineView, OwnerView, TaskView, Verdict
from tests.shipped import FLOW

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 14, 3, tzinfo=SHANGHAI)
NODES = [node.name for node in FLOW.nodes.values() if node.kind == HUMAN]
WORDS = {
    "金额": "¥364.00", "商品": "自动喂食器 ×1 等 2 种", "运单": "SF1234567890", "应收件数": "2",
    "缺件": "滤网组件", "扣款": "¥35.00",
}  # fmt: skip
LINES = (
    LineView("FEEDER", "自动喂食器", Decimal("329.00"), 1, received=1, accepted=1),
    LineView("FILTER", "滤网", Decimal("35.00"), 1, received=1, damaged=1),
)
EVENTS = (
    EventView(NOW - timedelta(minutes=12), "林晓", "", "提交", {"金额": "364.00"}),
    EventView(NOW - timedelta(minutes=12), "系统", "分流", "客服审核", {"rule": "先由客服审核"}),
    EventView(NOW - timedelta(minutes=3), "王建国", "客服审核", "同意"),
)
CASE = CaseView(
    id=7, no="R20261122-0007", kind="退货", return_type="质量问题", reason="开机无反应", note="开机无反应",
    order_no="536365", customer="李雷", mobile="13800138000", state=CaseState.OPEN, close_reason=None,
    nodes=("仓库收货",), version=3, amount=Decimal("364.00"), creator="林晓", opened_at=EVENTS[0].at, closed_at=None,
    facts={"缺件": "滤网组件", "扣款": "35.00", "质检结果": "次品",
           "扣款项": [{"name": "滤网组件", "amount": "35.00"}]},
    lines=LINES, waybill="SF1234567890", history="半年 9 单退 1", events=EVENTS,
    owners=(OwnerView("仓库收货", "周仓", NOW + timedelta(hours=3, minutes=48)),),
)  # fmt: skip


def filled(words: str) -> str:
    for name, value in WORDS.items():
        words = words.replace("{" + name + "}", value)
    return words


def task(name: str, left: timedelta = timedelta(hours=3, minutes=48)) -> TaskView:
    """The task that a node of the shipped flow gives, due in a while or ago."""
    node = FLOW.nodes[name]
    actions = tuple(ActionView(action.name, action.danger) for action in node.actions.values())
    return TaskView(
        id=1, case_id=7, case_no=CASE.no, version=3, node=name, title=filled(node.title), hint=filled(node.hint),
        owner="周仓", why="", opened_at=NOW, due_at=NOW + left, shows=node.shows, actions=actions,
    )  # fmt: skip


def seen(card: Card) -> str:
    """A card as it lies on a phone: title, reason, rows (! is red), buttons (* stands out, ! is red)."""
    marks = {"primary": "*", "danger": "!", "plain": ""}
    facts = [f"{fact.name} {fact.value}{' !' if fact.alert else ''}" for fact in card.facts]
    buttons = " ".join(f"[{button.text}{marks[button.style]}]" for button in card.buttons)
    return "\n".join(line for line in [card.title, card.lead, *facts, buttons or f"({card.verdict})"] if line)


# ---- limits: what a platform would cut cannot be built

OK = Button("同意", "a1|7|3|同意")
TOO_MUCH: list[tuple[Any, dict[str, Any], str]] = [
    (Card, {"title": "题" * (TITLE_CHARS + 1)}, "title has 37 characters, 36 fit"),
    (Card, {"title": "题", "lead": "由" * (LEAD_CHARS + 1)}, "lead"),
    (Card, {"title": "题", "verdict": "已" * (BUTTON_CHARS + 1)}, "verdict"),
    (Card, {"title": "题", "facts": tuple(Fact(str(n), "值") for n in range(MAX_FACTS + 1))}, "7 facts"),
    (Card, {"title": "题", "buttons": tuple(Button("同意", str(n)) for n in range(MAX_BUTTONS + 1))}, "7 buttons"),
    (Card, {"title": "题", "buttons": (OK, OK)}, "one payload"),  # the tap could not be told apart
    (Fact, {"name": "名" * (NAME_CHARS + 1), "value": "值"}, "fact name"),
    (Fact, {"name": "商品", "value": "值" * (VALUE_CHARS + 1)}, "fact 商品 has 31 characters, 30 fit"),
    (Button, {"text": "按" * (BUTTON_CHARS + 1), "payload": "x"}, "button"),
    (Button, {"text": "", "payload": "x"}, "needs a text"),
    (Button, {"text": "同意", "payload": ""}, "payload of 1..1024 bytes"),
    (Button, {"text": "同意", "payload": "同" * (KEY_BYTES // 3 + 1)}, "payload of 1..1024 bytes"),  # bytes, not signs
    (Select, {"key": "k", "title": "意见", "options": ()}, "0 options"),
    (Select, {"key": "k", "title": "意见", "options": tuple((str(n), "项") for n in range(MAX_OPTIONS + 1))}, "11 options"),
    (Select, {"key": "k", "title": "意见", "options": (("1", "项" * (OPTION_CHARS + 1)),)}, "option"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "said", "why"), TOO_MUCH)
def test_what_would_not_fit_cannot_be_built(kind: Any, said: dict[str, Any], why: str) -> None:
    with pytest.raises(CardError, match=re.escape(why)):
        kind(**said)


def test_what_just_fits_can_be_built() -> None:
    facts = tuple(Fact("名" * NAME_CHARS, "值" * VALUE_CHARS) for _ in range(MAX_FACTS))
    buttons = tuple(Button("按" * BUTTON_CHARS, f"{n}" * KEY_BYTES) for n in range(MAX_BUTTONS))
    select = Select("k", "意见", tuple((str(n), "项" * OPTION_CHARS) for n in range(MAX_OPTIONS)))
    card = Card("题" * TITLE_CHARS, "由" * LEAD_CHARS, facts, buttons, select, "已" * BUTTON_CHARS)
    assert card.live
    assert not Card("题").live


# ---- the card of every node of the shipped flow

GOLDEN = {
    "客服审核": """
        审核：退货 ¥364.00
        质量问题 · 开机无反应
        单号 R20261122-0007
        商品 自动喂食器 ×1、滤网 ×1
        客户 李** · 半年 9 单退 1
        原因 质量问题 · 开机无反应
        提交 林晓 · 今天 13:51
        时限 今天 17:51（还剩 3 时 48 分）
        [同意*] [转交] [驳回!]""",
    "金额审批": """
        审批：退款 ¥364.00
        质量问题 · 开机无反应
        单号 R20261122-0007
        商品 自动喂食器 ×1、滤网 ×1
        客户 李** · 半年 9 单退 1
        提交 林晓 · 今天 13:51
        上一步 王建国 今天 14:00 同意
        时限 今天 17:51（还剩 3 时 48 分）
        [同意*] [转交] [驳回!]""",
    "仓库收货": """
        收货：SF1234567890 · 2 件
        质量问题 · 开机无反应
        单号 R20261122-0007
        应收 自动喂食器 ×1、滤网 ×1
        运单 SF1234567890
        原因 质量问题 · 开机无反应
        时限 今天 17:51（还剩 3 时 48 分）
        [确认收货*] [配件缺失] [拒收!]""",
    "缺件协商": """
        缺件：滤网组件 扣 ¥35.00
        先问客户要不要补寄。客户同意扣款点同意；客户已补寄点驳回，仓库再收一次。
        单号 R20261122-0007
        商品 自动喂食器 ×1、滤网 ×1
        客户 李** · 半年 9 单退 1
        缺件 滤网组件 扣 ¥35.00
        时限 今天 17:51（还剩 3 时 48 分）
        [同意*] [驳回!]""",
    "拒收处理": """
        仓库拒收：是否关闭
        同意拒收就关闭这单；不同意就请仓库再收一次。
        单号 R20261122-0007
        商品 自动喂食器 ×1、滤网 ×1
        客户 李** · 半年 9 单退 1
        运单 SF1234567890
        时限 今天 17:51（还剩 3 时 48 分）
        [同意*] [驳回!]""",
    "质检": """
        质检：自动喂食器 ×1 等 2 种
        质量问题 · 开机无反应
        单号 R20261122-0007
        实收 自动喂食器 ×1、滤网 ×1
        原因 质量问题 · 开机无反应
        备注 开机无反应
        提交 林晓 · 今天 13:51
        时限 今天 17:51（还剩 3 时 48 分）
        [合格入库*] [次品处理!]""",
    "次品协商": """
        次品协商：退款 ¥364.00
        退回的商品有损坏。仍然退款点同意；不退点驳回。
        单号 R20261122-0007
        商品 自动喂食器 ×1、滤网 ×1
        客户 李** · 半年 9 单退 1
        质检 次品 · 合格 1 件 次品 1 件
        时限 今天 17:51（还剩 3 时 48 分）
        [同意*] [驳回!]""",
    "财务退款": """
        退款：¥364.00
        质量问题 · 开机无反应
        单号 R20261122-0007
        订单 536365
        客户 李** · 半年 9 单退 1
        质检 次品 · 合格 1 件 次品 1 件
        扣款 滤网组件 ¥35.00
        时限 今天 17:51（还剩 3 时 48 分）
        [确认退款*] [转交] [驳回!]""",
}


def golden(name: str) -> str:
    return "\n".join(line.strip() for line in GOLDEN[name].strip().splitlines())


def test_every_node_has_its_golden_card() -> None:
    assert list(GOLDEN) == NODES


@pytest.mark.parametrize("name", NODES)
def test_the_card_of_a_node_while_there_is_time(name: str) -> None:
    assert seen(cards.task_card(CASE, task(name), NOW)) == golden(name)


@pytest.mark.parametrize("name", NODES)
def test_the_card_of_a_node_when_it_is_late(name: str) -> None:
    late = cards.task_card(CASE, task(name, -timedelta(hours=2, minutes=10)), NOW)
    assert seen(late) == golden(name).replace("今天 17:51（还剩 3 时 48 分）", "已超时 2 时 10 分 !")


@pytest.mark.parametrize("name", NODES)
def test_a_button_carries_the_case_its_version_and_the_action(name: str) -> None:
    card = cards.task_card(CASE, task(name), NOW)
    assert [unpack(button.payload) for button in card.buttons] == [Act(7, 3, button.text) for button in card.buttons]


@pytest.mark.parametrize("name", NODES)
def test_the_likely_button_is_first_and_the_harmful_one_last(name: str) -> None:
    turned = replace(task(name), actions=tuple(reversed(task(name).actions)))
    styles = [button.style for button in cards.task_card(CASE, turned, NOW).buttons]
    assert styles == ["primary", *["plain"] * (len(styles) - 2), "danger"]


def test_what_is_not_known_takes_no_row() -> None:
    bare = replace(CASE, note="", waybill="", history="", facts={}, events=(), creator="", customer="")
    names = {name: [fact.name for fact in rows(bare, task(name), NOW)] for name in NODES}
    assert names["财务退款"] == ["单号", "订单", "客户", "时限"]
    assert names["仓库收货"] == ["单号", "应收", "原因", "时限"]
    assert rows(bare, replace(task("质检"), shows=("提交", "客户")), NOW) == (
        Fact("提交", "今天 13:51"), Fact("客户", "未留姓名"),
    )  # fmt: skip


def test_a_keeper_never_sees_who_the_customer_is() -> None:
    text = seen(cards.task_card(CASE, task("仓库收货"), NOW))
    assert not [word for word in ("李", "138", "536365", "¥") if word in text]


def test_many_deductions_are_added_up_where_they_do_not_fit() -> None:
    items = [{"name": f"很长的配件名字{n}", "amount": "35.00"} for n in range(3)]
    case = replace(CASE, facts={"扣款项": items})
    assert rows(case, replace(task("财务退款"), shows=("扣款",)), NOW) == (Fact("扣款", "3 项共 ¥105.00"),)


# ---- whatever people type, no limit breaks and no amount is cut

LONG = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
LINE_VIEWS = st.lists(
    st.builds(LineView, LONG, LONG, st.just(Decimal(1)), st.integers(1, 9999), st.integers(0, 9999)), max_size=4
)
AMOUNT = st.decimals("0.00", "99999999.99", places=2)


@given(LONG, LONG, LINE_VIEWS, AMOUNT, st.sampled_from(NODES))
def test_no_product_note_or_name_breaks_a_card(
    name: str, note: str, lines: list[LineView], amount: Decimal, node: str
) -> None:
    facts = {"缺件": name, "扣款": str(amount), "质检结果": "合格", "扣款项": [{"name": name, "amount": str(amount)}]}
    case = replace(CASE, customer=name, note=note, lines=tuple(lines), amount=amount, facts=facts, creator=name)
    every = [replace(task(node), shows=tuple(part)) for part in _sixes(sorted(known()))]
    values = [fact for each in every for fact in cards.task_card(case, each, NOW).facts]
    assert [fact.value[-len(f"¥{amount:,.2f}") :] for fact in values if fact.name in ("缺件", "扣款")] == [
        f"¥{amount:,.2f}"
    ] * 2


def _sixes(names: list[str]) -> list[list[str]]:
    return [names[n : n + MAX_FACTS] for n in range(0, len(names), MAX_FACTS)]


@given(st.text(st.characters(categories=["Lo"]), max_size=200), AMOUNT)
def test_a_title_keeps_its_amount(part: str, amount: Decimal) -> None:
    title = f"缺件：{part} 扣 ¥{amount:,.2f}"
    card = cards.task_card(CASE, replace(task("缺件协商"), title=title), NOW)
    assert card.title.endswith(f" 扣 ¥{amount:,.2f}")


@given(LONG, LONG, AMOUNT, st.one_of(st.none(), st.integers(0, 10**7)))
def test_no_record_breaks(name: str, step: str, amount: Decimal, took: int | None) -> None:
    verdict = Verdict(name, "同意", "已同意", NOW, took, step)
    card = cards.record(replace(CASE, amount=amount), verdict, NOW)
    assert f"¥{amount:,.2f}" in card.title
    assert not card.live


# ---- records


def record(**changes: Any) -> str:
    verdict = Verdict("王建国", "同意", "已同意", NOW, 720.0, "仓库收货 · 周仓")
    return seen(cards.record(CASE, replace(verdict, **changes), NOW))


def test_a_record_says_who_when_how_long_and_what_next() -> None:
    assert record().splitlines() == [
        "已同意：退货 ¥364.00", "处理 王建国 今天 14:03 · 用时 12 分", "单号 R20261122-0007",
        "商品 自动喂食器 ×1、滤网 ×1", "下一步 仓库收货 · 周仓", "(已同意)",
    ]  # fmt: skip


def test_a_record_says_only_what_is_known() -> None:
    assert record(actor="", next_step="").splitlines()[1:3] == ["单号 R20261122-0007", "商品 自动喂食器 ×1、滤网 ×1"]
    assert "用时" not in record(took_seconds=None)


# ---- words


def test_the_timeline() -> None:
    assert cards.timeline(CASE, NOW).body.splitlines() == [
        "R20261122-0007 退货 · 质量问题 · ¥364.00",
        "状态：处理中 · 仓库收货（周仓）",
        "订单：536365　客户：李**",
        "商品：自动喂食器 ×1、滤网 ×1",
        "运单：SF1234567890",
        "备注：开机无反应",
        "时限：仓库收货 周仓 今天 17:51（还剩 3 时 48 分）",
        "— 经过 —",
        "今天 13:51 林晓 提交",
        "今天 13:51 系统 分流 客服审核（先由客服审核）",
        "今天 14:00 王建国 客服审核 同意",
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
        "R20261122-0007 客服审核：王建国 同意（今天 14:00）",
        "现在：处理中 · 仓库收货（周仓）",
    ]


def test_the_list_of_open_tasks_says_how_to_do_each() -> None:
    late = task("仓库收货", -timedelta(hours=2, minutes=10))
    assert cards.todo([(CASE, late), (CASE, task("质检"))], NOW).body.splitlines() == [
        "待办 2 件，最急的在前：",
        "1. 收货：SF1234567890 · 2 件",
        "   R20261122-0007 · 已超时 2 时 10 分",
        "   可回复：确认收货／配件缺失／拒收 R20261122-0007",
        "2. 质检：自动喂食器 ×1 等 2 种",
        "   R20261122-0007 · 今天 17:51（还剩 3 时 48 分）",
        "   可回复：合格入库／次品处理 R20261122-0007",
    ]


def test_nothing_to_do_is_good_news() -> None:
    assert cards.todo([], NOW) == Text("没有待办，辛苦了")


def test_a_reminder_says_how_late_and_what_to_reply() -> None:
    late = task("质检", -timedelta(hours=2, minutes=10))
    mine, manager = (cards.overdue(CASE, late, NOW, to_manager=copied).body for copied in (False, True))
    assert "已超时 2 时 10 分" in mine
    assert "可回复：合格入库 R20261122-0007" in mine
    assert manager.startswith("抄送：周仓的待办已超时 2 时 10 分")
    assert "可回复" not in manager  # it is not theirs to decide


# ---- the draft

DRAFT = drafts.DraftView(
    "退货", "536365", "李雷", "自动喂食器 ×1", "质量问题", "开机无反应", Decimal("329.00"), "客服主管（主管审批）"
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
    assert seen(drafts.submitted(CASE.no, DRAFT, "客服审核 · 王建国")).splitlines() == [
        "已提交：退货 ¥329.00", "开机无反应", "单号 R20261122-0007", "商品 自动喂食器 ×1", "下一步 客服审核 · 王建国", "(已提交)",
    ]  # fmt: skip


def test_a_draft_that_is_left_is_a_record() -> None:
    assert seen(drafts.ended("退货", "已取消")) == "退货：已取消\n没有保存任何内容，需要时请重新输入\n(已取消)"


@given(LONG, LONG, LONG, AMOUNT)
def test_no_draft_breaks(goods: str, note: str, name: str, amount: Decimal) -> None:
    draft = replace(DRAFT, goods=goods, note=note, customer=name, refund=amount)
    assert f"¥{amount:,.2f}" in drafts.confirm_card(draft, 1, 1).title
    assert f"¥{amount:,.2f}" in drafts.submitted(CASE.no, draft, name).title
    assert drafts.question_card(draft, drafts.Asked(1, 1, "是什么原因？", TYPES))


# ---- Chinese for people

IDS = (CASE.no, CASE.waybill, CASE.order_no)


def everything() -> list[str]:
    said: list[Card | Text] = [cards.task_card(CASE, task(name), NOW) for name in NODES]
    late = task("质检", -timedelta(hours=1))
    said += [cards.timeline(CASE, NOW), cards.todo([(CASE, late)], NOW), cards.todo([], NOW)]
    said += [cards.overdue(CASE, late, NOW, to_manager=copied) for copied in (True, False)]
    said += [cards.turn(CASE, EVENTS[2], NOW), drafts.confirm_card(DRAFT, 1, 1), drafts.ended("退货", "已失效")]
    said += [drafts.submitted(CASE.no, DRAFT, "质检"), drafts.question_card(DRAFT, drafts.Asked(1, 1, "几件？", TYPES))]
    return [each.body if isinstance(each, Text) else seen(each) for each in said]


def test_no_latin_word_is_put_before_people() -> None:
    for text in everything():
        for number in IDS:
            text = text.replace(number, "")
        assert re.findall(r"[A-Za-z]+", text) == []
