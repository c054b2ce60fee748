"""A sentence of an owner as slots: the nodes, roles, people, amounts and times that it names, and the words beside.

Every character of it belongs to a slot, to filling, or to what nobody knows; a reading that uses all slots has dropped
nothing. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW, POLICY
from flow.definitions.flow import HUMAN
from flow.definitions.owner_words import owner_words
from flow.edits.automation import rule_names
from flow.edits.policy_rows import APPROVER, rows_of
from flow.edits.quantities import NUMERAL, amount_bounds, duration, numeral
from flow.edits.working_copy import REASONS, ROLES
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from flow.edits.working_copy import Book

NODE, WHO, PERSON, TYPE, ROW, RULE, FLOWS, POLICIES = "节点", "岗", "人", "退货类型", "行", "自动规则", "流程", "政策"
BUTTON, GROUP, CASES, TIME, SUM, BOUND, COUNT, CALLED, STRANGE = (
    "按钮", "群", "哪些单", "时长", "钱", "界", "次数", "名", "不认识"
)  # fmt: skip
BEARER = "谁出"
_FLOWS_CALLED = {"仅退款": ("只退款", "只退钱", "只要退款")}
_MONTH_DAYS = 30  #: of a month in a limit, which whoever reads it sees in days
_LEAST = 2  #: characters of a name that are said for it
_GOODS = ("次品", "合格")  #: what a button is called for that counts goods
_SHARED = (
    "退款",
    "客户",
    "金额",
    "快递",
    "审批",
    "处理",
    "客服",
    "次品",
    "联系",
    "寄出",
)  #: parts of nodes' names that say other things
_LENGTH = re.compile(rf"(?:\d{{1,4}}|{NUMERAL}|半)个?半?(?:小时|钟头|天|分钟|工作日|周|星期)半?(?:之内|以内|内)?")
_SUM = re.compile(rf"¥?(?:\d[\d,]*(?:\.\d+)?\s?[百千万]?|(?:{NUMERAL})[千万]?)(?:\s?(?:元|块钱|块))?(?![\d.%]|个人|次)")
#: 一千五 is 1500
_SHORT_SUM = re.compile(
    r"(?P<most>[一二两三四五六七八九])(?P<times>[千万])(?P<least>[一二三四五六七八九])(?![百十千万个])"
)
_COUNT = re.compile(rf"(?P<n>\d{{1,3}}|{NUMERAL})次")
_QUOTED = re.compile(r"[“\"「](?P<name>[\u4e00-\u9fffA-Za-z0-9]{2,12})[”\"」]")
_MONTHS = re.compile(rf"(?P<n>\d{{1,2}}|{NUMERAL}|半)个月(?:之内|以内|内)?")
_GROUP = re.compile(r"[^\s的给到发送诉知,，、]{1,5}群(?!发)")
_UNIT = re.compile(r"\s?(?:个?小时|个?钟头|天|分钟|个?工作|周|次|件|年|个?月|[-./年])")
_CATEGORY = re.compile(r"(?P<is>[\u4e00-\u9fff]{2,4})类(?!型)(?:商品|产品|的?货)?")
_CALLED = re.compile(
    r"(?:名字叫|名叫|叫做|叫作|叫|名为)[:：\s“\"]*(?P<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)”?"
    r"(?=[\s,，。;；\"]|让|由|负责|做|给|像|按|照|跟|和|当|限|时限|的|去|用|点了|$)"
)
_BANNED = "禁止名单"
_CALLED_SO = {
    "商家": ("我们自己", "我们", "咱们", "店里", "卖家", "公司"), "客户": ("客户自己", "买家", "顾客"),
    "供应商": ("厂家", "厂商", "工厂"), "物流": ("快递", "快递公司", "物流公司"),
}  # fmt: skip
ENDS = " \t,，。;；、!！~～吧啊呀呢哈"  #: what stands behind a sentence and says nothing
_PAUSE = re.compile(r"[\s,，。;；、!！~～:：“”\"'…]+")


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of a sentence: what it is, what is meant by it, and where it stands."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Names:
    """Whatever else a sentence may name: the values of facts by fact, and people with their roles."""

    known: Mapping[str, Collection[str]] = field(default_factory=dict)
    people: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in its slots, filling left out."""

    text: str
    slots: tuple[Slot, ...]

    def values(self, kind: str) -> list[str]:
        """What is meant by the slots of a kind, each once."""
        return list(dict.fromkeys(slot.value for slot in self.slots if slot.kind == kind))

    def one(self, kind: str) -> str:
        """The only one of a kind; "" for none, and for several."""
        found = self.values(kind)
        return found[0] if len(found) == 1 else ""

    def has(self, *kinds: str) -> bool:
        """Whether one of the kinds is there."""
        return any(slot.kind in kinds for slot in self.slots)

    def only(self, *kinds: str) -> bool:
        """Whether nothing else is said."""
        return all(slot.kind in kinds for slot in self.slots)

    def strange(self) -> list[str]:
        """The words that nobody knows."""
        return [self.text[slot.start : slot.end] for slot in self.slots if slot.kind == STRANGE]

    def part(self, start: int, end: int) -> Said:
        return Said(self.text, tuple(slot for slot in self.slots if start <= slot.start and slot.end <= end))


