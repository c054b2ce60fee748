"""Cards as people read them: what cannot be built, and the card of every node, early and late."""

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
from cards.facts import known, rows
from cards.payload import Act, unpack
from cards.types import (
    BUTTON_CHARS,
    ID_BYTES,
    KEY_BYTES,
    LEAD_CHARS,
    MAX_BUTTONS,
    MAX_FACTS,
    MAX_MENU,
    MAX_OPTIONS,
    NAME_CHARS,
    OPTION_CHARS,
    SELECT_TITLE_CHARS,
    TITLE_CHARS,
    VALUE_CHARS,
    Button,
    Card,
    CardError,
    Fact,
    Select,
)  # fmt: skip
from models.views.case import LineView, Verdict
from tests.support.card_views import CASE, NODES, NOW, seen, task

# ---- limits: what a platform would cut cannot be built

OK = Button("同意", "a1|7|3|同意")
YES = (("yes", "是"),)
TOO_MUCH: list[tuple[Any, dict[str, Any], str]] = [
    (Card, {"title": "题" * (TITLE_CHARS + 1)}, "title has 37 characters, 36 fit"),
    (Card, {"title": "题", "lead": "由" * (LEAD_CHARS + 1)}, "lead"),
    (Card, {"title": "题", "verdict": "已" * (BUTTON_CHARS + 1)}, "verdict"),
    (Card, {"title": "题", "facts": tuple(Fact(str(n), "值") for n in range(MAX_FACTS + 1))}, "7 facts"),
    (Card, {"title": "题", "buttons": tuple(Button("同意", str(n)) for n in range(MAX_BUTTONS + 1))}, "7 buttons"),
    (Card, {"title": "题", "buttons": (OK, OK)}, "one payload"),  # the tap could not be told apart
    (Card, {"title": "题", "menu": tuple(Button("项", str(n)) for n in range(MAX_MENU + 1))}, "4 menu entries"),
    (Card, {"title": "题", "menu": (OK, OK)}, "one payload"),
    (Fact, {"name": "名" * (NAME_CHARS + 1), "value": "值"}, "fact name"),
    (Fact, {"name": "商品", "value": "值" * (VALUE_CHARS + 1)}, "fact 商品 has 31 characters, 30 fit"),
    (Button, {"text": "按" * (BUTTON_CHARS + 1), "payload": "x"}, "button"),
    (Button, {"text": "", "payload": "x"}, "needs a text"),
    (Button, {"text": "同意", "payload": ""}, "payload of 1..1024 bytes"),
    (Button, {"text": "同意", "payload": "同" * (KEY_BYTES // 3 + 1)}, "payload of 1..1024 bytes"),  # bytes, not signs
    (Select, {"key": "k", "title": "意见", "options": ()}, "0 options"),
    (Select, {"key": "k", "title": "意见", "options": tuple((f"{n}", "项") for n in range(11))}, "11 options"),
    (Select, {"key": "k", "title": "意见", "options": (("1", "项" * (OPTION_CHARS + 1)),)}, "option"),
    (Select, {"key": "k", "title": "意" * (SELECT_TITLE_CHARS + 1), "options": YES}, "select title"),
    (Select, {"key": "", "title": "意见", "options": YES}, "select key needs 1..1024 bytes"),
    (Select, {"key": "题" * (KEY_BYTES // 3 + 1), "title": "意见", "options": YES}, "select key needs"),  # bytes
    (Select, {"key": "k", "title": "意见", "options": (("", "是"),)}, "option id needs 1..128 bytes"),
    (Select, {"key": "k", "title": "意见", "options": (("i" * (ID_BYTES + 1), "是"),)}, "option id needs"),
    (Select, {"key": "k", "title": "意见", "options": (("1", ""),)}, "need a text"),
    (Select, {"key": "k", "title": "意见", "options": (("1", "是"), ("1", "否"))}, "an id of their own"),
    (Select, {"key": "k", "title": "意见", "options": YES, "chosen": "no"}, "among them"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "said", "why"), TOO_MUCH)
def test_what_would_not_fit_cannot_be_built(kind: Any, said: dict[str, Any], why: str) -> None:
    with pytest.raises(CardError, match=re.escape(why)):
        kind(**said)


def test_what_just_fits_can_be_built() -> None:
    facts = tuple(Fact("名" * NAME_CHARS, "值" * VALUE_CHARS) for _ in range(MAX_FACTS))
    buttons = tuple(Button("按" * BUTTON_CHARS, f"{n}" * KEY_BYTES) for n in range(MAX_BUTTONS))
    options = tuple((str(n) * ID_BYTES, "项" * OPTION_CHARS) for n in range(MAX_OPTIONS))
    select = Select("k" * KEY_BYTES, "意" * SELECT_TITLE_CHARS, options, options[-1][0])
    card = Card(
        "题" * TITLE_CHARS, "由" * LEAD_CHARS, facts, buttons, select, "已" * BUTTON_CHARS, menu=buttons[:MAX_MENU]
    )
    assert card.live


@pytest.mark.parametrize("menu", [(), (OK,)])
def test_a_card_without_buttons_is_no_live_card(menu: tuple[Button, ...]) -> None:
    assert not Card("题", menu=menu).live


# ---- the card of every node of the shipped flow

GOLDEN = {
    "客服审核": """
        审核：退货 ¥364.00
        质量问题 · 开机无反应
        自动喂食器 ×1：收到 1，合格 1，次品 0
        滤网 ×1：收到 1，合格 0，次品 1
        单号 R20261122-0007
        商品 自动喂食器 ×1、滤网 ×1
        客户 李** · 半年 9 单退 1
        提交 林晓 · 11-22 13:51
        时限 今天 17:51（还剩 3 时 48 分）
        [同意*] [转交] [驳回!]""",
    "金额审批": """
        审批：退款 ¥364.00
        质量问题 · 开机无反应
        自动喂食器 ×1：收到 1，合格 1，次品 0
        滤网 ×1：收到 1，合格 0，次品 1
        单号 R20261122-0007
        商品 自动喂食器 ×1、滤网 ×1
        购买历史 9 单 ¥3,210.00 · 退 1 单 11%
        提交 林晓 · 11-22 13:51
        上一步 王建国 11-22 14:00 同意
        时限 今天 17:51（还剩 3 时 48 分）
        [同意*] [转交] [驳回!]""",
    "仓库收货": """
        收货：SF1234567890 · 2 件
        质量问题 · 开机无反应
        自动喂食器 ×1：收到 1，合格 1，次品 0
        滤网 ×1：收到 1，合格 0，次品 1
        单号 R20261122-0007
        应收 自动喂食器 ×1、滤网 ×1
        运单 SF1234567890
        时限 今天 17:51（还剩 3 时 48 分）
        [确认收货*] [配件缺失] [拒收!]""",
    "缺件协商": """
        缺件：滤网组件 扣 ¥35.00
        请问客户：“您退回的设备缺少滤网组件，是否需要我们补发？若确认遗失，可扣除35元配件费后完成退款。” 同意扣款就点同意；补寄就点驳回，仓库再收一次。
        自动喂食器 ×1：收到 1，合格 1，次品 0
        滤网 ×1：收到 1，合格 0，次品 1
        单号 R20261122-0007
        商品 自动喂食器 ×1、滤网 ×1
        客户 李** · 半年 9 单退 1
        缺件 滤网组件 扣 ¥35.00
        时限 今天 17:51（还剩 3 时 48 分）
        [同意*] [驳回!]""",  # noqa: E501
    "拒收处理": """
        仓库拒收：是否关闭
        同意拒收就关闭这单，货退给客户；不同意就点驳回，请仓库再收一次。
        自动喂食器 ×1：收到 1，合格 1，次品 0
        滤网 ×1：收到 1，合格 0，次品 1
        单号 R20261122-0007
        商品 自动喂食器 ×1、滤网 ×1
        客户 李** · 半年 9 单退 1
        运单 SF1234567890
        上一步 王建国 11-22 14:00 同意
        时限 今天 17:51（还剩 3 时 48 分）
        [驳回*] [同意!]""",
    "未寄处理": """
        30 天没收到：自动喂食器 ×1 等 2 种
        货一直没到。问过客户和快递以后，再等就点再等等，不等了就点关闭。
        自动喂食器 ×1：收到 1，合格 1，次品 0
        滤网 ×1：收到 1，合格 0，次品 1
        单号 R20261122-0007
        商品 自动喂食器 ×1、滤网 ×1
        客户 李** · 半年 9 单退 1
        运单 SF1234567890
        提交 林晓 · 11-22 13:51
        时限 今天 17:51（还剩 3 时 48 分）
        [再等等*] [关闭!]""",
    "质检": """
        质检：自动喂食器 ×1 等 2 种
        质量问题 · 开机无反应
        自动喂食器 ×1：收到 1，合格 1，次品 0
        滤网 ×1：收到 1，合格 0，次品 1
        单号 R20261122-0007
        实收 自动喂食器 ×1、滤网 ×1
        缺件 滤网组件 扣 ¥35.00
        提交 林晓 · 11-22 13:51
        时限 今天 17:51（还剩 3 时 48 分）
        [合格入库*] [次品处理!]""",
    "次品协商": """
        次品协商：退款 ¥364.00
        退回的商品有损坏。仍然退款点同意；不退点驳回。
        自动喂食器 ×1：收到 1，合格 1，次品 0
        滤网 ×1：收到 1，合格 0，次品 1
        单号 R20261122-0007
        商品 自动喂食器 ×1、滤网 ×1
        客户 李** · 半年 9 单退 1
        质检 次品 · 合格 1 件 次品 1 件
        时限 今天 17:51（还剩 3 时 48 分）
        [同意*] [驳回!]""",
    "财务退款": """
        退款：¥364.00
        质量问题 · 开机无反应
        自动喂食器 ×1：收到 1，合格 1，次品 0
        滤网 ×1：收到 1，合格 0，次品 1
        单号 R20261122-0007
        订单 536365
        客户 李** · 半年 9 单退 1
        质检 次品 · 合格 1 件 次品 1 件
        扣款 滤网组件 ¥35.00
        时限 今天 17:51（还剩 3 时 48 分）
        [确认退款*] [转交] [驳回!]""",
    "补充资料": """
        退给你补充：自动喂食器 ×1 等 2 种
        要改件数、类型或备注，回复 改 单号 …；补好了点重新提交；客户不要了就点不办了，等于撤单。
        自动喂食器 ×1：收到 1，合格 1，次品 0
        滤网 ×1：收到 1，合格 0，次品 1
        单号 R20261122-0007
        商品 自动喂食器 ×1、滤网 ×1
        原因 质量问题 · 开机无反应
        上一步 王建国 11-22 14:00 同意
        时限 今天 17:51（还剩 3 时 48 分）
        [重新提交*] [不办了!]""",
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
    assert seen(late) == golden(name).replace(
        "今天 17:51（还剩 3 时 48 分）", "已超时 2 时 10 分（11-22 11:53 到期） !"
    )


@pytest.mark.parametrize("name", NODES)
def test_a_button_carries_the_case_its_version_and_the_action(name: str) -> None:
    card = cards.task_card(CASE, task(name), NOW)
    assert [unpack(button.payload) for button in card.buttons] == [Act(7, 3, button.text) for button in card.buttons]


@pytest.mark.parametrize("name", NODES)
def test_the_likely_button_is_first_and_the_harmful_one_last(name: str) -> None:
    turned = replace(task(name), actions=tuple(reversed(task(name).actions)))
    styles = [button.style for button in cards.task_card(CASE, turned, NOW).buttons]
    assert styles == ["primary", *["plain"] * (len(styles) - 2), "danger"]


@pytest.mark.parametrize("name", NODES)
def test_every_task_says_on_demand_why_it_is_mine(name: str) -> None:
    (entry,) = cards.task_card(CASE, task(name), NOW).menu
    assert (entry.text, unpack(entry.payload)) == ("为什么是我", Act(7, 3, "为什么是我"))


def test_a_record_offers_nothing() -> None:
    verdict = Verdict("王建国", "同意", "已同意", NOW)
    assert (cards.record(CASE, verdict, NOW).menu, cards.record(CASE, verdict, NOW).select) == ((), None)


REASONS = (("符合", "符合政策"), ("破例", "破例同意"))


@pytest.mark.parametrize(
    ("select", "shown"),
    [
        (("意见", "意见", REASONS), Select("意见", "意见", REASONS)),
        (None, None),  # its form has no choice
        (("意见", "意见", tuple((f"{n}", "项") for n in range(MAX_OPTIONS + 1))), None),  # asked by message
        (("意见", "意见", (("1", "项" * (OPTION_CHARS + 1)),)), None),
        (("意见", "意" * (SELECT_TITLE_CHARS + 1), REASONS), None),
    ],
)
def test_the_choice_of_a_form_is_a_drop_down_where_it_fits(select: Any, shown: Select | None) -> None:
    assert cards.task_card(CASE, replace(task("质检"), select=select), NOW).select == shown


def test_what_is_not_known_takes_no_row() -> None:
    bare = replace(CASE, note="", waybill="", waybills=(), history="", facts={}, events=(), creator="", customer="")
    names = {name: [fact.name for fact in rows(bare, task(name), NOW)] for name in NODES}
    assert names["财务退款"] == ["单号", "订单", "客户", "时限"]
    assert names["仓库收货"] == ["单号", "应收", "原因", "时限"]
    assert rows(bare, replace(task("质检"), shows=("提交", "客户")), NOW) == (
        Fact("提交", "11-22 13:51"), Fact("客户", "未留姓名"),
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
    said = {"缺件": name, "扣款": str(amount), "质检结果": "合格", "扣款项": [{"name": name, "amount": str(amount)}]}
    case = replace(CASE, customer=name, note=note, lines=tuple(lines), amount=amount, facts=said, creator=name)
    every = [replace(task(node), shows=tuple(part)) for part in _sixes(sorted(known()))]
    facts = {fact.name: fact.value for each in every for fact in cards.task_card(case, each, NOW).facts}
    assert all(facts[row].endswith(f"¥{amount:,.2f}") for row in ("缺件", "扣款"))


def _sixes(names: list[str]) -> list[list[str]]:
    return [names[n : n + MAX_FACTS] for n in range(0, len(names), MAX_FACTS)]


@given(st.text(st.characters(categories=["Lo"]), max_size=200), AMOUNT)
def test_a_title_keeps_its_amount(part: str, amount: Decimal) -> None:
    title = f"缺件：{part} 扣 ¥{amount:,.2f}"
    card = cards.task_card(CASE, replace(task("缺件协商"), title=title), NOW)
    assert card.title.endswith(f" 扣 ¥{amount:,.2f}")
