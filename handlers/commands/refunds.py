"""问退款 and 核实退款: a refund of which the shop has not said whether it was paid."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.lookup import case_of
from flow.cases import refunds
from flow.definitions.vocabulary import CREATOR
from flow.engine.inquiry import ASK, SETTLE
from flow.engine.requesters import asked
from flow.errors import NotAllowed, NotFound, PolicyRefused
from flow.people.duties import did
from handlers.chat.context import Ctx, Reply
from handlers.chat.router import Router
from models import RefundState

if TYPE_CHECKING:
    from models import Case, Refund

router = Router()
ASKS = f"{ASK} <单号>：退款还不知道退没退，再问一次店铺"
SETTLES = f"{SETTLE} <单号> <店铺流水号>：店铺不答复，你在店铺后台看到已经退足"
_NUMBER = re.compile(r"[\w.\-]{4,64}")  #: of a shop's own, as people copy it


@router.command(ASK, ASKS, needs="待办")
async def ask_again(ctx: Ctx, words: list[str]) -> Reply:
    """Asked under the refund's own number, so that nothing is paid twice; the answer comes when the shop gives it."""
    if len(words) != 1:
        raise NotFound(f"请写成：{ASKS}")
    case, refund = await _looked_up(ctx, words[0], ASK)
    await refunds.ask_again(case, refund, ctx.me, ctx.at)
    return Reply.of(Text(f"{case.no} 已去问店铺（{refund.no}），有了答复就告诉你"))


@router.command(SETTLE, SETTLES, needs="待办")
async def settle(ctx: Ctx, words: list[str]) -> Reply:
    """Raises PolicyRefused while the shop is still asked, or for what is no number of a shop."""
    if len(words) != 2:
        raise NotFound(f"请写成：{SETTLES}")
    case, refund = await _looked_up(ctx, words[0], SETTLE)
    if refund.state is not RefundState.UNCLEAR:
        raise PolicyRefused(f"{case.no} 还在等店铺答复，先回复 {ASK} {case.no}；问不出来再核实")
    if not _NUMBER.fullmatch(words[1]) or words[1] == refund.no:
        raise PolicyRefused(f"“{words[1]}”不像店铺的退款流水号，请从店铺后台抄过来；{case.no} 没有改动")
    done = await refunds.settle(ctx.desk, case, refund, words[1], ctx.me, ctx.at)
    words_now = f"已记为退款成功，流水 {words[1]}" if done else "店铺刚刚有了答复，没有改动"
    return Reply.of(Text(f"{case.no} {words_now}"))


async def tapped(ctx: Ctx, case: Case, action: str) -> Reply:
    """The buttons of the task: what has to be typed is said."""
    if action == ASK:
        return await ask_again(ctx, [case.no])
    await _looked_up(ctx, case.no, SETTLE)
    return Reply.of(Text(f"店铺后台退足了，请回复：{SETTLE} {case.no} 店铺流水号"))


async def _looked_up(ctx: Ctx, no: str, verb: str) -> tuple[Case, Refund]:
    """The case and its refund that is under way. Raises NotFound, or NotAllowed with who may."""
    case = await case_of(ctx.desk, no, ctx.me)
    refund = await refunds.under_way(case)
    may, names = await refunds.may_look(ctx.desk, case, ctx.me, ctx.at)
    if case.facts.get(CREATOR) == ctx.me.id:
        raise NotAllowed(f"{case.no} 是你开的单，不能自己{verb}，由 {names or '财务'} 核对")
    if ctx.me.id in asked(case.facts):
        raise NotAllowed(f"{case.no} 你{did(case.facts, ctx.me.id)}，不能自己{verb}，由 {names or '财务'} 核对")
    if not may:
        raise NotAllowed(f"{case.no} 不能由你{verb}，由 {names or '财务'} 核对")
    if refund is None:
        raise NotAllowed(f"{case.no} 没有在等店铺答复的退款，不用{verb}")
    return case, refund
