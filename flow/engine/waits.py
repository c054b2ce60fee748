"""等待: what the program can tell a case that waits, and when a wait, or people's time, is over by itself. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flow.definitions.flow import WAIT
from flow.definitions.vocabulary import ANNOUNCED, ON_ITS_WAY, PAID, REFUSED, TIME_UP, UNTIL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.flow import Flow, Node
    from flow.engine.values import Transition


def goes_by_itself(node: Node, action: str) -> bool:
    """Whether an action is for the program to take, and not for people."""
    return node.kind == WAIT or action == TIME_UP


def hears_of_refund(node: Node) -> bool:
    """Whether what a node waits for is the shop's answer."""
    return node.kind == WAIT and bool({PAID, REFUSED} & node.actions.keys())


def timed(flow: Flow, transition: Transition, now: datetime, away: timedelta = timedelta(0)) -> dict[str, Any]:
    """The facts of a transition with when each of its waits is over; ``away`` is how long the case was put aside."""
    facts = dict(transition.facts)
    before: Mapping[str, str] = facts.pop(UNTIL, None) or {}
    found = {}
    for name in transition.nodes:
        if (limit := _limit(flow, name, facts)) is not None:
            stays = before.get(name) if limit and name not in transition.entered else None
            until = datetime.fromisoformat(stays) + away if stays else now + limit
            found[name] = until.isoformat()
    return facts | ({UNTIL: found} if found else {})


def _limit(flow: Flow, name: str, facts: Mapping[str, Any]) -> timedelta | None:
    """How long a case stays at a node until the program goes on; None where that is not for the clock to say."""
    node = flow.nodes[name]
    if node.kind != WAIT:
        return node.actions[TIME_UP].after if TIME_UP in node.actions else None
    if hears_of_refund(node):  # money may be on its way for as long as the shop has not answered
        return None
    if ANNOUNCED in node.actions and facts.get(ON_ITS_WAY):
        return timedelta(0)
    return node.limit if TIME_UP in node.actions else None


def first_over(facts: Mapping[str, Any]) -> datetime | None:
    """The moment at which the first of a case's waits is over by itself."""
    return min((datetime.fromisoformat(until) for until in (facts.get(UNTIL) or {}).values()), default=None)


def over(flow: Flow, facts: Mapping[str, Any], now: datetime) -> list[tuple[str, str]]:
    """The waits that are over: each node with the action that says so."""
    return [
        (name, ANNOUNCED if ANNOUNCED in flow.nodes[name].actions and facts.get(ON_ITS_WAY) else TIME_UP)
        for name, until in (facts.get(UNTIL) or {}).items()
        if datetime.fromisoformat(until) <= now
    ]
