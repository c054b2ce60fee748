"""Frozen pictures of a case, its tasks and its people: what cards and handlers look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models.enums import CaseState, CloseReason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal


#: rows that a card can show, by the name that a flow definition calls them
ROWS = (
    "单号", "订单", "商品", "应收", "实收", "客户", "原因", "备注", "购买历史", "提交", "上一步", "运单", "缺件",
    "质检", "扣款", "时限",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A member as the rest of the code sees them."""

    id: int
    name: str
    roles: frozenset[str] = frozenset()
    wecom: str | None = None
    dingtalk: str | None = None
    manager_id: int | None = None
    team: str = ""
    regions: tuple[str, ...] = ()  #: none: all of them, here and below
    warehouses: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    shops: tuple[str, ...] = ()

    def userid(self, platform: str) -> str | None:
        return self.wecom if platform == "wecom" else self.dingtalk


@dataclass(frozen=True, slots=True)
class LineView:
    """One product of a case."""

    sku: str
    title: str
    paid: Decimal | None  #: None where the reader may not see amounts
    requested: int
    received: int = 0
    accepted: int = 0
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class EventView:
    """One thing that happened."""

    at: datetime
    actor: str
    node: str
    action: str
    data: Mapping[str, Any] = field(default_factory=dict)
    passing: bool = False  #: the system only went on to the next node; on record, and no news to anybody


@dataclass(frozen=True, slots=True)
class WaitView:
    """What a case waits for that nobody of the staff can bring about, or people for whom it waits only so long."""

    what: str
    until: datetime | None = None  #: when the case goes on all the same
    then: str = ""  #: what happens then, where it is people's time that is up


@dataclass(frozen=True, slots=True)
class OwnerView:
    """Who has the case now, at which node, until when."""

    node: str
    name: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class CaseBrief:
    """As much of a case as its record shows."""

    no: str
    kind: str
    amount: Decimal | None
    lines: tuple[LineView, ...]
    pays: bool = True  #: the amount is money for the customer, and not only what the goods cost


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as people may see it."""

    id: int
    no: str
    kind: str
    return_type: str
    reason: str
    note: str
    order_no: str
    customer: str
    mobile: str
    state: CaseState
    close_reason: CloseReason | None
    nodes: tuple[str, ...]
    version: int
    amount: Decimal | None  #: None where the reader may not see amounts
    creator: str
    opened_at: datetime
    closed_at: datetime | None
    facts: Mapping[str, Any]
    lines: tuple[LineView, ...]
    waybill: str = ""
    history: str = ""  #: 半年 9 单退 1
    owners: tuple[OwnerView, ...] = ()
    events: tuple[EventView, ...] = ()
    waits: tuple[WaitView, ...] = ()  #: where its events are shown
    refund: str = ""  #: state of the refund in words
    refund_error: str = ""  #: why the shop would not pay, in its own words
    asks: tuple[str, ...] = ()  #: the facts that the forms of its flow ask for, where its events are shown
    pays: bool = True  #: as in ``CaseBrief``
    shop: str = ""
    reckoned: str = ""  #: how its amount came about, in a line; "" where the reader may not see it
    for_reader: bool = False  #: made for one reader by their roles; otherwise cards keep name and number back

    @property
    def stand(self) -> str:
        """State and node in words: 处理中 · 质检, 已关闭（拒绝）."""
        if self.state is CaseState.CLOSED and self.close_reason:
            return f"{self.state}（{self.close_reason}）"
        return f"{self.state} · {'、'.join(self.nodes)}" if self.nodes else str(self.state)


@dataclass(frozen=True, slots=True)
class ActionView:
    """A button of a task."""

    name: str
    danger: bool = False


@dataclass(frozen=True, slots=True)
class TaskView:
    """One person's task, with what its node says of it."""

    id: int
    case_id: int
    case_no: str
    version: int
    node: str
    title: str
    hint: str
    owner: str
    why: str
    opened_at: datetime
    due_at: datetime
    shows: tuple[str, ...]
    actions: tuple[ActionView, ...]
    select: tuple[str, str, tuple[tuple[str, str], ...]] | None = None  #: (key, title, options) of its drop-down


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a task ended: what its card turns into."""

    actor: str
    action: str
    text: str  #: 已同意
    at: datetime
    took_seconds: float | None = None
    next_step: str = ""
