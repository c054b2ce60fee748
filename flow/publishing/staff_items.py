"""A change of the staff as a proposal keeps it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flow.people.changes import Change

if TYPE_CHECKING:
    from models import Proposal

KIND = "member"  #: of the one item of such a proposal; its text is the change


def is_of_staff(proposal: Proposal) -> bool:
    return any(item["kind"] == KIND for item in proposal.items)


def change_in(proposal: Proposal) -> Change:
    """The change that a proposal is about."""
    return Change.of(json.loads(proposal.items[0]["text"]))


def text_of(change: Change) -> str:
    return json.dumps(change.data(), ensure_ascii=False, sort_keys=True)
