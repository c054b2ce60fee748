"""Sentences with another number: of an order, a parcel, or a customer's phone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.lookup import find_cases, shops_of
from flow.definitions.waybills import waybill
from flow.engine.verbs import WITHDRAW
from flow.errors import FlowError, NotFound
from flow.orders.near import of_mobile, orders_among
from flow.views.case import open_tasks
from handlers.chat import further, guesses
from handlers.chat.arrivals import CAME
from handlers.chat.context import Reply
from handlers.chat.phones import is_phone
from handlers.chat.readings import nodes_of, opened_lately
from handlers.chat.sentences import sentence
from handlers.chat.spelling import asks, asks_at_all
from handlers.sentences import buyers, in_hand, nearest, of_cases, opened_orders, own_orders, parcels, purchases
from handlers.sentences.hearing import (
    COMMENT,
    LOOK,
    OFFERED,
    PARCEL,
    RECEIVE,
    REPORT,
    TAKE_BACK,
    WHICH,
    asked,
    report,
    short,
)
from models import Case, OrderLine, Parcel, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Ctx
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

LISTS, ERASE = "名单", "清除"
_CUSTOMER = re.compile(r"^(?:把|将|给)?(?:这个|那个|该|这位|那位)?(?:客户|客人|买家|顾客|会员)(?:给|也)?(?:,|$)")
_RECORD = re.compile(r"的?(?:所有|全部)?的?(?:单子?|订单|退货单?|售后单?|记录)")
_CLAUSES = re.compile(r"[\s,;。]+")
_CAME = r"\s*(?:(?:已经|已|刚)?(?:到货|到|收到|签收|来)了?[,。\s]+)?(?:里面|里边|里头|里|中|的)?"
_THERE = re.compile(
    r"(?:已经|已|刚刚|刚|今天|都|全|到|来|收|包裹|快递|件|货|的|了|啦|吧|啊|哈|呢|这个|这件|那个|,|。)+"
)
_BESIDE_LOOK = re.compile(
    r"(?:查查|查一?下|看看|尾号|的|号|等等?|等一?下|稍等|顺便|顺手|先|再|也|那|你|您|我|帮我?|给我|麻烦|请|去|下|一下|[,。\s])+"
)
_PHONE_TAIL = 4
_TAIL = 6  #: digits of a case's number that people say, at most
_WAYBILL = 10  #: digits of a number that no shop has for an order, and that is no phone


async def meant(hearing: Hearing, said: Sentence) -> Reply | None:
    if said.commands == (REPORT,):
        return await report(hearing, said)
    for reading in (parcels.righted, purchases.meant, opened_orders.meant, buyers.meant):
        if reply := await reading(hearing, said):
            return reply
    number = await _named(said)
    said = await buyers.unnamed(said, hearing.lexicon, number)
    if said.commands == (ERASE,):
        return await _erased(hearing, number)
    if said.commands == (TAKE_BACK,) and number.isdigit() and len(number) <= _TAIL:
        return await _taken_back(hearing, said, number)
    if is_of_the_list(said):
        return await listed(hearing, said, number)
    return await own_orders.decided(hearing, said, number) or await _about(hearing, said, number)


async def _taken_back(hearing: Hearing, said: Sentence, tail: str) -> Reply:
    """``刚才0001点错了，应该驳回的``: the step taken back with the sentence as typed, and the button it names."""
    done = await hearing.run(hearing.ctx, [TAKE_BACK, tail, *said.text.split()])
    mine = Task.filter(case__no__endswith=tail, owner_id=hearing.ctx.me.id, state=TaskState.OPEN)
    found = await in_hand.of(hearing, await mine.prefetch_related("case"), said.text)
    lines = [f"{name} {each.no}" for each in found for name in each.heard.names[:1] if name != WITHDRAW]
    more = await hearing.offer(WHICH, "已经撤回；点一下才办，理由可以接着写", lines) if len(lines) == 1 else None
    return replace(done, says=[*done.says, *(more.says if more else ())])


async def _erased(hearing: Hearing, number: str) -> Reply:
    """What would be erased, which is asked once more; why not, which no other reading is to take the place of."""
    try:
        return await hearing.run(hearing.ctx, [ERASE, number])
    except FlowError as refused:
        return Reply.of(Text(str(refused)))


async def _about(hearing: Hearing, said: Sentence, number: str) -> Reply | None:
    if is_phone(number) and not asks_at_all(said.text) and (opened := await _of_customer(hearing, said, number)):
        return opened
    commands = _looking(said, number, hearing.lexicon) or said.commands
    commands = () if commands == (RECEIVE,) and not hearing.ctx.may(RECEIVE) else commands  # 客户收到的是黑的
    rest = said.about(number) if commands == said.commands else said.whole(number)
    rest = [] if says_no_more(said, number) else rest
    if (wholly := await _wholly(hearing.lexicon, said, number, commands)) is not None:
        commands, rest = wholly, said.whole(number)
    rest = _of_parcel(said, number, rest) if commands == (RECEIVE,) else rest
    rest = [] if commands == (LOOK,) and all(map(_BESIDE_LOOK.fullmatch, rest)) else rest
    if commands in ((), (LOOK,), (RECEIVE,)) and rest and (own := await _of_my_parcel(hearing, said, number)):
        return own
    if not commands and not rest:
        return await hearing.run(hearing.ctx, [await _bare(hearing.ctx, number), number])
    if commands == (LOOK,) and (is_phone(number) or _only_asks(said, rest, hearing.lexicon)):
        return await _shown(hearing, said, number, rest)
    readings = [[command, number, *rest] for command in commands if " " not in command]
    if _opens(said, hearing.lexicon) and asks_at_all(_clause(said, number)):
        return await asked(hearing, said, [f"{LOOK} {number}", *(" ".join(each) for each in readings)])
    if len(readings) == 1 and (readings[0][0] != LOOK or not rest):
        return await hearing.run(hearing.ctx, readings[0])
    every = [" ".join(each) for each in readings if each[0] != LOOK or not rest]
    wanted = _kinds(said, hearing.lexicon)
    kinds = [f"{kind} {' '.join([number, *said.whole(number)])}" for kind in dict.fromkeys((*wanted, "退货", "换货"))]
    tells = not commands or (set(commands) <= {LOOK} and not asks_at_all(said.text))
    kept = await own_orders.kept(hearing, said, number) if tells else []
    offered = [*every, f"{LOOK} {number}", *kept, *(kinds if set(commands) <= {LOOK} else [])]
    return await _looked(hearing, said, offered, number)


def _of_parcel(said: Sentence, number: str, rest: list[str]) -> list[str]:
    """What is said of a parcel; beside other numbers what is left of it."""
    return _typed(said, number) if len(said.numbers) == 1 else list(filter(_says, rest))


def _typed(said: Sentence, number: str) -> list[str]:
    """All words beside a waybill, as they were typed, but for those by which the parcel is there."""
    clauses = [clause for clause in _CLAUSES.split(said.text.replace(number, " ", 1)) if clause and _says(clause)]
    return ",".join(clauses).split()


def _says(word: str) -> bool:
    """Whether a word beside a waybill says more than that the parcel is there."""
    return _THERE.fullmatch(word) is None


async def _wholly(lexicon: Lexicon, said: Sentence, number: str, commands: tuple[str, ...]) -> tuple[str, ...] | None:
    """The commands of a sentence of which every word is to be read with its order; None where it has none of those."""
    if set(commands) & lexicon.about_cases and await is_order(number):
        return ()  # 备注: is a part of what is said of an order
    several = set(commands) <= lexicon.about_orders and (
        further.several_kinds(said.whole(number))
        or further.own_verbs(said.text, {no.upper() for no in await orders_among(said.numbers)})
    )
    own = further.verb_behind(said.text, number) if set(commands) <= lexicon.about_orders and commands else ""
    if own and own not in commands and own in lexicon.about_orders and not several:
        return (own,)  # 700001退一个 上次也换过: what stands right behind the order, and no word further on
    return commands[:1] if several else None


def _kinds(said: Sentence, lexicon: Lexicon) -> list[str]:
    """The kinds of case that a sentence has a word for."""
    opening = [each for each in lexicon.phrases.sayings if set(each.commands) <= lexicon.about_orders]
    return [kind for each in opening if any(word in said.text for word in each.words) for kind in each.commands]


def _looking(said: Sentence, number: str, lexicon: Lexicon) -> tuple[str, ...]:
    """查, for a question: it opens no case, though it has a word for one in it; none for what is no such question."""
    if is_phone(number) or not said.commands:
        return (LOOK,) if asks_at_all(said.text) else ()
    return (LOOK,) if _opens(said, lexicon) and asks(_clause(said, number)) else ()


def _only_asks(said: Sentence, rest: list[str], lexicon: Lexicon) -> bool:
    """Whether a sentence asks, and no other part of it wants a case to be opened."""
    beyond = sentence(" ".join(rest), lexicon).commands if rest else ()
    return asks_at_all(said.text) and not (set(beyond) & lexicon.about_orders and said.commands == (LOOK,))


def _opens(said: Sentence, lexicon: Lexicon) -> bool:
    """Whether a sentence has a word in it, and not ahead of all, by which a case is opened."""
    return bool(set(said.commands) & lexicon.about_orders) and not said.text.startswith(said.phrase)


def _clause(said: Sentence, number: str) -> str:
    """The clause with the word that says what a sentence is about."""
    clauses = _CLAUSES.split(said.text.replace(number, " "))
    return next((clause for clause in clauses if said.phrase in clause), "")


async def _shown(hearing: Hearing, said: Sentence, number: str, rest: list[str]) -> Reply:
    """What is on record of a number, ahead of it the question, where that may answer it or not."""
    try:
        shown = await hearing.run(hearing.ctx, [LOOK, number])
    except NotFound as missing:
        if not (_may_be_waybill(number) and hearing.ctx.may(RECEIVE)):
            raise
        raise NotFound(f"{missing}；包裹到了要收，请回复：{RECEIVE} {number.upper()}") from missing
    lead = Text(f"“{short(said.text)}”：查到的在下面，没写的就是没有记")
    return replace(shown, says=[lead, *shown.says]) if rest else shown


async def _looked(hearing: Hearing, said: Sentence, readings: list[str], number: str) -> Reply | None:
    """The readings to choose from; where nothing can be done but to look, what there is to see."""
    able = [each for each in readings if await guesses.works(hearing.ctx, each.split(), hearing.strictly)]
    if not able and _may_be_waybill(number) and (reply := await _sent_back(hearing, said, number)):
        return reply
    if able == [f"{LOOK} {number}"]:
        shown = await hearing.run(hearing.ctx, able[0].split())
        lead = Text(f"“{short(said.text, 60)}”没看懂，先给你查 {number}，别的什么都没有做")
        return await _with_remark(hearing, said, number, Reply.of(lead, *shown.says))
    return await asked(hearing, said, able) if able else await hearing.run(hearing.ctx, [LOOK, number])


async def _with_remark(hearing: Hearing, said: Sentence, number: str, shown: Reply) -> Reply:
    """What is on record of a case that is over, and what keeps the words there: 0006客户说钱没到账."""
    try:
        found = await find_cases(hearing.ctx.desk, number, hearing.ctx.me)
    except FlowError:
        return shown
    text = " ".join(said.text.replace(number, " ").split()).strip(" ,。")
    if len(found) != 1 or not text or asks(said.text):
        return shown
    no = (await Case.get(id=found[0]).only("id", "no")).no
    cued = [line for line in await nearest.lines(hearing, text, [no]) if not line.startswith(f"{LOOK} ")]
    return await nearest.beside(hearing, shown, [f"{COMMENT} {no} {text}", *cued])


def _may_be_waybill(number: str) -> bool:
    return len(number) >= _WAYBILL and not is_phone(number) and waybill(number) is not None


async def _sent_back(hearing: Hearing, said: Sentence, number: str) -> Reply | None:
    """A waybill that nobody has registered: of which case that I have opened it is; None where there is none."""
    lines = [f"{PARCEL} {case.no} {number.upper()}" for case in await opened_lately(hearing.ctx)]
    return await asked(hearing, said, lines[:OFFERED])


async def _of_my_parcel(hearing: Hearing, said: Sentence, number: str) -> Reply | None:
    """``SF… 外箱破损拒收``: said of the case whose parcel waits for me; None for another number, or a question."""
    parcel = (
        await Parcel.filter(waybill=number.upper(), outbound=False).prefetch_related("case").order_by("-id").first()
    )
    case = parcel.case if parcel else None
    if said.commands == (RECEIVE,) and (case is None or len(said.numbers) > 1):
        return None
    if case is None and (reply := await _answers_my_form(hearing, said, number)):
        return reply
    if case is None or not await Task.exists(case_id=case.id, owner_id=hearing.ctx.me.id, state=TaskState.OPEN):
        return None
    if asks(said.text):
        return None
    text = re.sub(rf"{re.escape(number)}{_CAME}", f" {case.no} ", said.text, count=1)
    return await of_cases.meant(hearing, sentence(text, hearing.lexicon))


async def _answers_my_form(hearing: Hearing, said: Sentence, number: str) -> Reply | None:
    """``发走了 圆通YT…``, ``序列号是…，重新提交``: an unknown number, and a button of my only task."""
    tasks = await open_tasks(hearing.ctx.me)
    if asks(said.text) or await is_order(number) or await Parcel.exists(waybill=number.upper()) or is_phone(number):
        return None
    if _may_be_waybill(number) and not asks_at_all(said.text) and await _take_parcels(hearing.ctx, tasks):
        return await hearing.run(hearing.ctx, [RECEIVE, number.upper(), *_typed(said, number)])
    if len(tasks) != 1:
        return None
    return await in_hand.at_case(hearing, tasks[0].case, said.text, sure=True)


async def _take_parcels(ctx: Ctx, tasks: Sequence[Task]) -> bool:
    """Whether all that waits for me is parcels: then a number that nobody has registered is another one."""
    nodes = [(await nodes_of(ctx, task.case))[task.node] for task in tasks]
    return bool(nodes) and all(any(CAME in button.effects for button in node.buttons) for node in nodes)


def says_no_more(said: Sentence, number: str) -> bool:
    """Whether a sentence is a number and nothing else: 13800138000的单, 订单536365呢."""
    left = said.about(number)
    return not left or (len(left) == 1 and _RECORD.fullmatch(left[0]) is not None)


def is_of_the_list(said: Sentence) -> bool:
    return " ".join(said.commands).startswith(LISTS)


async def listed(hearing: Hearing, said: Sentence, customer: str) -> Reply:
    """``客户138…拉黑，恶意退款``: the list of customers, by a tap, with the rest as the reason; or why not.

    ``customer`` is named by a number of theirs, or of a case.
    """
    if asks_at_all(said.text):
        return await hearing.run(hearing.ctx, [LISTS])
    command, rest = said.commands[0], [word for each in said.about(customer) if (word := _CUSTOMER.sub("", each))]
    words = [*command.split(), customer, *(rest if len(command.split()) > 1 and rest else [])]
    lead = f"“{short(said.text, 60)}”点一下才算，现在什么都没有做"
    return await hearing.offer(WHICH, lead, [" ".join(words)]) or await hearing.run(hearing.ctx, words)


async def known(said: Sentence) -> bool:
    """Whether a sentence's number is a customer's phone, an order's, a parcel's, or looks like a parcel's."""
    number = await _named(said)
    if is_phone(number) or said.cases:
        return True
    upper = number.upper()
    if len(number) == _PHONE_TAIL and any(word in said.text for word in ("尾号", "后四位", "末四位")):
        return True
    likely = len(number) >= _WAYBILL and any(map(str.isdigit, number))
    return likely or await is_order(number) or await Parcel.exists(waybill=upper)


