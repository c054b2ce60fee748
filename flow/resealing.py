"""Seals under an old key made anew under the current one, so that the old key can be laid aside."""

from __future__ import annotations

from tortoise.transactions import in_transaction

from flow.audit import head_text
from flow.journal import HEAD, LOG
from flow.numbers import counter_text
from flow.verifying import PAGE
from models import AuditAnchor, AuditEntry, Case, Counter, seals


async def reseal() -> tuple[int, int]:
    """How many seals were made anew, and how many do not hold and were left as they are. In small steps."""
    done, left = await _cases()
    for kept in (await _counters(), await _anchors()):
        done, left = done + kept[0], left + kept[1]
    return done, left


async def _cases() -> tuple[int, int]:
    ring, done, left, last = seals.ring(), 0, 0, 0
    while cases := await Case.filter(id__gt=last).order_by("id").limit(PAGE):
        last = cases[-1].id
        async with in_transaction():
            for case in cases:
                if not case.seal or ring.is_current(case.seal):
                    continue
                text = head_text(case.no, case.seq, case.chain, case.base)
                if not ring.holds(case.seal, text):
                    left += 1
                    continue
                done += await Case.filter(id=case.id, seal=case.seal).update(seal=ring.seal(text))
    return done, left


async def _counters() -> tuple[int, int]:
    ring, done, left = seals.ring(), 0, 0
    for counter in await Counter.exclude(seal=""):
        text = counter_text(counter.name, counter.value)
        if counter.name == LOG:
            found = await AuditEntry.filter(seq=counter.value).values_list("hash", flat=True)
            text = counter_text(f"{HEAD}{found[0] if found else ''}", counter.value)
        if ring.is_current(counter.seal):
            continue
        if not ring.holds(counter.seal, text):
            left += 1
            continue
        done += await Counter.filter(name=counter.name, seal=counter.seal).update(seal=ring.seal(text))
    return done, left


async def _anchors() -> tuple[int, int]:
    ring, done, left = seals.ring(), 0, 0
    for anchor in await AuditAnchor.all().only("id", "no", "hash", "seal"):
        text = f"anchor|{anchor.no}|{anchor.hash}"
        if ring.is_current(anchor.seal):
            continue
        if not ring.holds(anchor.seal, text):
            left += 1
            continue
        done += await AuditAnchor.filter(id=anchor.id).update(seal=ring.seal(text))
    return done, left
