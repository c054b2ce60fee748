"""How near to money a difference lies: what people read first, and what has to be tried on the past. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW, POLICY
from flow.definitions.vocabulary import PAYS, QUORUM, RISKY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flow.diff.sentences import Difference

MONEY, WAYS, OWNERS, OTHERS, WORDS = range(5)  #: the nearest first; WORDS are time limits and texts too
_SAID = frozenset(
    {"时限", "标题", "说明", "显示", "结果", "抄送", "名称", "备忘", "等", "别名", "规则", "问", "理由", "满"}
)
_OF_MONEY = frozenset({"办", "记", "样式", "同人免审", "会签", QUORUM, "驳回即止", "回避"})
_OF_WAYS = frozenset({"去", "当", "分级", "动作", "类型", "等"})
_HANDS = frozenset({"负责人", "派法", "否则", "首选"})
_HOLD = frozenset({"节点", "动作", "表单", "分级"})  #: what stands in these is called as people like
_CHOICES = frozenset({"政策选择", "风险客户"})
_COMMANDS = frozenset({"发布", "回滚", "名单", "重开"})


def weight(kind: str, found: Difference, old: Any, new: Any) -> int:
    """The weight of one difference between two texts of one kind, given as plain values."""
    path = found.path
    if kind == FLOW:
        return _in_flow(path, old, new)
    if kind == POLICY:
        return WORDS if path[0] in ("名称", "说明", "备忘") or path[-1] in ("说明", "备忘") else MONEY
    of_kind = _ELSEWHERE.get(kind)
    return of_kind(found, old, new) if of_kind else OTHERS


def _in_flow(path: tuple[str, ...], old: Any, new: Any) -> int:
    if path[0] != "节点" or len(path) < 3:
        return MONEY if path[0] == "预计退款" else WAYS if path[0] in ("节点", "开始") else OTHERS
    if path[-1] in _SAID and path[-2] not in _HOLD:
        return WORDS
    if path[2] in _HANDS:
        return MONEY if _decides(_node(old, path[1])) or _decides(_node(new, path[1])) else OWNERS
    inner = frozenset(path[2:])
    return MONEY if inner & _OF_MONEY else WAYS if inner & _OF_WAYS else OTHERS


def _node(data: Any, name: str) -> dict[str, Any]:
    found = (data or {}).get("节点", {}).get(name)
    return found if isinstance(found, dict) else {}


def _decides(node: Mapping[str, Any]) -> bool:
    """Whether the money is decided on, or sent, at a node."""
    owner = node.get("负责人")
    return (isinstance(owner, dict) and bool(owner.get("审批表"))) or PAYS in str(node.get("动作", ""))


def _of_rules(found: Difference, old: Any, new: Any) -> int:
    """A rule that says who is at risk decides who is paid unseen."""
    name = found.path[1] if len(found.path) > 1 else ""
    rows = [row for data in (old, new) for row in (data or {}).get("自动规则", ()) if isinstance(row, dict)]
    return MONEY if any(row.get("名") == name and RISKY in str(row.get("做")) for row in rows) else OTHERS


def _of_types(found: Difference, old: Any, new: Any) -> int:
    """A type that was there before goes another way, or stands for something else."""
    if len(found.path) < 3 or found.path[-1] in _SAID:
        return OTHERS
    return MONEY


def _of_choices(found: Difference, old: Any, new: Any) -> int:
    return MONEY if found.path[0] in _CHOICES else OTHERS


def _of_roles(found: Difference, old: Any, new: Any) -> int:
    return MONEY if _COMMANDS & {*map(str, found.path)} else OTHERS


_ELSEWHERE: Mapping[str, Callable[[Difference, Any, Any], int]] = {
    "rules": _of_rules,
    "reasons": _of_types,
    "choices": _of_choices,
    "roles": _of_roles,
}
