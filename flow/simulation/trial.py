"""A change of rules tried on the past, before anybody is asked to publish it. Reads, and writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flow.definitions.business import FLOW, POLICY, TITLES, Bundle, business_of
from flow.definitions.flow_reader import read_flow
from flow.definitions.identities import REASONS, has_ids, identities_of, renames_between, table_ids
from flow.definitions.policy import read_policy
from flow.definitions.present import Eras, Present
from flow.definitions.renaming import applied
from flow.definitions.schema import ID
from flow.engine.values import Rules
from flow.errors import DefinitionError
from flow.simulation.archive import Archive
from flow.simulation.calendar import season_of
from flow.simulation.comparison import Group, Simulation, Tally, approvers, load, total
from flow.simulation.gist import Gists
from flow.simulation.memo import Twins
from flow.simulation.past import amounts, is_disputed, past_case, stated
from flow.simulation.refunds import repriced, spelt
from flow.simulation.replay import Unfit
from flow.stats.reader import rows
from flow.stats.types import type_eras
from flow.validation.flows import parse_flow
from flow.validation.policies import parse_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flow.definitions.business import ReturnType
    from flow.definitions.eligibility import Limit
    from flow.definitions.flow import Flow
    from flow.definitions.policy import Authority, Policy
    from flow.simulation.calendar import Season
    from flow.simulation.comparison import Pile
    from flow.simulation.past import PastCase, Row
    from flow.simulation.roads import Trip
    from flow.stats.period import Period

Progress = Callable[[int, int], None]
SLICE = 100  #: cases between two turns of the loop: a few milliseconds, so that no tap notices
NO_DAYS: Mapping[str, str] = MappingProxyType({})
NO_TYPE = "退货类型没有策略"
KIND = "种类"  #: fact: the name of the flow that a case was opened for
_EVER = "SELECT 1 FROM definition WHERE kind = 'flow' AND text LIKE ? LIMIT 1"
_FIRST = "SELECT text FROM definition WHERE kind = ? AND active ORDER BY version LIMIT 1"
#: kinds of text that speak of the opening, of what is told or of what is printed
OPENING = ("choices", "rules", "calendar", "papers")


def silent(done: int, total: int) -> None:
    """Progress that nobody follows."""


@dataclass(slots=True)
class Side:
    """One of the two businesses: its flow, its return types, its policies as they are wanted."""

    texts: Bundle
    name: str
    checked: bool = False  #: the business of today was, when it was published
    flow: Flow = field(init=False)
    types: Mapping[str, ReturnType] = field(init=False)

    def __post_init__(self) -> None:
        self.flow = (parse_flow if self.checked else read_flow)(self._text(FLOW, self.name), f"流程“{self.name}”")
        self.types = business_of(self.texts).types

    def has(self, policy: str) -> bool:
        return (POLICY, policy) in self.texts

    def rules(self, policy: str) -> Rules:
        """The flow under a policy. Raises DefinitionError where there is none of that name."""
        return Rules(self.flow, _policy(self._text(POLICY, policy), policy, self.checked))

    def _text(self, kind: str, name: str) -> str:
        try:
            return self.texts[kind, name]
        except KeyError as error:
            raise DefinitionError([f"没有叫“{name}”的{'流程' if kind == FLOW else '政策'}"]) from error


@lru_cache(maxsize=64)
def _policy(text: str, name: str, checked: bool) -> Policy:
    """One value for one text: where only the flow changes, the policy is asked once."""
    return (parse_policy if checked else read_policy)(text, f"政策“{name}”")


@dataclass(slots=True)
class Trial:
    """Old and new beside each other. ``policy`` serves the cases whose own one is not in both."""

    old: Side
    new: Side
    policy: str
    _twins: dict[str, Twins] = field(default_factory=dict)
    _formulas: dict[str, tuple[Policy, Policy] | None] = field(default_factory=dict)
    _switched: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def group(self, case: PastCase, own_policy: str) -> Group | Unfit | None:
        """The group of a case; None for a case of another flow."""
        kind = self.old.types.get(case.return_type)
        if case.imported and kind is None:
            return Unfit(NO_TYPE)
        if case.imported and case.facts[KIND] != self.old.name:
            return None
        facts = case.facts
        if kind and not kind.strategy.keys() <= facts.keys():
            facts = {**kind.strategy, **facts}
        both_have_it = self.old.has(own_policy) and self.new.has(own_policy)
        twins = self.twins(own_policy if both_have_it else self.policy)
        return twins.group(facts, self._switches(case.return_type), case.hints)

    def formulas(self, own_policy: str, group: Group) -> tuple[Policy, Policy] | None:
        """Both policies of a case, where a refund is paid by both and they have other formulas for it."""
        name = own_policy if self.old.has(own_policy) and self.new.has(own_policy) else self.policy
        if name not in self._formulas:
            was, is_ = self.old.rules(name).policy, self.new.rules(name).policy
            self._formulas[name] = None if spelt(was.charges) == spelt(is_.charges) else (was, is_)
        paid = group.old.paid and group.new.paid and self.new.flow.refunds
        return self._formulas[name] if paid else None

    def twins(self, policy: str) -> Twins:
        """Both sides under one policy. Raises DefinitionError for a text that is wrong or missing."""
        if policy not in self._twins:
            self._twins[policy] = Twins(self.old.rules(policy), self.new.rules(policy))
        return self._twins[policy]

    def groups(self) -> list[Group]:
        """All that have come about."""
        found = (group for twins in self._twins.values() for group in twins.known.values())
        return [group for group in found if isinstance(group, Group)]

    def sides(self) -> tuple[list[Rules], list[Rules]]:
        """All the rules by which a case may be judged, old and new."""
        names = dict.fromkeys([self.policy, *self._shared_policies()])
        return [self.old.rules(name) for name in names], [self.new.rules(name) for name in names]

    def left_out(self) -> tuple[str, ...]:
        """The parts of the change that say who may open a case and who hears of it: the past cases were opened."""
        pairs = [(self.old.rules(name).policy, self.new.rules(name).policy) for name in self._shared_policies()]
        found = ["资格"] if any(_spelt(was.limits) != _spelt(is_.limits) for was, is_ in pairs) else []
        found += ["自主额度"] if any(_spelt(was.authorities) != _spelt(is_.authorities) for was, is_ in pairs) else []
        texts = (self.old.texts, self.new.texts)
        return (*found, *(TITLES[kind] for kind in OPENING if len({text.get((kind, kind)) for text in texts}) > 1))

    def _shared_policies(self) -> list[str]:
        return [name for kind, name in self.old.texts if kind == POLICY and self.new.has(name)]

    def _switches(self, return_type: str) -> Mapping[str, str]:
        """What the new strategy of a type says otherwise."""
        if return_type not in self._switched:
            was, is_ = self.old.types.get(return_type), self.new.types.get(return_type)
            known = was.strategy if was else {}
            fresh = is_.strategy if is_ else {}
            self._switched[return_type] = {key: word for key, word in fresh.items() if known.get(key) != word}
        return self._switched[return_type]


def _spelt(rows: Iterable[Limit | Authority]) -> list[tuple[object, ...]]:
    """The rows without the tests behind their conditions, which are never the same for two readings of one text."""
    found = []
    for row in rows:
        asks = sorted((cell.fact, cell.text) for cell in row.when.cells)
        found.append((asks, *(getattr(row, each.name) for each in fields(row) if each.name != "when")))
    return found


async def simulate(  # noqa: PLR0913  # two businesses, three words of the question, and the moment it is asked
    old: Bundle, new: Bundle, flow: str, policy: str, period: Period, progress: Progress = silent, *, now: datetime
) -> Simulation:
    """Send every case of ``flow`` that was opened in ``period`` and has ended through ``old`` and through ``new``.

    Withdrawn and duplicate cases are no part of it. ``now`` is aware; days are those of its zone.
    Raises DefinitionError for a text that is wrong or missing, StatsError when there is no database yet.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    names = renames_between(old, new)
    old = {**old, **applied(old, names)} if names else old  # what only has another name does nothing else
    trial = await asyncio.to_thread(_trial, old, new, flow, policy)
    season = season_of(*trial.sides(), period, now.tzinfo)
    archive = Archive(flow, period.window(now.tzinfo), present=await _names(new))
    reader = _Reader(trial, archive, season)
    total, done = await archive.count(), 0
    progress(0, total)
    async for piece in archive.pieces():
        while taken := reader.some(piece):
            done += taken
            progress(done, max(total, done))
            await asyncio.sleep(0)
    reader.tally.settle()
    return _simulation(reader, (period, now))


