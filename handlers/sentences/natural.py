"""A command said in its natural words: done where it only looks, else offered as the statement written out in full."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.guess import THEN
from cards.types import Text
from cards.words import money
from flow.access.lookup import shops_of
from flow.definitions.patterns import CASE_NO
from flow.definitions.permissions import AMOUNT
from flow.definitions.permissions import WHOLE as WHOLE_OF_IT
from flow.definitions.vocabulary import LATER
from flow.definitions.waybills import waybill
from flow.edits.quantities import duration, multiplied, numeral
from flow.engine.verbs import GIVE_BACK, VERBS
from flow.errors import FlowError
from flow.orders.near import of_tail, orders_among
from flow.views.case import open_tasks
from handlers.chat import names, readings, wordings
from handlers.chat.context import Reply
from handlers.chat.decisions import clauses_of
from handlers.chat.spelling import asks_at_all, is_number, numbered
from handlers.chat.terms import goods_stay
from handlers.chat.wordings import CASE, IN_HAND, OPENED, PERSON, SAID, TIME, WHOLE
from handlers.sentences import absences, handovers, subjects
from handlers.sentences.hearing import COMMENT, GIVE, OFFERED, WHICH, short
from models import Case, Parcel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from handlers.chat.statements import Statement
    from handlers.chat.wordings import Match, Wording
    from handlers.sentences.hearing import Hearing

_CASE_NO = re.compile(CASE_NO)
_JOINED = re.compile(r"(?:[\s、,和跟与&]|以及|还有)*")
_LISTED = re.compile(rf"(?:^[把将]\s*)?{CASE_NO}(?:\s*(?:[、,和跟与&]|以及|还有)\s*(?={CASE_NO}))?")  #: R1 和 R2
_NUMBER = re.compile(r"(?<![A-Za-z0-9-])(?=[A-Za-z-]*\d)[A-Za-z0-9-]{4,40}(?![A-Za-z0-9-])")
_GAP = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")  #: where a number stood within a clause
_TIMES = ("千", "万")
_TODO = "待办"


async def meant(hearing: Hearing, statement: Statement) -> Reply | None:
    """What a sentence says in one of the wordings of the file; None where it says more, or other things.

    One that begins with a command's word is only read so where the wording says that it goes ahead of it.
    """
    if _is_written_out(hearing, statement) or absences.is_mine(hearing, statement.text):
        return None
    early, of_rules = hearing.lexicon.is_word(statement.name), _is_of_no_case(hearing, statement)
    text = numbered(statement.text).strip(" ,。.!~")
    cases = list(dict.fromkeys(_CASE_NO.findall(text)))
    apart = len(cases) > 1 and _are_apart(text)  # 把R1转给李敏,R2留给我: each is said something else of
    whole = " ".join(_LISTED.sub(" ", text).split())
    close = _CASE_NO.sub(lambda match: "" if match.start() and match.end() < len(text) else " ", text).strip()
    plain, people = wordings.marked(_GAP.sub("", close), names.said_in(text, hearing.ctx.staff))
    for match in wordings.wordings().found(plain, _types(hearing)):
        if (early and not match.wording.early) or (of_rules and match.wording.of) or _is_taken_back(hearing, match):
            continue
        if apart and match.wording.wants(PERSON):
            continue
        said = await _read(hearing, match, whole, people)
        if said is not None and (reply := await _answered(hearing, said, match, cases)):
            return reply
    return None


async def of_case(hearing: Hearing, no: str, words: str) -> list[str]:
    """What a piece of a sentence says of a case in one of the wordings that do something; none for other words."""
    plain, people = wordings.marked(words, names.said_in(words, hearing.ctx.staff))
    for match in wordings.wordings().found(plain, _types(hearing)):
        if match.wording.looks or not match.wording.wants(CASE) or _is_taken_back(hearing, match):
            continue
        said = await _read(hearing, match, words, people)
        if said is not None and (lines := await _lines(hearing, said, match, [no])):
            return lines
    return []


def _types(hearing: Hearing) -> tuple[str, ...]:
    """Every name of a return type."""
    return tuple(word for each in hearing.ctx.desk.business.types.values() for word in (each.name, *each.aliases))


def _are_apart(text: str) -> bool:
    """Whether words stand between two cases, and behind the last: each has its own."""
    _, *between, behind = _CASE_NO.split(text)
    return bool(behind.strip(" ,。、")) and all(_JOINED.fullmatch(words) is None for words in between)


def _is_written_out(hearing: Hearing, statement: Statement) -> bool:
    """Whether a command or a button stands first by its own name, with a number behind it."""
    name, known = statement.name, hearing.lexicon
    if name not in known.commands | known.actions or not statement.text.startswith(name):
        return False
    return len(statement.words) > 1 and is_number(statement.words[1])


def _is_of_no_case(hearing: Hearing, statement: Statement) -> bool:
    """Whether a command stands first that is about no case and no order: 删除行 资格 三十天以上不退."""
    known = hearing.lexicon
    named = statement.name in known.commands - known.about_cases - known.about_orders
    return named and statement.text.startswith(f"{statement.name} ")


def _is_taken_back(hearing: Hearing, match: Match) -> bool:
    """Whether a no stands ahead of it, or it is asked where asking is another thing."""
    known = hearing.lexicon.phrases
    if match.before.rstrip().endswith((*known.noes, *wordings.wordings().noes)):
        return True
    said = f"{match.before}{match.text}{match.behind}"
    clauses = goods_stay(said, known)
    if not match.wording.looks and any(match.text in clause for clause in clauses):
        return True  # 同意，货不用退回来了 refuses nothing
    if any(match.text in word and word in said for word in known.unsaying["无妨"]):
        return True  # 运费不退 refuses no refund
    does = not match.wording.looks and not match.wording.lines[0].startswith((LATER, COMMENT, GIVE, GIVE_BACK))
    if does and any(word in said for word in known.undecided):
        return True
    return not match.wording.asking and asks_at_all(f"{match.before} {match.behind}")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a sentence names: the values of the places, but for the case."""

    whole: str
    places: Mapping[str, str]


