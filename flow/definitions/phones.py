"""Phone numbers as people and platforms write them: +86 138-0013-8000, 17012345678转8899, a tail. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

TAIL_DIGITS, MOBILE_DIGITS = 4, 11
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1[3-9]\d{9}$)")
_EXTENSION = re.compile(r"(?:转分机|分机号?|转接|转|#|ext\.?|,)(\d{2,6})$", re.IGNORECASE)
_HYPHENED = re.compile(r"^((?:\+?86-?)?1[3-9]\d-?\d{4}-?\d{4})-(\d{2,6})$")
_FILLING = re.compile(r"[\s()\-—–·.]")


@dataclass(frozen=True, slots=True)
class Phone:
    """The digits of a number or of its tail, and the extension of a privacy number."""

    digits: str
    extension: str = ""

    @property
    def is_mobile(self) -> bool:
        return len(self.digits) == MOBILE_DIGITS and self.digits[0] == "1" and self.digits[1] in "3456789"

    def is_of(self, stored: Phone) -> bool:
        """Whether a number that is on record may be meant: by all of it, its tail, or its extension."""
        if self.extension:
            return stored.digits.endswith(self.digits) and stored.extension in ("", self.extension)
        return stored.digits.endswith(self.digits) or self.digits == stored.extension


def phone(text: str) -> Phone | None:
    """The number, or the tail of one, that a text is and nothing else."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    extension = ""
    if match := _HYPHENED.match(plain):
        plain, extension = match[1], match[2]
    elif (match := _EXTENSION.search(plain)) and match.start():
        plain, extension = plain[: match.start()], match[1]
    digits = _COUNTRY.sub("", _FILLING.sub("", plain))
    if not digits.isdecimal() or not TAIL_DIGITS <= len(digits) <= MOBILE_DIGITS + 1:
        return None
    return Phone(digits, extension)
