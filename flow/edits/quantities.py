"""Amounts, bounds and times as people say them: ``1.5万``, ``不超过80元``, ``四小时``, ``半天``. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from flow.definitions.patterns import alternatives
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_OF_PEOPLE = re.compile(r"\s*(?:个人|位|人|个|名)$")
MARKS = " \t,，;；。、!！.“”\"'‘’「」『』"  #: around a word they mean nothing
_TAIL = " \t,，;；。、!！"
AMOUNT = r"¥?\s*\d[\d,]*(?:\.\d+)?\s*[万千]?\s*(?:元|块钱|块|天|件|次|单|个|笔)?"  #: as people write one
_SAID = re.compile(
    r"(?:¥\s*)?(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?:\s*(?P<times>[万千])(?!分))?(?:\s*(?:元|块钱|块))?"
)
_TIMES: Mapping[str, int] = {"万": 10000, "千": 1000, "百": 100}
_COUNTED = re.compile(r"((?:^|[<>=≤≥~\s])\s*\d+(?:\.\d+)?)\s*(?:天|件|次|单|个|笔)(?=$|[\s,;、|~])")
#: what stands ahead of a number, as a sign
AHEAD: Mapping[str, str] = {
    **dict.fromkeys(("不超过", "未超过", "不大于", "不高于", "不多于", "至多", "最多", "小于等于", "小于或等于"), "<="),
    **dict.fromkeys(("不少于", "不低于", "不小于", "至少", "最少", "大于等于", "大于或等于"), ">="),
    **dict.fromkeys(("大于", "超过", "高于", "多于", "超出"), ">"),
    **dict.fromkeys(("小于", "低于", "少于", "不到", "不足", "不满"), "<"),
    **dict.fromkeys(("等于", "正好", "刚好"), "="),
}  # fmt: skip
_WORDS = "|".join(sorted(AHEAD, key=len, reverse=True))
_COMPARED = re.compile(rf"(?<!=)(?:(?<=\s)是)?\s*(?P<word>{_WORDS})\s*(?=¥?\d)")
_AFTER: Mapping[str, str] = {
    **dict.fromkeys(("以内", "之内", "及以下", "或以下"), "<="),
    **dict.fromkeys(("及以上", "或以上"), ">="),
}
#: what stands behind a number where cases are picked: 以上 and 以下 include it; in a rule nobody knows
BEHIND: Mapping[str, str] = {**_AFTER, "以下": "<=", **dict.fromkeys(("以上", "往上"), ">=")}
#: what stands ahead of an amount where cases are picked by it
PICKED: Mapping[str, str] = {word: sign for word, sign in AHEAD.items() if sign != "="} | {
    "不超": "<=", "满": ">=", "超": ">", "超了": ">",
}  # fmt: skip
_TRAILED = re.compile(rf"\s*(?:在\s*)?(?P<number>\d+(?:\.\d+)?)\s*[天件次]?\s*(?P<word>{'|'.join(_AFTER)})")
_OPEN = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*[天件次]?\s*(?P<word>以上|以下)")
_SPAN = re.compile(r"^(\d+(?:\.\d+)?)\s*(?:到|至|-|—)\s*(\d+(?:\.\d+)?)$")


def trimmed(text: str) -> str:
    """Without the punctuation and quotes around it."""
    return text.strip(MARKS)


def ended(text: str) -> str:
    """Without the punctuation at its end."""
    return text.rstrip(_TAIL)


def digits(text: str) -> str:
    """Every amount as plain digits: ``¥1.5万`` is 15000, ``1,000 元`` is 1000."""
    return _SAID.sub(lambda match: _digits(match["number"], match["times"]), text)


def _digits(number: str, times: str | None) -> str:
    value = number.replace(",", "")
    return f"{(Decimal(value) * _TIMES[times]).normalize():f}" if times else value


def bounds(text: str) -> str:
    """Comparisons in words as signs. Raises PolicyRefused for 以上, of which nobody knows whether it includes."""
    signed = _COMPARED.sub(lambda match: AHEAD[match["word"]], digits(text))
    signed = _TRAILED.sub(lambda match: f"{_AFTER[match['word']]}{match['number']}", signed)
    if match := _OPEN.search(signed):
        number, sign = match["number"], ">" if match["word"] == "以上" else "<"
        raise PolicyRefused(f"“{match[0]}”含不含 {number}？含就写 {sign}={number}，不含就写 {sign}{number}")
    return _COUNTED.sub(r"\1", signed)


def cell(text: str) -> str:
    """One condition without the fact: ``不超过 80 元`` is ``<=80``, ``正好80`` is ``80``, ``50到500`` is ``50~500``."""
    tidy = re.sub(r"\s+", "", bounds(ended(text))).removeprefix("=").replace("≤", "<=").replace("≥", ">=")
    return f"{span[1]}~{span[2]}" if (span := _SPAN.match(tidy)) else tidy


# -- times -------------------------------------------------------------------------------------------------------------

_MINUTES: Mapping[str, int] = {
    **dict.fromkeys(("分钟", "分", "min", "m"), 1),
    **dict.fromkeys(("小时", "钟头", "hours", "hour", "h"), 60),
    **dict.fromkeys(("天", "日", "d"), 1440),
    **dict.fromkeys(("周", "星期", "礼拜"), 7 * 1440),
}
_UNITS: Mapping[int, str] = {1: "分钟", 60: "小时", 1440: "天"}
_FIGURES = "零一二三四五六七八九"
NUMERAL = r"[零〇一二两俩三仨四五六七八九十百]+"  #: what may be a number in Chinese; ``numeral`` says whether it is
_DIGIT = "[一二三四五六七八九]"
_NUMERAL = re.compile(rf"(?:{_DIGIT}百(?:零(?={_DIGIT}$)|(?=.十)|$))?(?:{_DIGIT}?十)?{_DIGIT}?|零")
_SPELT = str.maketrans("〇两俩仨", "零二二三")
_TIME = re.compile(
    rf"(?P<number>\d+(?:\.\d+)?|{NUMERAL}|半)个?(?P<half>半)?"
    rf"(?P<unit>{'|'.join(sorted(_MINUTES, key=len, reverse=True))})(?P<more>半)?"
)
MOST = 9999  #: of one unit


def duration(text: str) -> str:
    """``四小时`` as ``4小时``, ``半天`` as ``12小时``, ``4.5小时`` as ``270分钟``; "" for what is no time.

    Raises PolicyRefused for one that is too short or too long.
    """
    said = re.sub(r"(?:以内|之内|内)$", "", re.sub(r"\s+", "", trimmed(text)).lower())
    parts = list(_TIME.finditer(said))
    if (
        not parts
        or "".join(part[0] for part in parts) != said
        or any(_number(part["number"]) is None for part in parts)
    ):
        return ""
    minutes = sum((_minutes(part) for part in parts), Decimal(0))
    if minutes < 1:
        raise PolicyRefused(f"时限“{text}”太短了，最短 1分钟")
    if minutes != minutes.to_integral_value():
        raise PolicyRefused(f"时限“{text}”不是整分钟，请写成整数，例如 90分钟")
    return _written(int(minutes), _MINUTES[parts[-1]["unit"]], text)


def _written(minutes: int, unit: int, text: str) -> str:
    """In the unit that was said where it comes out even, else in a smaller one, or a larger where it is too much."""
    said = min(unit, 1440)
    for size in (said, *(each for each in (60, 1) if each < said), *(each for each in (60, 1440) if each > said)):
        if minutes % size == 0 and minutes // size <= MOST:
            return f"{minutes // size}{_UNITS[size]}"
    larger = "" if unit >= 1440 else "，请换成更大的单位"
    raise PolicyRefused(f"时限“{text}”太长了{larger}，最长 {MOST}天")


def _minutes(part: re.Match[str]) -> Decimal:
    number = (_number(part["number"]) or Decimal(0)) + (Decimal("0.5") if part["half"] or part["more"] else 0)
    return number * _MINUTES[part["unit"]]


def _number(text: str) -> Decimal | None:
    if text == "半":
        return Decimal("0.5")
    if text[0].isdigit():
        return Decimal(text)
    return None if (value := numeral(text)) is None else Decimal(value)


# -- amounts by which cases are picked ---------------------------------------------------------------------------------

_SUM = (
    rf"(?:¥\s?)?(?P<{{0}}>\d{{{{1,7}}}}(?:\.\d{{{{1,2}}}})?\s?[百千万]?|(?:{NUMERAL})[千万]?|[千万])\s?(?:元|块钱|块)?"
)
_PICKED = re.compile(
    rf"(?:金额|退款)?\s?(?:在|是)?\s?(?:(?P<ahead>{alternatives(PICKED)})\s?{_SUM.format('below')}"
    rf"|{_SUM.format('above')}\s?(?P<behind>{alternatives(BEHIND)}))"
)


@dataclass(frozen=True, slots=True)
class AmountBound:
    """A stretch of a text that picks by an amount, in yuan: ``一百块以内`` is at most 100."""

    start: int
    end: int
    sign: str
    amount: Decimal

    @property
    def written(self) -> str:
        """As a statement has it: ``<=100``."""
        return f"{self.sign}{self.amount.normalize():f}"

    def fits(self, amount: Decimal) -> bool:
        return _FITS[self.sign](amount, self.amount)


_FITS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    ">": Decimal.__gt__, ">=": Decimal.__ge__, "<": Decimal.__lt__, "<=": Decimal.__le__,
}  # fmt: skip


def amount_bounds(text: str) -> Iterator[AmountBound]:
    """Every bound on an amount that a text says, in figures or in words, in its order."""
    for match in _PICKED.finditer(text):
        sign = PICKED[match["ahead"]] if match["ahead"] else BEHIND[match["behind"]]
        amount = _amount(match["below"] or match["above"])
        if amount is not None:
            yield AmountBound(match.start(), match.end(), sign, amount)


def _amount(said: str) -> Decimal | None:
    if said[0].isdigit():
        units, times = (said[:-1], _TIMES[said[-1]]) if said[-1] in _TIMES else (said, 1)
        return Decimal(units.strip()) * times
    value = multiplied(said[:-1], said[-1]) if said[-1] in "千万" else numeral(said)
    return None if value is None else Decimal(value)


def people_count(text: str) -> int:
    """``2``, ``两人``, ``3 位``. Raises PolicyRefused for what is no number of people."""
    said = _OF_PEOPLE.sub("", ended(text))
    found = int(said) if said.isdigit() and len(said) <= 3 else numeral(said)
    if not found:
        raise PolicyRefused(f"“{text}”不是人数，要写 1 或更大的整数，例如 2")
    return found


def numeral(text: str) -> int | None:
    """A whole number in Chinese up to 999: 十二, 两, 一百零五; None for what is none, such as 两三 or 百."""
    figures = text.translate(_SPELT)
    if not figures or not _NUMERAL.fullmatch(figures):
        return None
    total, last = 0, 0
    for char in figures:
        if char in _FIGURES:
            last = _FIGURES.index(char)
        else:
            total, last = total + (last or 1) * (10 if char == "十" else 100), 0
    return total + last


_MYRIADS = re.compile(rf"(?:(?P<w>(?:{NUMERAL})?千?(?:{NUMERAL})?)万)?零?(?:(?P<k>{NUMERAL}|)千)?零?(?P<u>{NUMERAL})?")


def whole(text: str) -> int | None:
    """A whole number in Chinese below a hundred million: 三千五百, 一百二十万; None for what is none."""
    match = _MYRIADS.fullmatch(text) if text else None
    if match is None:
        return None
    myriads = whole(match["w"]) if match["w"] else 0
    units = numeral(match["u"]) if match["u"] else 0
    thousands = numeral(match["k"] or "一") if match["k"] is not None else 0
    if myriads is None or units is None or thousands is None or (match["w"] == ""):
        return None
    return myriads * 10000 + thousands * 1000 + units


def multiplied(units: str, times: str) -> int:
    """两 of 两千 as 2000, and 千 alone as 1000; 0 where the units are no number."""
    return (numeral(units or "一") or 0) * _TIMES[times]
