"""改: a case under way, or a draft, is corrected by its submitter; what that undoes is said first."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cards.amendment import CANCEL, CONFIRM, Side, amended, amendment_card
from cards.types import Card, Text
from flow.access.lookup import case_of
from flow.cases.assessment import Draft
from flow.cases.revision import carry_out, drafted, ensure_correctable, ensure_may_correct, revise, told_anew
from flow.engine.verbs import CORRECT
from flow.errors import NotAllowed, NotFound, PolicyRefused
from flow.orders.lookup import bill_without
from flow.views.case import case_view
from handlers.chat import corrections, dialogs, parse
from handlers.chat.context import Ctx, Named, Reply
from handlers.chat.phrases import phrases
from handlers.chat.router import Router
from handlers.commands import form_changes, return_fields, returns
from models import Case

if TYPE_CHECKING:
    from flow.cases.revision import Revision
    from flow.orders.lookup import Choice
    from handlers.chat.corrections import Correction
    from handlers.chat.dialogs import Wait

router = Router()
AMEND = "amend"
USAGE = "改 <单号> 数量 1，或 类型 …、备注 …、金额 …；没提交的草稿直接回复 数量 1"


@router.command(CORRECT, USAGE)
async def amend(ctx: Ctx, words: list[str]) -> Reply:
    """A correction of the case that is named, else of the draft that is open."""
    if words and parse.is_case_no(words[0]):
        if reply := await form_changes.put_right(ctx, words[0], " ".join(words[1:])):
            return reply
        return await _propose(ctx, await _mine(ctx, words[0]), " ".join(words[1:]))
    wait = await dialogs.current(ctx.me.id, ctx.at)
    if wait and wait.kind == returns.DRAFT and words:
        return await returns.answer(ctx, wait, f"{CORRECT} {' '.join(words)}")
    if wait and wait.kind == AMEND and words:
        return await _propose(ctx, await Case.get(id=wait.data["case_id"]), " ".join(words))
    raise NotFound(f"请写上改哪一单、改什么：{USAGE}")


async def _mine(ctx: Ctx, no: str) -> Case:
    """The case, if it is mine to correct: its submitter's, or of a role that reaches further than its own."""
    case = await case_of(ctx.desk, no, ctx.me)
    await ensure_may_correct(ctx.desk, case, ctx.me)
    return case


async def _propose(ctx: Ctx, case: Case, text: str) -> Reply:
    """Say what it would come to, on a card that is to be confirmed."""
    await ensure_may_correct(ctx.desk, case, ctx.me)
    await ensure_correctable(case)
    types = ctx.desk.business.types
    words = {word: each.name for each in types.values() for word in (each.name, *each.aliases)}
    choices = (await bill_without(case)).choices()
    before = await drafted(ctx.desk, case)
    answers, rest = return_fields.named(ctx, await return_fields.asked_of(ctx, case.kind), text)
    if answers:
        before, text = replace(before, answers=tuple((dict(before.answers) | answers).items())), rest
    if answers and not text:
        return await _confirm(ctx, case, before)
    change = corrections.read(text, choices, words, before.items)
    if change.unread or change.is_empty:
        back = f"没看懂“{change.unread or text}”，" if text else ""
        raise PolicyRefused(f"{back}{case.no} 没有改动。请写成：改 {case.no} 数量 1，或 类型 质量问题、备注 …、金额 20")
    draft = _applied(case, before, change, choices)
    return await _confirm(ctx, case, draft)


def _applied(case: Case, draft: Draft, change: Correction, choices: list[Choice]) -> Draft:
    items = dict(draft.items)
    if change.everything:
        items = {choice.sku: choice.left for choice in choices if choice.sku in items}
    if change.units is not None:
        if len(items) != 1:
            line = f"改 {case.no} {next(iter(items))}×{change.units}"
            raise PolicyRefused(f"{case.no} 有 {len(items)} 种商品，改哪一种的数量？例如：{line}")
        items = dict.fromkeys(items, change.units)
    items |= dict(change.items)
    if not any(items.values()):
        raise PolicyRefused(f"数量不能都是 0；不退了请说：撤单 {case.no}")
    return replace(
        draft,
        items=tuple((sku, units) for sku, units in items.items() if units),
        return_type=change.return_type or draft.return_type,
        note=change.noted(draft.note),
        wish=draft.wish if change.wish is None else change.wish,
    )


async def _confirm(ctx: Ctx, case: Case, draft: Draft, before: str = "") -> Reply:
    revision = await revise(ctx.desk, case, draft, ctx.me)
    data = {"case_id": case.id, "version": case.version, "kind": CORRECT, "draft": _packed(draft)}
    wait = await dialogs.begin(ctx.me.id, AMEND, data, ctx.at)
    card = await _card(ctx, revision, wait)
    says = [Text(before)] if before else []
    return Reply.of(*says, Named(card, wait.token, AMEND))


