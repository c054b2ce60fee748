"""The address book: members, and one department for every manager who has people (D/90196, D/90208)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.wecom.errors import Code, Refused

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.wecom.gate import Answer
    from sandbox.world import Person, World

ROOT = 1  #: id of the whole company, parent of all departments


@dataclass(frozen=True, slots=True)
class Department:
    """A manager and the people who name that manager."""

    id: int
    name: str
    leaders: tuple[str, ...]
    members: tuple[str, ...]  #: userids, the leader's included


class Contacts:
    """The read side that an app may see: everybody who has a WeCom account."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def user_get(self, request: web.Request) -> Answer:
        person = self._world.person("wecom", request.query.get("userid", ""))
        if person is None or not person.wecom:
            raise Refused(Code.NO_USER, "userid not found")
        return {"errcode": 0, "errmsg": "ok", **self._card(person, self.departments())}

    async def user_list(self, request: web.Request) -> Answer:
        departments, department = self.departments(), self.department(request.query.get("department_id", ""))
        wanted = set(department.members)
        cards = [self._card(person, departments) for person in self._members() if person.wecom in wanted]
        if request.query.get("fetch_child") != "1":
            cards = [card for card in cards if department.id in card["department"]]
        return {"errcode": 0, "errmsg": "ok", "userlist": cards}

    async def department_list(self, request: web.Request) -> Answer:
        wanted = request.query.get("id")
        found = [self.department(wanted)] if wanted and wanted != str(ROOT) else self.departments()
        return {"errcode": 0, "errmsg": "ok", "department": [_entry(department) for department in found]}

    def userids(self) -> dict[str, str]:
        """Lower case -> as the address book spells it."""
        return {person.wecom.lower(): person.wecom for person in self._members() if person.wecom}

    def department(self, number: str) -> Department:
        """Raises Refused for a number that nobody has."""
        for department in self.departments():
            if str(department.id) == number:
                return department
        raise Refused(Code.NO_DEPARTMENT, "department not found")

    def departments(self) -> list[Department]:
        """The company first, then the managers' groups in the order of the people."""
        reports: dict[str, list[str]] = {}
        managers = self._managers()
        for person in self._members():
            if person.wecom and (manager := managers.get(person.manager or "")):
                reports.setdefault(manager.wecom or "", []).append(person.wecom)
        found = [Department(ROOT, "公司", (), tuple(self.userids().values()))]
        for person in self._members():
            if person.wecom in reports:
                members = (person.wecom, *reports[person.wecom])
                found.append(Department(ROOT + len(found), f"{person.name}组", (person.wecom,), members))
        return found

    def _members(self) -> list[Person]:
        return [person for person in self._world.people if person.wecom]

    def _managers(self) -> dict[str, Person]:
        """Whom ``Person.manager`` may name: by name, or by userid."""
        return {key: person for person in self._members() for key in (person.name, person.wecom or "")}

    def _card(self, person: Person, departments: list[Department]) -> dict[str, Any]:
        groups = [each for each in departments if person.wecom in each.members and each.id != ROOT]
        manager = self._managers().get(person.manager or "")
        return {
            "userid": person.wecom,
            "name": person.name,
            "department": [each.id for each in groups] or [ROOT],
            "is_leader_in_dept": [int(person.wecom in each.leaders) for each in groups] or [0],
            "main_department": groups[0].id if groups else ROOT,
            "direct_leader": [manager.wecom] if manager else [],
            "position": person.roles[0] if person.roles else "",
            "status": 1,
        }


def _entry(department: Department) -> dict[str, Any]:
    return {
        "id": department.id,
        "name": department.name,
        "department_leader": list(department.leaders),
        "parentid": 0 if department.id == ROOT else ROOT,
        "order": department.id,
    }
