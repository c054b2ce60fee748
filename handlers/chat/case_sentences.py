"""Sentences with the number of a case: what may be said of it, or my own buttons there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.types import Text
from flow.finding import case_of
from flow.verbs import VERBS
from handlers import parse, tasks
from handlers.chat import guesses, names
from handlers.chat.buttons import nodes_of, own_buttons
from handlers.chat.hearing import (
    COMMENT,
    CORRECT,
    GIVE,
    HURRY,
    LOOK,
    PARCEL,
    TAKE_BACK,
    WHICH,
    asked,
    beside,
    counted,
    short,
    taken_back,
)
from handlers.chat.spelling import MARKS, asks, bare
from handlers.context import Reply
from models import Case, Task, TaskState

if TYPE_CHECKING:
    from handlers.chat.hearing import Hearing
    from handlers.chat.lexicon import Lexicon
    from handlers.chat.sentences import Sentence

COUNTERSIGN, COPY, LATER, HOLD = "加签", "抄送", "稍后", "挂起"
_GIVEN = re.compile(
    r"^[\s,]*(?:转给?|给|让|请|找|叫|问)?[\s,]*(?:先|来|帮忙|帮我|麻烦|辛苦|也|再|你)*(?=看|审|处理|定|决定|办|过目|把关|确认|跟|你来|$)"
)
_PUT_OFF = re.compile(
    r"先放|放着|放一放|放一下|挂[一二两三四五六七八九十\d]|再看|再说|再审|再办|再批|再弄|再处理|提醒我|缓一?缓|缓[一二两三四五六七八九十\d]|压一压|先压|等等再|等下|晚点|待会|回头"
)
_MOMENT = re.compile(
    r"(?:今天|明天|后天|大后天|下?周[一二三四五六日天]|下周|月底)?(?:上午|中午|下午|晚上|早上)?"
    r"(?:[一二三四五六七八九十两\d]{1,3}(?:点半?|天|小时|个小时|分钟))|今天|明天|后天|下周[一二三四五六日天]?|下午|晚上|月底|半小时"
)
_WHY = re.compile(r"为什么是我|为啥是我|怎么是我|凭什么是我|怎么又是我|为什么给我|为什么找我|为什么轮到我")
_WHEN = re.compile(r"什么时候|啥时候|多久|几天|为什么|为啥|怎么还|几次|历史")
_CORRECTED = re.compile(r"改成|改为|改到|数量改|写错|填错|改一下")
_BUT = re.compile(r"除|别|不要|先|等|但|不过|只")  #: what makes a button's word no decision
_CLAUSES = re.compile(r"[\s,;。!]+")
_SAID_SO = re.compile(r"^(?:加个|加一条|写个|加)?(?:备注|留言)(?:一下|下)?(?=[\s,:]|$)|(?:备注|留言|记)一下$")


async def meant(hearing: Hearing, said: Sentence) -> Reply | None:
    """The answer to a sentence with the number of a case; None where it means nothing known."""
    if len(said.cases) > 1 or said.numbers:
        goods = await _counted(hearing, said) if len(said.cases) == 1 else None
        return goods or await _of_several(hearing, said)
    no, whole = said.cases[0], _without(said, hearing.lexicon)
    if not whole or (said.commands == (LOOK,) and (asks(said.text) or _WHEN.search(said.text))):
        return await hearing.run(hearing.ctx, [LOOK, no])
    if reply := await _without_button(hearing, said, whole):
        return reply
    if hearing.lexicon.is_button(whole) and not hearing.pressed and not asks(said.text):
        return await hearing.run(hearing.ctx, [whole, no])
    words = _carried(hearing, said, no)
    return await hearing.run(hearing.ctx, words) if words else await _choice(hearing, said, no)


async def _of_several(hearing: Hearing, said: Sentence) -> Reply | None:
    merged = [f"合并 {' '.join(said.cases)}"] if "合并" in said.text else []
    parcels = [f"{PARCEL} {no} {number}" for no in said.cases[:1] for number in said.numbers[:1]]
    return await asked(hearing, said, [*merged, *parcels, *(f"{LOOK} {no}" for no in said.cases)])


async def _without_button(hearing: Hearing, said: Sentence, whole: str) -> Reply | None:
    """Goods that are counted, a question why it is mine, a step to be taken back, a correction."""
    no = said.cases[0]
    if reply := await _counted(hearing, said):
        return reply
    if _WHY.search(whole):
        return await hearing.run(hearing.ctx, [tasks.WHY, no])
    if said.commands == (TAKE_BACK,):
        return await taken_back(hearing, said, [no])
    correction = await _corrected(hearing, no, beside(said))
    return await hearing.run(hearing.ctx, correction) if correction else None


async def _counted(hearing: Hearing, said: Sentence) -> Reply | None:
    """Goods of the case that are counted without a button's word; None where nothing of it waits for me."""
    if asks(said.text):
        return None
    mine = Task.filter(case__no=said.cases[0], owner_id=hearing.ctx.me.id, state=TaskState.OPEN)
    return await counted(hearing, beside(said), await mine.prefetch_related("case"))


