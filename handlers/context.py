"""What a handler gets beside the event, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cards.types import Card, Content

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flow.desk import Desk
    from flow.directory import Directory
    from models.values import Person


@dataclass(frozen=True, slots=True)
class Ctx:
    """Who asks, when, where, and the business. ``at`` is aware and in the merchant's zone."""

    me: Person
    at: datetime
    desk: Desk
    platform: str
    chat: str | None = None
    card: str | None = None  #: token of the tapped card
    task_id: int | None = None  #: the task which that card shows
    people: Directory | None = None  #: the staff as it was when the event came

    def may(self, command: str) -> bool:
        return bool(self.me.roles & self.desk.business.permissions.get(command, frozenset()))


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture to be drawn after the answer is on its way; ``words`` are those of the request."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A card with buttons, and the token that names it for ever."""

    card: Card
    token: str
    name: str
    case_id: int | None = None
    task_id: int | None = None


Say = Content | Chart | Named


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say. ``face`` is the tapped card as it is now; ``says`` are further messages to the same person."""

    face: Card | None = None
    says: Sequence[Say] = ()

    @classmethod
    def of(cls, *says: Say) -> Reply:
        return cls(says=says)


Answers = dict[str, Any]
