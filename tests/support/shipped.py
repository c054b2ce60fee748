"""The business as it ships, and a pure case to act on: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flow.definitions.business import CONFIG, load_business
from flow.definitions.vocabulary import SYSTEM
from flow.engine.machine import begin
from flow.engine.values import Actor, Marking, Refusal, Rules, Transition
from flow.engine.verbs import decide
from flow.engine.waits import goes_by_itself
from flow.validation.flows import parse_flow
from flow.validation.policies import parse_policy
from models.enums import CaseState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions import flow as d

BUSINESS = load_business()
FLOW = parse_flow((CONFIG / "flows" / "退货.yaml").read_text(encoding="utf-8"))
POLICIES = {
    path.stem: parse_policy(path.read_text(encoding="utf-8"), path.name)
    for path in sorted((CONFIG / "policies").glob("*.yaml"))
}
PRESETS = tuple(POLICIES)
TYPES = tuple(BUSINESS.types)
ROLES = frozenset().union(*BUSINESS.permissions.values())
CREATOR = 7  #: the agent who typed the return
SYSTEM_ACTOR = Actor(None, SYSTEM)
MISSING = {"缺件": "滤网组件", "扣款": "35.00"}  #: what the one question of the flow is answered with


def rules(preset: str = "standard") -> Rules:
    return Rules(FLOW, POLICIES[preset])


def opening(amount: str, kind: str = "质量问题", **facts: Any) -> dict[str, Any]:
    """The facts that a new case begins with."""
    strategy = BUSINESS.types[kind].strategy
    return {**strategy, "种类": "退货", "类型": kind, "金额": amount, "风险客户": False, "提交人": CREATOR, **facts}


@dataclass(slots=True)
class Play:
    """One case on its way through the flow."""

    rules: Rules
    now: Transition
    stops: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, preset: str, amount: str, kind: str = "质量问题", **facts: Any) -> Play:
        now = begin(rules(preset), opening(amount, kind, **facts))
        return cls(rules(preset), now, [*now.nodes] or [str(now.state)])

    @property
    def marking(self) -> Marking:
        return Marking(self.now.nodes, self.now.facts, self.now.state)

    @property
    def node(self) -> d.Node:
        return self.rules.flow.nodes[self.now.nodes[0]]

    @property
    def ended(self) -> bool:
        return self.now.state is not CaseState.OPEN

    def does(self, action: str, *roles: str, said: Mapping[str, Any] = MISSING) -> Transition:
        """Whoever may act here does; the system answers where the case waits."""
        return self.tries(action, worker(self.node, *roles, action=action), said=said)

    def tries(self, action: str, actor: Actor, said: Mapping[str, Any] = MISSING) -> Transition:
        outcome = decide(self.rules, self.marking, action, actor, said)
        assert isinstance(outcome, Transition), outcome
        self.now = outcome
        self.stops += outcome.nodes or [f"{outcome.state}{outcome.close_reason or ''}"]
        return outcome

    def refused(self, action: str, actor: Actor, said: Mapping[str, Any] = MISSING) -> Refusal:
        outcome = decide(self.rules, self.marking, action, actor, said)
        assert isinstance(outcome, Refusal), outcome
        return outcome

    def knows(self, **facts: Any) -> None:
        """Change what is known of the case, as counting goods does."""
        self.now = replace(self.now, facts={**self.now.facts, **facts})


def worker(node: d.Node, *roles: str, action: str = "") -> Actor:
    """The owner of a node's task, or the system where the case goes on by itself."""
    by_itself = goes_by_itself(node, action)
    return SYSTEM_ACTOR if by_itself else Actor(1, "经办", frozenset(roles), frozenset({node.name}))
