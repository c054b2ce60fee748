"""Counts without a measure word that are glued to the goods: ``烛台2 灯笼1``, ``牵引绳2猫抓板1``, ``毛巾3退``. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.edits.quantities import NUMERAL
from handlers.chat import goods
from handlers.chat.quantities import MEASURE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flow.orders.lookup import Choice

_GLUED = re.compile(
    rf"(?P<run>[A-Za-z\u4e00-\u9fff]{{0,15}}[\u4e00-\u9fff][:=]?)"
    rf"(?P<units>\d{{1,3}}(?!\d|[.%]\d)|(?:{NUMERAL})(?=$|[\s,;。!、+/]))"
)
#: 毛巾退3, 毛巾坏了3, 毛巾:3
_TIED = re.compile(
    r"(?P<name>.+?)(?:(?P<verb>[只就要]?[退换])|(?P<happened>[坏破碎裂漏留剩少缺]了?))?(?P<tie>(?:数量|一共|共|总共|要|[:=])*)"
)
_FIRST = re.compile(r"(?P<units>\d{1,3})(?P<name>[\u4e00-\u9fff]{2,16})")  #: 2烛台1灯笼
_NEXT = rf"(?:\d{{1,3}}|{NUMERAL}){MEASURE}"
_SPOKEN_FIRST = re.compile(
    rf"(?P<units>\d{{1,3}}|{NUMERAL}){MEASURE}的?(?P<name>[\u4e00-\u9fff]{{2,16}}?)[和跟与]?(?=$|{_NEXT})"
)  #: 两个烛台一个灯笼
_ENDS = re.compile(r"$|[\s,;。!、)）]|[和跟与及]")
_GOES_ON = re.compile(r"(?:都|全)?(?:要|想)?(?:不要|退|换|修|坏|破|裂|碎|漏|有|没|不)")  #: what is said of so many
_RANGE = re.compile(r"[-~到至]\d(?!\d)")
#: a number before one of these counts no goods: 3天就掉色, 2米的那根, 20元
_OTHER = re.compile(
    rf"{MEASURE}|[-~./:%×xX*✕A-Za-z\d]|[元块圆天日号次年月周星礼点小分秒米厘毫寸尺公斤克升码倍折成度层楼期代级岁款种色人位家单处角毛万千百双对打半几来多]"
)


@dataclass(frozen=True, slots=True)
class _Words:
    """What may follow a count at once, and whether several products have a number behind 退."""

    reasons: Collection[str]
    several: bool = False


def counted(text: str, choices: Sequence[Choice], reasons: Collection[str]) -> tuple[str, list[str]]:
    """The text with a measure word behind each such number; and the numbers of which nobody knows what they count.

    ``reasons`` are the words for return types, which may follow a count at once.
    """
    titled = [choice for choice in choices if choice.title]
    pieces = re.split(r"([\s,;。!]+)", text)
    unclear: list[str] = []
    words = _Words(reasons, several=sum(_counts_tied(piece, titled) for piece in pieces[::2]) > 1)
    for at in range(0, len(pieces), 2):
        if re.search(rf"\d|{NUMERAL}", pieces[at]):
            pieces[at] = _number_first(pieces[at], titled) or _behind(pieces[at], titled, words, unclear)
    return "".join(pieces), unclear


def _number_first(word: str, choices: Sequence[Choice]) -> str:
    """``2烛台1灯笼`` with its measure words, ``两个烛台一个灯笼`` apart; "" for another word."""
    for pattern, least in ((_FIRST, 1), (_SPOKEN_FIRST, 2)):
        found = list(pattern.finditer(word))
        whole = "".join(match[0] for match in found) == word and len(found) >= least
        if whole and all(_names(match["name"], choices) for match in found):
            return " ".join(f"{match['name']}{match['units']}个" for match in found)
    return ""


def _counts_tied(word: str, choices: Sequence[Choice]) -> int:
    """How many products of a word have a number behind 退: of several, none is money."""
    tied = [_TIED.fullmatch(match["run"]) for match in _GLUED.finditer(word)]
    return sum(bool(match and match["verb"] and _ending(match["name"], choices)) for match in tied)


def _behind(word: str, choices: Sequence[Choice], words: _Words, unclear: list[str]) -> str:
    done, place = "", 0
    while match := _GLUED.search(word, place):
        done, rest = done + word[place : match.start()], word[match.end() :]
        place = match.end()
        tied = _TIED.fullmatch(match["run"])
        name, units = (tied["name"] if tied else match["run"]), match["units"]
        so = (tied and tied["happened"]) or ""
        if not _ending(name, choices) or _in_a_title(f"{name}{units}", choices):
            done += match[0]
        elif tied and tied["verb"] and not _OTHER.match(rest):  # 退3 alone may be money: apart it is asked about
            done += f"{name}{units}个 " if words.several else f"{name} {tied['verb']}{units} "
        elif goods.at_start(rest.lstrip("+/&"), choices)[0]:
            done, place = f"{done}{name}{so}{units}个 ", len(word) - len(rest.lstrip("+/&"))
        elif _ENDS.match(rest) or any(rest.startswith(reason) for reason in words.reasons):
            done += f"{name}{so}{units}个" + (" " if rest else "")
        elif (on := _GOES_ON.match(rest)) and not _OTHER.match(rest):
            done += f"{name}{so}{units}个" + (" " if rest == on[0] and rest[-1] in "退换" else "")
        else:
            done += match[0]
            unclear += [word] if _RANGE.match(rest) or not _OTHER.match(rest) else []
    return done + word[place:]


def _names(name: str, choices: Sequence[Choice]) -> bool:
    return bool(goods.called(goods.LEAD.sub("", name, count=1), choices, loosely=False))


def _ending(name: str, choices: Sequence[Choice]) -> bool:
    """Whether words end in goods: by two signs of a title, or by one that is all there is."""
    if len(name) == 1:
        return bool(goods.called(name, choices, loosely=True))
    return any(goods.called(name[-size:], choices, loosely=False) for size in range(len(name), 1, -1))


def _in_a_title(text: str, choices: Sequence[Choice]) -> bool:
    """Whether the number is part of a name: 充电器2 of 充电器2代."""
    ends = [text[start:].casefold() for start in range(len(text) - 2)]
    return any(len(end) > 2 and end in choice.title.casefold() for choice in choices for end in ends)
