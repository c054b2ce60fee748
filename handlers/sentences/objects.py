"""What a sentence names, as values for the places of a statement: people, times, amounts, numbers, nodes, rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.access.lookup import called, shops_of
from flow.definitions import calendar_text
from flow.definitions.flow import HUMAN
from flow.definitions.waybills import waybill
from flow.edits.quantities import NUMERAL, amount_bounds, duration, multiplied, numeral
from flow.errors import FlowError
from flow.export.answers import published_flows
from flow.orders.near import in_shops, orders_among
from flow.publishing import drafts
from flow.stats.period import is_time, normal
from handlers.chat import leaves, names, readings
from handlers.chat.decisions import clauses_of
from handlers.chat.phones import is_phone
from handlers.chat.sentences import sentence
from handlers.chat.spelling import bare
from handlers.sentences.subjects import goods_lately, longest
from models import Case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flow.definitions.flow import Flow
    from handlers.sentences.hearing import Hearing

_LENGTH = re.compile(rf"(?:\d{{1,3}}|{NUMERAL}|半)个?半?(?:小时|钟头|天|分钟|工作日|周)")
_RIGHTED = re.compile(r"不是|错|从|由|别|不要|太|超过")
_SUM = r"(?P<{0}>\d{{1,7}}(?:\.\d{{1,2}})?)"
_SPOKEN_SUM = re.compile(r"(?P<units>[一二两三四五六七八九]?十?[一二两三四五六七八九]?)(?P<times>[百千万])(?!分)")
_WHOSE = re.compile(r"(?P<who>[\u4e00-\u9fff]{2,4})(?:的|那|这)(?:个|张)?(?:单|订单|退|货|快递|款|件)")
_YUAN = re.compile(rf"{_SUM.format('sum')}\s?(?:元|块)")
_SPOKEN_YUAN = re.compile(rf"(?P<units>{NUMERAL})(?=(?:元|块)(?!{NUMERAL}|半))")
_NOT_SO_MANY = re.compile(rf"(?:并|而)?不是(?:\d{{1,3}}|{NUMERAL})(?:个|件|只|条|台|套|双|本|盒|瓶|把|张)")
_COUNT = re.compile(rf"(?P<units>\d{{1,3}}|{NUMERAL})(?:个|件|只|条|台|套|双|本|盒|瓶|把|张)(?!人|字|月|星期|小时)")
_COUNT_ALONE = re.compile(r"(?:数量|件数|个数|填成|写成|改成|改为)(?:是|成|为)?(?P<units>\d{1,3})(?![\d.元块天小%])")
_CASES = re.compile(rf"(?:这|那)?(?:{NUMERAL}|\d{{1,2}}|几|些)(?:单子|单|个|笔|张)?|手上|我的|全部|全都|都")
_NOT_SO = re.compile(r"^(?:不要|别|不用|不是|不必|先别)")
_UNTIL = re.compile(r"[到至~]")
_DATE_NUMERAL = re.compile(rf"{NUMERAL}(?=[月号日])")
_DAY_CHARS = 11  #: of 2026年10月10日
_LED_TO_NAME = re.compile(r"^(?:把|将|客户|买家|顾客)+")
_LED = re.compile(r"^(?:叫|是|有|写|名字|一个|一种|个|种)+")
_ADDED = re.compile(r".*(?:加|增|添)(?:上|一个|一种|个|种|一下)*(?:叫)?")
_REASON_CHARS = 8
_PART = 2  #: characters of a node's or a role's name that are said for it, at least
_NOT_ALONE = ("退款", "审批", "处理", "审核", "客户", "客服")  #: parts of nodes' names that are said of other things


async def of(hearing: Hearing, text: str, cases: Sequence[str]) -> dict[str, str]:
    """The values of all places but the case itself."""
    ctx, said = hearing.ctx, sentence(text, hearing.lexicon)
    plain, sums = _meant(text), _SPOKEN_YUAN.sub(_yuan, _SPOKEN_SUM.sub(_in_figures, text))
    found = {
        "全": text,
        "我": ctx.me.name,
        "时间": readings.time_in(text),
        "期间": stretch(text),
        "假": leaves.days_in(text, ctx.at.date()),
        "限": _length(plain),
        "数": _units(text),
        "尾": _reason(text),
        "类型": _type(hearing, text),
        "角色": _role(hearing, text),
        "规则": next((rule.name for rule in ctx.desk.business.rules if rule.name in text), ""),
        "另一单": cases[1] if len(cases) > 1 else "",
        **dict(_people(hearing, text)),
        **_amounts(sums),
        **dict(_numbers(said.numbers)),
    }
    found |= await _orders(said.numbers, cases)
    found["客户的订单"] = await _of_customer(hearing, text)
    found["客户号"] = await _customer(hearing, text)
    found["品"] = await _goods(hearing, text)
    found |= _node(await _flows(hearing), plain)
    return {place: value for place, value in found.items() if value}


def beyond(hearing: Hearing, text: str) -> str:
    """What a text says beside a bound and how many cases there are."""
    for bound in reversed(list(amount_bounds(text))):
        text = f"{text[: bound.start]} {text[bound.end :]}"
    return bare(_CASES.sub(" ", text), hearing.lexicon).strip("元块钱 ,")


def _meant(text: str) -> str:
    """A text without the clauses that say what is not to be changed: 不要改质检时限,改收货的."""
    clauses = clauses_of(text)
    left = [clause for clause in clauses if not _NOT_SO.match(clause)]
    return ",".join(left or clauses)


def _people(hearing: Hearing, text: str) -> Iterator[tuple[str, str]]:
    """The colleagues who are named, in the order in which they are."""
    found = names.said_in(text, hearing.ctx.staff)
    others = {name: text.index(said) for said, name in found if said in text and name != hearing.ctx.me.name}
    yield from zip(("人", "人2"), sorted(others, key=others.__getitem__), strict=False)


def _length(text: str) -> str:
    found = _LENGTH.findall(text)  # what is right comes behind what was wrong
    if len(set(found)) > 1 and not _RIGHTED.search(text):
        return ""  # each is another node's
    try:
        return duration(found[-1]) if found else ""
    except FlowError:
        return ""


def _amounts(text: str) -> dict[str, str]:
    """A sum of money, and the bound that it is where it is one."""
    found = list(amount_bounds(text))
    if not found:
        plain = _YUAN.search(text)
        return {"钱": plain["sum"]} if plain else {}
    bound = next((each for each in found if each.sign.startswith("<")), found[0])
    return {"钱": bound.written.lstrip("<>="), "界": bound.written}


def _units(text: str) -> str:
    """The last count of goods that is said: what is right comes behind what was wrong."""
    text = _NOT_SO_MANY.sub("", text)  # 是一个不是两个
    found = [*_COUNT_ALONE.finditer(text), *_COUNT.finditer(text)]
    if not found:
        return ""
    units = max(found, key=lambda match: match.start())["units"]
    return units if units.isdigit() else str(numeral(units) or "")


def _reason(text: str) -> str:
    """The new name that a sentence ends with, short enough to be one."""
    last = _LED.sub("", _ADDED.sub("", clauses_of(text)[-1])) if clauses_of(text) else ""
    return last if 1 < len(last) <= _REASON_CHARS else ""


def _type(hearing: Hearing, text: str) -> str:
    """The return type that is named, else the first one there is: a new reason is like some."""
    types = list(hearing.ctx.desk.business.types.values())
    named = [each.name for each in types if any(word in text for word in (each.name, *each.aliases))]
    return (named or [each.name for each in types] or [""])[0]


def role_named(hearing: Hearing, text: str) -> str:
    """The only role whose name a text has in it; "" for none, and for several."""
    named = _roles(hearing, text)
    return named[0] if len(named) == 1 else ""


def _roles(hearing: Hearing, text: str) -> list[str]:
    """The roles whose names a text has in it: 客服主管 is not 客服 as well."""
    named = [role for role in hearing.ctx.desk.business.matrix.roles if role in text]
    return [role for role in named if not any(role != other and role in other for other in named)]


def _role(hearing: Hearing, text: str) -> str:
    """The role that is named, or that I have where I speak of myself."""
    roles = list(hearing.ctx.desk.business.matrix.roles)
    named = _roles(hearing, text) or [role for role in roles if role[-_PART:] in text]
    own = sorted(hearing.ctx.me.roles) if "我" in text else []
    return (named or own or [""])[0]


def _numbers(numbers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A phone, and a parcel by its look."""
    for number in reversed(numbers):
        if is_phone(number):
            yield "手机", number
        elif waybill(number):
            yield "运单", number.upper()


