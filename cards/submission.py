"""The card with which somebody submitted a case: it follows the case, and ends as its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.amounts import changed
from cards.case import REASON, goods_lines, size, told, unrepeated
from cards.lines import fitting
from cards.types import BUTTON_CHARS, TEXT_CHARS, TITLE_CHARS, VALUE_CHARS, Card, Fact, fitted, short
from cards.words import goods, moment, named
from models.enums import CaseState

if TYPE_CHECKING:
    from datetime import datetime

    from models.views.case import CaseView, EventView

ADDRESS = "退货地址"  #: fact: where the goods go
SUBMITTED, SYSTEM = "已提交", "系统"
LEAD_CHARS = 60


def submission(case: CaseView, now: datetime) -> Card:
    """Where the case stands as of ``now``, with the last decision, what has come of goods and money, and its numbers.

    It may stay on a phone as it is drawn now, so it says when that was.
    """
    said = _said(case)
    rows = [
        ("单号", named(case.no, case.shop)),
        ("商品", goods(case.lines)),
        ("退款", case.refund),
        ("结果" if case.state.ended or not case.nodes else "下一步", _next(case)),
        ("截至", moment(now, now)),
    ]
    facts = tuple(Fact(name, fitted(value, VALUE_CHARS)) for name, value in rows if value)
    place = str(case.facts.get(ADDRESS) or "")
    parts = [
        _decision(_last(case)),
        changed(case),
        f"寄到 {place}" if place and case.nodes and not case.state.ended and not case.facts.get("已收货") else "",
        f"运单 {'、'.join(case.waybills)}" if case.waybills else "",
        f"寄出 {'、'.join(case.sent)}" if case.sent else "",
        *(products := goods_lines(case, facts)),
    ]
    lead = short(case.note, LEAD_CHARS)
    details, left = fitting([part for part in parts if part], TEXT_CHARS - len(lead) - 1, f"回复“查 {case.no}”")
    title = fitted(f"{said}：{case.kind} {size(case)}", TITLE_CHARS)
    facts = facts if left else unrepeated(facts, products)
    return Card(title, lead, facts, verdict=fitted(said, BUTTON_CHARS), details=details)


def _said(case: CaseView) -> str:
    if case.state is CaseState.OPEN and _last(case) is None:
        return SUBMITTED
    return f"已{case.close_reason}" if case.state is CaseState.CLOSED and case.close_reason else str(case.state)


def _next(case: CaseView) -> str:
    """客服审核 · 王建国, or how it ended."""
    names = "、".join(dict.fromkeys(owner.name for owner in case.owners))
    where = case.stand if case.state.ended else "、".join(case.nodes) or case.stand
    return f"{where} · {names}" if names else where


def _last(case: CaseView) -> EventView | None:
    """The last thing that a person decided on the case."""
    done = [event for event in case.events if event.node and "rule" not in event.data and event.actor != SYSTEM]
    return done[-1] if done else None


def _decision(event: EventView | None) -> str:
    if event is None:
        return ""
    why = event.data.get(REASON) or told(event)
    return short(f"{event.actor} {event.node} {event.action}" + (f"：{why}" if why else ""), LEAD_CHARS)
