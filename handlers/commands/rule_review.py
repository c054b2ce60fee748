"""规则 体检, 规则 保留: what nothing has used for long, and what is to stay all the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.permissions import ensure_may
from flow.cases.review import KEEP, REVIEW, keep, review, visible, words
from flow.definitions.choices import UNUSED
from flow.edits.number_change import change_of
from flow.publishing.proposals import PUBLISH
from handlers.chat.context import Ctx, Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

_BETWEEN = re.compile(r"[、,，;；\s]+")


def is_of_review(said: Sequence[str]) -> bool:
    """Whether the words after 规则 are these, and no change of a row that is called so."""
    if list(said) == [REVIEW]:
        return True
    return len(said) > 1 and said[0] == KEEP and not change_of("".join(said))


async def of_review(ctx: Ctx, said: Sequence[str]) -> Reply:
    """Carry one out. Raises NotAllowed for who may not publish, NotFound for a name that is not there."""
    ensure_may(ctx.desk.business.matrix, ctx.me, PUBLISH, ctx.staff)
    if not ctx.desk.business.choices.unused_days:
        return Reply.of(Text(f"没有设几天算没用过，看不了；例如回复：设置 {UNUSED} 90"))
    return Reply.of(Text(await (_shown(ctx) if said[0] == REVIEW else _kept(ctx, said[1:]))))


async def _shown(ctx: Ctx) -> str:
    choices, found = ctx.desk.business.choices, await review(ctx.desk, ctx.at)
    items = visible(found.left(), ctx.desk, ctx.me)
    if items:
        return words(items, choices, ctx.at)
    kept = "（保留的不算）" if found.items else ""
    days = choices.unused_days
    return f"规则体检：自动规则、名单、退货类型 {days} 天里都用过，或者还没满 {days} 天{kept}"


async def _kept(ctx: Ctx, said: Sequence[str]) -> str:
    names = list(dict.fromkeys(filter(None, _BETWEEN.split(" ".join(said)))))
    items = await keep(ctx.desk, names, ctx.me, ctx.at)
    every = ctx.desk.business.choices.review_every or ctx.desk.business.choices.unused_days
    return f"记下了，看过要留：{'、'.join(f'{item.kind} {item.name}' for item in items)}；{every} 天里体检不再提"
