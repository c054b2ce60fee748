"""A reason behind a tap that takes the tap back, or asks for another sum: asked about as one in the same line is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.flow import REASON
from handlers.chat import dialogs, questions
from handlers.commands import reasons
from handlers.sentences import takebacks
from handlers.sentences.hearing import COMMENT, LOOK, TAKE_BACK, WHICH, short
from models import Case, Event

if TYPE_CHECKING:
    from handlers.chat.context import Reply
    from handlers.chat.dialogs import Wait
    from handlers.sentences.hearing import Hearing


async def reason(hearing: Hearing, wait: Wait, text: str) -> Reply | None:
    """The question what is meant by ``算了 还是同意`` behind 驳回; None for a plain reason, and for another answer."""
    if wait.kind == questions.ASK and wait.data["todo"][0].get("fact") == REASON:
        return await _before(hearing, wait, text)
    return await _behind(hearing, wait, text) if wait.kind == reasons.AFTERWARDS else None


async def _before(hearing: Hearing, wait: Wait, text: str) -> Reply | None:
    """Of an action that waits for its reason: nothing is done yet."""
    no = (await Case.get(id=wait.data["case_id"]).only("id", "no")).no
    words = [wait.data["action"], no, *text.split()]
    if not await takebacks.among(hearing, [" ".join(words)]):
        return None
    await dialogs.leave(hearing.ctx.me.id, hearing.ctx.at)
    return await takebacks.doubted(hearing, words)


async def _behind(hearing: Hearing, wait: Wait, text: str) -> Reply | None:
    """Of a step that is done: it can be taken back, and the words kept as its reason all the same."""
    case = await Case.get(id=wait.data["case_id"])
    step = await Event.get_or_none(case_id=case.id, seq=wait.data["seq"])
    found = await takebacks.against(hearing, case, (step.node, step.action), text) if step else None
    if not found or step is None:
        return None
    back, kept = f"{TAKE_BACK} {case.no}", f"{REASON} {case.no} {text}"
    stands = f"{case.no} 还是“{step.action}”"
    lead = f"“{short(text)}”和“{step.action}”对不上，没有当作理由；{stands}，点一下才算"
    return await hearing.offer(WHICH, lead, [back, kept, f"{COMMENT} {case.no} {text}", f"{LOOK} {case.no}"])
