"""What things are called now that are kept under the names of another time: resolved when they are read. Pure.

A case keeps the versions of its flow and policy, and what it noted stands under their names. Return types have no
version of a case's; which names they had at a moment the versions of their file tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flow.definitions.automation import ASKED_IN_YUAN
from flow.definitions.flow_ids import field_ids, has_own_ids, node_ids
from flow.definitions.identities import Identities, moved, names_by_id
from flow.definitions.vocabulary import PATH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.definitions.flow import Flow
    from flow.definitions.identities import Ids

    Era = tuple[datetime, Ids]

TYPE = "类型"


@dataclass(frozen=True, slots=True)
class Eras:
    """The names of one kind of thing from each moment on, the oldest first; none where no name was ever changed."""

    versions: tuple[Era, ...] = ()
    now: Ids = field(default_factory=dict)

    def ids_at(self, at: datetime | None) -> Ids:
        """The ids of the names that were in force; before the first version they are those of the first."""
        found: Ids = self.versions[0][1] if self.versions else {}
        for since, ids in self.versions:
            found = ids if at is None or since <= at else found
        return found

    def moved(self, at: datetime | None) -> dict[str, str]:
        """Name of that time -> name of today, where it is another."""
        return moved(self.ids_at(at), self.now) if self.versions else {}

    def called(self, name: str, at: datetime | None) -> str:
        """What is called ``name`` in a row of that time is called today.

        A name that was not in force then, as old papers that come in later may have it, is looked for at all times.
        """
        if not self.versions or not name:
            return name
        ids = self.ids_at(at)
        known = ids if name in ids else self.now if name in self.now else self._ever()
        return names_by_id(self.now).get(known.get(name, name), name)

    def kept(self, name: str, at: datetime | None) -> str:
        """What is called ``name`` today was called so at that time; a newer thing by its name of today."""
        return names_by_id(self.ids_at(at)).get(self.now.get(name, name), name) if self.versions else name

    def _ever(self) -> Ids:
        """The id of each name there ever was, the latest that was called so."""
        return {name: id_ for _, ids in self.versions for name, id_ in ids.items()}

    def spans(self) -> list[tuple[str, datetime | None, datetime | None, str]]:
        """Name in a row, from when, until when, and today's name: for each that is another, None for no end."""
        found = []
        ends = [since for since, _ in self.versions[1:]]
        for n, (since, ids) in enumerate(self.versions):
            until = ends[n] if n < len(ends) else None
            names = moved(ids, self.now)
            found += [(name, since if n else None, until, now) for name, now in names.items()]
        return found


@dataclass(frozen=True, slots=True)
class Present:
    """The names of the business as it is published now."""

    ids: Identities = field(default_factory=Identities)
    any_ids: bool = False  #: something is called otherwise than it was first
    types: Eras = field(default_factory=Eras)

    def node(self, flow: Flow, name: str) -> str:
        """What a node of a version of a flow is called today; as it was where it is no more."""
        return self.nodes(flow).get(name, name)

    def nodes(self, flow: Flow) -> dict[str, str]:
        """Name in that version -> name of today, where it is another."""
        return moved(node_ids(flow), self.ids.nodes.get(flow.name, {})) if self._looks(flow) else {}

    def fields(self, flow: Flow) -> dict[str, str]:
        """The same of the fields of its forms."""
        return moved(field_ids(flow), self.ids.fields) if self._looks(flow) else {}

    def _looks(self, flow: Flow) -> bool:
        return self.any_ids or has_own_ids(flow)

    def facts(self, flow: Flow, facts: Mapping[str, Any], opened: datetime | None = None) -> Mapping[str, Any]:
        """The facts of a case by today's names: its answers, and what its return type is called."""
        if not self._looks(flow):
            return facts
        names = self.fields(flow)
        known = self.types.called(str(facts.get(TYPE) or ""), opened)
        fresh = {fact: value for fact, value in facts.items() if fact not in names}
        fresh |= {names[fact]: value for fact, value in facts.items() if fact in names}
        if ASKED_IN_YUAN in fresh:
            fresh[ASKED_IN_YUAN] = [names.get(name, name) for name in fresh[ASKED_IN_YUAN]]
        if isinstance(path := fresh.get(PATH), list):
            nodes = self.nodes(flow)
            fresh[PATH] = [nodes.get(name, name) for name in path]
        return {**fresh, TYPE: known} if known else fresh

    def kept(self, flow: Flow, notes: Mapping[str, Any]) -> dict[str, Any]:
        """What is noted by today's names, by those of the version that the case keeps."""
        names = {now: before for before, now in self.fields(flow).items()}
        return {names.get(fact, fact): value for fact, value in notes.items()}
