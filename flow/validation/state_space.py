"""Where a case may come to when somebody acts, as far as the flow itself settles it: the step over unsure facts.

Followed are the facts that the flow itself settles: noted by actions, chosen in forms, or fixed when a case is opened.
Of every other fact it is assumed that it may become whatever leads on. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any

from flow.definitions import flow as d
from flow.definitions.vocabulary import ON_ITS_WAY
from flow.engine.counting import COUNTING
from flow.engine.exemption import may_be_passed
from flow.engine.machine import gone_at_end
from flow.engine.waits import goes_by_itself
from flow.validation.conditions import domains_of, origins_of
from flow.validation.coverage import ANYTHING, Domain, covered, kinds
from flow.validation.monitors import GOT, PAID
from flow.validation.partial_order import Beside
from flow.validation.surroundings import KEPT, NOTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flow.definitions.conditions import Cell
    from flow.definitions.flow import Action, Branch, Flow, Node
    from flow.validation.monitors import Watch
    from flow.validation.prepayment import GoodsWatch
    from flow.validation.surroundings import Known

    Facts = dict[str, Any]

AMOUNT = "金额"
COUNTED = frozenset({"实收件数", "合格件数"})
_NEVER = NOTED - {ON_ITS_WAY} | {"缺件"}  #: facts that are not so where no action says that they are
UNSURE = "？"  #: a followed fact of which nothing is certain now
_FOLLOWED = frozenset({d.CHOICE, d.NUMBER, d.MONEY})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands, and the values of the facts that are followed. At no node: it has ended.

    At nodes of side branches alone: it has ended, and they go on.
    """

    nodes: frozenset[str]
    values: tuple[Any, ...]


ENDED = Place(frozenset(), ())


