"""The one way in which a case moves: look at it, decide, and write what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.access.rights import ensure_may_hear
from flow.cases.case_file import held_back, look, look_again
from flow.cases.case_writer import write
from flow.cases.command import Asks
from flow.cases.decision import decide
from flow.cases.guards import ensure_answered
from flow.errors import NotAllowed, StaleCase

if TYPE_CHECKING:
    from flow.cases.case_file import CaseFile
    from flow.cases.command import Command, Result
    from flow.cases.decision import Decision
    from flow.desk import Desk


async def advance(desk: Desk, command: Command) -> Result:
    """Carry ``command`` out in the caller's transaction.

    Raises NotFound, NotAllowed (with who may), Asks, PolicyRefused, or StaleCase when somebody else was first; the
    caller's transaction is then to be rolled back.
    """
    file = await look(desk, command)
    decision = await _decided(desk, file, command)
    if changed := await look_again(desk, file, decision.transition, command.at):
        file, decision = changed, decide(changed, command)
    if counted := await held_back(desk, file, decision.transition, command.at):
        file, decision = counted, decide(counted, command)
    await ensure_answered(file.case, file.rules.flow, decision.marking.nodes, decision.transition)
    return await write(desk, file, decision)


async def _decided(desk: Desk, file: CaseFile, command: Command) -> Decision:
    """The decision; a refusal only for ears that may know of the case."""
    try:
        return decide(file, command)
    except (NotAllowed, StaleCase) as refused:
        if not isinstance(refused, Asks):
            await ensure_may_hear(desk, file.case, [task.owner_id for task in file.tasks], command.who)
        raise
