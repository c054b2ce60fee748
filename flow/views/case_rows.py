"""The rows that the view of a case is made of, read in one visit to the engine: a card is drawn of them every time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tortoise.exceptions import DoesNotExist

from models import Case, CaseLine, Event, Parcel, Refund, Task, TaskState
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Sequence

_OF = "case_id = ?"


@dataclass(frozen=True, slots=True)
class CaseRows:
    """A case with what hangs on it, each in its sequence."""

    case: Case
    lines: Sequence[CaseLine]
    tasks: Sequence[Task]  #: those that are open
    parcels: Sequence[Parcel]
    refund: Refund | None  #: the newest
    events: Sequence[Event]


async def rows_of_case(case_id: int, *, events: bool) -> CaseRows:
    """As they are now; no events unless they are shown. Raises DoesNotExist."""
    wanted: list[tuple[Any, str, tuple[Any, ...]]] = [
        (Case, "id = ?", (case_id,)),
        (CaseLine, f"{_OF} ORDER BY id", (case_id,)),
        (Task, f"{_OF} AND state = ? ORDER BY id", (case_id, TaskState.OPEN)),
        (Parcel, f"{_OF} ORDER BY id", (case_id,)),
        (Refund, f"{_OF} ORDER BY id DESC LIMIT 1", (case_id,)),
    ]
    wanted += [(Event, f"{_OF} ORDER BY seq", (case_id,))] if events else []
    await session.claims_settled()  # what was put aside is to be seen, too
    found = await session.batch(*(session.reading(model, where, *params) for model, where, params in wanted))
    rows = [session.to_models(model, outcome) for (model, *_), outcome in zip(wanted, found, strict=True)]
    cases, lines, tasks, parcels, refunds, *rest = rows
    if not cases:
        raise DoesNotExist(Case)
    return CaseRows(cases[0], lines, tasks, parcels, next(iter(refunds), None), rest[0] if rest else ())
