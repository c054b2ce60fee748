"""How money, moments, spans and people are written, the same everywhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from models.values import LineView

_UNITS = ((86400, "天"), (3600, "时"), (60, "分"))


def money(amount: Decimal) -> str:
    """¥2,880.00."""
    return f"¥{amount:,.2f}"


def moment(at: datetime, now: datetime) -> str:
    """今天 14:03, 昨天 14:03, 11-20 14:03; in the zone of ``now``."""
    local = at.astimezone(now.tzinfo)
    days = (now.date() - local.date()).days
    day = {0: "今天", 1: "昨天", -1: "明天"}.get(days)
    if day is None:
        day = f"{local:%m-%d}" if local.year == now.year else f"{local:%Y-%m-%d}"
    return f"{day} {local:%H:%M}"


def span(length: timedelta | float) -> str:
    """The largest two units: 3 时 48 分; under a minute, 不到 1 分."""
    seconds = int(length.total_seconds() if isinstance(length, timedelta) else length)
    parts: list[tuple[int, str]] = []
    for size, name in _UNITS:
        count, seconds = divmod(seconds, size)
        if count or parts:
            parts.append((count, name))
    return " ".join(f"{count} {name}" for count, name in parts[:2] if count) or "不到 1 分"


def due(at: datetime, now: datetime) -> str:
    """今天 17:51（还剩 3 时 48 分）, or 已超时 2 时 10 分."""
    if at <= now:
        return f"已超时 {span(now - at)}"
    return f"{moment(at, now)}（还剩 {span(at - now)}）"


def masked(name: str) -> str:
    """李**: enough to recognise, not to know. A customer number is shown as it is."""
    if not name or (name.isascii() and any(letter.isdigit() for letter in name)):
        return name or "未留姓名"
    return f"{name[:1]}**"


def goods(lines: Sequence[LineView], units: str = "requested", chars: int = 30) -> str:
    """The products of a case, as ``listed``."""
    return listed([(line.title or line.sku, getattr(line, units)) for line in lines], chars)


def listed(named: Sequence[tuple[str, int]], chars: int = 30) -> str:
    """自动喂食器 ×1、滤网 ×2, or 自动喂食器 等 3 件 when it would not fit: counts are never cut."""
    flat = [(" ".join(title.split()), count) for title, count in named]
    whole = "、".join(f"{title} ×{count}" for title, count in flat)
    if len(whole) <= chars:
        return whole
    title, count = flat[0]
    total = sum(count for _, count in named)
    tail = f" ×{count}" if len(named) == 1 else f" 等 {total} 件"
    room = chars - len(tail)
    return (title if len(title) <= room else title[: room - 1] + "…") + tail
