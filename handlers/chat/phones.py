"""Phone numbers in one spelling: +86 138-0013-8000 is 13800138000, 17012345678转8899 is 17012345678-8899. Pure."""

from __future__ import annotations

import re

_START, _END = r"(?<![A-Za-z0-9.+-])", r"(?![A-Za-z0-9-])"
_HEAD = r"(?:(?:\+|00)?86[-\s]?)?"
_MOBILE = rf"{_HEAD}(1[3-9]\d)[-\s]?(\d{{4}})[-\s]?(\d{{4}})"
_EXTENSION = r"\s?(?:转分机|分机号?|转接|转|#|ext\.?|-)\s?(\d{2,6})"
_EXTENDED = re.compile(rf"{_START}{_MOBILE}{_EXTENSION}{_END}", re.IGNORECASE)
_PLAIN = re.compile(rf"{_START}{_MOBILE}(?![\d-])")
_WHOLE = re.compile(r"1[3-9]\d{9}(?:-\d{2,6})?")


def respelt(text: str) -> str:
    """A text with each mobile number in it as eleven digits, followed by ``-`` and the extension where it has one."""
    return _PLAIN.sub(r"\1\2\3", _EXTENDED.sub(r"\1\2\3-\4", text))


def is_phone(word: str) -> bool:
    """Whether a respelt word is a mobile number, with or without an extension."""
    return _WHOLE.fullmatch(word) is not None
