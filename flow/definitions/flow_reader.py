"""Reads a flow definition; what cannot be read is said in a sentence that names the node."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

import yaml

from flow.definitions import formula, yamlfile
from flow.definitions.conditions import CellError, When, is_on, number
from flow.definitions.flow import DANGER, END, FORK, Action, Branch, Flow, Node, OwnerRule
from flow.definitions.schema import Value, keys_of, words_of
from flow.errors import DefinitionError, Place, Problem
from models.enums import CaseState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal
    from enum import StrEnum

    from flow.definitions.schema import Key

_LIMIT = re.compile(r"^(\d{1,4})\s*(分钟|小时|天)$")
_UNITS = {"分钟": "minutes", "小时": "hours", "天": "days"}
Part = TypeVar("Part")


def read_flow(text: str, source: str = "流程文件") -> Flow:
    """A flow out of YAML, as it was published: a stricter check must not strand its cases.

    Raises DefinitionError with a sentence for everything that cannot be read.
    """
    return flow_from(plain_flow(text, source), source)


def plain_flow(text: str, source: str) -> Any:
    """The plain values of a flow's YAML. Raises DefinitionError."""
    try:
        return yamlfile.read(text)
    except yaml.YAMLError as error:
        raise DefinitionError([f"{source}：{yamlfile.trouble(error)}"]) from error


def flow_from(data: Any, source: str = "流程文件") -> Flow:
    """The flow that plain values describe. Raises DefinitionError with a sentence for all that cannot be read."""
    flow, problems = flow_and_problems(data, source)
    if problems:
        raise DefinitionError([problem.under(f"{source} ", kind="flow") for problem in problems])
    return flow


def flow_and_problems(data: Any, source: str) -> tuple[Flow, list[Problem]]:
    """The flow that plain values describe, with a sentence for every node that could not be read and is a stand-in.

    Raises DefinitionError where it is no flow at all.
    """
    try:
        pairs = list(data["节点"].items())
        start, name = str(data["开始"]), data["流程"].strip()
    except (KeyError, TypeError, AttributeError) as error:
        raise DefinitionError([f"{source}：要有“流程”“开始”“节点”三项，流程写名字，节点写成 名字: {{…}}"]) from error
    problems: list[Problem] = []
    nodes = {str(key): _node(str(key), raw, problems) for key, raw in pairs}
    entrances = {key.attribute: _entrance(key, data.get(key.word), problems) for key in _ENTRANCES}
    known = entrances | {_ASKED.attribute: _asked(data.get(_ASKED.word), problems)}
    return part_of(Flow, data, name=name, start=start, nodes=nodes, **known), problems


def part_of(part: type[Part], raw: Any, **known: Any) -> Part:
    """A part of a flow as plain values write it, by its keys; ``known`` are attributes that have been read already.

    Raises KeyError for a key that is missing, CellError, TypeError and others for a value that cannot be read.
    """
    if not isinstance(raw, dict):
        raise TypeError(f"{raw} has no keys")
    values = dict(known)
    for key in keys_of(part):
        if key.attribute in known:
            continue
        if key.value is Value.SAME:
            values[key.attribute] = tuple(fact for fact in key.choices if is_on(raw.get(f"{key.word}{fact}")))
        elif key.word in raw:
            if not _is_blank(raw[key.word], key):
                values[key.attribute] = _READERS[key.value](raw[key.word], key)
        elif key.needed:
            raise KeyError(key.word)
    return part(**values)


def _node(name: str, raw: Mapping[str, Any], problems: list[Problem]) -> Node:
    try:
        forked = raw["类型"] == FORK
        said = {key: value for key, value in raw.items() if forked or key != "分支"}
        return part_of(Node, {"标题": name, **said}, name=name)
    except (KeyError, TypeError, ValueError, AttributeError, CellError) as error:
        problems.append(Problem.of(_plain(error)).at_node(name))
        return Node(name, END, state=CaseState.CLOSED)


