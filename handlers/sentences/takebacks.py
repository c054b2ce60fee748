"""A button with words that take it back, put it off, or are said of another case: nothing is done, it is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from cards.guess import MOST, THEN
from flow.access.lookup import case_of
from flow.definitions.flow import Action
from flow.definitions.vocabulary import PAYS
from flow.engine.inquiry import station
from flow.engine.verbs import WITHDRAW
from flow.errors import FlowError, PolicyRefused
from flow.records.locks import lock_whole
from handlers.chat import action_answers, arrivals, guesses, questions, readings
from handlers.chat.context import joined
from handlers.chat.decisions import intent
from handlers.chat.goods_clauses import of_others, without_more
from handlers.chat.parse import is_case_no
from handlers.chat.reservations import Reservations, reservations
from handlers.chat.spelling import BETWEEN
from handlers.chat.terms import goods_stay, other_kinds, terms
from handlers.sentences import exceptions, in_hand
from handlers.sentences.conditions import given_back
from handlers.sentences.hearing import COMMENT, LOOK, WHICH, short, unled
from models import Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Reply
    from handlers.chat.statements import Statement
    from handlers.sentences.hearing import Hearing
    from handlers.sentences.in_hand import InHand
    from models import Case

_CLAUSES = re.compile(r"[,。;!]")
_TAIL = 4  #: digits of a case's number that people say


@dataclass(frozen=True, slots=True)
class Share:
    """A case of a statement with the words that are its own."""

    no: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A case whose words may keep the button from being pressed; what else may be meant, the likeliest first."""

    share: Share
    found: Reservations
    instead: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()  #: those by which the case stays as it is
    button: str = ""  #: by its own name
    more: str = ""  #: what the button does all the same, whatever is said

    def pressed(self, name: str) -> str:
        """The button with the words, all the same; ``name`` is what was said for it."""
        return f"{self.button or name} {self.share.no} {self.share.words}".rstrip()


async def asked(hearing: Hearing, words: Sequence[str], said: Statement) -> Reply | None:
    """The question what is meant by ``确认退款 R… 再等等``; None where the words are a plain reason, or none.

    ``said`` is what was typed: a case that it leaves out is never the button's.

    What has been chosen on a card is not asked about once more. Raises PolicyRefused where nothing can be offered.
    """
    name, lexicon = words[0], hearing.lexicon
    if reply := await exceptions.guarded(hearing, said, words):
        return reply
    if hearing.ctx.sure or len(words) < 3 or not is_case_no(words[1]) or not lexicon.is_button(name):
        return None
    found = shares(words[1:])
    if len(found) > 1:
        return await _of_several(hearing, name, found, words[1:])
    return await doubted(hearing, [name, found[0].no, found[0].words])


async def doubted(hearing: Hearing, words: Sequence[str]) -> Reply | None:
    """The same of one case, ``words`` being the button, the case and what is said; None for a plain reason."""
    name, share = words[0], Share(words[1].upper(), " ".join(words[2:]))
    doubt = await _doubted(hearing, name, share)
    if not doubt.found:
        return None
    readings = [*doubt.instead, doubt.pressed(name), f"{LOOK} {share.no}"]
    return await _offered(hearing, name, share.words, readings, doubt.more)


async def against(hearing: Hearing, case: Case, step: tuple[str, str], words: str) -> Reservations:
    """What in the words goes against a step of mine, its node and its action, that is done already."""
    flow = (await hearing.ctx.desk.rules(case.flow_id or 0, case.policy_id or 0)).flow
    at, name = step
    buttons = station(flow, at).buttons if at in flow.nodes else ()
    button = next((each for each in buttons if each.name == name), None)
    if button is None:
        return Reservations()
    found = reservations(words, intent(button, buttons, hearing.lexicon.phrases), hearing.lexicon.phrases)
    return replace(found, terms=tuple(_terms(hearing, case, button, words)))


async def among(hearing: Hearing, readings: Sequence[str]) -> list[str]:
    """What may be meant instead of buttons whose words take them back, these last; nothing where the words do not."""
    doubts = []
    for reading in readings[:MOST]:
        name, no, *words = reading.split()
        doubts.append(await _doubted(hearing, name, Share(no, " ".join(words))))
    instead = [reading for doubt in doubts for reading in doubt.instead[:2]]
    return [*instead, *readings] if any(doubt.found for doubt in doubts) else []


