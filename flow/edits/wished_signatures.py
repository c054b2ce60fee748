"""What is wished of how many must agree: 三位总监中任意两位同意, 两个人都要签, 有一个人驳回就算驳回. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW, POLICY
from flow.definitions.flow import HUMAN
from flow.definitions.vocabulary import QUORUM
from flow.edits.policy_rows import APPROVER, rows_of
from flow.edits.quantities import NUMERAL, numeral
from flow.edits.working_copy import ROLES
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.edits.working_copy import Book, Data

JOINT, STRICT, TABLE, OWNER, LEVELS = "会签", "驳回即止", "审批表", "负责人", "分级"
_N = rf"(?:\d{{1,2}}|{NUMERAL})"
_PEOPLE = r"\s?(?:个人|位|名|人|个)"
_SIGNS = r"(?:一起|一同|共同)?(?:同意|签字|签名|签|批准|审批|批|点头|点|通过|确认|审)"
_ENOUGH = r"(?:了)?(?:就|即|便|才|都)?(?:行|可以|算数|算|过|通过|够|成|好|放行|生效|能过|能通过)?(?:了|吧)?"
_ANY = (
    r"(?:里面|里头|里|当中|之中|中间|中|的)?[,，]?"
    r"(?:只要|只需|需要|需|要|得|必须|有|任意|任何|任选|随便|其中|任|的|至少)*"
)
_SO_MANY = re.compile(
    rf"^(?P<a>\D*?)(?:(?P<of>{_N}){_PEOPLE}(?P<b>[\u4e00-\u9fff]*?))?{_ANY}(?P<n>{_N})(?P<unit>{_PEOPLE})(?P<c>[\u4e00-\u9fff]*?)"
    rf"(?P<all>都|全都|全部)?(?:要|得|必须)?{_SIGNS}{_ENOUGH}$"
)
_MORE = re.compile(
    r"^(?P<a>\S*?)(?:再|多)?(?:加|增加|多)(?:上)?一?(?:个人|位|人|个)(?P<c>\S*?)(?:一起|来|也)?会签(?:吧|才行)?$"
)
_NO = r"(?:驳回|不同意|否决|拒绝|反对|不批)"
_ONE_NO = re.compile(
    rf"^(?P<a>\S*?)(?:里|的|时|[,，])*(?:只要|不管)?(?:有)?(?:其中|任何|任意)?(?:一个人|一个|一人|一位|有人|谁|一票|哪个|哪一级|任何一级|任意一级|一级)(?:\S{{0,4}}?){_NO}"
    rf"(?:了)?[,，]?(?:就|都|即|便)(?:\S{{0,3}}?)(?:算|是|按|全)?(?:{_NO}|结束|关闭|关掉|关|不通过|不过|到此为止|止|黄)(?:了|吧)?$"
)
_TOGETHER = re.compile(r"一起|一同|共同")  #: each of them signs: ``wished_nodes``
_BUTTON = re.compile(r"同意|驳回|通过|拒绝|收|退[^款货]")  #: of cases, ahead of how many
_ASIDE = re.compile(r"^(?:以后|今后|往后|把|将|凡是|所有的?|那)+|\s")
BESIDE = "只给一张单加一个人签请写：加签 单号 姓名"


def is_about_signatures(text: str) -> bool:
    """Whether a sentence says how many must agree, or what one refusal does: a rule, and no decision on a case."""
    said = _bare(text)
    return bool(_ONE_NO.match(said)) or bool(_counted(said)) or bool(_MORE.match(said))


def is_bound(text: str) -> bool:
    """Whether it can be nothing but a rule, whoever says it: ``任意一个主管批了就行``, ``有一个人驳回就算驳回``."""
    said = _bare(text)
    found = _counted(said)
    return bool(_ONE_NO.match(said)) or bool(found and (found["of"] or re.search(r"任|就行|就可以|就过|才", said)))


def signature_wishes(text: str, book: Book) -> list[str]:
    """The edits that such a sentence may ask for; none for another. Raises PolicyRefused for what is so already."""
    said = _bare(text)
    if match := _ONE_NO.match(said):
        return _strictly(match["a"], book)
    if match := _MORE.match(said):
        return [*_signed_by(2, f"{match['a']}{match['c']}", book), *_all_of(match["a"], book)]
    if match := _counted(said):
        number = _number(match["n"])
        whom = "".join(match[part] or "" for part in "abc")
        found = _signed_by(number, whom, book)
        return [*found, *_all_of(whom, book)] if match["all"] and not match["of"] else found
    return []


def _counted(said: str) -> re.Match[str] | None:
    """Where so many, of so many, must agree; not where one person is spoken of who does so: 要一个人审批."""
    match = _SO_MANY.match(said)
    if match is None or _number(match["n"]) < 1 or _TOGETHER.search(said) or _BUTTON.search(match["a"]):
        return None
    if match["unit"].strip() == "个" and not (match["of"] or match["c"]):
        return None  # 三个都同意 is said of cases
    one = _number(match["n"]) == 1
    return None if one and not (match["of"] or re.search(r"任|随便|就行|就可以|就过|就算", said)) else match


def _bare(text: str) -> str:
    return _ASIDE.sub("", text.strip(" 。.!！吧"))


def _number(said: str) -> int:
    return int(said) if said.isdigit() else numeral(said) or 0


def _signed_by(number: int, whom: str, book: Book) -> list[str]:
    """So many sign where the words name a node or a role, else where the amount is approved.

    Raises PolicyRefused where one is enough already.
    """
    rows, nodes = _rows(whom, book), _nodes(whom, book)
    found = [f"规则 {row} {QUORUM} {number}" for row, now in rows.items() if now != number]
    found += [line for node, body in nodes.items() if (line := _line(node, body, number, book))]
    if not rows and not nodes:
        found = [
            f"增加级别 {node} {role} {QUORUM} {number}" for node in _nodes("", book) for role in _roles(whom, book)
        ]
    if not found:
        places = "、".join([*rows, *nodes])
        how = "就是谁先办算谁的，一个人同意就走" if number == 1 else f"就要 {number} 个人同意"
        raise PolicyRefused(f"{places} 现在{how}，没有要改的")
    return found


def _line(node: str, body: Data, number: int, book: Book) -> str:
    """The edit that makes a node want so many; "" where it does already."""
    now = int(body.get(QUORUM) or 1)
    if body.get(JOINT):
        return "；".join([f"流程 {node} {JOINT} 否", *([f"流程 {node} {QUORUM} {number}"] if number > 1 else [])])
    return f"流程 {node} {QUORUM} {number if number > 1 else '无'}" if now != number else ""


def _all_of(whom: str, book: Book) -> Iterator[str]:
    yield from (f"流程 {node} {JOINT} 是" for node, body in _nodes(whom, book).items() if not body.get(QUORUM))


def _strictly(whom: str, book: Book) -> list[str]:
    """One refusal ends it, where that is not so by itself: of levels, and of so many who must agree."""
    nodes = _nodes(whom, book, every=True)
    tables = {row for row, now in _rows("", book).items() if now > 1}
    several = {
        node: body for node, body in nodes.items()
        if body.get(LEVELS) or int(body.get(QUORUM) or 0) > 1 or (tables and _by_amount(body))
    }  # fmt: skip
    if found := [f"流程 {node} {STRICT} 是" for node, body in several.items() if not body.get(STRICT)]:
        return found
    places = "、".join(node.split()[-1] for node in several or nodes)
    if found := [
        f"流程 {node} {STRICT} 是" for node, body in nodes.items() if _by_amount(body) and not body.get(STRICT)
    ]:
        return found
    one = next(iter(nodes))
    raise PolicyRefused(
        f"{places} 现在就是有一个人驳回就结束，没有要改的。要几个人同意、又有一个驳回就结束，先写 流程 {one} {QUORUM} 2"
        f"，再写 流程 {one} {STRICT} 是"
    )


def signature_note(text: str, book: Book) -> str:
    """What is so already of what is wished, or is said otherwise: to be told with the edits."""
    said = _bare(text)
    if match := _ONE_NO.match(said):
        alone = [node.split()[-1] for node, body in _nodes(match["a"], book, every=True).items() if _one_ends(body)]
        return f"{'、'.join(alone)} 现在就是有一个人驳回就结束；写上以后，分级和几个人同意的也一样" if alone else ""
    return BESIDE if _MORE.match(said) else ""


def _one_ends(body: Data) -> bool:
    """Whether one refusal ends a node as it is."""
    return not body.get(LEVELS) and int(body.get(QUORUM) or 1) == 1


def _nodes(whom: str, book: Book, *, every: bool = False) -> Mapping[str, Data]:
    """The nodes that the words name, by their name or by the role of their owner; else where the amount is approved.

    With ``every`` all at which somebody can refuse. Each with its flow ahead, where that is not the usual one.
    """
    flows = [name for name in book.names(FLOW) if name in whom] or [book.flow]
    found = {
        f"{'' if flow == book.flow else f'{flow} '}{name}": body
        for flow in flows
        for name, body in book.read(FLOW, flow)["节点"].items()
        if body.get("类型") == HUMAN
    }
    if named := {node: body for node, body in found.items() if node.split()[-1] in whom}:
        return named
    roles = _roles(whom, book)
    owned = {node: body for node, body in found.items() if roles & {str((body.get(OWNER) or {}).get("角色"))}}
    if roles:
        return owned
    refused = {node: body for node, body in found.items() if "驳回" in (body.get("动作") or {})}
    approving = {node: body for node, body in found.items() if _by_amount(body)}
    return (refused if every else approving) or approving or refused or found


def _by_amount(body: Data) -> bool:
    owner = body.get(OWNER)
    return isinstance(owner, dict) and bool(owner.get(TABLE))


def _rows(whom: str, book: Book) -> dict[str, int]:
    """The rows of the amount table whose approver the words name, with how many must agree; all without a word."""
    rows = [row for row in rows_of(book.read(POLICY, book.policy)) if row.table == TABLE]
    people = [row for row in rows if row.cells.get(APPROVER) != "自动"]
    roles = _roles(whom, book)
    return {row.name: int(row.cells.get(QUORUM) or 1) for row in people if not whom or row.cells[APPROVER] in roles}


def _roles(whom: str, book: Book) -> frozenset[str]:
    """The roles that the words name, wholly or by their end: 总监 is 运营总监."""
    roles = list(book.table(ROLES))
    whole = [role for role in roles if role in whom]
    return frozenset(whole or [role for role in roles if role[-2:] in whom])