async def _read(hearing: Hearing, match: Match, whole: str, people: Sequence[str]) -> _Said | None:
    """What a sentence names; None where a place names nothing known, or more is said than the command keeps."""
    wording, known = match.wording, wordings.wordings()
    places = {name: wordings.unmarked(value.strip(), people) for name, value in match.places.items()}
    if wording.wants(PERSON) and PERSON not in places and (sign := _only_person(match, people)):
        places[PERSON], match = wordings.unmarked(sign, people), match.without(sign)
    if wording.wants(TIME) and (time := readings.time_in(match.before) or readings.time_in(match.behind)):
        places[TIME], match = time, match.without(time)
    for place in wordings.NUMBERS:
        if wording.wants(place) and place not in places and (number := await _number(place, match)):
            places[place], match = number, match.without(number)
    if wordings.ANY in places:
        places[wordings.ANY] = known.bare(wording, places[wordings.ANY])
    if not _are_known(hearing, places):
        return None
    left = [wordings.unmarked(each, people) for each in known.left(match)]
    keeps = wording.wants(SAID) or wording.wants(WHOLE)
    if left and (not keeps or any(map(hearing.lexicon.is_button, left))):
        return None
    every = ",".join(clauses_of(whole))
    return _Said(whole, places | {SAID: ",".join(left), WHOLE: every, wordings.AS_SAID: every})


def _only_person(match: Match, people: Sequence[str]) -> str:
    """The sign of the only colleague who is named beside a wording."""
    found = {sign for sign in f"{match.before}{match.behind}" if wordings.unmarked(sign, people) != sign}
    return found.pop() if len(found) == 1 else ""


async def _number(place: str, match: Match) -> str:
    """The only number beside a wording that is an order's, or a waybill's; "" for none."""
    found = []
    for number in dict.fromkeys(_NUMBER.findall(f"{match.before} {match.behind}")):
        is_order = bool(await orders_among([number]))
        if is_order if place == wordings.ORDER else not is_order and waybill(number):
            found.append(number)
    return found[0] if len(found) == 1 else ""


def _are_known(hearing: Hearing, places: dict[str, str]) -> bool:
    """Spells each place as a command has it. Whether all of them name something."""
    spell = {"数": _units, "钱": _units, "限": duration, wordings.TYPE: _type(hearing)}
    try:
        places |= {name: spell[name](value) for name, value in places.items() if name in spell}
    except FlowError:
        return False
    return all(places.values())


def _units(text: str) -> str:
    """A number in figures: 两, 一千, 2000; "" for what is none."""
    if text[0].isdigit():
        return text
    return str((multiplied(text[:-1], text[-1]) if text.endswith(_TIMES) else numeral(text)) or "")


def _type(hearing: Hearing) -> Callable[[str], str]:
    """Spells a return type by its name."""

    def spelt(word: str) -> str:
        found = hearing.ctx.desk.business.type_named(word)
        return found.name if found else ""

    return spelt


async def _answered(hearing: Hearing, said: _Said, match: Match, named: Sequence[str]) -> Reply | None:
    lines = await _lines(hearing, said, match, named)
    if not lines:
        return None
    told = match.wording.told.replace("{金额}", await _amount(hearing, lines))
    if match.wording.looks and (len(lines) == 1 or not match.wording.wants(CASE)):
        shown = await _shown(hearing, [line.split() for line in lines])
        return Reply(says=[Text(told), *shown.says], face=shown.face) if told and shown else shown
    if reply := await _shared(hearing, said.whole, lines):
        return reply
    lead = f"“{short(said.whole)}”{f'：{told}。' if told else ''}点一下才算，现在什么都没有做"
    if reply := await hearing.offer(WHICH, lead, lines[: OFFERED + 1]):
        return reply
    of_several = len({line.split()[0] for line in lines}) < len(lines)
    return None if of_several or match.wording.wants(wordings.ANY) else await _refused(hearing, lines[0])


