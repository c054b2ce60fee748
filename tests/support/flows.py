"""Small flows drawn at random, sound and unsound, and a walk through all that people can do in one of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from flow.definitions import flow as d
from flow.definitions.vocabulary import PATH, SYSTEM
from flow.engine.machine import begin
from flow.engine.values import Actor, Marking, Rules, Transition
from flow.engine.verbs import GIVE_BACK, TO, decide, way_back
from flow.engine.waits import goes_by_itself
from flow.validation.policies import parse_policy
from models.enums import CaseState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.definitions.flow import Flow

    Node = dict[str, Any]
    Key = tuple[Any, ...]

POLICY = parse_policy(
    "政策: 小\n审批表:\n  - {规则: 小额, 金额: '<=50', 审批: 自动}\n  - {规则: 主管, 金额: '>50', 审批: 客服主管}"
)
CREATOR, WORKER = 7, 1
AMOUNTS = ("30.00", "800.00")  #: passed by rule, and signed by somebody
OPENED, DONE, REFUSED = "开单", "完成", "拒绝"
PERSON = {"类型": d.HUMAN, "负责人": {"角色": "客服"}, "时限": "2天"}
SAYS_YES, SAYS_NO = {"记": {"已核": "是", "档": "甲"}}, {"记": {"已核": "否", "档": "丙"}}
PARTY: dict[str, Any] = {"名": "责任方", "填": "单选", "选项": ["商家", "客户", "快递"]}
SCORE: dict[str, Any] = {"名": "成色", "填": "数字", "范围": "0~100"}
CELLS = [("已核", "是"), ("档", "甲"), ("责任方", "商家"), ("成色", ">=60"), ("金额", "<=500"), ("已核", "否")]
NOTES: list[Mapping[str, str]] = [{}, {"已核": "是"}, {"已核": "否"}, {"档": "甲"}, {"档": "丙"}]
BLOCKS = ("人", "人", "会签", "表单", "分流", "等待", "分叉", "分叉", "审批", "分级", "旁支")
BESIDE = ("人", "表单", "等待", "分叉")  #: what a side branch is made of
REPLY: dict[str, Any] = {"名": "供应商答复", "填": "单选", "选项": ["收下", "不收"]}


@dataclass
class Sketch:
    """A flow while it is being drawn."""

    draw: st.DrawFn
    nodes: dict[str, Node] = field(default_factory=dict)
    aside: str = ""  #: the end of the side branch that is being drawn
    inside: set[str] = field(default_factory=set)  #: the nodes of side branches

    def name(self, kind: str) -> str:
        """A new name, taken at once so that what follows may lead back to it."""
        found = f"{kind}{len(self.nodes) + 1}"
        self.nodes[found] = {}
        if self.aside:
            self.inside.add(found)
        return found

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) < percent

    def block(self, after: str, depth: int, back: tuple[str, ...] = ()) -> str:
        """A piece that leads to ``after``; the name of its first node. ``back`` are nodes that it may return to."""
        inside = BESIDE if self.aside else BLOCKS
        kind = self.draw(st.sampled_from(inside if depth else ("人", "表单", "等待")))
        name = self.name(kind)
        if kind == "分叉":
            self.nodes[name] = self.fork(after, depth - 1, back)
            return name
        if kind == "旁支":
            self.nodes[name] = self.beside(after, depth - 1, back)
            return name
        onward = self.block(after, depth - 1, (*back, name)) if depth and self.chance(60) else after
        if kind == "分流":
            rows = [{"当": self.when(), "去": self.draw(st.sampled_from([after, onward, *back]))}]
            self.nodes[name] = {"类型": d.AUTOMATIC, "去": [*rows, {"去": onward}]}
        elif kind == "等待":
            self.nodes[name] = {"类型": d.WAIT, "等": "回音", "时限": "1天", "动作": {"到时": {"去": onward}}}
        else:
            self.nodes[name] = self.person(kind, onward, back)
        return name

    def when(self) -> dict[str, str]:
        return dict(self.draw(st.lists(st.sampled_from(CELLS), min_size=1, max_size=2)))

    def person(self, kind: str, onward: str, back: tuple[str, ...]) -> Node:
        choices = [self.aside or REFUSED, onward, *back, *back]
        agree: Node = {"去": onward, "记": {} if self.aside else dict(self.draw(st.sampled_from(NOTES)))}
        if self.chance(30):
            agree["去"] = [{"当": self.when(), "去": self.draw(st.sampled_from(choices))}, {"去": onward}]
        actions = {"同意": agree, "转交": {"换人": True}}
        if self.chance(60):
            actions["驳回"] = {"去": self.draw(st.sampled_from(choices)), "样式": "危险"}
        if self.chance(20):
            actions["到时"] = {"满": "30天", "去": self.draw(st.sampled_from(choices))}
        node: Node = {**PERSON, "动作": actions}
        if kind == "审批":
            node |= {"负责人": {"审批表": True}, "回避": ["提交人"], "同人免审": self.chance(50)}
        if kind == "会签":
            node["会签"] = True
        if kind == "表单" or (kind == "分级" and self.chance(50)):
            asked = REPLY if self.aside else self.draw(st.sampled_from([PARTY, SCORE]))
            node["表单"] = [asked | {"必填": self.chance(50)}]
        if kind == "分级":
            node["分级"] = [{"名": "初检"}, {"名": "复检"}, {"名": "终审", "当": {"分歧": "是"}}]
        return node

    def fork(self, after: str, depth: int, back: tuple[str, ...]) -> Node:
        join = self.name("汇合")
        heads = [self.block(join, depth, back) for _ in range(self.draw(st.integers(2, 3)))]
        self.nodes[join] = {"类型": d.JOIN, "等": self.draw(st.sampled_from([d.ALL, d.ANY])), "去": after}
        return {"类型": d.FORK, "分支": heads, "汇合": join}

    def beside(self, after: str, depth: int, back: tuple[str, ...]) -> Node:
        """A fork that begins a side branch, and goes on."""
        self.aside = self.name("旁完")
        self.nodes[self.aside] = {"类型": d.END}
        head = self.block(self.aside, depth)
        self.aside = ""
        onward = self.block(after, depth, back) if depth > 0 else after
        closing = {"关闭时": "结束"} if self.chance(50) else {}
        return {"类型": d.FORK, "旁支": [head], "去": onward, **closing}

    def forget_unknown(self) -> None:
        """Ask the amount instead of facts that nothing in this flow settles."""
        steps = [step for node in self.nodes.values() for step in [node, *node.get("动作", {}).values()]]
        settled = {fact for step in steps for fact in step.get("记", {})} | {"金额"}
        settled |= {item["名"] for node in self.nodes.values() for item in node.get("表单", ())}
        for row in (row for step in steps if isinstance(step.get("去"), list) for row in step["去"] if "当" in row):
            row["当"] = {fact: cell for fact, cell in row["当"].items() if fact in settled} or {"金额": "<=500"}

    def spoil(self) -> None:
        """Lead one arrow somewhere else."""
        name = self.draw(st.sampled_from(sorted(self.nodes)))
        for row in [self.nodes[name], *self.nodes[name].get("动作", {}).values()]:
            if isinstance(row.get("去"), str):
                row["去"] = self.draw(st.sampled_from(sorted(self.nodes)))
                return


@st.composite
def definitions(draw: st.DrawFn, depth: int = 3) -> Mapping[str, Any]:
    """A flow as plain values; often sound, sometimes with arrows that lead astray."""
    sketch = Sketch(draw)
    start = sketch.block(DONE, depth)
    if draw(st.booleans()):
        sketch.nodes[OPENED] = {**PERSON, "动作": {"甲": SAYS_YES | {"去": start}, "乙": SAYS_NO | {"去": start}}}
        start = OPENED
    sketch.nodes[DONE] = {"类型": d.END, "状态": "已完成"}
    sketch.nodes[REFUSED] = {"类型": d.END, "状态": "已关闭", "原因": "拒绝"}
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        sketch.spoil()
    sketch.forget_unknown()
    found = {"流程": "抽样", "开始": start, "节点": sketch.nodes, "撤单": REFUSED}
    people = [name for name, node in sketch.nodes.items() if node["类型"] == d.HUMAN and name not in sketch.inside]
    if draw(st.booleans()) and people:
        found["重开"] = {"到": draw(st.sampled_from(people)), "期限": "7天"}
    return found


@dataclass(frozen=True)
class Explored:
    """Everything that can become of a case: each marking, and those that follow. ``whole``: none was left out."""

    markings: Mapping[Key, Marking]
    arrows: Mapping[Key, set[Key]]
    crossed: frozenset[str]  #: nodes at which somebody, or the system, has ever done something
    whole: bool

    def unmet(self, flow: Flow) -> list[str]:
        """Joins that no case passes, though cases come to their forks."""
        forks = [flow.nodes[name] for name in flow.forks if name in self.crossed]
        return [fork.join for fork in forks if fork.join not in self.crossed]

    def stranded(self) -> list[Marking]:
        """The markings from which the case can never end."""
        before: dict[Key, list[Key]] = {}
        for key, following in self.arrows.items():
            for after in following:
                before.setdefault(after, []).append(key)
        todo = [key for key, marking in self.markings.items() if not marking.nodes]
        saved = set(todo)
        while todo:
            fresh = [key for key in before.get(todo.pop(), ()) if key not in saved]
            saved.update(fresh)
            todo += fresh
        return [marking for key, marking in self.markings.items() if key not in saved]


def explore(flow: Flow, *, back: bool = False, most: int = 2_000) -> Explored:
    """Do everything that anybody may do, with every answer and amount; ``back``: also give back to every place.

    Fails at the first marking of which ``troubles`` has something to say.
    """
    rules = Rules(flow, POLICY)
    begun = [begin(rules, {"金额": amount, "提交人": CREATOR}) for amount in AMOUNTS]
    markings = {_key(marking, back): marking for marking in map(_marking, begun)}
    crossed = {step.node for outcome in begun for step in outcome.steps}
    arrows: dict[Key, set[Key]] = {}
    todo = deque(markings)
    while todo and len(markings) < most:
        key = todo.popleft()
        arrows[key] = set()
        for outcome in _outcomes(rules, markings[key], back=back):
            after = _marking(outcome)
            crossed.update(step.node for step in outcome.steps)
            assert troubles(flow, after) == [], after
            arrows[key].add(_key(after, back))
            if _key(after, back) not in markings:
                markings[_key(after, back)] = after
                todo.append(_key(after, back))
    return Explored(markings, arrows, frozenset(crossed), not todo)


def _marking(outcome: Transition) -> Marking:
    return Marking(outcome.nodes, outcome.facts, outcome.state)


def _key(marking: Marking, back: bool) -> Key:
    """What the future depends on. The amount does not count, since it may change before each action."""
    passed = {"金额", "提交人"} if back else {"金额", "提交人", PATH}
    facts = sorted((fact, repr(value)) for fact, value in marking.facts.items() if fact not in passed)
    return (*sorted(marking.nodes), marking.state, *facts)


def _outcomes(rules: Rules, marking: Marking, *, back: bool) -> Iterator[Transition]:
    for name, amount in product(marking.nodes, AMOUNTS):
        node = rules.flow.nodes[name]
        now = Marking(marking.nodes, {**marking.facts, "金额": amount}, marking.state)
        for action, role in product(node.actions.values(), ("客服", "客服主管")):
            owner = Actor(WORKER, "经办", frozenset({role}), frozenset({name}))
            by_itself = goes_by_itself(node, action.name)
            actor = Actor(None, SYSTEM, owns=frozenset({name})) if by_itself else owner
            for said in _answers(node, action):
                yield _allowed(decide(rules, now, action.name, actor, said))
        owner = Actor(WORKER, "经办", owns=frozenset({name}))
        for place in way_back(rules, now, name) if back and node.kind == d.HUMAN else ():
            yield _allowed(decide(rules, now, GIVE_BACK, owner, {TO: place}))


def _allowed(outcome: object) -> Transition:
    assert isinstance(outcome, Transition), outcome
    return outcome


def _answers(node: d.Node, action: d.Action) -> Iterator[Mapping[str, Any]]:
    asked = [item for item in node.form if item.wanted_for(action)]
    choices = [[*(item.options or ("30", "90")), *([] if item.required else [None])] for item in asked]
    for values in product(*choices):
        yield dict(zip((item.name for item in asked), values, strict=True))


def troubles(flow: Flow, marking: Marking) -> list[str]:
    """What must not be said of any marking of any case."""
    found = []
    beside = {*flow.beside(marking.nodes)}
    if (marking.state is CaseState.OPEN) != bool({*marking.nodes} - beside):
        found.append("an open case without a node, or a closed one with one that is in no side branch")
    if marking.state is CaseState.CLOSED and beside & flow.stopping:
        found.append("a side branch that ends with its case goes on")
    if len(set(marking.nodes)) < len(marking.nodes):
        found.append("two tokens share a node")
    for name in marking.nodes:
        node = flow.nodes[name]
        if not (node.actions and (node.owner and node.limit if node.kind == d.HUMAN else node.waits_for)):
            found.append(f"nobody acts at {name}")
    pairs = combinations(marking.nodes, 2)
    apart = [pair for pair in pairs if flow.aside.get(pair[0]) is flow.aside.get(pair[1])]
    return found + [f"{a} and {b} are not in branches of one fork" for a, b in apart if not _forked(flow, a, b)]


def _forked(flow: Flow, one: str, other: str) -> bool:
    """Whether two nodes stand in different branches of a fork."""
    sides = flow.forks.values()
    return any(any(one in b and other not in b for b in side) and any(other in b for b in side) for side in sides)
