"""The cards that ask an agent for what is missing, and show the refund before anything is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.payload import Answer
from cards.types import LEAD_CHARS, MAX_BUTTONS, VALUE_CHARS, Button, Card, Fact, Text, fitted, short
from cards.words import masked, money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

SUBMIT, CANCEL = "提交", "取消"
MAX_NAMED = 2  #: case numbers in a warning, which has a lead's room


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a dialog: what a person may answer, by value and text."""

    dialog_id: int
    version: int
    question: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DraftView:
    """A return so far."""

    kind: str
    order_no: str
    customer: str
    goods: str  #: as ``cards.words.listed`` writes it
    return_type: str
    note: str
    refund: Decimal | None = None  #: None where the kind is not about money, or it is too early to say
    approver: str = ""
    doubles: tuple[str, ...] = ()  #: cases under way that take back one of these products of the order
    notes: tuple[str, ...] = ()  #: what was let through or had to be guessed


def _facts(draft: DraftView) -> tuple[Fact, ...]:
    shown = [
        ("订单", draft.order_no),
        ("客户", masked(draft.customer)),
        ("商品", draft.goods),
        ("类型", draft.return_type),
        ("备注", draft.note),
        ("审批", draft.approver),
    ]
    return tuple(Fact(name, fitted(value, VALUE_CHARS)) for name, value in shown if value)


def question_card(draft: DraftView, asked: Asked) -> Card | Text:
    """Ask for one thing: a tap where few answers are possible, a numbered list where many are."""
    if len(asked.options) >= MAX_BUTTONS or any(len(text) > 10 for _, text in asked.options):
        lines = [f"{n}. {text}" for n, (_, text) in enumerate(asked.options, 1)]
        return Text(
            "\n".join([f"{draft.kind} {draft.order_no}：{asked.question}", *lines, "回复序号，或回复“取消”离开"])
        )
    buttons = [Button(text, Answer(asked.dialog_id, asked.version, value).pack()) for value, text in asked.options]
    cancel = Button(CANCEL, Answer(asked.dialog_id, asked.version, CANCEL).pack(), "danger")
    return Card(asked.question, f"{draft.kind} · 订单 {draft.order_no}", _facts(draft), (*buttons, cancel))


def confirm_card(draft: DraftView, dialog_id: int, version: int) -> Card:
    """Everything is known: the refund it comes to, and the one tap that saves it."""
    refund = f"：预计退款 {money(draft.refund)}" if draft.refund is not None else ""
    buttons = (
        Button(SUBMIT, Answer(dialog_id, version, SUBMIT).pack(), "primary"),
        Button(CANCEL, Answer(dialog_id, version, CANCEL).pack(), "danger"),
    )
    notes = "".join(f"{note} · " for note in draft.notes)
    lead = f"{_doubled(draft.doubles)}{notes}核对无误后点提交，提交前不会保存"
    return Card(f"确认{draft.kind}{refund}", short(lead, LEAD_CHARS), _facts(draft), buttons)


def _doubled(numbers: Sequence[str]) -> str:
    """The warning before a case is opened twice; more of an order may well come back later, so it is no refusal."""
    if not numbers:
        return ""
    more = f" 等 {len(numbers)} 单" if len(numbers) > MAX_NAMED else ""
    return f"已有 {'、'.join(numbers[:MAX_NAMED])}{more} 正在退这件，是不是重复？"


def ended(kind: str, words: str) -> Card:
    """The draft was left, or has run out."""
    return Card(f"{kind}：{words}", "没有保存任何内容，需要时请重新输入", verdict=words)


def settled() -> Card:
    """A question that was answered elsewhere, or before."""
    return Card("已处理", "这张卡片已经回答过了，请看后面的消息", verdict="已处理")
