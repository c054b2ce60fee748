"""Readings of what somebody may have meant, each tried before it is offered, as buttons that do them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from cards import guess as card
from cards.types import Text
from flow.definitions.permissions import KINDS
from flow.errors import FlowError, NotFound
from handlers.chat import dialogs, stays
from handlers.chat.characters import simplified
from handlers.chat.context import Ctx, Named, Reply
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.dialogs import Wait

Run = Callable[[Ctx, list[str]], Awaitable[Reply]]
GUESS = "guess"
OFFERS = ("bulk", "reason")  #: what was offered unasked, and stays beside a guess
OFFERED = (GUESS, *OFFERS)
TAP = "点一个"  #: what a question ends with whose answers are buttons
TYPED = "要办请照着打整句；序号、按钮答的是还没答完的那一问"


class _TriedError(Exception):
    """It would have worked; nothing of it is kept."""


async def ensure(ctx: Ctx, words: Sequence[str], run: Run) -> None:
    """Raises NotFound unless a statement would be carried out."""
    if not await works(ctx, words, run):
        raise NotFound(f"“{' '.join(words)}”办不了")


async def works(ctx: Ctx, words: Sequence[str], run: Run) -> bool:
    """Whether a statement would be carried out, or would ask for more, if it were said now."""
    return await refusal(ctx, words, run) is None


async def refusal(ctx: Ctx, words: Sequence[str], run: Run) -> FlowError | None:
    """Why a statement would not be carried out; None for one that would."""
    try:
        async with session.transaction():
            await run(ctx, list(words))
            raise _TriedError  # rolls back
    except _TriedError:
        return None
    except FlowError as error:
        return error


async def offer(ctx: Ctx, asked: tuple[str, str], readings: Sequence[str], run: Run) -> Reply | None:
    """The card with those readings that work; in words while something else is asked; None where none works.

    ``asked`` is the question and what it is about.
    """
    able = [reading for reading in dict.fromkeys(readings) if await works(ctx, reading.split(), run)]
    return await choice(ctx, asked, able[: card.MOST])


async def choice(ctx: Ctx, asked: tuple[str, str], able: Sequence[str]) -> Reply | None:
    """The same of readings that are known to work."""
    question, lead = asked
    if not able:
        return None
    wait = await dialogs.current(ctx.me.id, ctx.at)
    if wait and wait.kind not in OFFERED:
        asked_in_words = question.removesuffix(TAP)
        return Reply.of(Text("\n".join([asked_in_words, lead, TYPED, *(f"· {reading}" for reading in able)])))
    data = {"readings": list(able), "kind": "选择", "typed": ctx.typed}
    wait = await dialogs.begin(ctx.me.id, GUESS, data, ctx.at, beside=OFFERS)
    shown = card.guess(question, ctx.quoted(lead), [_shown(ctx, each) for each in able], wait.id, wait.version)
    return Reply.of(Named(shown, wait.token, GUESS))


def _shown(ctx: Ctx, reading: str) -> str:
    """A reading with what it keeps as that was typed."""
    parts = [each.split(maxsplit=2) for each in reading.split(f" {card.THEN} ")]
    return f" {card.THEN} ".join(" ".join([*words[:2], *map(ctx.kept, words[2:])]) for words in parts)


def chosen(wait: Wait, value: str) -> str | None:
    """The reading that an answer takes: its number, its words, or its command alone; None for another answer."""
    readings: list[str] = wait.data["readings"]
    if value.isdigit() and 1 <= int(value) <= len(readings):
        return readings[int(value) - 1]
    if back := stays.going(value, len(readings)):
        return readings[back[0] - 1] if len(back) == 1 and readings[back[0] - 1].startswith(KINDS) else None
    same = [each for each in readings if value in (plain := simplified(each), plain.split()[0])]
    return same[0] if len(same) == 1 else None


async def answer(ctx: Ctx, wait: Wait, value: str, run: Run) -> Reply:
    """Do the reading that was chosen, as if it had been typed."""
    reading = chosen(wait, value)
    if reading is None and value not in (card.CANCEL, "取消"):
        raise NotFound("没有这个选项，请点卡片上的按钮或回复序号")
    await dialogs.leave(ctx.me.id, ctx.at, but=ctx.card, beside=OFFERS)
    if reading is None:
        return Reply(card.left()) if ctx.card else Reply.of(Text("好的，没有改动"))
    meant = replace(ctx, card=None, task_id=None, read=(), sure=True, typed=str(wait.data.get("typed", "")))
    done = await run(meant, reading.split())
    return replace(done, face=card.taken(_shown(meant, reading)) if ctx.card else None)
