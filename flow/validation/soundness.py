"""Whether a case can still end, whatever has been noted of it on the way: places and facts explored together. Pure."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from flow.errors import Problem
from flow.validation.coverage import spelt as facts_spelt
from flow.validation.forks import idle, never_met
from flow.validation.graph import spelt
from flow.validation.state_space import ENDED, UNSURE, after, beginnings, space_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flow.definitions.flow import Flow
    from flow.validation.state_space import Place, Space
    from flow.validation.surroundings import Known

    Parents = Mapping[Place, Place | None]
    Arrows = Mapping[Place, set[Place]]

MAX_PLACES = 6_000  #: nodes times facts; above, first less of what is fixed is followed, then the flow is refused
MAX_TOLD = 3  #: sentences of this kind at once


class TooMany(Exception):
    """More places than are looked at."""


def state_problems(flow: Flow, known: Known | None = None) -> list[Problem]:
    """The ways on which a case comes to where no end can be reached any more. For a flow that is otherwise sound."""
    followed = (known.fixed, known.of_types) if known else ()
    for constant in (*followed, frozenset[str]()):
        space = space_of(flow, known, constant)
        try:
            return _lost(space) or [
                *never_met(flow, _arrows(space), space.met),
                *idle(flow, _arrows(space), space.stood),
            ]
        except TooMany:
            continue
    many = f"流程的走法太多（超过 {MAX_PLACES} 种情形），查不完有没有单子会走不出去；请分成几个流程，或少记几个事实"
    return [Problem(many)]


def _arrows(space: Space) -> dict[str, list[str]]:
    """Where cases have gone from each node, in the order of the definition."""
    return {name: [to for to in space.flow.nodes if (name, to) in space.taken] for name in space.flow.nodes}


def _lost(space: Space) -> list[Problem]:
    """The first places on each way from which no end can be reached, once for each where a case then turns."""
    parents, arrows = explore(space)
    lost = arrows.keys() - _saved(arrows)
    told: dict[str, Problem] = {}
    for place in (place for place in parents if place in lost and parents[place] not in lost):
        path = [*came(place, parents), *_turned(place, arrows, lost)]
        told.setdefault(named(path[-1]), _sentence(space, path))
    return list(told.values())[:MAX_TOLD]


def explore(
    space: Space,
    *,
    most: int = MAX_PLACES,
    after_each: Callable[[Place | None, dict[Place, Place | None]], None] = lambda place, parents: None,
) -> tuple[Parents, Arrows]:
    """Every place that a case can come to, with the one before it, and those that each leads to.

    ``after_each`` hears of each place when it is known where it leads, first of none for the beginnings.
    Raises TooMany.
    """
    parents: dict[Place, Place | None] = dict.fromkeys(beginnings(space))
    after_each(None, parents)
    arrows: dict[Place, set[Place]] = {}
    todo = deque(parents)
    while todo:
        place = todo.popleft()
        arrows[place] = set(after(space, place))
        for fresh in sorted((each for each in arrows[place] if each not in parents), key=_order):
            parents[fresh] = place
            todo.append(fresh)
        after_each(place, parents)
        if len(parents) > most:
            raise TooMany
    return parents, arrows


def _saved(arrows: Arrows) -> set[Place]:
    """The places from which an end can be reached."""
    before: dict[Place, list[Place]] = {}
    for place, following in arrows.items():
        for each in following:
            before.setdefault(each, []).append(place)
    saved, todo = {ENDED}, [ENDED]
    while todo:
        fresh = {place for place in before.get(todo.pop(), ()) if place not in saved}
        saved |= fresh
        todo += fresh
    return saved


def came(place: Place, parents: Parents) -> list[Place]:
    """The places before this one, from the beginning."""
    path: list[Place] = []
    before = parents[place]
    while before is not None:
        path.insert(0, before)
        before = parents[before]
    return path


def _turned(place: Place, arrows: Arrows, lost: set[Place]) -> list[Place]:
    """On from a lost place until one comes again."""
    path = [place]
    while path[-1] not in path[:-1]:
        path.append(min(arrows[path[-1]] & lost, key=_order))
    return path


def _sentence(space: Space, path: list[Place]) -> Problem:
    facts = {fact: value for fact, value in space.read(path[-1].values).items() if value not in (None, UNSURE)}
    when = f"（{facts_spelt(facts)}）" if facts else ""
    return Problem(f"这样走就出不去了{when}：{spelt(map(named, path))}").at_node(named(path[-1]))


def named(place: Place) -> str:
    return "和".join(sorted(place.nodes))


def _order(place: Place) -> tuple[str, str]:
    return named(place), repr(place.values)
