"""Counts of goods as people type them: ``两个``, ``85123A×2``, ``2个85123A``, ``LS-002 2个``, ``全部``. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from flow.edits.quantities import NUMERAL, numeral

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

_SIGN = "[×xX*✕]"
MEASURE = "[个件台只套盒瓶包袋条张把支枝盏部片根辆顶箱桶罐副本卷杯]"
_NOT_GOODS = (
    "(?<=件)套|月|星期|礼拜|小时|钟|工作日|自然日|人|客户|问题|订单|单|电话|角|事|装|裹|邮|额"
    "|[^、,;。!\\s]?(?:以上|左右|以下)"
)
_NUMBER = rf"\d{{1,9}}|{NUMERAL}"
_PAIR = r"(?<![他她你我咱们])[俩仨](?:个(?!人|客户))?(?!人|客户)"  #: 两个 and 三个, with the measure word in it
_TAIL = re.compile(r"0\d{2,}")
_PAIRS = {"俩": 2, "仨": 3}
_VAGUE = (
    rf"(?:\d+|{NUMERAL})?半{MEASURE}|[好十]?几{MEASURE}|\d+\.\d+{MEASURE}|\d+[-~到至]\d+{MEASURE}"
    rf"|(?:\d+|{NUMERAL}|半)[双对打](?!\w)|若干|一些|一部分|一半"
    rf"|{_SIGN}\s*\d{{10,}}|\d{{10,}}{MEASURE}"
)
_ALL = "(?:全部|所有|整单|全单|全|都)(?:都|全|要|给我)*退(?!款|钱)(?:货|掉|了|吧)*|全部|所有的|所有|全都|整单|全单|都"
_COUNTED = ("count", "times", "factor", "bare")  #: kinds of tokens with a number of units
_EACH = "各|每样|每种|每款|分别"
_PAUSES = " 、,;。.!"
_TIGHT = re.compile(r"\s*[的:]?\s*")  #: what may stand between a product and its count
_VERBAL = re.compile(r"\s*[的:,]?\s*(?:只|就|要|我要|想)?(?:退|换|收|共|一共|收到)?\s*")  #: and one with a measure word
_JOINT = re.compile(r"[\s、,;:/+]*(?:的|和|及|与|跟|以及|还有|加上|另外)?[\s、,;:/+]*")
_LEAD = r"(?:就|只|要|退|共|一共|数量|改成|改为|改|是|:|\s)*"
_TRAIL = r"(?:吧|的|了|就行|即可|都退|退)*"
_ANSWER = re.compile(rf"{_LEAD}(?P<count>{_NUMBER}|[俩仨])\s*{MEASURE}?{_TRAIL}")
_WHOLE = re.compile(rf"{_LEAD}(?:{_ALL}){_TRAIL}")
_BESIDE = re.compile(
    rf"(?P<count>(?![俩仨])(?:{_NUMBER}))\s?{MEASURE}(?!{_NOT_GOODS})的?|(?P<pair>{_PAIR})|(?<=[\u4e00-\u9fff]){_SIGN}\s?(?P<times>\d{{1,9}})$"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One product with its count as typed; ``units`` is None where no count was said, or all of it was."""

    sku: str  #: as the order spells it; "" where no product stands beside the count
    units: int | None
    text: str
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says of counts; ``rest`` is every word that is none of it, in its order."""

    lines: tuple[Line, ...]
    rest: str
    loose: tuple[Line, ...] = ()  #: counts and halves inside a clause, of which nobody knows what they count
    unclear: tuple[str, ...] = ()  #: halves, a few, pairs: to be asked about, never guessed


def count(text: str) -> int | None:
    """A whole answer that is a count: ``2``, ``两个``, ``3件。``, ``就两个吧``; None for anything else."""
    match = _ANSWER.fullmatch(text.strip(_PAUSES))
    return _units(match["count"]) if match else None


def counts(text: str) -> list[tuple[int, int, int]]:
    """Every count with a measure word in a text, as its start, its end and the units."""
    found = (token for token in _tokens(text, ()) if token.kind == "count")
    return [(token.start, token.end, token.units) for token in found if token.units is not None]


def is_everything(text: str) -> bool:
    """``全部``, ``都``, ``全退吧``."""
    return bool(_WHOLE.fullmatch(text.strip(_PAUSES)))


def beside(word: str) -> tuple[str, int] | None:
    """``灯两个``, ``两个灯`` or ``那个灯两个`` as (what is counted, units); None where no count stands at an end."""
    for match in _BESIDE.finditer(word):
        before, after = word[: match.start()], word[match.end() :]
        units = _units(match["count"] or (match["pair"] or "")[:1] or match["times"])
        if units is not None and bool(before) != bool(after):
            return (before or after).strip("的 "), units
    return None


def _units(text: str) -> int | None:
    """None too for 0001: it is the end of a number, and no count."""
    if text.isdigit():
        return None if _TAIL.fullmatch(text) else int(text)
    return _PAIRS.get(text) or numeral(text)


# -- a whole text ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  #: sku; count with a measure word, times before a sign, factor behind one, bare; sign, all, each, vague
    start: int
    end: int
    units: int | None = None
    sku: str = ""


@lru_cache(64)
def _pattern(skus: tuple[str, ...]) -> re.Pattern[str]:
    """Every token; what stands first wins, and of the SKUs the longest."""
    spelt = "|".join("".join(_SIGN if char in "×X*✕" else re.escape(char) for char in sku) for sku in skus) or r"(?!)"
    return re.compile(
        rf"(?P<sku>(?:(?<![A-Z0-9_¥-])|(?<=\dX))(?<!\d\.)(?:{spelt})"
        rf"(?:(?![A-Z0-9_-])(?!\.\w)(?!\s?(?:元|块|%))|(?=X\d{{1,9}}(?!\w))))"
        rf"|(?P<vague>{_VAGUE})"
        rf"|(?P<count>(?:(?<![A-Z0-9_.¥第每-])\d{{1,9}}|(?<![第每])(?![俩仨]){NUMERAL})\s?{MEASURE}(?!{_NOT_GOODS})|{_PAIR})"
        rf"|(?P<times>(?<![A-Z0-9_.¥-])\d{{1,9}}(?=\s?{_SIGN}))"
        rf"|(?P<factor>(?:(?<=[×X*✕])|(?<=[×X*✕]\s))\d{{1,9}}(?![A-Z0-9_.%]))"
        rf"|(?P<bare>(?<!\S)\d{{1,3}}(?![\w.%/:-]))"
        rf"|(?P<sign>{_SIGN})|(?P<all>{_ALL})|(?P<each>{_EACH})"
    )


def read(text: str, known: Collection[str]) -> Reading:
    """The counts of a normalised text. A SKU of ``known`` is taken whole, however it ends, and the longest first."""
    tokens = _tokens(text, known)
    used: dict[int, Line | None] = {}  # index of the first token of a line -> the line; of the others -> None
    unclear: list[str] = []
    for place, token in enumerate(tokens):
        if token.kind == "sku":
            taken = _around(text, tokens, place, used)
            said = text[tokens[taken[0]].start : tokens[taken[-1]].end]
            kinds = {tokens[each].kind: tokens[each] for each in taken}
            counted = next((kinds[kind] for kind in _COUNTED if kind in kinds), None)
            used |= dict.fromkeys(taken) | {
                taken[0]: Line(token.sku, counted.units if counted else None, said, "all" in kinds)
            }
            if "vague" in kinds:
                unclear.append(said)
    return _rest(text, tokens, used, unclear)


def _tokens(text: str, known: Collection[str]) -> list[_Token]:
    skus = {_upper(sku): sku for sku in known}
    folded = {re.sub(_SIGN, "×", upper): sku for upper, sku in skus.items()}
    pattern = _pattern(tuple(sorted(skus, key=lambda sku: (-len(sku), sku))))
    return [_token(match, folded) for match in pattern.finditer(_upper(text))]


def _token(match: re.Match[str], folded: dict[str, str]) -> _Token:
    kind = str(match.lastgroup)
    if kind == "sku":
        return _Token(kind, *match.span(), sku=folded[re.sub(_SIGN, "×", match[0])])
    number = re.match(rf"{_NUMBER}|[俩仨]", match[0]) if kind in _COUNTED else None
    units = _units(number[0]) if number else None
    return _Token("vague" if kind in _COUNTED and units is None else kind, *match.span(), units=units)


def _around(text: str, tokens: Sequence[_Token], place: int, used: Collection[int]) -> list[int]:
    """The places of the tokens that make one line with the SKU: a count before it, else one behind it."""
    before = _shape(text, tokens, [each for each in (place - 2, place - 1, place) if each >= 0 and each not in used])
    for shape, taken in before:
        if re.fullmatch("(times|count) sign sku|(count|bare) sku", shape):
            return taken
    behind = _shape(text, tokens, [each for each in (place + 2, place + 1, place) if each < len(tokens)])
    for shape, taken in behind:
        if re.fullmatch("(factor|count|times) sign sku|(count|bare|vague) sku", shape) or (
            shape == "all sku" and _ends(text, tokens[taken[-1]].end)
        ):
            return taken
    return [place]


def _shape(text: str, tokens: Sequence[_Token], places: list[int]) -> Iterator[tuple[str, list[int]]]:
    """The kinds of three tokens, then of two, the product last; only of such as stand close together."""
    while len(places) > 1:
        inorder = sorted(places)
        if places[-1] - places[0] in (len(places) - 1, 1 - len(places)) and all(
            (_VERBAL if tokens[one + 1].kind == "count" else _TIGHT).fullmatch(
                text[tokens[one].end : tokens[one + 1].start]
            )
            for one in inorder[:-1]
        ):
            yield " ".join(tokens[each].kind for each in places), inorder
        places = places[1:]


def _ends(text: str, place: int) -> bool:
    return place == len(text) or text[place] in _PAUSES


def _rest(text: str, tokens: Sequence[_Token], used: dict[int, Line | None], unclear: list[str]) -> Reading:
    """What no product took: counts that stand alone, counts inside a clause, and the other words."""
    loose: list[Line] = []
    shared: int | None = None
    for place, token in enumerate(tokens):
        if place in used or token.kind not in ("count", "all", "each", "vague"):
            continue
        said = text[token.start : token.end]
        each = (
            token.kind == "each"
            and place + 1 < len(tokens)
            and _TIGHT.fullmatch(text[token.end : tokens[place + 1].start])
        )
        if each and tokens[place + 1].kind == "count":
            shared = tokens[place + 1].units
            used |= {place: None, place + 1: None}
        elif token.kind == "each" or not _apart(text, tokens, used, place):
            loose += [Line("", token.units, said)] if token.kind in ("count", "vague") else []
        elif token.kind == "vague":
            unclear.append(said)
        else:
            used[place] = Line("", token.units, said, everything=token.kind == "all")
    lines = [line for _, line in sorted(used.items()) if line]
    if shared is not None:
        lines = [line if line.units is not None or line.everything else replace(line, units=shared) for line in lines]
    return Reading(tuple(lines), _words(text, tokens, used), tuple(loose), tuple(unclear))


def _apart(text: str, tokens: Sequence[_Token], used: Collection[int], place: int) -> bool:
    """Whether it is a word of its own, or touches nothing but what was taken."""
    token = tokens[place]
    begins = (
        token.start == 0
        or text[token.start - 1] in _PAUSES
        or (place - 1 in used and tokens[place - 1].end == token.start)
    )
    return begins and (_ends(text, token.end) or (place + 1 in used and tokens[place + 1].start == token.end))


def _words(text: str, tokens: Sequence[_Token], used: Collection[int]) -> str:
    """The text without what was taken, and without the 、 and 和 that stood between two such."""
    cuts = sorted((tokens[place].start, tokens[place].end) for place in used)
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    pieces = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    last = len(pieces) - 1
    kept = ["" if 0 < n < last and _JOINT.fullmatch(piece) else piece for n, piece in enumerate(pieces)]
    edged = [piece.lstrip(" 、,;。") if n else piece for n, piece in enumerate(kept)]
    return " ".join(" ".join(edged).split())


def _upper(text: str) -> str:
    """Upper case of the same length."""
    return "".join(upper if len(upper := char.upper()) == 1 else char for char in text)
