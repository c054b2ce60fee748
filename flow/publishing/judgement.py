"""What is held against a change before it is published: its risks, who has agreed to them, what its trial was made on.

It stands with the first item of a proposal, so that it goes where the proposal goes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flow.definitions.business import POLICY
from flow.diff.renamed import under
from flow.publishing.risks import raised, risks
from flow.publishing.staffing import staffing
from flow.validation.cautions import cautions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flow.definitions.business import Bundle
    from models import Proposal
    from models.views.case import Person

    Key = tuple[str, str]

CAUTIONS, JUDGED = "cautions", "judged"  #: of an item: what whoever publishes it has to have seen; of the first alone
ON = "on"  #: of a simulation: what it was made of
TWO = 2  #: others who must agree before 自动上限 is lifted


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of a proposal as a whole."""

    risks: list[str] = field(default_factory=list)  #: ways for more money to go than before, the worst first
    lifted: list[str] = field(default_factory=list)  #: parts of 自动上限 that two others have to agree to
    red: int = 0  #: how many of the differences, the first ones, are about money
    moves: bool = False  #: whether money moves, so that it has to be tried on the past
    agreed: list[int] = field(default_factory=list)  #: members who have agreed to what takes two
    seen: list[int] = field(default_factory=list)  #: members who were shown everything
    on: str = ""  #: a print of what was published when it was judged

    @property
    def lacks(self) -> int:
        """How many others still have to agree before the last one publishes."""
        return max(0, TWO - 1 - len(self.agreed)) if self.lifted else 0


def judgement_of(proposal: Proposal) -> Judgement:
    said = proposal.items[0].get(JUDGED) if proposal.items else None
    return Judgement(**said) if said else Judgement()


def with_judgement(items: Sequence[Mapping[str, Any]], judged: Judgement) -> list[dict[str, Any]]:
    """The items, of which the first says it."""
    return [{**item, **({JUDGED: asdict(judged)} if n == 0 else {})} for n, item in enumerate(items)]


def judge(
    old: Bundle, new: Bundle, about: Mapping[Key, Any], staff: Iterable[Person] | None, kept: Judgement
) -> tuple[Judgement, dict[Key, list[str]]]:
    """What is to be seen of the changed texts ``about``, which have been checked, and their other cautions by text.

    ``kept`` is what the differences themselves say. With ``staff`` also whom the change names and nobody is.
    """
    changed, published = list(about), print_of(old)
    old, _ = under(old, new)  # what only has another name is no other way for the money
    found = cautions(old, new, changed)
    dead = [words for key, of in found.items() if key[0] == POLICY for words in of]
    lifted = raised(old, new)
    first = [f"{words}，要两位别人同意" for words in lifted]
    said = list(dict.fromkeys([*first, *risks(old, new, changed), *dead]))
    others = {key: [words for words in of if words not in said] for key, of in found.items()}
    told = staffing(old, new, changed, staff) if staff is not None else []
    if told:
        others[changed[0]] = [*others.get(changed[0], []), *told]
    return Judgement(said, lifted, kept.red, kept.moves or bool(said), on=published), others


def agreed(judged: Judgement, member: int) -> Judgement:
    return replace(judged, agreed=list(dict.fromkeys([*judged.agreed, member])))


def seen(judged: Judgement, member: int) -> Judgement:
    return replace(judged, seen=list(dict.fromkeys([*judged.seen, member])))


def print_of(texts: Bundle) -> str:
    """A short print of what a simulation was made of."""
    said = "\0".join(f"{kind}\0{name}\0{text}" for (kind, name), text in sorted(texts.items()))
    return sha256(said.encode()).hexdigest()[:16]
