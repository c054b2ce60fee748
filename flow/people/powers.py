"""What a role is good for: which decide over money by the rules as published, and where each is named. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flow.definitions.policy import AUTOMATIC, OWN
from flow.definitions.vocabulary import LAST_RESORT, PAYS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from flow.definitions.business import Business
    from flow.definitions.flow import Flow, Node, OwnerRule
    from flow.definitions.policy import Policy
    from models.views.case import Person

STAFF = "员工"  #: the command that changes who works here
RULING = ("发布", "回滚", STAFF)  #: commands by which somebody changes what others may do


@dataclass(frozen=True, slots=True)
class Powers:
    """Roles that decide over money, each with one reason; and the places of the rules that name a role or a person."""

    deciding: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: role -> where it is named
    people: frozenset[str] = frozenset()  #: members whom a rule names outright
    teams: frozenset[str] = frozenset()  #: teams that a rule names

    def reason(self, person: Person, moved: Collection[str] = ()) -> str:
        """Why a change of this member concerns money, by the roles that are ``moved`` first; "" where it does not."""
        for role in sorted(person.roles & self.deciding.keys(), key=lambda role: (role not in moved, role)):
            return f"{role}{self.deciding[role]}"
        if person.name in self.people:
            return f"流程里写着“人 {person.name}”"
        return f"流程里写着“团队 {person.team}”" if person.team in self.teams else ""


@dataclass(frozen=True, slots=True)
class _Mention:
    """A place of the rules that names a role; ``why`` is what makes it decide there, "" where it does not."""

    role: str
    place: str
    why: str = ""


def powers_of(flows: Iterable[Flow], policies: Iterable[Policy], business: Business) -> Powers:
    """What stands in the rules of one business."""
    flows = list(flows)
    named: dict[str, list[str]] = defaultdict(list)
    deciding = {role.name: "能发布、回滚或改员工" for role in business.matrix.roles.values() if _rules(role.commands)}
    for mention in (*_in_flows(flows, business), *_in_policies(policies)):
        named[mention.role].append(mention.place)
        if mention.why:
            deciding.setdefault(mention.role, mention.why)
    deciding.setdefault(LAST_RESORT, "什么都能做")
    rules = [rule for flow in flows for node in flow.nodes.values() for rule in _owners(node, business)]
    people = frozenset(rule.person for rule in rules if rule.person)
    teams = frozenset(rule.team for rule in rules if rule.team)
    return Powers(deciding, {role: tuple(dict.fromkeys(places)) for role, places in named.items()}, people, teams)


def _in_flows(flows: Iterable[Flow], business: Business) -> Iterator[_Mention]:
    for name, node in ((flow.name, node) for flow in flows for node in flow.nodes.values()):
        place = f"{name}流程 {node.name}"
        yield from (_Mention(role, f"{place}（抄送）") for role in node.copies)
        for rule in _owners(node, business):
            roles = filter(None, (rule.role, rule.fallback))
            yield from (_Mention(role, place, f"办 {place}" if _decides(node) else "") for role in roles)


def _in_policies(policies: Iterable[Policy]) -> Iterator[_Mention]:
    for policy in policies:
        tiers = [(tier.approver, "审批表") for tier in policy.tiers if tier.approver != AUTOMATIC]
        exceptions = [(role, "资格") for limit in policy.limits for role in limit.by]
        own = [(row.role, OWN) for row in policy.authorities]
        for role, table in (*tiers, *exceptions, *own):
            yield _Mention(role, f"政策 {policy.title} {table}", f"在政策 {policy.title} 的{table}里")


def _rules(commands: Iterable[str]) -> bool:
    return not set(RULING).isdisjoint(commands)


def _owners(node: Node, business: Business) -> list[OwnerRule]:
    """The owner rules of a node: its own, those of its levels, and the rows of the tables that these name."""
    own = [rule for rule in (node.owner, *(level.owner for level in node.levels)) if rule]
    return [*own, *(row.owner for rule in own for row in business.tables.get(rule.table or "", ()))]


def _decides(node: Node) -> bool:
    """Whether a node approves or pays: somebody is kept out of it, the amount names its owner, or it asks for money."""
    pays = any(PAYS in action.effects for action in node.actions.values())
    return bool(node.avoids) or pays or bool(node.owner and node.owner.by_policy)
