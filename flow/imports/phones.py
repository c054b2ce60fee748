"""Telephone numbers as shops export them: mobiles, numbers of platforms with an extension, landlines, masked ones."""

from __future__ import annotations

import re

_EXTENSION = r"(?:(?:-|转|,|#|ext\.?|x|_)(\d{1,6}))?"
_APART = re.compile(r"[\s()]")
_MOBILE = re.compile(rf"(?:\+?86|0086)?-?(1[3-9]\d)-?([\d*]{{4}})-?(\d{{4}}){_EXTENSION}", re.IGNORECASE)
_LANDLINE = re.compile(rf"(?:(?:\+?86|0086)-?)?(010|02\d|0[3-9]\d{{2}})-?(\d{{7,8}}){_EXTENSION}", re.IGNORECASE)
_SERVICE = re.compile(rf"([48]00)-?(\d{{3,4}})-?(\d{{3,4}}){_EXTENSION}", re.IGNORECASE)
_MASKED = re.compile(r"(?=.*\*{3})[\d*-]{7,16}")
_ABROAD = re.compile(r"(?:\+|00)(?!86)\d{1,3}[-\d]{6,16}")


def phone(text: str) -> str | None:
    """A number in the one way in which it is kept, ``17012345678-1234`` with an extension; None for what is none."""
    number = _APART.sub("", text)
    for pattern, mark in ((_MOBILE, ""), (_LANDLINE, "-"), (_SERVICE, "")):
        if found := pattern.fullmatch(number):
            *parts, extension = found.groups()
            if pattern is _SERVICE and sum(map(len, parts)) != 10:
                continue
            return mark.join(parts) + (f"-{extension}" if extension else "")
    return number if _ABROAD.fullmatch(number) or _MASKED.fullmatch(number) else None
