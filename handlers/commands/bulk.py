"""批量: many like decisions in one tap; each case for itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from cards import bulk as cards
from cards.bulk import CANCEL, Item, Outcome
from cards.draft import ended
from flow.access.lookup import within_reach
from flow.cases.advance import advance
from flow.cases.command import Command
from flow.definitions.conditions import CellError, parse
from flow.definitions.flow import REASON, REQUIRED, WAIT
from flow.definitions.nearest import suggestion
from flow.definitions.permissions import AMOUNT, KINDS, WHOLE
from flow.definitions.vocabulary import HAND_OVER
from flow.edits.quantities import BEHIND
from flow.engine import form_rules
from flow.engine.verbs import WITHDRAW
from flow.errors import FlowError, NotFound, NotUnderstood, PolicyRefused
from flow.export.answers import published_flows
from flow.records.locks import lock_whole
from flow.stats.period import is_time, normal, parse_period
from flow.tasks.handover import Handing
from flow.tasks.reassignment import give, tasks_of
from flow.views.case import about_money, open_tasks
from handlers.chat import dialogs
from handlers.chat.context import Named, Reply
from handlers.chat.decisions import intent
from handlers.chat.parse import is_case_no
from handlers.chat.persons import FROM
from handlers.chat.phrases import phrases
from handlers.chat.reservations import reservations
from handlers.chat.router import Router
from handlers.chat.terms import terms
from models import Case, CaseState, Task
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handlers.chat.context import Ctx
    from handlers.chat.dialogs import Wait

router = Router()
BULK = "bulk"
MANY, AGREE = "批量", "同意"
BY = "提交人="  #: whose cases alone
BUT = "除"  #: ahead of a case that is left out
LEAST = 2  #: fewer are no bulk, and are not offered unasked
MAX_REASON = 500
_WHY = re.compile(rf"^(?:{REASON}|原因|因为|备注)[:：]?")
MOST = 50  #: decisions of one tap, which WeCom wants answered in 5 s
_EDGED = re.compile(r"^(?P<yuan>\d{1,7}(?:\.\d{1,2})?)(?:元|块钱?)?(?P<edge>以下|以内|之内|以上)$")  #: 50以下 is <=50
_BARE = re.compile(rf"^{AMOUNT}(?=[<>=≤≥\d])")  #: 金额<=100 is <=100, and 金额审批 a node
HOW = (
    "请写成：批量同意、批量驳回、批量撤单、批量撤单 姓名、批量转交 姓名，或 批量转交 姓名 从 原来的人；"
    "可以加条件和理由：批量驳回 <=100 理由 照片看不清，批量撤单 姓名 今天"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One case to decide; ``task_id`` 0 where it is the case itself that is taken back."""

    case: Case
    node: str
    task_id: int = 0
    called: tuple[str, ...] = ()  #: its node and its return type by today's names


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done to many: the action, whom the tasks go to, and what is said with each."""

    word: str
    to: str = ""
    why: str = ""


@router.command(
    MANY,
    "批量同意｜批量驳回｜批量撤单 [<姓名>]｜批量转交 <姓名> [从 <姓名>] [金额条件] [开单时间] [节点] "
    "[提交人=<姓名>] [理由 …]",
    needs="待办",
)
async def many(ctx: Ctx, words: list[str]) -> Reply:
    if not words:
        raise NotUnderstood(HOW)
    word, (rest, why) = words[0], _with_reason(words[1:])
    wish = Wish(word, why=why)
    if word == HAND_OVER:
        return await _give(ctx, rest, wish)
    if word == WITHDRAW:
        return await _take_back(ctx, rest, wish)
    plain = _of(await _plain(ctx, await open_tasks(ctx.me, MOST), wish))
    none = f"没有符合条件、只等你{word}的待办；要填写内容的请逐单处理，回复“待办”查看"
    return await _ask_for(ctx, wish, plain, rest, none)


async def offer(ctx: Ctx, found: Sequence[Task]) -> list[Named]:
    """The card that agrees to all of my tasks at once; none for a single one, or while another question is open."""
    pieces = _of(await _plain(ctx, found, Wish(AGREE)))
    wait = await dialogs.current(ctx.me.id, ctx.at)
    return [] if len(pieces) < LEAST or (wait and wait.kind != BULK) else [await _ask(ctx, Wish(AGREE), pieces)]


async def answer(ctx: Ctx, wait: Wait, value: str) -> Reply:
    """The tap, or its words."""
    label, word = wait.data["kind"], wait.data["word"]
    if value not in (label, CANCEL):
        raise NotFound("没听懂这句话，回复“帮助”看能做什么")
    await dialogs.leave(ctx.me.id, ctx.at, but=ctx.card)
    if value == CANCEL:
        face = ended(label, "已取消")
        return Reply(face) if ctx.card else Reply.of(face)
    await lock_whole(ctx.desk.zone, ids=(case_id for case_id, _ in wait.data["items"]))
    outcomes = [await _one(ctx, wait, case_id, task_id) for case_id, task_id in wait.data["items"]]
    return Reply(cards.finished(label, word, outcomes) if ctx.card else None, [cards.results(label, outcomes)])


# -- what is meant -----------------------------------------------------------------------------------------------------


def _with_reason(words: Sequence[str]) -> tuple[list[str], str]:
    """``<=100 理由 照片不清``: the conditions, and what is said of every case."""
    words = [_EDGED.sub(lambda match: f"{BEHIND[match['edge']]}{match['yuan']}", word) for word in words]
    place = next((n for n, word in enumerate(words) if _WHY.match(word)), len(words))
    why = _WHY.sub("", " ".join(words[place:]), count=1).strip()
    if place < len(words) and not 0 < len(why) <= MAX_REASON:
        raise PolicyRefused(f"理由要写，{MAX_REASON} 个字以内，例如：批量驳回 <=100 理由 照片看不清")
    return list(words[:place]), why


async def _give(ctx: Ctx, words: Sequence[str], wish: Wish) -> Reply:
    """``批量转交 李敏``: mine; ``批量转交 李敏 从 王建国``: those of his that I may give away."""
    if not words:
        raise NotUnderstood(HOW)
    to, rest = words[0], list(words[1:])
    owner = ctx.me.name
    if rest[:1] == [FROM] and len(rest) > 1:
        owner, rest = rest[1], rest[2:]
    (await ctx.desk.staff.now()).called(to)
    tasks = await tasks_of(ctx.desk, owner, ctx.me, MOST)
    none = f"{'你' if owner == ctx.me.name else owner}没有符合条件、你能转交的待办"
    return await _ask_for(ctx, replace(wish, to=to), _of(tasks), rest, none)


async def _take_back(ctx: Ctx, words: Sequence[str], wish: Wish) -> Reply:
    """``批量撤单``: what I have opened; ``批量撤单 林晓 今天``: what she has, as far as I reach."""
    other = next((word for word in words if ctx.staff.named(word)), "")
    whose = ctx.staff.called(other) if other else ctx.me
    opened = Case.filter(creator_id=whose.id, state__in=(CaseState.OPEN, CaseState.HELD)).order_by("-id").limit(MOST)
    cases = [case for case in await opened if not case.facts.get("已收货")]
    if whose.id != ctx.me.id:
        able = set(await within_reach(ctx.desk, [case.id for case in cases], ctx.me, WITHDRAW))
        cases = [case for case in cases if case.id in able]
    pieces = [Piece(case, "、".join(case.nodes)) for case in cases]
    name = "你" if whose.id == ctx.me.id else whose.name
    conditions = [word for word in words if word != other]
    none = f"没有{'符合条件的、' if conditions else ''}{name}开的、还能撤的单"
    none += "" if whose.id == ctx.me.id else f"，或者你撤不了 {name} 开的单"
    return await _ask_for(ctx, wish, pieces, conditions, none)


def _of(tasks: Iterable[Task]) -> list[Piece]:
    return [Piece(task.case, task.node, task.id) for task in tasks]


async def _plain(ctx: Ctx, tasks: Sequence[Task], wish: Wish) -> list[Task]:
    """Those that want nothing but the word: no answer, no form, no goods or money that it would book at once."""
    return [task for task in tasks if task.case.state is not CaseState.HELD and await _is_plain(ctx, task, wish)]


async def _is_plain(ctx: Ctx, task: Task, wish: Wish) -> bool:
    rules = await ctx.desk.rules(task.case.flow_id or 0, task.case.policy_id or 0)
    node = rules.flow.nodes[task.node]
    action = node.actions.get(wish.word) if node.kind != WAIT else None
    if action is None or action.asks or action.effects or action.hands_over:
        return False
    if action.reason == REQUIRED and not wish.why:
        return False
    return not form_rules.askable(node, action, form_rules.known(rules, node, task.case.facts))


def _fits(ctx: Ctx, piece: Piece, words: Sequence[str]) -> bool:
    return all(_meets(ctx, piece, word) for word in words)


def _meets(ctx: Ctx, piece: Piece, word: str) -> bool:
    """Whether a node, a kind, a day or an amount is the case's. Raises PolicyRefused for what is no condition."""
    if is_time(normal(word)):
        window = parse_period(word, ctx.at, ctx.desk.zone).window(ctx.desk.zone)
        return bool(window.start <= piece.case.opened_at < window.end)
    if word in (piece.node, piece.case.kind, piece.case.return_type, *piece.called):
        return True
    if word.startswith(BY):
        return bool(piece.case.creator_id == ctx.staff.called(word.removeprefix(BY)).id)
    if word.startswith(BUT):
        return piece.case.no != word.removeprefix(BUT).upper()
    try:
        cell = parse(AMOUNT, word)
    except CellError as error:
        raise PolicyRefused(f"{error}，例如：批量同意 <=100") from error
    return bool(cell.numbers) and cell({AMOUNT: piece.case.amount})


