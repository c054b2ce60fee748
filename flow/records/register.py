"""What decides money, time and goods beside the cases: rules as published, staff, leaves, the list of customers.

Whoever writes such a row for the program has it entered here: the chain of the access log keeps a seal of the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flow.records import access_log, audit
from models import AuditEntry, CustomerEntry, Definition, Leave, Member, MemberRole, Parcel, StockMove, seals

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from tortoise.models import Model

    from models.seals import KeyRing

BEGAN = "登记起点"  #: of an entry: it holds every row that there was
_FIRST = 4  #: entries that are looked at together: the published rules, mostly, and then the start
ROLES = "roles"  #: beside the columns of a member
DEFINITIONS, MEMBERS, LEAVES, LIST = "definition", "member", "staff_leave", "customer_list"


@dataclass(frozen=True, slots=True)
class Table:
    """Which columns of a table are sealed, and what one of its rows is called."""

    model: type[Model]
    columns: tuple[str, ...]
    called: Callable[[Any], str]


TABLES: Mapping[str, Table] = {
    DEFINITIONS: Table(
        Definition, ("kind", "name", "version", "text", "digest", "active", "published_at", "published_by"),
        lambda row: f"规则 {row.kind} {row.name} 第 {row.version} 版",
    ),
    MEMBERS: Table(
        Member,
        ("name", "wecom", "dingtalk", "manager_id", "team", "regions", "warehouses", "categories", "shops", "active"),
        lambda row: f"员工 {row.name}",
    ),
    LEAVES: Table(
        Leave, ("member_id", "delegate_id", "starts_at", "ends_at", "by_id", "cancelled"),
        lambda row: f"请假第 {row.id} 条",
    ),
    LIST: Table(
        CustomerEntry, ("customer", "verdict", "why", "by_id", "at", "until", "removed_at", "removed_by_id"),
        lambda row: f"客户名单第 {row.id} 条",
    ),
}  # fmt: skip


async def enter(table: str, ids: Iterable[int], now: datetime) -> None:
    """Seal rows as they are now, in the transaction that has written them; of a row that is gone, that it is."""
    wanted = sorted(set(ids))
    if wanted:
        await access_log.put_down(access_log.ENTERED, None, {table: await _sealed(table, wanted)}, now)


async def _sealed(table: str, ids: Collection[int] | None = None) -> dict[str, list[str]]:
    """Name and seal of each row by its id; both empty where it is gone."""
    rows = await _rows(table, ids)
    found = {str(key): ["", ""] for key in ids or ()}
    for key, (name, text) in rows.items():
        found[str(key)] = [name, seals.ring().seal(text)]
    return found


async def _rows(table: str, ids: Collection[int] | None) -> dict[int, tuple[str, str]]:
    """What each row is called, and what its seal is of."""
    known = TABLES[table]
    rows: list[Any] = await (known.model.filter(id__in=ids) if ids is not None else known.model.all())
    roles = await _roles(ids) if table == MEMBERS else {}
    found = {}
    for row in rows:
        said = {name: _written(getattr(row, name)) for name in known.columns}
        said |= {ROLES: sorted(roles.get(row.id, ()))} if table == MEMBERS else {}
        found[row.id] = known.called(row), f"row|{table}|{row.id}|{audit.canonical(said)}"
    return found


async def _roles(ids: Collection[int] | None) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = MemberRole.filter(member_id__in=ids) if ids is not None else MemberRole.all()
    for member_id, role in await rows.values_list("member_id", "role"):
        found.setdefault(int(str(member_id)), []).append(str(role))
    return found


def _written(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


async def begin(now: datetime) -> None:
    """Take down what there is, once: from then on a row that was never entered is nobody's."""
    if await begun():
        return
    whole: dict[str, Any] = {table: await _sealed(table) for table in TABLES}
    await access_log.put_down(access_log.ENTERED, None, {BEGAN: True, **whole}, now)


async def begun() -> bool:
    """Whether there is a start of the register: it is among its first entries, and no later one is looked at."""
    last = 0
    entries = AuditEntry.filter(kind=access_log.ENTERED).order_by("seq").limit(_FIRST)
    while found := await entries.filter(seq__gt=last).values_list("seq", "data"):
        if any(BEGAN in dict(data) for _, data in found):
            return True
        last = int(str(found[-1][0]))
    return False


async def _entries() -> list[dict[str, Any]]:
    entries = AuditEntry.filter(kind=access_log.ENTERED).order_by("seq")
    return [dict(data) for data in await entries.values_list("data", flat=True)]


async def broken(tables: Collection[str] = tuple(TABLES), ring: KeyRing | None = None) -> list[str]:
    """A sentence for every row that is not as it was entered; the keys are those of the open database by default."""
    entries, ring = await _entries(), ring or seals.ring()
    whole = any(BEGAN in data for data in entries)
    said: list[str] = []
    for table in tables:
        known: dict[str, list[str]] = {}
        for data in entries:
            known |= data.get(table, {})
        rows = await _rows(table, None)
        said += [sentence for key, entry in known.items() if (sentence := _moved(entry, rows.get(int(key)), ring))]
        said += [f"{name} 不是程序写下的" for key, (name, _) in rows.items() if whole and str(key) not in known]
    return [*dict.fromkeys(said), *await strays()]


def _moved(entry: list[str], row: tuple[str, str] | None, ring: KeyRing) -> str:
    name, seal = entry
    if not seal:
        return f"{row[0]} 早已删掉，现在又有了" if row else ""
    if row is None:
        return f"{name} 不见了"
    if sentence := audit.keyless("登记", seal, ring):
        return sentence
    return "" if ring.holds(seal, row[1]) else f"{name} 被改动过：和登记的不一样"


async def strays() -> list[str]:
    """Rows that hang on no case, which the program never writes: taken off one, or put in by hand."""
    parcels = await Parcel.filter(case_id=None).order_by("id").values_list("waybill", flat=True)
    moves = await StockMove.filter(case_id=None).order_by("id").values_list("key", flat=True)
    return [f"包裹 {each} 不属于任何售后单" for each in parcels] + [
        f"库存流水 {each} 不属于任何售后单" for each in moves
    ]


async def renew(now: datetime) -> tuple[int, int]:
    """Seal with the current key what an older one holds; how many rows were, and how many do not hold."""
    ring, done, left = seals.ring(), 0, 0
    known: dict[str, dict[str, list[str]]] = {table: {} for table in TABLES}
    for data in await _entries():
        for table in TABLES:
            known[table] |= data.get(table, {})
    for table, entries in known.items():
        old = {int(key): entry for key, entry in entries.items() if entry[1] and not ring.is_current(entry[1])}
        rows = await _rows(table, list(old))
        good = [key for key, entry in old.items() if key in rows and ring.holds(entry[1], rows[key][1])]
        await enter(table, good, now)
        done, left = done + len(good), left + len(old) - len(good)
    return done, left
