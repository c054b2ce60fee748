"""Several counts for one product: what goes back is told from what was bought and what is broken, or is asked. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flow.edits.quantities import NUMERAL
from handlers.chat import quantities

_UNITS = rf"(?:(?:\d{{1,4}}|{NUMERAL})\s?{quantities.MEASURE}|[俩仨]个?)"
_SOFT = r"[的啊呀哦呢吧嘛哈]*"  #: 换两个啊 不是一个
_DONE = r"(?:要|退|换|修|补)*"
_NOT_BUT = re.compile(
    rf"(?:并|可)?不是{_DONE}\s?{_UNITS}{_SOFT}[,\s]*(?:而|应该|其实)?(?:(?<!不)是|(?<![不别])(?=[要退换修补]))(?P<so>{_DONE}\s?{_UNITS}){_SOFT}"
)
_BUT_NOT = re.compile(
    rf"(?:我?说的?(?:了|是)?)?(?:应该|其实)?(?<!不)是?\s?(?P<so>{_DONE}\s?{_UNITS}){_SOFT}[,\s]*(?:而|可|并)?不是{_DONE}\s?{_UNITS}{_SOFT}"
)
_BACK = re.compile(
    r"(?<![不别没未勿用能给])(?<!不要)(?<!不用)(?<!不想)(?<!不能)(?:申请|现在|其中|只|就|先|要|想)*退(?:货|回|掉|其中)?(?:的是|那|这)?\s?$"
)
_BOUGHT = re.compile(r"(?:买|购|订|拍|下单)(?:了|过|的|有)?(?:一共|总共|共)?\s?$")


@dataclass(frozen=True, slots=True)
class Counts:
    """Every count of goods in a text, in its order, by what is said of it."""

    back: tuple[int, ...] = ()  #: 退一个
    bought: tuple[int, ...] = ()  #: 买了三个
    others: tuple[int, ...] = ()  #: 坏了一个, or the count beside the product
    texts: tuple[str, ...] = ()

    @property
    def decided(self) -> int | None:
        """What is said to go back, where that is one count."""
        return self.back[0] if len(set(self.back)) == 1 else None

    def contest(self, units: int | None, *alone: int) -> bool:
        """Whether another count may be meant than ``units``, which stands beside the product, or the one ``alone``."""
        if self.decided is not None:
            return False
        every = {*self.back, *self.bought, *self.others}
        if units is None or len(set(self.back)) > 1:
            return len(every) > 1 or not alone
        bought = units in self.bought and units not in self.others
        return bought or bool(set(self.others) - {units})


def counts(text: str) -> Counts:
    """The counts of a normalised text. A number without a measure word is none: 退25 may be money."""
    found: dict[str, list[int]] = {"back": [], "bought": [], "others": []}
    texts: list[str] = []
    for start, end, units in quantities.counts(text):
        before = text[:start]
        sort = "back" if _BACK.search(before) else "bought" if _BOUGHT.search(before) else "others"
        found[sort].append(units)
        texts.append(text[start:end])
    return Counts(tuple(found["back"]), tuple(found["bought"]), tuple(found["others"]), tuple(dict.fromkeys(texts)))


def instead(text: str) -> str:
    """``不是3条是2条`` and ``是两条不是三条`` as the count that is meant."""
    return _BUT_NOT.sub(r"\g<so>", _NOT_BUT.sub(r"\g<so>", text))


def said_plainly(text: str, sku: str, units: int | None) -> bool:
    """Whether a product stands with its count behind a sign: 85123A×2 is no manner of speaking."""
    sign = r"\s?[×xX*✕]\s?"
    return bool(
        re.search(rf"{re.escape(sku)}{sign}{units}(?!\d)|(?<!\d){units}{sign}{re.escape(sku)}", text, re.IGNORECASE)
    )
