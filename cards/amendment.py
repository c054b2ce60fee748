"""The card on which a correction of a case is confirmed: before and after, and what it undoes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.payload import Answer
from cards.types import LEAD_CHARS, TEXT_CHARS, VALUE_CHARS, Button, Card, Fact, fitted, short
from cards.words import listed, money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

CONFIRM, CANCEL = "确认修改", "取消"


@dataclass(frozen=True, slots=True)
class Side:
    """The case before, or after."""

    goods: Sequence[tuple[str, int]]
    return_type: str
    note: str
    amount: Decimal | None  #: None where it is no money


def amendment_card(case_no: str, sides: tuple[Side, Side], undone: str, dialog_id: int, version: int) -> Card:
    """What changes, as before → after; ``undone`` says whose agreement is no more."""
    before, after = sides
    rows = [
        ("单号", case_no),
        ("数量", _turned(f"{_units(before)} 件", f"{_units(after)} 件")),
        ("类型", _turned(before.return_type, after.return_type)),
        ("金额", _turned(money(before.amount), money(after.amount)) if before.amount is not None else ""),
    ]
    buttons = (
        Button(CONFIRM, Answer(dialog_id, version, CONFIRM).pack(), "primary"),
        Button(CANCEL, Answer(dialog_id, version, CANCEL).pack(), "danger"),
    )
    lead = short(undone, LEAD_CHARS // 2)
    room = (TEXT_CHARS - len(lead)) // 2 - 6
    details = tuple(f"{name}：{short(_told(side), room)}" for name, side in (("改前", before), ("改后", after)))
    facts = tuple(Fact(name, fitted(value, VALUE_CHARS)) for name, value in rows if value)
    return Card(f"确认修改：{case_no}", lead, facts, buttons, details=details)


def _units(side: Side) -> int:
    return sum(units for _, units in side.goods)


def _turned(before: str, after: str) -> str:
    return f"{before} → {after}" if before != after else before


def _told(side: Side) -> str:
    return " · ".join(part for part in (listed(side.goods), side.note) if part)


def amended(case_no: str, words: str) -> Card:
    """What has become of it."""
    return Card(f"修改：{case_no}", short(words, LEAD_CHARS), verdict=short(words.partition("，")[0], 10))
