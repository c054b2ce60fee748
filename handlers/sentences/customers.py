"""What is asked of the customer of the case in hand, whom nobody names: their number, and their other orders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cards.case import listed
from cards.types import Text
from flow.access.lookup import SEARCH_LIMIT, find_cases, find_orders, shops_of
from flow.access.masking import masks_of
from flow.definitions.permissions import MOBILE, NAME, NOTHING, WHOLE
from flow.errors import NotFound
from flow.orders.lookup import find_bill
from flow.records import access_log
from flow.views.case import case_view, open_tasks
from handlers.chat import dialogs, readings
from handlers.chat.context import Reply
from handlers.commands.returns import DRAFT
from handlers.sentences.hearing import LOOK, OFFERED, short
from models import Case, Order

if TYPE_CHECKING:
    from handlers.chat.context import Ctx
    from handlers.chat.lexicon import Lexicon
    from handlers.sentences.hearing import Hearing

WHO, NUMBER, OTHERS = "是谁", "电话", "别的单"  #: lists of config/phrases.yaml


def is_asked(lexicon: Lexicon, text: str, *, named: bool = False) -> bool:
    """Whether a text asks for a customer's number or other orders; ``named`` says that the case stands beside it."""
    asked = lexicon.phrases.asked_of_customer(text)
    return NUMBER in asked or (OTHERS in asked and (named or WHO in asked))


async def meant(hearing: Hearing, text: str, no: str = "") -> Reply | None:
    """The answer to what is asked of the customer of a case, or of what is in hand; None for another text."""
    if not is_asked(hearing.lexicon, text, named=bool(no)):
        return None
    names = [no] if no else await _in_hand(hearing.ctx)
    if len(names) > 1:
        lead = f"“{short(text)}”没写是哪一单，点一个看"
        return await hearing.offer("哪一单的客户？", lead, [f"{LOOK} {name}" for name in names[:OFFERED]])
    if not names:
        return Reply.of(Text(f"“{short(text)}”没写是哪一单；请带上单号或订单号，例如：R20261122-0007 客户电话"))
    name, order = names[0], await _order(hearing.ctx, names[0])
    asked = hearing.lexicon.phrases.asked_of_customer(text)
    if NUMBER not in asked and await Case.exists(no=name):
        return await _of_case(hearing, name, order)
    return await (_number(hearing.ctx, name, order) if NUMBER in asked else _others(hearing.ctx, name, order))


async def _in_hand(ctx: Ctx) -> list[str]:
    """The order of my draft, else the cases of my tasks, else what I have opened lately."""
    draft = next((wait for wait in await dialogs.standing(ctx.me.id, ctx.at) if wait.kind == DRAFT), None)
    if draft:
        return [str(draft.data["order_no"])]
    tasks = list(dict.fromkeys(task.case.no for task in await open_tasks(ctx.me)))
    return tasks or [case.no for case in (await readings.opened_lately(ctx))[:OFFERED]]


async def _order(ctx: Ctx, name: str) -> Order:
    """The order of a case, or of that number. Raises FlowError for one that is not to be seen."""
    case = await Case.get_or_none(no=name)
    if case is None:
        return (await find_bill(name, "", shops_of(ctx.desk, ctx.me))).order
    await find_cases(ctx.desk, name, ctx.me)
    return await Order.get(id=case.order_id)


async def _number(ctx: Ctx, name: str, order: Order) -> Reply:
    """The customer's number as I may see it, on record; and who sees it whole."""
    sees = ctx.desk.business.matrix.sees(ctx.me.roles, MOBILE)
    masks = masks_of(ctx.desk.business.matrix, ctx.me.roles)
    who = masks[NAME](order.customer_name or order.customer)
    await _looked(ctx, name, [order.no])
    if not order.mobile:
        return Reply.of(Text(f"{name} 的客户 {who} 没有登记手机号"))
    number = "你看不到手机号" if sees == NOTHING else masks[MOBILE](order.mobile)
    more = "" if sees == WHOLE else f"。要整个号码，找：{_who_sees(ctx)}"
    return Reply.of(Text(f"{name} 的客户：{who} · {number}{more}"))


def _who_sees(ctx: Ctx) -> str:
    """The roles that see a customer's whole number, of which there is somebody."""
    matrix = ctx.desk.business.matrix
    roles = [name for name in matrix.roles if matrix.sees({name}, MOBILE) == WHOLE and ctx.staff.with_role(name)]
    return "、".join(roles) or "管理员"


async def _of_case(hearing: Hearing, no: str, order: Order) -> Reply:
    """The case, which says what else its customer has sent back, and their orders without one."""
    shown = await hearing.run(hearing.ctx, [LOOK, no])
    free = await _free(hearing.ctx, order)
    return replace(shown, says=[*shown.says, Text(free)]) if free else shown


async def _free(ctx: Ctx, order: Order) -> str:
    """The customer's other orders that have no case, on record; "" for none."""
    found = await find_orders(ctx.desk, order.mobile, ctx.me) if order.mobile else []
    numbers = [each.no for each in found if each.no != order.no]
    await access_log.looked(ctx.me, [], ctx.at, orders=numbers)
    return f"这位客户还有没开过售后单的订单：{'、'.join(numbers)}；要看请回复：{LOOK} {numbers[0]}" if numbers else ""


async def _others(ctx: Ctx, name: str, order: Order) -> Reply:
    """The cases of the customer of an order, and their other orders that have none."""
    if not order.mobile:
        return Reply.of(Text(f"{name} 的客户没有登记手机号，查不出有没有别的单"))
    try:
        ids = await find_cases(ctx.desk, order.mobile, ctx.me)
    except NotFound:
        ids = []
    views = [await case_view(ctx.desk, case_id, viewer=ctx.me) for case_id in ids[:SEARCH_LIMIT]]
    await access_log.looked(ctx.me, [view.no for view in views], ctx.at, orders=[order.no])
    told = listed(f"{name} 的客户有 {len(views)} 张售后单：", views).body if views else f"{name} 的客户没有别的售后单"
    return Reply.of(Text("\n".join(part for part in (told, await _free(ctx, order)) if part)))


async def _looked(ctx: Ctx, name: str, orders: list[str]) -> None:
    case = await Case.get_or_none(no=name)
    await access_log.looked(ctx.me, [case.no] if case else [], ctx.at, orders=orders)
