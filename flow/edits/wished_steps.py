"""What is wished of a flow's steps beyond a limit: one more before or behind, and who else may do one. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW
from flow.definitions.patterns import alternatives
from flow.edits.quantities import duration
from flow.edits.wished_nodes import LENGTH, nodes_called
from flow.edits.working_copy import ROLES
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from flow.edits.working_copy import Book

_BEFORE, _BEHIND = "之前", "之后"
SIDES: Mapping[str, str] = {
    **dict.fromkeys(("之前", "以前", "前面", "前"), _BEFORE),
    **dict.fromkeys(("之后", "以后", "后面", "后"), _BEHIND),
}
_A_STEP = r"(?:再|还要|还|要|得|多|先)*(?:加上|增加|加|多|设|插)一?(?:道|步|个|层|关|轮)"
_ONE_MORE = re.compile(
    rf"^(?:在)?(?P<node>\S+?)(?:的)?(?P<side>{alternatives(SIDES)}|完了?|好了)[,，\s]*{_A_STEP}(?P<rest>.*)$"
)
_SEEN = re.compile(
    rf"^(?P<node>\S+?)(?P<side>{alternatives(SIDES)}|完了?|好了)[,，\s]*(?:都|再|还要|还|要|得|先)*(?:给|让|由|请|叫)"
    r"(?P<who>\S+?)(?:再|先|也|都)*(?:看|审|过目|过|复核|把关|签|确认)(?:一眼|一下|一遍|一道|下|过)*(?:吧|了|才行)*$"
)
_ALSO = (
    r"^(?:以后|今后)?(?P<node>\S+?)(?:这一?步)?[,，\s]*(?:让|给|叫|由|请)?(?P<who>{names})"
    r"(?:也|都)(?:能|可以|要|得)?(?:点|办|审|批|看|做|收|验|退|打|签|处理)(?:吧|了)*$"
)
_NAME = re.compile(r"[\u4e00-\u9fff]{2,6}")
_AROUND = re.compile(r"^(?:叫|名叫|的)+|(?:这一?步|节点|环节|步骤|吧|了|的)+$")
_LASTING = re.compile(rf"(?:时限|给|限)?\s*(?P<limit>{LENGTH}|[一二两三四五六七八九十]+(?:小时|天|周))")
_LIMIT = "24小时"


def step_wishes(text: str, book: Book, people: Mapping[str, Collection[str]]) -> Iterator[str]:
    """The edits of steps that a sentence may ask for. Raises PolicyRefused with what is still to be said."""
    yield from _one_more(text, book)
    yield from _seen(text, book, people)
    _also(text, book, people)


def refuse_side(flow: str, node: str, words: Sequence[str]) -> None:
    """Raises PolicyRefused for ``流程 质检 之后 加一个 复检``, with the sentence that puts a node there."""
    side = SIDES.get(words[0]) if words else None
    if side is not None:
        raise _unsaid((flow, node, side), re.sub(rf"^{_A_STEP}", "", "".join(words[1:])))


def _one_more(text: str, book: Book) -> Iterator[str]:
    """``仓库收货之前加一道称重``: by the same role and with the same limit. Raises PolicyRefused without its name."""
    match = _ONE_MORE.match(text)
    flow, nodes = nodes_called(match["node"], book) if match else ("", [])
    if match is None or len(nodes) != 1:
        return
    name, side = _AROUND.sub("", match["rest"].strip(" ,，")), SIDES.get(match["side"], _BEHIND)
    body = book.read(FLOW, flow)["节点"][nodes[0]]
    role = (body.get("负责人") or {}).get("角色")
    if not _NAME.fullmatch(name) or not role:
        raise _unsaid(("" if flow == book.flow else flow, nodes[0], side), match["rest"])
    limit = body.get("时限", _LIMIT) if side == _BEHIND else _LIMIT  # ahead of the dock nothing is waited for
    yield _added(flow, book, name, f"在 {nodes[0]} {side} 负责人 {role} 时限 {limit}")


def _unsaid(place: tuple[str, str, str], rest: str) -> PolicyRefused:
    """That a step lacks its name or who does it, with what was said in its place of the sentence."""
    flow, node, side = place
    length = _LASTING.search(rest)
    limit = duration(length["limit"].replace(" ", "")) if length else _LIMIT
    said = _AROUND.sub("", (_LASTING.sub("", rest)).strip(" ,，"))
    name = said if _NAME.fullmatch(said) else ""
    lacking = "谁来办" if name else "叫什么、谁来办"
    line = f"增加节点 {f'{flow} ' if flow else ''}{name or '复核'} 在 {node} {side} 负责人 客服主管 时限 {limit}"
    return PolicyRefused(f"“{node}”{side}加的一步{lacking}还没有说，什么都没有改。请照这样写，换成要的：{line}")


def _seen(text: str, book: Book, people: Mapping[str, Collection[str]]) -> Iterator[str]:
    """``质检完了再给组长看一眼``: a node of whoever is to look, behind another or ahead of it."""
    match = _SEEN.match(text)
    flow, nodes = nodes_called(match["node"], book) if match else ("", [])
    if match is None or len(nodes) != 1:
        return
    every, who = list(book.table(ROLES)), match["who"]
    roles = [role for role in every if role == who] or [role for role in every if role.endswith(who)]
    for role in (roles or sorted(people.get(who, ())))[:1]:
        side = SIDES.get(match["side"], _BEHIND)
        yield _added(flow, book, f"{role}复核", f"在 {nodes[0]} {side} 负责人 {role} 时限 {_LIMIT}")


def _added(flow: str, book: Book, name: str, where: str) -> str:
    return f"增加节点 {'' if flow == book.flow else f'{flow} '}{name} {where}"


def _also(text: str, book: Book, people: Mapping[str, Collection[str]]) -> None:
    """Raises PolicyRefused for ``财务退款孙悦也能点``: a node has one rule for its people, most often a role."""
    match = re.match(_ALSO.format(names=alternatives(people)), text) if people else None
    flow, nodes = nodes_called(match["node"], book) if match else ("", [])
    if match is None or len(nodes) != 1:
        return
    role = (book.read(FLOW, flow)["节点"][nodes[0]].get("负责人") or {}).get("角色", "")
    now = f"角色 {role} 的人" if role else "审批表里的人"
    add = f"请管理员在员工表里给{match['who']}加上“{role}”这个角色" if role else "请管理员改员工表里的角色"
    raise PolicyRefused(
        f"“{nodes[0]}”归{now}办，什么都没有改。要{match['who']}也能办，{add}；"
        f"只让{match['who']}一个人办就写：流程 {flow} {nodes[0]} 负责人 人 {match['who']}"
    )