def shares(words: Sequence[str]) -> list[Share]:
    """Each case with what is said of it: side by side, or a case in a clause of its own; any other is only mentioned.

    Words ahead of a case are its own from the second clause on; those of a clause without one belong to the last case.
    A case that is named once more keeps to the words that are said of it there: 同意 R1 和 R2，R2 要等照片.
    """
    found: list[Share] = []
    for clause in _CLAUSES.split(" ".join(words)):
        said = [word for word in clause.split() if word not in BETWEEN]
        places = [n for n, word in enumerate(said) if is_case_no(word)]
        first = places[0] if places else 0
        side_by_side = [n for n in places if n - first == places.index(n)]
        if places and (not found or first < len(said)):
            found += [Share(said[n].upper()) for n in side_by_side]
        rest = [*said[:first], *said[first + len(side_by_side) :]]
        if rest:
            last = found[-1]
            tie = "," if last.words and not places else " "
            found[-1] = replace(last, words=f"{last.words}{tie}{' '.join(rest)}".strip())
    own: dict[str, list[str]] = {}
    for each in found:
        own.setdefault(each.no, []).append(each.words)
    return [Share(no, ",".join(filter(None, each))) for no, each in own.items()]


async def _doubted(hearing: Hearing, name: str, share: Share) -> _Doubt:
    """What in the words of a case keeps the button from being pressed; nothing where it is no button of mine."""
    try:
        case = await case_of(hearing.ctx.desk, share.no, hearing.ctx.me)
    except FlowError:
        return _Doubt(share, Reservations())  # which is said when the button is tried
    mine = Task.filter(case_id=case.id, owner_id=hearing.ctx.me.id, state=TaskState.OPEN).order_by("id")
    tasks = await mine.prefetch_related("case")
    flow = (await hearing.ctx.desk.rules(case.flow_id or 0, case.policy_id or 0)).flow
    places: list[tuple[Task | None, Sequence[Action]]] = [(task, station(flow, task.node).buttons) for task in tasks]
    meant = hearing.lexicon.phrases.named(name)
    for task, buttons in [*places, (None, (Action(WITHDRAW, ()),))]:
        if button := next((each for each in buttons if each.name in meant), None):
            rest = await _unread(hearing, case, button.name, share.words)
            about = intent(button, buttons, hearing.lexicon.phrases)
            counts = bool(in_hand.COUNTED & {*button.effects})
            told = without_more(share.words) if counts else share.words  # 多寄了一个水杯 takes nothing back
            found = reservations(
                told, about, hearing.lexicon.phrases, rest and (without_more(rest) if counts else rest)
            )
            away = not (button.danger or button.name == WITHDRAW) and await in_hand.stays_away(
                hearing, case, share.words
            )
            stays = goods_stay(share.words, hearing.lexicon.phrases) if away else []
            binding = (*_terms(hearing, case, button, share.words), *stays, *(of_others(share.words) if counts else ()))
            less = await _short_of(hearing, task, share.words) if task and counts else ()
            found = replace(found, terms=binding, against=(*found.against, *less))
            heard = await in_hand.of(hearing, [task], share.words) if task else []
            instead = _instead(hearing, share, found, [*heard], button) if found else []
            if found.terms and heard:
                instead += await given_back(hearing, heard[0], share.words)
            more = _more(hearing, case, share.words, binding, stays=bool(stays)) or "".join(f"；{one}" for one in less)
            return _Doubt(
                share, found, tuple(instead), tuple(_harmless(hearing, share, mine=task is not None)), button.name, more
            )
    return _Doubt(share, Reservations())


async def _short_of(hearing: Hearing, task: Task, words: str) -> tuple[str, ...]:
    """What it comes to that goods are received of which more is on its way; nothing for other words."""
    found = await readings.counted(hearing.ctx, words, [task]) if words else []
    return tuple(each.told for each in found if each.short)


def _more(hearing: Hearing, case: Case, words: str, binding: Sequence[str], *, stays: bool) -> str:
    """What the button does all the same, whatever ``binding`` terms are said; "" for none."""
    if not binding:
        return ""
    told = in_hand.as_it_stands(case, words, hearing.lexicon.phrases) or in_hand.AS_IT_STANDS
    return f"{told}{in_hand.GOODS_AWAITED if stays else ''}"


