"""审计 and 清除: who has looked at whose data, the day's anchor, and a customer's data erased on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.types import Text
from cards.words import moment as said_at
from flow.cases import erasure
from flow.errors import NotFound, PolicyRefused
from flow.records import access_log, anchors
from handlers.chat.context import Ctx, Reply
from handlers.chat.router import Router

if TYPE_CHECKING:
    from models import AuditEntry

router = Router()
AUDIT, ERASE, CONFIRM = "审计", "清除", "确认"
SHOWN = 20
_USAGE = "清除 <手机号、订单号、单号或客户号>"


@router.command(AUDIT, "审计 [姓名、单号或订单号]：谁查看、导出、清除过谁的资料，和最近的审计锚", needs=AUDIT)
async def log(ctx: Ctx, words: list[str]) -> Reply:
    if len(words) > 1:
        raise PolicyRefused("一次只写一个：审计 <姓名、单号或订单号>")
    about = words[0] if words else ""
    found = await access_log.newest(SHOWN, about.upper() if about[:1] in "rR" and about[1:2].isdigit() else about)
    if about and not found:
        raise NotFound(f"访问记录里没有 {about}")
    head = f"访问记录 · {about or '全部'}，最近 {len(found)} 条：" if found else "还没有访问记录"
    foot = await anchors.foot() or "还没有审计锚，每天自动做一个"
    return Reply.of(Text("\n".join([head, *(_line(ctx, entry) for entry in found), foot])))


def _line(ctx: Ctx, entry: AuditEntry) -> str:
    return f"· {said_at(entry.at, ctx.at)} {entry.actor} {access_log.said(entry)}"


@router.command(ERASE, f"{_USAGE}：清除一位客户的个人资料，先说清除什么，再确认一次", needs=ERASE)
async def erase(ctx: Ctx, words: list[str]) -> Reply:
    if not words:
        raise NotFound(f"请写清是谁，例如：{ERASE} 13800138000")
    if len(words) not in (1, 3) or (len(words) == 3 and words[1] != CONFIRM):
        raise PolicyRefused(f"请写成：{_USAGE}；看过以后再回复 {ERASE} <同一个号> {CONFIRM} <四位码>")
    found = await erasure.whose(words[0])
    if len(words) == 1:
        return Reply.of(Text(f"{found.told()}\n要清除，请回复：{ERASE} {words[0]} {CONFIRM} {found.code()}"))
    if words[2] != found.code():
        raise PolicyRefused(f"确认码不对，或这位客户的资料刚刚变了，什么都没有清除；请先发 {ERASE} {words[0]} 再看一遍")
    await erasure.erase(found, ctx.me, ctx.at)
    return Reply.of(Text("已清除，已记进访问记录。备份、导出过的文件和平台上的聊天记录不在这里，请另外处理"))
