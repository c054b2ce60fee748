"""What people hear who open the chat: members once a day what waits for them, strangers whom to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.greeting import greeting, stranger
from flow.access.permissions import MAX_NAMED, keepers
from flow.definitions.permissions import WAY_BACK
from flow.views.case import case_view, open_tasks, task_view
from handlers.chat.events import Message
from models import CaseState, Task, TaskState

if TYPE_CHECKING:
    from datetime import datetime

    from cards.types import Text
    from flow.desk import Desk
    from handlers.chat.events import Event, Labels
    from models.views.case import CaseView, Person, TaskView


async def greet(desk: Desk, who: Person, now: datetime) -> Text:
    """The three lines, as things stand now."""
    mine = Task.filter(owner_id=who.id, state=TaskState.OPEN, snoozed_until=None)
    count, urgent = await mine.count(), await _most_urgent(desk, who)
    return greeting(who.name, sorted(who.roles), (count, urgent), desk.business.matrix.first(who.roles), now)


async def _most_urgent(desk: Desk, who: Person) -> tuple[CaseView, TaskView] | None:
    """What is due first; the deadline of what is put aside stands still, so that comes last."""
    tasks = sorted(await open_tasks(who), key=lambda task: task.case.state is CaseState.HELD)
    if not tasks:
        return None
    case = await case_view(desk, tasks[0].case_id, viewer=who)
    return case, await task_view(desk, tasks[0], case)


async def whom_to_ask(desk: Desk, event: Event | Labels) -> Text:
    """For somebody who is no member; in a group without the account, which is theirs to tell."""
    able = keepers(desk.business.matrix, await desk.staff.now())[:MAX_NAMED]
    in_group = isinstance(event, Message) and event.chat
    return stranger([desk.business.matrix.title(one, WAY_BACK[0]) for one in able], "" if in_group else event.userid)
