"""Sentences with the number of a case: what may be said of it, or my own buttons there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cards.types import Text
from flow.access.lookup import case_of
from flow.cases.merge_split import SPLIT
from flow.definitions.waybills import waybill
from flow.engine.verbs import VERBS
from flow.export import EXPORT
from flow.orders.near import orders_among
from handlers.chat import decisions, guesses, names, parse
from handlers.chat.context import Reply
from handlers.chat.decisions import is_question
from handlers.chat.phones import is_phone
from handlers.chat.sentences import denied
from handlers.chat.spelling import asks, asks_at_all, bare
from handlers.commands import tasks
from handlers.sentences import (
    awaited,
    case_changes,
    conditions,
    customers,
    handovers,
    in_hand,
    likewise,
    nearest,
    parcels,
    second_thoughts,
    several_cases,
    splits,
    takeover,
)
from handlers.sentences.buttons import own_buttons
from handlers.sentences.hearing import (
    COMMENT,
    CORRECT,
    HURRY,
    LOOK,
    PARCEL,
    TAKE_BACK,
    WHICH,
    asked,
    beside,
    counted,
    short,
    unled,
)
from models import Case, Task, TaskState

if TYPE_CHECKING:
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

COUNTERSIGN, COPY, HELP = "加签", "抄送", "帮助"
_POINTED = re.compile(r"^(?:把)?(?:刚才|刚刚|刚|上面|上一|最后|我|开|提|建|的|那|这)+(?:个|张|笔)?(?:单子|单)")
_LONG = 8  #: characters of a number that may be a parcel's, though nobody has announced it
_BEFORE = "历史"  #: of the customer, which the case shows
_CORRECTED = re.compile(r"改成|改为|改到|数量改|写错|填错|改一下")
_CHANGED = re.compile(r"改成|改为|改到|数量也?改")
_WRONG = re.compile(r"\S{1,4}?(?:写|填|打|弄|搞|报)?错了?")  #: what is right instead is not said


async def meant(hearing: Hearing, said: Sentence) -> Reply | None:
    """The answer to a sentence with the number of a case; None where it means nothing known."""
    if said.commands == (SPLIT,) and len(said.cases) == 1 and not asks(said.text):
        return await splits.meant(hearing, said, said.cases[0])
    if len(said.cases) == 1 and said.numbers and not await _names_another(said):
        said = replace(said, numbers=())
    if len(said.cases) > 1 or said.numbers:
        return await _with_numbers(hearing, said)
    no, whole = said.cases[0], _without(said, hearing.lexicon)
    if reply := await _of_who_asks(hearing, said, no):
        return reply
    if not whole or (said.commands == (LOOK,) and (is_question(said.text) or _BEFORE in said.text)):
        return await hearing.run(hearing.ctx, [LOOK, no])
    if reply := await _without_button(hearing, said, whole):
        return reply
    if _is_sure(hearing.lexicon, whole) and not hearing.pressed and not asks(said.text):
        return await hearing.run(hearing.ctx, [whole, no])
    words = _carried(hearing, said, no)
    return await hearing.run(hearing.ctx, words) if words else await _choice(hearing, said, no)


async def _with_numbers(hearing: Hearing, said: Sentence) -> Reply | None:
    """A case with another number beside it, of an account, a parcel or an order; several cases."""
    if said.numbers and (noted := await case_changes.meant(hearing, said.cases[0], beside(said))):
        return noted
    goods = await _counted(hearing, said) if len(said.cases) == 1 else None
    return goods or await _of_several(hearing, said)


async def _names_another(said: Sentence) -> bool:
    """Whether a number beside the case is one of ours, or may be a parcel's: 投诉到12315了 names nothing."""
    for number in said.numbers:
        if len(number) >= _LONG or is_phone(number) or waybill(number) or await orders_among([number]):
            return True
    return False


