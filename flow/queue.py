"""Rows for the outbox: what must be said or done outside, committed with the change that asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import Outbox, hot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from models import Case, Task

MANAGERS = "管理群"  #: group that hears of what an administrator should mend


def row(kind: str, key: str, now: datetime, **fields: Any) -> Outbox:
    """An unsaved row, due at once; ``key`` makes it once, whoever asks again."""
    return Outbox(kind=kind, key=key, run_at=now, created_at=now, **{"payload": {}, **fields})


def task_token(case_no: str, task: Task) -> str:
    """Names the card of one task for ever: letters, digits and ``-`` as WeCom's task_id wants (D/90236)."""
    return f"{case_no}-v{task.visit}-m{task.owner_id}"


def task_card(case_no: str, task: Task, now: datetime, *, again: str = "") -> Outbox:
    """Show a task to its owner. ``again`` tells a further copy of the same card from the first."""
    token = task_token(case_no, task) + again
    payload = {"card": "task", "token": token, "node": task.node, "visit": task.visit}
    return row("card", f"card:{token}", now, member_id=task.owner_id, case_id=task.case_id, payload=payload)


def tell(key: str, member_id: int, now: datetime, say: str, **payload: Any) -> Outbox:
    """Words to one person; ``say`` names the text, rendered at delivery."""
    return row(
        "text", key, now, member_id=member_id, case_id=payload.pop("case_id", None), payload={"say": say} | payload
    )


def alert(key: str, now: datetime, text: str, group: str = MANAGERS) -> Outbox:
    """Words to an alert group."""
    return row("group", key, now, payload={"group": group, "text": text})


async def put(rows: list[Outbox]) -> None:
    """Insert rows in the caller's transaction; a key that is there already is left alone."""
    await hot.insert(rows, ignore=True)


_RETIRE = "UPDATE sent_card SET live = ? WHERE live = ? AND task_id IN ({}) RETURNING token, member_id"


def retiring(over: Sequence[Task]) -> list[hot.Statement]:
    """The statement that ends the live cards of closed tasks and says which they were; none for no task."""
    ids = tuple(task.id for task in over)
    return [hot.Statement(_RETIRE.format(", ".join("?" for _ in ids)), (False, True, *ids))] if ids else []


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
