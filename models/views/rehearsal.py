"""What a rehearsal has come to, as its summary tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Passed:
    """One step: at which node, by whom, what, and how long after the one before."""

    node: str
    actor: str
    action: str
    seconds: float
    rule: str = ""  #: what decided where nobody did


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a rehearsal has come to."""

    of: str  #: 退货 536365
    submitter: str
    rules: str  #: what the draft is about by which it went; "" for the rules in force
    stand: str  #: 已完成, 处理中 · 质检
    ended: bool
    steps: tuple[Passed, ...]
    seconds: float
    refund: Decimal | None  #: that the shop would have been asked for; None where the reader may not see amounts
    paid: bool  #: the shop would have said yes
    refused: str  #: why it would have said no
    stock: tuple[tuple[str, str, int], ...]  #: what would have gone where, and how many
    customer: tuple[str, ...]  #: what the customer would have read
    others: tuple[str, ...]  #: rules, reminders, alarms and further cases
