"""What an action needs to know first, asked one thing at a time: the node's form, a missing part, a name."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cards.types import Text
from flow import forms
from flow.definition import PHOTO, Field
from flow.errors import PolicyRefused
from flow.evidence import keep_photo
from handlers import dialogs, parse
from handlers.context import Reply
from models import Task, TaskState

if TYPE_CHECKING:
    from flow.actions import Asks
    from handlers.context import Ctx
    from handlers.dialogs import Wait

ASK = "ask"
CANCEL = "取消"
LEAVE = "（回复“取消”离开）"
Answers = dict[str, Any]


async def ask(ctx: Ctx, case_id: int, action: str, asks: Asks, said: Answers) -> Reply | None:
    """Begin to ask; None when the asker's task is over. ``said`` are the answers that are there already."""
    if not await Task.exists(case_id=case_id, owner_id=ctx.me.id, state=TaskState.OPEN):
        return None
    todo: list[dict[str, Any]] = [{"fact": fact, "question": question} for fact, question in asks.questions.items()]
    todo += [{"field": asdict(field)} for field in asks.fields]
    data = {"case_id": case_id, "action": action, "todo": todo, "said": said, "card": ""}
    await dialogs.begin(ctx.me.id, ASK, data, ctx.at)
    return Reply.of(Text(_question(todo)))


def _question(todo: list[dict[str, Any]]) -> str:
    first = todo[0]
    words = str(first["question"]) if "fact" in first else forms.question(_field(first))
    more = f"（还有 {len(todo) - 1} 项）" if len(todo) > 1 else ""
    return f"{words}\n{LEAVE}{more}"


def _field(item: dict[str, Any]) -> Field:
    raw = item["field"]
    return Field(**{**raw, "options": tuple(raw["options"]), "actions": tuple(raw["actions"])})


async def take(ctx: Ctx, wait: Wait, text: str) -> Answers | Reply:
    """Take one answer: all of them when this was the last, else the next question."""
    first, *rest = wait.data["todo"]
    try:
        answer = await _read(ctx, wait, first, text)
    except PolicyRefused as refused:
        return Reply.of(Text(f"{refused}\n{LEAVE}"))
    said = {**wait.data["said"], **answer}
    if not rest:
        return said
    await dialogs.proceed(wait, {**wait.data, "todo": rest, "said": said}, ctx.at)
    return Reply.of(Text(_question(rest)))


async def _read(ctx: Ctx, wait: Wait, item: dict[str, Any], text: str) -> Answers:
    if "fact" in item:
        pair = parse.part_and_fee(text)
        if pair is None:
            raise PolicyRefused("请回复“部件 金额”，例如：滤网组件 35")
        return {item["fact"]: pair[0], "扣款": str(pair[1])}
    field = _field(item)
    if field.kind == PHOTO and ctx.upload and ctx.upload.kind == "image":
        photo = await keep_photo(wait.data["case_id"], field.name, ctx.upload.data, ctx.me, ctx.at)
        return {field.name: photo}
    return {field.name: forms.read(field, text, ctx.at.date())}


async def wants_photo(member_id: int, now: Any) -> bool:
    """Whether the bot waits for a picture from somebody, so that theirs is no label to be scanned."""
    wait = await dialogs.current(member_id, now)
    todo = wait.data.get("todo") if wait and wait.kind == ASK else None
    return bool(todo and todo[0].get("field", {}).get("kind") == PHOTO)
