"""``import members``: staff by name, with roles, platform accounts and managers."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from config import FOLDER
from flow.definitions.permissions import parse_roles
from flow.imports.batches import Run, opened
from flow.imports.choosing import fitted, remarks
from flow.imports.member_rows import Known, MemberReader, MemberRow, agreed
from flow.imports.report import BadRow, silent
from flow.people.directory import MEMBERS
from flow.records import register
from flow.records.sequences import take
from models import Member, MemberRole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo
    from pathlib import Path

    from flow.imports.mapping import Mapping
    from flow.imports.report import ImportReport, Progress
    from flow.imports.table import Row

ROLES = FOLDER / "roles.yaml"
KEPT = ("wecom", "dingtalk", "manager_id", "team", "regions", "warehouses", "categories", "shops", "active")


async def import_members(
    path: Path,
    mapping: Mapping | None,
    *,
    tz: tzinfo,
    now: datetime,
    dry_run: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Create and update members by name; a member in the file has the roles that the file says and no others.

    Raises ImportRefused when the file or the mapping cannot be used; then nothing is written. ``tz`` plays no part:
    the file has no times.
    """
    async with opened(path, progress) as table:
        chosen = fitted("members", table, mapping)
        run = Run("members", table, now, dry_run, progress)
        reader = MemberReader(chosen, table.header, known_roles())
        rows: list[MemberRow] = []
        bad: list[BadRow] = []

        def sort(part: list[Row]) -> None:
            for read in map(reader.read, part):
                (bad if isinstance(read, BadRow) else rows).append(read)  # type: ignore[arg-type]

        await run.each("读取", table.rows(), sort)
        await asyncio.to_thread(reader.columns.check_codes, table)
        run.remarks += remarks("members", chosen, table)
        async with in_transaction():
            good, conflicts = await _write(run, rows)
            return await run.finish(chosen.name, good, bad + conflicts)


def known_roles(path: Path = ROLES) -> tuple[str, ...]:
    """The names of the roles, as the business has them in ``config/roles.yaml``."""
    return tuple(parse_roles(path.read_text(encoding="utf-8"), path.name).roles)


async def _write(run: Run, rows: list[MemberRow]) -> tuple[Counter[str], list[BadRow]]:
    """Compare with the members there are and, in the open transaction, make it so."""
    there = {member["name"]: member for member in await snapshot()}
    names = {member["id"]: name for name, member in there.items()}
    known = [
        Known(m["id"], m["name"], m["wecom"], m["dingtalk"], names.get(m["manager_id"], ""), m["active"])
        for m in there.values()
    ]
    rows, conflicts = agreed(rows, known)
    new = [row for row in rows if row.name not in there]
    changed = [row for row in rows if row.name in there and _differs(row, there[row.name], names)]
    await run.begin([{"table": "member", "row": there[row.name]} for row in changed])
    if run.batch_id is not None and (new or changed):
        made = await _make(run.batch_id, new, changed)
        await register.enter(register.MEMBERS, made, run.now)
        await take(MEMBERS)
    same = len(rows) - len(new) - len(changed)
    return Counter({"新成员": len(new), "更新成员": len(changed), "没有变化": same}), conflicts


async def snapshot(*ids: int) -> list[dict[str, Any]]:
    """Members with their roles as plain rows: those of ``ids``, or all."""
    members = Member.filter(id__in=ids) if ids else Member.all()
    rows = await members.order_by("id").values("id", "name", *KEPT)
    roles: dict[int, list[str]] = {row["id"]: [] for row in rows}
    for member_id, role in await MemberRole.filter(member_id__in=list(roles)).values_list("member_id", "role"):
        roles[member_id].append(role)
    return [row | {"roles": sorted(roles[row["id"]])} for row in rows]


def _differs(row: MemberRow, now: dict[str, Any], names: dict[int, str]) -> bool:
    wanted = _fields(row) | {"roles": sorted(row.roles), "manager": row.manager, "active": True}
    there = now | {"manager": names.get(now["manager_id"], "")}
    return any(there[name] != value for name, value in wanted.items())


def _fields(row: MemberRow) -> dict[str, Any]:
    return {
        "wecom": row.wecom, "dingtalk": row.dingtalk, "team": row.team, "regions": list(row.regions),
        "warehouses": list(row.warehouses), "categories": list(row.categories), "shops": list(row.shops),
    }  # fmt: skip


async def _make(batch_id: int, new: list[MemberRow], changed: list[MemberRow]) -> list[int]:
    """Write them; their ids."""
    await release_accounts(row.name for row in changed)
    for row in new:
        await Member.create(name=row.name, batch_id=batch_id, **_fields(row))
    for row in changed:
        await Member.filter(name=row.name).update(active=True, **_fields(row))
    ids = dict(await Member.all().values_list("name", "id"))
    for row in (*new, *changed):
        await Member.filter(id=ids[row.name]).update(manager_id=ids.get(row.manager))
        await set_roles(ids[row.name], row.roles)
    return [ids[row.name] for row in (*new, *changed)]


async def release_accounts(names: Iterable[str]) -> None:
    """Take the platform accounts off members who are about to get theirs, so that two may swap."""
    await Member.filter(name__in=list(names)).update(wecom=None, dingtalk=None)


async def set_roles(member_id: int, roles: Iterable[str]) -> None:
    """Give a member these roles and no others."""
    await MemberRole.filter(member_id=member_id).delete()
    await MemberRole.bulk_create(MemberRole(member_id=member_id, role=role) for role in roles)
