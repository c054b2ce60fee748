"""Keys that a definition may have, and what must be 是 or 否: a slip of the pen must not pass in silence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions import flow as d
from flow.definitions.conditions import NO, OFF, ON, YES
from flow.definitions.entrances import Amending, Reopening
from flow.definitions.schema import MEMO, Value, keys_of, words_of
from flow.errors import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

[SUBMISSION_FORM] = words_of(keys_of(d.Flow), Value.FORM)


def key_problems(data: dict[str, Any]) -> list[Problem]:
    """Every key that nothing reads, and every switch that is neither on nor off, by the place where it stands."""
    found = [
        *_of(data, d.Flow, ""),
        *_of(data.get("重开"), Reopening, "重开："),
        *_of(data.get("退回"), Amending, "退回："),
        *_reason_problems(data.get("退回"), "退回的"),
    ]
    for item in _rows(data.get(SUBMISSION_FORM)):
        found += _of(item, d.Field, f"{SUBMISSION_FORM}“{item.get('名', '')}”")
    of_nodes = [Problem.of(words).at_node(str(name)) for name, raw in data["节点"].items() for words in _node(raw)]
    return [*map(Problem.of, found), *of_nodes]


def _node(raw: Any) -> Iterator[str]:
    yield from _of(raw, d.Node, "")
    if not isinstance(raw, dict):
        return
    yield from _in_column("负责人", _switches(raw.get("负责人"), d.OwnerRule, "负责人"))
    yield from _ways(raw.get("去"), "去")
    for item in _rows(raw.get("表单")):
        yield from _in_column("表单", _of(item, d.Field, f"表单“{item.get('名', '')}”"))
    for item in _rows(raw.get("分级")):
        yield from _in_column("分级", _level(item, f"分级“{item.get('名', '')}”"))
    actions = raw.get("动作")
    for name, action in actions.items() if isinstance(actions, dict) else ():
        yield from (Problem(words, Place(action=str(name))) for words in _action(action, f"动作“{name}”的"))


def _in_column(column: str, found: Iterable[str]) -> Iterator[Problem]:
    return (Problem(words, Place(column=column)) for words in found)


def _level(raw: dict[str, Any], where: str) -> Iterator[str]:
    yield from _of(raw, d.Level, where)
    yield from _switches(raw.get("负责人"), d.OwnerRule, f"{where}的负责人")


def _action(raw: Any, where: str) -> Iterator[str]:
    yield from _of(raw, d.Action, where)
    if isinstance(raw, dict):
        yield from _ways(raw.get("去"), f"{where}去")
        if raw.get("样式") not in (None, d.DANGER):
            yield f"{where}样式“{raw['样式']}”不认识，只有 {d.DANGER}，平常的不用写"
        yield from _reason_problems(raw, where)


def _reason_problems(raw: Any, where: str) -> Iterator[str]:
    if isinstance(raw, dict) and raw.get(d.REASON) not in (None, d.REQUIRED, d.OPTIONAL):
        yield f"{where}{d.REASON}“{raw[d.REASON]}”不认识，可写 {d.REQUIRED} 或 {d.OPTIONAL}，不问就不用写"


def _ways(raw: Any, where: str) -> Iterator[str]:
    for n, row in enumerate(_rows(raw), 1):
        yield from _of(row, d.Branch, f"{where}的第 {n} 条")


def _rows(raw: Any) -> list[dict[str, Any]]:
    return [row for row in raw if isinstance(row, dict)] if isinstance(raw, list) else []


def _of(raw: Any, part: type, where: str) -> Iterator[str]:
    """What is wrong with the keys of one mapping; what is none is told where it is read."""
    if not isinstance(raw, dict):
        return
    known = words_of(keys_of(part))
    if strange := [str(key) for key in raw if key not in known and key != MEMO]:
        yield f"{where}“{'、'.join(strange)}”不认识，可以写 {'、'.join(sorted(known))}"
    yield from _switches(raw, part, where)


def _switches(raw: Any, part: type, where: str) -> Iterator[str]:
    for key in words_of(keys_of(part), Value.SWITCH, Value.SAME) if isinstance(raw, dict) else ():
        if key in raw and raw[key] not in ON + OFF:
            yield f"{where}“{key}”要写 {YES} 或 {NO}，不能写“{raw[key]}”"
