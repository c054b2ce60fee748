"""What a handler gets beside the event, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from cards.payload import MAX_NUMBER
from cards.types import Card, Content, Text
from handlers.chat.characters import simplified
from handlers.chat.originals import as_typed, quoted_as_typed, whole_as_typed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flow.definitions.permissions import Scope
    from flow.desk import Desk
    from flow.people.directory import Directory
    from models.pipeline.session import Outcome
    from models.views.case import Person

LEFT = MAX_NUMBER + 1  #: above every version


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes that came with a message."""

    kind: str  #: image or file
    name: str
    data: bytes = field(repr=False)
    more: tuple[Upload, ...] = ()  #: further pictures of the same message


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
    upload: Upload | None = None  #: the file or photo that came with a message
    read: Sequence[Outcome] = ()  #: of what the event was sure to ask for; see ``root.ahead``
    since: int = 0  #: the oldest version of its case by which the tapped card may still be acted on; LEFT for none
    sure: bool = False  #: the statement was chosen on a card that showed its words
    typed: str = ""  #: the message as it came, by which words are kept and quoted

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """The pictures that came with the message."""
        first = self.upload
        return (first, *first.more) if first and first.kind == "image" else ()

    def reads(self, text: str) -> tuple[Ctx, str]:
        """A text as it is read, and what to keep of it by; colleagues are called as they are."""
        plain = simplified(text, [one.name for one in self.staff.by_id.values()])
        return (self if self.typed else replace(self, typed=text)), plain

    def kept(self, words: str) -> str:
        """Words that are kept, as they were typed."""
        return as_typed(words, self.typed)

    def kept_whole(self, words: str) -> str:
        """Words that customers read, as they were typed to the last character."""
        return whole_as_typed(words, self.typed)

    def quoted(self, text: str) -> str:
        """A text whose quotations of the message are as that was typed."""
        return quoted_as_typed(text, self.typed)

    def may(self, command: str) -> bool:
        return self.scope(command) is not None

    def scope(self, command: str) -> Scope | None:
        """On whose cases I may use a command; None where I may not at all."""
        return self.desk.business.matrix.may(self.me.roles, command)

    @property
    def staff(self) -> Directory:
        """The staff as it was when the event came, or as it was read last."""
        return self.people or self.desk.staff.known


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


@dataclass(frozen=True, slots=True)
class Drawing:
    """A flow to be drawn after the answer is on its way. ``data`` is a ``Sketch.data()``."""

    data: dict[str, Any]
    name: str
    caption: str


@dataclass(frozen=True, slots=True)
class Workbook:
    """A flow and a policy as the file that people edit, made at delivery, with a link to the same as text."""

    flow: str
    policy: str


@dataclass(frozen=True, slots=True)
class TemplateKit:
    """The print template of a paper as it is, or one to begin with, made at delivery, with a link to send it back."""

    paper: str


@dataclass(frozen=True, slots=True)
class Simulating:
    """A proposal to be tried on past cases; ``period`` are the words for which."""

    proposal_id: int
    period: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invitation:
    """The link of a customer's page, with what it takes to pass it on; made at delivery."""

    case_id: int


@dataclass(frozen=True, slots=True)
class CasePapers:
    """The documents of a case as a file, made at delivery for the asker alone."""

    case_id: int
    paper: str = ""  #: the one that is printed by a template which is not published yet
    digest: str = ""  #: of that template


Form = Literal["case_list", "case_lines", "my_cases"]  #: of a list: a file, the newest, or those of the asker


@dataclass(frozen=True, slots=True)
class CaseList:
    """Cases as a file for the asker alone, or some of them in words; ``words`` are those of the request.

    Made at delivery.
    """

    words: tuple[str, ...]
    form: Form = "case_list"


@dataclass(frozen=True, slots=True)
class Greeting:
    """Who somebody is here, what waits for them, and what to say first; made at delivery.

    What nobody has asked for is said once a day.
    """

    unasked: bool = False


Say = (
    Content
    | Chart
    | Named
    | Drawing
    | Workbook
    | TemplateKit
    | Simulating
    | Invitation
    | CasePapers
    | CaseList
    | Greeting
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say. ``face`` is the tapped card as it is now; ``says`` are further messages to the same person.

    What was asked in a group is answered there only where ``alone`` is False: nobody knows who reads along.
    """

    face: Card | None = None
    says: Sequence[Say] = ()
    alone: bool = True
    unread: bool = False  #: the words were no answer to what was asked

    @classmethod
    def of(cls, *says: Say) -> Reply:
        return cls(says=says)


Answers = dict[str, Any]


def quoting(ctx: Ctx, reply: Reply) -> Reply:
    """A reply whose texts quote the message as it was typed."""
    says = [replace(say, body=ctx.quoted(say.body)) if isinstance(say, Text) else say for say in reply.says]
    return replace(reply, says=says)


def joined(says: Sequence[Say]) -> list[Say]:
    """Answers in words that follow each other are one message."""
    found: list[Say] = []
    for say in says:
        if isinstance(say, Text) and found and isinstance(found[-1], Text):
            found[-1] = Text(f"{found[-1].body}\n{say.body}", (*found[-1].links, *say.links))
        else:
            found.append(say)
    return found
