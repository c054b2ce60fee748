"""The staff as one frozen picture, read again only when a member has changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import Member, MemberRole, hot
from models.values import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MEMBERS = "members"  #: counter that every change of a member bumps


@dataclass(frozen=True, slots=True)
class Directory:
    """Who there is, by id, by platform and by role."""

    by_id: Mapping[int, Person]
    by_wecom: Mapping[str, Person]
    by_dingtalk: Mapping[str, Person]
    by_role: Mapping[str, tuple[Person, ...]]

    @classmethod
    def of(cls, people: Iterable[Person]) -> Directory:
        known = sorted(people, key=lambda person: person.id)
        roles: dict[str, list[Person]] = defaultdict(list)
        for person in known:
            for role in person.roles:
                roles[role].append(person)
        return cls(
            {p.id: p for p in known},
            {p.wecom: p for p in known if p.wecom},
            {p.dingtalk: p for p in known if p.dingtalk},
            {role: tuple(group) for role, group in roles.items()},
        )

    def find(self, platform: str, userid: str) -> Person | None:
        return self.by_wecom.get(userid.lower()) if platform == "wecom" else self.by_dingtalk.get(userid)

    def named(self, name: str) -> Person | None:
        return next((p for p in self.by_id.values() if p.name == name), None)

    def with_role(self, role: str | None) -> tuple[Person, ...]:
        return self.by_role.get(role or "", ())

    def manager_of(self, person_id: int | None) -> Person | None:
        person = self.by_id.get(person_id or 0)
        return self.by_id.get(person.manager_id or 0) if person else None


async def load() -> Directory:
    """Read all active members."""
    roles: dict[int, set[str]] = defaultdict(set)
    for member_id, role in await MemberRole.all().values_list("member_id", "role"):
        roles[member_id].add(role)
    rows = await Member.filter(active=True).values("id", "name", "wecom", "dingtalk", "manager_id")
    return Directory.of(
        Person(r["id"], r["name"], frozenset(roles[r["id"]]), r["wecom"], r["dingtalk"], r["manager_id"]) for r in rows
    )


class Staff:
    """The directory, kept until the revision of the members moves, which any replica or import may do."""

    def __init__(self) -> None:
        self._revision = -1
        self._directory = Directory.of(())

    async def now(self) -> Directory:
        found = await hot.rows("SELECT value FROM counter WHERE name = ?", MEMBERS)
        return await self.at(int(found[0]["value"]) if found else 0)

    async def at(self, revision: int) -> Directory:
        """The directory of that revision, which the caller has just read."""
        if revision != self._revision:
            self._directory = await load()
            self._revision = revision
        return self._directory
