"""A form as agents paste it, one field a line, as the line that says the same: 订单号:… 商品:… 数量:2. Pure."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from handlers.chat import parse
from handlers.chat.phrases import phrases

if TYPE_CHECKING:
    from collections.abc import Sequence

ORDER, KIND, GOODS, UNITS, REASON, MONEY, NOTE = "订单", "售后", "商品", "数量", "原因", "金额", "备注"
_FEWEST = 2  #: fields that make a form
_NUMBER = re.compile(r"\d{1,4}")


def in_one_line(message: str) -> str:
    """The message, or the line of commands that its form stands for; a form without an order is no such form."""
    flat = [parse.flat(line) for line in message.splitlines() if line.strip()]
    lines = [part for line in flat for part in _next().split(line) if part]
    fields = [_field(line) for line in lines]
    said = {name: value for name, value in fields if name and value}
    if ORDER not in said or len(said) < _FEWEST or len(lines) < _FEWEST:
        return message
    loose = [line for line, (name, _) in zip(lines, fields, strict=True) if not name]
    head, *tail = loose if loose and not _begins(lines[0]) else ["", *loose]
    told = [f"{NOTE} {said[NOTE]}"] if NOTE in said else []
    kind = [said[KIND]] if KIND in said else [head] if head else []
    money = [f"只退{said[MONEY]}"] if MONEY in said else []
    return " ".join(
        [*kind, said[ORDER], *_goods(said), *([said[REASON]] if REASON in said else []), *money, *tail, *told]
    )


def _goods(said: dict[str, str]) -> Sequence[str]:
    units = said.get(UNITS, "")
    counted = f"{units}个" if _NUMBER.fullmatch(units) else units
    return [part for part in (said.get(GOODS, ""), counted) if part]


def without_labels(text: str) -> str:
    """``商品:猫抓板 数量:2`` in a line, as its values; an amount keeps what says that it is one."""
    for name in (GOODS, UNITS, REASON):
        text = _labelled(name).sub(partial(_value, name), text)
    return text


def _value(name: str, match: re.Match[str]) -> str:
    value = match["value"]
    return f"{value}个" if name == UNITS and _NUMBER.fullmatch(value) else value


def _begins(line: str) -> bool:
    return bool(_field(line)[0])


def _field(line: str) -> tuple[str, str]:
    """The field that a line fills, and with what; "" for another line."""
    match = _label().match(line)
    return (_names()[match["label"] or match["framed"]], match["value"].strip()) if match else ("", "")


@lru_cache(1)
def _names() -> dict[str, str]:
    return {word: name for name, words in phrases().forms.items() for word in words}


@lru_cache(1)
def _label() -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(_names(), key=len, reverse=True)))
    return re.compile(rf"^(?:(?P<label>{words})\s*[:=]|[【\[](?P<framed>{words})[】\]]\s*[:=]?)\s*(?P<value>.*)$")


@lru_cache(1)
def _next() -> re.Pattern[str]:
    """What stands between two fields of one line: 单号:1,商品:灯."""
    words = "|".join(map(re.escape, sorted(_names(), key=len, reverse=True)))
    return re.compile(rf"[\s,;]+(?=[【\[]?(?:{words})[】\]]?\s*:)")


@lru_cache(8)
def _labelled(name: str) -> re.Pattern[str]:
    words = "|".join(map(re.escape, phrases().forms[name]))
    return re.compile(rf"(?<![^\s,;。!])(?:{words})\s?:\s?(?P<value>[^\s,;。!]+)")
