"""Recomputes the records of cases, holds their rows against them, and names the first thing that was touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flow.definitions.permissions import AMOUNT
from flow.records import access_log, audit
from flow.records import snapshot as stand
from models import Case, Event, seals
from models.fields import yuan
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from models.seals import KeyRing

PAGE = 200  #: cases read at once
ERASED = "清除个人资料"  #: action of the event that says whose data was erased from which others
STEPS = "步骤"  #: in its data: the numbers of those others, with what is left of the old ones
_LONGEST = 40  #: characters of a value in a sentence


@dataclass(frozen=True, slots=True)
class Record:
    """A case as its record has it: from the database, or from a file that somebody was given."""

    no: str
    seq: int
    chain: str
    seal: str
    base: dict[str, Any] | None
    events: Sequence[audit.Link]
    stands: Mapping[str, Any] = field(
        default_factory=dict
    )  #: its rows now, each part as ``flow.records.snapshot`` writes it
    words: list[Any] | None = None  #: customer, reason, note and region; None where they are kept back
    snapshot: dict[str, Any] | None = None
    facts: list[Any] | None = None  #: and what 撤回 restores
    accounts: list[list[str]] | None = None
    pending: str | None = None  #: the amount that the next step would go by, while the case is under way
    begun: bool = True  #: the audit has taken down what is older than it, so that every case must be sealed
    whole: bool = True  #: nothing is kept back: what is missing must have been erased by a step of the record


def faults(record: Record, ring: KeyRing | None) -> str:
    """A sentence naming what in a record does not hold: the case, the step, what it says and what is there now.

    Empty when all does. Pure. Without a ring nothing is said of seals.
    """
    keyless = audit.keyless(f"{record.no} 的封印", record.seal, ring) if ring else ""
    return (
        first_broken(record.no, record.events, record.chain, record.seq)
        or (_unsealed(record, ring) if ring and not keyless else "")
        or (_taken_out(record) if record.whole else "")
        or _rows_moved(record)
        or keyless
    )


def first_broken(case_no: str, events: Sequence[audit.Link], last_hash: str, seq: int | None = None) -> str:
    """A sentence naming the first event that does not follow from the ones before it; empty when all do. Pure."""
    before = audit.GENESIS
    for place, event in enumerate(events, 1):
        if event.seq != place:
            return f"{case_no} 第 {place} 步不见了"
        old_erased = event.erased is not None and audit.is_old(event)
        if event.before != before or not (old_erased or event.hash == audit.link_of(case_no, before, event)):
            return f"{case_no} {_step(event)}被改动过"
        before = event.hash
    if before != (last_hash or audit.GENESIS) or seq not in (None, len(events)):
        return f"{case_no} 第 {len(events) + 1} 步起的流水不见了"
    return ""


def _step(event: audit.Link) -> str:
    return f"第 {event.seq} 步（{event.actor} {event.action}）"


def _unsealed(record: Record, ring: KeyRing) -> str:
    """Whether somebody without the key has written the chain anew."""
    no, seal = record.no, record.seal
    if seal and ring.holds(seal, audit.head_text(no, record.seq, record.chain, record.base)):
        return ""
    for event in record.events:
        if event.seal and not ring.fits(event.seal, audit.step_text(no, event.hash)):
            return f"{no} {_step(event)}被改动过，后面的哈希是重算的"
        if not event.seal and event.salt:
            return f"{no} {_step(event)}的封印不见了"
    return _head_unsealed(record)


def _head_unsealed(record: Record) -> str:
    """What is wrong with a seal where every single step is as it was."""
    if not any(event.seal for event in record.events) and (record.events or not record.seal):
        if record.base:
            return f"{record.no} 在审计起点记下的样子被改动过"
        return f"{record.no} 没有封印：它比审计起点更早，或封印被抹掉了" if record.seal or record.begun else ""
    return f"{record.no} 第 {len(record.events) + 1} 步起的流水不见了：链尾的封印对不上"


def _taken_out(record: Record) -> str:
    """What was erased must have been erased by a step that says so."""
    said = _erasures(record.events)
    for event in record.events:
        if event.erased is None:
            continue
        left = said.get(str(event.seq))
        if left is None:
            return f"{record.no} {_step(event)}的内容不见了，没有清除的记录"
        if audit.is_old(event) and left != left_of(record.no, event):
            return f"{record.no} {_step(event)}被改动过"
    return ""


def _erasures(events: Sequence[audit.Link]) -> dict[str, str]:
    found: dict[str, str] = {}
    for event in events:
        if event.action == ERASED:
            found |= event.data.get(STEPS, {})
    return found


def left_of(case_no: str, event: audit.Link) -> str:
    """A digest of what an event still says after data was erased that stood in its link as it was."""
    return audit.digest(audit.canonical(audit.facts_of(case_no, event)))


# -- the rows ----------------------------------------------------------------------------------------------------------


def _last_said(record: Record, part: str) -> tuple[Any, audit.Link | None, str]:
    """What the record says of a part, the step that says it, and that step's salt."""
    for event in reversed(record.events):
        if event.stand is not None and part in event.stand:
            return event.stand[part], event, event.salt
    base = record.base or {}
    return base.get(part), None, str(base.get("salt", ""))


