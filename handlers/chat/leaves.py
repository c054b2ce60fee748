"""A leave as people say it: ``我明天请假，找李敏代``, ``12-30到1-3休假 代理李敏``. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flow.definitions import calendar_text
from flow.definitions.calendar_text import day_of
from flow.edits.quantities import numeral
from handlers.chat import names

if TYPE_CHECKING:
    from datetime import date

    from flow.people.directory import Directory

LEAVE, FOR_ANOTHER = "请假", "代人请假"
_WORDS = re.compile(
    r"请\S{0,3}假|休[\d一二两三四五六七八九十半]{1,3}天|休个?年?假|[调轮倒补]休|休息|歇班|不在|去?出差|[年病婚产]假|去?培训"
)
_TWO_DAYS = re.compile(r"明后两?天|明后天|明天后天")
_DAY = (
    r"(?:\d{4}[-./年])?\d{1,2}(?:[-./]|月)\d{1,2}[号日]?|大?后[天儿]|今[天儿]|明[天儿]"
    r"|[上下本这]?个?(?:周|星期|礼拜)[一二三四五六日天末]|\d{1,2}[号日]|月底"
)
_PART = r"(?:上午|中午|下午|晚上|早上)?(?:\d{1,2}(?:点半?|:\d{2}))?"
_PART_ALONE = re.compile(r"上午|下午|晚上")
_AWAY = re.compile(
    r"出差|请\S{0,2}假|休\S{0,2}假|休息|调休|不在|生病|病了|住院|不上班|没来|值夜|[休歇](?:\d{1,2}|[一二三四五六七八九十两]{1,3})天|歇班|产假|陪产"
)
_ASKED = re.compile(
    r"(?:给|交给|转给|由|让|归|找|请|叫|把|和|跟|与|同|代理|替|代)$"
)  #: ahead of a name: not who is away
_ACTS = re.compile(r"(?:来|先|会|可以)*(?:代|替|顶|帮)")  #: behind one
_BY_ME = re.compile(
    r"(?:让|由|给|交给|转给|找|归)我|我(?:来|先|就|会|可以|帮忙)*(?:替|代|顶|帮|批|审|办|看|接|处理|负责|来$|来[,，。])"
)
#: 明天我替王建国: nobody is said to be away, and it is my place all the same
_I_FOR = re.compile(
    r"我(?:来|先|会|要|去)*(?:替|代|顶)(?:一下|班)?(?P<who>[\u4e00-\u9fff]{2,4}?)(?:的?班|批|审|办)*[\s。.!吧]*$"
)
_THEIRS = re.compile(r"[他她](?:的|手上)")
_WHOLE_WEEK = re.compile(r"[下这本]个?(?:周|星期|礼拜)(?![一二三四五六日天末])")
_WEEK = re.compile(r"[下上本这]个?(?=周|星期|礼拜)")
_WEEKDAYS = ("周", "星期", "礼拜")
_TITLED = re.compile(r"[\u4e00-\u9fff](?:总监|总|经理|主管|组长|店长|老师|哥|姐)")
_SPAN = re.compile(rf"(?P<from>(?:{_DAY}){_PART})\s*(?:(?:到|至|~|-)\s*(?P<to>(?:{_DAY}){_PART}))?")


_UNTIL = re.compile(r"(?:到|至|~|-)\s*$")
_SOME = re.compile(
    r"(?:超过|大于|高于|多于|不到|低于|小于|少于|满|不超过)\s?[\d一二两三四五六七八九十百千万]+|\d(?:元|块钱|块)?(?:以上|以下|以内|往上)|[\d百千万](?:元|块)的"
    r"|(?:退货|换货|维修|补偿|退款|仅退款|投诉|质量问题|无理由|大额|小额|大单|急的|急单|贵的)的?(?:单子?)?(?:都|就)?(?:给|找|让|由|归|转)"
)  #: not all cases: one leave has one who acts for all
_SOON = ("今天", "明天", "后天")
_WHEN = re.compile(
    r"[下这本上]个?(?:周|星期|礼拜|月)|周[一二三四五六日末]|\d[月号日]|月[初中底]|过几天|过两天|国庆|春节|元旦|中秋|端午|五一|年后|年底"
)
_BOTH = 2  #: days of a leave that are said apart
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
    if _THEIRS.search(text) and _BY_ME.search(text):
        return ""
    name = names.in_text(text.replace(but, ""), staff)[0] or _titled(text, staff)
    days = days_in(text, today)
    return f"{LEAVE} {days} 代理 {name}" if name and days else ""


def without_terms(text: str, staff: Directory) -> tuple[str, str]:
    """A text without the clauses that one leave cannot keep, and those: 超过500的给赵总, beside another's 审批都给王哥.

    Some cases alone, or a second colleague behind the one who acts for all.
    """
    clauses = re.split(r"(?<=[,。;，；\s])", text)
    kept: list[str] = []
    others: list[str] = []
    acting = ""
    for clause in clauses:
        name = names.in_text(clause, staff)[0] or _titled(clause, staff)
        if _SOME.search(clause) or (acting and name and name != acting and kept):
            others.append(clause)
        else:
            kept.append(clause)
            acting = name or acting
    return "".join(kept).strip(" ,，;；"), "".join(others).strip(" ,，;；。")


def starting(text: str, staff: Directory, today: date) -> list[str]:
    """``请两天假 单子给何佳``: the leaves that it may be, from today and from tomorrow; none where a day is named."""
    units, name = _days(text), names.in_text(text, staff)[0] or _titled(text, staff)
    if not units or not name or _SPAN.search(_with_days(text)) or _WHEN.search(text):
        return []
    return [
        f"{LEAVE} {word} 到 {_called(ahead + units - 1, today)} 代理 {name}" for ahead, word in enumerate(_SOON[:2])
    ]


def _called(ahead: int, today: date) -> str:
    return _SOON[ahead] if ahead < len(_SOON) else f"{today + timedelta(days=ahead)}"


@dataclass(frozen=True, slots=True)
class Other:
    """A colleague's leave as somebody says it."""

    who: str
    days: str = ""  #: ``明天 到 周五``; "" where it is not said, or twice
    delegate: str = ""

    @property
    def command(self) -> str:
        """The command that writes it down; "" where the days or the delegate are missing."""
        return f"{FOR_ANOTHER} {self.who} {self.days} 代理 {self.delegate}" if self.days and self.delegate else ""


