"""Which of some cases a sentence names in words: by their goods, or by the customer whose they are."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from flow.orders.near import orders_among
from models import Case, CaseLine, Order, OrderLine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_NUMBER = re.compile(r"(?<![A-Za-z0-9-])(?=[A-Za-z-]*\d)[A-Za-z0-9-]{4,40}(?![A-Za-z0-9-])")
_LEAST = 2  #: characters of a customer's name that is looked for in a text
_LATELY, _CASES = timedelta(days=90), 300  #: how far back, and in how many cases, goods are looked for by their titles


async def named(numbers: Sequence[str], text: str) -> list[str]:
    """Those of the cases whose customer or goods a text names, who is both before who is one; none named, none."""
    cases = await Case.filter(no__in=list(dict.fromkeys(numbers))).only("id", "no", "order_id")
    if not cases:
        return []
    lines = CaseLine.filter(case_id__in=[case.id for case in cases]).values_list("case_id", "title")
    goods = {int(str(case_id)) for case_id, title in await lines if is_said(str(title), text)}
    orders = Order.filter(id__in={case.order_id for case in cases}).values_list("id", "customer_name")
    whose = {int(str(order_id)) for order_id, name in await orders if len(str(name)) >= _LEAST and str(name) in text}
    points = {case.no: (case.id in goods) + (case.order_id in whose) for case in cases}
    most = max(points.values())
    return [no for no in dict.fromkeys(numbers) if most and points.get(no) == most]


async def of_order(numbers: Sequence[str], text: str) -> list[str]:
    """Those of the cases that are of an order which a text names; all of them where it names none."""
    every = list(dict.fromkeys(numbers))
    orders = await orders_among(_NUMBER.findall(text)) if every else []
    if not orders:
        return every
    return [str(no) for no in await Case.filter(no__in=every, order_no__in=orders).values_list("no", flat=True)]


async def narrowed(numbers: Sequence[str], text: str) -> list[str]:
    """The same; all of the cases where none is named."""
    every = list(dict.fromkeys(numbers))
    return await named(every, text) or every


async def goods_lately(now: datetime) -> dict[str, str]:
    """SKU -> title of what the newest cases are about: as many as an index finds at once, however many there are."""
    newest = Case.filter(opened_at__gte=now - _LATELY).order_by("-opened_at").limit(_CASES)
    ids = [int(str(each)) for each in await newest.values_list("id", flat=True)]
    lines = await CaseLine.filter(case_id__in=ids).values_list("sku", "title") if ids else []
    return {str(sku): str(title) for sku, title in lines}


async def goods_sold() -> dict[str, str]:
    """The same of what was sold last, whether anything of it came back or not."""
    lines = OrderLine.all().order_by("-id").limit(_CASES).values_list("sku", "title")
    return {str(sku): str(title) for sku, title in await lines}


def longest(title: str, text: str) -> int:
    """How many characters of a title stand together in a text, the longest run that is no number or code."""
    sizes = range(len(title), 1, -1)
    runs = ((size, title[n : n + size]) for size in sizes for n in range(len(title) - size + 1))
    return next((size for size, run in runs if not run.isascii() and run in text), 0)


def is_said(title: str, text: str) -> bool:
    """Whether a text names goods, by two characters of their title that stand together."""
    pairs = {title[n : n + 2] for n in range(len(title) - 1)}
    return any(pair in text for pair in pairs if not pair.isascii())
