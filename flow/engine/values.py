"""The values of a step: the rules and where a case stands, who acts, and what comes of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flow.definitions.vocabulary import TODAY
from models.enums import CaseState, CloseReason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions import flow as d
    from flow.definitions.policy import Policy


@dataclass(frozen=True, slots=True)
class Rules:
    """What a case started with and keeps."""

    flow: d.Flow
    policy: Policy


@dataclass(frozen=True, slots=True)
class Slot:
    """One person's task, as a step sees it. A held one opens when the slot ``after`` has agreed."""

    id: int
    node: str
    owner: int
    held: bool = False
    after: int | None = None
    added: bool = False  #: by 加签


@dataclass(frozen=True, slots=True)
class Marking:
    """Where a case stands before the step. Where it has ended, these are the nodes of side branches that go on."""

    nodes: tuple[str, ...]
    facts: Mapping[str, Any]
    state: CaseState = CaseState.OPEN
    slots: tuple[Slot, ...] = ()
    undo: Mapping[str, Any] | None = None  #: where it stood before the last decision; see ``verbs.undoable``
    seen: str = ""  #: a node whose owner has looked since
    today: str = ""  #: the day of the step, ISO 8601; "" where no condition is to learn of it
    close_reason: CloseReason | None = None

    @property
    def days(self) -> dict[str, str]:
        """The day as a fact: who may act was settled on the day before, where the case goes is not."""
        return {TODAY: self.today} if self.today else {}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``owns`` are the nodes at which this person has an open task.

    The system owns every wait, or the one for which it speaks.
    """

    id: int | None
    name: str
    roles: frozenset[str] = frozenset()
    owns: frozenset[str] = frozenset()
    beyond: bool = False  #: the matrix lets this person do the verb on cases that are not theirs

    @property
    def is_system(self) -> bool:
        return self.id is None

    def slot(self, node: str, slots: tuple[Slot, ...]) -> Slot | None:
        """This person's open slot at ``node``."""
        mine = (slot for slot in slots if slot.owner == self.id and slot.node == node and not slot.held)
        return next(mine, None)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, as the record keeps it. ``rule`` names what decided when nobody did."""

    node: str
    action: str
    by_system: bool = False
    rule: str = ""
    effects: tuple[str, ...] = ()
    verdict: str = ""  #: what the card says afterwards: 已同意


@dataclass(frozen=True, slots=True)
class Transition:
    """What one action comes to: the steps taken, and where the case stands then."""

    steps: tuple[Step, ...]
    left: str
    nodes: tuple[str, ...]
    entered: tuple[str, ...]
    facts: Mapping[str, Any]
    state: CaseState = CaseState.OPEN
    close_reason: CloseReason | None = None
    gone: frozenset[str] = frozenset()  #: nodes whose tasks are over: the one left, and siblings that a fork lost
    pending: Pending | None = None  #: the case does not move, but slots change
    slot: int | None = None  #: the slot that has agreed, where the case stays
    prefers: Mapping[str, int] = field(default_factory=dict)  #: node -> the member who gets it back
    after_end: bool = False  #: the case had ended before; only a side branch has moved

    @property
    def ends(self) -> bool:
        """Whether the case ends with this step, and not before."""
        return self.state.ended and not self.after_end


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing happened. ``missing`` are questions whose answers the action needs first."""

    reason: str
    missing: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[d.Field, ...] = ()  #: the same for form fields, which say how to read an answer


@dataclass(frozen=True, slots=True)
class Pending:
    """The case stays at ``node``: these slots end, those open, and a further level may be staffed."""

    node: str
    closes: tuple[int, ...] = ()
    opens: tuple[int, ...] = ()
    level: int | None = None
    facts: Mapping[str, Any] | None = None
