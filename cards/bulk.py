"""Many like decisions on one card, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.payload import Answer
from cards.types import MAX_FACTS, TITLE_CHARS, VALUE_CHARS, Button, Card, Fact, Text, fitted
from cards.words import money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

AGREE_ALL, CANCEL = "批量同意", "取消"


@dataclass(frozen=True, slots=True)
class Item:
    """One case that waits for a yes; no amount where the reader may not see it."""

    no: str
    node: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one of them: how it stands now, or why it was not done."""

    no: str
    done: bool
    words: str


def offer(items: Sequence[Item], dialog_id: int, version: int) -> Card:
    """What one tap would agree to."""
    rows = [f"{item.no} {money(item.amount)} {item.node}" for item in items[:MAX_FACTS]]
    facts = tuple(Fact(str(n), fitted(row, VALUE_CHARS)) for n, row in enumerate(rows, 1))
    more = f"只列出前 {MAX_FACTS} 单，等 {len(items)} 单。" if len(items) > MAX_FACTS else ""
    buttons = (
        Button(AGREE_ALL, Answer(dialog_id, version, AGREE_ALL).pack(), "primary"),
        Button(CANCEL, Answer(dialog_id, version, CANCEL).pack(), "danger"),
    )
    cases = list({item.no: item for item in items}.values())  # a case may wait for the same person at two nodes
    title = fitted(f"{AGREE_ALL} {len(cases)} 单（共 {money(_sum(cases))}）", TITLE_CHARS)
    return Card(title, f"{more}点一下逐单同意，办不成的单独说明", facts, buttons)


def _sum(items: Sequence[Item]) -> Decimal | None:
    known = [item.amount for item in items if item.amount is not None]
    return sum(known[1:], known[0]) if len(known) == len(items) else None


def finished(outcomes: Sequence[Outcome]) -> Card:
    """The card once it was tapped."""
    return Card(fitted(tally(outcomes), TITLE_CHARS), verdict=f"已同意 {_count(outcomes)} 单")


def results(outcomes: Sequence[Outcome]) -> Text:
    """Each case with what came of it."""
    marks = [f"{'✓' if each.done else '✗'} {each.no} {each.words}" for each in outcomes]
    return Text("\n".join([tally(outcomes), *marks]))


def tally(outcomes: Sequence[Outcome]) -> str:
    failed = len(outcomes) - _count(outcomes)
    return f"{AGREE_ALL}：{_count(outcomes)} 单办好" + (f"，{failed} 单没办成" if failed else "")


def _count(outcomes: Sequence[Outcome]) -> int:
    return sum(each.done for each in outcomes)
