"""How money, moments, spans and people are written, the same everywhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models.views.masks import HIDDEN, NAMELESS, surname

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from models.views.case import CaseBrief, CaseView, LineView

masked = surname  #: 李**, where nobody in particular reads
STOPPED = "已停"
JUST = timedelta(hours=1)
_UNITS = ((86400, "天"), (3600, "时"), (60, "分"))


def money(amount: Decimal | None) -> str:
    """¥2,880.00, or ¥*** where the reader may not see it."""
    return f"¥{HIDDEN}" if amount is None else f"¥{amount:,.2f}"


def priced(case: CaseBrief | CaseView) -> str:
    """``退货 ¥329.00``: the kind with what the customer gets; the kind alone where that is no money."""
    return f"{case.kind} {money(case.amount)}" if case.pays else case.kind


def named(number: str, shop: str) -> str:
    """A number with the shop that it is of: ``536365 · 天猫``."""
    return " · ".join(part for part in (number, shop) if part)


def moment(at: datetime, now: datetime) -> str:
    """11-23 14:03, with the year where it is another one; in the zone of ``now``.

    What the bot writes stays on the phone, and is read tomorrow too: no 今天, and no 昨天.
    """
    local = at.astimezone(now.tzinfo)
    return f"{local:%m-%d %H:%M}" if local.year == now.year else f"{local:%Y-%m-%d %H:%M}"


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
    """11-23 17:51 前, or 已超时 2 时 10 分（11-23 11:53 到期）: the moment is true whenever it is read."""
    return f"{moment(at, now)} 前" if at > now else f"已超时 {span(now - at)}（{moment(at, now)} 到期）"


def due_on_card(at: datetime, now: datetime) -> str:
    """The same on a card that is redrawn when it is due: today's says 今天 and what is left; a stopped clock is told.

    Just after that moment it says only that it is late: the span would be wrong in a minute, and stay.
    """
    if at <= now:
        return f"已超时（{moment(at, now)} 到期）" if now - at < JUST else due(at, now)
    local = at.astimezone(now.tzinfo)
    if local.date() > now.date():
        return due(at, now)
    return f"今天 {local:%H:%M}（还剩 {span(at - now)}）"


def stopped(why: str) -> str:
    """``已停：11-23 10:00 起，等客户寄回``, in place of a deadline that stands still."""
    return f"{STOPPED}：{why}" if why else STOPPED


def called(case: CaseView) -> str:
    """The customer's name as the reader may see it; 李** where the view was made for nobody in particular."""
    return (case.customer or NAMELESS) if case.for_reader else masked(case.customer)


def reached(case: CaseView) -> str:
    """The customer's number as the reader may see it; nothing where it is hidden or nobody is known to read."""
    return case.mobile if case.for_reader and case.mobile != HIDDEN else ""


def goods(lines: Sequence[LineView], units: str = "requested", chars: int = 30) -> str:
    """The products of a case, as ``listed``."""
    return listed([(line.title or line.sku, getattr(line, units)) for line in lines], chars)


def listed_whole(lines: Sequence[LineView], units: str = "requested") -> str:
    """Every product with its number, however long."""
    return "、".join(f"{' '.join((line.title or line.sku).split())} ×{getattr(line, units)}" for line in lines)


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
