"""What can go wrong in the business; the message is what the person reads."""

from __future__ import annotations


class FlowError(Exception):
    """Something was refused and nothing was changed. ``str()`` is one Chinese sentence for whoever asked."""

    alone = True  #: for whoever asked alone, also where they asked in a group

    def add(self, words: str) -> None:
        """Say something more, on a line of its own."""
        self.args = (f"{self}\n{words}",)


class NotAllowed(FlowError):
    """This person may not do this here; the sentence says who may."""


class StaleCase(FlowError):
    """Somebody else moved the case first; the asker gets the card as it is now."""


class PolicyRefused(FlowError):
    """The request breaks a rule of the business, such as a quantity over what was bought."""


class NotFound(FlowError):
    """No such order, case or parcel."""


class Unseen(NotFound):
    """A case that is not there, or that this person may not know of: the sentence is the same for both."""


class DefinitionError(FlowError):
    """A flow or policy file is wrong; ``problems`` are sentences that name the place."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems))
