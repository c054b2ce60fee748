"""Rows for the outbox: what must be said or done outside, committed with the change that asks for it."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any
from zlib import crc32

from models import Outbox, SentCard, TaskState, WorkState
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from models import Case, Task

DIGEST = "digest"  #: kind of the row that tells what has waited, and in a payload the key of that row
FOLLOWS_EVERY = timedelta(minutes=10)  #: a submitter's card is redrawn no oftener, but for the end
ASIDE = "slow "  #: begins the lanes of what is slow to make
SLOW = frozenset({"chart", "drawing", "workbook", "simulate", "papers", "case_list", "case_lines", "my_cases"})
GROUP = "group"  #: kind of the row that says something in an alert group
MANAGERS = "管理群"  #: group that hears of what an administrator should mend


def row(kind: str, key: str, now: datetime, **fields: Any) -> Outbox:
    """An unsaved row, due at once; ``key`` makes it once, whoever asks again."""
    told = session.unsaved(Outbox, kind=kind, key=key, run_at=now, created_at=now, **fields)
    told.lane = lane(told)
    return told


def lane(told: Outbox) -> str:
    """What the row waits for: what was said to the same person before, or done about the same case.

    What is slow to make waits for its own kind alone, so that it holds nobody's cards and texts.
    """
    if told.member_id:
        return f"{ASIDE if told.kind in SLOW else ''}m{told.member_id}"
    return f"{told.kind} {told.case_id}" if told.case_id else ""


def task_token(case_no: str, task: Task) -> str:
    """Names the card of one task for ever: letters, digits and ``-`` as WeCom's task_id wants (D/90236).

    Two branches of a fork may give one person two tasks at once, so the node is in it.
    """
    return f"{case_no}-v{task.visit}-m{task.owner_id}-{crc32(task.node.encode()):08x}"


def task_card(case_no: str, task: Task, now: datetime, *, again: str = "") -> Outbox:
    """Show a task to its owner. ``again`` tells a further copy of the same card from the first."""
    token = task_token(case_no, task) + again
    payload = {"card": "task", "token": token, "node": task.node, "visit": task.visit}
    return row("card", f"card:{token}", now, member_id=task.owner_id, case_id=task.case_id, payload=payload)


WORDS = "words"  #: in ``tell``: the text itself, about no case


def tell(
    key: str, member_id: int, now: datetime, say: str, *, run_at: datetime | None = None, **payload: Any
) -> Outbox:
    """Words to one person; ``say`` names the text, rendered at delivery.

    Words for later than now wait for ``run_at``, together with whatever else waits for that person till then, or
    with the rest of the ``digest`` that the payload names.
    """
    case_id, at = payload.pop("case_id", None), run_at or now
    if at > now and DIGEST not in payload:
        payload[DIGEST] = f"{DIGEST}:m{member_id}:{at.astimezone(UTC):%Y%m%d%H%M}"
    told = row("text", key, now, member_id=member_id, case_id=case_id, payload={"say": say} | payload)
    told.run_at = at
    return told


def alert(key: str, now: datetime, text: str, group: str = MANAGERS) -> Outbox:
    """Words to an alert group."""
    return row(GROUP, key, now, payload={"group": group, "text": text})


async def put(rows: list[Outbox]) -> None:
    """Insert rows in the caller's transaction; a key that is there already is left alone."""
    await session.insert([*_digests(rows), *rows], ignore=True)


def _digests(rows: Sequence[Outbox]) -> list[Outbox]:
    """One row for all that waits for a person till the same moment; it goes before them, so that it speaks first."""
    found: dict[str, Outbox] = {}
    for held in rows:
        if held.kind == "text" and (key := held.payload.get(DIGEST)) and key not in found:
            found[key] = row(DIGEST, key, held.created_at, member_id=held.member_id)
            found[key].run_at = held.run_at
    return sorted(found.values(), key=lambda digest: digest.key)  # two transactions may want the same ones


_LIVE = "live = ? AND task_id IN ({ids})"
_RETIRE = "UPDATE sent_card SET live = ?"
_REFRESH = """
INSERT INTO outbox (key, kind, member_id, lane, case_id, payload, state, attempts, run_at, error, created_at)
SELECT 'refresh:' || token || ?, 'refresh', member_id, 'm' || member_id, ?, json_object('token', token), ?, 0, ?, '', ?
FROM sent_card
""".strip()
_REFRESH_ONCE = " ORDER BY id ON CONFLICT DO NOTHING"
_ENDED = f"{_LIVE} AND token <> ?"
_OUTDATE = "UPDATE sent_card SET followed = ? WHERE case_id = ? AND task_id IS NOT NULL"
_FOLLOW = "UPDATE sent_card SET followed_at = ?"
_LAST_DECIDED = """live = ? AND case_id = ? AND (
  task_id IN (SELECT id FROM task WHERE case_id = ? AND closed_at = (SELECT MAX(closed_at) FROM task WHERE case_id = ?))
  OR task_id IS NULL AND NOT EXISTS (SELECT 1 FROM task WHERE case_id = ? AND closed_at IS NOT NULL)
)"""

