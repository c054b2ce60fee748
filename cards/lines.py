"""The products of a case line by line: as many as a place has room for, the rest counted and one tap away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.types import short

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from models.views.case import LineView

ALL = "全部明细"  #: in a card's menu, and what people say: every line of the case, in words
TITLE_CHARS = 24  #: of a product's name in a line of a card; the count behind it is never cut
ONLY_CHARS = 48  #: of the name of a case's only product


def line(title: str, units: int, chars: int = TITLE_CHARS) -> str:
    """``自动喂食器 ×2``: a long name gives way, the count stays whole."""
    return f"{short(title, chars)} ×{units}"


def counted(view: LineView, *, inspected: bool, chars: int = TITLE_CHARS) -> str:
    """``白色心形烛台 ×5：收到 2，合格 1，次品 1``: what was asked for, and what has become of it so far."""
    came = [f"收到 {view.received}"]
    passed = [f"合格 {view.accepted}", f"次品 {view.damaged}"] if inspected else []
    return f"{line(view.title or view.sku, view.requested, chars)}：{'，'.join([*came, *passed])}"


def told(views: Sequence[LineView], *, received: bool, inspected: bool, whole: bool = False) -> tuple[str, ...]:
    """A line for each product, with its counts once the goods were counted; ``whole`` spells names out, with the SKU.

    Of products that are called the same, each is told by its SKU.
    """
    names = [view.title for view in views]
    shown = []
    for view in views:
        named = whole or names.count(view.title) > 1
        chars = len(view.title) or len(view.sku) if whole else TITLE_CHARS if len(views) > 1 else ONLY_CHARS
        text = counted(view, inspected=inspected, chars=chars) if received or inspected else ""
        text = text or line(view.title or view.sku, view.requested, chars)
        shown.append(f"{view.sku} {text}" if named and view.title else text)
    return tuple(shown)


def as_asked(views: Sequence[LineView]) -> bool:
    """Whether nothing has come otherwise than it was asked for, as far as it was counted."""
    came = not any(view.received for view in views) or all(view.received == view.requested for view in views)
    return came and not any(view.damaged for view in views)


def of_case(views: Sequence[LineView], *, whole: bool = False) -> tuple[str, ...]:
    """The lines of a case as it stands: with counts as soon as there are any."""
    received, inspected = any(x.received for x in views), any(x.accepted or x.damaged for x in views)
    return told(views, received=received, inspected=inspected, whole=whole)


def fitting(lines: Collection[str], chars: int, where: str = f"点“{ALL}”") -> tuple[tuple[str, ...], int]:
    """The first of the lines that fit in ``chars``, a break between them, and how many of them do not.

    What has no room is counted, with ``where`` to read it.
    """
    found = list(lines)
    if len("\n".join(found)) <= chars:
        return tuple(found), 0
    while found and len("\n".join([*found, rest(len(lines) - len(found), where)])) > chars:
        found.pop()
    left = len(lines) - len(found)
    said = rest(left, where)
    return (*found, said) if len(said) <= chars else (), left


def rest(count: int, where: str) -> str:
    """What stands in place of the lines that have no room."""
    return f"……还有 {count} 行，{where}"
