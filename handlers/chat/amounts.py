"""Money as people ask for it in a return: ``只退20元``, ``退一半``, ``赔10块``; and money that is no refund. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flow.edits.quantities import NUMERAL, numeral
from flow.engine.partial_refunds import WHOLE
from models.fields import yuan

_ONLY = "只|就|仅|先|最多|部分|一共|共|给客户|给他|给她|客户要求|客户要|要求|要"
_AGREED = (  #: 我们只同意500
    "(?:只|就|最后|最终)*(?:同意|接受|答应|谈好|谈妥|谈到|谈成|商量好|商定|说好|讲好|协商好?|定)了?|(?:只肯|只能|最多|就|只)给|只要|只肯要|就要"
)
_WHO = "(?:我们|咱们|双方|店里|跟|和|与|客户|买家|他|她|那边|已经|已)*"
_VERB = "退款金额|退差价|返差价|退款|退还|退回|退钱|退|赔付|赔偿|补偿|补差价|赔|补|返还|返现|返|金额改成|金额改为|金额"
_TO = "给客户|给买家|客户|买家|他|她"
_YUAN = "元|块钱|块|圆|rmb"
_END = "整|钱|就行|就好|即可|吧|了|差价|补偿|退款"
_NUMBER = rf"\d{{1,8}}(?:,\d{{3}})*(?:\.\d{{1,2}})?|(?![俩仨]){NUMERAL}"  #: 俩 is two of something, and never yuan
_STARTS, _ENDS = r"(?:(?<![^\s,;。.!、])|(?<=要求)|(?<=希望)|(?<=想要)|(?<=申请))", r"(?=$|[\s,;。.!、])"
_SUM = re.compile(
    rf"{_STARTS}(?:{_ONLY})*\s?(?P<verb>{_VERB})?(?:{_TO})?(?:款|钱)?\s?:?\s?(?:¥\s?)?(?P<number>{_NUMBER})\s?(?P<yuan>{_YUAN})?"
    rf"(?:{_END})*{_ENDS}",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"{_STARTS}(?:{_ONLY})*\s?(?:{_VERB})(?:{_TO})?(?:款|钱)?\s?(?:(?P<half>一半|半价|半款)|(?P<percent>\d{{1,3}})\s?%"
    rf"|(?P<tenths>[一二两三四五六七八九1-9])成)(?:的?(?:钱|款|金额|货款))?(?:{_END})*{_ENDS}"
)
_HALF = re.compile(rf"{_STARTS}(?:{_ONLY})*(?:一半|半价|半款)的?(?:钱|款|金额|货款)(?:{_END})*{_ENDS}")
_ALL = re.compile(rf"{_STARTS}(?:{_VERB})?(?:全额|全款)(?:{_VERB})?{_ENDS}")
_DEAL = re.compile(
    rf"(?<![^\s,;。!、]){_WHO}(?P<agreed>{_AGREED})(?:退款?|赔|补|付|给)?(?:{_TO})?\s?:?\s?(?:¥\s?)?(?P<number>\d{{1,8}}(?:\.\d{{1,2}})?)\s?"
    rf"(?P<yuan>{_YUAN})?(?:{_END})*{_ENDS}",
    re.IGNORECASE,
)
_MONEY = re.compile(r"¥\s?\d|(?:\d|[一二两三四五六七八九十百])\s?(?:元|块钱|块(?!钱)|%|折|成(?!人|份))|半价|全额")


@dataclass(frozen=True, slots=True)
class Ask:
    """A wish as ``flow.engine.partial_refunds`` takes it, with its words; ``bare`` where it may be a count of goods."""

    wish: str
    text: str
    bare: bool = False
    agreed: bool = False  #: what both have come to; what somebody has only asked for counts no more beside it


def asks(text: str) -> list[Ask]:
    """Every amount that is asked for in a normalised text, in its order."""
    found: list[tuple[int, Ask]] = []
    for match in _DEAL.finditer(text):
        unit = match["yuan"] or "¥" in match[0] or "." in match["number"]
        found.append((match.start(), Ask(_yuan(match["number"]), match[0].strip(), bare=not unit, agreed=True)))
    for match in _SUM.finditer(text):
        wish = _yuan(match["number"])
        if wish and (match["verb"] or match["yuan"] or "¥" in match[0]):
            bare = not match["yuan"] and "¥" not in match[0] and "." not in match["number"]
            bare = bare and not (match["verb"] or "").startswith(("金额", "退款金额", "赔", "补", "返"))
            found.append((match.start(), Ask(wish, match[0].strip(), bare)))
    for match in _PART.finditer(text):
        percent = "50" if match["half"] else match["percent"] or str(10 * (_tenths(match["tenths"])))
        found.append((match.start(), Ask(f"{percent}%", match[0].strip())))
    found += [(match.start(), Ask("50%", match[0].strip())) for match in _HALF.finditer(text)]
    found += [(match.start(), Ask(WHOLE, match[0].strip())) for match in _ALL.finditer(text)]
    agreed = [pair for pair in found if pair[1].agreed]
    return [ask for _, ask in sorted(agreed or found, key=lambda pair: pair[0])]


def is_money(word: str) -> bool:
    """Whether a word speaks of money at all, whatever it says of it: ``运费10元也退``, ``打八折``."""
    return bool(_MONEY.search(word)) or "运费" in word


def _yuan(number: str) -> str:
    plain = number.replace(",", "")
    if plain[0].isdigit():
        return str(yuan(plain))
    return "" if (value := numeral(plain)) is None else str(yuan(value))


def _tenths(text: str) -> int:
    return int(text) if text.isdigit() else numeral(text) or 0
