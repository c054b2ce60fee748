"""Whom a change names and nobody is, or only one person is, and groups that no rule has told before. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.automation import ALERT
from flow.definitions.business import FLOW, POLICY, business_of
from flow.definitions.flow_reader import read_flow
from flow.definitions.policy import AUTOMATIC, OWN, read_policy
from flow.definitions.vocabulary import COPY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from flow.definitions.business import Bundle, Business
    from flow.definitions.flow import Flow, Node, OwnerRule
    from models.views.case import Person

    Key = tuple[str, str]


def staffing(old: Bundle, new: Bundle, changed: Collection[Key], staff: Iterable[Person]) -> list[str]:
    """A sentence for each role or person that the change brings into play, and that is nobody or one person only."""
    holders: dict[str, list[str]] = {}
    for person in staff:
        for role in person.roles:
            holders.setdefault(role, []).append(person.name)
    fresh = {role for _, role in _roles(new, changed) - _roles(old, changed)} - _of_models(old, changed)
    told = [_of_role(role, holders.get(role, [])) for role in sorted(fresh)]
    named = _people(new, changed) - _people(old, changed)
    told += [f"只写了 {name} 一个人，他请假、离职或要回避的时候要另外找人" for name in sorted(named)]
    before = _signatures(old, changed)
    told += [_of_signatures(*each, holders.get(each[1], [])) for each in sorted(_signatures(new, changed) - before)]
    if ("rules", "rules") in changed:
        told += _groups(business_of(old), business_of(new))
    return [words for words in told if words]


def _of_models(old: Bundle, changed: Collection[Key]) -> set[str]:
    """The roles that texts of a kind name already, where one of that kind is new: it is like one of them."""
    kinds = {key[0] for key in changed if key not in old}
    if any(key in old and key[0] in kinds for key in changed):
        return set()  # another of them is changed as well, and may bring a role into play
    return {role for _, role in _roles(old, [key for key in old if key[0] in kinds])}


def _of_role(role: str, names: list[str]) -> str:
    if not names:
        return f"现在没有人是 {role}，轮到它的单会给“否则”的人或管理员；先给人加上这个角色"
    return f"只有 {names[0]} 一个人是 {role}，他请假、离职或要回避的时候要另外找人" if len(names) == 1 else ""


def _of_signatures(where: str, role: str, number: int, names: list[str]) -> str:
    if len(names) >= number:
        return ""
    known = f"只有 {'、'.join(names)}" if names else "没有人"
    return f"{where} 要 {number} 位 {role} 同意，现在{known}：不够的由“否则”的人、上级或管理员补，每次都会告警"


def _signatures(bundle: Bundle, changed: Collection[Key]) -> set[tuple[str, str, int]]:
    """Where so many of a role must agree: a row of an amount table, a node, a level of one."""
    found: set[tuple[str, str, int]] = set()
    for kind, name in changed:
        text = bundle.get((kind, name))
        if text and kind == POLICY:
            found |= {(tier.rule, tier.approver, tier.quorum) for tier in read_policy(text, name).tiers if tier.quorum}
        elif text and kind == FLOW:
            found |= {each for node in read_flow(text, name).nodes.values() for each in _signed_at(node)}
    return found


def _signed_at(node: Node) -> Iterator[tuple[str, str, int]]:
    stages = [(f"{node.name} {level.name}", level.owner or node.owner, level.quorum) for level in node.levels]
    for where, rule, number in stages or [(node.name, node.owner, 0)]:
        if rule and rule.role and (number := number or node.quorum):
            yield where, rule.role, number


def _groups(old: Business, new: Business) -> list[str]:
    used = {do.to for rule in old.rules for do in rule.does if do.kind == ALERT}
    fresh = sorted({do.to for rule in new.rules for do in rule.does if do.kind == ALERT} - used)
    known = f"（用过 {'、'.join(sorted(used))}）" if used else ""
    return [f"群“{group}”以前的规则没有用过{known}，没有这个群就没有人收到" for group in fresh]


def _roles(bundle: Bundle, changed: Collection[Key]) -> set[tuple[str, str]]:
    """What the changed texts name roles for, and each of the roles."""
    found: set[tuple[str, str]] = set()
    for kind, name in changed:
        text = bundle.get((kind, name))
        if text and kind == POLICY:
            policy = read_policy(text, name)
            found |= {("审批", tier.approver) for tier in policy.tiers if tier.approver != AUTOMATIC}
            found |= {("资格", role) for limit in policy.limits for role in limit.by}
            found |= {(OWN, row.role) for row in policy.authorities}
        elif text and kind == FLOW:
            owners = _owners(read_flow(text, name))
            found |= {(name, role) for rule in owners for role in (rule.role, rule.fallback) if role}
    if ("rules", "rules") in changed:
        found |= {(COPY, do.to) for rule in business_of(bundle).rules for do in rule.does if do.kind == COPY}
    return found


def _people(bundle: Bundle, changed: Collection[Key]) -> set[str]:
    flows = [(name, bundle[kind, name]) for kind, name in changed if kind == FLOW and (kind, name) in bundle]
    return {rule.person for name, text in flows for rule in _owners(read_flow(text, name)) if rule.person}


def _owners(flow: Flow) -> list[OwnerRule]:
    nodes = flow.nodes.values()
    return [rule for node in nodes for rule in (node.owner, *(level.owner for level in node.levels)) if rule]
