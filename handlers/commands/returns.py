"""Agents: a return from one typed line, asked only for what is missing, saved only on 提交."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from cards.draft import CANCEL, SUBMIT, Asked, DraftView, as_words, confirm_card, ended, question_card, whole_draft
from cards.types import Card, Text
from flow.access.lookup import shops_of
from flow.access.permissions import able_to, ask
from flow.cases.opening import open_case
from flow.definitions.choices import ADDRESSES
from flow.definitions.eligibility import GRANTED
from flow.definitions.permissions import KINDS
from flow.errors import FlowError, NotAllowed, NotFound, PolicyRefused
from flow.orders.lookup import SeveralShops, find_bill
from flow.orders.near import near, of_mobile, of_tail, products_among
from flow.publishing.proposals import PUBLISH
from handlers.chat import corrections, dialogs, drafts, further, parse, rewording, scraps, stays
from handlers.chat.case_cards import submitted_face
from handlers.chat.context import Ctx, Named, Reply
from handlers.chat.phones import is_phone
from handlers.chat.phrases import phrases
from handlers.chat.spelling import asks_at_all
from handlers.commands import goods_kept, return_answers, return_fields, return_lines, return_sheet
from handlers.commands.order_shop import which_shop, with_shop
from handlers.commands.return_lines import type_words
from handlers.commands.return_sheet import ASKED, FIELD, ORDER, Sheet, question
from handlers.commands.return_view import INTERCEPT, draft_view, types_of
from models import SentCard
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cards.types import Content
    from flow.definitions.business import ReturnType
    from flow.orders.lookup import Bill
    from handlers.chat.context import Say
    from handlers.chat.dialogs import Wait

DRAFT = "draft"
USAGE = "{} <订单号> [<商品>×数量] [类型] [备注] [例外 <理由>]"
RETURN, EXCHANGE = "退货", "换货"
WHOLE = ("明细", "全部明细")
TAIL = re.compile(r"(?:手机|电话)?(?:尾号|末四位|后四位)[:是]?(?P<digits>\d{4})的?")


async def several(ctx: Ctx, lines: Sequence[Sequence[str]]) -> Reply:
    """Draft one return after the other, each line as its words from 退货 on: ``[["退货", "536365", …], …]``.

    The first is drafted now; the others wait in its dialog and are asked for when it is submitted or left. A line that
    names several orders is as many returns. What one of them is refused for is said, and the next one is drafted.
    Called twice for one message, the second return waits for the first.
    """
    each = [line for words in lines for line in await return_lines.each(ctx, words)]
    queue = [[parse.flat(ctx.kept(word)) for word in line] for line in each]
    wait = await dialogs.current(ctx.me.id, ctx.at)
    waiting = [list(line) for line in wait.data.get("queue", ())] if wait and wait.kind == DRAFT else []
    if wait and wait.kind == DRAFT and wait.data.get("at") == ctx.at.isoformat():
        await dialogs.keep(wait, {**wait.data, "queue": [*waiting, *queue]})
        return Reply.of(Text("\n".join([*(" ".join(line) for line in queue), "记下了，前一单提交或取消以后接着问"])))
    if wait and wait.kind == DRAFT and queue and not _is_again(wait, queue[0]):
        waiting = [return_sheet.line_of(wait.data), *waiting]  # what was being asked is asked next, and not lost
    return await _first(ctx, [*queue, *waiting], alone=len(queue) + len(waiting) == 1)


def _is_again(wait: Wait, line: Sequence[str]) -> bool:
    """Whether a line says the draft that stands anew."""
    return [wait.data["kind"], str(wait.data["order_no"]).upper()] == [line[0], *(word.upper() for word in line[1:2])]


async def _first(ctx: Ctx, queue: Sequence[list[str]], *, alone: bool = False) -> Reply:
    """Draft the first return of the queue that can be drafted; of one that can't, why not, raised where it is alone."""
    says: list[Say] = []
    while queue:
        line, *queue = queue
        own, text = ctx.reads(" ".join(line))
        kind, *words = text.split()
        try:
            reply = await _start(own, kind, words, queue)
        except FlowError as refusal:
            if alone:
                raise
            says.append(Text(f"{' '.join([kind, *words])}\n{refusal}"))
            continue
        waiting = [Text(f"还有 {len(queue)} 单等着，这一单提交或取消以后接着问：\n{_listed(queue)}")] if queue else []
        return Reply.of(*says, *reply.says, *waiting)
    return Reply.of(*says)