async def _of_who_asks(hearing: Hearing, said: Sentence, no: str) -> Reply | None:
    """What was said of another case, what is asked of the customer, work that is asked for, what decides nothing."""
    text = beside(said)
    for reading in (likewise.meant, customers.meant, takeover.meant):
        if reply := await reading(hearing, text, no):
            return reply
    if "@" in said.text and (reply := await handovers.to_somebody(hearing, no, text)):
        return reply
    if reply := await handovers.spared(hearing, no, text) or await _postponed(hearing, said, no):
        return reply
    helped = [command for word, command in hearing.lexicon.phrases.questions.items() if word in text]
    if asks_at_all(text) and len(helped) == 1 and helped[0].startswith(f"{HELP} "):
        return await hearing.run(hearing.ctx, helped[0].split())
    if (kind := hearing.lexicon.phrases.kind_word(text)) and not hearing.lexicon.is_button(text):
        case = await case_of(hearing.ctx.desk, no, hearing.ctx.me)
        card = await own_buttons(hearing.ctx, case)
        return Reply.of(Text(f"{kind}。{no} 没有动"), *([card] if card else []))
    return None


async def _postponed(hearing: Hearing, said: Sentence, no: str) -> Reply | None:
    """``能不能延到后天`` of a task of mine, which it is put off by; None for what asks no such thing."""
    text = beside(said)
    mine = Task.exists(case__no=no, owner_id=hearing.ctx.me.id, state=TaskState.OPEN)
    off = in_hand.postponed(hearing, no, text) if is_question(said.text) and await mine else []
    lead = f"“{short(text)}”要点一下才算，现在什么都没有做；时限不变"
    return await hearing.offer(WHICH, lead, [*off, f"{COMMENT} {no} {text}", f"{LOOK} {no}"]) if off else None


def _is_sure(lexicon: Lexicon, word: str) -> bool:
    return word in lexicon.actions or word.lower() in lexicon.phrases.sure


async def _of_several(hearing: Hearing, said: Sentence) -> Reply | None:
    if len(said.cases) == 1 and not asks(said.text):
        case = await case_of(hearing.ctx.desk, said.cases[0], hearing.ctx.me)
        if reply := await in_hand.at_case(hearing, case, beside(said), sure=True):
            return reply
    if len(said.cases) > 1 and (reply := await several_cases.each_its_own(hearing, said)):
        return reply
    if not said.numbers and (reply := await case_changes.of_several(hearing, said.cases, beside(said))):
        return reply
    if reply := await parcels.righted(hearing, said) or await parcels.each_its_own(hearing, said):
        return reply
    cued = await nearest.lines(hearing, beside(said), said.cases) if len(said.cases) > 1 else []
    sent = [number for number in said.numbers if not is_phone(number) and not denied(said.text, number)]
    waybills = [number for number in sent if waybill(number)] or sent[:1]
    lines = [f"{PARCEL} {no} {' '.join(waybills)}" for no in said.cases[:1] if waybills]
    kept = [] if sent == list(said.numbers) else [f"{COMMENT} {no} {beside(said)}" for no in said.cases[:1]]
    return await asked(hearing, said, [*cued, *lines, *kept, *(f"{LOOK} {no}" for no in said.cases)])


async def _without_button(hearing: Hearing, said: Sentence, whole: str) -> Reply | None:
    """Goods that are counted, a question why it is mine, a step to be taken back, a correction."""
    no = said.cases[0]
    if reply := await _counted(hearing, said):
        return reply
    if said.commands == (tasks.WHY,):
        return await hearing.run(hearing.ctx, [tasks.WHY, no])
    if said.commands == (TAKE_BACK,):
        return await second_thoughts.taken_back(hearing, said, [no])
    correction = await _corrected(hearing, no, beside(said))
    if correction:
        return await hearing.run(hearing.ctx, correction)
    return None if said.commands == (COMMENT,) else await case_changes.meant(hearing, no, beside(said))


async def _counted(hearing: Hearing, said: Sentence) -> Reply | None:
    """Goods of the case that are counted without a button's word; None where nothing of it waits for me."""
    if asks(said.text):
        return None
    rows = Task.filter(case__no=said.cases[0], owner_id=hearing.ctx.me.id, state=TaskState.OPEN)
    mine = await rows.prefetch_related("case")
    text = beside(said)
    asked_first = await conditions.meant(hearing, text, mine) or await awaited.meant(hearing, text, mine)
    return asked_first or await counted(hearing, text, mine)


