"""演练: one person plays a whole case on their own phone, through their draft where there is one; nothing is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cards import rehearsal as faces
from cards.case import record, task_card
from cards.rehearsal import FORWARD, REHEARSE, STOP
from cards.types import Card, Text
from flow.cases.command import Asks
from flow.definitions.calendar_text import span
from flow.definitions.flow import WAIT
from flow.definitions.prefill import NOW
from flow.definitions.vocabulary import CREATOR, HAND_OVER, TIME_UP
from flow.engine import forms
from flow.engine.verbs import GIVE_BACK, TAKE_BACK, TO, VERBS, WITHDRAW
from flow.errors import NotFound, NotUnderstood, PolicyRefused
from flow.rehearsal import walk
from flow.rehearsal.play import Play, Seat
from flow.rehearsal.rules import same_desk
from flow.rehearsal.view import case_view, news_since, rehearsed, task_view, turn_words
from flow.views.prefills import told
from handlers.chat import dialogs, products, questions
from handlers.chat.context import Ctx, Named, Reply
from handlers.chat.router import Router
from handlers.commands.rehearsal_answers import behind
from handlers.commands.rehearsal_openings import CARD, begins, how_to_begin, opening
from models.views.case import CaseBrief

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.chat.context import Say
    from handlers.chat.dialogs import Wait
    from models.views.case import Verdict

router = Router()
USAGE = (
    f"{REHEARSE} [<类型>] <订单号> <商品>×<数量> <原因>；{REHEARSE} 随便；{REHEARSE} {FORWARD} 1天；{REHEARSE} {STOP}"
)
STOPPING = (STOP, f"{STOP}{REHEARSE}", "停", "停止", "取消", "不演了", "退出")
FORWARDING = (FORWARD, "跳过", "往后")
NONE = f"现在没有{REHEARSE}，要开始请写：{REHEARSE} 随便，或 {REHEARSE} 订单号 商品×数量 原因"
_SEAT = re.compile(r"(?P<run>\d+)-(?P<seat>\d+)")


@dataclass(frozen=True, slots=True)
class _Going:
    """A rehearsal under way, and what it takes place in."""

    ctx: Ctx
    play: Play
    house: walk.Stage

    @property
    def now(self) -> datetime:
        return self.play.now(self.ctx.at)


@router.command(REHEARSE, USAGE, needs=REHEARSE)
async def rehearse(ctx: Ctx, words: list[str]) -> Reply:
    if not words:
        return await _standing(ctx)
    if match := _SEAT.fullmatch(words[0]):
        return await _tapped(ctx, int(match["run"]), int(match["seat"]), words[1:])
    if words[0] in STOPPING and len(words) == 1:
        return await _stop(ctx)
    if words[0] in FORWARDING:
        return await _forward(ctx, words[1:])
    going = await _going(ctx)
    if going and not going.play.ended and (reply := await _by_word(going, words)):
        return reply
    return await _begin(ctx, words)


# -- which one ---------------------------------------------------------------------------------------------------------


async def _kept(ctx: Ctx) -> Play | None:
    row = await dialogs.locked(ctx.me.id, CARD)
    return Play.of(row.data) if row and row.data.get("run") and not row.data.get("left") else None


async def _going(ctx: Ctx) -> _Going | None:
    play = await _kept(ctx)
    if play is None:
        return None
    desk = await same_desk(ctx.desk, play)
    return _Going(ctx, play, await walk.stage(desk, play.flow, play.policy))


async def _under_way(ctx: Ctx) -> _Going:
    """Raises NotFound where there is none."""
    going = await _going(ctx)
    if going is None or going.play.ended:
        raise NotFound(NONE)
    return going


async def _save(going: _Going) -> None:
    await dialogs.note(going.ctx.me.id, CARD, going.play.data(), going.ctx.at)


async def _standing(ctx: Ctx) -> Reply:
    """Where it stands, with the cards of whose turn it is once more; how to begin where there is none."""
    going = await _going(ctx)
    if going is None:
        return Reply.of(how_to_begin(ctx))
    if going.play.ended:
        return Reply.of(faces.summary(rehearsed(going.house, going.play, ctx.me, going.now)))
    await _retire(going, every=True)
    cards = _cards(going)
    await _save(going)
    return Reply.of(faces.progress([], turn_words(going.house, going.play, going.now)), *cards)


async def _begin(ctx: Ctx, words: list[str]) -> Reply:
    begun = await opening(ctx, words)
    if isinstance(begun, Reply):
        return begun
    row = await dialogs.locked(ctx.me.id, CARD)
    dropped = ""
    if (before := await _going(ctx)) and not before.play.ended:
        dropped = f"{before.play.kind} {before.play.order_no}，走到{'、'.join(before.play.nodes)}"
        await _retire(before, every=True)
    begun.run = int(row.data["run"]) + 1 if row else int(ctx.at.timestamp())
    desk = await same_desk(ctx.desk, begun)
    going = _Going(ctx, begun, await walk.stage(desk, begun.flow, begun.policy))
    head = faces.begun(rehearsed(going.house, begun, ctx.me, going.now), dropped=dropped)
    return await _shown(going, [head], log=1, set_off=0)


async def _stop(ctx: Ctx) -> Reply:
    going = await _going(ctx)
    if going is None:
        return Reply(faces.over() if ctx.card else None, [Text(NONE)])
    await _retire(going, every=True)
    await dialogs.note(ctx.me.id, CARD, {"run": going.play.run, "left": True}, ctx.at)
    await _forget_question(ctx)
    told = faces.stopped(rehearsed(going.house, going.play, ctx.me, going.now))
    return Reply(faces.answered(f"{STOP}{REHEARSE}") if ctx.card else None, [told])


async def _forget_question(ctx: Ctx) -> None:
    wait = await dialogs.current(ctx.me.id, ctx.at)
    if wait and wait.kind == questions.REHEARSED:
        await dialogs.leave(ctx.me.id, ctx.at)


# -- going on ----------------------------------------------------------------------------------------------------------


async def _tapped(ctx: Ctx, run: int, number: int, words: list[str]) -> Reply:
    """A button of one of its cards."""
    going = await _going(ctx)
    seat = going.play.seat(number) if going and going.play.run == run else None
    if going is None or seat is None or not words:
        return Reply(faces.over() if ctx.card else None, [] if going and ctx.card else [Text(NONE)])
    return await _act(going, seat, words[0], {})


async def _by_word(going: _Going, words: list[str]) -> Reply | None:
    """``演练 同意``: the button of a card that is open, or a verb of every case; None for neither."""
    action, *rest = words
    nodes = going.house.rules.flow.nodes
    found = {seat.node: seat for seat in reversed(going.play.seats) if action in nodes[seat.node].actions}
    if len(found) > 1:
        raise PolicyRefused(f"{'、'.join(found)} 都有“{action}”，请在卡片上点")
    if not found and action in (*VERBS, HAND_OVER):
        return await _by_verb(going, action, rest)
    if not found and not begins(words):
        able = "、".join(name for seat in going.play.seats for name in nodes[seat.node].actions)
        here, anew = "、".join(going.play.nodes), f"要另演一单请写：{REHEARSE} 订单号，或 {REHEARSE} 随便"
        raise NotUnderstood(f"{here}没有“{action}”，能点的有：{able}；{anew}")
    if not found:
        return None
    [seat] = found.values()
    return await _act(going, seat, action, behind(going.ctx, going.play, nodes[seat.node], action, rest))


async def _by_verb(going: _Going, verb: str, rest: list[str]) -> Reply:
    play = going.play
    human = next((seat for seat in play.seats if seat.owner_id), None)
    if verb == WITHDRAW:
        return await _act(going, _as(play, int(play.facts[CREATOR])), verb, {})
    if verb == TAKE_BACK:
        return await _act(going, _as(play, int((play.undo or {}).get("by") or play.facts[CREATOR])), verb, {})
    if verb == GIVE_BACK and human:
        return await _act(going, human, verb, {TO: rest[0]} if rest else {})
    raise PolicyRefused(
        f"{REHEARSE}里不用{verb}：每个人的卡片都在你手上；能说的有卡片上的按钮、{WITHDRAW}、{TAKE_BACK}、{GIVE_BACK}"
    )


def _as(play: Play, member: int) -> Seat:
    """Somebody who has no task now, and acts all the same."""
    first = play.seats[0]
    return Seat(0, first.node, member, first.opened_at, first.due_at)


async def _act(going: _Going, seat: Seat, action: str, said: dict[str, Any]) -> Reply:
    ctx, play = going.ctx, going.play
    button = going.house.rules.flow.nodes[seat.node].actions.get(action)
    if button is not None and button.hands_over:
        return Reply(
            _face(going, seat) if ctx.card else None,
            [Text(f"{REHEARSE}里不用转交：每个人的卡片都在你手上，点别的接着走")],
        )
    log, set_off = len(play.log), len(play.set_off)
    try:
        verdict = walk.acted(going.house, play, seat, action, said, going.now)
    except Asks as asks:
        owner = going.house.people.by_id.get(seat.owner_id)
        seen = case_view(going.house, play, owner, ctx.me)
        sources = told(seen.facts) | {NOW: going.now.date().isoformat()}
        fields = [forms.offered(field, sources, going.now.date()) for field in asks.fields]
        lines = products.merged((line["sku"], line["title"], line["requested"]) for line in play.lines)
        return await _ask(going, seat, action, questions.asked_by(asks.questions, fields, lines), said)
    await _forget_question(ctx)
    face = _record(going, verdict) if ctx.card and seat.owner_id else faces.answered(action) if ctx.card else None
    reply = await _shown(going, [], log=log, set_off=set_off)
    return Reply(face, reply.says)


async def _shown(going: _Going, head: list[Say], *, log: int, set_off: int) -> Reply:
    """What has come of it, and the cards of whose turn it is now; the summary once it is over."""
    play = going.play
    await _retire(going)
    cards = [] if play.ended else _cards(going)
    await _save(going)
    news = news_since(play, log, set_off)
    if play.ended:
        return Reply.of(*head, faces.summary(rehearsed(going.house, play, going.ctx.me, going.now)))
    return Reply.of(*head, faces.progress(news, turn_words(going.house, play, going.now)), *cards)


def _record(going: _Going, verdict: Verdict) -> Card:
    case = case_view(going.house, going.play, player=going.ctx.me)
    brief = CaseBrief(case.no, case.kind, case.amount, case.lines, case.pays, case.reckoning)
    return faces.marked(record(brief, verdict, going.now))


async def _forward(ctx: Ctx, words: list[str]) -> Reply:
    going = await _under_way(ctx)
    by = span("".join(words)) if words else None
    if words and (by is None or not by):
        raise NotUnderstood(
            f"快进多久没看懂“{' '.join(words)}”，请写成：{REHEARSE} {FORWARD} 1天，或 {REHEARSE} {FORWARD} 2小时"
        )
    if by is None:
        moment = walk.next_moment(going.play)
        if moment is None:
            raise PolicyRefused(f"现在没有要等的时间，请点卡片上的按钮；要快进多久请写：{REHEARSE} {FORWARD} 1天")
        by = max(moment - going.now, moment - moment)
    log = len(going.play.log)
    lines = walk.forwarded(going.house, going.play, going.now, by)
    told = [f"快进到 {going.now:%m-%d %H:%M}", *(lines or ["这段时间里没有事到期"])]
    reply = await _shown(going, [Text("\n".join(told))], log=log, set_off=len(going.play.set_off))
    return Reply(_tapped_face(going) if ctx.card else None, reply.says)


# -- cards -------------------------------------------------------------------------------------------------------------


def _tapped_face(going: _Going) -> Card | None:
    """The card that was tapped as it is now."""
    number = next((seat for token, seat in going.play.cards if token == going.ctx.card), 0)
    seat = going.play.seat(number)
    return _face(going, seat) if seat else faces.over()


def _face(going: _Going, seat: Seat) -> Card:
    """The card of a seat as it is now."""
    code = f"{going.play.run}-{seat.id}"
    node = going.house.rules.flow.nodes[seat.node]
    owner = going.house.people.by_id.get(seat.owner_id)
    if owner is None:
        actions = [name for name in node.actions if name != TIME_UP] if node.kind == WAIT else []
        return faces.wait_card(node.waits_for or node.name, going.play.kind, actions, code)
    case = case_view(going.house, going.play, owner, going.ctx.me)
    card = task_card(case, task_view(going.house, going.play, seat, case), going.now)
    return faces.seat_card(card, owner.name, code, [each.name for each in node.actions.values() if each.hands_over])


def _cards(going: _Going) -> list[Named]:
    """A card for each node that has none on the phone: of whoever is first there."""
    play = going.play
    shown = {seat.node for seat in play.seats if seat.id in {number for _, number in play.cards}}
    found = []
    for seat in play.seats:
        if seat.node not in shown:
            shown.add(seat.node)
            play.shown += 1
            token = f"{CARD}-m{going.ctx.me.id}-{play.run}-{play.shown}"
            play.cards.append([token, seat.id])
            found.append(Named(_face(going, seat), token, CARD))
    return found


async def _retire(going: _Going, *, every: bool = False) -> None:
    """Cards of whoever has got up become records, but for the one that was just tapped."""
    play, ctx = going.play, going.ctx
    gone = [token for token, number in play.cards if every or play.seat(number) is None]
    play.cards = [[token, number] for token, number in play.cards if token not in gone]
    for token in gone:
        if token != ctx.card:
            await dialogs.retire(token, ctx.me.id, ctx.at)


# -- questions ---------------------------------------------------------------------------------------------------------


async def _ask(going: _Going, seat: Seat, action: str, todo: list[dict[str, Any]], said: dict[str, Any]) -> Reply:
    data = {"run": going.play.run, "seat": seat.id, "action": action, "todo": todo, "said": said, "card": ""}
    await dialogs.begin(going.ctx.me.id, questions.REHEARSED, data, going.ctx.at)
    face = _face(going, seat) if going.ctx.card and seat.id else None
    return Reply(face, [Text(f"{faces.MARK}{questions.asking(todo)}")])


async def answer(ctx: Ctx, wait: Wait, text: str) -> Reply:
    """The answer to what an action of a rehearsal wants to know first."""
    if text == questions.CANCEL:
        await dialogs.leave(ctx.me.id, ctx.at)
        return Reply.of(Text(f"好的，这一步没有办，{REHEARSE}还在；点卡片上的按钮接着走"))
    going = await _going(ctx)
    seat = going.play.seat(wait.data["seat"]) if going and going.play.run == wait.data["run"] else None
    if going is None or seat is None:
        await dialogs.leave(ctx.me.id, ctx.at)
        return Reply.of(Text(f"这一步已经过去了，回复 {REHEARSE} 看现在到哪"))
    first, *rest = wait.data["todo"]
    try:
        said = {**wait.data["said"], **_read(ctx, wait, first, text)}
    except PolicyRefused as refused:
        return Reply(says=[Text(f"{faces.MARK}{refused}\n{questions.LEAVE}")], unread=True)
    if rest:
        await dialogs.proceed(wait, {**wait.data, "todo": rest, "said": said}, ctx.at)
        return Reply.of(Text(f"{faces.MARK}{questions.asking(rest)}"))
    await dialogs.leave(ctx.me.id, ctx.at)
    return await _act(going, seat, wait.data["action"], said)


def _read(ctx: Ctx, wait: Wait, item: dict[str, Any], text: str) -> dict[str, Any]:
    """As a real answer is read; a picture is looked at, and not kept."""
    if questions.is_for_photo(item) and ctx.upload and ctx.upload.kind == "image":
        seen = f"{REHEARSE}照片"  # one stands for as many as are asked for
        return {item["field"]["name"]: [seen] if item["field"]["count"] else seen}
    return questions.answered(ctx, wait.data["said"], item, text)


def reminder(wait: Wait) -> Text:
    """What is still to be answered."""
    return Text(f"{faces.MARK}还在等你回答：{questions.asking(wait.data['todo'])}")
