"""The commands that open a case, each by its own word: of the kinds that ship, and of the business's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.permissions import KINDS
from handlers.chat.router import Command, Entry, Router
from handlers.commands.returns import USAGE, several

if TYPE_CHECKING:
    from handlers.chat.context import Ctx, Reply

router = Router()


def _opening(kind: str) -> Command:
    async def opened(ctx: Ctx, words: list[str]) -> Reply:
        return await several(ctx, [[kind, *words]])

    return opened


for _kind in KINDS:
    router.command(_kind, USAGE.format(_kind), needs=_kind)(_opening(_kind))


def own_kinds(ctx: Ctx) -> dict[str, Entry]:
    """One for each kind that does not ship, as it is published now."""
    return {kind: Entry(kind, _opening(kind), USAGE.format(kind), kind) for kind in ctx.desk.business.kinds}
