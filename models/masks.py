"""How what identifies a customer is written for who may not see it whole. Masking twice is masking once."""

from __future__ import annotations

import re

HIDDEN = "***"
NAMELESS = "未留姓名"
TAIL = "尾号 "
TAIL_CHARS = 4
TAIL_FROM = 8  #: characters; of a shorter number its tail would give away too much
_MOBILE = re.compile(r"1\d{10}")


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
