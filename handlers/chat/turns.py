"""Several statements that one tap does: one after the other, each for itself."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from cards.guess import THEN
from cards.types import Text
from flow.errors import FlowError
from handlers.chat import dialogs
from handlers.chat.context import Reply
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from handlers.chat.context import Ctx, Say

HELD_BACK = "上一句还要问你，先答完再办这一句；这一句什么都没有做"


def parts(words: Sequence[str]) -> list[list[str]]:
    """The statements that the words are."""
    return [list(each) for is_mark, each in groupby(words, key=lambda word: word == THEN) if not is_mark]


async def each(ctx: Ctx, words: Sequence[str], run: Callable[[Ctx, list[str]], Awaitable[Reply]]) -> Reply:
    """Every statement in its own savepoint, with its own answer; none behind one that asks something first.

    What was asked or offered before, such as 批量同意 beside a list, holds none of them back.
    """
    said = parts(words)
    if len(said) == 1:
        return await run(ctx, said[0])
    says: list[Say] = []
    before = await dialogs.current(ctx.me.id, ctx.at)
    for statement in said:
        wait = await dialogs.current(ctx.me.id, ctx.at)
        if wait and not (before and (wait.id, wait.version) == (before.id, before.version)):
            says.append(Text(f"“{' '.join(statement)}”：{HELD_BACK}"))
            continue
        try:
            async with session.transaction():
                says += (await run(ctx, statement)).says
        except FlowError as refused:
            says.append(Text(f"“{' '.join(statement)}”：{refused}"))
    return Reply(says=says)
