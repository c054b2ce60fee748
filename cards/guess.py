"""The card that asks which of several readings was meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.payload import Answer
from cards.types import BUTTON_CHARS, LEAD_CHARS, TITLE_CHARS, VALUE_CHARS, Button, Card, Fact, fitted, short

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 5  #: readings on one card, beside 取消
CANCEL = "都不是"
THEN = "；"  #: between the statements of a reading that does several

_CASE = re.compile(r"^R\d{4}(\d\d)(\d\d)-\d{4,}$")  #: of numbers that end alike the day tells which


def guess(question: str, lead: str, readings: Sequence[str], dialog_id: int, version: int) -> Card:
    """Each reading as it would be typed, and the button that does it."""
    shown = readings[:MOST]
    facts = tuple(Fact(str(n), _spelt(reading)) for n, reading in enumerate(shown, 1))
    buttons = tuple(
        Button(_fitted(n, label), Answer(dialog_id, version, str(n)).pack())
        for n, label in enumerate(_labels(shown), 1)
    )
    cancel = Button(CANCEL, Answer(dialog_id, version, CANCEL).pack(), "danger")
    return Card(fitted(question, TITLE_CHARS), short(lead, LEAD_CHARS), facts, (*buttons, cancel))


def _spelt(reading: str) -> str:
    """A reading as it would be typed; of several statements the ends of the numbers, so that none of it is cut off."""
    if THEN not in reading or len(reading) <= VALUE_CHARS:
        return fitted(reading, VALUE_CHARS)
    words = (_tail(word) if _CASE.match(word) else word for word in reading.split())
    return fitted(" ".join(words).replace(f" {THEN} ", THEN), VALUE_CHARS)


def _fitted(n: int, label: str) -> str:
    """The label with its number; where there is no room for both its words, the one that tells it from the others."""
    whole = f"{n} {label}"
    return whole if len(whole) <= BUTTON_CHARS else fitted(f"{n} {label.split()[-1]}", BUTTON_CHARS)


def _labels(readings: Sequence[str]) -> list[str]:
    """The command of each; where several are the same one, with the word that tells them apart: 退货 天猫."""
    heads = ["一起办" if THEN in reading else _CASE.sub(r"\1-\2", reading.split()[0]) for reading in readings]
    words = [reading.split() for reading in readings]
    least = min(map(len, words))
    place = next((n for n in range(1, least) if len({each[n] for each in words}) == len(words)), 1)
    told = [each[place] if place < len(each) else "" for each in words]
    return [
        head if heads.count(head) == 1 else f"{head} {_tail(word)}".rstrip()
        for head, word in zip(heads, told, strict=True)
    ]


def _tail(word: str) -> str:
    return word[-4:] if word[-4:].isdigit() else word


def taken(reading: str) -> Card:
    """The card once a reading was chosen."""
    return Card(fitted(f"好的：{reading}", TITLE_CHARS), verdict=fitted(reading, BUTTON_CHARS))


def left() -> Card:
    """The card once none was meant."""
    return Card("好的，没有改动", "请换个说法，或者回复“帮助”看能做什么", verdict=CANCEL)
