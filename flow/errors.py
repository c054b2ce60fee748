"""What can go wrong in the business; the message is what the person reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a definition a finding stands, as far as it is about one place; what is empty is not told."""

    kind: str = ""  #: flow, policy, reasons, roles, notices …: the text
    name: str = ""  #: of the flow, the policy, the return type, the role, the notice
    node: str = ""
    action: str = ""
    level: str = ""
    way: int = 0  #: the n-th way of the action, of the node where there is none; -1: the last one
    target: str = ""  #: the node that the way leads to
    table: str = ""
    row: int = 0  #: of the table, from 1
    column: str = ""  #: the key, the column or the command
    subject: str = ""  #: the word that is wrong
    lacking: tuple[str, ...] = ()  #: keys that are missing
    of_whole: bool = False  #: of the flow as a whole: says nothing while parts of it are wrong
    of_cell: bool = False  #: of one name in one cell: true whatever else is wrong around it


class Problem(str):
    """What is wrong with a definition: one Chinese sentence, and the place that it is about."""

    __slots__ = ("parts", "place")

    parts: tuple[str | int, ...]  #: what is said without the place; a number is a row of the place's table
    place: Place

    def __new__(cls, words: str | tuple[str | int, ...], place: Place | None = None, before: str = "") -> Problem:
        parts = (words,) if isinstance(words, str) else words
        self = super().__new__(cls, before + "".join(map(str, parts)))
        self.parts, self.place = parts, place or Place()
        return self

    @classmethod
    def of(cls, words: str) -> Problem:
        """``words`` itself where it has a place, else without one."""
        return words if isinstance(words, Problem) else cls(words)

    @property
    def words(self) -> str:
        """What is said without the place."""
        return "".join(map(str, self.parts))

    def renumbered(self, row_of: Callable[[int], int]) -> str:
        """``words`` with each row under the number that it has elsewhere."""
        return "".join(part if isinstance(part, str) else str(row_of(part)) for part in self.parts)

    def placed(self, **place: Any) -> Problem:
        """The same sentence with its place completed."""
        return self.under("", **place)

    def under(self, before: str, **place: Any) -> Problem:
        """The problem with the name of its place before it; ``place`` completes the place."""
        return Problem(self.parts, replace(self.place, **place), before + self.removesuffix(self.words))

    def at_node(self, node: str, action: str = "") -> Problem:
        """The problem as one of a node, or of an action there."""
        if action:
            return self.under(f"节点“{node}”的“{action}”：", node=node, action=action)
        return self.under(f"节点“{node}”：", node=node)

    def after(self, before: str, **place: Any) -> Problem:
        """The problem with more words before it, which belong to what is said."""
        return Problem((before + self.removesuffix(self.words), *self.parts), replace(self.place, **place))


class FlowError(Exception):
    """Something was refused and nothing was changed. ``str()`` is one Chinese sentence for whoever asked."""

    alone = True  #: for whoever asked alone, also where they asked in a group

    def add(self, words: str) -> None:
        """Say something more, on a line of its own."""
        self.args = (f"{self}\n{words}",)


class NotAllowed(FlowError):
    """This person may not do this here; the sentence says who may."""


class NotShown(NotAllowed):
    """What is asked for is known, and this person may not see it; the sentence says who may."""


class StaleCase(FlowError):
    """Somebody else moved the case first; the asker gets the card as it is now."""


class PolicyRefused(FlowError):
    """The request breaks a rule of the business, such as a quantity over what was bought."""


class NotFound(FlowError):
    """No such order, case or parcel."""


class NotUnderstood(NotFound):
    """Nobody knows what words mean where they were said, so that nothing was looked for."""


class Unseen(NotFound):
    """A case that is not there, or that this person may not know of: the sentence is the same for both."""


class DefinitionError(FlowError):
    """A flow or policy file is wrong; ``problems`` are sentences that name the place, and carry it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = [Problem.of(problem) for problem in problems]
        super().__init__("；".join(self.problems))