async def _card(ctx: Ctx, revision: Revision, wait: Wait) -> Card:
    case, draft = revision.case, revision.draft
    view = await case_view(ctx.desk, case.id, viewer=ctx.me)
    titles = {choice.sku: choice.title for choice in revision.assessment.bill.choices()}
    shown = view.pays and view.amount is not None
    amounts = revision.amounts if shown else (None, None)
    notes = [_joined(note, said) for note, said in zip((case.note, draft.note), told_anew(revision), strict=True)]
    sides = (
        Side(_named(revision.before, titles), case.return_type, notes[0], amounts[0]),
        Side(_named(draft.items, titles), draft.return_type, notes[1], amounts[1]),
    )
    undone = _undone(revision) + _given_away(ctx, revision)
    return amendment_card(case.no, sides, undone, wait.id, wait.version)


def _joined(*parts: str) -> str:
    return "；".join(filter(None, parts))


def _named(items: tuple[tuple[str, int], ...], titles: dict[str, str]) -> list[tuple[str, int]]:
    return [(titles.get(sku) or sku, units) for sku, units in items]


def _undone(revision: Revision) -> str:
    if revision.only_note:
        return "只改备注，不影响审批"
    if not revision.agreed:
        return "改完从头走审批；还没有人审批过"
    return f"这会让 {'、'.join(revision.agreed)} 的同意作废，重新审批"


def _given_away(ctx: Ctx, revision: Revision) -> str:
    """Who corrects what somebody else asked for says what is asked for, and has no say in granting it."""
    mine = revision.only_note or revision.case.creator_id == ctx.me.id
    return "" if mine else "；你改了内容，就由别人审批"


def _packed(draft: Draft) -> dict[str, Any]:
    return {
        "kind": draft.kind, "order_no": draft.order_no, "items": [list(item) for item in draft.items],
        "return_type": draft.return_type, "note": draft.note, "exception": draft.exception, "wish": draft.wish,
        "answers": [list(each) for each in draft.answers],
    }  # fmt: skip


async def answer(ctx: Ctx, wait: Wait, value: str) -> Reply:
    """Confirmed, left, or said in another way."""
    case = await Case.get(id=wait.data["case_id"])
    said = value.strip(" 。.!,")
    if said == CANCEL:
        await dialogs.leave(ctx.me.id, ctx.at, but=ctx.card)
        card = amended(case.no, "没有改动")
        return Reply(card) if ctx.card else Reply.of(card)
    try:
        await ensure_correctable(case)
    except NotAllowed as over:
        return await _too_late(ctx, case, str(over))
    if said != CONFIRM and re.sub(r"[\s,]", "", said) not in phrases().corrections["确认修改"]:
        return await _propose(ctx, case, value)
    fields = dict(wait.data["draft"])
    told = {"answers": tuple((str(name), each) for name, each in fields.get("answers", ()))}
    draft = Draft(**fields | {"items": tuple((str(sku), int(units)) for sku, units in fields["items"])} | told)
    if case.version != wait.data["version"]:
        return await _overtaken(ctx, case, draft)
    return await _done(ctx, case, draft)


def reminder(_: Wait) -> Text:
    """What is still to be answered."""
    return Text(f"卡片上的改动还没有办：回复“{CONFIRM}”就改，回复“{CANCEL}”离开")


async def _too_late(ctx: Ctx, case: Case, why: str) -> Reply:
    """The case has gone where nothing of it can be changed: nobody is asked any more."""
    await dialogs.leave(ctx.me.id, ctx.at, but=ctx.card)
    card = amended(case.no, f"没有改动，{why}")
    return Reply(card) if ctx.card else Reply.of(card)


async def _overtaken(ctx: Ctx, case: Case, draft: Draft) -> Reply:
    """The case has moved since the card was drawn: what the correction undoes now is said on a fresh one."""
    reply = await _confirm(ctx, case, draft, f"{case.no} 刚刚有了变动，还没有改。请看新的卡片再确认")
    return Reply(amended(case.no, "已有变动，请看新卡片"), reply.says) if ctx.card else reply


async def _done(ctx: Ctx, case: Case, draft: Draft) -> Reply:
    revision = await revise(ctx.desk, case, draft, ctx.me)
    done = await carry_out(ctx.desk, revision, ctx.me, ctx.at)
    await dialogs.leave(ctx.me.id, ctx.at, but=ctx.card)
    now = f"，现在：{done.verdict.next_step}" if done else ""
    card = amended(case.no, f"已修改{now}")
    return Reply(card) if ctx.card else Reply.of(card)
