"""``自动通过 50→80``, ``把自动通过从50元提到80元``, ``自动通过改成80``: a number that is to become another. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.edits.quantities import AMOUNT, digits, ended
from flow.edits.sentence import amount
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from decimal import Decimal

_ARROW = r"→|⇒|➜|-+>|=+>"
_HOW = "延长|缩短|提高|提升|升高|上调|下调|调整|降低|调高|调低|减少|增加|放宽|收紧|修改|改变|提|升|调|降|改|变|换|设"
_TURNED = rf"(?:{_HOW})(?:到|至|成|为)"
_TO = rf"(?:{_ARROW}|{_TURNED}|到|至)"
_TAKING = re.compile(r"^(?:请|帮我)?(?:把|将)\s*")
_BOTH = re.compile(rf"^(?P<head>.*?)\s*(?P<start>从|由)?\s*(?P<old>{AMOUNT})\s*(?P<to>{_TO})\s*(?P<new>{AMOUNT})$")
_NEW = re.compile(rf"^(?P<head>.+?)\s*(?:{_ARROW}|{_TURNED})\s*(?P<new>{AMOUNT})$")
_ODD = re.compile(rf"^.*?\d\s*(?:元|块)?\s*(?:{_ARROW})\s*(?P<new>.+)$")  #: an amount is to become what is none
_SEVERAL = re.compile(rf"(?:{_ARROW}|{_TURNED})")


@dataclass(frozen=True, slots=True)
class Change:
    """What stands before the numbers, and the numbers; ``old`` is None where only the new one was said."""

    head: str
    old: Decimal | None
    new: Decimal
    between: bool = False  #: said with 到 alone, as a range is


def untaken(text: str) -> str:
    """Without the 把 before what is to change."""
    return _TAKING.sub("", text)


def change_of(text: str) -> Change | None:
    """The change that a text asks for; None where it asks for no number.

    Raises PolicyRefused where an arrow leads to no amount, and where there are two changes without a mark between.
    """
    said = untaken(ended(text))
    match = _BOTH.match(said) or _NEW.match(said)
    if match is None:
        if odd := _ODD.match(said):
            raise PolicyRefused(f"“{odd['new']}”不是金额，要写成数字，例如：规则 自动通过 50→80")
        return None
    if _SEVERAL.search(match["head"]):
        raise PolicyRefused("一句里有几处改动，请用 ； 隔开，例如：规则 自动通过 50→80；组长审批 500→800")
    old = match.groupdict().get("old")
    between = bool(old) and match["to"] in ("到", "至") and not match["start"]
    return Change(match["head"].strip(" ,的"), _value(old) if old else None, _value(match["new"]), between)


def _value(text: str) -> Decimal:
    return amount(re.sub(r"\s|[天件次单个笔]$", "", digits(text)))