async def _orders(numbers: Sequence[str], cases: Sequence[str]) -> dict[str, str]:
    """The order that is named, and that of the case; its number is no waybill."""
    named = await orders_among(numbers)
    case = await Case.get_or_none(no=cases[0]).only("id", "order_no") if cases else None
    found = {"订单": named[0], "运单": ""} if named else {}
    return {**found, "单的订单": case.order_no if case else ""}


async def _flows(hearing: Hearing) -> list[Flow]:
    """The flows that are in force, those first that most return types take."""
    order, _, _ = await drafts.names()
    known = {name: n for n, name in enumerate(order)}
    return sorted(await published_flows(hearing.ctx.desk), key=lambda flow: known.get(flow.name, len(known)))


async def _of_customer(hearing: Hearing, text: str) -> str:
    """The newest order of the customer whose name stands ahead of what is theirs: 昨天那个张三的单子."""
    match = _WHOSE.search(text)
    for size in (3, 2, 4) if match else ():
        ids = await called(match["who"][-size:]) if match else []
        theirs = in_shops(shops_of(hearing.ctx.desk, hearing.ctx.me)).filter(id__in=ids)
        if ids and (newest := await theirs.order_by("-id").first()):
            return str(newest.no)
    return ""


async def _customer(hearing: Hearing, text: str) -> str:
    """The number of the only customer whose name a sentence begins with: 韩梅梅拉黑; "" for none, and for two."""
    shops = shops_of(hearing.ctx.desk, hearing.ctx.me)
    head = _LED_TO_NAME.sub("", text)
    for size in (3, 2, 4):
        ids = await called(head[:size]) if len(head) > size and head[:size].isalpha() else []
        theirs = await in_shops(shops).filter(id__in=ids).values_list("customer", flat=True) if ids else []
        numbers = {str(each) for each in theirs}
        if numbers:
            return numbers.pop() if len(numbers) == 1 else ""
    return ""