#: a way to read a sentence: the edits that it may be, none where some of it would be left over
Reading = Callable[[Said, "Book", Names], list[str]]


def said_of(text: str, book: Book, names: Names) -> Said:
    """The slots of a text, at each place the longest that there is."""
    text = owner_words().righted(text)
    words, bounds = _words(book, names), {each.start: each for each in amount_bounds(text)}
    longest = max(map(len, words))
    slots: list[Slot] = []
    at = 0
    while at < len(text):
        quoted = _QUOTED.match(text, at)
        if (pause := _PAUSE.match(text, at)) and not (quoted and quoted["name"] not in words):
            at = pause.end()
            continue
        found = max(_at(text, at, words, longest), key=lambda slot: slot.end, default=None)
        bound = bounds.get(at)
        if bound and not _UNIT.match(text, bound.end) and (found is None or found.end <= bound.end):
            found = Slot(BOUND, bound.written, at, bound.end)
        slots.append(found or Slot(STRANGE, text[at], at, at + 1))
        at = slots[-1].end
    return Said(text, tuple(_joined(slot for slot in slots if slot.kind)))


def _joined(slots: Iterable[Slot]) -> Iterator[Slot]:
    """With the characters of a word that nobody knows as one slot."""
    last: Slot | None = None
    for slot in slots:
        if last and last.kind == slot.kind == STRANGE and last.end == slot.start:
            last = Slot(STRANGE, last.value + slot.value, last.start, slot.end)
            continue
        if last:
            yield last
        last = slot
    if last:
        yield last


def _at(text: str, at: int, words: Mapping[str, tuple[str, str]], longest: int) -> Iterator[Slot]:
    """Whatever may begin at a place."""
    for size in range(min(longest, len(text) - at), 0, -1):
        if (word := text[at : at + size]) in words:
            yield Slot(*words[word], at, at + size)
            break
    if match := _CALLED.match(text, at) or _QUOTED.match(text, at):
        yield Slot(CALLED, match["name"], at, match.end())
    if match := _GROUP.match(text, at):
        yield Slot(GROUP, match[0], at, match.end())
    if (match := _CATEGORY.match(text, at)) and not any(match["is"].startswith(word) for word in _LEADS):
        yield Slot(CASES, f"品类={match['is']}", at, match.end())
    yield from _numbers(text, at)


_LEADS = ("这", "那", "以后", "所有", "一", "把", "和")


def _numbers(text: str, at: int) -> Iterator[Slot]:
    if at and (text[at - 1].isdigit() or (text[at - 1 : at + 1].isascii() and text[at - 1].isalnum())):
        return
    if (match := _LENGTH.match(text, at)) and (length := _length(match[0])):
        yield Slot(TIME, length, at, match.end())
    if match := _MONTHS.match(text, at):
        months = match["n"] if match["n"].isdigit() else numeral(match["n"]) or 0
        days = 15 if match["n"] == "半" else int(months) * _MONTH_DAYS
        if days:
            yield Slot(TIME, f"{days}天", at, match.end())
    if match := _COUNT.match(text, at):
        count = match["n"] if match["n"].isdigit() else str(numeral(match["n"]) or "")
        if count:
            yield Slot(COUNT, count, at, match.end())
    yield from _sums(text, at)


def _sums(text: str, at: int) -> Iterator[Slot]:
    """``1.5万``, ``三百块``, ``一千五``, in yuan."""
    if match := _SHORT_SUM.match(text, at):
        times = 1000 if match["times"] == "千" else 10000
        value = (numeral(match["most"]) or 0) * times + (numeral(match["least"]) or 0) * times // 10
        yield Slot(SUM, str(value), at, match.end())
    elif (match := _SUM.match(text, at)) and (bound := next(amount_bounds(f"超过{match[0]}"), None)):
        yield Slot(SUM, f"{bound.amount.normalize():f}", at, match.end())


