"""Answers to what a draft asks: which goods, how many, why, money or pieces, and whether a remark is one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.chat import drafts, further, kept, parse, quantities, stays
from handlers.chat.answers import product
from handlers.commands import return_sheet
from handlers.commands.return_sheet import ASKED, GOODS, REMARK, TYPE, UNITS, WISH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.orders.lookup import Bill, Choice
    from handlers.chat.drafts import Typed
    from handlers.commands.return_sheet import Sheet


def answered(sheet: Sheet, value: str, bill: Bill) -> Sheet | None:
    """Put an answer into the sheet; None when it is no answer to what was asked."""
    fresh = replace(sheet, ask="", options=[], hint="")
    readers = {GOODS: _goods, UNITS: _units, TYPE: _type, WISH: _which, REMARK: _remark}
    return readers[sheet.ask](fresh, sheet, value, bill)


def _goods(fresh: Sheet, sheet: Sheet, value: str, bill: Bill) -> Sheet | None:
    choices = {choice.sku: choice for choice in bill.choices()}
    offered = [choices[option[0]] for option in sheet.options if option[0] in choices]
    if back := stays.going(value, len(offered)):
        value = "、".join(map(str, back))
    if (excepted := drafts.read(value.split(), offered, {})).stays:
        return _but_for(fresh, sheet, excepted, offered)
    if kept.denies(value) or "不是" in value:
        return None
    if quantities.is_everything(value):
        got: list[tuple[str, int | None]] | None = [(choice.sku, choice.left) for choice in offered if choice.left]
    else:
        got = product(value, offered)
    if not got:
        return None
    fresh = replace(fresh, strange=[], units=0)
    for sku, units in got:
        assumed = sheet.units or (1 if choices[sku].left == 1 else ASKED)
        fresh = fresh.with_units(sku, assumed if units is None else units)
    return fresh


def _but_for(fresh: Sheet, sheet: Sheet, typed: Typed, offered: Sequence[Choice]) -> Sheet | None:
    """The answer that names what stays: the others that it names, or all, or those that are asked about again."""
    if typed.note or typed.unknown or typed.unclear or typed.rivals or typed.between:
        return None
    rest = [choice for choice in offered if choice.sku not in typed.stays]
    titles = {choice.sku: choice.title or choice.sku for choice in offered}
    told = [*sheet.told, f"{'、'.join(titles[sku] for sku in typed.stays)}不退"]
    if typed.everything:
        return replace(fresh, items=[[choice.sku, choice.left] for choice in rest], units=0, told=told, strange=[])
    if not typed.items:
        return (
            replace(fresh, options=[[c.sku, return_sheet.offered(c, sheet.kind)] for c in rest], told=told)
            if rest
            else None
        )
    fresh = replace(fresh, units=0, told=told, strange=[])
    left = {choice.sku: choice.left for choice in offered}
    for sku, units in typed.items:
        fresh = fresh.with_units(sku, units or sheet.units or (1 if left[sku] == 1 else ASKED))
    return fresh


def _units(fresh: Sheet, sheet: Sheet, value: str, bill: Bill) -> Sheet | None:
    left = next((choice.left for choice in bill.choices() if choice.sku == sheet.sku), 0)
    units = left if quantities.is_everything(value) else quantities.count(value) or _sum(value)
    if units and units > left and _may_be_money(sheet.kind, value):
        return replace(fresh, bare=str(units), hint=f"{sheet.sku} 最多还能退 {left} 件。")
    return fresh.with_units(sheet.sku, units) if units else None


def _sum(value: str) -> int:
    """30 of 给30就行; 0 where no number is to be given."""
    match = re.fullmatch(
        r"(?:就|只|再|给|赔|补|退|客户|他|她|了)*给?(?:他|她|客户)?(?P<sum>\d{1,5})(?:就行|就好|即可|够了|就够|算了|得了|吧|了|的)*",
        value,
    )
    return int(match["sum"]) if match and re.search("[给赔补退]", value) else 0


def _may_be_money(kind: str, value: str) -> bool:
    """Whether a number that is no count of what is left may be yuan: 就退30吧, and never 30个."""
    said = kind in further.WITHOUT_GOODS or "退" in value or _sum(value)
    return bool(said) and re.search(rf"\d\s?{quantities.MEASURE}", value) is None


def _type(fresh: Sheet, sheet: Sheet, value: str, bill: Bill) -> Sheet | None:
    name = chosen(sheet, value)
    return replace(fresh, return_type=name, types=[]) if name else None


def explained(sheet: Sheet, value: str) -> Sheet | None:
    """``质量问题吧，跑绒``: the type, and why; None where what stands behind it may be more than a remark."""
    head, mark, rest = value.partition(",")
    name, told = chosen(sheet, head), rest.strip(" ,;。!、")
    if (
        sheet.ask != TYPE
        or not name
        or not mark
        or not told
        or any(map(str.isdigit, told))
        or quantities.read(told, ()).loose
    ):
        return None
    note = ",".join(part for part in (sheet.note, told) if part)
    return replace(sheet, ask="", options=[], hint="", return_type=name, types=[], note=note[: parse.MAX_NOTE])


def without_reason(sheet: Sheet, why: str) -> Sheet:
    """The sheet without its reason, which is asked for again; what was said in its place is kept as a remark."""
    note = "，".join(part for part in (sheet.note, why) if part)
    return replace(sheet, ask="", options=[], hint="", return_type="", types=[], note=note[: parse.MAX_NOTE])


def _which(fresh: Sheet, sheet: Sheet, value: str, bill: Bill) -> Sheet | None:
    name = chosen(sheet, value)
    if name == "元":
        return replace(fresh, wish=f"{sheet.bare}.00", bare="")
    if name != "件":
        return None
    fresh = replace(fresh, bare="")
    open_one = next((sku for sku, units in sheet.items if units == ASKED), "") or (
        sheet.items[0][0] if len(sheet.items) == 1 else ""
    )
    return fresh.with_units(open_one, int(sheet.bare)) if open_one else replace(fresh, units=int(sheet.bare))


def _remark(fresh: Sheet, sheet: Sheet, value: str, bill: Bill) -> Sheet | None:
    return replace(fresh, strange=[], unheard=[]) if chosen(sheet, value) else None


def chosen(sheet: Sheet, value: str) -> str:
    """The option that an answer names, by its number, its text or its value; "" for none."""
    said = value.strip(" ,;。.!、").rstrip("吧啊呀哈").casefold()
    for number, (name, text) in enumerate(sheet.options, 1):
        if said in (str(number), name.casefold(), text.casefold(), text.casefold().replace(" ", "")):
            return name
    return ""
