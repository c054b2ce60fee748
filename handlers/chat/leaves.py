"""A leave as people say it: ``我明天请假，找李敏代``, ``12-30到1-3休假 代理李敏``. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.chat import names

if TYPE_CHECKING:
    from flow.directory import Directory

LEAVE = "请假"
_WORDS = re.compile(r"请\S{0,3}假|休个?年?假|调休|休息|不在")
_DAY = (
    r"(?:\d{4}[-./年])?\d{1,2}(?:[-./]|月)\d{1,2}[号日]?|大?后天|今天|明天"
    r"|[上下本这]?个?(?:周|星期|礼拜)[一二三四五六日天末]|\d{1,2}[号日]|月底"
)
_PART = r"(?:上午|中午|下午|晚上|早上)?(?:\d{1,2}(?:点半?|:\d{2}))?"
_PART_ALONE = re.compile(r"上午|下午|晚上")
_SPAN = re.compile(rf"(?P<from>(?:{_DAY}){_PART})\s*(?:(?:到|至|~|-)\s*(?P<to>(?:{_DAY}){_PART}))?")


def plain(text: str) -> str:
    """A text with the one word for a leave."""
    return _WORDS.sub(LEAVE, text)


def days_alone(text: str) -> str:
    """``下周三下午 到 下周五``: from when to when, where that is all that is said; "" for another text."""
    span = _SPAN.fullmatch(text.strip(" ,。.!"))
    return f"{span['from']} 到 {span['to']}" if span and span["to"] else ""


def line(text: str, staff: Directory, but: str = "") -> str:
    """The command that a sentence of ``but`` says; "" where it names no day, nobody, or two of either."""
    spans = list(_SPAN.finditer(text))
    name, _ = names.in_text(text.replace(but, ""), staff)
    if not spans and (part := _PART_ALONE.search(text)):
        return f"{LEAVE} 今天{part[0]} 到 今天{part[0]} 代理 {name}" if name else ""
    if len(spans) != 1 or not name:
        return ""
    first, last = spans[0]["from"], spans[0]["to"] or spans[0]["from"]
    return f"{LEAVE} {first} 到 {last} 代理 {name}"