def _without(said: Sentence, lexicon: Lexicon) -> str:
    """What is said beside the number, as one piece."""
    return bare("".join(word for word in parse.words(said.text) if not parse.is_case_no(word)), lexicon)


def _carried(hearing: Hearing, said: Sentence, no: str) -> list[str]:
    """The statement that a sentence about a case can only be; none where it says more than the command keeps."""
    rest = list(said.rest)
    match said.commands:
        case ("查",) if all(hearing.lexicon.is_button(word) for word in rest):
            return [LOOK, no]
        case ("催办",):
            return [HURRY, no, *(beside(said).split() if rest else [])]
        case ("评论",) if rest:
            return [COMMENT, no, *_SAID_SO.sub("", beside(said)).split()]
        case ("链接",) if not said.rest:
            return ["链接", no]
        case ("转交" | "退回" | "加签" | "抄送" as command,):
            name, left = names.in_text(" ".join(rest), hearing.ctx.staff)
            return [command, no, name, *left.split()] if name else []
    return []


async def _corrected(hearing: Hearing, no: str, text: str) -> list[str]:
    """``改成1件`` of whoever opened the case, which is shown before it is done; none where that says nothing."""
    words = [CORRECT, no, *text.split()]
    if not _CORRECTED.search(text) or not await Case.exists(no=no, creator_id=hearing.ctx.me.id):
        return []
    return words if await guesses.works(hearing.ctx, words, hearing.strictly) else []


async def _decided(hearing: Hearing, case: Case, text: str) -> list[str]:
    """``箱子压坏了，拒收``: my buttons that are a clause by themselves, with the other clauses behind."""
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    mine = await Task.filter(case_id=case.id, owner_id=hearing.ctx.me.id, state=TaskState.OPEN)
    nodes = await nodes_of(hearing.ctx, case)
    own = [button.name for task in mine for button in nodes[task.node].buttons]
    found: list[str] = []
    for place in sorted({0, len(clauses) - 1}, reverse=True) if len(clauses) > 1 and not _BUT.search(text) else ():
        meant = hearing.lexicon.phrases.named(clauses[place].rstrip("吧了啊"))
        behind = ",".join(clause for n, clause in enumerate(clauses) if n != place)
        found += [f"{name} {case.no} {behind}" for name in own if name in meant]
    return found


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
    if (guess := _put_off_or_given(hearing, no, whole)) and (
        reply := await hearing.offer(WHICH, f"“{short(whole)}”要点一下才算，现在什么都没有做", [*guess, f"{LOOK} {no}"])
    ):
        return reply
    if not asks(said.text) and (decided := await _decided(hearing, case, whole)):
        lead = f"“{short(whole)}”要点一下才算，现在什么都没有做"
        if reply := await hearing.offer(WHICH, lead, [*decided, f"{LOOK} {no}"]):
            return reply
    if card := await own_buttons(hearing.ctx, case):
        return Reply.of(Text(f"“{short(whole)}”没看懂，{no} 什么都没有做，请点卡片上的按钮"), card)
    verbs = [f"{name} {no}" for name in _verbs(whole.lower(), hearing.lexicon)]
    if verbs:
        return await hearing.offer(
            WHICH,
            f"“{short(whole)}”要点一下才算，现在什么都没有做",
            [*verbs, f"{LOOK} {no}", f"{COMMENT} {no} {whole}"],
        )
    return await asked(hearing, said, [f"{LOOK} {no}", f"{HURRY} {no}", f"{COMMENT} {no} {whole}"])


def _put_off_or_given(hearing: Hearing, no: str, whole: str) -> list[str]:
    """What ``给李敏看一下`` and ``明天再看`` may ask for: the task to somebody, or to be put off."""
    name, left = names.in_text(whole, hearing.ctx.staff)
    if name and name != hearing.ctx.me.name and (match := _GIVEN.match(left)):
        why = left[match.end() :].strip(MARKS) if bare(left[match.end() :], hearing.lexicon) else ""
        return [" ".join(filter(None, (verb, no, name, why))) for verb in (GIVE, COUNTERSIGN, COPY)]
    if match := _PUT_OFF.search(whole):
        when = _MOMENT.search(whole)
        first = [f"{LATER} {no} {when[0]}"] if when else []
        return [*first, f"{HOLD} {no} {when[0] if when else whole}"]
    return []
