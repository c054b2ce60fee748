"""The staff as one frozen picture, read again only when a member has changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from flow.definitions.nearest import nearest
from flow.errors import NotFound
from flow.people.delegation import Absence
from models import Leave, Member, MemberRole
from models.pipeline import session
from models.views.case import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MEMBERS = "members"  #: counter that every change of a member bumps
_Key = TypeVar("_Key")
_PLAIN = ("name", "wecom", "dingtalk", "manager_id", "team")
_LISTS = ("regions", "warehouses", "categories", "shops")


@dataclass(frozen=True, slots=True)
class Directory:
    """Who there is, by id, by platform and by role."""

    by_id: Mapping[int, Person]
    by_wecom: Mapping[str, Person]
    by_dingtalk: Mapping[str, Person]
    by_role: Mapping[str, tuple[Person, ...]]
    by_team: Mapping[str, tuple[Person, ...]]
    by_manager: Mapping[int, tuple[Person, ...]]
    leaves: tuple[Absence, ...] = ()  #: written down, whether they run now or not

    @classmethod
    def of(cls, people: Iterable[Person], leaves: Iterable[Absence] = ()) -> Directory:
        known = sorted(people, key=lambda person: person.id)
        return cls(
            {p.id: p for p in known},
            {p.wecom: p for p in known if p.wecom},
            {p.dingtalk: p for p in known if p.dingtalk},
            _grouped((role, p) for p in known for role in p.roles),
            _grouped((p.team, p) for p in known if p.team),
            _grouped((p.manager_id, p) for p in known if p.manager_id),
            tuple(leaves),
        )

    def find(self, platform: str, userid: str) -> Person | None:
        return self.by_wecom.get(userid.lower()) if platform == "wecom" else self.by_dingtalk.get(userid)

    def named(self, name: str) -> Person | None:
        return next((p for p in self.by_id.values() if p.name == name), None)

    def with_role(self, role: str | None) -> tuple[Person, ...]:
        return self.by_role.get(role or "", ())

    def called(self, name: str) -> Person:
        """The member of that name. Raises NotFound."""
        if (found := self.named(name)) is None:
            raise NotFound(f"没有叫 {name} 的员工{self.meant_by(name)}请写全名")
        return found

    def meant_by(self, name: str) -> str:
        """``，是不是“王建国”？`` for a name that nobody has; a comma where none is near."""
        near = nearest(name, [person.name for person in self.by_id.values()])
        return f"，是不是{'或'.join(f'“{each}”' for each in near)}？" if near else "，"

    def manager_of(self, person_id: int | None) -> Person | None:
        person = self.by_id.get(person_id or 0)
        return self.by_id.get(person.manager_id or 0) if person else None

    def above(self, person_id: int | None) -> tuple[Person, ...]:
        """The manager, theirs, and so on up, each once whatever the circle."""
        found: dict[int, Person] = {}
        boss = self.manager_of(person_id)
        while boss and boss.id not in found and boss.id != person_id:
            found[boss.id] = boss
            boss = self.manager_of(boss.id)
        return tuple(found.values())

    def in_team(self, team: str) -> tuple[Person, ...]:
        """The active members of a team; nobody is in a team without a name."""
        return self.by_team.get(team, ())

    def reports_of(self, person_id: int) -> tuple[Person, ...]:
        """Everybody below somebody, directly or not, each once whatever the circle."""
        found: dict[int, Person] = {}
        level = [person_id]
        while level:
            reports = (report for boss in level for report in self.by_manager.get(boss, ()))
            below = {report.id: report for report in reports if report.id not in {person_id, *found}}
            found |= below
            level = list(below)
        return tuple(found.values())


def _grouped(pairs: Iterable[tuple[_Key, Person]]) -> dict[_Key, tuple[Person, ...]]:
    groups: dict[_Key, list[Person]] = defaultdict(list)
    for key, person in pairs:
        groups[key].append(person)
    return {key: tuple(group) for key, group in groups.items()}


async def load() -> Directory:
    """Read all active members."""
    roles: dict[int, set[str]] = defaultdict(set)
    for member_id, role in await MemberRole.all().values_list("member_id", "role"):
        roles[member_id].add(role)
    rows = await Member.filter(active=True).values("id", *_PLAIN, *_LISTS)
    away = await Leave.filter(cancelled=False).order_by("id")
    leaves = [Absence(leave.member_id, leave.delegate_id, leave.starts_at, leave.ends_at) for leave in away]
    return Directory.of((_person(row, roles[row["id"]]) for row in rows), leaves)


def _person(row: Mapping[str, Any], roles: Iterable[str]) -> Person:
    lists = {name: tuple(row[name]) for name in _LISTS}
    return Person(**{**row, **lists, "roles": frozenset(roles)})


class Staff:
    """The directory, kept until the revision of the members moves, which any replica or import may do."""

    def __init__(self) -> None:
        self._revision = -1
        self._directory = Directory.of(())

    @property
    def known(self) -> Directory:
        """The directory as it was read last, without looking whether it is still so: for the wording of an answer."""
        return self._directory

    async def now(self) -> Directory:
        found = await session.rows("SELECT value FROM counter WHERE name = ?", MEMBERS)
        return await self.at(int(found[0]["value"]) if found else 0)

    async def at(self, revision: int) -> Directory:
        """The directory of that revision, which the caller has just read."""
        if revision != self._revision:
            self._directory = await load()
            self._revision = revision
        return self._directory
