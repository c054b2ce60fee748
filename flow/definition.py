"""A flow as its owner wrote it, read into frozen values: nodes, owners, actions, branches, limits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from flow import yamlfile
from flow.cells import CellError, When
from flow.errors import DefinitionError
from models.enums import CaseState, CloseReason

if TYPE_CHECKING:
    from collections.abc import Mapping

HUMAN, AUTOMATIC, WAIT, FORK, JOIN, END = "人工", "自动", "等待", "分叉", "汇合", "结束"
KINDS = (HUMAN, AUTOMATIC, WAIT, FORK, JOIN, END)
_LIMIT = re.compile(r"^(\d{1,4})\s*(分钟|小时|天)$")
_UNITS = {"分钟": "minutes", "小时": "hours", "天": "days"}
MAX_ACTIONS, MAX_ROWS, ACTION_CHARS = 6, 6, 10  #: what a card can show
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Branch:
    """Where to go when the conditions hold; ``rule`` is the name that goes on record."""

    when: When
    to: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """Who gets the task: a role, or whoever the policy's amount table names; a preferred person first."""

    role: str | None = None
    by_policy: bool = False
    fallback: str | None = None
    prefer: str | None = None  #: a fact that names a member, such as 提交人


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a node."""

    name: str
    branches: tuple[Branch, ...]
    effects: tuple[str, ...] = ()
    sets: Mapping[str, Any] = field(default_factory=dict)
    asks: Mapping[str, str] = field(default_factory=dict)  #: fact -> the question that the bot asks
    verdict: str = ""  #: what the card says afterwards: 已同意
    danger: bool = False
    hands_over: bool = False  #: 转交: the task changes hands, the case stays


@dataclass(frozen=True, slots=True)
class Node:
    """A station of the flow."""

    name: str
    kind: str
    title: str = ""
    hint: str = ""
    owner: OwnerRule | None = None
    limit: timedelta | None = None
    actions: Mapping[str, Action] = field(default_factory=dict)
    branches: tuple[Branch, ...] = ()
    effects: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()
    skips_same_approver: bool = False
    waits_for: str = ""
    state: CaseState | None = None
    close_reason: CloseReason | None = None

    def targets(self) -> list[str]:
        """Every node that this one can lead to."""
        branches = [*self.branches, *(b for action in self.actions.values() for b in action.branches)]
        return [branch.to for branch in branches]


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole definition."""

    name: str
    start: str
    nodes: Mapping[str, Node]
    withdraw_to: str = ""


def parse_flow(text: str, source: str = "流程文件") -> Flow:
    """Read a flow from YAML. Raises DefinitionError with a sentence for every problem found."""
    try:
        data = yamlfile.read(text)
        raw_nodes, start, name = data["节点"], str(data["开始"]), str(data["流程"])
        pairs = list(raw_nodes.items())
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise DefinitionError([f"{source}：要有“流程”“开始”“节点”三项"]) from error
    problems: list[str] = []
    nodes = {str(key): _node(str(key), raw, problems) for key, raw in pairs}
    flow = Flow(name, start, nodes, str(data.get("撤单", "")))
    problems = problems or check(flow)  # a node that could not be read would make others look unreachable
    if problems:
        raise DefinitionError([f"{source} {problem}" for problem in problems])
    return flow


def _node(name: str, raw: Mapping[str, Any], problems: list[str]) -> Node:
    try:
        return Node(
            name=name,
            kind=str(raw["类型"]),
            title=str(raw.get("标题", name)),
            hint=str(raw.get("说明", "")),
            owner=_owner(raw.get("负责人")),
            limit=_limit(raw.get("时限")),
            actions={str(key): _action(str(key), value) for key, value in raw.get("动作", {}).items()},
            branches=_branches(raw.get("去")),
            effects=_names(raw.get("办")),
            shows=_names(raw.get("显示")),
            avoids=_names(raw.get("回避")),
            skips_same_approver=bool(raw.get("同人免审", False)),
            waits_for=str(raw.get("等", "")),
            state=_one_of(CaseState, raw, "状态"),
            close_reason=_one_of(CloseReason, raw, "原因"),
        )
    except (KeyError, TypeError, ValueError, AttributeError, CellError) as error:
        problems.append(f"节点“{name}”：{_plain(error)}")
        return Node(name, END, state=CaseState.CLOSED)


