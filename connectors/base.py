"""What the bot asks of other systems, and how they say no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from decimal import Decimal


class ConnectorError(Exception):
    """A call to another system did not do what was asked."""


class Unsure(ConnectorError):
    """No answer, or one that says nothing of whether it was done: ask before trying again."""


class Refused(ConnectorError):
    """A clear no; ``str()`` is the system's reason, for people."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A refund to ask for. ``key`` is its own number: asking again under it pays nothing more."""

    key: str
    order_no: str
    amount: Decimal
    reason: str


class Shop(Protocol):
    """Whoever pays refunds."""

    async def refund(self, payment: Payment) -> str:
        """Pay, and give the shop's own number of it. Raises Unsure or Refused."""

    async def find(self, key: str) -> str | None:
        """The shop's number of what was paid under ``key``; None when nothing was. Raises Unsure."""


class Messenger(Protocol):
    """A way to reach a customer."""

    async def send(self, to: str, text: str, key: str) -> None:
        """Deliver one text; ``key`` makes a repeat harmless where the system knows keys. Raises Unsure or Refused."""
