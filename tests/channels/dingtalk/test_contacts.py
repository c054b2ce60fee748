"""The address book, as leniently as the documentation's samples demand (dingtalk.md §4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.base import Contact
from bot.channels.dingtalk.contacts import DEPARTMENT, DEPARTMENTS, PEOPLE, contacts

if TYPE_CHECKING:
    from bot.channels.dingtalk.api import Call


@dataclass
class Book:
    """Departments as ``id: (children, leaders)``, their members in pages."""

    departments: dict[int, tuple[Any, Any]]
    pages: dict[int, list[list[dict[str, Any]]]]

    async def call(self, call: Call) -> dict[str, Any]:
        assert not call.counted  # contacts are outside the month's quota
        department = call.body["dept_id"]
        below, leaders = self.departments[department]
        if call.path == DEPARTMENTS:
            return {"result": [{"dept_id": child} for child in below]}
        if call.path == DEPARTMENT:
            return {"result": {"dept_manager_userid_list": leaders}}
        assert call.path == PEOPLE
        return {"result": self._page(department, call.body["cursor"])}

    def _page(self, department: int, cursor: int) -> dict[str, Any]:
        pages = self.pages.get(department, [[]])
        more = cursor + 1 < len(pages)
        return {"list": pages[cursor], "has_more": str(more).lower(), "next_cursor": cursor + 1}


def member(userid: str, **more: Any) -> dict[str, Any]:
    return {"userid": userid, "name": userid.upper()} | more


COMPANY = {1: ([2, 3], ["boss"]), 2: ([4], '["wang"]'), 3: ([], []), 4: ([2], [])}  # 4 names 2 again: no endless walk


@pytest.mark.parametrize(
    ("department", "row", "contact"),
    [
        (2, member("lin"), Contact("lin", "LIN", "wang")),  # the department's leader
        (2, member("lin", manager_userid="zhao"), Contact("lin", "LIN", "zhao")),  # the 直属主管 comes first
        (2, member("wang"), Contact("wang", "WANG", "boss")),  # nobody leads themselves
        (3, member("zhou"), Contact("zhou", "ZHOU", "boss")),  # a department without a leader
        (4, member("sub"), Contact("sub", "SUB", "wang")),  # the leader above
        (1, member("boss"), Contact("boss", "BOSS", None)),
        (2, member("gone", active=False), Contact("gone", "GONE", "wang", active=False)),
        (2, member("gone", active="false"), Contact("gone", "GONE", "wang", active=False)),
    ],
)
async def test_managers(department: int, row: dict[str, Any], contact: Contact) -> None:
    assert await contacts(Book(COMPANY, {department: [[row]]})) == [contact]  # type: ignore[arg-type] # a stand-in


async def test_every_page_and_everybody_once() -> None:
    book = Book(COMPANY, {1: [[member("a")], [member("b")], [member("c")]], 3: [[member("a")]]})
    assert sorted(c.userid for c in await contacts(book)) == ["a", "b", "c"]  # type: ignore[arg-type]


async def test_of_two_departments_the_one_that_knows_a_manager_counts() -> None:
    book = Book({1: ([2], []), 2: ([], ["wang"])}, {1: [[member("lin")]], 2: [[member("lin")]]})
    assert await contacts(book) == [Contact("lin", "LIN", "wang")]  # type: ignore[arg-type]
