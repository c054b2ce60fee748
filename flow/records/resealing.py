"""Seals under an old key made anew under the current one, so that the old key can be laid aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.records import register
from flow.records.access_log import HEAD, LOG
from flow.records.audit import head_text
from flow.records.sequences import counter_text
from flow.records.verification import PAGE
from models import AuditAnchor, AuditEntry, Case, Counter, seals

if TYPE_CHECKING:
    from datetime import datetime

    from models.seals import KeyRing


async def reseal(now: datetime) -> tuple[int, int]:
    """How many seals were made anew, and how many do not hold and were left as they are. In small steps."""
    tally = _Tally()
    await _cases(tally)
    await _counters(tally)
    await _anchors(tally)
    done, left = await register.renew(now)
    tally.done, tally.left = tally.done + done, tally.left + left
    return tally.done, tally.left


@dataclass(slots=True)
class _Tally:
    ring: KeyRing = field(default_factory=seals.ring)
    done: int = 0
    left: int = 0

    async def renew(self, row: Case | Counter | AuditAnchor, text: str) -> None:
        """Seal ``text`` of a row with the current key, where an older one holds it; what none holds is left."""
        if self.ring.is_current(row.seal):
            return
        if not self.ring.holds(row.seal, text):
            self.left += 1
            return
        self.done += await type(row).filter(pk=row.pk, seal=row.seal).update(seal=self.ring.seal(text))


async def _cases(tally: _Tally) -> None:
    last = 0
    while cases := await Case.filter(id__gt=last).order_by("id").limit(PAGE):
        last = cases[-1].id
        async with in_transaction():
            for case in cases:
                if case.seal:
                    await tally.renew(case, head_text(case.no, case.seq, case.chain, case.base))


async def _counters(tally: _Tally) -> None:
    for counter in await Counter.exclude(seal=""):
        text = counter_text(counter.name, counter.value)
        if counter.name == LOG:
            found = await AuditEntry.filter(seq=counter.value).values_list("hash", flat=True)
            text = counter_text(f"{HEAD}{found[0] if found else ''}", counter.value)
        await tally.renew(counter, text)


async def _anchors(tally: _Tally) -> None:
    for anchor in await AuditAnchor.all().only("id", "no", "hash", "seal"):
        await tally.renew(anchor, f"anchor|{anchor.no}|{anchor.hash}")