async def _names(new: Bundle) -> Present | None:
    """What the things of the past are called in the new texts; None where nothing was ever called otherwise."""
    eras = await type_eras()
    if not (has_ids(new.values()) or await rows(_EVER, [f"%{ID}%"])):
        return None
    types = Eras(eras.versions, table_ids(REASONS, new[REASONS, REASONS]))
    if not eras.versions and (text := await rows(_FIRST, [REASONS])):
        types = Eras(((datetime.min.replace(tzinfo=UTC), table_ids(REASONS, str(text[0][0]))),), types.now)
    return Present(identities_of(new), any_ids=True, types=types)


def _trial(old: Bundle, new: Bundle, flow: str, policy: str) -> Trial:
    """Both sides, read and checked: a text that is wrong is said before any case is looked at."""
    trial = Trial(Side(old, flow), Side(new, flow, checked=True), policy)
    trial.twins(policy)
    return trial


@dataclass(slots=True)
class _Reader:
    """Sends rows of the archive through the trial, every kind of them once."""

    trial: Trial
    archive: Archive
    season: Season | None
    tally: Tally = field(default_factory=Tally)
    gists: Gists = field(init=False)

    def __post_init__(self) -> None:
        before, after = self.trial.sides()
        types = (*self.trial.old.types.values(), *self.trial.new.types.values())
        self.gists = Gists([*before, *after], {fact for kind in types for fact in kind.strategy})

    def some(self, piece: Iterator[tuple[Row, Trip]]) -> int:
        """The next few cases; how many there were."""
        taken, piles = 0, self.tally.piles
        for row, trip in islice(piece, SLICE):
            taken += 1
            final = stated(row.facts)
            money = amounts(row, final)
            days = self.season.days(row.opened_at, trip.days()) if self.season else NO_DAYS
            gist = self.gists.of(row, final, money, trip.road, days)
            pile = piles.get(gist) or self._pile(gist, row, trip, final)
            self.tally.add(pile, row.no, money)
            if pile.formulas:
                self.tally.reprice(*repriced(self._case(row, trip, final), *pile.formulas))
        return taken

    def _pile(self, gist: bytes, row: Row, trip: Trip, final: dict[str, Any]) -> Pile:
        case, own = self._case(row, trip, final), self.archive.policies.get(row.policy_id or 0, "")
        found = self.trial.group(case, own)
        flow = self.archive.flows[row.flow_id]
        pile = self.tally.pile(gist, found, disputed=is_disputed(row, final, trip.road.decisions, flow))
        pile.formulas = self.trial.formulas(own, found) if isinstance(found, Group) else None
        return pile

    def _case(self, row: Row, trip: Trip, final: dict[str, Any]) -> PastCase:
        case = past_case(row, final, trip.road.decisions, self.archive.flows[row.flow_id])
        return self.season.dated(case, self.season.days(row.opened_at, trip.days())) if self.season else case