def _listed(lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"· {' '.join(line)}" for line in lines)


async def run(ctx: Ctx, line: list[str]) -> Reply:
    """A return that begins with the line's first word."""
    return await several(ctx, [line])


async def _start(ctx: Ctx, kind: str, words: list[str], queue: Sequence[Sequence[str]] = ()) -> Reply:
    if not words:
        raise PolicyRefused(f"请写上订单号，例如：{kind} 536365 85123A×2 质量问题")
    if not types_of(ctx, kind):
        able = ask(ctx.desk.business.matrix, able_to(ctx.desk.business.matrix, ctx.staff, PUBLISH), PUBLISH)
        raise PolicyRefused(f"现在没有退货类型走“{kind}”，开不了这样的单；要开请找 {able} 加一个")
    waiting = [list(line) for line in queue]
    words, exception = return_sheet.without_exception(kind, words)
    words, shop = await with_shop(words)
    try:
        bill = await find_bill(words[0], shop, shops_of(ctx.desk, ctx.me))
    except SeveralShops as owners:
        if waiting:
            raise  # said back, and the next return is drafted: a question of another kind would lose them
        return await which_shop(ctx, [kind, *words, *([GRANTED, exception] if exception else [])], owners, run)
    except NotFound as missing:
        sheet = await _near(ctx, Sheet(kind, words[0], exception=exception, words=words, queue=waiting), missing)
        return await _asked(ctx, sheet, None)
    if ctx.desk.business.like(kind) == RETURN and (staying := drafts.staying(words[1:])):
        return await goods_kept.instead(ctx, [*words, *([GRANTED, exception] if exception else [])], staying, run)
    sheet = Sheet(kind, bill.order.no, exception=exception, shop=shop, queue=waiting)
    sheet = await sorted_sheet(ctx, sheet, words[1:], bill)
    return await _asked(ctx, return_sheet.asked_first(sheet, bill, types_of(ctx, kind)), bill)


async def sorted_sheet(ctx: Ctx, sheet: Sheet, words: list[str], bill: Bill) -> Sheet:
    """The sheet with the words behind the order number. Raises PolicyRefused for what it cannot hold."""
    like = ctx.desk.business.like(sheet.kind)
    sheet, words = await return_fields.taken(ctx, sheet, words)
    words = further.exchanged(words) if like == EXCHANGE else words
    words, bare = further.bare_sum(like, words, bill.choices())
    typed = drafts.read(words, bill.choices(), type_words(ctx))
    typed = replace(typed, note=ctx.kept(typed.note), strange=tuple(map(ctx.kept, typed.strange)))
    types = types_of(ctx, sheet.kind)
    if typed.types and not set(typed.types) & set(types):
        raise PolicyRefused(_elsewhere(ctx.desk.business.types[typed.types[0]], [sheet.order_no, *words]))
    of_kind = {word: name for word, name in type_words(ctx).items() if name in types}
    told = () if typed.types else tuple(filter(None, [drafts.reason_in(typed.note, of_kind)])) or _only(types)
    typed = replace(typed, types=tuple(name for name in typed.types or told if name in types))
    if strange := next((word for word, _ in typed.matched if further.other_verb(like, word)), ""):
        raise PolicyRefused(f"“{strange}”和{sheet.kind}是两件事，请分两句说，还没有开单")
    others = await products_among([word for word in return_sheet.codes(typed.note) if word not in typed.strange])
    doubts = await return_lines.in_doubt(typed, like, sheet.order_no)
    note = scraps.whole(typed.note, ctx.typed, sheet.order_no)[: parse.MAX_NOTE]
    doubts = tuple(dict.fromkeys(map(ctx.kept, doubts)))
    typed = replace(typed, strange=(*typed.strange, *others), doubts=doubts, note=note)
    return return_sheet.filled(replace(sheet, bare=bare), typed, bill)


