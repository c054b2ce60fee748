"""Words behind an action that read like a decision which the action does not take: asked about, never filed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from flow.definitions.patterns import CASE_NO, alternatives
from flow.edits.quantities import NUMERAL, numeral
from handlers.chat import quantities
from handlers.chat.phrases import phrases
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from decimal import Decimal

_CASE = re.compile(rf"(?<![A-Z0-9]){CASE_NO}", re.IGNORECASE)
_SUM = rf"(?:\d[\d,]*(?:\.\d+)?|{NUMERAL})"
_MONEY = (
    re.compile(rf"¥\s*({_SUM})"),
    re.compile(rf"({_SUM})\s*(?:元|块钱?|圆)(?!石)"),
    re.compile(
        r"(?:金额|价格?|退款|款)?(?:应该|应|要|是|该|就)*(?:改成|改为|改到|改|调成|调为|调到|降到|降为|减到|变成|按)\s*(\d+(?:\.\d+)?)"
        r"(?=$|[\s,。;、就吧退算来])"
    ),
    re.compile(r"金额\s?(?:应该|应|该|是|为|就是)+\s?(\d+(?:\.\d+)?)(?=$|[\s,。;、就吧退])"),
    re.compile(r"(?:金额|第[一二三四]笔|首笔)\s?(\d+(?:\.\d{1,2})?)(?![\d.%元块圆件个折成])"),
    re.compile(r"(?:退款?|赔付?|付|补偿?|打款|扣)(?:了|给|他|她|客户|人家|个)*\s*(\d+(?:\.\d+)?)(?=$|[\s,。;、就吧])"),
)
_CHANGE = re.compile(r"(\d+)块(\d)(?![\d个件只台套])")  #: 5块1
_SHARE = re.compile(r"\d+(?:\.\d+)?%|(?:\d(?:\.\d+)?|[一二三四五六七八九])折|一半|半价|半数|部分退|部分同意")
_ONLY = re.compile(r"(?:只|仅)(?:能|要|给|可以|需)?(?:退|收|补|换|赔|付|同意|入库|寄)|少退|多退|少付|多付|多补|少补")
_OTHER_CASE = re.compile(
    r"(?:另|别|其[他余]|剩下|上|下|前|后)(?:外)?[的那这一二两三几个张面]*单(?:子)?(?:也|都|一起|一样|照|同|先|别|不)\S{0,6}"
)
_PLACES = re.compile(
    r"^(?:[和跟与及、,]\s*)?#?\d{1,2}(?:\s*[、,和跟与及]\s*#?\d{1,2})*"
    r"(?!\s*(?:[件个只台套盒瓶双条天周月日点元块%.]|小时|分钟|号(?![\s,。;单]|$)))(?=$|[\s,。;、号])"
)
_EDGE = " ,。;、:!?()“”\"'"


@dataclass(frozen=True, slots=True)
class Decision:
    """An action on a case, as far as words may contradict it."""

    case_no: str
    amounts: Collection[Decimal] = ()  #: what it pays or takes off, as far as the reader may see it
    units: int = 0  #: in all
    skus: Collection[str] = ()
    names: Collection[str] = ()  #: of the staff, but for whoever acts
    others: Collection[str] = ()  #: further actions that could be meant
    stops: bool = False  #: to leave off is what it does: 撤单
    refuses: bool = False  #: nothing goes on by it: amounts and counts are reasons


@cache
def _beside(name: str) -> str:
    """A pattern for the words of one list of ``旁话``."""
    return alternatives(phrases().beside_button[name])


@cache
def _elsewhere() -> re.Pattern[str]:
    """Not the way the money goes."""
    return re.compile(rf"(?:退|打|转|付)(?:款|钱)?(?:到|回|给|进|至)[^\s,。;]{{0,8}}?(?:{_beside('别处')})")


def doubts(words: str, decision: Decision) -> list[str]:
    """What in the words may be more than a remark, each in a few words to be asked about; none for a plain remark."""
    words = _CHANGE.sub(r"\1.\2元", words)
    found = [*_cases(words, decision), *_people(words, decision), *_actions(words, decision)]
    if not decision.refuses:
        found += [*_amounts(words, decision), *_counts(words, decision)]
        shapes = (_SHARE, _ONLY) if decision.stops else (_SHARE, _ONLY, _elsewhere())
        found += [match[0] for pattern in shapes for match in pattern.finditer(words)]
    return list(dict.fromkeys(found))


def _cases(words: str, decision: Decision) -> Iterator[str]:
    """Another number, another place in a list, or another one that is spoken of: 另一单也同意."""
    yield from (match[0] for match in _CASE.finditer(words) if match[0].upper() != decision.case_no)
    yield from (match[0].strip() for pattern in (_OTHER_CASE, _PLACES) for match in pattern.finditer(words))


def _people(words: str, decision: Decision) -> Iterator[str]:
    """A name that stands alone, or that something is to be given to; 王建国说可以 is a remark."""
    alone = {word.strip(_EDGE).lstrip("@") for word in re.split(r"[\s,。;、:]+", words)}
    for name in decision.names:
        if name in alone or re.search(rf"(?:{_beside('给')})\s*@?{re.escape(name)}", words):
            yield name


def _actions(words: str, decision: Decision) -> Iterator[str]:
    said = {word.strip(_EDGE) for word in re.split(r"[\s,。;、:]+", words)}
    yield from (name for name in decision.others if name in said)


def _amounts(words: str, decision: Decision) -> Iterator[str]:
    for pattern in _MONEY:
        for match in pattern.finditer(words):
            if _yuan(match[1]) not in decision.amounts:
                yield match[0].strip()


def _yuan(text: str) -> Decimal | None:
    flat = text.replace(",", "")
    units = numeral(flat) if not flat[:1].isdigit() else None
    return yuan(units if units is not None else flat) if units is not None or flat[:1].isdigit() else None


def _counts(words: str, decision: Decision) -> Iterator[str]:
    """Counts of goods that are not simply all of them."""
    found = quantities.read(words, list(decision.skus))
    for line in (*found.lines, *found.loose):
        whole = line.everything or (line.units == decision.units and not line.sku)
        papers = re.search(rf"{re.escape(line.text.strip())}(?:{_beside('凭证')})", words)
        if not whole and not papers and (line.units is not None or line.sku):
            yield line.text.strip()
    yield from (text.strip() for text in found.unclear)
