"""Products as a sentence names them: by code, by title, by a piece of a title that no other has. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.edits.quantities import NUMERAL
from handlers.chat import quantities
from handlers.chat.characters import simplified
from handlers.chat.quantities import MEASURE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flow.orders.lookup import Choice

AND = re.compile(r"\s*(?:以及|还有|加上|[、和跟与及])\s*")
LEAD = re.compile(
    r"^(?:(?:[这那]个?(?:客户|顾客|买家)|客户|顾客|买家|我|帮我|麻烦|请|想|要|把|退货|退掉|退了|退|换货|换了|换|一下|其中|里面|剩下|剩余|其余|余下|给客户|客户要|还有|另外|和|以及|就是|而是|应该是|是|"
    r"(?:那|这)(?:[个台只件盏套双把张条瓶盒包]|几[个台只件]|些|款|种)?|的)+)"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_EDGES = " ,;。!、\n"
_LEAST, _MOST = 2, 16  #: characters of a piece of a title that names a product


def called(name: str, choices: Collection[Choice], *, loosely: bool) -> list[Choice]:
    """The products that somebody may mean by a word of their title.

    ``loosely``: a single sign or part of the word is enough, because a count beside it says that it is a product.
    """
    folded = name.casefold()
    least = 1 if loosely and not folded.isascii() else 3 if folded.isascii() else 2
    if len(folded) < least:
        return []
    titles = {choice.sku: simplified(choice.title.casefold()) for choice in choices}
    found = [choice for choice in choices if folded in titles[choice.sku]]
    if found or not loosely:
        return found
    pieces = {sku: len(common(folded, title)) for sku, title in titles.items()}
    best = max(pieces.values(), default=0)
    return [choice for choice in choices if pieces[choice.sku] == best >= 2]


def common(one: str, other: str) -> str:
    """The longest piece of Chinese that both have."""
    pieces = (one[at : at + size] for size in range(len(one), 0, -1) for at in range(len(one) - size + 1))
    return next((piece for piece in pieces if piece in other and _CHINESE.fullmatch(piece)), "")


def named(name: str, choices: Sequence[Choice]) -> str:
    """The one product of a code, a title or a piece of a title, and nothing beside; "" for none, and for two."""
    plain = LEAD.sub("", name.strip(_EDGES)).strip("的那这个件只 ").casefold()
    same = [c.sku for c in choices if plain and plain in (c.sku.casefold(), simplified(c.title.casefold()))]
    found = same or [choice.sku for choice in called(plain, choices, loosely=False)]
    return found[0] if len(found) == 1 else ""


def at_start(text: str, choices: Sequence[Choice]) -> tuple[str, str]:
    """The product that a text begins with, and what follows its name; "" for none."""
    for size in range(min(len(text), _MOST), _LEAST - 1, -1):
        if (sku := named(text[:size], choices)) and not _cuts_a_code(text, size):
            return sku, text[size:]
    return "", text


def _cuts_a_code(text: str, at: int) -> bool:
    return at < len(text) and text[at - 1].isascii() and text[at].isascii() and text[at].isalnum()


def goods_named(text: str, choices: Sequence[Choice]) -> list[int]:
    """Where the words begin that have a product's name at their front."""
    starts = [0, *(n + 1 for n, char in enumerate(text) if char in _EDGES)]
    return [start for start in starts if at_start(LEAD.sub("", _word(text, start)), choices)[0]]


def _word(text: str, start: int) -> str:
    end = next((n for n in range(start, len(text)) if text[n] in _EDGES), len(text))
    return text[start:end]


def together(clause: str, choices: Sequence[Choice]) -> tuple[list[str], str]:
    """The products that a clause names side by side, and what is said of them all: 牵引绳和猫抓板 + 各退一个.

    None where it names fewer than two so, or one of them is not clear.
    """
    *heads, last = AND.split(LEAD.sub("", clause, count=1))
    skus = [named(head, choices) for head in heads]
    final, rest = at_start(LEAD.sub("", last, count=1), choices)
    found = [*skus, final]
    return (found, rest) if heads and all(found) and len(set(found)) == len(found) else ([], clause)


_EACH = re.compile(
    rf"(?:都|要|想|一共)*(?:各自?|分别|每[样种款个])(?:都|要|想)*(?:退货|退|换货|换|修|补|来)?(?:了|掉)?"
    rf"(?P<units>(?:\d{{1,3}}|{NUMERAL})\s?{MEASURE})"
)
_ALL = re.compile("全都|全部|都|全|一起")
_ALL_OF_THEM = re.compile(r"(?:全都|全部|都|全|一起)(?:要|想)?(?:退货|退掉|退|换货|换|修)?(?:了|吧|掉|的)*$")


def each_for_itself(text: str, choices: Sequence[Choice]) -> tuple[str, tuple[str, ...]]:
    """``牵引绳和猫抓板各退一个`` as a count for each; and the products of which all, or one each, may be meant.

    The rest of such a clause stays behind the products.
    """
    pieces, open_ones = re.split(r"([\s,;。!]+)", text), []
    for at in range(0, len(pieces), 2):
        skus, rest = together(pieces[at], choices)
        if not skus:
            continue
        if match := _EACH.match(rest):
            told = [f"{sku}×{quantities.count(match['units'])}" for sku in skus]
            rest = rest[match.end() :]
        else:
            told = skus
            open_ones += skus if _ALL.match(rest) else []
            rest = "" if _ALL_OF_THEM.fullmatch(rest) else rest
        pieces[at] = " ".join([*told, *([rest] if rest else [])])
    return "".join(pieces), tuple(open_ones)
