"""A flow as its owner wrote it, in frozen values: nodes, owners, actions, forms, levels, branches, limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import When

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta

    from models.enums import CaseState, CloseReason

HUMAN, AUTOMATIC, WAIT, FORK, JOIN, END = "人工", "自动", "等待", "分叉", "汇合", "结束"
KINDS = (HUMAN, AUTOMATIC, WAIT, FORK, JOIN, END)
ALL, ANY = "全部", "任一"
EVERYONE, IN_TURN, LEAST_LOADED = "全部", "轮流", "最少待办"
DEALING = (EVERYONE, IN_TURN, LEAST_LOADED)
TEXT, NUMBER, MONEY, DATE, CHOICE, CHOICES, PHOTO, SERIAL, WAYBILL = (
    "文本", "数字", "金额", "日期", "单选", "多选", "照片", "序列号", "运单",
)  # fmt: skip
#: answer: why somebody took an action, in their own words; and the key that says whether it must be given
REASON = "理由"
REQUIRED, OPTIONAL = "必填", "可填"
FIELD_KINDS = (TEXT, NUMBER, MONEY, DATE, CHOICE, CHOICES, PHOTO, SERIAL, WAYBILL)


@dataclass(frozen=True, slots=True)
class Branch:
    """Where to go when the conditions hold; ``rule`` is the name that goes on record."""

    when: When
    to: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """Who gets the task: one way to name people, what narrows them down, and who when there is nobody."""

    role: str | None = None
    by_policy: bool = False  #: whoever the policy's amount table names
    fallback: str | None = None
    prefer: str | None = None  #: a fact that names a member, such as 提交人
    person: str | None = None
    team: str | None = None
    table: str | None = None  #: an assignment table, whose rows are owner rules
    creators_manager: bool = False
    same: tuple[str, ...] = ()  #: facts that must stand in a member's own list: 区域, 品类, 仓库
    region: str | None = None  #: a region named outright
    dealing: str = EVERYONE

    def ways(self) -> int:
        """How many ways of naming people are used; a sound rule uses one."""
        named = (self.role, self.by_policy, self.person, self.team, self.table, self.creators_manager)
        return sum(bool(way) for way in named)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a node's form asks for; the answer becomes the fact of that name."""

    name: str
    kind: str
    options: tuple[str, ...] = ()
    required: bool = False
    actions: tuple[str, ...] = ()  #: asked only for these; empty: for every action that is not dangerous
    question: str = ""
    bounds: str = ""  #: a condition cell that a number must meet, such as 0~100

    def wanted_for(self, action: Action) -> bool:
        """Whether ``action`` needs this field."""
        return action.name in self.actions if self.actions else not (action.danger or action.hands_over or action.after)


@dataclass(frozen=True, slots=True)
class Level:
    """A sub-step of a human node: 初检, 复检, 终审. Its choice is provisional while a further level applies."""

    name: str
    owner: OwnerRule | None = None  #: None: the node's own
    limit: timedelta | None = None
    when: When = field(default_factory=When)


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
    reason: str = ""  #: REQUIRED: asked for first; OPTIONAL: may be added afterwards; else only kept where it is given
    after: timedelta | None = None  #: of 到时 at a human node: taken by the system so long after the node was entered


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
    all_must_agree: bool = False  #: 会签
    form: tuple[Field, ...] = ()
    levels: tuple[Level, ...] = ()
    copies: tuple[str, ...] = ()  #: roles that hear of this node's decisions
    forbids: tuple[str, ...] = ()  #: common actions that this node does without
    heads: tuple[str, ...] = ()  #: first nodes of a fork's branches
    join: str = ""  #: where a fork's branches meet
    joins_any: bool = False  #: the first branch to arrive goes on

    @property
    def buttons(self) -> tuple[Action, ...]:
        """The actions that people take."""
        return tuple(action for action in self.actions.values() if action.after is None)

    def targets(self) -> list[str]:
        """Every node that this one can lead to."""
        return [branch.to for _, branch in self.ways()] + list(self.heads)

    def ways(self) -> Iterator[tuple[str, Branch]]:
        """Each branch with the action that takes it, "" for the node's own."""
        for branch in self.branches:
            yield "", branch
        for action in self.actions.values():
            for branch in action.branches:
                yield action.name, branch


@dataclass(frozen=True, slots=True)
class Reopening:
    """Where a closed case may be taken up again, and for how long after its end."""

    to: str
    within: timedelta


@dataclass(frozen=True, slots=True)
class Amending:
    """Where a case goes that is given back to whoever submitted it, and whether that needs a reason."""

    to: str
    reason: str = OPTIONAL


@dataclass(frozen=True)
class Flow:
    """A whole definition."""

    name: str
    start: str
    nodes: Mapping[str, Node]
    withdraw_to: str = ""
    reopening: Reopening | None = None
    amending: Amending | None = None
    about: str = ""
    refunds: bool = True  #: what the goods cost is what the customer may expect back

    @property
    def entrances(self) -> list[str]:
        """The nodes at which a case comes in: when it is opened, opened again, or given back to be amended."""
        again = [self.reopening.to] if self.reopening else []
        return [self.start, *again, *([self.amending.to] if self.amending else [])]

    @cached_property
    def forks(self) -> Mapping[str, tuple[frozenset[str], ...]]:
        """The nodes of each branch of each fork: what lies behind its head, before the join, and only behind the fork.

        A node that can also be reached around the fork is outside: to go there is to leave the fork.
        """
        found = {}
        for fork in (node for node in self.nodes.values() if node.kind == FORK):
            outside = self.reach(self.start, without={fork.name}) | {fork.name}
            branches = (self.reach(head, without={fork.name, fork.join}) - outside for head in fork.heads)
            found[fork.name] = tuple(frozenset(branch) for branch in branches)
        return found

    @cached_property
    def around(self) -> Mapping[str, tuple[str, ...]]:
        """The forks that each node stands in, the innermost first."""
        sizes = {fork: sum(map(len, branches)) for fork, branches in self.forks.items()}
        inner_first = sorted(sizes, key=lambda fork: (sizes[fork], fork))
        return {
            name: tuple(fork for fork in inner_first if any(name in branch for branch in self.forks[fork]))
            for name in self.nodes
        }

    def reach(self, start: str, *, without: frozenset[str] | set[str] = frozenset()) -> set[str]:
        """Every node that can be come to from ``start``, itself included, on ways around ``without``."""
        seen: set[str] = set()
        todo = [start]
        while todo:
            name = todo.pop()
            if name in self.nodes and name not in seen and name not in without:
                seen.add(name)
                todo += self.nodes[name].targets()
        return seen
