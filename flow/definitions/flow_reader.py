"""Reads a flow definition; what cannot be read is said in a sentence that names the node."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from flow.definitions import yamlfile
from flow.definitions.conditions import CellError, When
from flow.definitions.flow import (
    ANY,
    END,
    EVERYONE,
    FORK,
    OPTIONAL,
    REASON,
    Action,
    Amending,
    Branch,
    Field,
    Flow,
    Level,
    Node,
    OwnerRule,
    Reopening,
)
from flow.definitions.schema import DANGER, is_on
from flow.errors import DefinitionError, Place, Problem
from models.enums import CaseState, CloseReason

if TYPE_CHECKING:
    from collections.abc import Mapping

_LIMIT = re.compile(r"^(\d{1,4})\s*(分钟|小时|天)$")
_UNITS = {"分钟": "minutes", "小时": "hours", "天": "days"}
_SAME = ("区域", "品类", "仓库")
Word = TypeVar("Word", bound=StrEnum)


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
    reopening, about = _reopening(data.get("重开"), problems), str(data.get("说明", ""))
    refunds = data.get("预计退款") is None or is_on(data["预计退款"])
    amending = _amending(data.get("退回"), problems)
    return Flow(name, start, nodes, str(data.get("撤单", "")), reopening, amending, about, refunds), problems


def _node(name: str, raw: Mapping[str, Any], problems: list[Problem]) -> Node:
    try:
        kind = str(raw["类型"])
        return Node(
            name=name,
            kind=kind,
            title=str(raw.get("标题", name)),
            hint=str(raw.get("说明", "")),
            owner=_owner_or_none(raw.get("负责人")),
            limit=read_limit(raw.get("时限")),
            actions=_actions(raw.get("动作", {})),
            branches=_branches(raw.get("去")),
            effects=names_in(raw.get("办")),
            shows=names_in(raw.get("显示")),
            avoids=names_in(raw.get("回避")),
            skips_same_approver=is_on(raw.get("同人免审")),
            waits_for=str(raw.get("等", "")),
            state=_one_of(CaseState, raw, "状态"),
            close_reason=_one_of(CloseReason, raw, "原因"),
            all_must_agree=is_on(raw.get("会签")),
            form=tuple(_field(item) for item in raw.get("表单", ())),
            levels=tuple(_level(item) for item in raw.get("分级", ())),
            copies=names_in(raw.get("抄送")),
            forbids=names_in(raw.get("不许")),
            heads=names_in(raw.get("分支")) if kind == FORK else (),
            join=str(raw.get("汇合", "")),
            joins_any=raw.get("等") == ANY,
        )
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


def _one_of(words: type[Word], raw: Mapping[str, Any], key: str) -> Word | None:
    if key not in raw:
        return None
    if raw[key] not in list(words):
        raise CellError(Problem(f"{key}“{raw[key]}”不认识，可选 {'、'.join(words)}", Place(column=key)))
    return words(raw[key])


def names_in(raw: Any) -> tuple[str, ...]:
    """One name or a list of them, as the files write both."""
    return (raw,) if isinstance(raw, str) else tuple(str(name) for name in raw or ())


def _owner_or_none(raw: Mapping[str, Any] | None) -> OwnerRule | None:
    return None if raw is None else owner_of(raw)


def owner_of(raw: Mapping[str, Any]) -> OwnerRule:
    """An owner rule, as nodes, levels and assignment tables write it. Raises CellError for an unknown word."""
    if not isinstance(raw, dict):
        raise CellError("负责人要写成 {角色: 客服}，或 人、团队、分派表 里的一样")
    known = {"角色", "审批表", "否则", "首选", "人", "团队", "分派表", "提交人上级", "区域", "派法"}
    known |= {f"同{fact}" for fact in _SAME}
    if strange := [str(key) for key in raw if key not in known]:
        words = f"负责人里的“{'、'.join(strange)}”不认识，可选 {'、'.join(sorted(known))}"
        raise CellError(Problem(words, Place(column="负责人")))
    return OwnerRule(
        role=raw.get("角色"),
        by_policy=is_on(raw.get("审批表")),
        fallback=raw.get("否则"),
        prefer=raw.get("首选"),
        person=raw.get("人"),
        team=raw.get("团队"),
        table=raw.get("分派表"),
        creators_manager=is_on(raw.get("提交人上级")),
        same=tuple(fact for fact in _SAME if is_on(raw.get(f"同{fact}"))),
        region=raw.get("区域"),
        dealing=str(raw.get("派法", EVERYONE)),
    )


def _field(raw: Mapping[str, Any]) -> Field:
    return Field(
        name=str(raw["名"]),
        kind=str(raw["填"]),
        options=names_in(raw.get("选项")),
        required=is_on(raw.get("必填")),
        actions=names_in(raw.get("动作")),
        question=str(raw.get("问", "")),
        bounds=str(raw.get("范围", "")),
    )


def _level(raw: Mapping[str, Any]) -> Level:
    owner = _owner_or_none(raw.get("负责人"))
    return Level(str(raw["名"]), owner, read_limit(raw.get("时限")), When.parse(raw.get("当")))


def _reopening(raw: Mapping[str, Any] | None, problems: list[Problem]) -> Reopening | None:
    if raw is None:
        return None
    try:
        within = read_limit(raw["期限"])
        return Reopening(str(raw["到"]), within or timedelta())
    except (KeyError, TypeError, CellError) as error:
        problems.append(Problem(f"重开：{_plain(error)}"))
        return None


def _amending(raw: Mapping[str, Any] | None, problems: list[Problem]) -> Amending | None:
    if raw is None:
        return None
    try:
        return Amending(str(raw["到"]), str(raw.get(REASON) or OPTIONAL))
    except (KeyError, TypeError, AttributeError) as error:
        problems.append(Problem(f"退回：{_plain(error)}"))
        return None


def _actions(raw: Any) -> dict[str, Action]:
    if not isinstance(raw, dict):
        raise CellError("动作要写成 名字: {去: 节点}，一个动作一行")
    return {str(key): _action(str(key), value or {}) for key, value in raw.items()}


def _action(name: str, raw: Any) -> Action:
    if not isinstance(raw, dict):
        raise CellError(Problem(f"动作“{name}”要写成 {name}: {{去: 节点}}", Place(action=name)))
    return Action(
        name=name,
        branches=_branches(raw.get("去")),
        effects=names_in(raw.get("办")),
        sets=_switches(raw.get("记", {})),
        asks=dict(raw.get("问", {})),
        verdict=str(raw.get("结果", "")),
        danger=raw.get("样式") == DANGER,
        hands_over=is_on(raw.get("换人")),
        reason=str(raw.get(REASON) or ""),
        after=read_limit(raw.get("满")),
    )


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
    return tuple(Branch(When.parse(row.get("当")), str(row["去"]), str(row.get("规则", ""))) for row in raw)
