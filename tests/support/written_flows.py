"""Flows written in few words, and what is said of them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from flow.errors import DefinitionError
from flow.validation.flows import Known, check, flow_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    Node = dict[str, Any]

ALONE: Node = {"类型": "结束"}  #: where a side branch ends
END: Node = {"类型": "结束", "状态": "已完成"}


def person(**actions: Any) -> Node:
    """A node at which somebody chooses among ``actions``: where each leads, or the whole of it."""
    read = {name: {"去": to} if isinstance(to, str | list) else to for name, to in actions.items()}
    return {"类型": "人工", "负责人": {"角色": "客服"}, "时限": "2天", "动作": read}


def auto(*rows: Any) -> Node:
    """A node that goes where the first of ``rows`` says: a name, or conditions and a name."""
    return {"类型": "自动", "去": [{"去": r} if isinstance(r, str) else {"当": r[0], "去": r[1]} for r in rows]}


def fork(*heads: str, join: str = "合") -> Node:
    return {"类型": "分叉", "分支": [*heads], "汇合": join}


def beside(to: str, *heads: str, **more: str) -> Node:
    """A fork that goes on to ``to``, and begins branches that end by themselves."""
    return {"类型": "分叉", "旁支": [*heads], "去": to, **more}


def join(to: str, wait: str = "全部") -> Node:
    return {"类型": "汇合", "等": wait, "去": to}


def wait(to: str) -> Node:
    return {"类型": "等待", "等": "回音", "时限": "1天", "动作": {"到时": {"去": to}}}


def paying(to: str) -> Node:
    """A wait for the shop, which whoever leads here has asked for the money."""
    return {"类型": "等待", "等": "店铺答复", "动作": {"退款成功": {"去": to}, "退款失败": {"去": to}}}


def form(*fields: dict[str, Any], to: str = "完") -> Node:
    return {**person(同意=to), "表单": [{"名": "责任", "填": "文本"} | field for field in fields]}


def drawn(nodes: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A flow of these nodes, the first of which is its start, with the end 完."""
    return {"流程": "小", "开始": next(iter(nodes)), "节点": {**copy.deepcopy(dict(nodes)), "完": END}, **more}


def told(nodes: Mapping[str, Any], **more: Any) -> list[str]:
    """What is said of a flow, without the name of its file; nothing of a sound one."""
    try:
        flow_of(drawn(nodes, **more))
    except DefinitionError as refused:
        return [problem.removeprefix("流程文件 ") for problem in refused.problems]
    return []


KNOWN = Known(
    roles=frozenset({"客服", "客服组长"}), held=frozenset({"客服"}), people=frozenset({"王建国"}),
    teams=frozenset({"华东组"}),
    tables=frozenset({"维修分派"}), words={"类型": frozenset({"质量问题", "七天无理由"})}, fixed=frozenset({"类型"}),
)  # fmt: skip


def known_problems(nodes: Mapping[str, Any], known: Known = KNOWN) -> list[str]:
    return [*check(flow_of(drawn(nodes)), known)]
