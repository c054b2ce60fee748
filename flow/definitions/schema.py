"""Keys that a definition may have, and what must be 是 or 否: a slip of the pen must not pass in silence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import NO, YES
from flow.definitions.flow import OPTIONAL, REASON, REQUIRED
from flow.errors import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

DANGER = "危险"
MEMO = "备忘"  #: the owner's own note, at any place: a comment would not outlive the workbook
_OF_FLOW = frozenset({"流程", "说明", "开始", "节点", "撤单", "重开", "退回", "预计退款"})
_OF_NODE = frozenset({
    "类型", "标题", "说明", "负责人", "时限", "动作", "去", "办", "显示", "回避", "同人免审", "等", "状态", "原因",
    "会签", "表单", "分级", "抄送", "不许", "分支", "汇合",
})  # fmt: skip
_OF_ACTION = frozenset({"去", "办", "记", "问", "结果", "样式", "换人", "满", REASON})
_OF_FIELD = frozenset({"名", "填", "选项", "必填", "动作", "问", "范围"})
_OF_LEVEL = frozenset({"名", "负责人", "时限", "当"})
_OF_WAY = frozenset({"当", "去", "规则"})
_OF_REOPENING = frozenset({"到", "期限"})
_OF_AMENDING = frozenset({"到", REASON})
_SWITCHES = {
    "流程": ("预计退款",), "节点": ("同人免审", "会签"), "动作": ("换人",), "表单": ("必填",),
    "负责人": ("审批表", "提交人上级", "同区域", "同品类", "同仓库"),
}  # fmt: skip
_YES = (True, YES, "yes", "on")
_NO = (False, NO, None, "no", "off")


def is_on(raw: Any) -> bool:
    """Whether a switch is on: 是 and true are, 否 and false are not, and nothing else is either."""
    return raw in _YES


def key_problems(data: dict[str, Any]) -> list[Problem]:
    """Every key that nothing reads, and every switch that is neither on nor off, by the place where it stands."""
    found = [
        *_of(data, _OF_FLOW, "流程", ""),
        *_of(data.get("重开"), _OF_REOPENING, "重开", "重开："),
        *_of(data.get("退回"), _OF_AMENDING, "退回", "退回："),
        *_reason_problems(data.get("退回"), "退回的"),
    ]
    of_nodes = [Problem.of(words).at_node(str(name)) for name, raw in data["节点"].items() for words in _node(raw)]
    return [*map(Problem.of, found), *of_nodes]


def _node(raw: Any) -> Iterator[str]:
    yield from _of(raw, _OF_NODE, "节点", "")
    if not isinstance(raw, dict):
        return
    yield from _in_column("负责人", _switches(raw.get("负责人"), "负责人", "负责人"))
    yield from _ways(raw.get("去"), "去")
    for item in _rows(raw.get("表单")):
        yield from _in_column("表单", _of(item, _OF_FIELD, "表单", f"表单“{item.get('名', '')}”"))
    for item in _rows(raw.get("分级")):
        yield from _in_column("分级", _level(item, f"分级“{item.get('名', '')}”"))
    actions = raw.get("动作")
    for name, action in actions.items() if isinstance(actions, dict) else ():
        yield from (Problem(words, Place(action=str(name))) for words in _action(action, f"动作“{name}”的"))


def _in_column(column: str, found: Iterable[str]) -> Iterator[Problem]:
    return (Problem(words, Place(column=column)) for words in found)


def _level(raw: dict[str, Any], where: str) -> Iterator[str]:
    yield from _of(raw, _OF_LEVEL, "分级", where)
    yield from _switches(raw.get("负责人"), "负责人", f"{where}的负责人")


def _action(raw: Any, where: str) -> Iterator[str]:
    yield from _of(raw, _OF_ACTION, "动作", where)
    if isinstance(raw, dict):
        yield from _ways(raw.get("去"), f"{where}去")
        if raw.get("样式") not in (None, DANGER):
            yield f"{where}样式“{raw['样式']}”不认识，只有 {DANGER}，平常的不用写"
        yield from _reason_problems(raw, where)


def _reason_problems(raw: Any, where: str) -> Iterator[str]:
    if isinstance(raw, dict) and raw.get(REASON) not in (None, REQUIRED, OPTIONAL):
        yield f"{where}{REASON}“{raw[REASON]}”不认识，可写 {REQUIRED} 或 {OPTIONAL}，不问就不用写"


def _ways(raw: Any, where: str) -> Iterator[str]:
    for n, row in enumerate(_rows(raw), 1):
        yield from _of(row, _OF_WAY, "去", f"{where}的第 {n} 条")


def _rows(raw: Any) -> list[dict[str, Any]]:
    return [row for row in raw if isinstance(row, dict)] if isinstance(raw, list) else []


def _of(raw: Any, known: Collection[str], kind: str, where: str) -> Iterator[str]:
    """What is wrong with the keys of one mapping; what is none is told where it is read."""
    if not isinstance(raw, dict):
        return
    if strange := [str(key) for key in raw if key not in known and key != MEMO]:
        yield f"{where}“{'、'.join(strange)}”不认识，可以写 {'、'.join(sorted(known))}"
    yield from _switches(raw, kind, where)


def _switches(raw: Any, kind: str, where: str) -> Iterator[str]:
    for key in _SWITCHES.get(kind, ()) if isinstance(raw, dict) else ():
        if key in raw and raw[key] not in _YES + _NO:
            yield f"{where}“{key}”要写 {YES} 或 {NO}，不能写“{raw[key]}”"
