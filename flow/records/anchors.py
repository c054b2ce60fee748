"""审计锚: once a day one hash over all records that have moved, posted where no administrator of the database writes.

A record of the days before can then neither be changed nor removed unseen, not even by somebody with the key.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from tortoise.exceptions import IntegrityError
from tortoise.functions import Max
from tortoise.transactions import in_transaction

from flow.records import access_log, audit, outbox, register, snapshot
from flow.records.access_log import ranges
from flow.records.salts import new_salt
from flow.records.sequences import DAYS, counter_text
from flow.records.verification import PAGE, first_broken
from models import AuditAnchor, AuditEntry, Case, Counter, Event, seals
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

AT_ONCE = 100_000  #: events that one anchor covers at most
AGAIN = 5_000  #: events that the one before has covered too: some were still being written then
PLATFORMS = ("wecom", "dingtalk")
EVERYWHERE = "everywhere"  #: in the payload of a word for a group: the platform on which it must stand


def leaf(head: Sequence[Any]) -> str:
    """The hash of one head: number, seq and chain."""
    return audit.digest(f"leaf|{audit.canonical(list(head))}")


def root(heads: Sequence[Sequence[Any]]) -> str:
    """The Merkle root over the heads in their order; a lone node goes up as it is."""
    level = [leaf(head) for head in heads] or [audit.GENESIS]
    while len(level) > 1:
        level = _above(level)
    return level[0]


def _above(level: Sequence[str]) -> list[str]:
    pairs = [audit.digest(f"node|{one}|{two}") for one, two in zip(level[::2], level[1::2], strict=False)]
    return pairs + list(level[len(pairs) * 2 :])


def path(heads: Sequence[Sequence[Any]], place: int) -> list[list[str]]:
    """The way from one head to the root: on each level the side and the hash of its neighbour."""
    level, way = [leaf(head) for head in heads], []
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            way.append(["左" if beside < place else "右", level[beside]])
        level, place = _above(level), place // 2
    return way


def climbed(head: Sequence[Any], way: Sequence[Sequence[str]]) -> str:
    """The root that a head and its way lead to."""
    found = leaf(head)
    for side, other in way:
        found = audit.digest(f"node|{other}|{found}" if side == "左" else f"node|{found}|{other}")
    return found


def facts_of(anchor: Any) -> dict[str, Any]:
    """What the hash of an anchor is made of, beside the one before."""
    return {"no": anchor.no, "day": anchor.day, "at": anchor.at.astimezone(UTC).isoformat(), "body": anchor.body}


CHAIN = audit.Chain(
    "no", facts_of, lambda anchor: f"第 {anchor.no} 个审计锚（{anchor.day}）", "第 {} 个审计锚不见了",
    lambda ring, anchor: ring.holds(anchor.seal, f"anchor|{anchor.no}|{anchor.hash}"), "的封印对不上", keyed=True,
)  # fmt: skip


def broken_anchors(anchors: Sequence[Any], ring: Any = None) -> str:
    """A sentence naming the first anchor that does not follow from the one before; empty when all do. Pure."""
    return audit.first_touched(CHAIN, anchors, ring)


def told(anchor: AuditAnchor) -> str:
    """The anchor as it stands in the group and in every export."""
    return f"审计锚 {anchor.day} 第 {anchor.no} 号：{anchor.hash}"


async def newest() -> AuditAnchor | None:
    """The last anchor, without its heads, which may be many."""
    found = AuditAnchor.all().order_by("-no").first()
    return await found.only("id", "no", "day", "at", "body", "last_event", "before", "hash", "seal")


async def foot() -> str:
    """A line for the foot of an export; "" before there is an anchor."""
    anchor = await newest()
    return told(anchor) if anchor else ""


async def cast(now: datetime, zone: tzinfo) -> AuditAnchor | None:
    """The day's anchor, made and put up for posting; None where the day has it already."""
    day = f"{now.astimezone(zone):%Y-%m-%d}"
    if await AuditAnchor.filter(day=day).exists():
        return None
    anchor, more = None, True
    try:
        while more:
            async with in_transaction():
                anchor, more = await _cast(day, now)
    except IntegrityError:  # another replica was first
        return None
    return anchor


