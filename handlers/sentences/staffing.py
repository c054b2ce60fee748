"""What is said of a colleague's roles, superior or going without the command: 王建国 加角色 客服主管, 张三离职了."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.people.changes import ACCOUNTS, BOSS, LISTS, TEAM
from flow.people.powers import STAFF
from handlers.chat import names
from handlers.chat.spelling import asks_at_all
from handlers.commands.staff import LEAVE
from handlers.sentences.hearing import WHICH, short

if TYPE_CHECKING:
    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing

_NAME = r"[\u4e00-\u9fff·A-Za-z]{2,8}?"
_ROLE = re.compile(
    rf"(?:请|帮我|麻烦)?(?:给|把|将)?\s*(?P<who>{_NAME})(?:的)?\s*[,:]?\s*"
    r"(?P<do>加上|增加|添加|新增|加|去掉|删除|删掉|取消|拿掉|收回|去)(?:一个|个)?(?:的)?角色\s*[:,]?\s*(?P<role>\S.*)"
)
_TAKING = ("去掉", "删除", "删掉", "取消", "拿掉", "收回", "去")
_KEYS = "|".join((BOSS, TEAM, *LISTS, *ACCOUNTS))
_KEY = re.compile(
    rf"(?:请|帮我|麻烦)?(?:把|将)?\s*(?P<who>{_NAME})(?:的)?\s*[,:]?\s*(?P<key>{_KEYS}|企微)(?:账号|帐号|号码|号|[Ii][Dd])?"
    r"\s*(?:改成|改为|换成|换到|调到|[:=]|\s)\s*(?P<value>\S.*)"
)
_SAME = {"企微": "企业微信"}
_GONE = re.compile(rf"(?P<who>{_NAME})(?:已经|今天|昨天|刚刚|刚|要)?(?:离职|辞职|不干)了?")


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """The change that a sentence is; one that only tells that somebody has left is offered, and not done."""
    said = text.strip(" ,。.!~")
    if asks_at_all(text):
        return None
    if (match := _ROLE.fullmatch(said)) and (who := names.named(match["who"], hearing.ctx.staff)):
        verb = "去角色" if match["do"] in _TAKING else "加角色"
        return await hearing.run(hearing.ctx, [STAFF, who, verb, *match["role"].split()])
    if not hearing.ctx.may(STAFF):
        return None
    if (match := _KEY.fullmatch(said)) and (who := names.named(match["who"], hearing.ctx.staff)):
        return await hearing.run(
            hearing.ctx, [STAFF, who, _SAME.get(match["key"], match["key"]), *match["value"].split()]
        )
    if (match := _GONE.fullmatch(said)) and (who := names.named(match["who"], hearing.ctx.staff)):
        return await hearing.offer(WHICH, f"“{short(said)}”点一下才算，现在什么都没有改", [f"{LEAVE} {who}"])
    return None
