"""合并 and 拆分, as people type them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.types import Text
from cards.words import goods, money
from flow.access.lookup import case_of
from flow.cases.merge_split import SPLIT, merge, split
from flow.engine.verbs import MERGE
from flow.errors import NotUnderstood, PolicyRefused
from flow.views.case import case_view
from handlers.chat import parse
from handlers.chat.context import Reply
from handlers.chat.router import Router

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Ctx
    from models import Case

router = Router()
MERGE_USAGE, SPLIT_USAGE = "合并 <留下的单号> <并掉的单号>", "拆分 <单号> <商品>×<件数> …"


@router.command(MERGE, MERGE_USAGE, needs=MERGE)
async def merge_cases(ctx: Ctx, words: list[str]) -> Reply:
    if len(words) != 2:
        raise NotUnderstood(f"请写成：{MERGE_USAGE}，第一个单号留下")
    keep, twin = [await case_of(ctx.desk, no, ctx.me, MERGE) for no in words]
    kept = await merge(ctx.desk, keep.no, twin.no, ctx.me, ctx.at)
    view = await case_view(ctx.desk, kept.id, viewer=ctx.me)
    gone = await case_view(ctx.desk, twin.id, viewer=ctx.me)
    lost = [line for line in gone.lines if line.sku not in {each.sku for each in view.lines}]
    more = f"\n{gone.no} 里的 {goods(lost)} 不在留下的单里，要退请另开一单" if lost else ""
    return Reply.of(Text(f"{gone.no} 已并入 {view.no}（{goods(view.lines)}，{money(view.amount)}）{more}"))


@router.command(SPLIT, SPLIT_USAGE, needs=SPLIT)
async def split_case(ctx: Ctx, words: list[str]) -> Reply:
    if len(words) < 2:
        raise NotUnderstood(f"请写成：{SPLIT_USAGE}，写要拆出去的商品")
    case = await case_of(ctx.desk, words[0], ctx.me, SPLIT)
    twin = await split(ctx.desk, case.no, await _items(case, words[1:]), ctx.me, ctx.at)
    parts = [await case_view(ctx.desk, one, viewer=ctx.me) for one in (case.id, twin.id)]
    told = "，".join(f"{part.no}（{goods(part.lines)}，{money(part.amount)}）" for part in parts)
    return Reply.of(Text(f"已拆成两单：{told}，都在{'、'.join(twin.nodes)}"))


async def _items(case: Case, words: Sequence[str]) -> list[tuple[str, int]]:
    """The products and units meant. Raises PolicyRefused for what the case does not have."""
    known = [line.sku for line in await case.lines.all()]
    found = [(word, parse.item(word, known)) for word in words]
    if strange := [word for word, item in found if item is None]:
        raise PolicyRefused(f"{case.no} 没有商品 {'、'.join(strange)}，有：{'、'.join(dict.fromkeys(known))}")
    return [item for _, item in found if item]
