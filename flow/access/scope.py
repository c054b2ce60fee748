"""Whose a case is, and whether it is within what somebody may reach. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.access.permissions import ask
from flow.definitions.permissions import Scope

if TYPE_CHECKING:
    from collections.abc import Collection

    from flow.definitions.permissions import Matrix
    from flow.people.directory import Directory
    from models.views.case import Person


LOOK_UP = "查"


@dataclass(frozen=True, slots=True)
class Ties:
    """Who and what a case belongs to. An imported case may have no people."""

    people: frozenset[int]  #: who opened it, has or had a task on it, or was stood in for
    shop: str = ""
    warehouse: str = ""  #: where its goods go


def within(scopes: Collection[Scope], who: Person, ties: Ties, staff: Directory) -> bool:
    """Whether a case is in one of somebody's scopes. No scope reaches nothing."""
    if not scopes or Scope.ALL in scopes:
        return bool(scopes)
    if ties.people & ({who.id} if set(scopes) == {Scope.OWN} else circle(who, staff)):
        return True
    if Scope.SHOP in scopes and (not who.shops or ties.shop in who.shops):
        return True
    return Scope.WAREHOUSE in scopes and ties.warehouse in who.warehouses


def circle(who: Person, staff: Directory) -> frozenset[int]:
    """Ids of somebody, of their team, and of everybody below them."""
    return frozenset(p.id for p in (who, *staff.in_team(who.team), *staff.reports_of(who.id)))


def unknown(what: str, who: Person, staff: Directory, matrix: Matrix) -> str:
    """The sentence for a case that is not there, and for one that somebody may not know of, word for word the same.

    Whoever may look everything up hears that there is none; others also how far they see, and whom to ask.
    """

    def sees_all(person: Person) -> bool:
        return Scope.ALL in matrix.reach(person.roles, LOOK_UP)

    if sees_all(who):
        return f"没有找到{what}"
    above = next((boss for boss in staff.above(who.id) if sees_all(boss)), None)
    able = [above] if above else [person for person in staff.by_id.values() if sees_all(person)]
    scope = matrix.may(who.roles, LOOK_UP)
    reach = f"（{scope}的单）" if scope else ""
    return f"没有找到{what}，也可能不在你能看的范围{reach}，可以找 {ask(matrix, able, LOOK_UP)}"


def outside(no: str, who: Person, ties: Ties, staff: Directory, matrix: Matrix, command: str) -> str:
    """The sentence that refuses a case: the nearest superior who may, else those who may."""

    def reaches(person: Person) -> bool:
        return within(matrix.reach(person.roles, command), person, ties, staff)

    above = next((boss for boss in staff.above(who.id) if reaches(boss)), None)
    able = [above] if above else [person for person in staff.by_id.values() if reaches(person)]
    scope = matrix.may(who.roles, command)
    reach = f"（{scope}的单）" if scope else ""
    verb = "看" if command == LOOK_UP else command
    return f"{no} 不在你能{verb}的范围{reach}，可以找 {ask(matrix, able, command)}"