def of_another(text: str, staff: Directory, today: date, me: str) -> Other | None:
    """``王建国明天休假,他的单让我来批`` as the leave of whoever is away; None for my own, and for another text."""
    who = _absent(text, staff)
    if not who or who == me:
        return None
    others = {name for _, name in names.said_in(text, staff) if name != who}
    by_me = {me} if _BY_ME.search(text) else set()
    acting = others if len(others) == 1 else by_me
    return Other(who, days_in(text, today), next(iter(acting), ""))


def days_in(text: str, today: date) -> str:
    """``明天 到 周五``: the days that a text speaks of; "" where it speaks of none, or twice."""
    text = _with_days(text)
    spans = list(_SPAN.finditer(text))
    if len(spans) == 1:
        first, last = _ends(spans[0], text, today)
        return f"{first} 到 {last}"
    if not spans and (part := _PART_ALONE.search(text)):
        return f"今天{part[0]} 到 今天{part[0]}"
    week = None if spans or _days(text) else _WHOLE_WEEK.search(text)  # of a week three days are three of seven
    return f"{week[0]}一 到 {week[0]}日" if week else ""


def _with_days(text: str) -> str:
    """A text with its days written out, those around its verb side by side: 明天下午出差到周五."""
    text = calendar_text.spelt_out(_TWO_DAYS.sub("明天到后天", text))
    spans = list(_SPAN.finditer(text))
    if len(spans) != _BOTH or spans[0]["to"] or spans[1]["to"]:
        return text
    begins, ends = spans
    between = text[begins.end() : ends.start()]
    if not _UNTIL.search(between) or not _WORDS.search(between) or re.search(r"[,。;]", between):
        return text
    rest = _UNTIL.sub("", between)
    return f"{text[: begins.start()]}{begins[0]}到{ends[0]}{rest}{text[ends.end() :]}"


def _absent(text: str, staff: Directory) -> str:
    """The colleague who is said to be away, or in whose place I am to act; "" for nobody."""
    if (covered := _I_FOR.search(text)) and (name := names.named(covered["who"], staff)):
        return name
    away = _AWAY.search(text)
    before = text[: away.start()] if away else ""
    places = [(before.rfind(said), said, name) for said, name in names.said_in(before, staff)]
    at, said, name = max(places, default=(0, "", ""))
    behind = before[at + len(said) :]
    if "我" in behind or _ASKED.search(before[:at]) or _ACTS.match(behind):
        return ""
    return name


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