def _length(said: str) -> str:
    try:
        return duration(said)
    except PolicyRefused:
        return ""


def _words(book: Book, names: Names) -> dict[str, tuple[str, str]]:
    """Every word with its kind and what is meant; what the business calls by a name goes before the words of all."""
    types = book.table(REASONS)
    found = {str(word): (TYPE, str(kind)) for kind, body in types.items() for word in (body or {}).get("别名") or ()}
    found |= {word: (kind, word) for word, kind in owner_words().classes.items()}
    for fact, values in names.known.items():
        found |= {value: (CASES, f"{fact}={value}") for value in values if value}
    found |= {"风险客户": (CASES, "风险客户=是")}
    found |= dict(_bearers(book)) | dict(_buttons(book))
    found |= {flow: (FLOWS, flow) for flow in book.names(FLOW)} | {f"{f}流程": (FLOWS, f) for f in book.names(FLOW)}
    found |= {word: (FLOWS, flow) for flow, words in _FLOWS_CALLED.items() if flow in found for word in words}
    for policy in book.names(POLICY):
        title = book.title(policy).strip("“”")
        found |= dict.fromkeys((f"{title}政策", f"{policy}政策", f"政策{title}"), (POLICIES, title))
    found |= {str(kind): (TYPE, str(kind)) for kind in types}
    found |= dict(_roles(book)) | dict(_nodes(book))
    found |= {row.name: (ROW, row.name) for row in rows_of(book.read(POLICY, book.policy))}
    found |= {name: (RULE, name) for name in rule_names(book)}
    if any(found.get(word) == (ROW, word) for word in (_BANNED,)):
        found |= {"黑名单": (ROW, _BANNED)}
    return found | {name: (PERSON, name) for name in names.people if len(name) >= _LEAST}


def _bearers(book: Book) -> Iterator[tuple[str, tuple[str, str]]]:
    """Who bears what of a return, in what people call them."""
    every = {str(body.get(key)) for body in book.table(REASONS).values() for key in ("责任", "运费") if body}
    yield from ((word, (BEARER, who)) for who in every for word in (who, *_CALLED_SO.get(who, ())))


def _buttons(book: Book) -> Iterator[tuple[str, tuple[str, str]]]:
    for flow in book.names(FLOW):
        for station, body in book.read(FLOW, flow)["节点"].items():
            names = [str(name) for name in body.get("动作") or () if len(str(name)) > _LEAST]
            yield from ((name[:_LEAST], (BUTTON, name)) for name in names if name[:_LEAST] in _GOODS)
            yield from ((f"{station}{name}", (BUTTON, name)) for name in names)
            yield from ((name, (BUTTON, name)) for name in names)
    yield from ((word, (BUTTON, word)) for word in ("驳回", "同意", "拒收"))


def _roles(book: Book) -> Iterator[tuple[str, tuple[str, str]]]:
    """The roles, and the parts of their names that only one has; of several the one that approves."""
    roles = [str(role) for role in book.table(ROLES)]
    approve = {row.cells.get(APPROVER) for name in book.names(POLICY) for row in rows_of(book.read(POLICY, name))}
    parts = Counter(part for role in roles for part in {role[-_LEAST:], role.removesuffix("员")})
    for role in roles:
        for part in {role[-_LEAST:], role.removesuffix("员")} - {role, "客服"}:
            if len(part) >= _LEAST and (parts[part] == 1 or role in approve):
                yield part, (WHO, role)
    yield from ((role, (WHO, role)) for role in roles)


def _nodes(book: Book) -> Iterator[tuple[str, tuple[str, str]]]:
    """The nodes where people act, and what is said for each; the main flow's own before those of the others."""
    flows = dict.fromkeys((*reversed(book.names(FLOW)), book.flow))
    taken = {*map(str, book.table(ROLES)), *book.names(FLOW), *book.buttons()}
    for flow in sorted(flows, key=lambda each: each == book.flow):
        nodes = {name: body for name, body in book.read(FLOW, flow)["节点"].items() if body.get("类型") == HUMAN}
        parts = Counter(part for name in nodes for part in {name[-_LEAST:], name[:_LEAST]} if part != name)
        for name in nodes:
            for part in {name[-_LEAST:], name[:_LEAST]} - {*_SHARED, *taken, name}:
                if parts[part] == 1 and part not in nodes:
                    yield part, (NODE, str(name))
    for flow in flows:
        every = book.read(FLOW, flow)["节点"]
        yield from ((str(name), (NODE, str(name))) for name, body in every.items() if body.get("类型") == HUMAN)
