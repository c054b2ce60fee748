"""How a figure has moved, in words: ``−8.2%``, ``12 倍``, ``+0.42``."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

MINUS = "−"
MANY_TIMES = 10  # from here on, percent is no way to say it


def difference(before: float, now: float, places: int = 2) -> str:
    """``+0.42``: of rates, whose difference is in percentage points."""
    return signed(Decimal(str(now)) - Decimal(str(before)), places)


def relative(before: float, now: float) -> str:
    """``−8.2%``, or ``12 倍``; "" when there is nothing to divide by."""
    if not before:
        return ""
    if now >= MANY_TIMES * before:
        return f"{int(now // before):,} 倍"
    was, is_ = Decimal(str(before)), Decimal(str(now))
    percent = 100 * (is_ - was) / was
    return f"{signed(percent, 0 if abs(percent) >= 10 or percent == int(percent) else 1)}%"


def signed(value: Decimal, places: int) -> str:
    """Rounded half up, with a sign unless it is nothing."""
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{MINUS if rounded < 0 else '+' if rounded else ''}{abs(rounded):,}"
