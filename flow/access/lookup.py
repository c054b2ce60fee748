"""Finds the cases that a number means, within what the asker may reach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.access.scope import LOOK_UP, Ties, outside, unknown, within
from flow.definitions.choices import WAREHOUSE
from flow.definitions.permissions import NAME, NOTHING, Scope
from flow.definitions.phones import TAIL_DIGITS, phone
from flow.errors import NotAllowed, NotFound, Unseen
from flow.orders.callers import orders_of
from models import Case, Order, Parcel, Task, tails

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.queryset import QuerySet

    from flow.definitions.phones import Phone
    from flow.desk import Desk
    from flow.people.directory import Directory
    from models.views.case import Person

SEARCH_LIMIT = 10
CANDIDATES = 200  #: the newest cases that a phone's tail may mean, before those out of scope are left out
HISTORY_SHOWN = 3  #: cases of a customer beside the one that was asked for
CASE_NUMBER = re.compile(r"R\d{8}-\d+")
CASE_NO, ORDER_NO, WAYBILL, MOBILE, TAIL, CASE_TAIL = "单号", "订单号", "运单号", "手机号", "手机尾号", "单号尾数"
CUSTOMER = "客户姓名"


@dataclass(frozen=True, slots=True)
class Found:
    """Cases that a number means, and as what it was read."""

    what: str
    ids: list[int]


async def find(desk: Desk, word: str, who: Person) -> list[Found]:
    """The cases that a number means, by what it may be, the likeliest first, each with its newest case first.

    Raises NotFound, with all that was tried, when there is none in scope: of a case out of scope nobody hears more
    than of one that is not there.
    """
    if CASE_NUMBER.fullmatch(word.upper()):
        return [Found(CASE_NO, [(await case_of(desk, word, who)).id])]
    found, seen = [], set[int]()
    for what, ids in await _ways(word, by_name=_by_name(desk, word, who)):
        fresh = [case_id for case_id in await within_reach(desk, ids, who) if case_id not in seen]
        seen.update(fresh)
        found += [Found(what, fresh)] if fresh else []
    if not found:
        raise NotFound(f"没有找到 {word}：{tried(word, by_name=_by_name(desk, word, who))}")
    return found


async def find_cases(desk: Desk, word: str, who: Person) -> list[int]:
    """Ids of the cases that a number means, whatever it may be; raises as ``find`` does."""
    return [case_id for each in await find(desk, word, who) for case_id in each.ids]


def _by_name(desk: Desk, word: str, who: Person) -> bool:
    """Whether a word may be a customer's name to somebody who may know of those."""
    sees = desk.business.matrix.sees(who.roles, NAME) != NOTHING
    return sees and len(word) > 1 and not any(map(str.isdigit, word))


def tried(word: str, *, by_name: bool = False) -> str:
    """What a word was taken for that nothing was found by."""
    asked = phone(word)
    as_what = [ORDER_NO, WAYBILL]
    if asked:
        as_what += [MOBILE if asked.is_mobile else TAIL]
    if _is_tail(word):
        as_what += [CASE_TAIL]
    as_what += [CUSTOMER] if by_name else []
    return f"当作{'、'.join(as_what)}都没有查到；可以查单号、订单号、运单号或手机尾号"


async def _ways(word: str, *, by_name: bool = False) -> list[tuple[str, list[int]]]:
    """What a word may mean, the likeliest first, with the ids that it then means."""
    asked = phone(word)
    ways = [(ORDER_NO, await _newest(Case.filter(order_no__in=spellings(word))))]
    ways += [(WAYBILL, await _by_waybill(word.upper()))]
    if asked:
        ways += [(MOBILE if asked.is_mobile else TAIL, await _by_phone(asked))]
    if _is_tail(word):
        ways += [(CASE_TAIL, await tails.cases_by_serial(word, CANDIDATES))]
    if by_name:
        ways += [(CUSTOMER, await _newest(Case.filter(order_id__in=await called(word))))]
    return ways


async def called(name: str) -> list[int]:
    """Ids of the newest orders of everybody who is called so."""
    return await tails.orders_of(name, CANDIDATES)


def _is_tail(word: str) -> bool:
    return len(word) == TAIL_DIGITS and word.isdecimal()


def spellings(word: str) -> tuple[str, ...]:
    """An order's number as it was typed, and in capitals."""
    return tuple(dict.fromkeys((word, word.upper())))


