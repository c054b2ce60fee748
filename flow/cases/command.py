"""What somebody wants done with a case, what came of it, and what has to be answered first. Values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.errors import NotAllowed
from models.views.case import By

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flow.definitions.flow import Field
    from flow.engine.values import Transition
    from flow.people.directory import Directory
    from models import Case, Task
    from models.pipeline.session import Outcome
    from models.views.case import LineView, Person, Verdict


class Asks(NotAllowed):
    """The action needs answers first: ``questions`` by fact, and ``fields`` of the node's form."""

    def __init__(self, questions: Mapping[str, str], fields: Sequence[Field] = ()) -> None:
        self.questions, self.fields = questions, tuple(fields)
        super().__init__("；".join([*questions.values(), *(field.name for field in fields)]))


@dataclass(frozen=True, slots=True)
class Command:
    """An action on a case; ``who`` None is the system; ``answers`` holds answers, counts and choices."""

    case_id: int
    action: str
    who: Person | None
    at: datetime
    answers: Mapping[str, Any]
    card: str | None = None  #: token of the card that was tapped
    task_id: int | None = None  #: the task which that card shows
    people: Directory | None = None  #: the staff, where the caller has just looked
    read: Sequence[Outcome] = ()  #: of ``case_file.reads``, where the caller has run it in this transaction
    node: str = ""  #: the wait that is over, where the case may stand at several
    new_facts: Mapping[str, Any] | None = None  #: what a case that is corrected begins again with

    @property
    def by(self) -> By[Person | None]:
        return By(self.who, self.at)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a command; enough to draw the record without reading anything again."""

    case: Case
    lines: tuple[LineView, ...]
    task: Task | None  #: the actor's own, closed by this
    transition: Transition
    verdict: Verdict
    pays: bool  #: as in ``CaseBrief``
    seq: int  #: of the event that keeps the actor's step
