"""Goods that are counted by what has happened to them: 碎了两个烛台, 少了1个灯笼. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.chat import quantities
from handlers.chat.goods import called

if TYPE_CHECKING:
    from collections.abc import Collection

    from flow.orders.lookup import Choice

_HAPPENED = re.compile(
    r"(?:客户|客人|买家|收到|说|有|又|都|里面|其中|路上|运输中|快递)*(?:被)?"
    r"(?:摔|压|打|砸|磕|碰|撞|挤)?(?:坏|碎|破|裂|烂|漏|少|缺|丢|掉|变形|损坏)(?:了|掉了)"
)


def counted(clause: str, choices: Collection[Choice]) -> tuple[str, int] | None:
    """The one product of such a clause, and how many; None for another clause."""
    match = _HAPPENED.match(clause)
    beside = quantities.beside(clause[match.end() :]) if match else None
    found = called(beside[0], choices, loosely=False) if beside else []
    return (found[0].sku, beside[1]) if beside and len(found) == 1 else None
