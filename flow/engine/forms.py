"""The forms of a node: how a field is asked for, and how an answer is read. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flow.definitions import flow as d
from flow.definitions.calendar_text import day_of, tense_of
from flow.definitions.conditions import number, parse
from flow.definitions.prefill import source_of
from flow.definitions.waybills import waybill
from flow.engine import pictures
from flow.errors import PolicyRefused
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date

SKIP = "跳过"
TAKE, TAKE_DEFAULT = "好", "默认"  #: words that take what is offered; the first only where it is no answer by itself
MAX_TEXT = 200
MOST = Decimal(10) ** 12  #: no number is as large
UNTOUCHED = ("-", "请选择")
_SERIAL = re.compile(r"[A-Z0-9][A-Z0-9/-]{3,39}")
_SPLIT = re.compile(r"[、,;\s]+")
_HOW = {
    d.TEXT: f"请直接回复，{MAX_TEXT} 字以内", d.NUMBER: "请回复一个数", d.MONEY: "请回复金额，例如 35.50",
    d.DATE: "请回复日期，例如 11-22 或 今天", d.PHOTO: "请发一张照片", d.SERIAL: "请回复序列号，字母和数字",
    d.WAYBILL: "请回复运单号，6 到 40 位字母和数字",
}  # fmt: skip


def question(field: d.Field) -> str:
    """What the bot asks: the options by number where there are some, and how to leave it out where one may."""
    asked = field.question or f"{field.name}？"
    if field.options:
        listed = "　".join(f"{n}. {option}" for n, option in enumerate(field.options, 1))
        how = "可选几个，序号用空格隔开" if field.kind == d.CHOICES else "请回复序号或文字"
        lines = [asked, listed, how]
    elif span := pictures.several(field):
        lines = [asked, f"请发照片，要 {pictures.wanted(*span)}，一张一张发就行，发完回复“{pictures.DONE}”"]
    else:
        bounds = f"（{field.bounds}）" if field.bounds else ""
        lines = [asked, f"{_HOW[field.kind]}{bounds}"]
    if field.default:
        lines[-1] += f"；默认：{field.default}，回复“{taking(field)}”就用它"
    if not field.required:
        lines[-1] += f"；没有就回复“{SKIP}”"
    return "\n".join(lines)


def taking(field: d.Field) -> str:
    """The word by which the default of a field is taken."""
    return TAKE_DEFAULT if TAKE in field.options and field.default != TAKE else TAKE


def takes_default(field: d.Field, text: str, also: Collection[str] = ()) -> bool:
    """Whether a reply takes what was offered; ``also`` are other words for yes, which free text may be by itself."""
    said = text.strip(" 。.!,")
    if not field.default or said in field.options:
        return False
    return said in {taking(field), TAKE_DEFAULT} or (field.kind != d.TEXT and said in also)


def offered(field: d.Field, sources: Mapping[str, str], today: date) -> d.Field:
    """A field with its default as the answer that is offered; without one where that is not known, or is none."""
    if not field.default:
        return field
    source = source_of(field.default)
    text = sources.get(source, "") if source else field.default
    return replace(field, default=text if text and is_answer(field, text, today) else "")


def is_answer(field: d.Field, text: str, today: date) -> bool:
    """Whether a text is an answer that a field takes."""
    try:
        return read(field, text, today) is not None
    except PolicyRefused:
        return False


def read(field: d.Field, said: str, today: date) -> Any:
    """The answer as a fact: text, number and money as exact text, a day as ISO text, several choices as a list.

    None for what was left out. Raises PolicyRefused with what would be an answer.
    """
    text = said.strip()
    if text == SKIP and not field.required:
        return None
    if not text:
        raise PolicyRefused(question(field))
    if field.kind == d.DATE:
        return _day(field, text, today)
    return _READERS[field.kind](field, text)


def chosen(form: Iterable[d.Field], selected: Mapping[str, str], action: d.Action | None = None) -> dict[str, str]:
    """What drop-downs of a card said, as far as it is an answer to this form: anything else is no fact.

    Nor is a default that only stands there, with an ``action`` that does not ask for it.
    """
    choices = {field.name: field for field in form if field.kind == d.CHOICE and not field.per_line}
    return {
        name: option
        for name, option in selected.items()
        if (field := choices.get(name)) and option in field.options and not _stands_there(field, option, action)
    }


def _stands_there(field: d.Field, option: str, action: d.Action | None) -> bool:
    return option == field.default and action is not None and not field.wanted_for(action)


def drop_down(form: Iterable[d.Field], facts: Mapping[str, Any]) -> d.Field | None:
    """The first choice of a form that is shown, and hangs on no other answer of it; None for a form without one."""
    fields = list(form)
    names = {field.name for field in fields}
    alone = (field for field in fields if field.kind == d.CHOICE and not field.per_line and not field.asks_for & names)
    return next((field for field in alone if field.when(facts)), None)


def options_of(field: d.Field) -> tuple[tuple[str, str], ...]:
    """The options of a drop-down, each with its text.

    One that nobody touches sends its first (D/90236), so that one is no answer.
    """
    return (UNTOUCHED, *((option, option) for option in field.options))


def _text(field: d.Field, text: str) -> str:
    if len(text) > MAX_TEXT:
        raise PolicyRefused(f"{field.name}最多 {MAX_TEXT} 个字，现在有 {len(text)} 个")
    return text


def _number(field: d.Field, text: str) -> str:
    return str(_within(field, _amount(field, text), text))


def _money(field: d.Field, text: str) -> str:
    amount = _amount(field, text.removeprefix("¥").removesuffix("元").strip())
    if amount != yuan(amount) or amount < 0:
        raise PolicyRefused(f"{field.name}“{text}”不是金额，最多两位小数，例如 35.50")
    return str(yuan(_within(field, amount, text)))


def _amount(field: d.Field, text: str) -> Decimal:
    found = number(text)
    if found is None or abs(found) >= MOST:
        raise PolicyRefused(f"{field.name}“{text}”不是数，例如 35.50")
    return found


def _within(field: d.Field, found: Decimal, text: str) -> Decimal:
    if field.bounds and not parse(field.name, field.bounds)({field.name: found}):
        raise PolicyRefused(f"{field.name}要在 {field.bounds} 之内，{text} 不行")
    return found


def _choice(field: d.Field, text: str) -> str:
    by_number = {str(n): option for n, option in enumerate(field.options, 1)}
    if text in field.options:
        return text
    if text in by_number:
        return by_number[text]
    raise PolicyRefused(f"{field.name}没有“{text}”这一项，可选：{'、'.join(field.options)}")


def _choices(field: d.Field, text: str) -> list[str]:
    picked = [_choice(field, part) for part in _SPLIT.split(text) if part]
    if not picked:
        raise PolicyRefused(question(field))
    return [option for option in field.options if option in picked]


def _serial(field: d.Field, text: str) -> str:
    upper = text.upper().replace(" ", "")
    if not _SERIAL.fullmatch(upper):
        raise PolicyRefused(f"{field.name}“{text}”不像序列号：4 到 40 位字母、数字、短横")
    return upper


def _waybill(field: d.Field, text: str) -> str:
    number = waybill(text.replace(" ", ""))
    if number is None:
        raise PolicyRefused(f"{field.name}“{text}”不像运单号：6 到 40 位字母、数字、短横，例如 SF1234567890")
    return number


def _photo(field: d.Field, text: str) -> str:
    raise PolicyRefused(f"{field.name}要一张照片，请直接发图片")


def _day(field: d.Field, text: str, today: date) -> str:
    found = day_of(text, today, tense_of(field.name) or tense_of(field.question))
    if found is None:
        raise PolicyRefused(f"{field.name}“{text}”不是日期，例如 {today:%m-%d} 或 今天")
    return found.isoformat()


_READERS: dict[str, Callable[[d.Field, str], Any]] = {
    d.TEXT: _text, d.NUMBER: _number, d.MONEY: _money, d.CHOICE: _choice, d.CHOICES: _choices,
    d.PHOTO: _photo, d.SERIAL: _serial, d.WAYBILL: _waybill,
}  # fmt: skip
