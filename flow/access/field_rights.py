"""Which answers of a form a reader does not see: 隐藏 at every node that their roles have. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flow.definitions.flow import HIDE
from flow.engine.field_changes import FIELDS, IS, WAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flow.definitions.flow import Flow
    from models.views.case import CaseView


def unseen(flow: Flow, roles: Iterable[str]) -> frozenset[str]:
    """The fields that none of these roles sees; whoever has one more role sees what that one does."""
    if not any(HIDE in node.rights.values() for node in flow.nodes.values()):
        return frozenset()
    each = [_blind(flow, role) for role in roles]
    return frozenset.intersection(*each) if each else frozenset()


def _blind(flow: Flow, role: str) -> frozenset[str]:
    """What is hidden at a node of the role, and neither asked nor shown at another one of it."""
    own = [node for node in flow.nodes.values() if node.owner and node.owner.role == role]
    hidden = {name for node in own for name, right in node.rights.items() if right == HIDE}
    told = {name for node in own for name, right in node.rights.items() if right != HIDE}
    asked = {field.name for node in own for field in node.form}
    return frozenset(hidden - told - asked - {name for node in own for name in node.shows})


def without(view: CaseView, names: frozenset[str]) -> CaseView:
    """The view without answers to these fields, as if they had never been asked."""
    if not names:
        return view
    return replace(
        view, asks=tuple(name for name in view.asks if name not in names), yuan=view.yuan - names,
        facts={name: value for name, value in view.facts.items() if name not in names},
        events=tuple(replace(event, data=_less(event.data, names)) for event in view.events),
    )  # fmt: skip


def _less(data: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """What an event says, without these answers, nor what they were before, also where another answer changed them."""
    told = (*(data.get(FIELDS) or {}), str(data.get(WAS) or ""), str(data.get(IS) or ""))
    gone = {FIELDS, WAS, IS} if any(name in words for name in names for words in told) else set()
    return {name: value for name, value in data.items() if name not in names | gone}
