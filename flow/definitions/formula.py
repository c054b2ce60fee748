"""Formulas as owners write them: ``金额 × 10%``, ``(件数 − 1) × 3 + 12``, ``金额 × 20% 不超过 50``. Pure, and exact.

An expression of numbers, names of facts, + − × ÷, brackets, percentages, 最小( ) and 最大( ); behind any of it 不超过
and 不少于. Nothing else can be written, so nothing else can happen.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from flow.definitions.conditions import CellError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DIGITS = 60  #: of what is reckoned with; a result is rounded once, to the 分
MAX_CHARS, MAX_PARTS = 120, 40
_LESS, _MORE = ("不超过", "最多", "至多", "封顶"), ("不少于", "不低于", "至少", "最少", "保底")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)\s*(?P<percent>%)?|(?P<word>[^\W\d][^\W+\-*/×÷()%,，、]*)|(?P<sign>[-+*/(),]))"
)
_SIGNS = str.maketrans({"×": "*", "＊": "*", "÷": "/", "−": "-", "—": "-", "–": "-", "，": ",", "、": ","})
_FUNCTIONS = {"min": "最小", "MIN": "最小", "最小": "最小", "max": "最大", "MAX": "最大", "最大": "最大"}
_CROSS = re.compile(r"(?<=[\d\s%)\u4e00-\u9fff])[xX](?=[\s\d(])")  #: as a sign, and no letter of a name
_UNIT = re.compile(r"(?<=\d)\s*(?:元|块钱|块|天|件)")
_SAYS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_RANK = {"+": 1, "-": 1, "*": 2, "/": 2}


class DivisionError(Exception):
    """A divisor is nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """A number, a fact, or an operation on parts. ``sign`` is one of + - * / 最小 最大, "#" a number, "" a fact."""

    sign: str
    value: Decimal = Decimal(0)
    fact: str = ""
    parts: tuple[Part, ...] = ()
    spelt: str = ""  #: of a number: as it was written, 10%


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that could be read."""

    whole: Part

    @property
    def text(self) -> str:
        """As people read it: ``金额 × 10%``."""
        return _spelt(self.whole)

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it asks for, each once."""
        return tuple(dict.fromkeys(part.fact for part in _every(self.whole) if part.fact))

    def value(self, known: Mapping[str, Decimal]) -> Decimal:
        """What it comes to, unrounded. Raises KeyError for a fact that is not known, DivisionError for nothing."""
        with localcontext() as context:
            context.prec = DIGITS
            return _value(self.whole, known)

    def span(self, least: Mapping[str, Decimal]) -> Span:
        """Between which numbers it lies, of facts that are no less than ``least``, and else no less than nothing."""
        with localcontext() as context:
            context.prec = DIGITS
            return _span(self.whole, least)


@dataclass(frozen=True, slots=True)
class Span:
    """All numbers from ``low`` to ``high``; None where there is no end."""

    low: Decimal | None
    high: Decimal | None
    divides_by_nothing: bool = False  #: somewhere within, a divisor may be 0


def read(text: str) -> Formula:
    """The formula of a text. Raises CellError, which says what is wrong with it."""
    said = _UNIT.sub("", unicodedata.normalize("NFKC", text).strip()).translate(_SIGNS)
    said = _CROSS.sub("*", said)
    if not said:
        raise CellError("算式空着，应像 金额 × 10% 或 12")
    if len(said) > MAX_CHARS:
        raise CellError(f"算式太长，最多 {MAX_CHARS} 个字")
    tokens = [*_tokens(said)]
    if len(tokens) > MAX_PARTS:
        raise CellError(f"算式里的东西太多，最多 {MAX_PARTS} 样；请拆成几行")
    reader = _Reader(tokens)
    whole = reader.whole()
    if reader.rest:
        raise CellError(
            f"算式“{text}”里的“{reader.rest[0][1]}”看不懂，应像 金额 × 10%、(件数 − 1) × 3、金额 × 20% 不超过 50"
        )
    return Formula(whole)


Token = tuple[str, str]  #: number, percent, word or a sign, and what stands there


def with_names(text: str, names: Mapping[str, str]) -> str:
    """The text of a formula with other names for its facts; as it was where it names none of them, or is none."""
    try:
        formula = read(text)
    except CellError:
        return text
    return _spelt(_called(formula.whole, names)) if names.keys() & {*formula.facts} else text


def _called(part: Part, names: Mapping[str, str]) -> Part:
    parts = tuple(_called(each, names) for each in part.parts)
    return replace(part, fact=names.get(part.fact, part.fact), parts=parts)


def _tokens(said: str) -> Iterator[Token]:
    place = 0
    while place < len(said):
        match = _TOKEN.match(said, place)
        if match is None:
            raise CellError(
                f"算式里的“{said[place:].strip()[:1]}”看不懂，只能写数字、事实的名字、+ − × ÷、括号、% 和 不超过"
            )
        place = match.end()
        if match["number"]:
            yield ("percent" if match["percent"] else "number"), match["number"]
        elif match["word"]:
            yield from _words(match["word"])
        else:
            yield match["sign"], match["sign"]


def _words(word: str) -> Iterator[Token]:
    """``金额不超过`` as two of them."""
    for limit in (*_LESS, *_MORE):
        head, found, tail = word.partition(limit)
        if found:
            yield from [("word", head)] if head else []
            yield ("最小" if limit in _LESS else "最大"), limit
            yield from _tokens(tail)
            return
    yield "word", word