def _plain(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"缺少“{error.args[0]}”"
    return str(error) if isinstance(error, CellError) else "写法不对：每项应是“键: 值”，几项写成列表"


def _limit(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if not (match := _LIMIT.match(str(text))):
        raise CellError(f"时限“{text}”看不懂，应像 24小时、30分钟、2天")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _one_of(words: type[Word], raw: Mapping[str, Any], key: str) -> Word | None:
    if key not in raw:
        return None
    if raw[key] not in list(words):
        raise CellError(f"{key}“{raw[key]}”不认识，可选 {'、'.join(words)}")
    return words(raw[key])


def _names(raw: Any) -> tuple[str, ...]:
    """One name or a list of them."""
    return (raw,) if isinstance(raw, str) else tuple(str(name) for name in raw or ())


def _owner(raw: Mapping[str, Any] | None) -> OwnerRule | None:
    if raw is None:
        return None
    return OwnerRule(raw.get("角色"), bool(raw.get("审批表", False)), raw.get("否则"), raw.get("首选"))


def _action(name: str, raw: Mapping[str, Any]) -> Action:
    return Action(
        name=name,
        branches=_branches(raw.get("去")),
        effects=_names(raw.get("办")),
        sets=_switches(raw.get("记", {})),
        asks=dict(raw.get("问", {})),
        verdict=str(raw.get("结果", "")),
        danger=raw.get("样式") == "危险",
        hands_over=bool(raw.get("换人", False)),
    )


def _switches(raw: Mapping[str, Any]) -> dict[str, Any]:
    words = {"是": True, "否": False}
    return {str(key): words.get(value, value) if isinstance(value, str) else value for key, value in raw.items()}


def _branches(raw: Any) -> tuple[Branch, ...]:
    if raw is None:
        return ()
    if isinstance(raw, str):
        return (Branch(When(), raw),)
    return tuple(Branch(When.parse(row.get("当")), str(row["去"]), str(row.get("规则", ""))) for row in raw)


def check(flow: Flow) -> list[str]:
    """What would strand a case: each as a sentence that names the node."""
    problems = []
    if flow.start not in flow.nodes:
        problems.append(f"开始节点“{flow.start}”不存在")
    if flow.withdraw_to and flow.withdraw_to not in flow.nodes:
        problems.append(f"撤单去的节点“{flow.withdraw_to}”不存在")
    for node in flow.nodes.values():
        problems += [f"节点“{node.name}”：{problem}" for problem in _node_problems(node, flow)]
    used = _reach(flow, flow.start) | {flow.withdraw_to}
    problems += [f"节点“{name}”：从开始走不到" for name in flow.nodes if name not in used]
    ends = {name for name, node in flow.nodes.items() if node.kind == END}
    stuck = [name for name in flow.nodes if name in used and not _reach(flow, name) & ends]
    problems += [f"节点“{name}”：走不到任何结束" for name in stuck]
    return problems


def _node_problems(node: Node, flow: Flow) -> list[str]:
    found = [f"去的节点“{to}”不存在" for to in node.targets() if to not in flow.nodes]
    if node.kind not in KINDS:
        found.append(f"类型“{node.kind}”不认识，可选 {'、'.join(KINDS)}")
    if node.kind == END and node.state is None:
        found.append("结束节点要写状态")
    if node.kind == WAIT and not node.waits_for:
        found.append("等待节点要写“等”什么")
    if node.kind == AUTOMATIC:
        found += _automatic_problems(node, flow)
    if node.kind == HUMAN:
        found += _human_problems(node)
    return found + _action_problems(node)


def _automatic_problems(node: Node, flow: Flow) -> list[str]:
    found = []
    if not _has_default(node.branches):
        found.append("自动节点的最后一条去向不能带条件，否则可能没有去处")
    hops = {name: each for name, each in flow.nodes.items() if each.kind == AUTOMATIC}
    if any(node.name in _reach(Flow(flow.name, "", hops), to) for to in node.targets()):
        found.append("自动节点绕成了圈，永远停不下来")
    return found


def _human_problems(node: Node) -> list[str]:
    found = []
    if not (node.owner and node.limit and node.actions):
        found.append("人工节点要有负责人、时限和动作")
    if node.owner and not (node.owner.role or node.owner.by_policy):
        found.append("负责人要写“角色”，或“审批表: true”")
    if len(node.actions) > MAX_ACTIONS or len(node.shows) > MAX_ROWS:
        found.append(f"一张卡片最多 {MAX_ACTIONS} 个动作、{MAX_ROWS} 行显示")
    return found


def _action_problems(node: Node) -> list[str]:
    found = []
    for action in node.actions.values():
        if not action.hands_over and not _has_default(action.branches):
            found.append(f"动作“{action.name}”的最后一条去向不能带条件，否则可能没有去处")
        if not 0 < len(action.name) <= ACTION_CHARS or "|" in action.name:
            found.append(f"动作“{action.name}”的名字要在 {ACTION_CHARS} 个字以内，不能有 |")
    return found


def _has_default(branches: tuple[Branch, ...]) -> bool:
    return bool(branches) and not branches[-1].when.cells


def _reach(flow: Flow, start: str) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name in flow.nodes and name not in seen:
            seen.add(name)
            todo += flow.nodes[name].targets()
    return seen
