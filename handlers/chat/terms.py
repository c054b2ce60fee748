"""Terms about money behind a button that pays as it stands: 但运费客户出, 扣掉折旧, 只要客户寄回包装. Pure.

All words are those of config/phrases.yaml: ``条件``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.patterns import alternatives
from flow.definitions.permissions import KINDS
from flow.edits.quantities import NUMERAL

if TYPE_CHECKING:
    from handlers.chat.phrases import Phrases

_CLAUSES = re.compile(r"[,;。!]+")
_PARTS = re.compile(r"[\s,;。!]+")
_LESS = re.compile(
    rf"(?:扣|少退|少付|抵扣?)(?!子)[^\s,;。!\d]{{0,6}}?(?:\d+(?:\.\d+)?|{NUMERAL})(?:块|元|%|折|成|(?=再[退打付]|吧|运费|$))"
)  #: 扣客户15块
_CUSTOMER = "客户"


def terms(words: str, known: Phrases, *, freight_is_theirs: bool = False) -> list[str]:
    """The clauses that ask for another sum than the button pays, or for something first; none for plain remarks.

    ``freight_is_theirs``: the case says already that the customer bears it, so that to say so again asks for nothing.
    """
    plain = re.sub(alternatives(known.terms["无妨"]), "_", words)
    found = [part for part in _PARTS.split(plain) if any(word in part for word in known.terms["都算"])]
    customers = re.compile(alternatives(known.terms["客户"]))
    for clause in _CLAUSES.split(plain):
        sums = [word for word in known.terms["钱"] if word in clause]
        if freight_is_theirs:
            sums = [word for word in sums if word not in known.terms["运费"]]
        if sums and any(word in customers.sub(_CUSTOMER, clause) for word in known.terms["怎么办"]):
            found.append(clause.strip())
    found += [part for part in _PARTS.split(plain) if _LESS.search(part)]
    return list(dict.fromkeys(found))


def goods_stay(words: str, known: Phrases) -> list[str]:
    """The clauses by which goods that are to come back are not to: 货不用寄回来了."""
    return [part for part in _PARTS.split(words) if any(word in part for word in known.terms["不等货"])]


def other_kinds(words: str, kind: str, known: Phrases) -> list[str]:
    """The clauses that ask for another kind of case than ``kind``: 客户说要换货; none behind a no."""
    wishes, others = alternatives(known.beside_button["想要"]), alternatives(set(KINDS) - {kind})
    wished = re.compile(rf"(?<!不)(?<!没)(?:{wishes})(?:走|做|办)?(?:{others})")
    return [part for part in _PARTS.split(words) if wished.search(part)]
