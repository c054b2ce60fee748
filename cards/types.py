"""Neutral card, text and picture. A value that a platform would cut or refuse can't be built."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

Style = Literal["primary", "plain", "danger"]

# The tighter of the two platforms for each part (D/90236; KB card pages): what fits here is shown whole on both.
TITLE_CHARS = 36
LEAD_CHARS = 112
TEXT_CHARS = 160  #: of the lead and the lines below it together, hard in an app's card (D/90236)
NAME_CHARS = 5
VALUE_CHARS = 30
BUTTON_CHARS = 10
OPTION_CHARS = 16
SELECT_TITLE_CHARS = 13  #: an AI bot's, which are the only ones documented (D/101032)
MAX_FACTS = 6
MAX_BUTTONS = 6
MAX_MENU = 3  #: of action_list (D/90236); the page on passive replies says ten
MAX_OPTIONS = 10
KEY_BYTES = 1024
ID_BYTES = 128


class CardError(ValueError):
    """A card breaks a platform's limit: a fault of ours, found before anything is sent."""


def _at_most(what: str, text: str, chars: int) -> None:
    if len(text) > chars:
        raise CardError(f"{what} has {len(text)} characters, {chars} fit: {text!r}")


def _within(what: str, key: str, most: int) -> None:
    if not 0 < len(key.encode()) <= most:
        raise CardError(f"{what} needs 1..{most} bytes: {key!r}")


@dataclass(frozen=True, slots=True)
class Button:
    """``text`` is what people read, ``payload`` what comes back when they tap."""

    text: str
    payload: str
    style: Style = "plain"

    def __post_init__(self) -> None:
        _at_most("button", self.text, BUTTON_CHARS)
        if not self.text or not 0 < len(self.payload.encode()) <= KEY_BYTES:
            raise CardError(f"button {self.text!r} needs a text and a payload of 1..{KEY_BYTES} bytes")


@dataclass(frozen=True, slots=True)
class Select:
    """A drop-down whose choice travels with the next tap; untouched it shows ``chosen``, or else the first option."""

    key: str
    title: str
    options: tuple[tuple[str, str], ...]  #: (id, text)
    chosen: str | None = None

    def __post_init__(self) -> None:
        _within("select key", self.key, KEY_BYTES)
        _at_most("select title", self.title, SELECT_TITLE_CHARS)
        if not 1 <= len(self.options) <= MAX_OPTIONS:
            raise CardError(f"{len(self.options)} options, 1..{MAX_OPTIONS} fit")
        for option, text in self.options:
            _within("option id", option, ID_BYTES)
            _at_most("option", text, OPTION_CHARS)
        ids = {option for option, text in self.options if text}
        if len(ids) < len(self.options) or self.chosen not in {None, *ids}:
            raise CardError("options need a text and an id of their own, and the chosen one is among them")


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: a short name and its value; ``alert`` when it is bad news now."""

    name: str
    value: str
    alert: bool = False

    def __post_init__(self) -> None:
        _at_most("fact name", self.name, NAME_CHARS)
        _at_most(f"fact {self.name}", self.value, VALUE_CHARS)


@dataclass(frozen=True, slots=True)
class Card:
    """One decision, or the record of one.

    A card without ``buttons`` is a record: it is shown greyed, with ``verdict`` where the buttons were, and without
    its ``menu``.
    """

    title: str
    lead: str = ""  #: the reason to decide
    facts: tuple[Fact, ...] = ()
    buttons: tuple[Button, ...] = ()
    select: Select | None = None
    verdict: str = ""  #: ``已同意``: stands in place of the buttons of a record
    source: str = "售后中心"
    menu: tuple[Button, ...] = ()  #: what is seldom wanted, behind 更多; plain, whatever style its entries name
    details: tuple[str, ...] = ()  #: below the lead, a line each

    def __post_init__(self) -> None:
        _at_most("title", self.title, TITLE_CHARS)
        _at_most("lead", self.lead, LEAD_CHARS)
        _at_most("lead and details", self.body, TEXT_CHARS)
        _at_most("verdict", self.verdict, BUTTON_CHARS)
        if len(self.facts) > MAX_FACTS or len(self.buttons) > MAX_BUTTONS:
            raise CardError(f"{len(self.facts)} facts, {len(self.buttons)} buttons: at most {MAX_FACTS}, {MAX_BUTTONS}")
        if len(self.menu) > MAX_MENU:
            raise CardError(f"{len(self.menu)} menu entries, {MAX_MENU} fit")
        for entries in (self.buttons, self.menu):
            if len({entry.payload for entry in entries}) < len(entries):
                raise CardError("two buttons carry one payload")

    @property
    def body(self) -> str:
        """What stands between the title and the rows: the lead, and each detail on a line of its own."""
        return "\n".join(part for part in (self.lead, *self.details) if part)

    @property
    def live(self) -> bool:
        """Whether a tap on it would act."""
        return bool(self.buttons)


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words, lines apart by ``\\n``. Channels split what is too long for one message at line ends.

    ``links`` are addresses of ours in it: nothing else that looks like one can be tapped.
    """

    body: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """A picture with the same numbers in words."""

    png: bytes = field(repr=False)
    name: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A document; DingTalk takes xlsx, pdf, zip, rar, doc and docx (dingtalk.md §4.2)."""

    data: bytes = field(repr=False)
    name: str


Content = Card | Text | Image | File


_OF_NUMBERS = frozenset("0123456789.,")
_CUT_NUMBER = re.compile(r"[¥×]?(?<![\d.,])\d[\d.,]*$|[¥×]$")


def short(text: str, chars: int) -> str:
    """Free text cut to ``chars`` with an ellipsis. A number or an amount in it is left out rather than cut."""
    flat = " ".join(text.split())
    if len(flat) <= chars:
        return flat
    kept = flat[: chars - 1]
    return (_CUT_NUMBER.sub("", kept) if flat[chars - 1] in _OF_NUMBERS else kept) + "…"


def fitted(text: str, chars: int) -> str:
    """Words that end in numbers, in ``chars``: ``滤网组… 扣 ¥35.00``. The words give way, the numbers stay whole."""
    head, tail = " ".join(text.split()), ""
    if len(head) <= chars:
        return head
    while (cut := head.rfind(" ")) > 0:
        last = head[cut:]
        if (len(last) > 3 and not any(char.isdigit() for char in last)) or len(last) + len(tail) > chars - 6:
            break
        head, tail = head[:cut], last + tail
    return short(head, chars - len(tail)) + tail
