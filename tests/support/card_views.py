"""One return as its cards show it, and a card as it lies on a phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flow.definitions.flow import HUMAN
from models.enums import CaseState
from models.views.case import ActionView, CaseView, EventView, LineView, OwnerView, TaskView
from tests.support.shipped import FLOW

if TYPE_CHECKING:
    from cards.types import Card

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 14, 3, tzinfo=SHANGHAI)
NODES = [node.name for node in FLOW.nodes.values() if node.kind == HUMAN]
WORDS = {
    "金额": "¥364.00", "商品": "自动喂食器 ×1 等 2 种", "运单": "SF1234567890", "应收件数": "2",
    "缺件": "滤网组件", "扣款": "¥35.00",
    "退款失败": "",
    "话术": "您退回的设备缺少滤网组件，是否需要我们补发？若确认遗失，可扣除35元配件费后完成退款。",
}  # fmt: skip
LINES = (
    LineView("FEEDER", "自动喂食器", Decimal("329.00"), 1, received=1, accepted=1),
    LineView("FILTER", "滤网", Decimal("35.00"), 1, received=1, damaged=1),
)
EVENTS = (
    EventView(NOW - timedelta(minutes=12), "林晓", "", "提交", {"金额": "364.00"}),
    EventView(NOW - timedelta(minutes=12), "系统", "分流", "客服审核", {"rule": "先由客服审核"}, passing=True),
    EventView(NOW - timedelta(minutes=3), "王建国", "客服审核", "同意"),
)
CASE = CaseView(
    id=7, no="R20261122-0007", kind="退货", return_type="质量问题", reason="开机无反应", note="开机无反应",
    order_no="536365", customer="李雷", mobile="13800138000", state=CaseState.OPEN, close_reason=None,
    nodes=("仓库收货",), version=3, amount=Decimal("364.00"), creator="林晓", opened_at=EVENTS[0].at, closed_at=None,
    facts={"半年订单数": 9, "半年消费": "3210.00", "半年退货次数": 1,
           "缺件": "滤网组件", "扣款": "35.00", "质检结果": "次品",
           "扣款项": [{"name": "滤网组件", "amount": "35.00"}]},
    lines=LINES, waybill="SF1234567890", waybills=("SF1234567890",), history="半年 9 单退 1", events=EVENTS,
    owners=(OwnerView("仓库收货", "周仓", NOW + timedelta(hours=3, minutes=48)),),
)  # fmt: skip


def filled(words: str) -> str:
    for name, value in WORDS.items():
        words = words.replace("{" + name + "}", value)
    return words


def task(name: str, left: timedelta = timedelta(hours=3, minutes=48)) -> TaskView:
    """The task that a node of the shipped flow gives, due in a while or ago."""
    node = FLOW.nodes[name]
    actions = tuple(ActionView(action.name, action.danger) for action in node.buttons)
    return TaskView(
        id=1, case_id=7, case_no=CASE.no, version=3, node=name, title=filled(node.title), hint=filled(node.hint),
        owner="周仓", why="", opened_at=NOW, due_at=NOW + left, shows=node.shows, actions=actions,
    )  # fmt: skip


def seen(card: Card) -> str:
    """A card as it lies on a phone: title, reason, rows (! is red), buttons (* stands out, ! is red)."""
    marks = {"primary": "*", "danger": "!", "plain": ""}
    facts = [f"{fact.name} {fact.value}{' !' if fact.alert else ''}" for fact in card.facts]
    buttons = " ".join(f"[{button.text}{marks[button.style]}]" for button in card.buttons)
    return "\n".join(line for line in [card.title, card.body, *facts, buttons or f"({card.verdict})"] if line)