async def _near(ctx: Ctx, sheet: Sheet, missing: NotFound) -> Sheet:
    """Ask which order was meant. Raises ``missing`` where none is like it."""
    shops = shops_of(ctx.desk, ctx.me)
    if is_phone(sheet.order_no) and (theirs := await of_mobile(sheet.order_no, shops)):
        options = [[order.no, order.no] for order in theirs]
        return replace(sheet, ask=ORDER, hint="这是客户的手机号，不是订单号。", options=options)
    if (tail := TAIL.fullmatch(sheet.order_no)) and (theirs := await of_tail(tail["digits"], shops)):
        options = [[order.no, order.no] for order in theirs]
        return replace(sheet, ask=ORDER, hint="这是客户手机的尾号，不是订单号。", options=options)
    found = await near(sheet.order_no, shops)
    if not found:
        raise missing
    return replace(
        sheet, ask=ORDER, hint=f"没有订单 {sheet.order_no}。", options=[[order.no, order.no] for order in found]
    )


async def _asked(ctx: Ctx, sheet: Sheet, bill: Bill | None) -> Reply:
    """Put the question on a phone, in a dialog of its own."""
    sheet = await return_fields.asked_next(ctx, sheet)
    if bill is not None and sheet.ask == SUBMIT:
        await draft_view(ctx, sheet, bill)  # refused before the dialog that stands is left
    wait = await dialogs.begin(ctx.me.id, DRAFT, asdict(replace(sheet, at=ctx.at.isoformat())), ctx.at)
    face, *more = await _face(ctx, wait, sheet, bill)
    return Reply.of(_shown(face, wait), *more)


def _only(types: Sequence[str]) -> tuple[str, ...]:
    return tuple(types[: len(types) == 1])  # of one there is nothing to choose


def _elsewhere(kind: ReturnType, words: list[str]) -> str:
    ways = "或 ".join(" ".join([flow, *words]) for flow in kind.flows)
    return f"“{kind.name}”走的是{'、'.join(kind.flows)}流程，请写：{ways}"


def _shown(face: Content, wait: Wait) -> Content | Named:
    return Named(face, wait.token, DRAFT) if isinstance(face, Card) else face


async def _face(ctx: Ctx, wait: Wait, sheet: Sheet, bill: Bill | None) -> list[Content]:
    """The question, or the draft to be submitted, with what its card has no room for."""
    view = await draft_view(ctx, sheet, bill)
    if sheet.ask == SUBMIT:
        card = confirm_card(view, wait.id, wait.version)
        rest = whole_draft(view)
        return [card, rest] if rest else [card]
    options = [(value, text) for value, text in sheet.options]
    return [question_card(view, Asked(wait.id, wait.version, question(sheet), options, sheet.hint))]


async def answer(ctx: Ctx, wait: Wait, value: str) -> Reply:
    """Take an answer, tapped or typed, and go on: the next question, the estimate, or the case itself."""
    sheet = Sheet.of(wait.data)
    if value.strip(" 。.!,吧") == CANCEL or phrases().is_left(value, draft=True):
        return await _leave(ctx, wait, sheet)
    if sheet.ask == SUBMIT and rewording.submits(value):
        return await _submit(ctx, wait, sheet)
    if sheet.ask == ORDER:
        return await _ordered(ctx, sheet, value)
    bill = await find_bill(sheet.order_no, sheet.shop, shops_of(ctx.desk, ctx.me))
    if sheet.ask == FIELD:
        return await _field(ctx, wait, value, bill)
    if reply := await _aside(ctx, wait, value, bill):
        return reply
    filled = None if sheet.ask == SUBMIT else return_answers.answered(sheet, value, bill)
    if filled is None and (filled := await _otherwise(ctx, sheet, value, bill)) is None:
        return _unread(sheet, value, await draft_view(ctx, sheet, bill))
    return await _on(ctx, wait, return_sheet.asked_next(filled, bill, types_of(ctx, filled.kind)), bill)


