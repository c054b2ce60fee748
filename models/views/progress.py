"""A case as its customer may see it: no names, no inner words, no amounts but their own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from models.enums import CloseReason
    from models.views.case import Reckoning


class Stage(StrEnum):
    """Where a case stands for its customer; of several at once the first of this list counts."""

    ASKING = "等您确认"
    RETURNING = "等您寄回"
    SENT = "寄回途中"
    INSPECTING = "质检中"
    REFUNDING = "退款中"
    RECEIVED = "已收到"
    MAKING = "办理中"  #: what will be sent to them; read with the kind: 换货中
    DISPATCHED = "已寄出"
    WORKING = "处理中"
    SUBMITTED = "已提交"
    DONE = "已完成"
    CLOSED = "已关闭"


@dataclass(frozen=True, slots=True)
class Goods:
    """One product of the case."""

    title: str
    units: int
    received: int | None = None  #: None until the warehouse has counted


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that has happened, in the customer's words."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Payback:
    """Money on its way to the customer, or there."""

    amount: Decimal
    method: str
    paid_at: datetime | None = None
    deductions: tuple[tuple[str, Decimal], ...] = ()
    reckoning: Reckoning | None = None  #: how the amount came about


@dataclass(frozen=True, slots=True)
class Progress:
    """All that the customer's page shows."""

    no: str
    kind: str
    stage: Stage
    goods: tuple[Goods, ...]
    marks: tuple[Mark, ...]  #: the oldest first
    reason: CloseReason | None = None
    question: str = ""  #: what the customer is asked
    waybill: str = ""
    sent: tuple[str, ...] = ()  #: waybills of what is on its way to them
    address: str = ""  #: where the goods go, while they are wanted
    payback: Payback | None = None
    merged: str = ""  #: number of the case that the link was given for, where it became part of this one

    @property
    def heading(self) -> str:
        """The stage in a word: 质检中, 维修中."""
        return f"{self.kind}中" if self.stage is Stage.MAKING else str(self.stage)
