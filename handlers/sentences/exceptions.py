"""All but those that are named, whatever the order of the words: 都退 除了 R…, R… 别退，其他都退, 都过，R… 除外.

A case that is left out is never the case of the button beside it. Nothing is done: the others are offered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.guess import THEN
from cards.types import Text
from flow.definitions.patterns import CASE_NO
from flow.definitions.vocabulary import LATER
from flow.errors import PolicyRefused
from flow.views.case import open_tasks
from handlers.chat import guesses
from handlers.chat.context import Reply
from handlers.chat.decisions import is_question
from handlers.chat.lexicon import MANY
from handlers.chat.sentences import sentence
from handlers.chat.spelling import numbered
from handlers.commands.bulk import BUT
from handlers.sentences import in_hand
from handlers.sentences.hearing import LOOK, OFFERED, WHICH, short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.chat.statements import Statement
    from handlers.sentences.hearing import Hearing
    from models import Task

_ASKS = ("?", "？", "吗", "么", "呢")  #: 金额不对 asks nothing
_CASES = rf"{CASE_NO}(?:[\s、和跟与及]*(?:还有|以及)?\s*{CASE_NO})*"
_BUT = r"(?:除了|除开|除去|除掉|除|不包括|不包含|不含|不算|不计|不要算|别算|去掉|扣掉|抛开|抛去|唯独|排除)"
_OUT = r"(?:除外|例外|以外|之外|不算|不包括|不在内|不在其中|跳过)"
_ONES = r"(?:这|那)?(?:几|[两二三四五])?(?:单子|单|个|笔|张)?"
_AHEAD = re.compile(rf"{_BUT}(?:了|掉|的)?[,\s]*(?P<cases>{_CASES})\s*{_ONES}(?:以外|之外|除外|外)?")
_BEHIND = re.compile(rf"(?:但是?|就|不过|只有)?\s*(?P<cases>{_CASES})\s*{_ONES}\s*(?:都|就|先)?{_OUT}")
_HELD = (
    rf"\s*{_ONES}(?:的话|我|你|就|还|要|得|也|都|是|可能|,)*"
    r"(?:不|别(?!的)|先|除外|例外|留|缓|等|暂|挂|放|再|没(?!问题|毛病|事|意见|有问题)|未|有问题|有争议|有疑问|回头|晚点|稍后|明天|后天|下周|今天下午|下午|晚上"
    r"|另|单独|跳过|驳回|拒|退回|打回|金额|账|去|客户|照片)"
)
_REST = (
    r"(?:(?:其他|其它|其余|剩下|余下|剩余|另外|另(?=[一两二三四几]))的?|别的|别(?=几))"
    r"(?:那|这)?(?:几|[一两二三四五六七八九十])?(?:单子|单|个|笔|张)?的?"
    r"(?!\s?(?:¥|\d|[一二两三四五六七八九十百]+(?:块|元)|钱|款|一半|部分))"
)  #: 剩下29下周一 is the rest of the money
_EVERY = r"(?:都|全部|全|一律|统统|一起|通通)"
_COUNT = r"(?:这|那)?(?:(?:几|[两二三四五六七八九十]|\d{1,2})(?:单子|单|个|笔|张)|些)|所有的?|手上的?|我的|待办"
_ALL = rf"(?:(?:{_COUNT})*\s*{_EVERY}|{_REST}(?:我)?{_EVERY}?)"
_OTHERS = rf"(?:(?:{_COUNT})+\s*{_EVERY}|{_REST}(?:我)?{_EVERY}?)"  #: 都 alone speaks of what was named: 都超一个月了
_LED = re.compile(rf"(?:{_CASES}{_HELD}[^,R]*?(?:[,\s]+|(?={_REST})))+(?=(?:就|那)?\s*{_OTHERS}[^R]+$)")
_ALL_FIRST = re.compile(
    rf"^(?P<all>(?:(?:{_CASES})\s*)?(?:把)?{_ALL}[^,R]+?)[,\s]+(?=(?:(?:但是?|就|不过|只有|然后)?\s*{_CASES}{_HELD}[^R]*)+$)"
)
_STOP = r"(?:先?别动?|先不动?|先?留着?|不要)[了吧]?$"
_PLAIN_FIRST = re.compile(
    rf"^(?P<all>[^,R]{{1,8}}),\s*(?=(?:但是?|就|不过|只有)\s*{_CASES}{_HELD}[^R]*$|{_CASES}\s*{_STOP})"
)  #: 退款，R… 先别
_BARE_ALL = re.compile(rf"^(?:就|那|把)?\s*{_ALL}\s*|{_EVERY}(?=\S)|(?:所有|全部)的?$|^(?:但是?|就|不过|只有|其中)")
_NOT_THESE = re.compile(
    rf"(?:^|[,\s]+)(?:但是?|就|不过)?(?P<words>(?:先别|先不|别|不要|不)[^,\sR]{{0,4}})\s*(?P<cases>{_CASES})(?=$|[,\s])"
)  #: 都同意，别同意 R…
_HAS_ALL = re.compile(_ALL)
_SAID_OF = re.compile(rf"(?P<cases>{_CASES})(?P<words>[^R]*)")


@dataclass(frozen=True, slots=True)
class _Exception:
    """The cases that are left out, with what is said of each; those that are named beside; what is to be done."""

    out: dict[str, str]
    named: tuple[str, ...]
    words: str


def _read(text: str) -> _Exception | None:
    """What a text leaves out; None for a text that leaves out no case."""
    rest, out = _without_named(numbered(text).strip(" ,。.!"))
    if (apart := _NOT_THESE.search(rest)) and _HAS_ALL.search(rest.replace(apart[0], " ")):
        out |= dict.fromkeys(re.findall(CASE_NO, apart["cases"]), apart["words"])
        rest = rest.replace(apart[0], " ")
    if led := _LED.match(rest):
        out |= _said_of(led[0])
        rest = rest[led.end() :]
    elif first := _ALL_FIRST.match(rest) or _PLAIN_FIRST.match(rest):
        out |= _said_of(rest[first.end() :])
        rest = first["all"]
    if not out:
        return None
    named = tuple(no for no in dict.fromkeys(re.findall(CASE_NO, rest)) if no not in out)
    words = re.sub(rf"{CASE_NO}(?:\s*[、和跟与])?", " ", rest)
    words = _BARE_ALL.sub(" ", re.sub(r"[,\s]+", " ", words).strip())
    return _Exception(out, named, " ".join(words.split()))


def _without_named(text: str) -> tuple[str, dict[str, str]]:
    """A text without the cases that 除了, 不包括 or 除外 stands beside, and those cases."""
    out: dict[str, str] = {}
    for pattern in (_AHEAD, _BEHIND):
        for match in pattern.finditer(text):
            out |= dict.fromkeys(re.findall(CASE_NO, match["cases"]), "")
        text = pattern.sub(",", text)
    return text, out


def leaves_out(text: str) -> bool:
    """Whether a text leaves a case out."""
    return _read(text) is not None


def _is_of_one(found: _Exception, text: str, mine: Sequence[Task]) -> bool:
    """Whether a text that does nothing with the others is said of the case itself: 0004没电池 其他都好."""
    named = _without_named(numbered(text))[1]
    return not mine or (not named and any(task.case.no in found.out for task in mine))


def _said_of(text: str) -> dict[str, str]:
    return {
        no: match["words"].strip(" ,。;")
        for match in _SAID_OF.finditer(text)
        for no in re.findall(CASE_NO, match["cases"])
    }


async def meant(hearing: Hearing, statement: Statement) -> Reply | None:
    """The card for all others; None for a sentence that leaves none out, a question, and a command."""
    if hearing.ctx.sure or is_command(hearing, statement):
        return None
    found = _read(statement.text)
    if found is None or not found.words or is_question(found.words):
        return None
    if any(text.endswith(_ASKS) for text in (statement.text, *found.out.values())):
        return None
    mine = await open_tasks(hearing.ctx.me)
    every = await in_hand.of(hearing, mine, found.words)
    name = next((name for each in every for name in each.heard.first), "")
    if not name:
        return None if _is_of_one(found, statement.text, mine) else await _looked(hearing, found, statement.text)
    others = [each for each in every if _is_other(found, each.task) and name in each.heard.first]
    if not others:
        left = "、".join(found.out)
        return Reply.of(Text(f"除了 {left} 没有别的等你办的单，什么都没有做"))
    many = [MANY, name, *(f"{BUT}{no}" for no in sorted(found.out))]
    decided = await _decided(hearing, found, mine)
    bulk = not found.named and await guesses.works(hearing.ctx, many, hearing.strictly)
    if bulk and not decided:
        return await hearing.run(hearing.ctx, many)
    if bulk and len(others) > OFFERED:
        lead = f"除了 {'、'.join(found.out)}；要点一下才算，现在什么都没有做"
        return await hearing.offer(WHICH, lead, [" ".join(many), *decided.values()])
    return await _offered(hearing, found, name, [each.no for each in others], decided)


async def _decided(hearing: Hearing, found: _Exception, mine: Sequence[Task]) -> dict[str, str]:
    """What is to be done with the cases that are left out, where a button is spoken for: 0001驳回 照片糊,其他都同意."""
    decided: dict[str, str] = {}
    for task in mine:
        words = found.out.get(task.case.no, "")
        for each in await in_hand.of(hearing, [task], words) if words else ():
            if each.heard.first and not each.mixed and not in_hand.later(hearing, each.no, words):
                decided[each.no] = in_hand.with_remark(hearing, each, each.heard.first[0], words)
    return decided


def _is_other(found: _Exception, task: Task) -> bool:
    no = task.case.no
    return no in found.named if found.named else no not in found.out


async def _offered(
    hearing: Hearing, found: _Exception, name: str, numbers: Sequence[str], decided: Mapping[str, str]
) -> Reply | None:
    """The others together and each, then those left out: as what is said of them asks for, and to be looked at."""
    plain = [f"{name} {no}" for no in numbers[:OFFERED]]
    off = {no: in_hand.later(hearing, no, words)[:1] for no, words in found.out.items() if words}
    held = [line for no, lines in off.items() for line in ([decided[no]] if no in decided else lines)]
    looks = [f"{LOOK} {no}" for no in found.out]
    together = [f" {THEN} ".join(plain)] if len(plain) > 1 else []
    if decided or (len(numbers) == 1 and held):
        together = [f" {THEN} ".join([*plain, *held])]
    first = [*plain, *together] if len(numbers) == 1 and not decided else [*together, *plain]
    told = f"；“一起办”就是{'、'.join(map(_told, together[0].split(THEN)))}" if together else ""
    lead = f"除了 {'、'.join(found.out)}；要点一下才算，现在什么都没有做{told}"
    return await hearing.offer(WHICH, lead, [*first, *held, *looks])


async def _looked(hearing: Hearing, found: _Exception, text: str) -> Reply | None:
    """``都弄了 除了 R…``: nothing known is said of the others; what is left out is offered to be looked at alone."""
    if sentence(text, hearing.lexicon).commands:
        return None
    lead = f"除了 {'、'.join(found.out)} 的要怎么办没看懂，什么都没有做；请写：按钮上的字加单号"
    return await hearing.offer(WHICH, lead, [f"{LOOK} {no}" for no in found.out])


def _told(reading: str) -> str:
    verb, no, *_ = reading.split()
    return f"{verb} {no[-4:]}"


async def guarded(hearing: Hearing, statement: Statement, words: Sequence[str]) -> Reply | None:
    """Keeps a button from a case that the sentence leaves out, by whatever way it came; None for another case."""
    if hearing.ctx.sure or not hearing.lexicon.is_button(words[0]):
        return None
    found = _read(statement.text)
    no = words[1].upper()
    if found is None or no not in found.out:
        return None
    said = f"“{short(statement.text)}”像是说 {no} 不办，什么都没有做"
    if reply := await hearing.offer(WHICH, said, [f"{LOOK} {no}", f"{LATER} {no} {in_hand.TOMORROW}"]):
        return reply
    raise PolicyRefused(f"{said}；请一单一单写：按钮上的字加单号")


def is_command(hearing: Hearing, statement: Statement) -> bool:
    """Whether a command stands first, whose words are its own: 评论 R… 除了 R… 都好."""
    name, known = statement.name, hearing.lexicon
    return name in known.commands and not known.is_button(name) and statement.text.startswith(name)