def _simulation(reader: _Reader, when: tuple[Period, datetime]) -> Simulation:
    trial, tally, season = reader.trial, reader.tally, reader.season
    groups, dwell = trial.groups(), reader.archive.roads.dwell()
    before, missing = load([(group.old, group.asked.count) for group in groups], trial.old.flow, dwell)
    after, missing_too = load([(group.new, group.asked.count) for group in groups], trial.new.flow, dwell)
    return Simulation(
        flow=trial.new.flow.name,
        period=when[0],
        as_of=when[1],
        seen=tally.seen,
        unfit=dict(tally.unfit.most_common()),
        approvers=approvers(groups),
        automatic=(
            total(group.released(group.old) for group in groups),
            total(group.released(group.new) for group in groups),
        ),
        refunds=tally.refunds,
        early=(
            total(group.hastened(group.old) for group in groups),
            total(group.hastened(group.new) for group in groups),
        ),
        newly=total(group.newly[0] for group in groups),
        disputed=total(group.newly[1] for group in groups),
        load=(before, after),
        unseen=tuple(sorted(missing | missing_too)),
        changed=sum(group.asked.count for group in groups if group.differs),
        examples=tally.examples(),
        left_out=trial.left_out(),
        season=(str(season.as_if), season.of) if season and season.as_if else None,
    )
