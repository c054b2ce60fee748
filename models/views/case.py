"""Frozen pictures of a case, its tasks and its people: what cards and handlers look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from models.enums import CaseState, CloseReason

#: rows that a card can show, by the name that a flow definition calls them
ROWS = (
    "单号", "订单", "商品", "应收", "实收", "客户", "原因", "备注", "购买历史", "提交", "上一步", "运单", "缺件",
    "质检", "扣款", "收件", "时限",
)  # fmt: skip

ADDED, ADDED_TO = "补理由", "补"  #: action of an event that adds a reason, and in its data the number of the step


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


Who = TypeVar("Who", bound="Person | None", covariant=True)


@dataclass(frozen=True, slots=True)
class By(Generic[Who]):
    """Who does something, and at what moment; where it may be the system, that is None."""

    who: Who
    at: datetime


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
class Reckoning:
    """How the amount of a case came from what was paid for the goods that were asked back."""

    asked: Decimal
    absent: Decimal  #: what the units that did not come had cost
    deductions: tuple[tuple[str, Decimal], ...]  #: agreed on: what is missing, and what it costs
    amount: Decimal
    proposed: tuple[str, Decimal] | None = None  #: a deduction that the customer has still to agree to
    basis: str = ""  #: where ``asked`` comes from: ``¥2.55 × 2 件``
    freight: Decimal = Decimal("0.00")  #: that goes back with the goods
    #: that follow from formulas: what they are called, yuan (below 0 where taken off), how they are reckoned
    lines: tuple[tuple[str, Decimal, str], ...] = ()
    agreed: bool = False  #: it was agreed on with the customer, and follows from nothing
    apart: str = ""  #: where freight of the order is that is not, or not for certain, in the amount

    @property
    def adds_up(self) -> bool:
        """Whether the parts explain the amount; not where it was agreed on, or held at nothing."""
        more = sum(amount for _, amount, _ in self.lines)
        less = self.absent + sum(cost for _, cost in self.deductions)
        return self.asked + self.freight + more - less == self.amount


@dataclass(frozen=True, slots=True)
class Receiver:
    """To whom goods are sent, as the reader may see it; an address that is hidden is ``***``."""

    name: str
    mobile: str
    address: str


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
    stopped: str | None = None  #: since when and for what its deadline stands still; None while it runs


@dataclass(frozen=True, slots=True)
class CaseBrief:
    """As much of a case as its record shows."""

    no: str
    kind: str
    amount: Decimal | None
    lines: tuple[LineView, ...]
    pays: bool = True  #: the amount is money for the customer, and not only what the goods cost
    reckoning: Reckoning | None = None  #: None where the reader may not see amounts


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
    refund_no: str = ""
    refund_reference: str = ""  #: the shop's own number of it
    refund_due: Decimal | None = None  #: what the shop was asked for; None where the reader may not see amounts
    asks: tuple[str, ...] = ()  #: the facts that the forms of its flow ask for, where its events are shown
    pays: bool = True  #: as in ``CaseBrief``
    shop: str = ""
    for_reader: bool = False  #: made for one reader by their roles; otherwise cards keep name and number back
    reckoning: Reckoning | None = None  #: as in ``CaseBrief``
    waybills: tuple[str, ...] = ()  #: of parcels that the customer sends
    sent: tuple[str, ...] = ()  #: of parcels that are sent to the customer
    receiver: Receiver | None = None  #: where goods are to be sent now
    yuan: frozenset[str] = frozenset()  #: those of ``asks`` that are money
    #: node -> ``已同意 1/2：赵卫东``, where so many must agree
    votes: Mapping[str, str] = field(default_factory=dict)

    @property
    def stand(self) -> str:
        """State and node in words: 处理中 · 质检, 已关闭（拒绝）; of an ended case also what goes on beside it."""
        nodes = "、".join(self.nodes)
        if self.state.ended:
            end = f"{self.state}（{self.close_reason}）" if self.close_reason else str(self.state)
            return f"{end}，还在办 {nodes}" if nodes else end
        return f"{self.state} · {nodes}" if nodes else str(self.state)


@dataclass(frozen=True, slots=True)
class ActionView:
    """A button of a task."""

    name: str
    danger: bool = False


#: a drop-down: key, title, options (id, text), and the option that it shows before anybody touches it
Choice = tuple[str, str, tuple[tuple[str, str], ...], "str | None"]


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
    select: Choice | None = None  #: its drop-down
    reads: tuple[str, ...] = ()  #: answers of earlier nodes that its card shows
    writes: tuple[str, ...] = ()  #: answers of earlier nodes that its owner may put right
    stopped: str | None = None  #: as in ``OwnerView``


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a task ended: what its card turns into."""

    actor: str
    action: str
    text: str  #: 已同意
    at: datetime
    took_seconds: float | None = None
    next_step: str = ""
    why: str = ""  #: the reason that was given
    may_add: bool = False  #: none was, and one may still be


@dataclass(frozen=True, slots=True)
class Burden:
    """What one person, or one node, has on hand."""

    name: str
    tasks: int
    late: int  #: over their limit; what is put aside is not
    held: int  #: put aside
    longest: timedelta  #: how late the latest is
    money: Decimal | None  #: that customers wait for, each case once; None where the reader may not see amounts


@dataclass(frozen=True, slots=True)
class Overview:
    """Who holds what, as far as its reader may see."""

    people: tuple[Burden, ...]
    nodes: tuple[Burden, ...]
    total: Burden
    cases: int
