"""The address book as far as the app may see it (D/90200, D/90208)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.channels.base import Contact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.channels.wecom.errors import Answer

ACTIVE = 1  #: ``status`` of a member: 2 disabled, 4 never activated, 5 left


@dataclass(frozen=True, slots=True)
class Department:
    """A node of the tree; ``leaders`` are userids in lower case."""

    id: int
    parent: int
    leaders: tuple[str, ...]


class Book(Protocol):
    """The call that reads a page of it: ``WeComApi.get``."""

    async def __call__(self, api: str, **query: str) -> Answer: ...


async def read_contacts(get: Book) -> list[Contact]:
    """Every visible member once, in the order of the departments."""
    answer = await get("/cgi-bin/department/list")
    tree = {each["id"]: _department(each) for each in answer["department"]}
    members: dict[str, dict[str, Any]] = {}
    for root in _roots(tree.values()):
        listed = await get("/cgi-bin/user/list", department_id=str(root), fetch_child="1")
        members |= {each["userid"].lower(): each for each in listed["userlist"]}
    return [_contact(userid, each, tree) for userid, each in members.items()]


def _department(raw: dict[str, Any]) -> Department:
    leaders = tuple(userid.lower() for userid in raw.get("department_leader") or ())
    return Department(raw["id"], raw.get("parentid", 0), leaders)


def _roots(departments: Iterable[Department]) -> list[int]:
    """Those whose parent is out of sight: an app need not see the whole company."""
    visible = {each.id: each for each in departments}
    return [each.id for each in visible.values() if each.parent not in visible]


def _contact(userid: str, raw: dict[str, Any], tree: dict[int, Department]) -> Contact:
    direct = [each.lower() for each in raw.get("direct_leader") or ()]
    manager = direct[0] if direct else _leader(userid, raw, tree)
    return Contact(userid, raw.get("name") or userid, manager, active=raw.get("status", ACTIVE) == ACTIVE)


def _leader(userid: str, raw: dict[str, Any], tree: dict[int, Department]) -> str | None:
    """The nearest leader above, who is somebody else; each department is looked at once."""
    place = raw.get("main_department") or next(iter(raw.get("department") or ()), 0)
    seen: set[int] = set()
    while place in tree and place not in seen:
        seen.add(place)
        if others := [each for each in tree[place].leaders if each != userid]:
            return others[0]
        place = tree[place].parent
    return None
