"""What is to be done up to an amount: 100以下的都批了; with a button for the rest: 一百以下的都批了，剩下的给李敏."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.edits.quantities import AHEAD, BEHIND, NUMERAL, numeral
from flow.engine.verbs import WITHDRAW
from handlers.chat import names, readings
from handlers.chat.decisions import clauses_of
from handlers.chat.lexicon import MANY
from handlers.chat.spelling import MARKS, asks_at_all, bare
from handlers.sentences.hearing import GIVE, WHICH, short

if TYPE_CHECKING:
    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing

_YUAN = rf"(?:¥\s?)?(?P<yuan>\d{{1,7}}(?:\.\d{{1,2}})?|(?:{NUMERAL})+)\s?(?:元|块钱|块)?"
_BOUND = re.compile(
    rf"(?:金额|退款)?在?(?:(?P<sign>{'|'.join(sorted(AHEAD, key=len, reverse=True))})\s?{_YUAN}"
    rf"|{_YUAN.replace('yuan', 'sum')}(?P<edge>{'|'.join(sorted(BEHIND, key=len, reverse=True))}))的?"
)
_REST = re.compile(
    r"^(?:那|然后|再)?(?:剩下|其余|其他|其它|剩余|余下|别的|另外|以上|以下|超过|超出|多)的?(?:单子|单|待办)?的?"
)
_ALL = re.compile(r"^(?:单子|单|待办)?(?:我)?(?:都|全部|全|一律|统统|一起|直接|先)*(?:给我)?")
_LEFT_ALONE = re.compile(
    r"(?:都|全部|全|我|先)*(?:不要|别|不|勿)?(?:动|管|批|审|碰|放着|放一放|放|留着|留|等着|等等|等|压着)(?:了|吧|着)*"
)
_TURNED = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}
_GIVEN = re.compile(r"^(?:转交给|转交|转给|交给|派给|分给|留给|转|给|让|请|由|归)\s?")
_BY = re.compile(r"^(?:来)?(?:看|审|批|办|处理|定|管|弄|负责)?(?:一下|看|审|批)?(?:吧|了|啊)?$")


@dataclass(frozen=True, slots=True)
class _Share:
    """A clause: the amounts that it is about, "" for the rest, and what is to be done with them."""

    bound: str
    words: tuple[str, ...]


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """The list of those within a bound, or a button for either side of it; None for another sentence."""
    many = readings.by_amount(_without_rest(text.strip(MARKS)), hearing.lexicon)
    return await hearing.run(hearing.ctx, many) if many else await _parted(hearing, text)


def _without_rest(text: str) -> str:
    """``100以下的批了`` of a text that goes on 其他不要动: what is not named stays as it is anyway."""
    *first, last = clauses_of(text) or [text]
    match = _REST.match(last)
    return ",".join(first) if first and match and _LEFT_ALONE.fullmatch(last[match.end() :]) else text


async def _parted(hearing: Hearing, text: str) -> Reply | None:
    """A button for those within a bound, and one for the others; None for another sentence."""
    clauses = clauses_of(text.strip(MARKS))
    if len(clauses) != 2 or asks_at_all(text):  # those within, and the rest
        return None
    one, other = (_share(hearing, clause) for clause in clauses)
    if one is None or other is None:
        return None
    bound = one.bound or other.bound
    if bool(one.bound) == bool(other.bound):
        return None
    turned = _turned(bound)
    lines = [" ".join([MANY, *share.words, share.bound or turned]) for share in (one, other)]
    lead = f"“{short(text, 60)}”是两件事，一件一个按钮，点了先列出是哪几单，现在什么都没有做"
    return await hearing.offer(WHICH, lead, lines)


def _turned(bound: str) -> str:
    sign = next(each for each in _TURNED if bound.startswith(each))
    return f"{_TURNED[sign]}{bound.removeprefix(sign)}"


def _share(hearing: Hearing, clause: str) -> _Share | None:
    match = _BOUND.match(clause)
    bound = ""
    if match:
        yuan = match["yuan"] or match["sum"]
        units = yuan if yuan[0].isdigit() else str(numeral(yuan) or "")
        if not units:
            return None
        bound = f"{AHEAD[match['sign']] if match['sign'] else BEHIND[match['edge']]}{units}"
        rest = clause[match.end() :]
    elif rested := _REST.match(clause):
        rest = clause[rested.end() :]
    else:
        return None
    words = _action(hearing, _ALL.sub("", rest, count=1))
    return _Share(bound, words) if words else None


def _action(hearing: Hearing, rest: str) -> tuple[str, ...]:
    """``批了`` as 同意, ``给李敏看`` as 转交 李敏; none for other words."""
    name, _ = names.in_text(rest, hearing.ctx.staff)
    plain = _GIVEN.sub("", rest, count=1)
    if name and plain != rest and _BY.match(_nameless(hearing, plain, name)):
        return (GIVE, name)
    known = hearing.lexicon.phrases
    word = rest if known.named(rest) else bare(rest, hearing.lexicon)
    found = {"同意", "驳回", WITHDRAW} & {word, *known.named(word)}
    return (found.pop(),) if len(found) == 1 else ()


def _nameless(hearing: Hearing, text: str, name: str) -> str:
    called = next((said for said, whole in names.said_in(text, hearing.ctx.staff) if whole == name), name)
    return text.replace(called, "", 1)
