"""The address book: people and departments, all outside the monthly quota (dingtalk.md §4.6, KB 1432)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.refusals import Refusal

if TYPE_CHECKING:
    from sandbox.dingtalk.calls import Call
    from sandbox.world import Person, World

ROOT = 1
PAGE = 100
ADMIN = "管理员"


def unionid(userid: str) -> str:
    return f"union.{userid}"


class Contacts:
    """Reads the world's people; a department is the first role of its members, under one root."""

    def __init__(self, world: World) -> None:
        self._world = world

    def user_get(self, call: Call) -> dict[str, Any]:
        person = self._person(call)
        return _ok(self._card(person, str(person.dingtalk)))

    def user_list(self, call: Call) -> dict[str, Any]:
        """A page of a department's members: ``cursor`` is an offset, ``size`` at most 100."""
        members = self._members(self._department(call))
        start, size = _number(call, "cursor", 0), _number(call, "size", PAGE)
        if not 0 < size <= PAGE:
            raise Refusal(40035, "不合法的参数")
        rows = [self._card(p, str(p.dingtalk)) for p in members[start : start + size]]
        more = start + size < len(members)
        return _ok({"has_more": more, "list": rows} | ({"next_cursor": start + size} if more else {}))

    def department_get(self, call: Call) -> dict[str, Any]:
        department = self._department(call)
        leaders = [p.dingtalk for p in self._members(department) if self._leads(p)]
        return _ok(self._entry(department) | {"dept_manager_userid_list": leaders, "org_dept_owner": ""})

    def department_listsub(self, call: Call) -> dict[str, Any]:
        below = range(ROOT + 1, len(self._names())) if self._department(call) == ROOT else range(0)
        return _ok([self._entry(d) for d in below])

    def department_parents(self, call: Call) -> dict[str, Any]:
        department = self._home(self._person(call))
        chain = [department] if department == ROOT else [department, ROOT]
        return _ok({"parent_list": [{"parent_dept_id_list": chain}]})

    def _person(self, call: Call) -> Person:
        person = self._world.person("dingtalk", str(call.body.get("userid") or ""))
        if person is None or not person.dingtalk:
            raise Refusal(33012, "无效的USERID")
        return person

    def _card(self, person: Person, userid: str) -> dict[str, Any]:
        department = self._home(person)
        card: dict[str, Any] = {
            "userid": userid,
            "unionid": unionid(userid),
            "name": person.name,
            "title": "、".join(person.roles),
            "active": True,
            "admin": ADMIN in person.roles,
            "boss": False,
            "dept_id_list": [department],
            "leader_in_dept": [{"dept_id": department, "leader": self._leads(person)}],
        }
        manager = self._manager(person)
        # The field is there only when the console has a 直属主管.
        return card | ({"manager_userid": manager} if manager else {})

    def _staff(self) -> list[Person]:
        return [p for p in self._world.people if p.dingtalk]

    def _names(self) -> list[str]:
        """Department names; the index is the id, 0 is nobody's."""
        return ["", "公司", *dict.fromkeys(p.roles[0] for p in self._staff() if p.roles)]

    def _home(self, person: Person) -> int:
        return self._names().index(person.roles[0]) if person.roles else ROOT

    def _members(self, department: int) -> list[Person]:
        return [p for p in self._staff() if self._home(p) == department]

    def _department(self, call: Call) -> int:
        department = _number(call, "dept_id", ROOT)
        if not ROOT <= department < len(self._names()):
            raise Refusal(60003, "部门不存在")
        return department

    def _entry(self, department: int) -> dict[str, Any]:
        parent = {} if department == ROOT else {"parent_id": ROOT}
        return {"dept_id": department, "name": self._names()[department]} | parent

    def _manager(self, person: Person) -> str | None:
        """A person's manager may be noted by name or by userid."""
        above = (p.dingtalk for p in self._staff() if person.manager in (p.name, p.dingtalk))
        return next(above, None) if person.manager else None

    def _leads(self, person: Person) -> bool:
        return any(self._manager(p) == person.dingtalk for p in self._staff())


def _number(call: Call, name: str, default: int) -> int:
    given = str(call.body.get(name, default))
    if not given.isdecimal():
        raise Refusal(40035, f"不合法的参数 {name}")
    return int(given)


def _ok(result: Any) -> dict[str, Any]:
    return {"errcode": 0, "errmsg": "ok", "result": result}