def _terms(hearing: Hearing, case: Case, button: Action, words: str) -> list[str]:
    """What a button that binds the house pays as it stands, whatever is said of it; none for any other button."""
    known = hearing.lexicon.phrases
    named = {button.name, button.verdict} & {*known.terms["按钮"]}
    binds = {PAYS, arrivals.GOOD, arrivals.BAD} & {*button.effects}
    if (button.danger and arrivals.BAD not in binds) or not (named or binds):
        return []
    return [
        *terms(words, known, freight_is_theirs=in_hand.freight_is_theirs(case)),
        *other_kinds(words, case.kind, known),
    ]


async def _unread(hearing: Hearing, case: Case, name: str, words: str) -> str:
    """The words that count no goods and answer nothing; none where goods are counted."""
    try:
        behind = await action_answers.read(hearing.ctx, case, name, words.split())
    except FlowError:
        return words
    counts = behind.said.get(questions.COUNTS) or {}
    if counts and not any(counts.values()):
        return words  # 合格入库 三台都不亮: the button and the goods say two things
    return "" if counts else behind.rest


def _instead(hearing: Hearing, share: Share, found: Reservations, heard: Sequence[InHand], button: Action) -> list[str]:
    """What else than the button may be meant: to wait, another button, a remark."""
    no, words = share.no, share.words
    remark, wait = f"{COMMENT} {no} {words}", in_hand.put_off(hearing, no, words)
    if not heard:
        return [remark, *(wait if found.waits else [])]
    if any(each.heard.paid for each in heard):
        return [remark, *wait[:1]]
    if found.terms and not found.waits:
        return [remark]
    others = _others(hearing, heard[0], words, button, denied=bool(found.denied))
    back = in_hand.given_back(hearing, no, words)
    if found.waits:
        return [*wait, *(back or others), remark]
    return [*others, *back, *wait[:2], remark]


def _others(hearing: Hearing, each: InHand, words: str, button: Action, *, denied: bool) -> list[str]:
    """The other button that is spoken for; where the action is denied, the one that refuses."""
    named = [other for other in each.heard.names if other not in (button.name, WITHDRAW)]
    refusing = [other.name for other in each.buttons if other.danger and other.name != button.name]
    chosen = named[:1] or (refusing if denied and len(refusing) == 1 else [])
    return [in_hand.with_remark(hearing, each, other, words) for other in chosen]


def _harmless(hearing: Hearing, share: Share, *, mine: bool) -> list[str]:
    remark = f"{COMMENT} {share.no} {share.words}"
    if not mine:
        return [remark]
    back = in_hand.given_back(hearing, share.no, share.words)
    return [*back, *in_hand.put_off(hearing, share.no, share.words), remark]


# -- several cases -----------------------------------------------------------------------------------------------------


def _are_tied(words: Sequence[str]) -> bool:
    """Whether all cases stand side by side, with no more than a mark between two, and none is named once more."""
    if _are_named_again(words):
        return False
    places = [n for n, word in enumerate(words) if is_case_no(word)]
    return all(after - n == 1 or (after - n == 2 and words[n + 1] in BETWEEN) for n, after in pairwise(places))


def _are_named_again(words: Sequence[str]) -> bool:
    """Whether a case is named once more, with what is said of it: 同意 R1 R2,R2 备注老客户."""
    numbers = [word.upper().rstrip(",") for word in words if is_case_no(word)]
    return len(set(numbers)) < len(numbers)


def _is_apart(words: Sequence[str]) -> bool:
    """Whether a comma cuts the last case, and the words behind it, from the others."""
    last = max(n for n, word in enumerate(words) if is_case_no(word))
    return words[last - 1].endswith(",") and bool(words[last + 1 :])


