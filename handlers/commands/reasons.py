"""理由: why somebody took an action, added when it is done already: by answering, or with the case's number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.lookup import case_of
from flow.cases.comments import add_reason, last_step
from flow.definitions.flow import REASON
from flow.engine.verbs import TAKE_BACK
from flow.errors import NotFound
from handlers.chat import dialogs, parse
from handlers.chat.context import Reply
from handlers.chat.persons import is_name
from handlers.chat.phrases import phrases
from handlers.chat.router import Router
from models import Case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.chat.context import Ctx
    from handlers.chat.dialogs import Wait

router = Router()
AFTERWARDS = "reason"  #: dialog that waits for nothing that must be said: a reason that may be added
USAGE = f"{REASON} <单号> <话>"
#: no reason, whatever it is: numbers of orders and of lines, questions, wishes
_OTHER = re.compile(r"\d{5,}|(?<!\S)\d+(?!\S)|[?？]$|吗$|^(?:请?帮我|请帮|我要|我想|麻烦|给我|帮忙)")


@router.command(REASON, f"{USAGE}：给自己刚办的一步补上理由", needs="待办")
async def explain(ctx: Ctx, words: list[str]) -> Reply:
    if words and parse.is_case_no(words[0]):
        return await _add(ctx, await case_of(ctx.desk, words[0], ctx.me), " ".join(words[1:]), 0)
    wait = await dialogs.last(ctx.me.id, AFTERWARDS)
    if wait is None or not words:
        raise NotFound(f"请写成：{USAGE}，例如：{REASON} R20261122-0007 照片看不出破损")
    return await _add(ctx, await Case.get(id=wait.data["case_id"]), " ".join(words), wait.data["seq"])


async def offer(ctx: Ctx, case: Case, seq: int) -> str:
    """Take the next words for the reason of a step, unless something is asked already; how to say it."""
    if (wait := await dialogs.current(ctx.me.id, ctx.at)) and wait.kind != AFTERWARDS:
        return f"补一句：回复“{REASON} {case.no} …”"
    await dialogs.begin(ctx.me.id, AFTERWARDS, {"case_id": case.id, "seq": seq, "card": ""}, ctx.at)
    return "补一句：回复理由"


def takes(wait: Wait, text: str) -> bool:
    """Whether the words are for what is waited for; a reason, which nobody has to give, takes not just any."""
    return wait.kind != AFTERWARDS or not _is_other(text)


def _is_other(text: str) -> bool:
    """Whether words say something else: a number, a question, a wish, a decision by itself, a slip of the finger."""
    known = phrases()
    return bool(_OTHER.search(text)) or not known.decisions.isdisjoint(text.split()[:1]) or known.says(TAKE_BACK, text)


async def answer(ctx: Ctx, wait: Wait, text: str) -> Reply:
    """The words after a step that went without any."""
    if is_name(ctx, text):
        no = (await Case.get(id=wait.data["case_id"])).no
        raise NotFound(f"“{text}”是人名，没有当作理由；要给谁请说 转交 {no} {text}，要补理由请多写几个字")
    await dialogs.leave(ctx.me.id, ctx.at)
    if text in phrases().replies["不补"]:
        return Reply.of(Text("好的，不补理由"))
    return await _add(ctx, await Case.get(id=wait.data["case_id"]), text, wait.data["seq"])


async def _add(ctx: Ctx, case: Case, words: str, seq: int) -> Reply:
    """Put it on record with my step ``seq``, or with my last one on that case."""
    if not words:
        raise NotFound(f"请写上{REASON}，例如：{REASON} {case.no} 照片看不出破损")
    if not seq:
        step = await last_step(case, ctx.me)
        if step is None:
            raise NotFound(f"{case.no} 上没有你办过的事，要说话请写：评论 {case.no} {words}")
        seq = step.seq
    words = ctx.kept(words)
    step = await add_reason(ctx.desk, case, seq, words, ctx.me, ctx.at)
    return Reply.of(Text(f"{case.no} 已补上“{step.node} {step.action}”的{REASON}：{words}"))


def echo(words: str, counts: Mapping[str, int] | None = None) -> str:
    """What was counted and said, said back."""
    goods = "、".join(f"{sku} ×{units}" for sku, units in (counts or {}).items())
    said = "；".join(part for part in (goods, words) if part)
    return f"（{said}）" if said else ""
