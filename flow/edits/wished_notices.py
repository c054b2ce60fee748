"""Who wishes to hear of what: 超过五百的退款通知我一下, 财务退款超过24小时提醒钱芳和我, 一千以上的标紧急. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW
from flow.definitions.flow import HUMAN
from flow.definitions.vocabulary import PAYS
from flow.edits.automation import rule_names
from flow.edits.quantities import duration
from flow.edits.wished_nodes import LENGTH, nodes_called
from flow.edits.working_copy import ROLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from flow.edits.working_copy import Book

    People = Mapping[str, Collection[str]]  #: a name, or 我 -> the roles that they have

ME = "我"
_TELL = r"(?:通知|告诉|告知|提醒|知会|抄送|发给|说一声|报给|汇报给|告警)"
_TOLD = re.compile(
    rf"^(?P<what>.+?)[,，\s]*(?:就|要|都|得|请|需要|必须|马上|第一时间|立刻|给|跟|的时候|时候|的)*{_TELL}(?:给|到|一下|下)?"
    r"(?P<whom>\S*?)(?:一下|一声|下|吧|哦|啊)*$"
)
_GIVEN = re.compile(
    r"^(?P<what>.+?)[,，\s]*(?:就|要|都|得|请)*(?:给|跟|和)(?P<whom>\S+?)"
    r"(?:说一声|说一下|发消息|发个消息|提个醒|打个招呼)(?:吧|哦)*$"
)
_KNOWN = re.compile(
    r"^(?P<what>.+?)[,，\s]*(?:都|也)?(?:要|得)?(?:让|叫)?(?P<whom>[\u4e00-\u9fff]{1,6}?)(?:也|都)?"
    r"(?:要|得|必须)知道(?:一下)?$"
)
_LATE = re.compile(
    rf"^(?P<node>\S+?)(?:超过|超出|超时|超|过了)(?:了)?(?P<limit>{LENGTH})?"
    r"(?:还?没(?:人)?(?:办|处理|动|审|批|退|打|验|收)|没?不?办|还没办)?$"
)
_GROUP = re.compile(r"[\u4e00-\u9fff]{2,6}群")
_URGENT = re.compile(r"(?:标|算|设|记|当|列|打)(?:成|为|个|上|作)?(?:加急|紧急|急件|优先)|优先处理|加急处理")
_MOST_NAME = 20


def notice_wishes(text: str, bound: tuple[str, ...], book: Book, people: People) -> Iterator[str]:
    """The rules that tell somebody, or mark a case, as they can be made; ``bound``: the amounts, as signs."""
    if bound and _URGENT.search(text):
        yield f"增加规则 {rule_name(f'{_yuan(bound[0])}标紧急', book)} 当 提交 如果 金额{bound[0]} 就 记 紧急=是"
        return
    match = _TOLD.match(text) or _GIVEN.match(text) or _KNOWN.match(text)
    told = targets(match["whom"], book, people) if match else []
    if match is None or not told:
        return
    if late := _LATE.match(match["what"].strip("的,， ")):
        yield from _late(late, told, book)
    elif bound:
        yield from _above(text, bound, told, book)
    else:
        yield from _done(match["what"], told, book)


def present(text: str, book: Book, people: People) -> str:
    """What of a wish is so already: how long the node has, and that whoever is responsible hears of it; "" for none."""
    match = _TOLD.match(text)
    late = _LATE.match(match["what"].strip("的,， ")) if match else None
    flow, nodes = nodes_called(late["node"], book) if late else ("", [])
    if late is None or len(nodes) != 1 or not match:
        return ""
    body = book.read(FLOW, flow)["节点"][nodes[0]]
    owner = (body.get("负责人") or {}).get("角色", "")
    limit = body.get("时限", "")
    same = not late["limit"] or duration(late["limit"].replace(" ", "")) == limit
    told = f"“{nodes[0]}”时限{'本来就是' if same else '现在是'} {limit}，超时本来就提醒负责人"
    theirs = [name for name, roles in people.items() if name in match["whom"] and owner in roles and name != ME]
    within = f"，{'、'.join(theirs)} 在里面" if theirs else ""
    return f"{told}（{owner}{within}）" if owner else told


def targets(said: str, book: Book, people: People) -> list[str]:
    """``抄送 运营总监``, ``告警 管理群``: for whoever is named, by name, by role or by group."""
    groups = [f"告警 {group}" for group in _GROUP.findall(said)]
    rest = _GROUP.sub(" ", said)
    named = [roles for name, roles in people.items() if name in rest]
    roles = [sorted(each)[0] for each in named if each]
    if not named:
        every = list(book.table(ROLES))
        roles = [role for role in every if role in rest] or [role for role in every if rest and role[-2:] in rest][:1]
    return list(dict.fromkeys([*groups, *(f"抄送 {role}" for role in roles)]))


def _late(match: re.Match[str], told: list[str], book: Book) -> Iterator[str]:
    """A further ear for what is late at a node; its limit first where it has another one."""
    flow, nodes = nodes_called(match["node"], book)
    if len(nodes) != 1:
        return
    body = book.read(FLOW, flow)["节点"][nodes[0]]
    limit = duration(match["limit"].replace(" ", "")) if match["limit"] else ""
    first = [f"流程 {flow} {nodes[0]} 时限 {limit}"] if limit and limit != body.get("时限") else []
    owner = f"抄送 {(body.get('负责人') or {}).get('角色', '')}"
    further = [each for each in told if each != owner]  # whoever is responsible is reminded without a rule
    does = "；".join(f"{each} {{单号}} {nodes[0]} 超时" for each in further)
    rule = [f"增加规则 {rule_name(f'{nodes[0]}超时告知', book)} 当 超时 节点 {nodes[0]} 就 {does}"] if further else []
    if first and rule:
        yield f"{first[0]}；{rule[0]}"
    yield from (*rule, *first)


def _above(what: str, bound: tuple[str, ...], told: list[str], book: Book) -> Iterator[str]:
    """Cases above an amount: when the money is paid, and when they are opened."""
    for each in bound:
        if "退款" in what or "退钱" in what or "打款" in what:
            for node, action in _paying(book):
                does = "；".join(f"{to} {{单号}} 确认退款 {{金额}} 元" for to in told)
                name = rule_name(f"{_yuan(each)}退款告知", book)
                yield f"增加规则 {name} 当 办理 节点 {node} 动作 {action} 如果 金额{each} 就 {does}"
        does = "；".join(f"{to} {{提交人}} 提交了 {{单号}}，金额 {{金额}} 元" for to in told)
        yield f"增加规则 {rule_name(f'{_yuan(each)}提交告知', book)} 当 提交 如果 金额{each} 就 {does}"


def _done(what: str, told: list[str], book: Book) -> Iterator[str]:
    """``出了次品告诉财务``: whenever a button is pressed whose name is said; of a node alone, all of it."""
    flow, called = nodes_called(what.strip("的,， 也都要"), book)
    roles = [each.split()[1] for each in told if each.startswith("抄送 ")]
    if called:
        yield from (f"流程 {flow} {node} 抄送 {role}" for node in called for role in roles)
        return
    nodes = {name: body for name, body in book.read(FLOW, book.flow)["节点"].items() if body.get("类型") == HUMAN}
    pairs = [(node, action) for node, body in nodes.items() for action in body.get("动作") or ()]
    said = [pair for pair in pairs if pair[1] in what] or [pair for pair in pairs if pair[1][:2] in what]
    named = [pair for pair in said if pair[0] in what] or said
    for node, action in named[:2]:
        does = "；".join(f"{to} {{单号}} {node} {action}" for to in told)
        yield f"增加规则 {rule_name(f'{action}告知', book)} 当 办理 节点 {node} 动作 {action} 就 {does}"


def _paying(book: Book) -> Iterator[tuple[str, str]]:
    """The nodes of the main flow at which somebody pays, with the button."""
    for node, body in book.read(FLOW, book.flow)["节点"].items():
        for action, each in (body.get("动作") or {}).items():
            if body.get("类型") == HUMAN and PAYS in ((each or {}).get("办") or ()):
                yield str(node), str(action)


def _yuan(bound: str) -> str:
    number = bound.lstrip("<>=")
    words = {">": "超", ">=": "满", "<": "不到", "<=": "不超"}
    return f"{words[bound.removesuffix(number)]}{number}元"


def rule_name(wanted: str, book: Book) -> str:
    """A name that no rule has."""
    taken, name = rule_names(book), wanted[:_MOST_NAME]
    return next(each for each in (name, *(f"{name}{n}" for n in range(2, 100))) if each not in taken)