_SUBMITTED = "case_id = ? AND task_id IS NULL AND name = 'draft'"
_ON_THE_WAY, _AT_THE_END = "AND (platform <> 'wecom' OR spare <> '')", "AND (platform <> 'wecom' OR code <> '')"


def ending(over: Sequence[Task], case: Case, now: datetime, *, but: str | None) -> list[session.Statement]:
    """The statements that redraw the live cards of closed tasks as records, and end them; none for no task.

    The card ``but`` is the one just tapped: its record goes back in the callback, which costs no call.
    """
    if not over:
        return []
    ids = tuple(task.id for task in over)
    marks = ", ".join("?" for _ in ids)
    redraw = _refresh(case, now, _ENDED.format(ids=marks), True, *ids, but or "")
    return [redraw, session.Statement(_RETIRE, (False, True, *ids), where=_LIVE.format(ids=marks))]


def recorded_again(case: Case, now: datetime) -> session.Statement:
    """The statement that redraws the records of the last decision: what they said comes next has come.

    Of a case that nobody had to decide yet, that is the card with which it was submitted.
    """
    return _refresh(case, now, _LAST_DECIDED, False, *[case.id] * 4)


def following(case: Case, now: datetime, *, over: bool) -> list[session.Statement]:
    """The statements that redraw the card with which a case was submitted; ``over``: for the last time.

    Each drawing is a call that counts (KB 1431), so one that was drawn a moment ago waits, unless it is the last.
    Where each takes a code (D/94888), the last code is kept for the end.
    """
    which = f"{_SUBMITTED} {_AT_THE_END if over else _ON_THE_WAY}"
    if over:
        return [_refresh(case, now, which, case.id)]
    fresh, later = now - FOLLOWS_EVERY, now + FOLLOWS_EVERY
    long_ago = f"{which} AND (followed_at IS NULL OR followed_at <= ?)"
    return [
        _refresh(case, now, f"{which} AND followed_at > ?", case.id, fresh, at=later),
        _refresh(case, now, long_ago, case.id, fresh),
        session.Statement(_FOLLOW, (now, case.id, fresh), where=long_ago),
    ]


def _refresh(case: Case, now: datetime, which: str, *values: Any, at: datetime | None = None) -> session.Statement:
    """Queue the records of those cards, for ``at``; a card is redrawn once for each version of its case."""
    told = (f":v{case.version}", case.id, WorkState.NEW, at or now, now)
    return session.Statement(_REFRESH, (*told, *values), where=which, tail=_REFRESH_ONCE)


async def redrawing(
    case: Case,
    now: datetime,
    *,
    but: str | None = None,
    of: Task | None = None,
    told: Outbox | None = None,
    rings: datetime | None = None,
) -> list[Outbox]:
    """Rows that draw the live cards of a case's open tasks anew, or those ``of`` one; ``but`` is the card just tapped.

    Cards that can be redrawn only once give way to one fresh card, whose name stands ready in the row of the newest;
    it rings, so it waits till ``rings``, or goes with the words ``told`` that ring anyway, and stays away where these
    tell of many at once. Whatever a phone shows meanwhile, a tap on it decides nothing, unless the cards are drawn anew
    for the words' sake alone: they ask for what they asked.
    """
    if told is None:
        await session.batch(session.Statement(_OUTDATE, (case.version, case.id)))
    found = SentCard.filter(case_id=case.id, live=True, task__state=TaskState.OPEN).order_by("-id")
    rows, shown = [], set()
    for card in await (found.filter(task_id=of.id) if of else found).prefetch_related("task"):
        if card.token != but and card.task is not None:
            fresh = card.drawn_once and card.task_id not in shown
            name = f"{task_token(case.no, card.task)}-r{case.version}" if fresh else ""
            key, payload = f"redraw:{card.token}:v{case.version}", {"token": card.token, "fresh": name}
            at = (rings or now) if card.drawn_once else now
            if told and card.drawn_once:
                at, payload[DIGEST] = told.run_at, str(told.payload.get(DIGEST, ""))
            rows.append(row("redraw", key, at, member_id=card.member_id, case_id=case.id, payload=payload))
        shown.add(card.task_id)
    return rows


def retiring(over: Sequence[Task]) -> list[session.Statement]:
    """The statement that ends the live cards of closed tasks and says which they were; none for no task."""
    ids = tuple(task.id for task in over)
    which, told = _LIVE.format(ids=", ".join("?" for _ in ids)), " RETURNING token, member_id"
    return [session.Statement(_RETIRE, (False, True, *ids), session.Kind.READ, which, told)] if ids else []


def redraws(gone: Sequence[Mapping[str, Any]], case: Case, now: datetime, *, but: str | None) -> list[Outbox]:
    """Rows that redraw ended cards as records.

    The card ``but`` is the one just tapped: its record goes back in the callback, which costs no call.
    """
    return [
        row(
            "refresh",
            f"refresh:{card['token']}:v{case.version}",
            now,
            case_id=case.id,
            member_id=card["member_id"],
            payload={"token": card["token"]},
        )
        for card in gone
        if card["token"] != but
    ]
