"""A rehearsal as it stands: a case, whose turn it is and what has come of it, as values that a dialog keeps."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flow.definitions.vocabulary import SYSTEM
from models import Case, CaseLine, Task, TaskState
from models.enums import CaseState, CloseReason
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.engine.counting import Line

NUMBER = "演练单"  #: what stands where a case has its number


@dataclass(slots=True)
class Seat:
    """Whose turn it is at a node; moments are ISO 8601."""

    id: int
    node: str
    owner_id: int  #: 0 where nobody of the staff has it: a wait
    opened_at: str
    due_at: str
    why: str = ""
    level: int = 0
    for_id: int | None = None
    reminded: bool = False

    @property
    def due(self) -> datetime:
        return datetime.fromisoformat(self.due_at)

    def task(self) -> Task:
        """The same as the engine's surroundings know it; it is never saved."""
        return Task(
            id=self.id, case_id=0, node=self.node, visit=0, owner_id=self.owner_id, why=self.why, level=self.level,
            for_id=self.for_id, opened_at=datetime.fromisoformat(self.opened_at), due_at=self.due, state=TaskState.OPEN,
        )  # fmt: skip


@dataclass(slots=True)
class Play:
    """Everything that a rehearsal knows. Names and numbers of customers are no part of it."""

    run: int  #: tells the cards of one rehearsal from those of the one before
    rules: str  #: what the draft is about by which it goes; "" for the rules in force
    texts: list[list[str]]  #: kind, name and text of the flow, the policy, and all that the draft changes
    flow: str
    policy: str
    kind: str
    return_type: str
    note: str
    order_no: str
    shop: str
    creator_id: int
    opened_at: str
    basis: dict[str, str]  #: how the amount came about, as a case's snapshot has it
    lines: list[dict[str, Any]]
    facts: dict[str, Any]
    amount: str = "0.00"
    state: str = CaseState.OPEN.value
    close_reason: str | None = None
    nodes: list[str] = field(default_factory=list)
    undo: dict[str, Any] | None = None
    version: int = 1
    seats: list[Seat] = field(default_factory=list)
    seat_count: int = 0
    log: list[dict[str, Any]] = field(default_factory=list)  #: events, each with its moment
    skipped: float = 0.0  #: seconds of fast forward
    refund: str = ""  #: yuan that the shop would have been asked for
    refund_error: str = ""
    stock: list[list[Any]] = field(default_factory=list)  #: product, zone, units
    told: list[str] = field(default_factory=list)  #: what the customer would have read
    cards: list[list[Any]] = field(default_factory=list)  #: those on the phone that are live: token and seat
    shown: int = 0  #: cards so far
    set_off: list[str] = field(default_factory=list)  #: automatic rules, reminders and further cases

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Play:
        """The rehearsal that a dialog keeps."""
        return cls(**{**data, "seats": [Seat(**seat) for seat in data["seats"]]})

    def data(self) -> dict[str, Any]:
        """What a dialog keeps of it."""
        return asdict(self)

    def now(self, at: datetime) -> datetime:
        """What the clock of the rehearsal shows at a moment of the world's."""
        return at + timedelta(seconds=self.skipped)

    @property
    def ended(self) -> bool:
        return CaseState(self.state).ended and not self.nodes

    def seat(self, number: int) -> Seat | None:
        return next((seat for seat in self.seats if seat.id == number), None)

    def case(self) -> Case:
        """The case as the engine's surroundings know it; it is never saved."""
        return Case(
            id=0, no=NUMBER, kind=self.kind, return_type=self.return_type, reason=self.note[:64], note=self.note,
            shop=self.shop, order_no=self.order_no, snapshot=self.basis, state=CaseState(self.state),
            close_reason=CloseReason(self.close_reason) if self.close_reason else None, nodes=list(self.nodes),
            facts=dict(self.facts), amount=yuan(self.amount), version=self.version, creator_id=self.creator_id,
            opened_at=datetime.fromisoformat(self.opened_at), undo=self.undo,
        )  # fmt: skip

    def case_lines(self) -> list[CaseLine]:
        return [CaseLine(**{**line, "case_id": 0, "paid": yuan(line["paid"])}) for line in self.lines]

    def count(self, lines: tuple[Line, ...]) -> None:
        """Keep how many units came, and how many passed."""
        counted = {line.id: line for line in lines}
        for line in self.lines:
            if now := counted.get(line["id"]):
                line |= {"received": now.received, "accepted": now.accepted, "damaged": now.damaged}

    def put_down(self, at: datetime, entry: Mapping[str, Any], *, passing: bool) -> None:
        """Put a step on the rehearsal's own record."""
        self.log.append({"actor": SYSTEM, "node": "", "data": {}, **entry, "at": at.isoformat(), "passing": passing})
