"""What did not arrive, told to whoever waits for it: what it was, why, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards import content
from cards.types import File, Image, Text
from flow.cases.photos import FILES
from flow.records import outbox

if TYPE_CHECKING:
    from datetime import datetime

    from cards.types import Content
    from flow.desk import Desk
    from models import Outbox

AGAIN = "请稍后再说一次，还不行请告诉管理员"
SHORTER = "请换短一些的时间或加一个筛选再试，还不行请告诉管理员"
#: kinds of row that answer somebody: what they asked for, and what to do when it does not come
ANSWERS = {
    "reply": ("回答", AGAIN),
    "named": ("卡片", "请回复“待办”，或直接打字：按钮上的字加单号"),
    "greeting": ("回答", AGAIN),
    "chart": ("图", SHORTER),
    "drawing": ("流程图", AGAIN),
    "workbook": ("表格", AGAIN),
    "simulate": ("模拟结果", SHORTER),
    "invitation": ("链接", AGAIN),
    "papers": ("单据文件", AGAIN),
    "case_list": ("清单文件", SHORTER),
    "case_lines": ("清单", SHORTER),
    "my_cases": ("清单", SHORTER),
}
#: kinds that nobody waits for on the spot, but that must not be lost unseen
WATCHED = frozenset({"card", "redraw", "named", "text", "digest", "refund", "notice", "pass", "proposal", FILES})
UNHEARD = frozenset({"text", "digest"})  #: kinds that nobody misses who has left
_NAMES = {FILES: "清除照片文件"}
SORRY = "sorry"  #: kind of the row that says so
OPEN_CHAT = "请先打开和我的单聊发一句话，再问一次"


async def told(desk: Desk, row: Outbox, reason: str, now: datetime) -> list[Outbox]:
    """Rows that tell of a row which is given up: whoever asked, where they can still be reached, and the managers."""
    rows: list[Outbox] = []
    who = (await desk.staff.now()).by_id.get(row.member_id or 0)
    name = who.name if who else _NAMES.get(row.kind, row.kind)
    if apology := _sorry(row, reason, name, now):
        rows.append(apology)
    if row.member_id and who is None and row.kind in UNHEARD:
        return rows
    if row.kind in WATCHED or (row.kind == SORRY and row.member_id):
        rows.append(outbox.alert(_key("lost", row), now, f"送达失败：{name}，{reason}"))
    if row.kind == "group" and row.payload["group"] != outbox.MANAGERS:
        rows.append(outbox.alert(_key("lost", row), now, f"“{row.payload['group']}”没有收到提醒：{reason}"))
    return rows


def _sorry(row: Outbox, reason: str, name: str, now: datetime) -> Outbox | None:
    """To the other place: where the answer went nobody heard it. None where there is no other."""
    if row.kind not in ANSWERS:
        return None
    what, advice = ANSWERS[row.kind]
    asked_in, chat = row.payload.get("asked_in"), row.payload.get("chat")
    if row.kind == "reply" and not (asked_in or chat):
        return None  # a text to one person alone: there is no other way to say another
    words = f"{name}，没能私下发给你：{reason}。{OPEN_CHAT}" if asked_in else f"{what}没有发给你：{reason}。{advice}"
    payload = {
        "platform": row.payload["platform"], "chat": asked_in, "userid": row.payload.get("userid"),
        "face": content.pack(Text(words)),
    }  # fmt: skip
    return outbox.row(SORRY, _key("sorry", row), now, member_id=row.member_id, payload=payload)


def _key(word: str, row: Outbox) -> str:
    return f"{word}:{row.key}"[:191]


def instead(what: Content, reason: str) -> Text | None:
    """In place of a picture or file that the platform would not take; None for what is words already."""
    if isinstance(what, Image):
        return Text("\n".join(part for part in (f"图没有发出来：{reason}。{SHORTER}", what.caption) if part))
    if isinstance(what, File):
        return Text(f"文件“{what.name}”没有发给你：{reason}。{SHORTER}")
    return None
