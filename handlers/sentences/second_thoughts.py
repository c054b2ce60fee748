"""A change of mind: of a step that can't be taken back any more, and while an answer is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cards.types import Text
from flow.engine.verbs import GIVE_BACK, REOPEN
from handlers.chat import dialogs, guesses, questions, refusals
from handlers.chat.context import Reply
from handlers.chat.manual import examples
from handlers.chat.sentences import sentence
from handlers.sentences import natural, takebacks
from handlers.sentences.handovers import COPY
from handlers.sentences.hearing import COMMENT, GIVE, LOOK, OFFERED, TAKE_BACK, WHICH, asked, beside, short, spoken
from models import Case, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.errors import FlowError
    from handlers.chat.dialogs import Wait
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing


async def taken_back(hearing: Hearing, said: Sentence, numbers: Sequence[str]) -> Reply | None:
    """A step of mine that was a mistake: to be taken back by a tap, or why the last one can't be.

    What is said beside the slip is kept with it.
    """
    every = [f"{TAKE_BACK} {no} {spoken(said)}" for no in numbers[:OFFERED]]
    able = [each for each in every if await guesses.works(hearing.ctx, each.split(), hearing.strictly)]
    if able:
        return await asked(hearing, said, [*able, *(f"{LOOK} {each.split()[1]}" for each in able[:1])])
    if every:
        return await too_late(hearing, numbers[0], beside(said)) or await hearing.run(
            hearing.ctx, [TAKE_BACK, numbers[0]]
        )
    return Reply.of(Text(f"没有你刚办的、可以撤回的单，什么都没有做。{examples(hearing.ctx)}"))


async def too_late(hearing: Hearing, no: str, words: str) -> Reply | None:
    """Why a step of mine stands, and the buttons that keep the words for whoever has the case now.

    None where it can be taken back after all, or nothing is said beside.
    """
    refused = await guesses.refusal(hearing.ctx, [TAKE_BACK, no], hearing.strictly)
    return await instead(hearing, no, words, refused) if refused and words else None


async def instead(hearing: Hearing, no: str, words: str, refused: FlowError) -> Reply | None:
    """The buttons that keep what is said with a step that stands: for all, for who has it now, to step back."""
    owners = Task.filter(case__no=no, state=TaskState.OPEN).exclude(owner_id=hearing.ctx.me.id).order_by("id")
    names = dict.fromkeys(await owners.values_list("owner__name", flat=True))
    copies = [f"{COPY} {no} {name} {words}" for name in names][:2]
    lines = [f"{GIVE_BACK} {no} {words}", f"{COMMENT} {no} {words}", *copies, f"{REOPEN} {no} {words}", f"{LOOK} {no}"]
    reply = await hearing.offer(WHICH, f"{refused}。这句话还没有记下", lines)
    if reply:
        await refusals.keep_of(hearing.ctx, no, TAKE_BACK, refused)
    return reply


async def while_asked(hearing: Hearing, wait: Wait, text: str) -> Reply | None:
    """``那就先不同意，退回给林晓`` where an action waits for an answer: what is meant instead of it.

    None for what may as well be a bad answer: that is asked for once more.
    """
    if wait.kind != questions.ASK or sentence(text, hearing.lexicon).cases:
        return None
    no = (await Case.get(id=wait.data["case_id"]).only("id", "no")).no
    action, sure = wait.data["action"], replace(hearing, ctx=replace(hearing.ctx, sure=True))
    instead = [line for line in await natural.of_case(hearing, no, text) if line.split()[0] in (GIVE_BACK, GIVE)]
    if questions.confirms(wait):
        instead += await takebacks.among(hearing, [f"{action} {no} {text}"])
    able = [each for each in dict.fromkeys(instead) if await guesses.works(sure.ctx, each.split(), hearing.strictly)]
    if not able:
        return None
    await dialogs.leave(hearing.ctx.me.id, hearing.ctx.at)
    lead = f"{no} 还没有{action}，“{short(text)}”点一下才算，现在什么都没有做"
    return await sure.offer(WHICH, lead, [*able, f"{LOOK} {no}"])