def _rows_moved(record: Record) -> str:
    """Whether the rows are what the record says that they are; nothing is said where it has never said anything."""
    if not record.seal and not record.base and not any(event.stand for event in record.events):
        return ""
    for part in stand.COLUMNS:
        if part not in record.stands:
            continue
        said, event, _ = _last_said(record, part)
        now = record.stands[part]
        if said is None and part in stand.LATER:
            continue
        if said is None:
            said = {} if part == stand.CASE else []
        if said == (now := stand.as_said(part, said, now)):
            continue
        by = _step(event) if event else "审计起点"
        words = _case_differs(said, now) if part == stand.CASE else _rows_differ(part, said, now)
        return f"{record.no} {by}{words}"
    return _ended_moved(record) or _pending_moved(record) or _words_moved(record)


def _ended_moved(record: Record) -> str:
    """Whether every task that is over was once somebody's as the record has it, and none has gone."""
    if stand.ENDED not in record.stands:
        return ""
    had: dict[str, tuple[list[Any], audit.Link]] = {}
    for event in record.events:
        had |= {audit.canonical(row[: stand.STATE]): (row, event) for row in (event.stand or {}).get(stand.TASKS, ())}
    over = record.stands[stand.ENDED]
    there = {_seat(row) for row in [*over, *record.stands[stand.TASKS]]}
    for row, event in had.values():
        if _seat(row) not in there:
            return f"{record.no} {_step(event)}记的{_task(row)}不见了，或换了人"
    if record.base or not record.events or stand.TASKS not in (record.events[0].stand or {}):
        return ""  # it is older than what is said of tasks
    strange = next((row for row in over if audit.canonical(row) not in had), None)
    return f"{record.no} 的{_task(strange)}不是流水里记的" if strange else ""


def _seat(row: Sequence[Any]) -> str:
    """Which task it is, in whosever place: that may come to be known later."""
    return audit.canonical([*row[:_FOR], *row[_FOR + 1 : stand.STATE]])


_FOR = [name for name, _, _ in stand.TASK_COLUMNS].index("for_id")


def _task(row: Sequence[Any]) -> str:
    return f"待办（{row[0]}，员工 {row[2]}）"


def _pending_moved(record: Record) -> str:
    """Whether a case under way goes by another amount than its record says."""
    said, event, _ = _last_said(record, stand.CASE)
    if record.pending is None or not said or said["amount"] == record.pending:
        return ""
    by = _step(event) if event else "审计起点"
    return f"{record.no} {by}记的金额是 {said['amount']}，办理中用的却是 {record.pending}"