async def _field(ctx: Ctx, wait: Wait, value: str, bill: Bill) -> Reply:
    """Take the answer to what the flow asks at the opening; what is none may correct the draft."""
    sheet = Sheet.of(wait.data)
    try:
        filled = return_fields.answered(ctx, sheet, value)
    except PolicyRefused as refused:
        changed = await _otherwise(ctx, sheet, value, bill)
        if changed is None:
            return Reply(says=[Text(f"{refused}\n{return_sheet.again(sheet)}")], unread=True)
        filled = return_sheet.asked_next(changed, bill, types_of(ctx, changed.kind))
    return await _on(ctx, wait, filled, bill)


async def _aside(ctx: Ctx, wait: Wait, value: str, bill: Bill) -> Reply | None:
    """What is said to words that neither answer nor change the draft; None for others."""
    sheet = Sheet.of(wait.data)
    if (no := rewording.other_order(value)) and (reply := await _of_other_order(ctx, sheet, no)):
        return reply
    told = "" if phrases().asked_of_customer(value) else return_sheet.unchangeable(sheet, value, bill)
    if told:
        return Reply.of(Text(f"{told}{return_sheet.again(sheet)}"))
    if value in WHOLE:
        return Reply.of(whole_draft(await draft_view(ctx, sheet, bill), always=True) or reminder(wait))
    return None


async def _of_other_order(ctx: Ctx, sheet: Sheet, no: str) -> Reply | None:
    """The same draft of the order that was meant; None where it cannot be one of that order."""
    line = return_sheet.line_of(asdict(replace(sheet, shop="")))
    try:
        async with session.transaction():
            reply = await _first(ctx, [[sheet.kind, no, *line[2:]], *sheet.queue], alone=True)
    except FlowError:
        return None
    told = Text(f"草稿换成了订单 {no}，原来写的是 {sheet.order_no}")
    return replace(reply, says=[told, *reply.says])


async def _otherwise(ctx: Ctx, sheet: Sheet, value: str, bill: Bill) -> Sheet | None:
    """What is no answer may be another kind that was offered, or a correction; None for neither."""
    if sheet.ask == SUBMIT and value == f"改成{INTERCEPT}":
        return replace(sheet, kind=INTERCEPT, return_type="", wish="", told=[])
    if fresh := await return_fields.corrected(ctx, sheet, value):
        return fresh
    if (kind := rewording.kind_in(value, KINDS)) and kind != sheet.kind:
        return _turned(ctx, sheet, kind)
    if sheet.ask == SUBMIT and (first := rewording.before_submitting(value)):
        changed = await _otherwise(ctx, sheet, first, bill)
        return changed and replace(changed, told=[*changed.told, "改好了，还没有提交"])
    if sheet.ask == SUBMIT and rewording.some_stay(value) and len(sheet.items) == 1:
        return replace(sheet, items=[[sheet.items[0][0], ASKED]], hint=f"“{value[:40]}”。")
    said = stays.without_staying(value, [sku for sku, _ in sheet.pairs()])
    change = corrections.read(said, bill.choices(), type_words(ctx), sheet.pairs())
    change = change if change.note is None else replace(change, note=ctx.kept(change.note))
    if (change.unread or change.is_empty) and (why := rewording.not_the_reason(value, sheet.return_type)):
        return return_answers.without_reason(sheet, ctx.kept(why))
    if change.unread or change.is_empty:
        return return_answers.explained(sheet, value)
    return return_sheet.corrected(sheet, change, bill, types_of(ctx, sheet.kind))