async def _of_several(hearing: Hearing, name: str, found: Sequence[Share], words: Sequence[str]) -> Reply | None:
    """Each case with its own words; the same words for all where they stand behind the last, and are a reason."""
    last = found[-1].words
    alike = _are_tied(words) and bool(last) and not any(share.words for share in found[:-1])
    at, rest = _pointed(hearing, found) if alike else (-1, "")
    if at >= 0:
        found = [replace(share, words=rest if n == at else "") for n, share in enumerate(found)]
    doubts = [await _doubted(hearing, name, share) for share in found]
    if at >= 0 and not any(doubt.found for doubt in doubts):
        chosen = f"{name} {found[at].no} {rest}".rstrip()
        others = [f"{name} {share.no}" for n, share in enumerate(found) if n != at]
        return await _offered(hearing, name, last, [chosen, f"{COMMENT} {found[at].no} {last}", *others])
    apart = alike and at < 0 and _is_apart(words)
    if not apart and not any(doubt.found for doubt in doubts):
        if alike:
            found = [replace(share, words=last) for share in found]
        return await _carried_out(hearing, name, found) if alike or _are_named_again(words) else None
    if alike and at < 0 and not apart:  # 确认退款 R1 R2 先别动: of both, or of the second alone
        alone = [doubt.pressed(name) for doubt in doubts[:-1]]
        every = [await _doubted(hearing, name, replace(share, words=last)) for share in found]
        return await _each(hearing, name, (every, every), alone)
    doubtful = [doubt for n, doubt in enumerate(doubts) if doubt.found or (apart and n == len(found) - 1)]
    return await _each(hearing, name, (doubts, doubtful))


async def _each(
    hearing: Hearing, name: str, each: tuple[Sequence[_Doubt], Sequence[_Doubt]], also: Sequence[str] = ()
) -> Reply:
    """The button for the cases of which nothing else is said, the doubtful ones left as they are: by one tap.

    ``each`` are all cases and the doubtful ones, ``also`` is what may be meant beside.
    """
    doubts, doubtful = each
    plain = [each.pressed(name) for each in doubts if each not in doubtful]
    held = [reading for doubt in doubtful if (reading := await _best(hearing, doubt.harmless))]
    every = [*plain, *held]
    more = [*also, *plain[:1], *(doubtful[0].instead[:1] or [doubtful[0].pressed(name)]), *held[:1]]
    told = "；“一起办”就是" + "、".join(_told(reading) for reading in every) if len(every) > 1 else ""
    said = "，".join(f"{doubt.share.no[-_TAIL:]} {doubt.share.words}" for doubt in doubtful)
    looks = [f"{LOOK} {doubt.share.no}" for doubt in doubtful]
    return await _offered(hearing, name, said, [f" {THEN} ".join(every), *more, *looks], told)


def _told(reading: str) -> str:
    """A reading in few words: 稍后 0002."""
    verb, no, *_ = reading.split()
    return f"{verb} {no[-_TAIL:]}"


async def _carried_out(hearing: Hearing, name: str, found: Sequence[Share]) -> Reply:
    """The button for every case, each with its words."""
    await lock_whole(hearing.ctx.desk.zone, numbers={share.no for share in found})
    said = {share.no: unled(hearing.lexicon, share.words) for share in found}
    every = [f"{name} {no} {words}".split() for no, words in said.items()]
    sure = replace(hearing.ctx, sure=True)
    reply = await hearing.run(sure, [word for n, each in enumerate(every) for word in ([THEN] if n else []) + each])
    return replace(reply, says=joined(reply.says))


def _pointed(hearing: Hearing, found: Sequence[Share]) -> tuple[int, str]:
    """``R1 和 R2 里的第一个``: which of them, and what else is said of it; -1 where the words point to none."""
    words, known = found[-1].words, hearing.lexicon.phrases
    if not any(word in words for word in known.unsaying["指代"]):
        return -1, ""
    pointing = next((word for word in known.unsaying["指代"] if word in words and set(word) & set(known.places)), "")
    place = next((n for numeral, n in known.places.items() if numeral in pointing), 1)
    rest = words
    for word in known.unsaying["指代"]:
        rest = rest.replace(word, " ")
    return (len(found) - 1 if place < 0 else min(place, len(found)) - 1), " ".join(rest.split())


async def _best(hearing: Hearing, readings: Sequence[str]) -> str:
    """The first of the readings that can be carried out; "" where none can."""
    sure = replace(hearing.ctx, sure=True)
    for reading in readings:
        if await guesses.works(sure, reading.split(), hearing.strictly):
            return reading
    return ""


async def _offered(hearing: Hearing, name: str, words: str, readings: Sequence[str], more: str = "") -> Reply:
    sure = replace(hearing, ctx=replace(hearing.ctx, sure=True))
    lead = f"“{short(words)}”和“{name}”对不上，要点一下才算，现在什么都没有做；话会跟着按钮一起记下{more}"
    if reply := await sure.offer(WHICH, lead, readings):
        return reply
    raise PolicyRefused(f"“{short(words)}”和“{name}”对不上，什么都没有做；请只写 {name} 和单号，或者换个说法")
