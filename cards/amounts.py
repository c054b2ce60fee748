"""Why the amount of a case is what it is, on one line: ``¥299.00 − 扣款 ¥35.00（缺 滤网组件） = ¥264.00``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.words import money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from models.views.case import CaseBrief, CaseView, Reckoning


def changed(case: CaseBrief | CaseView) -> str:
    """The line, where the amount is money for the customer and is no longer what was asked for; else nothing."""
    found = case.reckoning
    if found is None or not case.pays or found.agreed:
        return ""
    as_asked = found.amount == found.asked + found.freight and not found.lines
    return _joined("" if as_asked else _sum(found, money(found.asked)), found)


def reckoned(case: CaseView) -> str:
    """The line from the prices on, changed or not; nothing where the amount is no money for the customer."""
    return explained(case.reckoning) if case.reckoning and case.pays else ""


def explained(found: Reckoning) -> str:
    """``¥5.10 = ¥2.55 × 2 件``, with all that was taken off since; "" where nobody wrote down what it began with."""
    if found.agreed:
        return f"{money(found.amount)}，和客户说好的；这些商品实付 {money(found.asked)}"
    if found.amount == found.asked + found.freight and not found.lines:
        return _joined(f"{money(found.amount)} = {found.basis}{_with(found)}" if found.basis else "", found)
    return _joined(_sum(found, f"{money(found.asked)}（{found.basis}）" if found.basis else money(found.asked)), found)


def _joined(line: str, found: Reckoning) -> str:
    return "；".join(part for part in (" ".join(filter(None, (line, _proposed(found)))), found.apart) if part)


def _sum(found: Reckoning, asked: str) -> str:
    if not found.adds_up:
        return f"现在 {money(found.amount)}，申请时 {asked}"
    less = [f"没收到的 {money(found.absent)}"] if found.absent else []
    goods = " − ".join([asked + _with(found), *less])
    lines = charged(found.lines, None)
    by_hand = "".join(f" − {_deduction(part, cost)}" for part, cost in found.deductions if cost)
    return f"{goods}{lines}{by_hand} = {money(found.amount)}"


def charged(lines: Iterable[tuple[str, Decimal, str]], amount: Decimal | None) -> str:
    """`` − 折旧 ¥29.90（金额 × 10%） = ¥269.10``, behind what it was before; "" without such lines."""
    told = "".join(f" {'−' if each < 0 else '+'} {_line(name, each, how)}" for name, each, how in lines)
    return f"{told} = {money(amount)}" if told and amount is not None else told


def _line(name: str, amount: Decimal, how: str) -> str:
    """``折旧 ¥29.90（金额 × 10%）``; a number alone needs no reckoning."""
    told = "" if how.replace(".", "").isdigit() else f"（{how}）"
    return f"{name} {money(abs(amount))}{told}"


def _with(found: Reckoning) -> str:
    return f" + 运费 {money(found.freight)}" if found.freight else ""


def _deduction(part: str, cost: Decimal) -> str:
    return f"扣款 {money(cost)}（缺 {part}）"


def _proposed(found: Reckoning) -> str:
    """What is still to be agreed to is no part of the sum."""
    if found.proposed is None:
        return ""
    part, cost = found.proposed
    return f"缺 {part}，待定扣款 {money(cost)}"