def _turned(ctx: Ctx, sheet: Sheet, kind: str) -> Sheet:
    """The same return as one of another kind. Raises NotAllowed, or PolicyRefused, where there is none to be opened."""
    if not ctx.may(kind):
        raise NotAllowed(f"你的角色不能开“{kind}”，草稿没有改，还是{sheet.kind}")
    types = types_of(ctx, kind)
    if not types:
        raise PolicyRefused(f"现在没有退货类型走“{kind}”，草稿没有改，还是{sheet.kind}")
    kept = sheet.return_type if sheet.return_type in types else ""
    before = next((each for each in sheet.told if each.startswith("原来是")), f"原来是{sheet.kind}")
    told = [*(each for each in sheet.told if each != before), *([before] if before != f"原来是{kind}" else [])]
    return replace(sheet, kind=kind, return_type=kept, types=[], told=told, ask="", options=[], hint="")


async def _on(ctx: Ctx, wait: Wait, sheet: Sheet, bill: Bill) -> Reply:
    """The next question of the same draft, on the card that was tapped where there is one."""
    sheet = await return_fields.asked_next(ctx, sheet)
    await draft_view(ctx, sheet, bill)  # what is refused leaves the question that stands
    data = asdict(replace(sheet, at="")) | ({"card": ctx.card} if ctx.card else {})
    after = await dialogs.proceed(wait, data, ctx.at)
    face, *more = await _face(ctx, after, sheet, bill)
    if ctx.card and isinstance(face, Card):
        return Reply(face, more)
    await dialogs.retire(wait.token, ctx.me.id, ctx.at)
    return Reply.of(_shown(face, after), *more)


async def _ordered(ctx: Ctx, sheet: Sheet, value: str) -> Reply:
    """Which order was meant; the rest of the line is read then."""
    no = return_answers.chosen(sheet, value)
    if not no:
        return _unread(sheet, value)
    words = [no, *sheet.words[1:], *([GRANTED, sheet.exception] if sheet.exception else [])]
    reply = await _first(ctx, [[sheet.kind, *words], *sheet.queue])
    return Reply(ended(sheet.kind, "已选好"), reply.says) if ctx.card else reply


async def _leave(ctx: Ctx, wait: Wait, sheet: Sheet) -> Reply:
    await _done(ctx, wait)
    card = ended(sheet.kind, "已取消")
    following = (await _first(ctx, sheet.queue)).says if sheet.queue else ()
    return Reply(card, following) if ctx.card else Reply.of(card, *following)


async def _done(ctx: Ctx, wait: Wait) -> None:
    """The end of a draft that was answered; what waits behind it is begun next."""
    await dialogs.keep(wait, wait.data | {dialogs.DONE: True})
    await dialogs.leave(ctx.me.id, ctx.at, but=ctx.card)


def _unread(sheet: Sheet, value: str, view: DraftView | None = None) -> Reply:
    """An answer that is none, said back, with the question again; to a question, what the draft says."""
    if view and asks_at_all(value):
        told = f"“{value[:40]}”没有改草稿，草稿上是：{as_words(view)}。{return_sheet.again(sheet)}"
        return Reply(says=[Text(told)], unread=True)
    return Reply(says=[Text(f"没看懂这个回答“{value[:40]}”。{return_sheet.again(sheet)}")], unread=True)


def reminder(wait: Wait) -> Text:
    """What of a draft is still to be answered."""
    sheet = Sheet.of(wait.data)
    again = return_sheet.again(sheet)
    return Text(again if sheet.ask == SUBMIT else f"还在等你回答（{sheet.kind} {sheet.order_no}）：{again}")


async def _submit(ctx: Ctx, wait: Wait, sheet: Sheet) -> Reply:
    case, _ = await open_case(ctx.desk, sheet.draft(), ctx.me, ctx.at)
    await _done(ctx, wait)
    card = await submitted_face(ctx.desk, case.id, ctx.me, ctx.at)
    where_to = [Text(f"退货地址，可以直接转发给客户：\n{place}")] if (place := case.facts.get(ADDRESSES)) else []
    following = (await _first(ctx, sheet.queue)).says if sheet.queue else ()
    if not ctx.card:
        return Reply.of(card, *where_to, *following)
    await SentCard.filter(token=ctx.card).update(case_id=case.id)
    return Reply(card, [*where_to, *following])