def _words_moved(record: Record) -> str:
    checks = ((stand.WORDS, record.words), (stand.SNAPSHOT, record.snapshot), (stand.FACTS, record.facts))
    for part, value in checks:
        said, event, salt = _last_said(record, part)
        if value is not None and said is not None and said != audit.commitment(_own(event, salt, f"#{part}"), value):
            return f"{record.no} {_step(event) if event else '审计起点'}之后，{stand.NAMES[part]}被改动过"
    said, event, salt = _last_said(record, "accounts")
    for n, account in enumerate(record.accounts or []):
        if said and n < len(said) and said[n] != audit.commitment(_own(event, salt, f"#account{n}"), account):
            return f"{record.no} {_step(event) if event else '审计起点'}之后，退款账户被改动过"
    return ""


def _own(event: audit.Link | None, salt: str, name: str) -> str:
    if event is not None and event.erased is not None and audit.SALTS in event.erased:
        return str(event.erased[audit.SALTS].get(name, ""))
    return audit.salt_of(salt, name)


def _case_differs(said: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    for name, _, label in stand.CASE_COLUMNS:
        if said.get(name) != now.get(name):
            return f"记的{label}是 {_value(said.get(name))}，现在是 {_value(now.get(name))}"
    return "记的和现在的不一样"


def _rows_differ(part: str, said: Sequence[Any], now: Sequence[Any]) -> str:
    what, columns = stand.NAMES[part], stand.COLUMNS[part]
    for n, (before, after) in enumerate(zip(said, now, strict=False), 1):
        for (_, _, label), was, has in zip(columns, before, after, strict=False):
            if was != has:
                named = f" {before[0]} " if isinstance(before[0], str) and label != "单号" else f"第 {n} 行"
                return f"记的{what}{named}{label}是 {_value(was)}，现在是 {_value(has)}"
    return f"记的{what}有 {len(said)} 行，现在有 {len(now)} 行"


def _value(value: Any) -> str:
    if value is None or value == "":
        return "空"
    text = value if isinstance(value, str) else audit.canonical(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


# -- as the database has them ------------------------------------------------------------------------------------------


def record_of(case: Case, events: Sequence[Event], rows: Mapping[str, Sequence[Any]], *, begun: bool = True) -> Record:
    """A case with all of its rows as a record."""
    stands: dict[str, Any] = {stand.CASE: stand.of_case(case), stand.ENDED: stand.ended(rows[stand.TASKS])}
    stands |= {part: stand.listed(part, rows[part]) for part in stand.ROWS}
    return Record(
        case.no, case.seq, case.chain, case.seal, case.base, events, stands, stand.words_of(case), case.snapshot,
        stand.facts_of(case), [stand.account_of(refund) for refund in rows[stand.REFUNDS]], _pending(case), begun,
    )  # fmt: skip


def _pending(case: Case) -> str | None:
    amount = case.facts.get(AMOUNT)
    return None if amount is None or case.closed_at else f"{yuan(amount):.2f}"


async def broken(case_id: int) -> tuple[int, str]:
    """How many events a case has, and the sentence of ``faults`` about it."""
    case = await Case.get(id=case_id)
    events = await Event.filter(case_id=case_id).order_by("seq")
    record = record_of(case, events, await stand.rows_of(case_id), begun=await access_log.begun())
    return len(events), faults(record, seals.ring())


async def records(after: int = 0) -> AsyncIterator[Record]:
    """Every case of the database, the oldest first."""
    last, begun = after, await access_log.begun()
    while cases := await Case.filter(id__gt=last).order_by("id").limit(PAGE):
        ids = [case.id for case in cases]
        events: dict[int, list[Event]] = {case_id: [] for case_id in ids}
        for event in session.to_models(Event, await stand.among(Event, ids, "case_id, seq")):
            events[event.case_id].append(event)
        rows = await stand.rows_among(ids)
        for case in cases:
            yield record_of(case, events[case.id], rows[case.id], begun=begun)
        last = cases[-1].id


async def broken_cases() -> AsyncIterator[str]:
    """One sentence for every case whose record does not hold."""
    ring = seals.ring()
    async for record in records():
        if sentence := faults(record, ring):
            yield sentence