# -- asking and doing --------------------------------------------------------------------------------------------------


async def _ask_for(ctx: Ctx, wish: Wish, pieces: Iterable[Piece], words: Sequence[str], none: str) -> Reply:
    """Ask before anything is done to those that fit. Raises PolicyRefused with ``none`` where none does."""
    pieces, words = [await _called(ctx, piece) for piece in pieces], [_BARE.sub("", word) for word in words]
    await _known(ctx, pieces, words)
    found = [piece for piece in pieces if _fits(ctx, piece, words)]
    if not found:
        raise PolicyRefused(none)
    return Reply.of(await _ask(ctx, wish, found))


async def _called(ctx: Ctx, piece: Piece) -> Piece:
    """With what people may call its node and its type today."""
    present, case = ctx.desk.business.present, piece.case
    if not present.any_ids:
        return piece
    flow = (await ctx.desk.rules(case.flow_id or 0, case.policy_id or 0)).flow
    today = (present.node(flow, piece.node), present.types.called(case.return_type, case.opened_at))
    return replace(piece, called=today)


async def _known(ctx: Ctx, pieces: Sequence[Piece], words: Sequence[str]) -> None:
    """Raises NotUnderstood for a condition that is no amount, no case to leave out, and no node, kind or type."""
    nodes = {node for flow in await published_flows(ctx.desk) for node in flow.nodes}
    names = {*nodes, *KINDS, *ctx.desk.business.kinds, *ctx.desk.business.types, *(piece.node for piece in pieces)}
    for word in words:
        is_known = word.startswith(BY) or word in names or is_time(normal(word)) or is_case_no(word.removeprefix(BUT))
        if not is_known and not _is_amount(word):
            raise NotUnderstood(
                f"没有“{word}”这个节点或类型{suggestion(word, names)}条件可以写金额、开单时间、节点、"
                "售后类型、退货类型或 提交人=姓名，"
                f"例如：批量同意 <=100；要当理由请写：理由 {word}；什么都没有做"
            )


