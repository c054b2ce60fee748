"""The platform's address book, as far as the app may see it (dingtalk.md §4.6); outside the month's quota."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.channels.base import Contact
from bot.channels.dingtalk.api import Call

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.channels.dingtalk.api import Api

ROOT = 1
PAGE = 100
DEPARTMENTS, DEPARTMENT, PEOPLE = (
    "/topapi/v2/department/listsub", "/topapi/v2/department/get", "/topapi/v2/user/list",
)  # fmt: skip


@dataclass(slots=True)
class Tree:
    """Departments: who stands above whom, and who leads."""

    above: dict[int, int] = field(default_factory=dict)
    leaders: dict[int, list[str]] = field(default_factory=dict)

    def boss(self, userid: str, department: int) -> str | None:
        """The nearest leader who is somebody else."""
        seen: set[int] = set()
        while department in self.leaders and department not in seen:
            seen.add(department)
            if others := [leader for leader in self.leaders[department] if leader != userid]:
                return others[0]
            department = self.above.get(department, 0)
        return None


async def contacts(api: Api) -> list[Contact]:
    """Everybody once; the manager is the 直属主管 if the console has one, else the department's leader."""
    tree, found = Tree(), dict[str, Contact]()
    async for department in _walk(api, tree):
        async for row in _members(api, department):
            contact = _contact(row, tree, department)
            if contact.userid not in found or not found[contact.userid].manager:
                found[contact.userid] = contact
    return list(found.values())


async def _walk(api: Api, tree: Tree) -> AsyncIterator[int]:
    """Every department from the root down, each once, with its leaders noted before its members are read."""
    waiting = [ROOT]
    while waiting:
        department = waiting.pop(0)
        if department in tree.leaders:
            continue
        detail = await _ask(api, DEPARTMENT, dept_id=department)
        tree.leaders[department] = [str(u) for u in _list(detail.get("dept_manager_userid_list"))]
        below = [int(row["dept_id"]) for row in _list(await _ask(api, DEPARTMENTS, dept_id=department))]
        tree.above |= dict.fromkeys(below, department)
        waiting += below
        yield department


async def _members(api: Api, department: int) -> AsyncIterator[dict[str, Any]]:
    cursor = 0
    while True:
        page = await _ask(api, PEOPLE, dept_id=department, cursor=cursor, size=PAGE)
        for row in _list(page.get("list")):
            yield row
        if not _true(page.get("has_more")) or not page.get("next_cursor"):
            return
        cursor = int(page["next_cursor"])


def _contact(row: dict[str, Any], tree: Tree, department: int) -> Contact:
    userid = str(row["userid"])
    manager = str(row.get("manager_userid") or "") or tree.boss(userid, department)
    return Contact(userid, str(row.get("name", "")), manager, _true(row.get("active", True)))


async def _ask(api: Api, path: str, **body: int) -> Any:
    answer = await api.call(Call(path, body, counted=False))
    return answer.get("result") or {}


def _list(value: Any) -> list[Any]:
    """The documentation's samples show arrays as JSON text too."""
    if isinstance(value, str):
        value = json.loads(value or "[]")
    return value if isinstance(value, list) else []


def _true(value: Any) -> bool:
    return str(value).lower() == "true"
