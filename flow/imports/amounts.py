"""Whose an amount is that stands on the lines of an order: the line's own, or the whole order's said on each. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flow.imports.order_head import EACH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flow.imports.order_head import OrderHead

UNCLEAR = "看不出金额是每行的还是整单的"


class Amounts(NamedTuple):
    """Of the orders of a file: those whose amounts are their lines', and those of which nobody can tell."""

    by_line: frozenset[int]
    unclear: dict[int, str]  #: number of the order -> what stands there


NONE = Amounts(frozenset(), {})


def amounts(heads: Iterable[OrderHead], said: str | None, *, parted: bool) -> Amounts:
    """Decide it for each order, by what was ``said``, by what it tells itself, else by what the others of the file do.

    ``parted``: each row of the file is a part of its order with a number of its own.
    """
    told = [head for head in heads if head.paid.first is not None or head.discount.first is not None]
    if said:
        return Amounts(frozenset(head.number for head in told if said == EACH), {})
    kinds = {head.number: (head.paid.kind or head.discount.kind) if head.lines > 1 else "" for head in told}
    found = ({EACH} if parted else set()) | {kind for kind in kinds.values() if kind}
    common = found.pop() if len(found) == 1 else ""
    by_line, unclear = set(), {}
    for head in told:
        kind = kinds[head.number] or common
        if not kind and (words := _doubtful(head)):
            unclear[head.number] = words
        elif kind == EACH or (not kind and (head.paid.stands_once or head.discount.stands_once)):  # the sum is the same
            by_line.add(head.number)
    return Amounts(frozenset(by_line), unclear)


def _doubtful(head: OrderHead) -> str:
    """What of an order may be read in two ways that differ in money; blank for nothing."""
    for name, amount in (("实付金额", head.paid), ("优惠分摊", head.discount)):
        if amount.first is not None:
            alike = head.lines > 1 and amount.first and amount.total and not amount.differs
            return f"{head.no} 的各行都写着{name} {amount.first:,.2f}" if alike else ""
    return ""


def told(words: str) -> str:
    """How to say whose it is."""
    return f"{words}：是整单的，加 --amounts 整单 再导入一次；是每行的，加 --amounts 每行（映射文件里写 金额）"
