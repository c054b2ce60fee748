"""What it comes to that goods are received of which more is on its way: the others come too late for the refund."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.words import money
from flow.definitions.permissions import AMOUNT, WHOLE
from flow.engine.counting import Line, take_in
from flow.errors import PolicyRefused
from flow.views.case import about_money
from handlers.chat.goods_states import states
from handlers.chat.tallies import CAME
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.flow import Action
    from handlers.chat.context import Ctx
    from models import Case

ENDS = "点了收货就结束"


async def told(ctx: Ctx, case: Case, button: Action, counts: Mapping[str, int], text: str) -> str:
    """What becomes of the refund by so many units, and of those that come later; "" where a text tells of none."""
    if CAME not in button.effects or not states().awaited.search(text):
        return ""
    rows = await case.lines.all().order_by("id")
    lines = tuple(Line(row.id, row.sku, row.paid, row.requested) for row in rows)
    try:
        taken = take_in(button.effects, lines, {"件数": counts}, case.facts)
    except PolicyRefused:
        return ""
    if all(line.received == line.requested for line in taken.lines):
        return ""
    flow = (await ctx.desk.rules(case.flow_id or 0, case.policy_id or 0)).flow
    amount = yuan(taken.facts.get("金额", case.amount))
    paid = ""
    if amount != case.amount and about_money(flow, case.nodes, case.facts):
        shown = ctx.desk.business.matrix.sees(ctx.me.roles, AMOUNT) == WHOLE
        paid = f"，退款从 {money(case.amount)} 变成 {money(amount)}" if shown else "，退款只退收到的"
    return f"{ENDS}{paid}；后到的要等这单退回来才能再收"