async def is_order(number: str) -> bool:
    """Whether some shop has an order of that number."""
    return bool(await orders_among([number]))


async def _of_customer(hearing: Hearing, said: Sentence, phone: str) -> Reply | None:
    """A case to be opened for whoever has that phone: which of their orders."""
    kinds = [command for command in said.commands if command in hearing.lexicon.about_orders]
    shops = shops_of(hearing.ctx.desk, hearing.ctx.me)
    orders = await of_mobile(phone, shops) if kinds else []
    rest = said.about(phone)
    readings = [" ".join([kind, order.no, *rest]) for kind in kinds for order in orders]
    if len(readings) == 1:
        return await hearing.run(hearing.ctx, readings[0].split())
    return await asked(hearing, said, readings)


async def _named(said: Sentence) -> str:
    """The number that is an order's or a parcel's, else the first: the others may be products."""
    upper = [number.upper() for number in said.numbers]
    orders = set(await orders_among(said.numbers))
    parcels = set(await Parcel.filter(waybill__in=upper).values_list("waybill", flat=True))
    known = [number for number in said.numbers if {number, number.upper()} & (orders | parcels)]
    return (known or list(said.numbers))[0]


async def _bare(ctx: Ctx, number: str) -> str:
    """What a number alone asks for: to receive its parcel, of whoever receives; else to be shown."""
    if not ctx.may(RECEIVE) or is_phone(number):
        return LOOK
    upper = number.upper()
    if await Parcel.exists(waybill=upper):
        return RECEIVE
    known = await is_order(number) or await OrderLine.exists(sku__in=[number, upper])
    likely = len(number) >= _WAYBILL or (number[:2].isalpha() and len(number) > 7)
    return RECEIVE if likely and not known else LOOK
