"""By whose word a case asks for what it does: its submitter, and whoever has changed it or taken it up again. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.vocabulary import CHANGERS, CREATOR, HANDLERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def asked(facts: Mapping[str, Any]) -> frozenset[int]:
    """Members by whose word a case asks for what it does.

    Its submitter, whoever has changed that or taken it up again, and those of the case from which it follows.
    """
    creator = facts.get(CREATOR)
    named = (member for fact in (CHANGERS, HANDLERS) for member in facts.get(fact) or ())
    return frozenset((*(() if creator is None else (creator,)), *named))


def handled_by(facts: Mapping[str, Any], members: Iterable[int]) -> list[int]:
    """``HANDLERS`` once these members have brought a case about, too; the submitter is kept out anyway."""
    return sorted({*(facts.get(HANDLERS) or ()), *members} - {facts.get(CREATOR)})


def changed_by(facts: Mapping[str, Any], member: int) -> list[int]:
    """``CHANGERS`` once ``member`` has changed what is asked for; the submitter is kept out anyway."""
    known = list(facts.get(CHANGERS) or ())
    return known if member in (*known, facts.get(CREATOR)) else [*known, member]
