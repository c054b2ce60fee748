"""A return whose own words say that the goods stay where they are: which of the other kinds was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.errors import PolicyRefused
from handlers.chat import guesses
from handlers.chat.further import WITHOUT_GOODS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Ctx, Reply
    from handlers.chat.guesses import Run


async def instead(ctx: Ctx, words: Sequence[str], said: str, run: Run) -> Reply:
    """The same line as one of those kinds, to choose from. Raises PolicyRefused where none of them can be opened.

    ``words`` begin with the order, ``run`` carries out a whole line.
    """
    readings = [" ".join([kind, *words]) for kind in WITHOUT_GOODS if ctx.may(kind)]
    lead = f"“{ctx.kept(said)}”：货不寄回来就不是退货，还没有开单"
    if reply := await guesses.offer(ctx, ("只退钱，还是补偿？", lead), readings, run):
        return reply
    raise PolicyRefused(f"{lead}；只退钱请说“{WITHOUT_GOODS[0]}”，补一点钱请说“{WITHOUT_GOODS[1]}”")
