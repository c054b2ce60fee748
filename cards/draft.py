"""The cards that ask an agent for what is missing, and show the refund before anything is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.lines import line
from cards.payload import Answer
from cards.types import (
    BUTTON_CHARS,
    LEAD_CHARS,
    MAX_BUTTONS,
    MAX_FACTS,
    NAME_CHARS,
    TEXT_CHARS,
    TITLE_CHARS,
    VALUE_CHARS,
    Button,
    Card,
    Fact,
    Text,
    fitted,
    short,
)
from cards.words import listed, masked, money

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
    hint: str = ""  #: what was not understood, or has to be known first


@dataclass(frozen=True, slots=True)
class DraftView:
    """A return so far."""

    kind: str
    order_no: str
    customer: str = ""
    goods: tuple[tuple[str, int], ...] = ()  #: titles and units
    return_type: str = ""
    note: str = ""
    refund: Decimal | None = None  #: None where the kind is not about money, or it is too early to say
    approver: str = ""
    answers: tuple[tuple[str, str], ...] = ()  #: to what the flow asks at the opening, by name
    doubles: tuple[str, ...] = ()  #: cases under way that take back one of these products of the order
    notes: tuple[str, ...] = ()  #: how words were taken, what was let through or had to be guessed
    instead: str = ""  #: the kind that may be meant, where the goods are still on their way


def _facts(draft: DraftView) -> tuple[Fact, ...]:
    shown = [
        ("订单", draft.order_no),
        ("客户", masked(draft.customer)),
        ("商品", listed(draft.goods) if draft.goods else ""),
        ("类型", draft.return_type),
        ("备注", draft.note),
        ("审批", draft.approver),
    ]
    facts = [Fact(name, fitted(value, VALUE_CHARS)) for name, value in shown if value]
    said = [Fact(short(name, NAME_CHARS), fitted(value, VALUE_CHARS)) for name, value in draft.answers]
    return (*facts, *said) if len(facts) + len(said) <= MAX_FACTS else tuple(facts)


def _answers(draft: DraftView) -> str:
    """The answers in one line, where the rows have no room for them; "" where they have."""
    rows = {fact.name for fact in _facts(draft)}
    if all(short(name, NAME_CHARS) in rows for name, _ in draft.answers):
        return ""
    return f"填写：{'；'.join(f'{name} {value}' for name, value in draft.answers)}"


def as_words(draft: DraftView) -> str:
    """What a draft says, in one line."""
    return "，".join([*(f"{fact.name} {fact.value}" for fact in _facts(draft)), *filter(None, [_answers(draft)])])


def question_card(draft: DraftView, asked: Asked) -> Card | Text:
    """Ask for one thing: a tap where few answers are possible, a numbered list where many are."""
    if not asked.options:
        return Text(f"{draft.kind} {draft.order_no}：{asked.hint}{asked.question}\n（回复“取消”离开）")
    question = asked.question.split("\n")[0]  # the answers are listed below it
    if len(asked.options) >= MAX_BUTTONS or any(len(text) > BUTTON_CHARS for _, text in asked.options):
        lines = [f"{n}. {text}" for n, (_, text) in enumerate(asked.options, 1)]
        head = f"{draft.kind} {draft.order_no}：{asked.hint}{question}"
        return Text("\n".join([head, *lines, "回复序号，或回复“取消”离开"]))
    buttons = [Button(text, Answer(asked.dialog_id, asked.version, value).pack()) for value, text in asked.options]
    cancel = Button(CANCEL, Answer(asked.dialog_id, asked.version, CANCEL).pack(), "danger")
    lead = " · ".join(part for part in (f"{draft.kind} · 订单 {draft.order_no}", asked.hint, *draft.notes) if part)
    return Card(short(question, TITLE_CHARS), short(lead, LEAD_CHARS), _facts(draft), (*buttons, cancel))


def confirm_card(draft: DraftView, dialog_id: int, version: int) -> Card:
    """Everything is known: the refund it comes to, and the one tap that saves it."""
    refund = f"：预计退款 {money(draft.refund)}" if draft.refund is not None else ""
    instead = f"改成{draft.instead}" if draft.instead else ""
    buttons = [Button(SUBMIT, Answer(dialog_id, version, SUBMIT).pack(), "primary")]
    buttons += [Button(instead, Answer(dialog_id, version, instead).pack())] if instead else []
    buttons += [Button(CANCEL, Answer(dialog_id, version, CANCEL).pack(), "danger")]
    lead = short(_lead(draft), LEAD_CHARS)
    said = short(_answers(draft), max(TEXT_CHARS - len(lead) - 1, 1))
    details, _ = _details(draft, TEXT_CHARS - len(lead) - len(said) - 2)
    details = (*([said] if said else []), *details)
    return Card(f"确认{draft.kind}{refund}", lead, _facts(draft), tuple(buttons), details=details)


def _lead(draft: DraftView) -> str:
    notes = "".join(f"{note} · " for note in draft.notes)
    return f"{_doubled(draft.doubles)}{notes}核对无误后点提交，提交前不会保存"


def _details(draft: DraftView, room: int) -> tuple[tuple[str, ...], int]:
    """A line for each of several products, as far as there is room, and how many have none."""
    lines = [line(title, units) for title, units in draft.goods]
    if len(lines) < 2 or len(listed(draft.goods)) == len("、".join(lines)):
        return (), 0
    shown = list(lines)
    while shown and len("\n".join([*shown, _rest(len(lines) - len(shown))])) > room:
        shown.pop()
    left = len(lines) - len(shown)
    if room < len(_rest(left)):
        return (), len(lines)
    return (*shown, *([_rest(left)] if left else [])), left


def _rest(count: int) -> str:
    return f"……还有 {count} 种，回复“明细”看全部" if count else ""


def whole_draft(draft: DraftView, *, always: bool = False) -> Text | None:
    """What the card of a draft has no room for, in words: every product, the whole note; None where it shows it all."""
    lead = _lead(draft)
    _, left = _details(draft, TEXT_CHARS - min(len(lead), LEAD_CHARS) - 1)
    cut = left or len(lead) > LEAD_CHARS or len(draft.note) > VALUE_CHARS or _crowded(draft)
    if not (cut or always):
        return None
    head = [_doubled(draft.doubles), *draft.notes]
    goods = [f"· {title} ×{units}" for title, units in draft.goods]
    note = [f"备注：{draft.note}"] if draft.note else []
    said = [f"{name}：{value}" for name, value in draft.answers]
    return Text("\n".join([f"{draft.kind} {draft.order_no}", *(part for part in head if part), *goods, *said, *note]))


def _crowded(draft: DraftView) -> bool:
    """Whether the card has no room for an answer, whole and by its whole name."""
    if said := _answers(draft):
        return len(said) > TEXT_CHARS - min(len(_lead(draft)), LEAD_CHARS) - 1
    shown = {fact.value for fact in _facts(draft)}
    return any(len(name) > NAME_CHARS or value not in shown for name, value in draft.answers)


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
