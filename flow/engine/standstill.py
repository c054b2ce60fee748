"""Why a deadline stands still, and since when: a case that was put aside, a task that its owner has put off. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flow.definitions.vocabulary import LATER, REPLY
from flow.engine.verbs import HOLD, SINCE
from models import CaseState

if TYPE_CHECKING:
    from datetime import tzinfo

    from models import Case, Task


def stopped(case: Case, task: Task, zone: tzinfo) -> str | None:
    """``11-23 10:00 起，等客户寄回``; None while the clock runs."""
    if case.state is CaseState.HELD:
        since = case.facts.get(SINCE)
        begun = f"{_moment(datetime.fromisoformat(since), zone)} 起" if since else ""
        return "，".join(part for part in (begun, str(case.facts.get(HOLD) or "")) if part)
    if task.snoozed_until is None:
        return None
    back = _moment(task.snoozed_until, zone)
    return f"等{REPLY}，最晚 {back} 再看" if task.snoozed_for else f"{LATER}，{back} 再看"


def _moment(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%m-%d %H:%M}"
