"""访问记录: who looked up, exported or erased whose data, in a chain of its own; never what was typed or shown."""

from __future__ import annotations

import asyncio
from datetime import UTC
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from flow.records import audit
from flow.records.sequences import counter_text, take
from models import AuditEntry, Counter, seals
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from models.seals import KeyRing
    from models.views.case import Person

LOG, HEAD = "audit-log", "audit-log:"  #: the counter of the entries; the head's counter has the hash behind the colon
LOOKED, EXPORTED, ERASED, UNDONE, BEGAN = "查看", "导出", "清除", "撤销导入", "审计起点"  #: kinds of entries
ENTERED = "登记"  #: rows beside the cases as the program has written them; see ``flow.records.register``
LINKED = "客户链接"  #: somebody was given the link that opens a customer's page
STAFFED = "员工变动"  #: who works here, in which roles: what was changed, who asked for it, who put it in force
CASES, ORDERS, MORE, STAFF = "售后单", "订单", "另有", "员工"  #: keys of what an entry says
MOST_NAMED = 50  #: cases that one entry names
SYSTEM = "系统"


async def put_down(kind: str, who: Person | None, data: dict[str, Any], now: datetime) -> None:
    """Append an entry. In the caller's transaction, or in one of its own."""
    async with in_transaction():
        seq = await take(LOG)  # whoever looks next waits from here on, until the transaction is through
        found = await AuditEntry.filter(seq=seq - 1).values_list("hash", flat=True)
        entry = session.unsaved(
            AuditEntry, seq=seq, at=now, actor_id=who.id if who else None, actor=who.name if who else SYSTEM, kind=kind,
            data=data, before=str(found[0]) if found else audit.GENESIS,
        )  # fmt: skip
        entry.hash = audit.link(entry.before, facts_of(entry))
        entry.seal = seals.ring().short(f"log|{entry.hash}")
        head = seals.ring().seal(counter_text(HEAD + entry.hash, seq))
        sealed = session.Statement("UPDATE counter SET seal = ?", (head, LOG), where="name = ?")
        await session.defer(*session.inserts([entry]), sealed)


def facts_of(entry: Any) -> dict[str, Any]:
    """What the link of an entry is made of."""
    return {
        "seq": entry.seq, "at": entry.at.astimezone(UTC).isoformat(), "actor_id": entry.actor_id, "actor": entry.actor,
        "kind": entry.kind, "data": entry.data,
    }  # fmt: skip


async def looked(
    who: Person, cases: Iterable[str], now: datetime, kind: str = LOOKED, orders: Iterable[str] = ()
) -> None:
    """Somebody was shown these cases and orders: one entry for one answer."""
    data: dict[str, Any] = {}
    for name, numbers in ((CASES, list(cases)), (ORDERS, list(orders))):
        if numbers:
            data[name] = numbers[:MOST_NAMED]
        if len(numbers) > MOST_NAMED:
            data[MORE] = len(numbers) - MOST_NAMED
    if data:
        await put_down(kind, who, data, now)


def ranges(numbers: Any) -> list[list[int]]:
    """``1, 2, 3, 7`` as ``[[1, 3], [7, 7]]``."""
    out: list[list[int]] = []
    for n in sorted(numbers):
        if out and out[-1][1] == n - 1:
            out[-1][1] = n
        else:
            out.append([n, n])
    return out


def said(entry: AuditEntry) -> str:
    """An entry in words: ``查看 R20261122-0007``."""
    parts = []
    for key, value in entry.data.items():
        if key == "缺号":
            continue
        text = "、".join(str(each) for each in value) if isinstance(value, list) else str(value)
        parts.append(text if key == CASES else f"{key} {text}")
    return " ".join([entry.kind, *parts])


async def begun() -> bool:
    """Whether what is older than the audit has been taken down, so that everything must be sealed."""
    return await AuditEntry.filter(kind=BEGAN).exists()


async def newest(count: int, about: str = "") -> list[AuditEntry]:
    """The newest entries, of one case or person where one is named; the newest first."""
    found: list[AuditEntry] = []
    entries, looked_at, last = AuditEntry.exclude(kind=ENTERED).order_by("-seq").limit(_PAGE), 0, None
    while len(found) < count and looked_at < _SEARCHED:
        page = await (entries.filter(seq__lt=last) if last else entries)
        found += [entry for entry in page if _is_about(entry, about)]
        if len(page) < _PAGE:
            break
        looked_at, last = looked_at + len(page), page[-1].seq
        await asyncio.sleep(0)  # whoever taps meanwhile is not kept waiting
    return found[:count]


def _is_about(entry: AuditEntry, about: str) -> bool:
    return about in (entry.actor, "") or any(about in entry.data.get(key, ()) for key in (CASES, ORDERS, STAFF))


_SEARCHED = 20000  #: entries that a search goes back
_PAGE = 200  #: of them that are read at once


CHAIN = audit.Chain(
    "seq", facts_of, lambda entry: f"访问记录第 {entry.seq} 条（{entry.actor} {entry.kind}）", "访问记录第 {} 条不见了",
    lambda ring, entry: ring.fits(entry.seal, f"log|{entry.hash}"), "被改动过，后面的哈希是重算的",
)  # fmt: skip


def broken_entries(entries: Sequence[Any], ring: KeyRing | None) -> str:
    """A sentence naming the first entry that was touched; empty when none was. Pure."""
    return audit.first_touched(CHAIN, entries, ring)


async def broken_log() -> list[str]:
    """What does not hold in the log; its end is held against the counter's seal."""
    entries = await AuditEntry.all().order_by("seq")
    ring = seals.ring()
    counter = await Counter.get_or_none(name=LOG)
    if sentence := broken_entries(entries, None):
        return [sentence]
    last = entries[-1] if entries else SimpleNamespace(seq=0, hash="")
    if counter is None:
        return ["访问记录的计数不见了"] if entries else []
    if sentence := audit.keyless("访问记录的封印", counter.seal, ring):
        return [sentence]
    if counter.value != last.seq or not ring.holds(counter.seal, counter_text(HEAD + last.hash, last.seq)):
        return [broken_entries(entries, ring) or f"访问记录第 {last.seq + 1} 条起不见了"]
    return []
