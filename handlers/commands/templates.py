"""模板: ready-made rules for a trade, put in place before the first case."""

from __future__ import annotations

from cards.types import Text
from flow.access.permissions import able_to, ask
from flow.errors import NotAllowed, NotFound
from flow.publishing.proposals import PUBLISH
from flow.publishing.templates import apply_template, templates
from handlers.chat.context import Ctx, Reply
from handlers.chat.router import Router
from handlers.commands.print_templates import print_template
from handlers.commands.publishing import permitted_to_edit
from models.views.papers import PAPERS

router = Router()
TEMPLATES, APPLY = "模板", "应用"


@router.command(TEMPLATES, "模板；模板 应用 <行业>", needs=TEMPLATES, private=False)
async def template(ctx: Ctx, words: list[str]) -> Reply:
    if not words:
        return Reply.of(Text(_listed()))
    if words[0] in PAPERS:
        await permitted_to_edit(ctx)
        return await print_template(ctx, words)
    if len(words) != 2 or words[0] != APPLY:
        raise NotFound("请写成：模板 应用 家电；回复“模板”看有哪些")
    if not ctx.may(PUBLISH):
        matrix = ctx.desk.business.matrix
        raise NotAllowed(f"你的角色不能应用模板，可以找：{ask(matrix, able_to(matrix, ctx.staff, PUBLISH), PUBLISH)}")
    done = await apply_template(words[1], ctx.me.name, ctx.at)
    return Reply.of(Text("\n".join([f"已应用模板“{words[1]}”，新单按它走：", *(f"· {each}" for each in done)])))


def _listed() -> str:
    lines = [f"· {each.name}：{each.about}" for each in templates().values()]
    return "\n".join(
        [
            "行业模板：",
            *lines,
            "回复 模板 应用 <行业>；只能在还没有售后单、没有改过规则的时候用。单据用自己的样子打印：回复 打印模板",
        ]
    )
