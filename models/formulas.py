"""What a spreadsheet would compute: a text that begins like a formula is kept from it, in every table that goes out."""

from __future__ import annotations

from models.outside import visible

STARTS = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula: with an apostrophe before it, if it begins like one."""
    shown = visible(text)
    return f"'{shown}" if shown.lstrip().startswith(STARTS) else shown