def _is_amount(word: str) -> bool:
    try:
        return bool(parse(AMOUNT, word).numbers)
    except CellError as error:
        raise PolicyRefused(f"{error}，例如：批量同意 <=100") from error


async def _ask(ctx: Ctx, wish: Wish, pieces: Sequence[Piece]) -> Named:
    await _ensure_a_reason(ctx, wish, pieces[0])
    label, to = f"{MANY}{wish.word}", wish.to
    ids = [[piece.case.id, piece.task_id] for piece in pieces]
    data = {"kind": label, "word": wish.word, "to": to, "why": wish.why, "items": ids}
    wait = await dialogs.begin(ctx.me.id, BULK, data, ctx.at)
    shown = ctx.desk.business.matrix.sees(ctx.me.roles, AMOUNT) == WHOLE
    items = [await _item(ctx, piece, shown=shown) for piece in pieces]
    asked = cards.Asked(label, wait.id, wait.version, to, await _harms(ctx, wish.word, pieces[0]), wish.why)
    return Named(cards.offer(asked, items), wait.token, BULK)


async def _ensure_a_reason(ctx: Ctx, wish: Wish, piece: Piece) -> None:
    """Raises PolicyRefused for words that take the action back, or ask for another sum."""
    rules = await ctx.desk.rules(piece.case.flow_id or 0, piece.case.policy_id or 0)
    buttons = rules.flow.nodes[piece.node].buttons if piece.node in rules.flow.nodes else ()
    button = next((each for each in buttons if each.name == wish.word), None)
    if button is None or not wish.why:
        return
    against = reservations(wish.why, intent(button, buttons, phrases()), phrases()).words
    if against or (not button.danger and terms(wish.why, phrases())):
        raise PolicyRefused(
            f"“{wish.why}”不会跟着{MANY}{wish.word}一起办，什么都没有做；金额和条件不一样的请一单一单说，只是理由就换个说法"
        )


