"""The rows that a card may show, by the name that a flow definition calls them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cards.types import NAME_CHARS, VALUE_CHARS, Fact, fitted
from cards.words import called, due_on_card, goods, moment, money, named, stopped
from models.views.answers import in_words
from models.views.case import ADDED_TO
from models.views.masks import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from models.views.case import CaseView, EventView, TaskView

    Row = Callable[[CaseView, TaskView, datetime], str]


RECEIVER = "收件"
REOPENED = "重开"  #: a deed at no node, since the case stood at none
GOODS = ("商品", "应收", "实收")  #: rows that name the products of a case
WAS = "改前"  #: of a correction's data: what was asked for before
IN_LEAD = ("原因", "备注")  #: rows that the first line of a task's card has said already


def _customer(case: CaseView, task: TaskView, now: datetime) -> str:
    return " · ".join(part for part in (called(case), case.history) if part)


def _report(case: CaseView, task: TaskView, now: datetime) -> str:
    """9 单 ¥3,210.00 · 退 1 单 11%: half a year of the customer, and whether they are to be looked at twice."""
    orders, returns = case.facts.get("半年订单数"), case.facts.get("半年退货次数")
    if not isinstance(orders, int) or not isinstance(returns, int):
        return _customer(case, task, now)
    spent = money(None if case.amount is None else Decimal(case.facts.get("半年消费") or 0))
    rate = f" {round(100 * returns / orders)}%" if orders else ""
    parts = [f"{orders} 单 {spent}", f"退 {returns} 单{rate}"]
    return " · ".join([*parts, "风险客户"] if case.facts.get("风险客户") else parts)


def _reason(case: CaseView, task: TaskView, now: datetime) -> str:
    return f"{case.return_type} · {case.note}" if case.note else case.return_type


def before(case: CaseView, task: TaskView) -> EventView | None:
    """The last thing that a person did before this task."""
    last = _last(case, task)
    return case.events[last - 1] if last else None


def _last(case: CaseView, task: TaskView) -> int:
    """The number of that event, 0 where there is none; a reason that was added to a step is no step."""
    done = (
        number
        for number, event in enumerate(case.events, 1)
        if (event.node or event.action == REOPENED)
        and not {"rule", ADDED_TO} & event.data.keys()
        and event.at <= task.opened_at
    )
    return max(done, default=0)


def remark(case: CaseView, task: TaskView) -> str:
    """What was said with the last step before this task, and added to it since."""
    last = _last(case, task)
    said = [event for n, event in enumerate(case.events, 1) if n == last or event.data.get(ADDED_TO) == last]
    changed = [f"{WAS} {event.data[WAS]}" for event in said if event.data.get(WAS)]
    return "，".join(
        [*changed, *(str(event.data[key]) for event in said for key in ("说", "理由") if event.data.get(key))]
    )


def _previous(case: CaseView, task: TaskView, now: datetime) -> str:
    last = before(case, task)
    return f"{last.actor} {moment(last.at, now)} {last.action}" if last else ""


def _missing(case: CaseView, task: TaskView, now: datetime) -> str:
    fee, part = case.facts.get("扣款"), case.facts.get("缺件")
    return f"{part} 扣 {money(Decimal(fee))}" if fee else str(part or "")


def _inspected(case: CaseView, task: TaskView, now: datetime) -> str:
    result = case.facts.get("质检结果")
    accepted, damaged = (sum(getattr(line, part) for line in case.lines) for part in ("accepted", "damaged"))
    return f"{result} · 合格 {accepted} 件 次品 {damaged} 件" if result else ""


def _deducted(case: CaseView, task: TaskView, now: datetime) -> str:
    """Each deduction, or their number and sum where they are too many for a row."""
    items = [(str(item["name"]), Decimal(item["amount"])) for item in case.facts.get("扣款项", ())]
    whole = "、".join(f"{name} {money(amount)}" for name, amount in items)
    if len(items) < 2 or len(whole) <= VALUE_CHARS:
        return whole
    return f"{len(items)} 项共 {money(sum((amount for _, amount in items), Decimal(0)))}"


def _submitted(case: CaseView, task: TaskView, now: datetime) -> str:
    return " · ".join(part for part in (case.creator, moment(case.opened_at, now)) if part)


def _due(case: CaseView, task: TaskView, now: datetime) -> str:
    return due_on_card(task.due_at, now) if task.stopped is None else stopped(task.stopped)


def receiver(case: CaseView, task: TaskView) -> tuple[str, ...]:
    """To whom the goods of a task are sent, in lines: who, and where."""
    to = case.receiver
    if to is None or RECEIVER not in task.shows:
        return ()
    if to.address == HIDDEN:
        return (f"{RECEIVER} {to.name}，你的角色看不到地址，请找客服要",)
    who = " ".join(part for part in (to.name, to.mobile or "没有手机号") if part)
    return (f"{RECEIVER} {who}", f"地址 {to.address or '订单里没有地址，请找客服要'}")


_ROWS: dict[str, Row] = {
    "单号": lambda case, task, now: named(case.no, case.shop),
    "订单": lambda case, task, now: named(case.order_no, case.shop),
    "商品": lambda case, task, now: goods(case.lines),
    "应收": lambda case, task, now: goods(case.lines),
    "实收": lambda case, task, now: goods(case.lines, "received"),
    "客户": _customer,
    "购买历史": _report,
    "原因": _reason,
    "备注": lambda case, task, now: case.note,
    "提交": _submitted,
    "上一步": _previous,
    "运单": lambda case, task, now: "、".join(case.waybills) or case.waybill,
    "缺件": _missing,
    "质检": _inspected,
    "扣款": _deducted,
    "收件": lambda case, task, now: "",  # too long for a row: see ``receiver``
    "时限": _due,
}


def rows(case: CaseView, task: TaskView, now: datetime, said: Collection[str] = ()) -> tuple[Fact, ...]:
    """The task's rows that have something to say, but for those ``said`` elsewhere on the card.

    An amount or a number is never cut, free text may be.
    """
    wanted = [name for name in task.shows if name not in said]
    shown = [(name, _ROWS[name](case, task, now) if name in _ROWS else _noted(case, name)) for name in wanted]
    late = task.due_at <= now and task.stopped is None
    return tuple(
        Fact(name[:NAME_CHARS], fitted(text, VALUE_CHARS), name == "时限" and late) for name, text in shown if text
    )


def _noted(case: CaseView, name: str) -> str:
    """What a form has asked for, in words."""
    value = case.facts.get(name)
    if name in case.yuan and isinstance(value, str):
        return money(Decimal(value))
    return in_words(value, {line.sku: line.title for line in case.lines})


def answered(case: CaseView, names: Collection[str] | None = None) -> str:
    """The answers to forms that there are, or those of some fields: ``责任方：物流；折价：35.50``."""
    told = ((name, _noted(case, name)) for name in (case.asks if names is None else names))
    return "；".join(f"{name}：{said}" for name, said in told if said)


def known() -> frozenset[str]:
    """The names that a definition may use."""
    return frozenset(_ROWS)