def _without(said: Sentence, lexicon: Lexicon) -> str:
    """What is said beside the number, as one piece."""
    return bare("".join(word for word in parse.words(said.text) if not parse.is_case_no(word)), lexicon)


def _carried(hearing: Hearing, said: Sentence, no: str) -> list[str]:
    """The statement that a sentence about a case can only be; none where it says more than the command keeps."""
    rest = list(said.rest)
    if not said.commands and (given := handovers.handed(hearing, no, beside(said))):
        return given
    match said.commands:
        case ("查",) if all(hearing.lexicon.is_button(word) for word in rest):
            return [LOOK, no]
        case ("催办",):
            return [HURRY, no, *(beside(said).split() if rest else [])]
        case ("评论",) if rest and not _CHANGED.search(beside(said)):  # 改成1个,备注写客户催 changes more
            return [COMMENT, no, *unled(hearing.lexicon, beside(said)).split()]
        case ("导出",) if not hearing.lexicon.about_orders & set(rest):
            return [EXPORT, no]
        case ("链接",) if not said.rest:
            return ["链接", no]
        case ("转交" | "退回" | "加签" | "抄送" as command,):
            name, left = names.in_text(" ".join(rest), hearing.ctx.staff)
            return [command, no, name, *left.split()] if name else []
    return []


async def _corrected(hearing: Hearing, no: str, text: str) -> list[str]:
    """``改成1件`` of whoever opened the case, which is shown before it is done; none where that says nothing."""
    words = [CORRECT, no, *text.split()]
    if (
        not _CORRECTED.search(text)
        or _WRONG.fullmatch(text)
        or not await Case.exists(no=no, creator_id=hearing.ctx.me.id)
    ):
        return []
    return words if await guesses.works(hearing.ctx, words, hearing.strictly) else []


def _verbs(whole: str, lexicon: Lexicon) -> list[str]:
    """What may be said of any case that a text may mean, by a word that is all of it, or a longer one within it."""
    inside = {
        name
        for words in (lexicon.phrases.sure, lexicon.phrases.near)
        for word, names in words.items()
        if whole == word or (len(word) > 1 and word in whole)
        for name in names
    }
    return sorted(inside & set(VERBS))


async def _choice(hearing: Hearing, said: Sentence, no: str) -> Reply | None:
    """My own buttons at that case, else what may be said of it."""
    whole = beside(said)
    case = await case_of(hearing.ctx.desk, no, hearing.ctx.me)
    lead = f"“{short(whole)}”要点一下才算，现在什么都没有做"
    if reply := await handovers.to_somebody(hearing, no, whole):
        return reply
    cued = await nearest.lines(hearing, whole, [no])
    if reply := await in_hand.at_case(hearing, case, whole, cued):
        return reply
    if (off := in_hand.later(hearing, no, whole)) and not asks(said.text):
        return await hearing.offer(WHICH, lead, [*cued, *off, f"{COMMENT} {no} {whole}", f"{LOOK} {no}"])
    if not cued and (card := await own_buttons(hearing.ctx, case)):
        return Reply.of(Text(f"“{short(whole)}”没看懂，{no} 什么都没有做，请点卡片上的按钮"), card)
    verbs = [
        f"{name} {no} {decisions.remark(whole, name, hearing.lexicon)}".rstrip()
        for name in _verbs(whole.lower(), hearing.lexicon)
    ]
    if verbs or cued:
        others = [line for line in cued if line.split()[:2] not in [verb.split()[:2] for verb in verbs]]
        return await hearing.offer(WHICH, lead, [*verbs, *others, f"{LOOK} {no}", f"{COMMENT} {no} {whole}"])
    if not is_question(whole) and (reply := await in_hand.of_others(hearing, case, whole)):
        return reply
    return await asked(hearing, said, [f"{LOOK} {no}", f"{HURRY} {no}", f"{COMMENT} {no} {whole}"])


async def corrected(hearing: Hearing, no: str, text: str) -> Reply | None:
    """A correction of a case that is pointed to; None for another text."""
    words = _POINTED.sub("", text)
    line = await _corrected(hearing, no, words) if words != text else []
    lead = f"“{short(text)}”点一下才算，现在什么都没有做"
    return await hearing.offer(WHICH, lead, [" ".join(line), f"{LOOK} {no}"]) if line else None
