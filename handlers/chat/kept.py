"""What of an order is not to go back: 别退遥控器, 遥控器除外, 除了台灯都退, 有一个客户不退. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from handlers.chat import goods, quantities
from handlers.chat.phrases import phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flow.orders.lookup import Choice

_CLAUSE = re.compile(r"([\s,;。!]+)")


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays, in the words that said so; ``rest`` is the text without those."""

    rest: str
    skus: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    others: bool = False  #: all else goes back
    units: tuple[str, ...] = ()  #: clauses by which some units stay, of which nobody knows what
    unknown: tuple[str, ...] = ()  #: clauses that except what the order lacks, or what several products are called


def apart(text: str, choices: Sequence[Choice]) -> Kept:
    """The text without what it says of goods that stay. ``text`` is normalised."""
    pieces = _CLAUSE.split(_both_halves(text))
    found: dict[str, list[str]] = {"skus": [], "words": [], "units": [], "unknown": []}
    others, at = False, 0
    while at < len(pieces):
        clause = pieces[at]
        if _others().fullmatch(clause) and (found["skus"] or found["unknown"]):
            others, pieces[at] = True, ""
            found["words"] += [clause] if not found["unknown"] else []
            found["unknown"] = [f"{found['unknown'][0]}{clause}"] if found["unknown"] else []
        elif _no_others().fullmatch(clause):
            found["words"].append(clause)
            pieces[at] = ""
        elif (what := _excepted(clause)) is not None and (sort := _take(what, clause, choices, found)):
            pieces[at] = "" if sort != "units" else clause
        at += 2
    rest = " ".join("".join(pieces).strip(" ,;。!").split())
    lists = {name: tuple(dict.fromkeys(words)) for name, words in found.items()}
    return Kept(re.sub(r"\s*[,;。!]+(?=\s*[,;。!])", "", rest), others=others, **lists)


def _take(what: str, clause: str, choices: Sequence[Choice], found: dict[str, list[str]]) -> str:
    """Put a clause where it belongs; "" where it is no such thing."""
    names = [part for part in goods.AND.split(what) if part]
    skus = [goods.named(name, choices) for name in names]
    if names and all(skus):
        found["skus"] += skus
        found["words"].append(clause)
        return "skus"
    if quantities.counts(what):
        found["units"].append(clause)
        return "units"
    if _excepting().match(clause):
        found["unknown"].append(clause)
        return "unknown"
    return ""


def _excepted(clause: str) -> str | None:
    """What a clause says stays; None for another clause."""
    for pattern in _patterns():
        if match := pattern.fullmatch(clause):
            return str(match["what"])
    return None


def _both_halves(text: str) -> str:
    """``除了台灯都退`` as two clauses, and ``全部但遥控器不退``."""
    text = _all_but().sub(r"\g<but>,\g<others>", text)
    return re.sub(
        rf"(?<=[^\s,;。!])(?=(?:但是|但|不过|只是){_ANY}*?(?:{_no_doing()}|{_words('除')}|{_words('外')}))", ",", text
    )


_ANY = r"[^\s,;。!]"


def _words(name: str) -> str:
    return _either(phrases().opening[name])


def _either(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, words))})"


def _no_doing() -> str:
    return f"{_words('不')}{_words('办')}"


@lru_cache(1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    """A word of exception ahead of the goods, or behind them."""
    lead, end = f"{_words('转折')}*", f"{_words('语气')}*"
    ahead = f"(?:{_no_doing()}(?:了)?|{_words('除')}|{_words('不是')})"
    behind = f"{_words('谁留')}*(?:{_no_doing()}|{_words('外')})"
    return (
        re.compile(rf"{lead}{ahead}{_words('转折')}*(?P<what>{_ANY}+?){_words('外')}?{end}"),
        re.compile(rf"{lead}(?P<what>{_ANY}+?){behind}{end}"),
        re.compile(rf"{lead}(?P<what>{_ANY}*?{_words('留')}{_ANY}{{1,3}}?){end}"),
    )


@lru_cache(1)
def _excepting() -> re.Pattern[str]:
    """An exception beyond doubt, whatever is excepted."""
    return re.compile(rf"{_words('转折')}*(?:除了|除开|除去|不包括|不包含)")


@lru_cache(1)
def _others() -> re.Pattern[str]:
    every = "(?:全部|全都|都|全|一起)"
    return re.compile(rf"(?:{_words('其余')}的?{every}?|{every})(?:要|想|给我)?{_words('办')}?(?:{_words('语气')})*")


@lru_cache(1)
def _no_others() -> re.Pattern[str]:
    """``其他的都留着``: nothing but what is named."""
    return re.compile(rf"{_words('其余')}的?(?:都|全)?(?:先)?(?:{_no_doing()}|{_words('外')}){_words('语气')}*")


@lru_cache(1)
def _all_but() -> re.Pattern[str]:
    every = "(?:全部|全都|都|全)"
    return re.compile(
        rf"(?P<but>(?<!不)(?:除了|除开|除去|除掉|刨去|刨开|除|不算|不包括){_ANY}+?(?:以外|之外|外)?)"
        rf"(?P<others>(?:{_words('其余')}的?)?{every}(?:要|想|给我)?{_words('办')}{_ANY}{{0,2}}(?=$|[\s,;。!]))"
    )


def denies(text: str) -> bool:
    """Whether a text has a no in it, so that what it names may be what is not meant; 不退货 is said of the case."""
    known = phrases().opening
    excepted = [word for word in known["除"] if len(word) > 1]
    said = re.search(rf"{_no_doing()}|{_either(excepted)}", text) is not None
    return said and not any(word in text for word in known["退货不退"])