async def _item(ctx: Ctx, piece: Piece, *, shown: bool) -> Item:
    """What a case comes to; nothing where it pays its customer nothing."""
    rules = await ctx.desk.rules(piece.case.flow_id or 0, piece.case.policy_id or 0)
    amount = piece.case.amount if about_money(rules.flow, piece.case.nodes, piece.case.facts) else Decimal(0)
    return Item(piece.case.no, piece.node, amount if shown else None)


async def _harms(ctx: Ctx, word: str, piece: Piece) -> bool:
    """Whether it is a red button where it is tapped one by one."""
    rules = await ctx.desk.rules(piece.case.flow_id or 0, piece.case.policy_id or 0)
    nodes = [rules.flow.nodes[name] for name in piece.case.nodes if name in rules.flow.nodes]
    return word == WITHDRAW or any(node.actions[word].danger for node in nodes if word in node.actions)


async def _one(ctx: Ctx, wait: Wait, case_id: int, task_id: int) -> Outcome:
    """One case in its own savepoint: what became of it does not touch the others."""
    no = (await Case.get(id=case_id).only("id", "no")).no
    try:
        async with session.transaction():
            words = await _do(ctx, wait, case_id, task_id)
    except FlowError as refused:
        return Outcome(no, False, str(refused).removeprefix(no).strip())
    return Outcome(no, True, words)


async def _do(ctx: Ctx, wait: Wait, case_id: int, task_id: int) -> str:
    word, to, why = wait.data["word"], wait.data["to"], wait.data.get("why", "")
    if word == HAND_OVER:
        task = await Task.get(id=task_id).prefetch_related("case")
        asked = Handing(to, ctx.me, ctx.at, why, task.node, task_id=task.id)
        return f"已转交 {(await give(ctx.desk, task.case.no, asked)).name}"
    said = {REASON: why} if why else {}
    done = await advance(ctx.desk, Command(case_id, word, ctx.me, ctx.at, said, task_id=task_id or None))
    return f"{done.verdict.text}，现在：{done.verdict.next_step}"