class _Reader:
    """Reads from the left, the operators that bind tighter first."""

    def __init__(self, tokens: list[Token]) -> None:
        self.rest = tokens

    def whole(self) -> Part:
        """An expression with its limits: ``金额 × 20% 不超过 50 不少于 5``."""
        part = self._sum()
        while self.rest and self.rest[0][0] in ("最小", "最大"):
            sign, _ = self.rest.pop(0)
            part = Part(sign, parts=(part, self._sum()))
        return part

    def _sum(self) -> Part:
        return self._chain(self._product, "+-")

    def _product(self) -> Part:
        return self._chain(self._single, "*/")

    def _chain(self, inner: Callable[[], Part], signs: str) -> Part:
        part = inner()
        while self.rest and self.rest[0][0] in signs:
            sign, _ = self.rest.pop(0)
            part = Part(sign, parts=(part, inner()))
        return part

    def _single(self) -> Part:
        kind, said = self.rest.pop(0) if self.rest else ("", "")
        if kind in ("number", "percent"):
            value = Decimal(said)
            return Part("#", value / 100, spelt=f"{said}%") if kind == "percent" else Part("#", value, spelt=said)
        if kind == "word" and said in _FUNCTIONS and self.rest[:1] == [("(", "(")]:
            return self._function(_FUNCTIONS[said])
        if kind == "word":
            return Part("", fact=said)
        if kind == "(":
            part = self.whole()
            self._close()
            return part
        raise CellError(f"算式{f'里“{said}”前面' if said else '的最后'}少了一个数或一个名字，应像 金额 × 10%")

    def _function(self, sign: str) -> Part:
        self.rest.pop(0)
        part = self.whole()
        while self.rest[:1] == [(",", ",")]:
            self.rest.pop(0)
            part = Part(sign, parts=(part, self.whole()))
        self._close()
        return part

    def _close(self) -> None:
        if self.rest[:1] != [(")", ")")]:
            raise CellError("算式的括号没有配好，左右要一样多")
        self.rest.pop(0)


def _every(part: Part) -> Iterator[Part]:
    yield part
    for each in part.parts:
        yield from _every(each)


def _value(part: Part, known: Mapping[str, Decimal]) -> Decimal:
    if part.sign == "#":
        return part.value
    if not part.sign:
        return known[part.fact]
    left, right = (_value(each, known) for each in part.parts)
    if part.sign == "/" and not right:
        raise DivisionError
    return _reckoned(part.sign, left, right)


def _reckoned(sign: str, left: Decimal, right: Decimal) -> Decimal:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case _:
            return min(left, right) if sign == "最小" else max(left, right)


def _spelt(part: Part, around: int = 0) -> str:
    if part.sign == "#":
        return part.spelt
    if not part.sign:
        return part.fact
    left, right = part.parts
    if part.sign in _RANK:
        rank = _RANK[part.sign]
        said = f"{_spelt(left, rank)} {_SAYS[part.sign]} {_spelt(right, rank + 1)}"
        return f"({said})" if rank < around else said
    said = f"{_spelt(left)} {'不超过' if part.sign == '最小' else '不少于'} {_spelt(right, 1)}"
    return f"({said})" if around else said


# -- between which numbers ---------------------------------------------------------------------------------------------


def _span(part: Part, least: Mapping[str, Decimal]) -> Span:
    if part.sign == "#":
        return Span(part.value, part.value)
    if not part.sign:
        return Span(least.get(part.fact, Decimal(0)), None)
    left, right = (_span(each, least) for each in part.parts)
    nothing = left.divides_by_nothing or right.divides_by_nothing
    low, high = _ENDS[part.sign](left, right)
    return Span(low, high, nothing or (part.sign == "/" and not _is_above(right)))


def _is_above(span: Span) -> bool:
    return (span.low is not None and span.low > 0) or (span.high is not None and span.high < 0)


Ends = tuple[Decimal | None, Decimal | None]


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _minus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other


def _times(left: Span, right: Span) -> Ends:
    """Of what is never below nothing both ends are known; else neither."""
    if left.low is None or right.low is None or left.low < 0 or right.low < 0:
        if None in (left.low, left.high, right.low, right.high):
            return None, None
        ends = [
            a * b for a in (left.low, left.high) for b in (right.low, right.high) if a is not None and b is not None
        ]
        return min(ends), max(ends)
    high = None if left.high is None or right.high is None else left.high * right.high
    return left.low * right.low, high


def _over(left: Span, right: Span) -> Ends:
    if left.low is None or left.low < 0 or not _is_above(right) or right.low is None or right.low <= 0:
        return None, None
    low = Decimal(0) if right.high is None else left.low / right.high
    return low, None if left.high is None else left.high / right.low


def _lesser(left: Span, right: Span) -> Ends:
    highs = [end for end in (left.high, right.high) if end is not None]
    lows = None if left.low is None or right.low is None else min(left.low, right.low)
    return lows, min(highs) if highs else None


def _greater(left: Span, right: Span) -> Ends:
    lows = [end for end in (left.low, right.low) if end is not None]
    highs = None if left.high is None or right.high is None else max(left.high, right.high)
    return max(lows) if lows else None, highs


_ENDS: Mapping[str, Callable[[Span, Span], Ends]] = {
    "+": lambda a, b: (_plus(a.low, b.low), _plus(a.high, b.high)),
    "-": lambda a, b: (_minus(a.low, b.high), _minus(a.high, b.low)),
    "*": _times, "/": _over, "最小": _lesser, "最大": _greater,
}  # fmt: skip
