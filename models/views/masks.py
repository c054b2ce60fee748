"""How what identifies a customer is written for who may not see it whole. Masking twice is masking once."""

from __future__ import annotations

import re

HIDDEN = "***"
NAMELESS = "未留姓名"
TAIL = "尾号 "
TAIL_CHARS = 4
TAIL_FROM = 8  #: characters; of a shorter number its tail would give away too much
_MOBILE = re.compile(r"1\d{10}")
#: a mobile, however it is spaced; an address of mail; the part of a customer's or a flow's link that opens it
_PERSONAL = re.compile(
    r"(?<![\dA-Za-z-])1[3-9]\d(?:[ -]?\d){8}(?![\dA-Za-z])|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S*/[cd]/\S+"
)
_MONEY = re.compile(r"[¥￥]\s?\d|\d\s?元")


def is_personal(text: str) -> bool:
    """Whether free words hold what is one person's: a number, an address, a link of theirs, or an amount."""
    return bool(_PERSONAL.search(text) or _MONEY.search(text))


def without_numbers(text: str) -> str:
    """Free words without a mobile's digits, an address of mail or a customer's link."""
    return _PERSONAL.sub(HIDDEN, text)


def surname(name: str) -> str:
    """李**: enough to recognise, not to know. A customer number is shown as it is, a phone number by its tail."""
    if _MOBILE.search(name) or name.startswith(TAIL):
        return tail(name)
    if name == NAMELESS or (name.isascii() and any(letter.isdigit() for letter in name)):
        return name
    return f"{name[:1]}**" if name else NAMELESS


def tail(number: str) -> str:
    """尾号 8000 of a phone or an account; a short one is hidden, none stays none."""
    if not number or number.startswith(TAIL):
        return number
    return TAIL + number[-TAIL_CHARS:] if len(number) >= TAIL_FROM else HIDDEN


def hidden(text: str) -> str:
    """That there is something, and no more."""
    return text and HIDDEN
