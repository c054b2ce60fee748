"""Who gets a task: the owner rule of a node, resolved at the moment of need and never to nobody in silence. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flow.definitions.ceiling import over_words
from flow.definitions.conditions import When
from flow.definitions.flow import EVERYONE, IN_TURN
from flow.definitions.vocabulary import CHANGERS, CREATOR, LAST_RESORT
from flow.engine.signatures import ballot
from flow.people.duties import approver, excluded_by_duty, ranks, tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from flow.definitions.assignments import Assignment
    from flow.definitions.business import Business
    from flow.definitions.flow import Flow, Node, OwnerRule
    from flow.people.directory import Directory
    from models.views.case import Person

    Spares = tuple[str | None, tuple[Person, ...], Directory]  #: the fallback's role, managers, the staff

MAX_NAMED = 3  #: people whom an alarm names
_COLUMNS = {"区域": "regions", "品类": "categories", "仓库": "warehouses"}


@dataclass(frozen=True, slots=True)
class AssignmentContext:
    """What beside the staff decides who gets a task: tables, who is away, whose turn it is, how much each has."""

    tables: Mapping[str, tuple[Assignment, ...]] = field(default_factory=dict)
    away: Mapping[int, int | None] = field(default_factory=dict)  #: member -> who acts, None for nobody
    loads: Mapping[int, int] = field(default_factory=dict)  #: member -> open tasks
    turn: int = 0  #: how often this node has been dealt before


def tables_for(
    business: Business, flow: Flow, facts: Mapping[str, Any], opened: datetime | None = None
) -> Mapping[str, tuple[Assignment, ...]]:
    """The assignment tables, which speak by the names of today, for a case that keeps those of its version."""
    present = business.present
    if not present.any_ids:
        return business.tables
    seen = present.facts(flow, facts, opened)
    fitting = {name: [row for row in rows if row.when(seen)] for name, rows in business.tables.items()}
    return {name: tuple(replace(row, when=When()) for row in rows[:1]) for name, rows in fitting.items()}


@dataclass(frozen=True, slots=True)
class _Out:
    """Whom a node keeps out, and the role that whoever acts in another's place must rank with; "" for any."""

    node: Node
    excluded: frozenset[int]
    role: str
    votes: bool = False  #: so many must agree: it is dealt to all of them


@dataclass(frozen=True, slots=True)
class Owners:
    """The people of a task, why they, and what an administrator should mend (empty when all went by the rule)."""

    people: tuple[Person, ...]
    why: str
    alarm: str = ""
    stands_for: Mapping[int, int] = field(default_factory=dict)  #: delegate -> the member who is away


def resolve(
    node: Node,
    facts: Mapping[str, Any],
    people: Directory,
    by: AssignmentContext | None = None,
    *,
    rule: OwnerRule | None = None,
    excluded: frozenset[int] = frozenset(),
) -> Owners:
    """Apply the node's rule: the preferred person, the rule's people, its fallback, a manager, an administrator.

    ``rule`` replaces the node's own, for a level of it; ``excluded`` are further members to keep out. The result has
    no people only when not even an administrator is known.
    """
    rule = rule or node.owner
    if rule is None:
        raise ValueError(f"node {node.name!r} has no owner rule")
    by = by or AssignmentContext()
    votes = ballot(node, facts)
    rule = replace(rule, prefer=None) if votes else rule
    out = _Out(node, excluded | excluded_by_duty(node, facts), tier(node, rule, facts), votes is not None)
    found = _resolved(rule, facts, people, by, out)
    return _enough(found, votes.missing, rule, facts, (people, by, out)) if votes else found


def _resolved(rule: OwnerRule, facts: Mapping[str, Any], people: Directory, by: AssignmentContext, out: _Out) -> Owners:
    """Whom a rule names, or whoever takes their place."""
    excluded = out.excluded
    preferred = people.by_id.get(facts.get(rule.prefer or "", 0))
    if preferred and preferred.id not in excluded:
        found = _standing_in((preferred,), str(rule.prefer), people, by, out)
        if found.people:
            return found
    spare = rule.fallback  # of the node: a row of a table may have its own
    rule, prefix = _from_table(rule, facts, by)
    wanted, named = _named(rule, facts, people)
    if free := _free(_narrowed(wanted, rule, facts), excluded):
        why = f"{prefix}{named}{_details(rule, facts)}{_left_out(wanted, excluded, facts)}"
        able = tuple(person for person in free if _acting(person, people, by, out))
        found = _standing_in(able if out.votes else _dealt(able, rule, by), why, people, by, out)
        if found.people:
            return found
    gone = frozenset(person.id for person in wanted) & excluded or excluded  # whose place somebody has to take
    missing = f"{_short(rule, facts)}{_left_out(wanted, excluded, facts)}"
    return _spare(out, missing, (rule.fallback or spare, _above(gone, people), people), by)


