"""The one door: from an event to the reply, with every known refusal turned into its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.draft import ended, settled
from cards.payload import Act, Answer, Decide, PayloadError, Words, unpack
from cards.types import Text
from flow.cases.case_file import reads
from flow.views.case import chosen
from handlers.chat import case_cards, dialogs, guesses, manual, parse, questions
from handlers.chat.context import Ctx, Greeting, Reply
from handlers.chat.events import Joined, Labels, Message, Scan, Tap
from handlers.chat.router import Router, permitted
from handlers.commands import (
    absence,
    amendments,
    audit,
    automation,
    bulk,
    export,
    flows,
    kinds,
    lapse,
    lessons,
    lists,
    lookup,
    merge_split,
    overview,
    print_templates,
    publishing,
    reasons,
    refunds,
    rehearsals,
    returns,
    staff,
    tasks,
    templates,
    verbs,
    warehouse,
)
from handlers.sentences.messages import Messages

if TYPE_CHECKING:
    from handlers.chat.dialogs import Wait
    from handlers.chat.events import Event
    from models.pipeline.session import Statement

router = Router()
router.include(
    kinds.router,
    tasks.router,
    bulk.router,
    warehouse.router,
    lookup.router,
    lists.router,
    templates.router,
)
router.include(verbs.router, export.router, merge_split.router, absence.router, flows.router, automation.router)
router.include(publishing.router, amendments.router, overview.router, reasons.router, refunds.router, lapse.router)
router.include(audit.router, staff.router, rehearsals.router, lessons.router, print_templates.router)
_CONTINUE = {
    returns.DRAFT: returns.answer,
    questions.ASK: tasks.answer,
    questions.REHEARSED: rehearsals.answer,
    tasks.NAME: tasks.name_given,
    warehouse.PICK: warehouse.answer,
    bulk.BULK: bulk.answer,
    reasons.AFTERWARDS: reasons.answer,
    amendments.AMEND: amendments.answer,
}
_NOT_YET = {
    "话术": "话术库还没有；配件缺失的话术会自己出现在卡片上",
    "客户": "客户档案还没有；回复 查 手机尾号，看这位客户的单子",
    "反馈": "意见箱还没有，请直接告诉管理员",
}
_REMINDERS = {
    returns.DRAFT: returns.reminder,
    questions.ASK: questions.reminder,
    questions.REHEARSED: rehearsals.reminder,
    tasks.NAME: tasks.reminder,
    warehouse.PICK: warehouse.reminder,
    amendments.AMEND: amendments.reminder,
}
messages = Messages(router, _CONTINUE, _NOT_YET, {reasons.AFTERWARDS: reasons.takes}, _REMINDERS)
_CONTINUE[guesses.GUESS] = messages.guessed
_CONTINUE[warehouse.PICK] = messages.picked


@router.command("帮助", "帮助；帮助 <一句>，例如 帮助 退货", private=False)
async def help_me(ctx: Ctx, words: list[str]) -> Reply:
    """What this person can say, or how one thing is said."""
    return manual.told(ctx, words, router.commands | kinds.own_kinds(ctx), await messages.lexicon(ctx))


def ahead(tap: Tap) -> tuple[Statement, ...]:
    """What handling this tap will ask for before it writes anything, so that it can be asked with the tap's own row."""
    try:
        payload = unpack(tap.payload)
    except PayloadError:
        return ()
    return reads(payload.case_id) if isinstance(payload, Act) else ()


async def handle(ctx: Ctx, event: Event | Labels) -> Reply:
    """Say what an event means. Raises FlowError for what is refused."""
    if isinstance(event, Tap):
        return await _tap(ctx, event)
    if isinstance(event, Scan):
        permitted(router.commands["收货"], ctx)
        return await warehouse.receive(ctx, [parse.normalise(event.code)])
    if isinstance(event, Labels):
        permitted(router.commands["收货"], ctx)
        return await warehouse.photographed(ctx, event.codes)
    if isinstance(event, Joined):
        return Reply.of(Greeting(unasked=True))
    if isinstance(event, Message):
        return await messages.heard(ctx, event)
    return Reply()


async def _tap(ctx: Ctx, tap: Tap) -> Reply:
    try:
        payload = unpack(tap.payload)
    except PayloadError:
        return Reply.of(Text("这个按钮已经不能用了，请回复“待办”看现在要做的事"))
    if isinstance(payload, Act):
        return await tasks.tapped(ctx, payload, await chosen(ctx.desk, payload.case_id, tap.selected, payload.action))
    if isinstance(payload, Words):
        return await messages.strictly(ctx, payload.words.split())
    if isinstance(payload, Decide):
        return await publishing.act(ctx, payload)
    return await _dialog_tap(ctx, payload)


async def _dialog_tap(ctx: Ctx, payload: Answer) -> Reply:
    wait: Wait | None = await dialogs.still_open(payload.dialog_id, payload.version, ctx.at)
    if wait is None or wait.member_id != ctx.me.id:
        late = await dialogs.ran_out(payload.dialog_id, payload.version, ctx.at)
        if late and late.member_id == ctx.me.id:
            gone = await lapse.of_card(ctx, late)
            return Reply(ended(str(late.data["kind"]), "已过期"), [gone] if gone else [])
        return Reply(await case_cards.face_now(ctx) or settled())
    return await _CONTINUE[wait.kind](ctx, wait, payload.value)
