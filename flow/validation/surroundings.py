"""What a flow may speak of beside itself: facts, roles, people, tables; and the facts that the program keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flow.definitions import ceiling, charges, vocabulary
from flow.definitions.permissions import KINDS
from flow.definitions.vocabulary import ON_ITS_WAY, UNTIL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flow.definitions.business import Business
    from models.views.case import Person

PEOPLE = frozenset({"提交人", "质检人"})  #: facts that name a member
POLICY = frozenset(
    {"审批", "审批规则", "退款时机", "双人", vocabulary.QUORUM}
)  #: what the policy says, each time it is asked
MONEY = frozenset({"金额", "扣款"})  #: in yuan, never below zero
WHOLE = frozenset({"件数", "实收件数", "合格件数", "签收天数"})  #: counted one by one
DISAGREE = "分歧"  #: known only while the levels of a node run
OWN = PEOPLE | POLICY | MONEY | {
    "件数", "实收件数", "合格件数", "扣款项", "按实收", "经过", "分级", "已会签", DISAGREE, "挂起", "挂起于", "退回到",
    "不占用", charges.LINES, charges.BORNE, vocabulary.VOTES, UNTIL, "改单人", "退运费", "运费随整单",
}  # fmt: skip
NOTED = frozenset({"已收货", "已退款", ON_ITS_WAY})  #: the flow notes them, the program reads them
OPENING = vocabulary.OPENING | {
    vocabulary.WORDS, vocabulary.ESTIMATED, "例外", "例外规则", "例外理由", "风险规则", "承担规则", "自主额度",
    "自主占用", ceiling.OVER, ceiling.TAKEN, "退货地址", "拆分前金额", vocabulary.DEAR, vocabulary.BESIDE,
    vocabulary.OTHERS,
}  # fmt: skip
KEPT = OWN | NOTED | OPENING | {"缺件", "话术"}  #: no form may ask for them under the same name
_ON_CARDS = "单号 订单 运单 商品 应收 实收 客户 购买历史 原因 备注 提交 上一步 质检 收件 时限"
_IN_RULES = "状态 节点 动作 办理人 关闭原因"
SHOWN = frozenset((*_ON_CARDS.split(), *_IN_RULES.split()))  #: the program's own words: an answer would not be seen
#: known when a case is opened, and the same ever after; an urgent case may become one, and days go by
_AS_OPENED = vocabulary.OPENING - MONEY - WHOLE - {vocabulary.URGENT, vocabulary.TODAY}
_OFTEN = frozenset({"紧急", "品类", "仓库", "店铺", "质检结果"})  #: known of some cases, from wherever it may be


@dataclass(frozen=True, slots=True)
class Known:
    """What exists around a flow. What is None or not mentioned is not checked."""

    facts: frozenset[str] = frozenset()  #: facts that somebody knows, beside those of the flow and the program
    roles: frozenset[str] | None = None
    held: frozenset[str] | None = None  #: roles that at least one member has
    people: frozenset[str] | None = None
    teams: frozenset[str] | None = None
    tables: frozenset[str] | None = None
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)  #: all that a fact can be: 类型 -> its names
    kinds: frozenset[str] = frozenset()  #: all that 种类 can be
    fixed: frozenset[str] = frozenset()  #: facts that stay as they were when the case was opened
    of_types: frozenset[str] = frozenset()  #: those of them that the kind and the return type settle

    def __hash__(self) -> int:
        return hash((self.facts, self.roles, self.held, self.people, self.teams, frozenset(self.words.items())))

    def has_fact(self, fact: str) -> bool:
        return fact in self.facts or fact in self.words or fact in KEPT | _OFTEN


def known_of(business: Business, staff: Iterable[Person] | None = None, facts: Iterable[str] = ()) -> Known:
    """What the files of the business name, and whom the staff list; without ``staff`` nobody is looked for."""
    words = _strategies(business)
    people = None if staff is None else tuple(staff)
    return Known(
        facts=frozenset(facts),
        roles=frozenset(business.matrix.roles),
        held=None if people is None else frozenset().union(*(person.roles for person in people)),
        people=None if people is None else frozenset(person.name for person in people),
        teams=None if people is None else frozenset(person.team for person in people if person.team),
        tables=frozenset(business.tables),
        words=words,
        kinds=frozenset(KINDS).union(business.kinds, *(kind.flows for kind in business.types.values())),
        fixed=frozenset(words) | _AS_OPENED,
        of_types=frozenset(words) | {"种类"},
    )


def _strategies(business: Business) -> Mapping[str, frozenset[str]]:
    """Each column of the return types with all that stands in it."""
    found: dict[str, set[str]] = {"类型": set(business.types)}
    for kind in business.types.values():
        for fact, word in kind.strategy.items():
            found.setdefault(fact, set()).add(word)
    return {fact: frozenset(words) for fact, words in found.items()}
