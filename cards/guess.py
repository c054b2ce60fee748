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
    """A reading as it would be typed; a long one with the ends of its numbers where these would be cut off."""
    whole = fitted(reading, VALUE_CHARS)
    numbers = [word for word in reading.split() if _CASE.match(word)]
    if len(reading) <= VALUE_CHARS or (THEN not in reading and all(no in whole for no in numbers)):
        return whole
    words = (_tail(word) if _CASE.match(word) else word for word in reading.split())
    return fitted(" ".join(words).replace(f" {THEN} ", THEN), VALUE_CHARS)


def _fitted(n: int, label: str) -> str:
    """The label with its number; where there is no room for both its words, the one that tells it from the others."""
    whole = f"{n} {label}"
    return whole if len(whole) <= BUTTON_CHARS else fitted(f"{n} {label.split()[-1]}", BUTTON_CHARS)


def _labels(readings: Sequence[str]) -> list[str]:
    """The command of each, with the case where they are of several; those of one command with what tells them apart."""
    words = [reading.split() for reading in readings]
    heads = ["一起办" if THEN in reading else _CASE.sub(r"\1-\2", reading.split()[0]) for reading in readings]
    cases = {word for each in words for word in each[1:2] if _CASE.match(word)}
    return [
        _apart(n, words, heads) or (f"{head} {_of_case(words[n])}" if len(cases) > 1 else head).rstrip()
        for n, head in enumerate(heads)
    ]


def _apart(n: int, words: Sequence[list[str]], heads: Sequence[str]) -> str:
    """The command with the word that tells it from the others of its kind: 退货 天猫; "" where it is the only one."""
    alike = [each for each, head in zip(words, heads, strict=True) if head == heads[n]]
    if len(alike) == 1:
        return ""
    places = range(1, max(map(len, alike)))
    told = [[each[at] if at < len(each) else "" for each in alike] for at in places]
    by = next((at for at, each in zip(places, told, strict=True) if len(set(each)) == len(each)), 1)
    return f"{heads[n]} {_tail(words[n][by]) if by < len(words[n]) else ''}".rstrip()


def _of_case(words: Sequence[str]) -> str:
    """The end of the number of the case that a reading is about, where its button has room for it."""
    tail = _tail(words[1]) if len(words) > 1 and THEN not in words and _CASE.match(words[1]) else ""
    return tail if len(f"1 {words[0]} {tail}") <= BUTTON_CHARS else ""


def _tail(word: str) -> str:
    return word[-4:] if word[-4:].isdigit() else word


def taken(reading: str) -> Card:
    """The card once a reading was chosen."""
    return Card(fitted(f"好的：{reading}", TITLE_CHARS), verdict=fitted(reading, BUTTON_CHARS))


def left() -> Card:
    """The card once none was meant."""
    return Card("好的，没有改动", "请换个说法，或者回复“帮助”看能做什么", verdict=CANCEL)
