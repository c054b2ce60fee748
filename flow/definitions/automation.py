"""自动规则 as values: when a rule looks, what must hold, what it does. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import When, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.schedules import Schedule

SUBMITTED, ACTED, ENTERED, OVERDUE, DONE, CLOSED, SHORT = "提交", "办理", "进入", "超时", "完成", "关闭", "缺件"
SCHEDULED = "定时"  #: nothing has happened but that its time has come, for every case under way
PUSHED = "推送"  #: another system has sent something about a case
NODE, ACTION, SOURCE = "节点", "动作", "来源"
#: what can happen, and what of it a rule may name
TRIGGERS: Mapping[str, tuple[str, ...]] = {
    SUBMITTED: (), ACTED: (NODE, ACTION), ENTERED: (NODE,), OVERDUE: (NODE,), DONE: (), CLOSED: (), SHORT: (NODE,),
    SCHEDULED: (NODE,), PUSHED: (SOURCE,),
}  # fmt: skip
ALERT, NOTE, OWNERS = "告警", "记", "通知负责人"  #: what a rule does, beside COMMENT and COPY
SAYS = "说"
NUMBER, BY, REASON = "单号", "办理人", "关闭原因"
WORTH = "货值"  #: what the goods of a case are worth, also where nothing is paid for them
#: facts that a rule may ask and say beside those of the case
OWN_FACTS = frozenset({NUMBER, "订单", "店铺", "原因", "状态", BY, REASON, NODE, ACTION, WORTH})
STOOD, AGE = "停留天数", "开单天数"  #: whole days that a case has stood at the node, and since it was opened
TIMED_FACTS = frozenset({STOOD, AGE})  #: facts that only a rule with a time knows
SENT = f"{PUSHED}."  #: how the facts are called that another system has sent: 推送.状态
NOTHING = "无"
MONEY = frozenset({"金额", WORTH, "扣款", "补偿金额", "半年消费"})  #: facts that are money, whatever a flow asks for
ASKED_IN_YUAN = "金额项"  #: among what a rule may say: the names of those that a flow asks for
BLANK = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class RuleAction:
    """One thing that a rule does; ``to`` is a group or a role."""

    kind: str
    to: str = ""
    text: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)
    alone: str = ""  #: of an alarm that leaves something out: all of it, for those who may know

    def words(self) -> str:
        """``告警 管理群：……``, ``记 紧急=是``."""
        if self.kind == NOTE:
            return f"{NOTE} {'、'.join(f'{fact}={word(value)}' for fact, value in self.notes.items())}"
        head = f"{self.kind} {self.to}".strip()
        return f"{head}：{self.text}" if self.text else head


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something that has just happened to a case."""

    what: str
    node: str = ""
    action: str = ""
    source: str = ""

    def facts(self) -> dict[str, str]:
        return {NODE: self.node, ACTION: self.action}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: when it looks, what must hold, what it does. Blank ``node`` and ``action`` are any; 甲|乙 is either."""

    name: str
    what: str
    does: tuple[RuleAction, ...]
    node: str = ""
    action: str = ""
    when: When = field(default_factory=When)
    off: bool = False
    schedule: Schedule | None = None  #: when it looks, of one that looks by itself
    source: str = ""  #: whose messages it looks at

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that it looks at; none: any."""
        return tuple(part.strip() for part in self.node.split("|")) if self.node else ()

    def matches(self, trigger: Trigger) -> bool:
        """Whether the rule looks at such a trigger at all."""
        here = self.what == trigger.what and (not self.node or trigger.node in self.nodes)
        return here and self.action in ("", trigger.action) and self.source == trigger.source and not self.off


def blanks(text: str) -> list[str]:
    """The facts that a text names in braces."""
    return BLANK.findall(text)
