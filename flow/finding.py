"""Finds the cases that a number means, within what the asker may reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.choices import WAREHOUSE
from flow.errors import NotAllowed, NotFound
from flow.scope import LOOK_UP, Ties, outside, within
from models import Case, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.queryset import QuerySet

    from flow.desk import Desk
    from models.values import Person

SEARCH_LIMIT = 10
CANDIDATES = 200  #: the newest cases that a phone's tail may mean, before those out of scope are left out
HISTORY_SHOWN = 3  #: cases of a customer beside the one that was asked for
TAIL_DIGITS, MOBILE_DIGITS = 4, 11


async def find_cases(desk: Desk, word: str, who: Person) -> list[int]:
    """Ids of the cases that a number means, the newest first: case, order, waybill, or the tail of a phone.

    Raises NotFound when there is none in scope, and NotAllowed for a whole case number out of scope.
    """
    if case := await Case.get_or_none(no=word.upper()).only("id"):
        await ensure_in_scope(desk, case.id, who)
        return [case.id]
    for way in _ways(word):
        rows = await way.order_by("-id").limit(CANDIDATES).values_list("id", flat=True)
        if found := await within_reach(desk, [int(str(case_id)) for case_id in rows], who):
            return found
    raise NotFound(f"没有找到 {word}：可以查单号、订单号、运单号或手机尾号")


def _ways(word: str) -> list[QuerySet[Case]]:
    """What a word may mean, the likeliest first."""
    ways = [Case.filter(order_no=word), Case.filter(parcels__waybill=word.upper())]
    if word.isdigit() and TAIL_DIGITS <= len(word) <= MOBILE_DIGITS:
        ways.append(Case.filter(order__mobile__endswith=word))
    return ways


async def within_reach(desk: Desk, case_ids: Sequence[int], who: Person, command: str = LOOK_UP) -> list[int]:
    """Those of the cases on which somebody may use a command, in the same order."""
    scopes, staff = desk.business.matrix.reach(who.roles, command), await desk.staff.now()
    ties = await _ties(case_ids) if case_ids else {}
    return [case_id for case_id in case_ids if within(scopes, who, ties[case_id], staff)]


async def others_of(desk: Desk, case_id: int, who: Person, limit: int = HISTORY_SHOWN) -> list[int]:
    """Ids of the same customer's newest other cases that somebody may look up; none where the customer is unknown."""
    case = await Case.get(id=case_id).only("id", "customer")
    if not case.customer:
        return []
    others = Case.filter(customer=case.customer).exclude(id=case_id).order_by("-id").limit(CANDIDATES)
    rows = await others.values_list("id", flat=True)
    return (await within_reach(desk, [int(str(other)) for other in rows], who))[:limit]


async def ensure_in_scope(desk: Desk, case_id: int, who: Person, command: str = LOOK_UP) -> None:
    """Raises NotAllowed, saying who may, where a case is out of somebody's scope for a command."""
    matrix, staff = desk.business.matrix, await desk.staff.now()
    ties = (await _ties([case_id]))[case_id]
    if not within(matrix.reach(who.roles, command), who, ties, staff):
        case = await Case.get(id=case_id).only("id", "no")
        raise NotAllowed(outside(case.no, who, ties, staff, matrix, command))


async def _ties(case_ids: Sequence[int]) -> dict[int, Ties]:
    """Who and what each of the cases belongs to."""
    cases = await Case.filter(id__in=case_ids).values_list("id", "creator_id", "shop", "facts")
    hands = {case_id: {creator} for case_id, creator, _, _ in cases}
    for case_id, owner, absent in await Task.filter(case_id__in=case_ids).values_list("case_id", "owner_id", "for_id"):
        hands[case_id] |= {owner, absent}
    return {
        case_id: Ties(frozenset(filter(None, hands[case_id])), shop, str(facts.get(WAREHOUSE) or ""))
        for case_id, _, shop, facts in cases
    }