def _enough(
    found: Owners,
    needed: int,
    rule: OwnerRule,
    facts: Mapping[str, Any],
    known: tuple[Directory, AssignmentContext, _Out],
) -> Owners:
    """With just so many more as must sign and are not there: of the fallback, managers, administrators.

    Nobody at all where even so there are too few; an administrator hears of every such case.
    """
    if len(found.people) >= needed or not found.people:
        return found
    node, able = known[2].node.name, {person.id: person for person in found.people}
    more: dict[int, tuple[Person, Person]] = {}
    for one, absent in _others(rule, able, known):
        if one.id not in able:
            more.setdefault(one.id, (one, absent))
    added = list(more.values())[: needed - len(able)]
    few = f"{node}要 {needed} 个人同意，{_short(rule, facts)}现在只有 {_names(found.people)} 能签"
    if len(able) + len(added) < needed:
        return Owners((), found.why, f"{few}，别的审批人、上级和管理员也不够：请给能签的人加上角色")
    names = _names(tuple(one for one, _ in added))
    stands_for = {one.id: away.id for one, away in added if away.id != one.id}
    alarm = "；".join(part for part in (found.alarm, f"{few}，另请了 {names}") if part)
    everyone = (*found.people, *(one for one, _ in added))
    return Owners(everyone, f"{found.why}，人不够，另请 {names}", alarm, {**stands_for, **found.stands_for})


def _others(
    rule: OwnerRule, able: Mapping[int, Person], known: tuple[Directory, AssignmentContext, _Out]
) -> Iterator[tuple[Person, Person]]:
    """Whoever may sign beside those who are able to, in the order in which they are asked, with whom they act for."""
    people, by, out = known
    ways = (people.with_role(rule.fallback), _above(able, people), people.with_role(LAST_RESORT))
    for person in (person for way in ways for person in _free(way, out.excluded)):
        if acting := _acting(person, people, by, out):
            yield acting, person


def _left_out(wanted: Iterable[Person], excluded: frozenset[int], facts: Mapping[str, Any]) -> str:
    """``（王建国 改过内容，不能自己批）``: who would have had the task, had they not changed what is asked for."""
    changers = set(facts.get(CHANGERS) or ()) & excluded
    names = "、".join(person.name for person in wanted if person.id in changers)
    return f"（{names} 改过内容，不能自己批）" if names else ""


def _above(members: Iterable[int], people: Directory) -> tuple[Person, ...]:
    """The managers of these members; never somebody below another of them, who would have the last word over them."""
    found = {boss.id: boss for member in sorted(members) if (boss := people.manager_of(member))}
    below = {person.id for member in members for person in people.reports_of(member)}
    return tuple(boss for boss in found.values() if boss.id not in below)


def _spare(out: _Out, missing: str, spares: Spares, by: AssignmentContext) -> Owners:
    """The fallback, the manager of whoever is kept out, or an administrator: never nobody in silence."""
    role, managers, people = spares
    ways = [(role, people.with_role(role)), ("上级", managers), (LAST_RESORT, people.with_role(LAST_RESORT))]
    for name, candidates in ways:
        found = _standing_in(_free(candidates, out.excluded), f"没有可用的{missing}，转给{name}", people, by, out)
        if found.people:
            alarm = f"{out.node.name}没有可用的{missing}，转给了{_names(found.people)}"
            return Owners(found.people, found.why, alarm, found.stands_for)
    return Owners((), f"没有{missing}", f"{out.node.name}没有负责人：请导入角色为{missing}的员工")


def _from_table(rule: OwnerRule, facts: Mapping[str, Any], by: AssignmentContext) -> tuple[OwnerRule, str]:
    """The owner rule of the first row that fits; the rule itself where no row does, which then finds nobody."""
    if rule.table is None:
        return rule, ""
    row = next((row for row in by.tables.get(rule.table, ()) if row.when(facts)), None)
    return (row.owner, f"{row.rule}：") if row else (rule, "")