async def _cast(day: str, now: datetime) -> tuple[AuditAnchor | None, bool]:
    """One more; whether another is wanted, because so many events have come since the last."""
    last = await newest()
    seq = last.no + 1 if last else 1
    if last and last.day == day:
        return last, False
    since = last.last_event if last else 0
    [found] = await Event.annotate(end=Max("id")).values_list("end", flat=True)
    end = int(str(found or 0))
    upto = min(end, since + AT_ONCE)
    heads = await _heads(max(since - AGAIN, 0), upto)
    entry = await AuditEntry.all().order_by("-seq").first()
    days = await Counter.get_or_none(name=DAYS)
    body = {
        "root": root(heads), "heads": len(heads), "log": [entry.seq, entry.hash] if entry else [0, audit.GENESIS],
        "days": days.value if days else 0,
    }  # fmt: skip
    more = upto < end
    anchor = session.unsaved(
        AuditAnchor, no=seq, day=f"#{seq}" if more else day, at=now, body=body, heads=heads,
        last_event=upto, before=last.hash if last else audit.GENESIS,
    )  # fmt: skip
    anchor.hash = audit.link(anchor.before, facts_of(anchor))
    anchor.seal = seals.ring().seal(f"anchor|{anchor.no}|{anchor.hash}")
    await session.insert([anchor])
    if not more:
        await outbox.put(_postings(anchor, now))
    return anchor, more


async def _heads(since: int, upto: int) -> list[list[Any]]:
    rows = await session.rows("SELECT DISTINCT case_id FROM case_event WHERE id > ? AND id <= ?", since, upto)
    ids = [row["case_id"] for row in rows]
    heads: list[list[Any]] = []
    for start in range(0, len(ids), PAGE):
        cases = Case.filter(id__in=ids[start : start + PAGE]).values_list("no", "seq", "chain")
        heads += [list(head) for head in await cases]
    return sorted(heads)


def _postings(anchor: AuditAnchor, now: datetime) -> list[Any]:
    text = (
        f"{told(anchor)}\n它锁住了到今天为止的全部流水。请留着这条消息：以后用 "
        "python -m bot audit verify --anchor 加上这串字，就能查出此前的记录有没有被改过或删过"
    )
    rows = []
    for platform in PLATFORMS:
        row = outbox.alert(f"anchor:{anchor.no}:{platform}", now, text)
        row.payload = {**row.payload, EVERYWHERE: platform}
        rows.append(row)
    return rows


# -- where the audit begins -------------------------------------------------------------------------------------------


async def begin_empty(now: datetime) -> None:
    """Begin at once where there is nothing to take down."""
    if not await Case.exists():
        await begin(now)


async def begin(now: datetime) -> int:
    """Take down how the cases stand that are older than the seals, and seal them; how many that were.

    In small steps beside the desk's work. What is broken already is left without a seal, and so goes on being named.
    """
    await register.begin(now)
    if await access_log.begun():
        return 0
    done, last = 0, 0
    while ids := await Case.filter(id__gt=last).order_by("id").limit(PAGE).values_list("id", flat=True):
        last = int(str(ids[-1]))
        async with in_transaction():
            done += await _take_down([int(str(each)) for each in ids])
    async with in_transaction():
        for counter in await Counter.filter(name__startswith="case:", seal=""):
            text = counter_text(counter.name, counter.value)
            await Counter.filter(name=counter.name, value=counter.value).update(seal=seals.ring().seal(text))
        days = await Counter.filter(name__startswith="case:").count()
        if days:
            await Counter.update_or_create(
                name=DAYS, defaults={"value": days, "seal": seals.ring().seal(counter_text(DAYS, days))}
            )
        await access_log.put_down(access_log.BEGAN, None, {"单数": done, "缺号": await _gaps()}, now)
    return done


async def _gaps() -> dict[str, list[list[int]]]:
    """Numbers that were missing before: nobody can say any more why."""
    return {day: ranges for day, ranges in (await missing_numbers()).items() if ranges}


async def _take_down(ids: list[int]) -> int:
    cases = await Case.filter(id__in=ids, seal="").order_by("id")
    if not cases:
        return 0
    old = [case.id for case in cases]
    events: dict[int, list[Event]] = {case_id: [] for case_id in old}
    for event in session.to_models(Event, await snapshot.among(Event, old, "case_id, seq")):
        events[event.case_id].append(event)
    rows = await snapshot.rows_among(old)
    done = 0
    for case in cases:
        if first_broken(case.no, events[case.id], case.chain, case.seq):
            continue
        salt = new_salt()
        case.base = {**snapshot.whole(case, rows[case.id], salt), "salt": salt}
        seal = seals.ring().seal(audit.head_text(case.no, case.seq, case.chain, case.base))
        claimed = Case.filter(id=case.id, version=case.version, seal="")
        done += await claimed.update(base=case.base, seal=seal, version=case.version + 1)
    return done


