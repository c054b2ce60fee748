"""A missing part with what is taken off for it: ``滤网组件 35``, ``缺滤网组件，扣35元``. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.chat import parse
from models.fields import yuan

if TYPE_CHECKING:
    from decimal import Decimal

_LACKS = re.compile(r"^(?:还)?(?:缺少|缺|少|没有|没|丢|漏)(?:了|个|一个|一件)*(?=\S\S)")
_PRICED = re.compile(
    r"(?P<part>.+?)[\s,:;、]*(?:(?:要|需|得|就)?扣(?:款|掉|了)?|¥|收)+\s*¥?(?P<fee>\d{1,8}(?:\.\d{1,2})?)\s*(?:元|块)?钱?"
    r"|(?P<named>.+?)[\s,:;、]*(?P<yuan>\d{1,8}(?:\.\d{1,2})?)\s*(?:元|块)钱?"
)


#: 扣 that is the end of a name, and takes nothing off: 挂扣 5, 卡扣10元
_BUCKLE = re.compile(r"(?<=[挂卡搭锁按纽绳带钩链插皮弹环])扣|(?<=蝴蝶)扣|(?<=^\w)扣(?=\s)")
_SAFE = "\ue000"

_SEVERAL = re.compile(
    r"[\u4e00-\u9fff]\s*¥?\d+(?:\.\d+)?\s*(?:元|块钱?)?[\s,、;和]+(?=[^\d\s.])\S.*\d"
)  #: 灯罩25 螺丝5
_FEE_FIRST = re.compile(
    r"(?:扣款|扣掉|扣了|扣|¥)\s*¥?(?P<fee>\d{1,8}(?:\.\d{1,2})?)\s*(?:元|块)?钱?[\s,:;、]+(?P<part>[^\d\s].*)"
)


def are_several(text: str) -> bool:
    """Whether more than one part is named with what it costs: of the sum of them nobody has spoken."""
    return _SEVERAL.search(text) is not None


def part_and_fee(text: str) -> tuple[str, Decimal] | None:
    """The part and yuan; None when it is not both."""
    found = _read(_BUCKLE.sub(_SAFE, text.strip(" 。!")))
    return (found[0].replace(_SAFE, "扣"), found[1]) if found else None


def _read(flat: str) -> tuple[str, Decimal] | None:
    if are_several(flat):
        return None
    if first := _FEE_FIRST.fullmatch(flat):
        return _LACKS.sub("", first["part"].strip(" ,、:;")), yuan(first["fee"])
    if plain := parse.part_and_fee(flat):
        part, fee = plain
        if not _PRICED.fullmatch(flat) or part[-1] not in "扣款":
            return _LACKS.sub("", part.rstrip(" ,、:;")), fee
    match = _PRICED.fullmatch(flat)
    if match is None:
        return None
    part, fee_text = match["part"] or match["named"], match["fee"] or match["yuan"]
    return _LACKS.sub("", part.strip(" ,、:;")), yuan(fee_text)
