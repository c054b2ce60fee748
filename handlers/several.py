"""The same said of several cases in one sentence: each for itself, with its own answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.types import Text
from flow.errors import FlowError
from flow.locks import lock_named
from handlers import dialogs
from handlers.chat import cases
from handlers.context import Reply
from models import hot

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from handlers.context import Ctx

    Do = Callable[[Ctx, list[str]], Awaitable[Reply]]

AFTERWARDS = "reason"  #: dialog that waits for nothing that must be said: a reason that may be added
ASKS = "要先问一句，请单独回复"


async def each(ctx: Ctx, word: str, words: Sequence[str], do: Do) -> Reply:
    """Do it to each case that the words begin with; of one alone the answer is its own."""
    numbers, rest = cases.leading(words)
    if len(numbers) == 1:
        return await do(ctx, [numbers[0], *rest])
    await lock_named(numbers)
    lines = [await _line(ctx, word, [no, *rest], do) for no in numbers]
    return Reply.of(Text("\n".join(lines)))


async def _line(ctx: Ctx, word: str, words: list[str], do: Do) -> str:
    """What became of one case. What would first have to be asked is left undone, as two questions at once would be."""
    no, before = words[0], await dialogs.current(ctx.me.id, ctx.at)
    try:
        async with hot.transaction():
            reply = await do(ctx, words)
            after = await dialogs.current(ctx.me.id, ctx.at)
            if after and after != before and after.kind != AFTERWARDS:
                raise _AsksError
    except _AsksError:
        return f"✗ {no} {ASKS}：{word} {' '.join(words)}"
    except FlowError as refused:
        return f"✗ {no} {str(refused).removeprefix(no).strip()}"
    said = "；".join(part.body for part in reply.says if isinstance(part, Text))
    return f"✓ {said}"


class _AsksError(Exception):
    """It would have asked something first."""
