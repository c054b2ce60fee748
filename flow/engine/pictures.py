"""How many pictures a field takes, and what is said while they come one after the other. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flow.definitions.flow import Field

MOST = 20  #: pictures of one field
DONE = "好了"  #: the word that there are no more
ENOUGH = frozenset({DONE, "发完了", "发完", "拍完了", "拍好了", "都发了", "就这些", "没了", "没有了", "完了", "齐了"})
_SPAN = re.compile(r"(?P<fewest>\d{1,3})~(?P<most>\d{1,3})|>=(?P<least>\d{1,3})|<=(?P<top>\d{1,3})|(?P<just>\d{1,3})")


def bounds(count: str) -> tuple[int, int] | None:
    """The fewest and the most of ``3~9``, ``>=3``, ``<=9``, ``3``; None for what is no such count."""
    match = _SPAN.fullmatch(count)
    if match is None:
        return None
    if match["just"]:
        return int(match["just"]), int(match["just"])
    if match["least"]:
        return int(match["least"]), MOST
    return int(match["fewest"] or 1), int(match["most"] or match["top"])


def several(field: Field) -> tuple[int, int] | None:
    """The same of a field that takes several; None where it takes one."""
    return bounds(field.count) if field.count else None


def wanted(fewest: int, most: int) -> str:
    """``3 到 9 张``."""
    if fewest == most:
        return f"{most} 张"
    return f"1 张，最多 {most} 张" if fewest == 1 else f"{fewest} 到 {most} 张"


def so_far(taken: int, fewest: int, most: int) -> str:
    """``收到 2 张，还要 1 张；发完回复“好了”``."""
    if taken < fewest:
        return f"收到 {taken} 张，还要 {fewest - taken} 张；发完回复“{DONE}”"
    more = f"，最多还能发 {most - taken} 张" if taken < most else f"，够 {most} 张了"
    return f"收到 {taken} 张{more}；发完回复“{DONE}”"


def surplus(many: int, most: int) -> str:
    """What is said of pictures beyond the most."""
    return f"最多 {most} 张，后面的 {many} 张没有收"


def too_few(taken: int, fewest: int) -> str:
    """What is said to a 好了 that comes too early."""
    return f"至少要 {fewest} 张，现在 {taken} 张，还差 {fewest - taken} 张，请接着发图片"
