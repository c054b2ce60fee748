"""``replay`` under old and new rules, run once for all the cases that no condition of either can tell apart."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import Cell
from flow.definitions.flow import REASON
from flow.definitions.vocabulary import TODAY
from flow.engine.partial_refunds import PREFILLED
from flow.simulation.comparison import Group
from flow.simulation.replay import AMOUNT, PAID, Unfit, replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flow.definitions.flow import Flow
    from flow.definitions.policy import Policy
    from flow.engine.values import Rules
    from flow.simulation.replay import Hints

Truth = tuple[bool, ...]
Key = tuple[Any, ...]
Facts = Mapping[str, Any]


class Lens:
    """What rules can see of a case: cases with one ``key`` go one way.

    A rule looks at a case only through its condition cells, each of which looks at one fact, and through what the
    policy says. All of these are taken on the opening facts, and on what history answered later.
    """

    def __init__(self, *rules: Rules) -> None:
        self._cells: dict[str, list[Cell]] = {}
        for cell in judged_by(rules):
            self._cells.setdefault(cell.fact, []).append(cell)
        notes = {(fact, repr(value)): (fact, value) for each in rules for fact, value in notes_of(each.flow)}
        self._notes = list(notes.values())
        self._policies: list[Policy] = list({id(each.policy): each.policy for each in rules}.values())
        self._truths: dict[str, dict[Any, Truth]] = {fact: {} for fact in self._cells}
        asked = frozenset({AMOUNT}).union(*(asked_of(each.flow) for each in rules))
        self._daily = {fact: known for fact, known in self._truths.items() if fact == TODAY}
        self._later = {fact: known for fact, known in self._truths.items() if fact in asked}

    def key(self, facts: Facts, hints: Hints) -> Key:
        """The truth of every cell, what the policies say before and after counting, and what history decided."""
        final = hints.final
        amount = final.get(AMOUNT)
        said = [repr(policy.facts(facts)) for policy in self._policies]
        if amount is not None and amount != facts.get(AMOUNT):
            said += [repr(policy.facts({**facts, AMOUNT: amount})) for policy in self._policies]
        said += [repr(each) for day in hints.days.values() for each in self._on(day, facts, amount)]
        return (
            self._truth(self._truths, facts),
            self._truth(self._later, final),
            tuple([final.get(fact) == value for fact, value in self._notes]),
            (*hints.did.items(), *said),
            AMOUNT in final,
            bool(facts.get(PAID)),
            repr(facts.get(PREFILLED)),
            bool(final.get(REASON)),
        )

    def _on(self, day: str, facts: Facts, amount: Any) -> Iterator[Any]:
        """What the conditions and the policies say on the day of a decision."""
        yield self._truth(self._daily, {TODAY: day})
        for policy in self._policies:
            yield policy.facts({**facts, TODAY: day})
            yield policy.facts({**facts, TODAY: day, AMOUNT: facts.get(AMOUNT) if amount is None else amount})

    def _truth(self, truths: dict[str, dict[Any, Truth]], facts: Facts) -> tuple[Truth, ...]:
        """What every cell says of the facts; the same few values come again and again."""
        found = []
        for fact, known in truths.items():
            value = facts.get(fact)
            sign = value if type(value) is str else (type(value), value if type(value) is Decimal else repr(value))
            truth = known.get(sign)
            if truth is None:
                truth = known[sign] = tuple(cell.test(value) for cell in self._cells[fact])
            found.append(truth)
        return tuple(found)


@dataclasses.dataclass(slots=True)
class Twins:
    """The old rules and the new ones, with the groups of cases that they have taken apart so far."""

    old: Rules
    new: Rules
    lens: Lens = dataclasses.field(init=False)
    known: dict[Key, Group | Unfit] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lens = Lens(self.old, self.new)

    def group(self, facts: Facts, changed: Facts, hints: Hints) -> Group | Unfit:
        """The group of a case whose opening facts are ``facts``, and under the new rules ``changed`` over them.

        Gives exactly the outcomes that ``replay`` gives.
        """
        key = self.lens.key(facts, hints)
        fresh = {**facts, **changed} if changed else facts
        if changed:
            key = key, self.lens.key(fresh, hints)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._replayed(facts, fresh, hints)
        return found

    def _replayed(self, facts: Facts, fresh: Facts, hints: Hints) -> Group | Unfit:
        old, new = replay(self.old, facts, hints), replay(self.new, fresh, hints)
        if isinstance(old, Unfit):
            return old
        return new if isinstance(new, Unfit) else Group(old, new)


def cells_of(value: Any) -> Iterator[Cell]:
    """Every condition cell inside a value, however deep."""
    if isinstance(value, Cell):
        yield value
    elif dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            yield from cells_of(getattr(value, part.name))
    elif isinstance(value, Mapping):
        yield from cells_of(tuple(value.values()))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from cells_of(part)


def judged_by(rules: Iterable[Rules]) -> Iterator[Cell]:
    """Every condition by which a case that is open goes its way: who may open one is another matter."""
    return cells_of([(each.flow, each.policy.tiers, each.policy.authorities) for each in rules])


def asked_of(flow: Flow) -> set[str]:
    """Every fact that an action or a form asks for."""
    questions = {fact for node in flow.nodes.values() for action in node.actions.values() for fact in action.asks}
    return questions | {field.name for node in flow.nodes.values() for field in node.form}


def notes_of(flow: Flow) -> Iterator[tuple[str, Any]]:
    """Every fact that an action notes, and what it notes of it."""
    for node in flow.nodes.values():
        for action in node.actions.values():
            yield from action.sets.items()
