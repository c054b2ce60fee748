"""Rows for the outbox: what must be said or done outside, committed with the change that asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import connections

from models import Outbox

if TYPE_CHECKING:
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
    if rows:
        await Outbox.bulk_create(rows, ignore_conflicts=True)


_RETIRE = "UPDATE sent_card SET live = {no} WHERE live = {yes} AND task_id IN ({ids}) RETURNING token, member_id"
_BOOLEANS = {"sqlite": {"yes": "1", "no": "0"}, "postgres": {"yes": "TRUE", "no": "FALSE"}}


async def retire_cards(task_ids: list[int], case: Case, now: datetime, *, but: str | None) -> list[Outbox]:
    """Turn the live cards of closed tasks into records; the rows that redraw them.

    The card ``but`` is the one just tapped: its record goes back in the callback, which costs no call.
    One statement instead of a select and an update: this is on every tap's way.
    """
    if not task_ids:
        return []
    connection = connections.get("default")
    ids = ", ".join(str(int(task_id)) for task_id in task_ids)
    statement = _RETIRE.format(ids=ids, **_BOOLEANS[connection.capabilities.dialect])
    gone = await connection.execute_query_dict(statement)
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
