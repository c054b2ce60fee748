"""… 照 流程 退供应商: the nodes of another flow as a part of this one, under names of their own. Pure.

They are copied, so that a case goes to its end by what it began with, and the check, the picture, the simulation and
the engine see one flow. What the other flow notes is known behind it; each of its ends is a node that leads on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW
from flow.definitions.flow import AUTOMATIC, END
from flow.definitions.flow_reader import flow_from
from flow.diff.references import TO, redirected
from flow.edits.sentence import one_of
from flow.errors import PolicyRefused
from flow.validation.flows import NODE_CHARS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.diff.references import Way
    from flow.edits.working_copy import Book, Data

LIKE, MARK = "照", "·"  #: between the part's name and the node's


def source_of(said: str, flow: str, book: Book) -> str:
    """The flow that ``流程 退供应商`` or its name means. Raises NotFound, and PolicyRefused for the flow itself."""
    source = one_of(said.removeprefix("流程").strip(), book.names(FLOW), "流程")
    if source == flow:
        raise PolicyRefused(f"流程“{flow}”不能装进它自己，会没完没了；请照另一条流程，没有就先 新建流程")
    return source


def copied(book: Book, source: str, name: str, ways: list[Way] | None) -> tuple[str, Data]:
    """The first node, and all that a case can come to from there; its ends lead ``ways``, or with none end the branch.

    Raises PolicyRefused where a name would be too long.
    """
    data = book.read(FLOW, source)
    flow = flow_from(data, source)
    names = {each: f"{name}{MARK}{each}" for each in data["节点"] if each in flow.reach(flow.start)}
    if long := next((each for each in names.values() if len(each) > NODE_CHARS), ""):
        raise PolicyRefused(f"“{long}”超过 {NODE_CHARS} 个字，请把“{name}”或那个节点的名字改短")
    nodes = {}
    for each, fresh in names.items():
        body = data["节点"][each]
        nodes[fresh] = redirected(body, names) if body["类型"] != END else _onward(name, each, ways)
    return names[flow.start], nodes


def _onward(name: str, end: str, ways: list[Way] | None) -> Data:
    """What stands for an end of the other flow: it goes on, and the record says how that one ended."""
    if ways is None:
        return {"类型": END}
    return {"类型": AUTOMATIC, TO: [{**row, "规则": row.get("规则") or f"{name}{end}"} for row in ways]}


def part_of(nodes: Mapping[str, Any], name: str) -> list[str]:
    """The nodes that such a part is made of, the first one first; none where there is no part of that name."""
    return [each for each in nodes if each.startswith(f"{name}{MARK}")]


def told(part: Mapping[str, Any], source: str) -> str:
    """How the nodes have come, and what later changes of the other flow do."""
    return f"照流程 {source} 的 {len(part)} 个节点；那条流程以后再改，这里不跟着改，要跟着就删掉再照一次"