async def _goods(hearing: Hearing, text: str) -> str:
    """The one product of those sent back lately of which a text says most; "" for none, and for two."""
    found = {sku: longest(title, text) for sku, title in (await goods_lately(hearing.ctx.at)).items()}
    most = max(found.values(), default=0)
    named = [sku for sku, size in found.items() if size == most >= _PART]
    return named[0] if len(named) == 1 else ""


def stretch(text: str) -> str:
    """``从十月一号到昨天`` as a list spells it; "" for none."""
    plain = _DATE_NUMERAL.sub(lambda match: str(numeral(match[0]) or match[0]), calendar_text.spelt_out(text))
    for match in _UNTIL.finditer(plain):
        before, behind = plain[: match.start()].rstrip(), plain[match.end() :].lstrip()
        sizes = range(_DAY_CHARS, 1, -1)
        ends = ((before[-size:], behind[:n]) for size in sizes for n in sizes if size <= len(before))
        if time := next((f"{first}到{last}" for first, last in ends if _spans(first, last)), ""):
            return time
    return ""


def _spans(first: str, last: str) -> bool:
    """Whether two words are the ends of a stretch, with nothing beside them."""
    return first == first.strip() and last == last.strip() and is_time(normal(f"{first}到{last}"))


def _in_figures(match: re.Match[str]) -> str:
    """两千 as 2000."""
    return str(multiplied(match["units"], match["times"]))


def _yuan(match: re.Match[str]) -> str:
    """八 of 八块 as 8."""
    return str(numeral(match["units"]) or match["units"])


def _node(flows: Sequence[Flow], text: str) -> dict[str, str]:
    """The node that is named, wholly before in part, and its flow; of several flows one that is named too."""
    order = sorted(flows, key=lambda flow: flow.name not in text)
    nodes = [(flow, name) for flow in order for name, node in flow.nodes.items() if node.kind == HUMAN]
    whole = [each for each in nodes if each[1] in text]
    ends = [each for each in nodes if each[1][-_PART:] in text and each[1][-_PART:] not in _NOT_ALONE]
    starts = [each for each in nodes if each[1][:_PART] in text and each[1][:_PART] not in _NOT_ALONE]
    named = whole or ends or starts
    if not named:
        return {"流程": order[0].name} if order else {}
    return {"节点": named[0][1], "流程": named[0][0].name}