# -- against the database ---------------------------------------------------------------------------------------------


async def missing_numbers() -> dict[str, list[list[int]]]:
    """For each day the ranges of numbers that were given to a case which is not there."""
    found: dict[str, list[list[int]]] = {}
    for counter in await Counter.filter(name__startswith="case:").order_by("name"):
        day = counter.name.removeprefix("case:")
        numbers = await Case.filter(no__startswith=f"R{day}-").values_list("no", flat=True)
        there = {int(str(no).rpartition("-")[2]) for no in numbers}
        found[day] = ranges(n for n in range(1, counter.value + 1) if n not in there)
    return found


async def removed_cases() -> list[str]:
    """A sentence for every number that was given away and whose case is gone, and for every counter that was turned."""
    said = await _turned_counters()
    excused = await _excused()
    for day, gaps in (await missing_numbers()).items():
        lost = ranges(
            n for one, two in gaps for n in range(one, two + 1) if not any(a <= n <= b for a, b in excused.get(day, ()))
        )
        for one, two in lost:
            said.append(f"R{day}-{one:04d} 不见了" if one == two else f"R{day}-{one:04d} 到 R{day}-{two:04d} 不见了")
    return said


async def _turned_counters() -> list[str]:
    said: list[str] = []
    ring, begun = seals.ring(), await access_log.begun()
    counters = await Counter.filter(name__startswith="case:").order_by("name")
    for counter in counters:
        if not (counter.seal or begun):
            continue
        day = counter.name.removeprefix("case:")
        if sentence := audit.keyless(f"{day} 的单号计数", counter.seal, ring):
            said.append(sentence)
        elif not ring.holds(counter.seal, counter_text(counter.name, counter.value)):
            said.append(f"{day} 的单号计数被改动过，那天的售后单可能被删过")
    days = await Counter.get_or_none(name=DAYS)
    if days and (sentence := audit.keyless("有单号的天数", days.seal, ring)):
        said.append(sentence)
    elif days and not ring.holds(days.seal, counter_text(DAYS, days.value)):
        said.append("有单号的天数被改动过")
    elif begun and (days.value if days else 0) != len(counters):
        said.append(f"有售后单的日子应有 {days.value if days else 0} 天，只剩 {len(counters)} 天")
    return said


async def _excused() -> dict[str, list[list[int]]]:
    """Numbers whose cases went with an import that was taken back, or were missing when the audit began."""
    found: dict[str, list[list[int]]] = {}
    for entry in await AuditEntry.filter(kind__in=[access_log.UNDONE, access_log.BEGAN]):
        for day, gaps in (entry.data.get("缺号") or {}).items():
            found.setdefault(day, []).extend(gaps)
    return found


async def broken_against_anchors() -> list[str]:
    """What an anchor has seen and the database has no more."""
    anchors = await AuditAnchor.all().order_by("no").only("id", "no", "day", "at", "body", "before", "hash", "seal")
    if sentence := broken_anchors(anchors, seals.ring()):
        return [sentence]
    said: dict[str, str] = {}
    for each in anchors:
        anchor = await AuditAnchor.get(id=each.id)
        if anchor.body["root"] != root(anchor.heads):
            return [f"第 {anchor.no} 个审计锚（{anchor.day}）的内容被改动过"]
        for sentence in await _gone(anchor):
            said.setdefault(sentence.split(" ")[0], sentence)
    excused = await _excused()
    return [text for no, text in said.items() if not _was_undone(no, excused)]


def _was_undone(no: str, excused: dict[str, list[list[int]]]) -> bool:
    day, _, number = no.removeprefix("R").partition("-")
    return number.isdigit() and any(a <= int(number) <= b for a, b in excused.get(day, ()))


async def _gone(anchor: AuditAnchor) -> list[str]:
    said = []
    for start in range(0, len(anchor.heads), PAGE):
        part = anchor.heads[start : start + PAGE]
        cases = {c.no: c.id for c in await Case.filter(no__in=[head[0] for head in part]).only("id", "no")}
        rows = await Event.filter(case_id__in=list(cases.values())).values_list("case_id", "seq", "hash")
        there = {(case_id, seq): value for case_id, seq, value in rows}
        for no, seq, chain in part:
            if no not in cases:
                said.append(f"{no} 不见了：审计锚 {anchor.day} 时它有 {seq} 步")
            elif there.get((cases[no], seq)) != chain and seq:
                lost = (cases[no], seq) not in there
                said.append(f"{no} 第 {seq} 步{'不见了' if lost else '被改动过'}：和审计锚 {anchor.day} 对不上")
    return said
