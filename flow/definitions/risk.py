"""Customers at whom a person looks before they are paid. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import NO, word
from flow.definitions.vocabulary import BLOCKED, FLAG_BEFORE, LISTED, RISKY

if TYPE_CHECKING:
    from collections.abc import Mapping


def risky(facts: Mapping[str, Any]) -> bool:
    """Whether a person has to look before this customer is paid: by the choices, a rule, or the list."""
    flagged = any(word(facts.get(fact)) != NO for fact in (RISKY, FLAG_BEFORE))
    return flagged or word(facts.get(LISTED)) == BLOCKED