@dataclass(frozen=True, slots=True)
class _Walk:
    """A step under way: tokens that have arrived, tokens on their way (from, to), and the facts."""

    nodes: frozenset[str]
    todo: tuple[tuple[str, str], ...]
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Space:
    """A flow, the facts that are followed through it, and the conditions that read them."""

    flow: Flow
    facts: tuple[str, ...]
    cells: Mapping[str, list[Cell]]
    domains: Mapping[str, Domain]
    fixed: frozenset[str]  #: facts that stay as they were at the beginning
    beside: Beside
    rows: Mapping[
        tuple[str, str], tuple[Branch, ...]
    ]  #: (node, action) -> the branches that can be the first that fits
    taken: set[tuple[str, str]] = field(default_factory=set)  #: arrows that some case has gone, as far as looked
    met: set[str] = field(default_factory=set)  #: joins that some case has passed
    stood: set[str] = field(default_factory=set)  #: nodes at which some case has come to rest
    watch: Watch | GoodsWatch | None = None
    _plain: dict[tuple[str, Any], Any] = field(default_factory=dict)

    def read(self, values: tuple[Any, ...]) -> Facts:
        return dict(zip(self.facts, values, strict=True))

    def values(self, facts: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple([facts[fact] for fact in self.facts])

    def kinds(self, fact: str, domain: Domain | None = None) -> list[Any]:
        """The values of a fact that the flow's conditions tell apart."""
        return kinds(fact, self.cells[fact], domain or self.domains.get(fact, ANYTHING))

    def kind(self, fact: str, value: Any) -> Any:
        """The value itself, or none where no condition tells it from nothing; what is fixed keeps its name."""
        if (fact, value) not in self._plain:
            plain = value != UNSURE and fact not in self.fixed
            same = plain and all(cell({fact: value}) == cell({}) for cell in self.cells[fact])
            self._plain[fact, value] = None if same else value
        return self._plain[fact, value]


def space_of(flow: Flow, known: Known | None, constant: frozenset[str]) -> Space:
    """The facts worth following: those that conditions read and that nobody but the flow, or nobody at all, changes."""
    origins = origins_of(flow)
    cells: dict[str, list[Cell]] = {}
    for node in flow.nodes.values():
        for _, branch in node.ways():
            for cell in branch.when.cells:
                cells.setdefault(cell.fact, []).append(cell)
    _with_conditions(flow, cells)
    open_ended = {fact for fact, items in origins.fields.items() if not all(map(_is_followed, items))}
    elsewhere = (KEPT - NOTED) | (known.facts if known else frozenset())
    given = {item.name for item in flow.submission}  # by whoever opens the case: it may be whatever leads on
    settled = (origins.noted.keys() | origins.fields.keys()) - origins.asked - open_ended - elsewhere - given
    counts = _counts(flow)
    constant = constant | (frozenset() if counts or not constant else {AMOUNT})
    never = (_NEVER if counts else _NEVER | COUNTED) - origins.facts()
    facts = tuple(sorted(fact for fact in cells if fact in settled or fact in constant or fact in never))
    domains, beside = domains_of(flow, known), Beside(flow, frozenset(facts))
    return Space(flow, facts, cells, domains, constant - settled, beside, _rows(flow, domains))


def _is_followed(item: d.Field) -> bool:
    return item.kind in _FOLLOWED and not item.per_line


def _with_conditions(flow: Flow, cells: dict[str, list[Cell]]) -> None:
    """Also by what a field is shown that a condition reads: whether there is an answer hangs on it."""
    forms = [item for node in flow.nodes.values() for item in node.form if item.when.cells]
    while fresh := [item for item in forms if item.name in cells]:
        forms = [item for item in forms if item not in fresh]
        for cell in (cell for item in fresh for cell in item.when.cells):
            cells.setdefault(cell.fact, []).append(cell)


def _rows(flow: Flow, domains: Mapping[str, Domain]) -> dict[tuple[str, str], tuple[Branch, ...]]:
    lists = {(node.name, ""): node.branches for node in flow.nodes.values()}
    lists |= {(node.name, a.name): a.branches for node in flow.nodes.values() for a in node.actions.values()}
    return {place: _coming_first(branches, domains) for place, branches in lists.items()}


def _coming_first(branches: tuple[Branch, ...], domains: Mapping[str, Domain]) -> tuple[Branch, ...]:
    """Without those of which none comes up: also a last one for what nobody thought of, where nothing is left."""
    if len(branches) < 2:
        return branches
    late = {row.row for row in covered([branch.when for branch in branches], domains)}
    return tuple(branch for n, branch in enumerate(branches) if n not in late)


def _counts(flow: Flow) -> bool:
    """Whether anything is done in a flow that changes the amount."""
    actions = (action for node in flow.nodes.values() for action in node.actions.values())
    return any(COUNTING.keys() & action.effects for action in actions)


def beginnings(space: Space) -> Iterator[Place]:
    """Where a case stands when it has been opened, or opened again."""
    given = [fact for fact in space.facts if fact in space.fixed]
    for values in product(*(space.kinds(fact) for fact in given)):
        facts: Facts = dict.fromkeys(space.facts) | dict(zip(given, values, strict=True))
        yield from _entered(space, space.flow.start, facts)
        for again in space.flow.entrances[1:]:
            kept = origins_of(space.flow).fields.keys() | NOTED
            left = {fact: UNSURE for fact in space.facts if fact in kept | {PAID, GOT} and fact not in given}
            yield from _entered(space, again, facts | left)


def _entered(space: Space, name: str, facts: Facts) -> Iterator[Place]:
    yield from _arrivals(space, _Walk(frozenset(), (("", name),), space.values(facts)))


def after(space: Space, place: Place) -> Iterator[Place]:
    """Where a case may stand when one of its owners, or the wait, has done one of the actions."""
    facts = space.read(place.values) if place.nodes else {}
    for name in space.beside.first(place.nodes):
        node = space.flow.nodes[name]
        for action in node.actions.values():
            for answers in _answers(space, node, action, facts):
                said = _acted(space, node, action, _noted(space, facts | answers, action), by_person=True)
                for to in _taken(space.rows[name, action.name], said):
                    yield from _arrivals(space, _Walk(place.nodes - {name}, ((name, to),), space.values(said)))


def _answers(space: Space, node: Node, action: Action, facts: Facts) -> Iterator[Facts]:
    """What people may have filled in when ``action`` moves the case; an earlier level may have filled in more."""
    asked = [item for item in node.form if item.name in space.facts and (node.levels or item.wanted_for(action))]
    choices = [_choices(space, item, optional=bool(node.levels) or not _is_certain(item)) for item in asked]
    for values in product(*choices):
        answers = dict(zip((item.name for item in asked), values, strict=True))
        if node.levels or all(_agrees(space, item, facts | answers) for item in asked):
            yield answers


def _is_certain(item: d.Field) -> bool:
    return item.required and not item.when.cells


def _agrees(space: Space, item: d.Field, facts: Facts) -> bool:
    """Whether an answer, or that there is none, goes with the others: only what is shown is answered.

    None also stands for an answer that no condition tells from none.
    """
    sure = [cell for cell in item.when.cells if facts.get(cell.fact, UNSURE) != UNSURE]
    if not all(cell(facts) for cell in sure):
        return facts[item.name] is None
    told = facts[item.name] is not None or not item.required or len(sure) < len(item.when.cells)
    return told or None in _choices(space, item, optional=False)


def _choices(space: Space, item: d.Field, *, optional: bool) -> list[Any]:
    domain = Domain(item.options, always=True) if item.kind == d.CHOICE else None
    told = [space.kind(item.name, value) for value in space.kinds(item.name, domain) if value is not None]
    return [*told, None] if (optional or not told) and None not in told else told


def _noted(space: Space, facts: Facts, action: Action) -> Facts:
    return facts | {fact: space.kind(fact, value) for fact, value in action.sets.items() if fact in facts}


def _acted(space: Space, node: Node, action: Action, facts: Facts, *, by_person: bool) -> Facts:
    """The facts with the marks that are watched beside them."""
    by_person = by_person and not goes_by_itself(node, action.name)
    return space.watch.acted(node, action, facts, by_person=by_person) if space.watch else facts


def _taken(branches: Iterable[Branch], facts: Facts) -> Iterator[str]:
    """The targets of every branch that may be the first that fits."""
    for branch in branches:
        sure = [cell for cell in branch.when.cells if facts.get(cell.fact, UNSURE) != UNSURE]
        if all(cell(facts) for cell in sure):
            yield branch.to
            if len(sure) == len(branch.when.cells):
                return


def _arrivals(space: Space, walk: _Walk) -> Iterator[Place]:
    """Every place in which a step may come to rest."""
    todo, seen = [walk], {walk}
    while todo:
        now = todo.pop()
        if not now.todo:
            space.stood.update(now.nodes)
            yield Place(now.nodes, now.values) if now.nodes else ENDED
            continue
        for further in _hop(space, now):
            if further not in seen:
                seen.add(further)
                todo.append(further)


def _hop(space: Space, walk: _Walk) -> Iterator[_Walk]:
    """The first token one node further."""
    source, to = walk.todo[0]
    space.taken.add((source, to))
    node = space.flow.nodes[to]
    walk = _left(space.flow, _Walk(walk.nodes, walk.todo[1:], walk.values), source, to)
    match node.kind:
        case d.END:
            yield _ended(space, walk, node)
        case d.FORK if node.sides:
            aside = _started(space, walk, node)
            yield from _passed(space, aside, node, space.rows[to, ""], space.read(walk.values))
        case d.FORK:
            yield replace(walk, todo=(*walk.todo, *((to, head) for head in node.heads)))
        case d.JOIN:
            yield from _met(space, walk, node)
        case d.AUTOMATIC:
            yield from _passed(space, walk, node, space.rows[to, ""], _crossed(space, walk, node))
        case _:
            yield from _stopped(space, walk, node)


def _ended(space: Space, walk: _Walk, node: Node) -> _Walk:
    """What goes on where a side branch has ended, or the case has."""
    if branch := space.flow.aside.get(node.name):
        return _off(walk, branch)
    if space.watch:
        space.watch.ended(node, space.read(walk.values))
    return _off(walk, gone_at_end(space.flow, node.state))


def _started(space: Space, walk: _Walk, fork: Node) -> _Walk:
    """With a token for each side branch of a fork that is not under way."""
    under_way = walk.nodes.union(to for _, to in walk.todo)
    heads = [head for head in fork.sides if not space.flow.sides[head] & under_way]
    space.taken.update((fork.name, head) for head in heads)
    return replace(walk, todo=(*walk.todo, *(("", head) for head in heads)))


def _crossed(space: Space, walk: _Walk, node: Node) -> Facts:
    """The facts after what a node that needs nobody does."""
    facts = space.read(walk.values)
    return space.watch.done(node, node.effects, facts) if space.watch else facts


def _passed(space: Space, walk: _Walk, node: Node, branches: Iterable[Branch], facts: Facts) -> Iterator[_Walk]:
    for to in _taken(branches, facts):
        yield _Walk(walk.nodes, (*walk.todo, (node.name, to)), space.values(facts))


def _stopped(space: Space, walk: _Walk, node: Node) -> Iterator[_Walk]:
    """Somebody has to act, unless it is an approval that is passed by rule; an earlier form is filled in anew."""
    facts = space.read(walk.values)
    if node.owner and node.owner.by_policy and may_be_passed(node, {}):
        first = node.buttons[0]
        said = _acted(space, node, first, _noted(space, facts, first), by_person=False)
        yield from _passed(space, walk, node, space.rows[node.name, first.name], said)
    fresh = facts | {item.name: None for item in node.form if item.name in facts}
    yield _Walk(walk.nodes | {node.name}, walk.todo, space.values(fresh))


def _left(flow: Flow, walk: _Walk, source: str, to: str) -> _Walk:
    """Without the siblings of forks that are left by another way than their join."""
    for name in flow.around.get(source, ()):
        if to == flow.nodes[name].join or any(to in branch for branch in flow.forks[name]):
            break
        walk = _without(flow, walk, name)
    return walk


def _without(flow: Flow, walk: _Walk, fork: str) -> _Walk:
    return _off(walk, frozenset().union(*flow.forks[fork]))


def _off(walk: _Walk, inside: frozenset[str]) -> _Walk:
    """Without what goes on at these nodes."""
    todo = tuple(token for token in walk.todo if not inside.intersection(token))
    return replace(walk, nodes=walk.nodes - inside, todo=todo)


def _met(space: Space, walk: _Walk, join: Node) -> Iterator[_Walk]:
    """On when every branch has arrived, or with the first that does; before that one token less is on its way."""
    flow = space.flow
    fork = next(name for name in flow.forks if flow.nodes[name].join == join.name)
    alone = _without(flow, walk, fork)
    alone = replace(alone, todo=tuple(token for token in alone.todo if token[1] != join.name))
    if alone != walk and not join.joins_any:
        yield walk
    else:
        space.met.add(join.name)
        yield from _passed(space, alone, join, space.rows[join.name, ""], _crossed(space, walk, join))
