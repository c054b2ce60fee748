"""Changes that have been agreed to and wait for their moment, or go back by themselves, as whoever looks is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards import proposal as face
from flow.publishing import schedule
from models import ProposalState

if TYPE_CHECKING:
    from handlers.chat.context import Ctx
    from models import Proposal


async def waiting(ctx: Ctx, *, own: bool = False) -> list[Proposal]:
    """Changes that have been agreed to and wait for their moment, of anybody or only mine."""
    return [each for each in await schedule.timed() if not own or each.author_id == ctx.me.id]


async def standing(ctx: Ctx) -> list[str]:
    """A line for each change that waits for its moment, or goes back by itself."""
    every = [*await schedule.timed(), *await schedule.ending()]
    return [
        f"定时：{each.about} {len(each.words)} 处改动，{face.timing_words(each, ctx.at)}"
        f"（{'现在用着' if each.state is ProposalState.LIVE else '还没有换上，不要就回复 作废'}）"
        for each in every
    ]
