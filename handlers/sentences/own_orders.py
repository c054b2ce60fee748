"""A case named by its order, its customer's phone or their name, in the place of its number: 700003拒收 箱子压扁."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from cards.types import Text
from cards.words import money
from flow import edits
from flow.access.lookup import WAYBILL, find
from flow.definitions.permissions import AMOUNT, WHOLE
from flow.engine.verbs import VERBS
from flow.errors import FlowError
from flow.orders.near import orders_among
from flow.views.case import open_tasks
from handlers.chat import dialogs, guesses, names
from handlers.chat.context import Reply
from handlers.chat.decisions import clauses_of, is_question
from handlers.chat.parse import is_case_no
from handlers.chat.sentences import sentence
from handlers.chat.spelling import MARKS, is_number, spelt
from handlers.sentences import exceptions, in_hand
from handlers.sentences.hearing import COMMENT, LOOK, OFFERED, WHICH, short
from models import Case, CaseState, Order, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.access.lookup import Found
    from handlers.chat.positions import Meant
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

_AHEAD = r"(?:订单号?|单号|单子|手机号?|电话|尾号)*\s?(?<![A-Za-z0-9.-])"
_BEHIND = r"(?:号(?=[单的])|的|[那这](?:一?[个张笔])?|[个张笔](?=单|订)|订单|单子|单)*[\s,:]*"
_OF_ONE = re.compile(
    r"^(?:把|将|客户)*(?:(?P<who>[\u4e00-\u9fff]{2,4}?)的?|¥?(?P<sum>\d{1,3}(?:\.\d{1,2})?|\d{4,6}(?:\.\d{1,2})?(?=\s?[元块]))\s?(?:元|块钱|块)?的?)"
    r"(?:那|这)一?(?:个|张|笔)?(?:单子|单|订单|个|笔)(?!号)的?[\s,:]*(?=\S)"
)
MOST = 2  #: of my cases that are shown beside a sum that none of them has
_LEAST = 5  #: digits of an order; fewer may be the end of a case's number
_RUNNING = (CaseState.OPEN, CaseState.HELD)


async def spelt_out(hearing: Hearing, text: str) -> tuple[str, Reply | None]:
    """A message with my case in the place of its order; the question where several of mine are meant.

    Whoever may open a case for the order speaks of mine only where one of its buttons is spoken of.
    """
    wait = await dialogs.current(hearing.ctx.me.id, hearing.ctx.at)
    if (wait and wait.kind not in guesses.OFFERED) or not _may_decide(hearing, text):
        return text, None
    tasks = await open_tasks(hearing.ctx.me)
    plain = text
    for number in sentence(plain, hearing.lexicon).numbers if tasks else ():
        before, behind = re.split(rf"{_AHEAD}{re.escape(number)}{_BEHIND}", plain, maxsplit=1)
        mine = await _mine(hearing, tasks, number, f"{before} {behind}".strip(MARKS))
        each = [" ".join(f"{before} {no} {behind}".split()) for no in mine]
        if len(each) == 1:
            plain = each[0]
        elif each:
            asked = (f"{number} 是哪一单？", f"{number} 有 {len(each)} 单等你办，点一下才办，现在什么都没有做")
            lines = [_pressed(hearing, line) or line for line in each[:OFFERED]]
            return text, await guesses.offer(hearing.ctx, asked, lines, hearing.run)
    if plain != text:
        return plain, await _of_the_other(hearing, plain)
    return await _described(hearing, tasks, text) if tasks else (text, None)


async def _of_the_other(hearing: Hearing, plain: str) -> Reply | None:
    """``700003拒收，700004拒收``, of which the second is not mine: no reason for the first, so nothing is done."""
    for number in sentence(plain, hearing.lexicon).numbers:
        rest = re.split(rf"{_AHEAD}{re.escape(number)}{_BEHIND}", plain, maxsplit=1)[-1].strip(MARKS)
        if len(number) >= _LEAST and (word := _button(hearing, rest)):
            return await of_nobody(hearing, number, word, rest)
    return None


def _may_decide(hearing: Hearing, text: str) -> bool:
    """Whether a text may say what is to become of a case: no command that names no case, no question, no list."""
    known = hearing.lexicon
    if edits.verb_of(text)[0] or is_question(text) or exceptions.leaves_out(text):
        return False
    first = next((name for name in sorted(known.commands, key=len, reverse=True) if text.startswith(name)), "")
    return not first or first in known.about_cases | known.actions


async def _described(hearing: Hearing, tasks: Sequence[Task], text: str) -> tuple[str, Reply | None]:
    """``李七那单少了根电源线``, ``59那笔打吧`` with the only case of mine that is meant; else which, or that none is.

    A button that is all the rest is offered: of a name or a sum nothing is done untapped.
    """
    match = _OF_ONE.match(text)
    if match is None or (match["who"] and names.named(match["who"], hearing.ctx.staff)):
        return text, None
    numbers = await (_theirs(tasks, match["who"]) if match["who"] else _of_sum(hearing, tasks, match["sum"]))
    each = [f"{no} {text[match.end() :]}" for no in numbers]
    lead = f"“{short(text)}”说的是 {'、'.join(numbers[:1])}，点一下才算，现在什么都没有做"
    if len(each) == 1 and not (pressed := _pressed(hearing, each[0])):
        return each[0], None
    if len(each) == 1:
        return text, await guesses.offer(hearing.ctx, (WHICH, lead), [pressed], hearing.run)
    if not each and match["sum"] and _sees_sums(hearing):
        return text, await _of_no_sum(hearing, tasks, text, match["sum"])
    lead = f"“{short(text)}”有 {len(each)} 单，点一下才办，现在什么都没有做"
    lines = [_pressed(hearing, line) or line for line in each[:OFFERED]]
    return text, await guesses.offer(hearing.ctx, ("是哪一单？", lead), lines, hearing.run) if lines else None


async def _theirs(tasks: Sequence[Task], who: str) -> list[str]:
    """My cases of the customer of that name."""
    orders = await Order.filter(id__in={task.case.order_id for task in tasks}).values_list("id", "customer_name")
    theirs = {order_id for order_id, name in orders if name and who.endswith(str(name))}
    return list(dict.fromkeys(task.case.no for task in tasks if task.case.order_id in theirs))


async def _of_sum(hearing: Hearing, tasks: Sequence[Task], said: str) -> list[str]:
    """My cases of just that sum, for whoever may see it."""
    fitting = [task.case.no for task in tasks if task.case.amount == Decimal(said)]
    return list(dict.fromkeys(fitting)) if _sees_sums(hearing) else []


async def _of_no_sum(hearing: Hearing, tasks: Sequence[Task], text: str, said: str) -> Reply | None:
    """That no case of mine is of that sum, and what those that are mine come to."""
    sums = {task.case.no: money(task.case.amount) for task in tasks if task.case.amount}
    lead = f"“{short(text)}”：等你办的没有 {money(Decimal(said))} 的，什么都没有做"
    mine = "；".join(f"{no} 是 {amount}" for no, amount in list(sums.items())[:OFFERED])
    kept = [line for no in list(sums)[:MOST] for line in (f"{LOOK} {no}", f"{COMMENT} {no} {text}")]
    return await hearing.offer(WHICH, f"{lead}。{mine}", kept) if sums else None


def _sees_sums(hearing: Hearing) -> bool:
    return hearing.ctx.desk.business.matrix.sees(hearing.ctx.me.roles, AMOUNT) == WHOLE


def _pressed(hearing: Hearing, plain: str) -> str:
    """The button with its case that a text comes to; "" where it is none: of a name alone nothing is done untapped."""
    words = spelt(plain, hearing.lexicon)
    known = {*hearing.lexicon.actions, *hearing.lexicon.phrases.sure}
    sure = len(words) > 1 and is_case_no(words[1]) and words[0] in known
    return " ".join(words) if sure else ""


async def _mine(hearing: Hearing, tasks: Sequence[Task], number: str, rest: str) -> list[str]:
    """My cases that a number means, of those the ones of whose buttons the rest speaks; none for other words."""
    said = sentence(rest, hearing.lexicon)
    opens = {each for each in hearing.lexicon.about_orders if hearing.ctx.may(each)}
    if not rest or (opens & {*said.commands} and rest.startswith(said.phrase)):
        return []
    ids = {case_id for each in await _found(hearing, number) if each.what != WAYBILL for case_id in each.ids}
    last = clauses_of(rest)[-1].rstrip("吧了啊")  # 118 行吧
    mine = [task for task in tasks if task.case_id in ids]
    heard = [
        each if each.heard.is_said else by_last
        for each, by_last in zip(
            await in_hand.of(hearing, mine, rest), await in_hand.of(hearing, mine, last), strict=True
        )
    ]
    only_said = opens or said.commands == (LOOK,)
    spoken = [each for each in heard if each.heard.is_said or not only_said]
    decided = [each for each in spoken if each.heard.first] or spoken
    return list(dict.fromkeys(each.no for each in decided))


async def decided(hearing: Hearing, said: Sentence, number: str) -> Reply | None:
    """``700001同意`` where no case of that order waits for me: whose it is. None where no button is spoken of."""
    rest = re.sub(rf"{_AHEAD}{re.escape(number)}{_BEHIND}", " ", said.text, count=1).strip(MARKS)
    word = _button(hearing, rest)
    if not word or len(said.numbers) > 1 or is_question(said.text) or await _is_waybill(hearing, number):
        return None
    return await of_nobody(hearing, number, word, rest)


async def _is_waybill(hearing: Hearing, number: str) -> bool:
    """Whether a number is of a parcel, which is received by its own words."""
    return any(each.what == WAYBILL for each in await _found(hearing, number))


def _button(hearing: Hearing, rest: str) -> str:
    """The button that a text begins with; for whoever may open cases only by a name that means nothing else."""
    known = hearing.lexicon
    match = known.on_case.match(rest)
    name = match["name"].lower() if match else ""
    opens = any(map(hearing.ctx.may, known.about_orders))
    sure = name in known.phrases.sure or (not opens and name in known.phrases.near)
    of_flows = known.phrases.named(name) & known.actions - known.commands - set(VERBS)
    return name if of_flows and (sure or name in known.actions) else ""


async def of_others(hearing: Hearing, words: Sequence[str], meant: Meant) -> Reply | None:
    """``同意 700003``, and of the cases that it means none waits for me: whose they are; None for another statement."""
    word, number, *rest = words
    if not _button(hearing, word) or not is_number(number) or (number.isdecimal() and len(number) < _LEAST):
        return None
    if await Task.filter(case__no__in=meant.numbers, owner_id=hearing.ctx.me.id, state=TaskState.OPEN).exists():
        return None
    return await of_nobody(hearing, number, word, " ".join([word, *rest]))


async def of_nobody(hearing: Hearing, number: str, word: str, text: str) -> Reply | None:
    """That no case of an order waits for me to press a button: who has it, and what keeps the words there.

    None for a number that no order has, and no case that I know of.
    """
    cases = await _running(hearing, number)
    names_of = sorted(hearing.lexicon.phrases.named(word) & hearing.lexicon.actions) or [word]
    told = f"{number} 的单没有等你“{'”“'.join(names_of)}”的，什么都没有做"
    if not cases and any(map(hearing.ctx.may, hearing.lexicon.about_orders)):
        return None  # 880002 拒收了,快递退回来了: the case is yet to be opened
    if not cases:
        known = await orders_among([number])
        return Reply.of(Text(f"{told}；没有你能看的、还在办的售后单")) if known else None
    at = "；".join([f"{case.no} 现在在{'、'.join(case.nodes)}（{await _owners(case)}）" for case in cases])
    lines = [f"{COMMENT} {case.no} {text}" for case in cases] + [f"{LOOK} {case.no}" for case in cases]
    lead = f"“{short(text)}”：{told}。{at}"
    return await hearing.offer(WHICH, lead, lines) or Reply.of(Text(lead))


async def kept(hearing: Hearing, said: Sentence, number: str) -> list[str]:
    """What is said of an order as a remark on the cases of it that run: 700003不是我这的吧."""
    text = re.sub(rf"{_AHEAD}{re.escape(number)}{_BEHIND}", " ", said.text, count=1).strip(MARKS)
    return [f"{COMMENT} {case.no} {text}" for case in (await _running(hearing, number))[:MOST]] if text else []


async def _found(hearing: Hearing, number: str) -> list[Found]:
    """The cases that a number means and that I may know of; none where it means nothing."""
    try:
        return await find(hearing.ctx.desk, number, hearing.ctx.me)
    except FlowError:
        return []


async def _running(hearing: Hearing, number: str) -> list[Case]:
    """The cases that I may know of and that run, by a number of theirs, the newest first."""
    ids = [case_id for each in await _found(hearing, number) for case_id in each.ids]
    return await Case.filter(id__in=ids, state__in=_RUNNING).order_by("-id").limit(OFFERED)


async def _owners(case: Case) -> str:
    tasks = Task.filter(case_id=case.id, state=TaskState.OPEN).order_by("id")
    return "、".join(dict.fromkeys([str(name) for name in await tasks.values_list("owner__name", flat=True)])) or "系统"
