"""The orders of whoever has a phone: every look-up by a number of a customer, or by its tail, comes here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.phones import TAIL_DIGITS, phone
from models import tails

if TYPE_CHECKING:
    from flow.definitions.phones import Phone

READ = 2000  #: the newest orders that end with the digits of a tail


async def orders_of(asked: Phone) -> list[int]:
    """Ids of the newest orders of a number, however it was written when they came in, the newest first."""
    rows = await tails.orders_by_phone(asked.digits[-TAIL_DIGITS:], READ)
    return [order_id for order_id, mobile in rows if (stored := phone(mobile)) and asked.is_of(stored)]


async def orders_at(number: str) -> list[int]:
    """Ids of the newest orders of exactly this number; none for what is no number."""
    asked = phone(number)
    rows = await tails.orders_by_phone(asked.digits[-TAIL_DIGITS:], READ) if asked else []
    return [order_id for order_id, mobile in rows if phone(mobile) == asked]
