"""What is said of the work in hand without a button's word: its buttons are offered, and the words go along."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from cards.words import money
from flow.definitions import feasts
from flow.definitions.coming import within
from flow.definitions.flow import Action
from flow.definitions.freight import freight_of
from flow.definitions.patterns import alternatives
from flow.definitions.permissions import AMOUNT, WHOLE
from flow.definitions.vocabulary import CREATOR, LATER, PAYS, REPLY
from flow.engine.inquiry import station
from flow.engine.verbs import GIVE_BACK, HOLD, WITHDRAW
from flow.views.case import open_tasks
from handlers.chat import decisions, dialogs, guesses
from handlers.chat.arrivals import BAD, CAME, GOOD, Product
from handlers.chat.decisions import Heard, hear, is_question, paid_sum
from handlers.chat.goods_clauses import without_more
from handlers.chat.parse import is_case_no
from handlers.chat.readings import nodes_of, pointed_first, running
from handlers.chat.reservations import waits
from handlers.chat.spelling import is_number
from handlers.chat.terms import goods_stay, terms
from handlers.sentences import subjects
from handlers.sentences.hearing import COMMENT, GIVE, HURRY, LOOK, OFFERED, WHICH, short
from models import Case, CaseLine, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Ctx, Reply
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.phrases import Phrases
    from handlers.chat.statements import Statement
    from handlers.sentences.hearing import Hearing

AS_IT_STANDS = "，金额照单子上的办，不会跟着改"
GOODS_AWAITED = "；点了照样等货寄回来才退款，货不用寄就退回提交人撤单，另开仅退款"
COUNTED = {CAME, GOOD, BAD}
BEARS, THE_CUSTOMER = "运费", "客户"  #: fact: who bears the freight of what comes back
MOST = 3  #: buttons of one task on a card, beside a remark and a look
TOMORROW = "明天"
_GONE = re.compile(
    r"(?:超过|超出|超|已经|都|满)了?(?:[一二三四五六七八九十两\d]{1,3})(?:天|小时|个小时|分钟)"
)  #: 超过七天了
_ASIDE = re.compile(r"(?:先)?(?:挂起|挂着)(?:一下|吧)?")


@dataclass(frozen=True, slots=True)
class InHand:
    """A task of mine with its buttons, and what a sentence says of them."""

    task: Task
    buttons: Sequence[Action]
    heard: Heard

    @property
    def no(self) -> str:
        return self.task.case.no

    def pays(self, name: str) -> bool:
        return any(PAYS in button.effects for button in self.buttons if button.name == name)

    @property
    def mixed(self) -> bool:
        """Whether a button and the one against it are both spoken for, and neither counts goods: 可以退,但金额不对."""
        found = [button for button in self.buttons if button.name in self.heard.names and not button.effects]
        return len({button.danger for button in found}) > 1

    def termed(self, known: Phrases, text: str) -> bool:
        """Whether the first button binds the house, and a text asks for another sum: 可以退,但运费客人出."""
        first = next((button for button in self.buttons if button.name in self.offered[:1]), None)
        if first is None or first.danger or not self.heard.names:
            return False
        return bool(terms(text, known, freight_is_theirs=freight_is_theirs(self.task.case)))

    def undone(self, lexicon: Lexicon, text: str) -> bool:
        """Whether a text says that what a button books has not come about: 丢件了."""
        return any(word in text for button in self.buttons for word in lexicon.phrases.undone.get(button.name, ()))

    @property
    def offered(self) -> Sequence[str]:
        """The buttons that are spoken for, else all that the sentence does not speak against."""
        others = [button.name for button in self.buttons if not button.hands_over]
        found = [name for name in self.heard.first if name in (*others, WITHDRAW)]
        if self.heard.paid and (paying := list(filter(self.pays, found or others))):
            return paying  # which would pay again: that is said, and nothing is refused for it
        if found:
            return found
        return sorted(found or [name for name in others if name not in self.heard.against], key=self.pays)


async def of(hearing: Hearing, tasks: Sequence[Task], text: str) -> list[InHand]:
    """What a text says of each of the tasks."""
    return await _of(hearing.ctx, hearing.lexicon, tasks, text)


async def _of(ctx: Ctx, lexicon: Lexicon, tasks: Sequence[Task], text: str) -> list[InHand]:
    found = []
    for task in tasks:
        flow = (await ctx.desk.rules(task.case.flow_id or 0, task.case.policy_id or 0)).flow
        buttons = list(station(flow, task.node).buttons)
        heard = hear(text, [*buttons, Action(WITHDRAW, ())], lexicon)
        found.append(InHand(task, buttons, await _inside(task, buttons, heard, text)))
    return found


async def _inside(task: Task, buttons: Sequence[Action], heard: Heard, text: str) -> Heard:
    """What is heard; of whole goods in a crushed box, their arrival before all."""
    came = next((button.name for button in buttons if CAME in button.effects), "")
    if not came or came in heard.names or came in heard.against or not decisions.speaks_of_wrapping(text):
        return heard
    rows = await CaseLine.filter(case_id=task.case_id).order_by("id")
    goods = [Product(row.sku, row.title, row.requested) for row in rows]
    return replace(heard, names=(came, *heard.names)) if decisions.is_whole_inside(text, goods) else heard


async def at_case(
    hearing: Hearing, case: Case, text: str, cued: Sequence[str] = (), *, sure: bool = False
) -> Reply | None:
    """The buttons of my task at a case with what was said of it; None where there is none, or where it is a question.

    ``cued`` is what else it may be: that goes first where no button is spoken for, or one that pays.
    ``sure`` asks for a button that is spoken for.
    """
    mine = Task.filter(case_id=case.id, owner_id=hearing.ctx.me.id, state=TaskState.OPEN).order_by("id")
    tasks = await mine.prefetch_related("case")
    found = await of(hearing, tasks, text)
    beside = without_more(text) if any(COUNTED & {*button.effects} for each in found for button in each.buttons) else ""
    said = beside or text  # 多寄了一个水杯要不要寄回去 asks nothing of the goods that are counted
    found = await of(hearing, tasks, said) if said != text else found
    if not found or is_question(said) or (sure and not any(each.heard.first for each in found)):
        return None
    if cued and not any(each.heard.is_said or each.heard.paid for each in found):
        lead = f"“{short(text)}”没看懂，什么都没有做；下面是最接近的，点一下才算"
        return await hearing.offer(WHICH, lead, [*cued, f"{COMMENT} {case.no} {text}", f"{LOOK} {case.no}"])
    readings = [reading for each in found for reading in _readings(hearing, each, text)]
    given = any(each.heard.undecided for each in found) and cued[:1] and cued[0].startswith(f"{GIVE} ")
    if given:
        readings = [cued[0], *readings]  # 要是不超过5元就批,超过的话转李敏
    elif any(each.pays(name) for each in found for name in each.offered[:1]):
        readings = [*cued, *readings]
    stays = any(each.heard.first for each in found) and await stays_away(hearing, case, text)
    lead = f"{_lead(hearing, found, text)}{GOODS_AWAITED if stays else ''}"
    return await hearing.offer(WHICH, lead, [*readings, f"{LOOK} {case.no}"])


async def stays_away(hearing: Hearing, case: Case, text: str) -> bool:
    """Whether goods are said not to be sent for which the flow of a case waits all the same: 货不用寄回来了."""
    nodes = await nodes_of(hearing.ctx, case)
    docks = {name for name, node in nodes.items() if any(CAME in each.effects for each in node.actions.values())}
    if not goods_stay(text, hearing.lexicon.phrases) or not docks or docks & {*case.nodes}:
        return False
    return not await CaseLine.filter(case_id=case.id, received__gt=0).exists()


async def of_others(hearing: Hearing, case: Case, text: str) -> Reply | None:
    """A button that is said of a case which waits for somebody else: that it counts for nothing, and what can be said.

    None where no button of theirs is spoken for.
    """
    tasks = await Task.filter(case_id=case.id, state=TaskState.OPEN).prefetch_related("case", "owner")
    heard = [each for each in await of(hearing, tasks, text) if each.heard.first]
    if not heard:
        return None
    owners = "、".join(dict.fromkeys(each.task.owner.name for each in heard))
    name, ctx = heard[0].heard.first[0], hearing.ctx
    lead = f"“{short(text)}”不算{name}：{case.no} 现在等 {owners} 办，你的话替不了，什么都没有做"
    lines = [f"{GIVE} {case.no} {ctx.me.name} {text}", f"{COMMENT} {case.no} {text}", f"{HURRY} {case.no} {text}"]
    return await hearing.offer(WHICH, lead, [*lines, f"{LOOK} {case.no}"])


async def among(hearing: Hearing, tasks: Sequence[Task], text: str) -> Reply | None:
    """The tasks that have a button which a text speaks for, where several are in hand; None where none has."""
    if is_question(text):
        return None
    heard = [each for each in await of(hearing, tasks, text) if each.heard.first]
    named = await subjects.named([each.no for each in heard], text)
    found = [each for each in heard if each.no in named] or heard
    readings = []
    for each in found:
        readings += [f"{COMMENT} {each.no} {text}"] if each.termed(hearing.lexicon.phrases, text) else []
        readings += [with_remark(hearing, each, name, text) for name in each.offered[:1]]
    return await hearing.offer(WHICH, _lead(hearing, found, text), readings[:OFFERED]) if readings else None


async def reason(hearing: Hearing, text: str) -> Reply | None:
    """``驳回``, and behind the card with my one case the reason in a message of its own; None for another text."""
    wait = await dialogs.current(hearing.ctx.me.id, hearing.ctx.at)
    readings = wait.data["readings"] if wait and wait.kind == guesses.GUESS else []
    name, no, *more = [*readings[0].split(), "", ""] if len(readings) == 1 else ["", ""]
    if any(more) or not is_case_no(no) or is_question(text) or hearing.lexicon.is_word(text.split()[0]):
        return None
    mine = Task.filter(case__no=no, owner_id=hearing.ctx.me.id, state=TaskState.OPEN).prefetch_related("case")
    for each in await of(hearing, await mine, text):
        refuses = any(button.danger for button in each.buttons if button.name == name)
        if refuses and set(each.heard.names) <= {name} and not later(hearing, no, text):
            line = with_remark(hearing, each, name, text)
            return await hearing.offer(WHICH, _lead(hearing, [each], text), [line, f"{COMMENT} {no} {text}"])
    return None


async def withdrawn(hearing: Hearing, text: str) -> Reply | None:
    """``刚才那单撤了，客户说先不退``: which of the cases that I have opened; None where it says no such thing."""
    if is_question(text) or not hear(text, [Action(WITHDRAW, ())], hearing.lexicon).names:
        return None
    return await of_my_cases(hearing, text, [WITHDRAW], decisions.remark(text, WITHDRAW, hearing.lexicon))


async def of_my_cases(hearing: Hearing, said: str, verbs: Sequence[str], words: str, about: str = "") -> Reply | None:
    """Which of the running cases that I have opened ``verbs`` are meant for, ``words`` going along; None for none.

    Those that are named there, or in the whole text ``about`` them, are offered alone.
    """
    every = await running(hearing.ctx)
    numbers = await pointed_first(hearing.ctx, every, f"{about or said} {words}")
    named = await subjects.named(numbers, f"{about or said} {words}") or (numbers if len(numbers) < len(every) else [])
    able = [f"{verb} {no} {words}".rstrip() for no in (named or numbers)[:OFFERED] for verb in verbs]
    question = f"“{short(said, 10)}”哪一单？"
    if reply := await hearing.offer(question, "点一下才算，现在什么都没有做", able):
        return reply
    if not named or not verbs:
        return None
    refused = await guesses.refusal(hearing.ctx, able[0].split(), hearing.strictly)
    lead = f"“{short(about or said)}”说的是 {named[0]}，什么都没有做。{refused or ''}"
    return await hearing.offer(
        WHICH, lead, [f"{COMMENT} {named[0]} {max(about or said, words, key=len)}", f"{LOOK} {named[0]}"]
    )


async def is_meant(ctx: Ctx, lexicon: Lexicon, text: str) -> bool:
    """Whether a text, which is no question, speaks for a button of my only task."""
    tasks = await open_tasks(ctx.me)
    return not is_question(text) and len(tasks) == 1 and bool((await _of(ctx, lexicon, tasks, text))[0].heard.first)


async def is_of_mine(ctx: Ctx, lexicon: Lexicon, command: str, said: Statement) -> bool:
    """Whether 赔15块 or 退了 is said of what waits for me, and no case is to be opened for an order."""
    if command not in lexicon.about_orders or said.text.startswith(command):
        return False
    if any(map(is_case_no, said.words[1:2])):
        return True
    return not any(map(is_number, said.words)) and await is_meant(ctx, lexicon, said.text)


async def waiting_at(hearing: Hearing, who: str) -> list[str]:
    """The cases of mine that wait for a colleague, newest first."""
    tasks = Task.filter(case__creator_id=hearing.ctx.me.id, owner__name=who, state=TaskState.OPEN).order_by("-id")
    return [task.case.no for task in await tasks.limit(OFFERED).prefetch_related("case")]


def later(hearing: Hearing, no: str, text: str) -> list[str]:
    """A task to be put off, until the moment that is said or the customer is heard of; none for a decision."""
    return put_off(hearing, no, text) if waits(text, hearing.lexicon.phrases) else []


def postponed(hearing: Hearing, no: str, text: str) -> list[str]:
    """A task that is asked to be moved to a moment, or to be given more time: 能不能宽限两天; none for other words."""
    known = hearing.lexicon.phrases
    moved = re.split(alternatives(known.moved), _typeless(hearing, text), maxsplit=1)[1:]
    asked = any(word in text for word in known.postponed) or (moved and within(moved[0], hearing.ctx.at))
    return put_off(hearing, no, text) if asked else []


def put_off(hearing: Hearing, no: str, text: str) -> list[str]:
    """The task put off, or the whole case put aside: that first where it is said."""
    when = _moment(hearing, _GONE.sub("", _typeless(hearing, text)))
    waited = any(word in text for word in hearing.lexicon.phrases.waited)
    until = when or (REPLY if waited else TOMORROW)
    aside = _ASIDE.sub("", text, count=1).strip(" ,") if _ASIDE.match(text) else text
    if not when and feasts.moving(text):
        return [f"{HOLD} {no} {aside or text}"]
    said = "" if text.strip(" ,。") == until else text
    said = said.removeprefix(until).strip(" ,") if until[:1].isdigit() else said  # two figures on end are one moment
    found = [f"{LATER} {no} {until} {said}".rstrip(), f"{HOLD} {no} {aside or text}"]
    return found[::-1] if _ASIDE.match(text) else found


def _moment(hearing: Hearing, text: str) -> str:
    """The moment that is said; the one to which it is put off where another stands ahead: 今天测不完，延到后天."""
    known = hearing.lexicon.phrases
    to = re.split(alternatives((*known.postponed, *known.moved)), text)
    return (within(to[-1], hearing.ctx.at) if len(to) > 1 else "") or within(text, hearing.ctx.at)


def _typeless(hearing: Hearing, text: str) -> str:
    """A text without the names of return types, in which 七天 of 七天无理由 is no time."""
    types = [word for each in hearing.ctx.desk.business.types.values() for word in (each.name, *each.aliases)]
    return re.sub(alternatives(types), " ", text)


def given_back(hearing: Hearing, no: str, text: str) -> list[str]:
    """The case given back to whoever has opened it, where something is to be sent after; none for another text."""
    lacks = any(word in text for word in hearing.lexicon.phrases.unsaying["退给提交人"])
    return [f"{GIVE_BACK} {no} {CREATOR} {text}"] if lacks else []


def with_remark(hearing: Hearing, each: InHand, name: str, text: str) -> str:
    """A button with its case, and the other words behind it."""
    words = text if each.heard.paid else decisions.remark(text, name, hearing.lexicon)
    return f"{name} {each.no} {words}".rstrip()


def _readings(hearing: Hearing, each: InHand, text: str) -> list[str]:
    """The buttons with the words behind them, and the words as a remark: that first where none is spoken for."""
    kept = f"{COMMENT} {each.no} {text}"
    off, back = later(hearing, each.no, text), given_back(hearing, each.no, text)
    buttons = [with_remark(hearing, each, name, text) for name in _names(hearing, each, text)[:MOST]]
    if each.heard.paid and any(map(each.pays, each.offered)):
        return [kept, *buttons]
    if not off and not each.mixed and each.termed(hearing.lexicon.phrases, text) and not _gives_more(hearing, text):
        return [kept, f"{GIVE_BACK} {each.no} {CREATOR} {text}", *buttons][: MOST + 1]
    if each.heard.names and not off and not each.mixed:
        return [*buttons, kept][: MOST + 1]
    if not off and not each.heard.names and each.undone(hearing.lexicon, text):
        return [*back, *put_off(hearing, each.no, text), kept]
    if off:
        clear = [with_remark(hearing, each, name, text) for name in _clear(hearing, each, text)]
        return [*off, kept, *back, *clear][: MOST + 1]
    return [*back, kept, *put_off(hearing, each.no, text)[1:], *buttons][: MOST + 1]


def freight_is_theirs(case: Case) -> bool:
    """Whether a case says that its customer bears the freight, so that to say so again asks for nothing."""
    return case.facts.get(BEARS) == THE_CUSTOMER and not freight_of(case.facts, complete=True)


def as_it_stands(case: Case, text: str, known: Phrases) -> str:
    """What a button does whatever else is asked for: the sum of the case, and who bears its freight; "" for none."""
    if not terms(text, known, freight_is_theirs=freight_is_theirs(case)):
        return ""
    of_freight = any(word in text for word in known.terms["运费"]) and case.facts.get(BEARS)
    freight = f"；运费单上写的是{case.facts[BEARS]}承担，也不会跟着改" if of_freight else ""
    return f"{AS_IT_STANDS}{freight}"


def _clear(hearing: Hearing, each: InHand, text: str) -> list[str]:
    """The button that a clause of its own decides for, while another one waits: 先退，运费后面再说."""
    known = hearing.lexicon.phrases
    heard = [hear(clause, each.buttons, hearing.lexicon) for clause in decisions.clauses_of(text)[:1]]
    return [name for found in heard if len(found.first) == 1 and decisions.is_whole(text, found.first[0], known)
            for name in found.first]  # fmt: skip


def _names(hearing: Hearing, each: InHand, text: str) -> list[str]:
    """The buttons that are offered: one that pays only where something is said of them.

    Those of which the words say that they have not come about stand last: 到了，里面是空箱子.
    """
    sure = each.heard.is_said or each.heard.paid or hearing.pressed
    found = [name for name in each.offered if sure or not each.pays(name)]
    undone = hearing.lexicon.phrases.undone
    return sorted(found, key=lambda name: any(word in text for word in undone.get(name, ())))


def _lead(hearing: Hearing, found: Sequence[InHand], text: str) -> str:
    """What the buttons will do: that one of them pays, and a second time where the money has gone another way."""
    decided = [
        each for each in found if each.heard.paid or not each.heard.undecided or _clear(hearing, each, text)
    ]  # else no button is offered
    paying = [(each, name) for each in decided for name in _names(hearing, each, text) if each.pays(name)]
    shown = hearing.ctx.desk.business.matrix.sees(hearing.ctx.me.roles, AMOUNT) == WHOLE
    amount = f" {money(paying[0][0].task.case.amount)}" if paying and shown else ""
    if paying and paying[0][0].heard.paid:
        again = f"点“{paying[0][1]}”，店铺会再付一次{amount}"
        said = paid_sum(text)
        other = f"，单子上和说的 ¥{said} 不一样" if said and amount and money(Decimal(said)) not in amount else ""
        return f"钱已经在别处付过？{again}{other}。付过了先记成评论，再找主管撤单。现在什么都没有做"
    sure = any(each.heard.is_said for each in found)
    lead = f"“{short(text)}”要点一下才算，现在什么都没有做" if sure else f"“{short(text)}”没看懂，什么都没有做"
    kept = any(decisions.remark(text, name, hearing.lexicon) for each in found for name in each.offered)
    pays = f"；点“{paying[0][1]}”店铺就付款{amount}" if paying and len(found) == 1 else ""
    held = as_it_stands(found[0].task.case, text, hearing.lexicon.phrases) if kept else ""
    held += "；另外要给的钱这一步不付，要另开 补偿" if paying and _gives_more(hearing, text) else ""
    return f"{lead}{'；这句话会跟着按钮一起记下' if kept else ''}{held}{pays}"


def _gives_more(hearing: Hearing, text: str) -> bool:
    return any(word in text for word in hearing.lexicon.phrases.terms["另给"])
