"""The sheet 通知: what customers are told, word for word."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from flow.definitions.vocabulary import NOTICE_GAPS
from flow.workbook.tables import Head, merged, spelling, table, unique
from flow.workbook.values import PROSE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.workbook.errors import Problems
    from flow.workbook.tables import Line, Table

SHEET = "通知"
MOMENT, TEXT = "时刻", "原文"
HEADS = (
    Head(MOMENT, "什么时候发；名字是固定的，不能改", 16),
    Head(TEXT, "客户看到的原话；{缺件} 这样的地方发的时候会填上", 80),
)


def show(notices: Mapping[str, Any]) -> Table:
    """The sheet of the notices."""
    return table(SHEET, HEADS, ({MOMENT: name, TEXT: text} for name, text in _texts(notices).items()))


def _texts(notices: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): text for name, text in (notices.get(SHEET) or {}).items() if isinstance(text, str)}


def read(sheet: Table, notices: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """The notices with what the sheet says now."""
    old = _texts(notices)
    lines = unique(sheet.lines(problems), MOMENT, spelling(old))
    strange = [line for name, line in lines.items() if name not in old]
    for n, gone in enumerate(name for name in old if name not in lines):
        words = f"少了“{gone}”：机器人到那个时刻要用它，请"
        if n < len(strange):
            strange[n].wrong(MOMENT, f"{words}把“{strange[n][MOMENT]}”改回来")
        else:
            problems.at(SHEET, 0, MOMENT, f"{words}加回来")
    said = {name: _text(line, old.get(name), NOTICE_GAPS.get(name, frozenset())) for name, line in lines.items()}
    hidden = {name: text for name, text in (notices.get(SHEET) or {}).items() if str(name) not in old}
    return merged(notices, {SHEET: {**said, **hidden}})


def _text(line: Line, old: str | None, more: frozenset[str]) -> str:
    """``more`` can be filled in at that moment, whether the old text did or not."""
    text = str(line.value(TEXT, PROSE, old) or "")
    if not text and old is None:
        line.wrong(TEXT, "空着，写客户看到的原话")
    elif (strange := _gaps(text) - _gaps(old if old is not None else text) - more) and text != old:
        line.wrong(TEXT, f"{{{min(strange)}}} 到那时候没有东西可填，{_can_fill(_gaps(old or '') | more)}")
    return text


def _gaps(text: str) -> set[str]:
    """What stands in braces; a brace without its other half is a gap of its own."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"…"}


def _can_fill(gaps: frozenset[str] | set[str]) -> str:
    known = sorted(gaps - {"…"})
    return "可以用的是 " + "、".join(f"{{{name}}}" for name in known) if known else "请去掉花括号"
