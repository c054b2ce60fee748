"""The plain nodes of a flow as people mean them: good and dangerous actions, the way on, a place in the order. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.flow import AUTOMATIC, HUMAN, JOIN, WAIT
from flow.definitions.references import TO, rows_of
from flow.edits import sentence as read
from flow.edits.sentence import one_of
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.references import Way
    from flow.edits.working_copy import Book, Data

ACTING, PASSING = (HUMAN, WAIT), (AUTOMATIC, JOIN)
AFTER = "满"  #: how long people have at a node, of its 到时
HAND_OVER: Mapping[str, Any] = {"转交": {"换人": True}}
AGREE, REFUSE, DONE = "同意", "驳回", "完成"


def good_actions(node: Mapping[str, Any]) -> list[str]:
    """The actions by which people lead on: neither dangerous nor handing over."""
    actions = (node.get("动作") or {}).items()
    led = [(str(name), body) for name, body in actions if body and TO in body and AFTER not in body]
    return [name for name, body in led if body.get("样式") != "危险"]


def onward(node: Mapping[str, Any]) -> list[Way]:
    """The rows of the main way on: of the first good action, or of a node that passes by itself."""
    if node["类型"] in PASSING:
        return rows_of(node.get(TO))
    good = good_actions(node)
    return rows_of(node["动作"][good[0]][TO]) if good else []


def targets(ways: list[Way]) -> str:
    """Everywhere that rows lead."""
    return " 或 ".join(dict.fromkeys(str(row[TO]) for row in ways))


def dangerous(node: Mapping[str, Any], action: str) -> bool:
    return bool(action) and (node["动作"][action] or {}).get("样式") == "危险"


def placed(nodes: Mapping[str, Any], after: str, fresh: Mapping[str, Any]) -> Data:
    """The nodes with more of them behind one."""
    order: Data = {}
    for name, node in nodes.items():
        order[name] = node
        if name == after:
            order |= fresh
    return order


def before(nodes: Mapping[str, Any], place: str, fresh: Mapping[str, Any]) -> Data:
    """The nodes with more of them ahead of one."""
    order: Data = {}
    for name, node in nodes.items():
        if name == place:
            order |= fresh
        order[name] = node
    return order


def human(name: str, said: Mapping[str, str], beside: Mapping[str, Any], book: Book) -> Data:
    """A new node for people; what ``said`` leaves out it takes from the node beside it. Raises PolicyRefused."""
    if not said.get("负责人"):
        raise PolicyRefused(f"要写“{name}”由谁负责，例如 负责人 质检员")
    limit = read.limit(said["时限"]) if said.get("时限") else beside.get("时限")
    if not limit:
        raise PolicyRefused(f"要写“{name}”的时限，例如 时限 24小时")
    owner = book.owner(said["负责人"])
    fallback = (beside.get("负责人") or {}).get("否则")
    if fallback and fallback != owner.get("角色"):
        owner["否则"] = fallback
    node = {"类型": HUMAN, "标题": _title(name, beside), "负责人": owner, "时限": limit}
    return {**node, **({"显示": beside["显示"]} if beside.get("显示") else {})}


def _title(name: str, beside: Mapping[str, Any]) -> str:
    """``复检：{商品}`` beside ``质检：{商品}``."""
    _, colon, rest = str(beside.get("标题", "")).partition("：")
    return f"{name}{colon}{rest}"


def existing(word: str, data: Mapping[str, Any]) -> str:
    return one_of(word, data["节点"], "节点")


def unused(word: str, data: Mapping[str, Any], book: Book) -> str:
    return book.fresh(word, data["节点"], "节点")