def _plain(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"缺少“{error.args[0]}”"
    return error.problem if isinstance(error, CellError) else "写法不对：每项应是“键: 值”，几项写成列表"


def read_limit(text: Any) -> timedelta | None:
    """``24小时``, ``30分钟``, ``2天``; None for nothing. Raises CellError for what is no limit."""
    if text is None or text == "":
        return None
    if not (match := _LIMIT.match(str(text))):
        raise CellError(f"时限“{text}”看不懂，应像 24小时、30分钟、2天")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def names_in(raw: Any) -> tuple[str, ...]:
    """One name or a list of them, as the files write both."""
    return (raw,) if isinstance(raw, str) else tuple(str(name) for name in raw or ())


def owner_of(raw: Mapping[str, Any]) -> OwnerRule:
    """An owner rule, as nodes, levels and assignment tables write it. Raises CellError for an unknown word."""
    if not isinstance(raw, dict):
        raise CellError("负责人要写成 {角色: 客服}，或 人、团队、分派表 里的一样")
    known = words_of(keys_of(OwnerRule))
    if strange := [str(key) for key in raw if key not in known]:
        words = f"负责人里的“{'、'.join(strange)}”不认识，可选 {'、'.join(sorted(known))}"
        raise CellError(Problem(words, Place(column="负责人")))
    return part_of(OwnerRule, raw)


def _entrance(key: Key, raw: Any, problems: list[Problem]) -> Any:
    if raw is None or key.part is None:
        return None
    try:
        return part_of(key.part, raw)
    except (KeyError, TypeError, AttributeError, CellError) as error:
        problems.append(Problem(f"{key.word}：{_plain(error)}"))
        return None


def _asked(raw: Any, problems: list[Problem]) -> tuple[Any, ...]:
    """What a case is asked for when it is opened; none of it where any cannot be read."""
    try:
        return _rows(raw or (), _ASKED)
    except (KeyError, TypeError, AttributeError, ValueError, CellError) as error:
        problems.append(Problem(f"{_ASKED.word}：{_plain(error)}"))
        return ()


def _actions(raw: Any) -> dict[str, Action]:
    if not isinstance(raw, dict):
        raise CellError("动作要写成 名字: {去: 节点}，一个动作一行")
    return {str(key): _action(str(key), value or {}) for key, value in raw.items()}


def _action(name: str, raw: Any) -> Action:
    if not isinstance(raw, dict):
        raise CellError(Problem(f"动作“{name}”要写成 {name}: {{去: 节点}}", Place(action=name)))
    return part_of(Action, raw, name=name)


def _switches(raw: Mapping[str, Any]) -> dict[str, Any]:
    words = {"是": True, "否": False}
    return {str(key): words.get(value, value) if isinstance(value, str) else value for key, value in raw.items()}


def _branches(raw: Any) -> tuple[Branch, ...]:
    if raw is None:
        return ()
    if isinstance(raw, str):
        return (Branch(When(), raw),)
    if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
        raise CellError("去要写一个节点名，或一串 {当: {…}, 去: 节点}")
    return tuple(part_of(Branch, row) for row in raw)


def _is_blank(raw: Any, key: Key) -> bool:
    """Whether a key without a value after its colon is as good as not written."""
    return not raw if key.value is Value.REASON else key.value is Value.SWITCH and raw is None


def _state(raw: Any, key: Key) -> Any:
    """One of an enum's words. Raises CellError."""
    words = cast("type[StrEnum]", key.choices)
    if raw not in list(words):
        raise CellError(Problem(f"{key.word}“{raw}”不认识，可选 {'、'.join(words)}", Place(column=key.word)))
    return words(raw)


def _amount(raw: Any, key: Key) -> Decimal:
    """Yuan. Raises CellError."""
    found = number(raw)
    if found is None or found < 0:
        raise CellError(f"{key.word}：“{raw}”不是金额")
    return found


def _count(raw: Any, key: Key) -> int:
    """A whole number of people. Raises CellError."""
    found = None if isinstance(raw, bool) else number(raw)
    if found is None or found != found.to_integral_value() or found < 1:
        raise CellError(Problem(f"{key.word}“{raw}”要是 1 或更大的整数", Place(column=key.word)))
    return int(found)


def _text(raw: Any, _: Key) -> str:
    return str(raw)


def _as_written(raw: Any, _: Key) -> Any:
    return raw


def _names(raw: Any, _: Key) -> tuple[str, ...]:
    return names_in(raw)


def _span(raw: Any, key: Key) -> timedelta | None:
    found = read_limit(raw)
    return timedelta() if found is None and key.needed else found


def _rights(raw: Any, key: Key) -> dict[str, str]:
    """One of the entry's choices for each name. Raises CellError."""
    able = cast("tuple[str, ...]", key.choices)
    if not isinstance(raw, dict):
        raise CellError(Problem(f"{key.word}要写成 {{缺陷照片: {able[0]}}}", Place(column=key.word)))
    if strange := [f"{name}: {value}" for name, value in raw.items() if value not in able]:
        words = f"{key.word}“{'、'.join(strange)}”不认识，可选 {'、'.join(able)}"
        raise CellError(Problem(words, Place(column=key.word)))
    return {str(name): str(value) for name, value in raw.items()}


def _rows(raw: Any, key: Key) -> tuple[Any, ...]:
    return tuple(part_of(cast("type[Any]", key.part), item) for item in raw)


_READERS: Mapping[Value, Callable[[Any, Key], Any]] = {
    **dict.fromkeys((Value.OWN_NAME, Value.ID, Value.PROSE, Value.WORD, Value.NODE), _text),
    **dict.fromkeys(
        (Value.APPROVER, Value.POLICY, Value.KIND, Value.CHOICE, Value.AWAITED, Value.CELL, Value.REASON), _text
    ),
    **dict.fromkeys((Value.NAMES, Value.ROLES, Value.NODES, Value.EFFECTS, Value.OPTIONS, Value.BUTTONS), _names),
    **dict.fromkeys((Value.NAME, Value.ROLE), _as_written),
    **dict.fromkeys((Value.LIMIT, Value.SPAN), _span),
    **dict.fromkeys((Value.FORM, Value.LEVELS), _rows),
    Value.STATE: _state,
    Value.RIGHTS: _rights,
    Value.AMOUNT: _amount,
    Value.COUNT: _count,
    Value.FORMULA: lambda raw, _: formula.read(str(raw)),
    Value.SWITCH: lambda raw, _: is_on(raw),
    Value.STYLE: lambda raw, _: raw == DANGER,
    Value.CONDITIONS: lambda raw, _: When.parse(raw),
    Value.OWNER: lambda raw, _: None if raw is None else owner_of(raw),
    Value.ACTIONS: lambda raw, _: _actions(raw),
    Value.WAYS: lambda raw, _: _branches(raw),
    Value.NOTED: lambda raw, _: _switches(raw),
    Value.ASKED: lambda raw, _: dict(raw),
}
_ENTRANCES = [key for key in keys_of(Flow) if key.value is Value.ENTRANCE]
[_ASKED] = [key for key in keys_of(Flow) if key.value is Value.FORM]
