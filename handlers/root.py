"""The one door: from an event to the reply, with every known refusal turned into its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.draft import ended, settled
from cards.payload import Act, Answer, Decide, PayloadError, unpack
from cards.types import Text
from flow import proposals
from flow.actions import reads
from flow.errors import NotFound
from flow.reading import chosen
from flow.roles import KINDS
from handlers import (
    absence,
    asking,
    automation,
    bulk,
    dialogs,
    duplicates,
    export,
    flows,
    lists,
    lookup,
    otherwise,
    parse,
    publishing,
    returns,
    tasks,
    templates,
    upload,
    verbs,
    warehouse,
)
from handlers.context import Ctx, Reply
from handlers.events import Joined, Labels, Message, Scan, Tap
from handlers.router import Router, permitted

if TYPE_CHECKING:
    from handlers.dialogs import Wait
    from handlers.events import Event
    from handlers.router import Entry
    from models.hot import Statement

router = Router()
router.include(
    returns.router,
    tasks.router,
    bulk.router,
    warehouse.router,
    lookup.router,
    lists.router,
    templates.router,
)
router.include(verbs.router, export.router, duplicates.router, absence.router, flows.router, automation.router)
router.include(publishing.router)
_CONTINUE = {
    returns.DRAFT: returns.answer,
    asking.ASK: tasks.answer,
    tasks.NAME: tasks.name_given,
    warehouse.PICK: warehouse.answer,
    bulk.BULK: bulk.answer,
}
_NOT_YET = {
    "话术": "话术库还没有；配件缺失的话术会自己出现在卡片上",
    "客户": "客户档案还没有；回复 查 手机尾号，看这位客户的单子",
    "反馈": "意见箱还没有，请直接告诉管理员",
}
MORE_COMMANDS = ("同意 <单号>：按钮上的字加单号，和点按钮一样", "撤单 <单号>：自己开的单，收货和退款之前")


@router.command("帮助", "帮助")
async def help_me(ctx: Ctx, words: list[str]) -> Reply:
    """What this person can say."""
    usable = [entry for entry in router.commands.values() if not entry.needs or ctx.may(entry.needs)]
    published = {flow for t in ctx.desk.business.types.values() for flow in t.flows}
    usable = [entry for entry in usable if entry.name not in KINDS or entry.name in published]
    roles = "、".join(sorted(ctx.me.roles)) or "没有角色"
    lines = [f"{ctx.me.name}（{roles}），你可以说："]
    lines += [f"· {entry.usage}" for entry in usable]
    lines += [f"· {line}" for line in MORE_COMMANDS]
    return Reply.of(Text("\n".join(lines)))


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
        return await warehouse.photographed(ctx, event.codes)
    if isinstance(event, Joined):
        return await help_me(ctx, [])
    if isinstance(event, Message):
        return await _message(ctx, parse.normalise(otherwise.whole(event.text)))
    return Reply()


async def _message(ctx: Ctx, text: str) -> Reply:
    said = _spread(parse.words(text))
    if ctx.upload and (reply := await _uploaded(ctx)):
        return reply
    if not said:
        return Reply.of(Text("收到。图片和文件暂时只作留存；要办事请直接打字，回复“帮助”看能做什么"))
    if entry := await _command(ctx, said):
        permitted(entry, ctx)
        return await entry.run(ctx, said[1:])
    if len(said) > 1 and parse.is_case_no(said[1]):
        return await tasks.say_action(ctx, said[0], said[1:])
    if wait := await dialogs.current(ctx.me.id, ctx.at):
        return await _CONTINUE[wait.kind](ctx, wait, " ".join(said))
    if said[0] in _NOT_YET:
        raise NotFound(_NOT_YET[said[0]])
    if reply := await otherwise.understood(ctx, said):
        return reply
    raise NotFound("没听懂这句话，回复“帮助”看能做什么")


async def _command(ctx: Ctx, said: list[str]) -> Entry | None:
    """The command that the first word is. A word that cases and answers have too is one where a change waits for it."""
    entry = router.find(said[0])
    if entry is None or said[0] not in publishing.ALSO_OF_CASES:
        return entry
    if len(said) > 1 and parse.is_case_no(said[1]):
        return None
    if await publishing.awaits(ctx, said[0]):
        return entry
    is_asked = await dialogs.current(ctx.me.id, ctx.at) is not None
    return entry if ctx.may(proposals.PUBLISH) and not is_asked else None


def _spread(said: list[str]) -> list[str]:
    """``批量驳回`` is 批量 of whatever action the flows have."""
    if said and said[0].startswith(bulk.MANY) and said[0] != bulk.MANY:
        return [bulk.MANY, said[0].removeprefix(bulk.MANY), *said[1:]]
    return said


async def _uploaded(ctx: Ctx) -> Reply | None:
    """A file is a changed flow; a picture answers whoever asked for one."""
    if ctx.upload and ctx.upload.kind == "file":
        permitted(router.commands["发布"], ctx)
        return await upload.workbook(ctx, ctx.upload.data)
    wait = await dialogs.current(ctx.me.id, ctx.at)
    return await tasks.answer(ctx, wait, "") if wait and wait.kind == asking.ASK else None


async def _tap(ctx: Ctx, tap: Tap) -> Reply:
    try:
        payload = unpack(tap.payload)
    except PayloadError:
        return Reply.of(Text("这个按钮已经不能用了，请回复“待办”看现在要做的事"))
    if isinstance(payload, Act):
        said = await chosen(ctx.desk, payload.case_id, tap.selected)
        return await tasks.act(ctx, payload.case_id, payload.action, said)
    if isinstance(payload, Decide):
        return await publishing.act(ctx, payload)
    return await _dialog_tap(ctx, payload)


async def _dialog_tap(ctx: Ctx, payload: Answer) -> Reply:
    wait: Wait | None = await dialogs.current(ctx.me.id, ctx.at)
    if wait is None or (wait.id, wait.version) != (payload.dialog_id, payload.version):
        late = await dialogs.ran_out(payload.dialog_id, payload.version, ctx.at)
        if late:
            return Reply(ended(str(late.data["kind"]), "已过期"))
        return Reply(await tasks.face_now(ctx) or settled())
    return await _CONTINUE[wait.kind](ctx, wait, payload.value)
