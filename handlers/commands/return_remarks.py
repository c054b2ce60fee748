"""What is said where a draft asks for the type, and is none: 掉色 is the remark, and the type is asked for again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.types import Text
from handlers.chat import dialogs, parse, rewording
from handlers.chat.context import Reply
from handlers.chat.spelling import asks_at_all
from handlers.commands import return_sheet
from handlers.commands.return_sheet import TYPE, Sheet
from models.pipeline import session

if TYPE_CHECKING:
    from handlers.chat.context import Ctx
    from handlers.chat.dialogs import Wait

_NO_REMARK = re.compile(
    r"\d{4,}|^(?:不知道|不清楚|不确定|稍等|等等|等一下|等下|等会儿?|我?问问?\S*|随便|都行|都可以|好的?|行|嗯+|哦+|你好|谢谢)$"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


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
