"""Why the amount of a case is what it is, on one line: ``¥299.00 − 扣款 ¥35.00（缺 滤网组件） = ¥264.00``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.words import money

if TYPE_CHECKING:
    from decimal import Decimal

    from models.values import CaseBrief, CaseView, Reckoning


def changed(case: CaseBrief | CaseView) -> str:
    """The line, where the amount is money for the customer and is no longer what was asked for; else nothing."""
    found = case.reckoning
    if found is None or not case.pays:
        return ""
    return " ".join(part for part in (_sum(found), _proposed(found)) if part)


def _sum(found: Reckoning) -> str:
    if found.amount == found.asked:
        return ""
    if not found.adds_up:
        return f"现在 {money(found.amount)}，申请时 {money(found.asked)}"
    less = [f"没收到的 {money(found.absent)}"] if found.absent else []
    less += [_deduction(part, cost) for part, cost in found.deductions if cost]
    return " = ".join([" − ".join([money(found.asked), *less]), money(found.amount)])


def _deduction(part: str, cost: Decimal) -> str:
    return f"扣款 {money(cost)}（缺 {part}）"


def _proposed(found: Reckoning) -> str:
    """What is still to be agreed to is no part of the sum."""
    if found.proposed is None:
        return ""
    part, cost = found.proposed
    return f"缺 {part}，待定扣款 {money(cost)}"
