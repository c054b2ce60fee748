"""A leave as people say it: ``我明天请假，找李敏代``, ``12-30到1-3休假 代理李敏``. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from flow.definitions.calendar_text import day_of
from flow.edits.quantities import numeral
from handlers.chat import names

if TYPE_CHECKING:
    from datetime import date

    from flow.people.directory import Directory

LEAVE = "请假"
_WORDS = re.compile(r"请\S{0,3}假|休个?年?假|调休|休息|不在")
_DAY = (
    r"(?:\d{4}[-./年])?\d{1,2}(?:[-./]|月)\d{1,2}[号日]?|大?后天|今天|明天"
    r"|[上下本这]?个?(?:周|星期|礼拜)[一二三四五六日天末]|\d{1,2}[号日]|月底"
)
_PART = r"(?:上午|中午|下午|晚上|早上)?(?:\d{1,2}(?:点半?|:\d{2}))?"
_PART_ALONE = re.compile(r"上午|下午|晚上")
_AWAY = re.compile(
    r"出差|请\S{0,2}假|休\S{0,2}假|休息|调休|不在|生病|病了|住院|不上班|没来|值夜|休(?:\d{1,2}|[一二三四五六七八九十两]{1,3})天|产假|陪产"
)
_HANDED = re.compile(r"(?:给|交给|转给|由|让|归|找|请)$")
_WEEK = re.compile(r"[下上本这]个?(?=周|星期|礼拜)")
_WEEKDAYS = ("周", "星期", "礼拜")
_TITLED = re.compile(r"[\u4e00-\u9fff](?:总监|总|经理|主管|组长|店长|老师|哥|姐)")
_SPAN = re.compile(rf"(?P<from>(?:{_DAY}){_PART})\s*(?:(?:到|至|~|-)\s*(?P<to>(?:{_DAY}){_PART}))?")


_WITHIN = re.compile(rf"(?<=\S){LEAVE}(?=到|至)")  #: 明天请假到周四
_LASTING = re.compile(r"(?P<units>\d{1,2}|[一二三四五六七八九十两]{1,3})\s?天")


def plain(text: str) -> str:
    """A text with the one word for a leave."""
    return _WORDS.sub(LEAVE, text)


def days_alone(text: str) -> str:
    """``下周三下午 到 下周五``: from when to when, where that is all that is said; "" for another text."""
    span = _SPAN.fullmatch(text.strip(" ,。.!"))
    return f"{span['from']} 到 {span['to']}" if span and span["to"] else ""


def line(text: str, staff: Directory, today: date, but: str = "") -> str:
    """The command that a sentence of ``but`` says; "" where it names no day, nobody, or two of either."""
    text = _WITHIN.sub("", text)
    spans = list(_SPAN.finditer(text))
    name = names.in_text(text.replace(but, ""), staff)[0] or _titled(text, staff)
    if not spans and (part := _PART_ALONE.search(text)):
        return f"{LEAVE} 今天{part[0]} 到 今天{part[0]} 代理 {name}" if name else ""
    if len(spans) != 1 or not name:
        return ""
    first, last = _ends(spans[0], text, today)
    return f"{LEAVE} {first} 到 {last} 代理 {name}"


def for_another(text: str, staff: Directory, today: date) -> str:
    """``李敏出差,下周一到周三她的单给王建国`` as the command for a colleague's leave; "" for another text."""
    spans, away = list(_SPAN.finditer(text)), _AWAY.search(text)
    found = sorted((text.index(one.name), one.name) for one in staff.by_id.values() if one.name in text)
    if len(spans) != 1 or len(found) != 2 or not away or not _HANDED.search(text[: found[1][0]]):
        return ""
    first, last = _ends(spans[0], text, today)
    return f"代人请假 {found[0][1]} {first} 到 {last} 代理 {found[1][1]}" if found[0][0] < away.start() else ""


def _ends(span: re.Match[str], text: str, today: date) -> tuple[str, str]:
    """``下周一到周三`` ends on the Wednesday of the same week, ``后天请三天假`` two days later."""
    first, last = span["from"], span["to"] or span["from"]
    if not span["to"] and (days := _days(text.replace(span[0], " ", 1))) and (begun := day_of(first, today)):
        return first, f"{begun + timedelta(days=days - 1)}"
    week = _WEEK.match(first)
    return first, f"{week[0]}{last}" if week and last.startswith(_WEEKDAYS) else last


def _days(text: str) -> int:
    """How many days are spoken of; 0 for none."""
    match = _LASTING.search(text)
    return (int(match["units"]) if match["units"].isdigit() else numeral(match["units"]) or 0) if match else 0


def _titled(text: str, staff: Directory) -> str:
    """The colleague that is called by a title: 赵总."""
    found = {name for each in _TITLED.findall(text) if (name := names.named(each, staff))}
    return found.pop() if len(found) == 1 else ""