async def _newest(cases: QuerySet[Case]) -> list[int]:
    rows = await cases.order_by("-id").limit(CANDIDATES).values_list("id", flat=True)
    return list(dict.fromkeys(int(str(case_id)) for case_id in rows))


async def _by_waybill(waybill: str) -> list[int]:
    parcels = Parcel.filter(waybill=waybill).exclude(case_id=None).order_by("-case_id").limit(CANDIDATES)
    ids = await parcels.values_list("case_id", flat=True)
    return list(dict.fromkeys(int(str(case_id)) for case_id in ids))


async def _by_phone(asked: Phone) -> list[int]:
    """The cases of a number, however it was written when the order came in."""
    orders = await orders_of(asked)
    return await _newest(Case.filter(order_id__in=orders)) if orders else []


async def find_orders(desk: Desk, word: str, who: Person) -> list[Order]:
    """The orders without a case that a number or a customer's phone means, the newest first, of somebody's shops.

    Of an order that has a case out of their reach they hear nothing.
    """
    asked = phone(word)
    found = await Order.filter(no__in=spellings(word)).order_by("-ordered_at").limit(SEARCH_LIMIT)
    if not found and asked and (theirs := await orders_of(asked)):
        found = await Order.filter(id__in=theirs).order_by("-ordered_at", "-id")
    if not found and _by_name(desk, word, who):
        found = await Order.filter(id__in=await called(word)).order_by("-ordered_at", "-id")
    shops = shops_of(desk, who)
    cases = await Case.filter(order_id__in=[order.id for order in found]).only("id", "order_id")
    taken = {case.order_id for case in cases}
    free = [order for order in found if order.id not in taken and (shops is None or order.shop in shops)]
    return free[:SEARCH_LIMIT]


def shops_of(desk: Desk, who: Person) -> frozenset[str] | None:
    """The shops whose orders somebody may know of; None is all."""
    scopes = desk.business.matrix.reach(who.roles, LOOK_UP)
    return frozenset(who.shops) if who.shops and Scope.SHOP in scopes and Scope.ALL not in scopes else None


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


async def case_of(desk: Desk, no: str, who: Person, command: str = LOOK_UP) -> Case:
    """The case of that number, on which somebody may use a command. Raises as ``ensure_in_scope`` does."""
    case = await Case.get_or_none(no=no.upper())
    if case is None:
        raise await unseen(desk, who, no)
    await ensure_in_scope(desk, case.id, who, command)
    return case


async def ensure_in_scope(desk: Desk, case_id: int, who: Person, command: str = LOOK_UP, *, named: bool = True) -> None:
    """Raises Unseen for a case that somebody may not know of; it is that of no case, of that number where it is named.

    Raises NotAllowed, saying who may, for one that they know and on which they may not use the command.
    """
    matrix, staff = desk.business.matrix, await desk.staff.now()
    ties = (await _ties([case_id])).get(case_id)
    if ties and within(matrix.reach(who.roles, command), who, ties, staff):
        return
    no = (await Case.get(id=case_id).only("id", "no")).no if ties else ""
    if ties and _knows(desk, who, ties, staff):
        raise NotAllowed(outside(no, who, ties, staff, matrix, command))
    raise await unseen(desk, who, no if named else "")


async def ensure_known(desk: Desk, case_id: int, who: Person) -> None:
    """Raises Unseen for a case of which somebody may not know that it exists."""
    ties = (await _ties([case_id])).get(case_id)
    if ties is None or not _knows(desk, who, ties, await desk.staff.now()):
        raise await unseen(desk, who)


def _knows(desk: Desk, who: Person, ties: Ties, staff: Directory) -> bool:
    """Whoever has had a hand in a case knows of it, as does whoever may look it up."""
    return who.id in ties.people or within(desk.business.matrix.reach(who.roles, LOOK_UP), who, ties, staff)


async def unseen(desk: Desk, who: Person, no: str = "") -> Unseen:
    """What somebody hears of a case that is not there, or that they may not know of."""
    what = f"售后单 {no.upper()}" if no else "这张售后单"
    return Unseen(unknown(what, who, await desk.staff.now(), desk.business.matrix))


async def reaches(desk: Desk, case_id: int, who: Person, command: str) -> bool:
    """Whether somebody may use a command on a case that is not only their own."""
    scopes = desk.business.matrix.reach(who.roles, command) - {Scope.OWN}
    ties = (await _ties([case_id])).get(case_id)
    return ties is not None and within(scopes, who, ties, await desk.staff.now())


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
