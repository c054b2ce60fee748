"""Patterns that stand in many others: any of a list of words, and the number of a case. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

CASE_NO = r"R\d{8}-\d{4,}"


def alternatives(words: Collection[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
