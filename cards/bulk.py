"""Many like decisions on one card, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.payload import Answer
from cards.types import (
    BUTTON_CHARS,
    LEAD_CHARS,
    MAX_FACTS,
    TITLE_CHARS,
    VALUE_CHARS,
    Button,
    Card,
    Fact,
    Text,
    fitted,
    short,
)
from cards.words import money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from cards.types import Style

CANCEL = "取消"
_HINT = {"批量同意": "；别的也能一次办：批量驳回、批量转交 姓名"}


@dataclass(frozen=True, slots=True)
class Item:
    """One case that waits for a yes; no amount where the reader may not see it, 0 where it pays nothing."""

    no: str
    node: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one of them: how it stands now, or why it was not done."""

    no: str
    done: bool
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The question of one card."""

    label: str  #: 批量驳回
    dialog_id: int
    version: int
    to: str = ""  #: whom the tasks would go to
    harms: bool = False
    why: str = ""  #: what is said with each of them


def offer(asked: Asked, items: Sequence[Item]) -> Card:
    """What one tap would do."""
    rows = [" ".join(part for part in (item.no, _money(item), item.node) if part) for item in items[:MAX_FACTS]]
    facts = tuple(Fact(str(n), fitted(row, VALUE_CHARS)) for n, row in enumerate(rows, 1))
    more = f"只列出前 {MAX_FACTS} 单，等 {len(items)} 单。" if len(items) > MAX_FACTS else ""
    label = asked.label
    styles: tuple[Style, Style] = ("danger", "plain") if asked.harms else ("primary", "danger")
    buttons = tuple(
        Button(fitted(word, BUTTON_CHARS), Answer(asked.dialog_id, asked.version, word).pack(), style)
        for word, style in zip((label, CANCEL), styles, strict=True)
    )
    cases = list({item.no: item for item in items}.values())  # a case may wait for the same person at two nodes
    whom = f"给{asked.to}" if asked.to else ""
    total = "" if all(item.amount == 0 for item in cases) else f"（共 {money(_sum(cases))}）"
    title = fitted(f"{label}{whom} {len(cases)} 单{total}", TITLE_CHARS)
    why = f"理由：{asked.why}。" if asked.why else ""
    lead = f"{more}点一下逐单办，办不成的单独说明{_HINT.get(label, '') if not why else ''}"
    return Card(title, f"{short(why, LEAD_CHARS - len(lead))}{lead}", facts, buttons)


def _money(item: Item) -> str:
    """Nothing where nothing is paid."""
    return "" if item.amount == 0 else money(item.amount)


def _sum(items: Sequence[Item]) -> Decimal | None:
    known = [item.amount for item in items if item.amount is not None]
    return sum(known[1:], known[0]) if len(known) == len(items) else None


def finished(label: str, word: str, outcomes: Sequence[Outcome]) -> Card:
    """The card once it was tapped; ``word`` is what was done to each: ``驳回``."""
    verdict = fitted(f"已{word} {_count(outcomes)} 单", BUTTON_CHARS)
    return Card(fitted(tally(label, outcomes), TITLE_CHARS), verdict=verdict)


def results(label: str, outcomes: Sequence[Outcome]) -> Text:
    """Each case with what came of it."""
    marks = [f"{'✓' if each.done else '✗'} {each.no} {each.words}" for each in outcomes]
    return Text("\n".join([tally(label, outcomes), *marks]))


def tally(label: str, outcomes: Sequence[Outcome]) -> str:
    failed = len(outcomes) - _count(outcomes)
    return f"{label}：{_count(outcomes)} 单办好" + (f"，{failed} 单没办成" if failed else "")


def _count(outcomes: Sequence[Outcome]) -> int:
    return sum(each.done for each in outcomes)
