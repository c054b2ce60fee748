"""What answers a draft beside the point: 掉色 where it asks for the type, goods and why where it asks for goods."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.lookup import shops_of
from flow.orders.lookup import find_bill
from handlers.chat import dialogs, drafts, parse, rewording
from handlers.chat.context import Reply
from handlers.chat.spelling import asks_at_all
from handlers.commands import return_sheet, returns
from handlers.commands.return_sheet import GOODS, TYPE, Sheet
from models.pipeline import session

if TYPE_CHECKING:
    from handlers.chat.context import Ctx
    from handlers.chat.dialogs import Wait

_NO_REMARK = re.compile(
    r"\d{4,}|^(?:不知道|不清楚|不确定|稍等|等等|等一下|等下|等会儿?|我?问问?\S*|随便|都行|都可以|好的?|行|嗯+|哦+|你好|谢谢)$"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


async def with_goods(ctx: Ctx, wait: Wait, value: str) -> Reply | None:
    """``两个烛台一个灯笼 536365 都压坏了`` where a draft asks for the goods: drafted anew with it; None for others."""
    sheet = Sheet.of(wait.data) if "order_no" in wait.data else None
    if sheet is None or sheet.ask != GOODS or sheet.items or asks_at_all(value):
        return None
    words = [word for word in parse.words(value) if word.upper() != sheet.order_no.upper()]
    bill = await find_bill(sheet.order_no, sheet.shop, shops_of(ctx.desk, ctx.me))
    typed = drafts.read(words, bill.choices(), {})
    if not typed.items or None in dict(typed.items).values() or typed.unclear or typed.rivals or typed.between:
        return None
    return await returns.run(ctx, [*return_sheet.line_of(wait.data), *words])


async def remarked(ctx: Ctx, wait: Wait, value: str) -> Reply | None:
    """The words as the remark of the draft that waits for its type; None where nothing does, or they say no why."""
    sheet = Sheet.of(wait.data) if "order_no" in wait.data else None
    said = value.strip(" ,。;!、")
    if sheet is None or sheet.ask != TYPE or not _CHINESE.search(said) or _NO_REMARK.search(said):
        return None
    if asks_at_all(said) or rewording.waits(said) or rewording.agrees(said) or said in sheet.note:
        return None
    note = "，".join(part for part in (sheet.note, ctx.kept(parse.written(said))) if part)
    if len(note) > parse.MAX_NOTE:
        return None
    async with session.transaction():
        await dialogs.keep(wait, {**wait.data, "note": note})
    return Reply.of(Text(f"“{said[:40]}”写进了备注，还要选一个原因。{return_sheet.again(sheet)}"))
