"""A remark of what was left over of a sentence, as the clauses were typed: 那个台灯客人 is 那个台灯客人要退. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.patterns import CASE_NO

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKS = re.compile(r"([\s,，;；。!！?？、:：]+)")
_NUMBER = re.compile(r"[A-Za-z0-9-]*\d[A-Za-z0-9-]{4,}")
_TORN_OFF = re.compile(  # what no clause ends with, and what none begins with
    r"(?:客人|客户|买家|顾客|[要想说给把再就那这个]|那个|这个)$|^(?:[个只件的了里中们吧呢]|一下)"
)
_SHORT = 2  #: characters of a remark that says nothing by itself


def whole(note: str, message: str, order_no: str) -> str:
    """The remark with the clause of the message in place of each piece that something was taken out of."""
    clauses = [each for each in _MARKS.split(message)[::2] if each]
    pieces = _MARKS.split(note)
    pieces[::2] = [_whole(piece, clauses, order_no) for piece in pieces[::2]]
    told: list[str] = []
    for piece, mark in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        told += [] if any(piece in each for each in told[::2]) else [piece, mark]
    return "".join(told).rstrip(" ,，;；、")


def _whole(piece: str, clauses: Sequence[str], order_no: str) -> str:
    if not piece or piece in clauses:
        return piece
    found = [clause for clause in clauses if _is_within(piece, clause)]
    found = found or [clause for clause in clauses if _is_within(piece.replace("个", ""), clause)]  # put in to count by
    clause = min(found, key=len, default="")
    torn = piece not in clause or _TORN_OFF.search(piece) or len(piece) <= _SHORT
    typed = re.sub(rf"{re.escape(order_no)}(?:的|这单|那单|里的?)?", "", clause, flags=re.IGNORECASE)
    return typed if clause and torn and not (_NUMBER.search(typed) or re.search(CASE_NO, typed)) else piece


def _is_within(piece: str, clause: str) -> bool:
    """Whether all characters of a piece stand in a clause in their order."""
    signs = iter(clause)
    return all(sign in signs for sign in piece)
