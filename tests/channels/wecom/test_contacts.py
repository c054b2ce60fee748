"""The address book: whom an app sees, and who their managers are."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.base import Contact
from bot.channels.wecom.contacts import Book, read_contacts

COMPANY = {"id": 1, "parentid": 0, "department_leader": ["Boss"]}
SALES = {"id": 2, "parentid": 1, "department_leader": ["WangWu"]}
EAST = {"id": 3, "parentid": 2, "department_leader": []}


def book(departments: list[dict[str, Any]], *members: dict[str, Any]) -> Book:
    """An address book whose ``user/list`` gives everybody for every department that is asked for."""

    async def get(api: str, **_: str) -> dict[str, Any]:
        if api.endswith("department/list"):
            return {"department": departments}
        return {"userlist": list(members)}

    return get


@pytest.mark.parametrize(
    ("member", "manager"),
    [
        pytest.param({"userid": "lin", "direct_leader": ["Zhao"], "main_department": 3}, "zhao", id="named directly"),
        pytest.param({"userid": "lin", "main_department": 2}, "wangwu", id="the department's leader"),
        pytest.param({"userid": "lin", "main_department": 3}, "wangwu", id="the next department above has one"),
        pytest.param({"userid": "lin", "department": [2]}, "wangwu", id="no main department is told"),
        pytest.param({"userid": "WangWu", "main_department": 2}, "boss", id="nobody is their own manager"),
        pytest.param({"userid": "boss", "main_department": 1}, None, id="there is nobody above"),
        pytest.param({"userid": "lin", "main_department": 9}, None, id="in a department out of sight"),
    ],
)
async def test_managers(member: dict[str, Any], manager: str | None) -> None:
    (contact,) = await read_contacts(book([COMPANY, SALES, EAST], member))
    assert contact.manager == manager


@pytest.mark.parametrize(
    ("status", "is_active"),
    [
        pytest.param(1, True, id="active"),
        pytest.param(2, False, id="disabled"),
        pytest.param(4, False, id="never activated"),
        pytest.param(5, False, id="left"),
    ],
)
async def test_who_is_active(status: int, is_active: bool) -> None:
    found = await read_contacts(book([COMPANY], {"userid": "Lin", "name": "小林", "status": status}))
    assert found == [Contact("lin", "小林", None, is_active)]


async def test_an_app_that_sees_two_branches_asks_for_both() -> None:
    asked: list[str] = []

    async def get(api: str, **query: str) -> dict[str, Any]:
        if api.endswith("department/list"):
            return {"department": [SALES, EAST, {"id": 7, "parentid": 1}]}
        asked.append(query["department_id"])
        return {"userlist": [{"userid": "Lin", "name": "小林"}]}

    assert [each.userid for each in await read_contacts(get)] == ["lin"]
    assert asked == ["2", "7"]


async def test_departments_in_a_circle_come_to_an_end() -> None:
    circle = [{"id": 2, "parentid": 3}, {"id": 3, "parentid": 2}, {"id": 1, "parentid": 0}]
    (contact,) = await read_contacts(book(circle, {"userid": "lin", "main_department": 2}))
    assert contact.manager is None
