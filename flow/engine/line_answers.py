"""One answer for each product of a case: ``1 A 2 B``, ``都是A``, ``1 A，其余 B``, or one after the other. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.definitions.flow import CHOICE, DATE, MONEY, NUMBER, SERIAL, TEXT
from flow.engine import forms
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from flow.definitions.flow import Field

KINDS = frozenset({TEXT, NUMBER, MONEY, CHOICE, DATE, SERIAL})  #: how a product can be answered for
_ALL = re.compile(r"(?:全部都?是?|全都是?|都是?|全是?|一律|统一)[:=]?(?P<said>.*)")
_REST = re.compile(r"(?:其余|其他|其它|剩下|剩余|别的)的?(?:全|都)?是?[:=]?(?P<said>.*)")
_KEY = re.compile(r"第?(?P<n>\d{1,2})(?:号|行|样|种|项)?(?:是|[.:=)])?")
_SPAN = re.compile(r"(?P<n>\d{1,2})[-~到至](?P<last>\d{1,2})[.:=]?")
_GLUED = re.compile(
    r"第?(?P<n>\d{1,2})(?:(?:号|行|样|种|项)是?|[.:=)])(?P<said>.+)|(?P<bare>\d{1,2})(?P<rest>[^\d.:=)\-~].*)"
)
_BETWEEN = re.compile(r"[\s,，;；、]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A product of a case."""

    sku: str
    title: str
    units: int

    @property
    def name(self) -> str:
        return self.title or self.sku


def question(field: Field, lines: Sequence[Line], known: Mapping[str, Any] | None = None) -> str:
    """What is asked: the products by number, those that are answered already with their answer, and how to reply."""
    asked, *how = forms.question(field).split("\n")
    told = known or {}
    listed = [f"{n}. {each.name} ×{each.units}{_told(told, each)}" for n, each in enumerate(lines, 1)]
    first = field.options[0] if field.options else "…"
    second = field.options[1] if len(field.options) > 1 else "…"
    example = f"1 {first} 2 {second}" if len(lines) > 1 else f"1 {first}"
    same = f"，都一样就回复“都是{first}”" if len(lines) > 1 else ""
    options = [f"可填：{'、'.join(field.options)}"] if field.options else how[:1]
    skip = f"；没有就回复“{forms.SKIP}”" if not field.required else ""
    offer = f"；默认：都是{field.default}，回复“{forms.taking(field)}”就用它" if field.default else ""
    return "\n".join([asked, *listed, *options, f"每样都要，请回复“{example}”{same}{offer}{skip}"])


def _told(known: Mapping[str, Any], line: Line) -> str:
    return f"：{known[line.sku]}" if line.sku in known else ""


def read(field: Field, text: str, lines: Sequence[Line], today: date) -> dict[str, Any]:
    """The answers by SKU, of those products that the text names. Raises PolicyRefused for what is no answer."""
    found: dict[str, str] = {}
    loose: list[str] = []
    current: list[Line] = []
    words = [word for word in _BETWEEN.split(text.strip(" 。.!！")) if word]
    for n, word in enumerate(words):
        meant, said = _meant(word, lines, found, bare=bool(current) and not found.keys() >= {x.sku for x in current})
        if meant is not None and not (said == "" and n + 1 == len(words)):
            current = meant
        elif current:
            said = word
        else:
            loose.append(word)
        for line in current if said else ():
            kept = found.get(line.sku)
            found[line.sku] = f"{kept} {said}" if kept and field.kind == TEXT else said
    if loose and not found:
        found = _in_order(field, loose, lines)
    elif loose:
        raise PolicyRefused(f"“{' '.join(loose)}”没看懂是哪一样")
    return {line.sku: _one(field, found[line.sku], line, today) for line in lines if line.sku in found}


def _in_order(field: Field, words: Sequence[str], lines: Sequence[Line]) -> dict[str, str]:
    """Answers without a number: the whole text of the only product, or as many words as there are products."""
    if len(lines) == 1:
        return {lines[0].sku: " ".join(words)}
    if len(words) != len(lines):
        raise PolicyRefused(f"有 {len(lines)} 样，“{' '.join(words)}”没看懂是哪一样的")
    return {line.sku: word for line, word in zip(lines, words, strict=True)}


def _meant(word: str, lines: Sequence[Line], found: Collection[str], *, bare: bool) -> tuple[list[Line] | None, str]:
    """The products that a word names, and what it says of them; None where it names none.

    ``bare``: a number is waited for as an answer, so that one alone names nothing.
    """
    if match := _ALL.fullmatch(word):
        return list(lines), match["said"]
    if match := _REST.fullmatch(word):
        return [line for line in lines if line.sku not in found], match["said"]
    named = [line for line in lines if word.upper() == line.sku.upper() or word == line.title]
    if named:
        return named, ""
    if not bare and (match := _SPAN.fullmatch(word)) and 1 <= int(match["n"]) <= int(match["last"]) <= len(lines):
        return list(lines[int(match["n"]) - 1 : int(match["last"])]), ""
    if not bare and (match := _KEY.fullmatch(word)):
        return _numbered(int(match["n"]), lines), ""
    if match := _GLUED.fullmatch(word):
        return _numbered(int(match["n"] or match["bare"]), lines), match["said"] or match["rest"]
    return None, ""


def _numbered(n: int, lines: Sequence[Line]) -> list[Line] | None:
    return [lines[n - 1]] if 1 <= n <= len(lines) else None


def _one(field: Field, said: str, line: Line, today: date) -> Any:
    try:
        answer = forms.read(field, said, today)
    except PolicyRefused as refused:
        raise PolicyRefused(f"{line.name}：{refused}") from refused
    if answer is None:
        raise PolicyRefused(f"{line.name}也要填{field.name}")
    return answer


def lacking(lines: Sequence[Line], known: Collection[str]) -> list[str]:
    """The products that have no answer yet, by number and name."""
    return [f"{n}. {line.name}" for n, line in enumerate(lines, 1) if line.sku not in known]