def _named(rule: OwnerRule, facts: Mapping[str, Any], people: Directory) -> tuple[tuple[Person, ...], str]:
    """Everybody whom a rule means, and why in words."""
    if rule.by_policy:
        role = approver(facts)
        return people.with_role(role) if role else (), f"{facts.get('审批规则')}：{role}{over_words(facts)}"
    if rule.person:
        who = people.named(rule.person)
        return ((who,) if who else ()), f"指定 {rule.person}"
    if rule.team:
        return tuple(p for p in people.by_id.values() if p.team == rule.team), f"团队 {rule.team}"
    if rule.creators_manager:
        boss = people.manager_of(facts.get(CREATOR))
        return ((boss,) if boss else ()), "提交人的上级"
    return people.with_role(rule.role), f"角色 {rule.role}"


def _details(rule: OwnerRule, facts: Mapping[str, Any]) -> str:
    """``（区域 华北，同仓库 杭州仓，轮流）``: what narrowed the people down, and how it was dealt among them."""
    parts = [f"区域 {rule.region}"] if rule.region else []
    parts += [f"同{fact} {facts[fact]}" for fact in rule.same if facts.get(fact)]  # not known: nobody was left out
    parts += [rule.dealing] if rule.dealing != EVERYONE else []
    return f"（{'，'.join(parts)}）" if parts else ""


def _names(people: tuple[Person, ...]) -> str:
    more = f" 等 {len(people)} 人" if len(people) > MAX_NAMED else ""
    return "、".join(person.name for person in people[:MAX_NAMED]) + more


def _short(rule: OwnerRule, facts: Mapping[str, Any]) -> str:
    """A rule as an alarm names it: 客服组长, 华东维修主管, 团队华东组."""
    if rule.by_policy:
        return approver(facts) or "审批人"
    if rule.creators_manager:
        return "提交人上级"
    name = rule.role or rule.person or (f"团队{rule.team}" if rule.team else f"分派表{rule.table}里的人")
    return f"{rule.region or ''}{name}"


def _narrowed(wanted: tuple[Person, ...], rule: OwnerRule, facts: Mapping[str, Any]) -> tuple[Person, ...]:
    """Those who serve the case's region, category, warehouse: by name first, then those who serve all.

    Where it is not known of the case, and nobody serves all, nobody is left out.
    """
    limits = [(fact, str(facts.get(fact) or "")) for fact in rule.same]
    limits += [("区域", rule.region)] if rule.region else []
    for fact, value in limits:
        named = tuple(p for p in wanted if value and value in getattr(p, _COLUMNS[fact]))
        serve_all = tuple(p for p in wanted if not getattr(p, _COLUMNS[fact]))
        wanted = named or serve_all or (() if value else wanted)
    return wanted


def _dealt(free: tuple[Person, ...], rule: OwnerRule, by: AssignmentContext) -> tuple[Person, ...]:
    """All of them, the next in turn, or whoever has least to do. Who is away without a stand-in is passed over."""
    if rule.dealing == EVERYONE or not free:
        return free
    here = tuple(person for person in free if by.away.get(person.id, person.id) is not None) or free
    if rule.dealing == IN_TURN:
        return (here[by.turn % len(here)],)
    return (min(here, key=lambda person: (by.loads.get(person.id, 0), person.id)),)


def _standing_in(chosen: tuple[Person, ...], why: str, people: Directory, by: AssignmentContext, out: _Out) -> Owners:
    """Replace who is away by who acts for them, unless that is somebody kept out, or below the tier.

    Where all must agree, one who is asked anyway signs once for both, and the record says so.
    """
    found: dict[int, Person] = {}
    pairs: list[tuple[Person, Person]] = []
    for person in chosen:
        delegate = _acting(person, people, by, out)
        if delegate and delegate.id != person.id and (delegate.id not in found or out.node.all_must_agree):
            pairs.append((delegate, person))
        if delegate:
            found.setdefault(delegate.id, delegate)
    words = "".join(f"，{one.name} 代 {absent.name}" for one, absent in pairs)
    stands_for = {one.id: absent.id for one, absent in reversed(pairs)}
    return Owners(tuple(found.values()), why + words, stands_for=stands_for)


def _acting(person: Person, people: Directory, by: AssignmentContext, out: _Out) -> Person | None:
    """Somebody themselves, or who acts for them while they are away and may; None for nobody."""
    acting = by.away.get(person.id, person.id)
    delegate = people.by_id.get(acting) if acting is not None and acting not in out.excluded else None
    if delegate and delegate.id != person.id and not ranks(out.role, people, person.id, delegate.id):
        return None
    return delegate


def _free(candidates: tuple[Person, ...], excluded: frozenset[int]) -> tuple[Person, ...]:
    return tuple(person for person in candidates if person.id not in excluded)
