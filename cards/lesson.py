"""The card of one step of a first hour: what it is about, the button that does or shows it, how far one has come."""

from __future__ import annotations

from dataclasses import dataclass

from cards.payload import Words
from cards.types import BUTTON_CHARS, LEAD_CHARS, TITLE_CHARS, Button, Card, Text, short

LEARN, ANEW, LEAVE = "上手", "重来", "结束"
_NEXT, _LAST, _NOT_NOW = "下一步", "学完了", "先到这里"


@dataclass(frozen=True, slots=True)
class StepView:
    """A step as its card shows it."""

    number: int
    of: int
    title: str
    about: str
    button: str
    words: str


def lesson_card(step: StepView) -> Card:
    """One step, with the next one behind a button."""
    last = step.number == step.of
    onward = f"{LEARN} {LEAVE}" if last else f"{LEARN} {step.number + 1}"
    buttons = (
        Button(short(step.button, BUTTON_CHARS), Words(step.words).pack(), "primary"),
        Button(_LAST if last else _NEXT, Words(onward).pack()),
        *(() if last else (Button(_NOT_NOW, Words(f"{LEARN} 停").pack()),)),
    )
    title = short(f"{LEARN} {step.number}/{step.of}：{step.title}", TITLE_CHARS)
    return Card(title, short(step.about, LEAD_CHARS), buttons=buttons)


def passed(step: StepView) -> Card:
    """The card of a step once one has gone on."""
    title = short(f"{LEARN} {step.number}/{step.of}：{step.title}", TITLE_CHARS)
    return Card(title, short(step.about, LEAD_CHARS), verdict="看过了")


def left(number: int, of: int) -> Text:
    return Text(f"先到这里，走到第 {number} 步，共 {of} 步；接着走回复 {LEARN}，从头走回复 {LEARN} {ANEW}")


def finished(of: int) -> Text:
    return Text(f"{LEARN}走完了，共 {of} 步。能说的都在 帮助 里；想再练就回复 演练；再走一遍回复 {LEARN} {ANEW}")
