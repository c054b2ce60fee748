"""What the bot asks of other systems, and how they say no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from decimal import Decimal


class ConnectorError(Exception):
    """A call to another system did not do what was asked; ``str()`` says why, for people."""

    def __init__(self, words: str, reference: str = "") -> None:
        self.reference = reference  #: the system's own number of it, where it gave one
        super().__init__(words)


class Unsure(ConnectorError):
    """No answer, or one that says nothing of whether it was done: ask before trying again."""


class Refused(ConnectorError):
    """A clear no."""


class Conflict(ConnectorError):
    """Something else was done under the same key: asking again helps nobody before a person has looked."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A refund to ask for. ``key`` is its own number: asking again under it pays nothing more."""

    key: str
    order_no: str
    amount: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a shop says of money that it has paid, or is about to: its own number, of which order, how much."""

    reference: str
    order_no: str
    amount: Decimal
    settled: bool = True  #: False: on its way, and may yet fail

    def differs(self, payment: Payment) -> str:
        """How it is not what was asked for, in words; "" where it is."""
        if self.order_no != payment.order_no:
            return f"店铺记的是另一张订单 {self.order_no}"
        if self.amount != payment.amount:
            return f"店铺记的金额是 ¥{self.amount:,.2f}，请退的是 ¥{payment.amount:,.2f}"
        return ""


class Shop(Protocol):
    """Whoever pays refunds."""

    async def refund(self, payment: Payment) -> Receipt:
        """Pay, and say what was paid. Raises Unsure, Refused or Conflict."""

    async def find(self, payment: Payment) -> Receipt | None:
        """What was paid under the key of a payment; None when nothing was. Raises Unsure, or Refused if it failed."""


class Messenger(Protocol):
    """A way to reach a customer."""

    async def send(self, to: str, text: str, key: str) -> None:
        """Deliver one text; ``key`` makes a repeat harmless where the system knows keys. Raises Unsure or Refused."""