async def _shared(hearing: Hearing, text: str, lines: Sequence[str]) -> Reply | None:
    """What is to go to a colleague who has it as well; None for other statements."""
    name, no, to, *_ = [*lines[0].split(), "", ""]
    alone = all(line.split()[1:2] == [no] for line in lines)
    return await handovers.shared(hearing, no, text, to) if name == GIVE and alone else None


async def _amount(hearing: Hearing, lines: Sequence[str]) -> str:
    """What the one case comes to that the statements are about, of whoever may see it."""
    numbers = {no for line in lines for no in _CASE_NO.findall(line)}
    sees = hearing.ctx.desk.business.matrix.sees(hearing.ctx.me.roles, AMOUNT) == WHOLE_OF_IT
    case = await Case.get_or_none(no=numbers.pop()) if sees and len(numbers) == 1 else None
    return f" {money(case.amount)}" if case and case.amount is not None else ""


async def _shown(hearing: Hearing, every: Sequence[list[str]]) -> Reply | None:
    """The first that this person may say; 待办 gives way to another where nothing waits."""
    able = [words for words in every if _may(hearing, words[0])]
    if len(able) > 1 and able[0] == [_TODO] and not await open_tasks(hearing.ctx.me):
        able = able[1:]
    return await hearing.run(hearing.ctx, able[0]) if able else None


async def _refused(hearing: Hearing, line: str) -> Reply | None:
    """Why it cannot be done, of what this person may do at all; None where it may mean something else."""
    words = line.split()
    return await hearing.strictly(hearing.ctx, words) if _may(hearing, words[0]) else None


def _may(hearing: Hearing, command: str) -> bool:
    return command not in hearing.ctx.desk.business.permissions or hearing.ctx.may(command)


async def _lines(hearing: Hearing, said: _Said, match: Match, named: Sequence[str]) -> list[str]:
    """The statements with every place filled, for each of the cases that may be meant."""
    patterns = match.wording.lines
    if order := await _of_tail(hearing, said.places):
        return [line for each in order for line in _filled(patterns, {**said.places, **each})]
    if not match.wording.wants(CASE):
        return _filled(patterns, said.places)
    cases = await _cases(hearing, match, named, said.whole)
    if len(cases) == 1:
        return _filled(patterns, {**said.places, CASE: cases[0]})
    each = [line for no in cases for line in _filled(patterns[:1], {**said.places, CASE: no})]
    return [f" {THEN} ".join(each), *each] if len(named) > 1 and each else each


def _filled(patterns: Sequence[str], places: Mapping[str, str]) -> list[str]:
    return [line for pattern in patterns if (line := wordings.filled(pattern, places))]


async def _cases(hearing: Hearing, match: Match, named: Sequence[str], text: str) -> list[str]:
    """The cases that are named, else those of mine that a wording may be said of, by what the text names of them."""
    wording = match.wording
    verb = wording.button or wording.lines[0].split()[0]
    if named:
        return [] if wordings.UNNAMED in wording.of else await _sayable(hearing, wording, verb, named)
    for place in wording.of:
        found = await (_in_hand(hearing, verb) if place == IN_HAND else readings.running(hearing.ctx))
        if place in (IN_HAND, OPENED) and (mine := await subjects.of_order(found, text)):
            return (await subjects.narrowed(await readings.pointed_first(hearing.ctx, mine, text), text))[:OFFERED]
    return []


async def _sayable(hearing: Hearing, wording: Wording, verb: str, named: Sequence[str]) -> list[str]:
    """The cases that are named, if they are mine to say this of: a button wants a task of mine that has it."""
    if wording.of == (OPENED,):
        mine = await Case.filter(no__in=named, creator_id=hearing.ctx.me.id).count()
        return list(named) if mine == len(named) else []
    if verb == GIVE_BACK or verb in hearing.lexicon.actions - hearing.lexicon.about_cases:
        waiting = await _in_hand(hearing, verb)
        return list(named) if set(named) <= set(waiting) else []
    return list(named)


async def _in_hand(hearing: Hearing, verb: str) -> list[str]:
    """The cases that wait for me; of a button, those that have it."""
    found = []
    for task in await open_tasks(hearing.ctx.me):
        node = (await readings.nodes_of(hearing.ctx, task.case))[task.node]
        if verb not in hearing.lexicon.actions - hearing.lexicon.about_cases - set(VERBS) or verb in node.actions:
            found.append(task.case.no)
    return list(dict.fromkeys(found))


async def _of_tail(hearing: Hearing, places: Mapping[str, str]) -> list[dict[str, str]]:
    """The orders of a phone's last digits, or the parcels that wait for me, by the last of a waybill."""
    if digits := places.get(wordings.ORDER_TAIL):
        orders = await of_tail(digits, shops_of(hearing.ctx.desk, hearing.ctx.me))
        return [{wordings.ORDER: order.no} for order in orders]
    if digits := places.get(wordings.WAYBILL_TAIL):
        mine = [task.case_id for task in await open_tasks(hearing.ctx.me)]
        parcels = Parcel.filter(case_id__in=mine, outbound=False, waybill__endswith=digits).order_by("id")
        return [{wordings.WAYBILL: str(number)} for number in await parcels.values_list("waybill", flat=True)]
    return []
