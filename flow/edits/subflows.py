"""… 照 流程 退供应商: the nodes of another flow as a part of this one, under names of their own. Pure.

They are copied, so that a case goes to its end by what it began with, and the check, the picture, the simulation and
the engine see one flow. What the other flow notes is known behind it; each of its ends is a node that leads on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW
from flow.definitions.flow import AUTOMATIC, END
from flow.definitions.flow_reader import flow_from
from flow.definitions.identities import id_in
from flow.definitions.references import TO, redirected, rows_of
from flow.definitions.renaming import with_id
from flow.edits.sentence import one_of
from flow.errors import PolicyRefused
from flow.validation.flows import NODE_CHARS
from models.enums import CaseState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flow.definitions.identities import Ids
    from flow.definitions.references import Way
    from flow.edits.working_copy import Book, Data, Edit

LIKE, PARTS, MARK = "照", "子流程", "·"  #: the last between the part's name and the node's


def source_of(said: str, at: tuple[str, str], book: Book) -> str:
    """The flow that ``流程 退供应商`` or its name means, for a new part ``at`` a flow under a name.

    Raises NotFound, and PolicyRefused for the flow itself and for a part that there is.
    """
    flow, name = at
    if part_of(book.read(FLOW, flow)["节点"], name):
        raise PolicyRefused(f"流程 {flow} 里已经有“{name}”这一段了，请换个名字")
    source = one_of(said.removeprefix("流程").strip(), book.names(FLOW), "流程")
    if source == flow:
        raise PolicyRefused(f"流程“{flow}”不能装进它自己，会没完没了；请照另一条流程，没有就先 新建流程")
    return source


def copied(
    book: Book, source: str, name: str, ways: list[Way] | None, *, through: bool = False, called: Ids | None = None
) -> tuple[str, Data]:
    """The first node, and all that a case can come to from there; its ends lead ``ways``, or with none end the branch.

    An end that closes a case still does, as a refusal must not become an approval, unless everything leads ``through``.
    Each node has an id of its own, that of the other flow's behind the part's name, by which ``called`` says what it
    is called here.

    Raises PolicyRefused where a name would be too long.
    """
    data, known = book.read(FLOW, source), called or {}
    flow = flow_from(data, source)
    reached = flow.reach(flow.start)
    order = [flow.start, *(each for each in data["节点"] if each in reached and each != flow.start)]
    ids = {each: f"{name}{MARK}{id_in(each, data['节点'][each])}" for each in order}
    names = {each: known.get(ids[each], f"{name}{MARK}{each}") for each in order}
    if long := next((each for each in names.values() if len(each) > NODE_CHARS), ""):
        raise PolicyRefused(f"“{long}”超过 {NODE_CHARS} 个字，请把“{name}”或那个节点的名字改短")
    nodes = {}
    for each, fresh in names.items():
        body = data["节点"][each]
        goes_on = ways is None or through or not _closes(body)
        ended = _end(f"{name}{each}", ways) if goes_on else dict(body)
        nodes[fresh] = with_id(ended if body["类型"] == END else redirected(body, names), ids[each], fresh)
    return names[flow.start], nodes


def _end(words: str, ways: list[Way] | None) -> Data:
    """What stands for an end of the other flow: where it goes on the record says in ``words`` how that one ended."""
    if ways is None:
        return {"类型": END}
    return {"类型": AUTOMATIC, TO: [{**row, "规则": row.get("规则") or words} for row in ways]}


def _closes(body: Mapping[str, Any]) -> bool:
    return body["类型"] == END and body.get("状态") == CaseState.CLOSED


def closing(part: Mapping[str, Any]) -> str:
    """Which nodes of a part close the case; "" where none does."""
    names = "、".join(name for name, body in part.items() if _closes(body))
    return f"，走到 {names} 就关闭整张单（要接着走请写 关闭时 继续）" if names else ""


def part_of(nodes: Mapping[str, Any], name: str) -> list[str]:
    """The nodes that such a part is made of, the first one first; none where there is no part of that name.

    One that is called otherwise by now is still of it.
    """
    head = f"{name}{MARK}"
    return [each for each, body in nodes.items() if each.startswith(head) or id_in(each, body).startswith(head)]


def exits(nodes: Mapping[str, Any], part: Collection[str]) -> list[Way] | None:
    """Where a part leads that a case goes through; None where it is a side branch, or was changed since."""
    ends = [rows_of(nodes[each].get(TO)) for each in part if nodes[each]["类型"] == AUTOMATIC]
    onward = next((rows for rows in ends if not {row[TO] for row in rows} & {*part}), None)
    return onward and [{key: row[key] for key in row if key != "规则" or "当" in row} for row in onward]


def with_part(data: Data, name: str, source: str) -> Data:
    """The flow that says whose nodes a part of it is."""
    return {**data, PARTS: {**(data.get(PARTS) or {}), name: source}}


def without_part(data: Data, name: str) -> Data:
    left = {part: source for part, source in (data.get(PARTS) or {}).items() if part != name}
    return {**{key: value for key, value in data.items() if key != PARTS}, **({PARTS: left} if left else {})}


def again(said: str, flow: str, book: Book) -> Edit:
    """``流程 退货 子流程 退供``: a part as the flow that it was copied from is now; what led to it leads there."""
    data = book.read(FLOW, flow)
    name = one_of(said.removesuffix("更新").strip(), data.get(PARTS) or {}, PARTS, f"流程 {flow} 里")
    nodes, source = data["节点"], data[PARTS][name]
    old = part_of(nodes, name)
    aside = any({*old} & {*(node.get("旁支") or ())} for node in nodes.values())
    ways = None if aside else exits(nodes, old)
    if not old or not (aside or ways):
        raise PolicyRefused(f"“{name}”里的节点改过，看不出走完以后去哪里；请删掉它再照一次")
    ids = {each: id_in(each, nodes[each]) for each in old}
    theirs = {id_in(each, body): body for each, body in book.read(FLOW, source)["节点"].items()}
    closed = [each for each in old if _closes(theirs.get(ids[each].removeprefix(f"{name}{MARK}"), {"类型": AUTOMATIC}))]
    through = any(nodes[each]["类型"] == AUTOMATIC for each in closed)
    own = {ids[each]: each for each in old if not each.startswith(f"{name}{MARK}")}
    head, part = copied(book, source, name, ways, through=through, called=own)
    fresh: Data = {}
    for each, node in nodes.items():
        fresh |= part if each == old[0] else {}
        fresh |= {} if each in old else {each: redirected(node, {old[0]: head})}
    return book.write(FLOW, flow, {**data, "节点": fresh}, f"流程 {flow}：{name} 照流程 {source} 现在的样子")


def told(part: Mapping[str, Any], source: str, flow: str, name: str) -> str:
    """How the nodes have come, and what later changes of the other flow do."""
    again = f"流程 {flow} 子流程 {name}"
    return f"照流程 {source} 的 {len(part)} 个节点{closing(part)}；那条以后再改，这里不跟着，要跟着就写 {again}"
