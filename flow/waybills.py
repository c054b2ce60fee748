"""Waybills: what one looks like, and that a number belongs to one parcel, which goes one way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow import definition as d
from flow.errors import NotAllowed
from models import Parcel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flow.definition import Node
    from models import Case

_SHAPE = re.compile(r"(?=.*\d)[A-Z0-9-]{6,40}")
_CASE = re.compile(r"R\d{8}-\d{4,}")


def shaped(word: str) -> str | None:
    """A waybill number: 6 to 40 letters, digits and hyphens, with a digit; upper case. None for anything else."""
    upper = word.upper()
    return upper if _SHAPE.fullmatch(upper) and not _CASE.fullmatch(upper) else None


async def put_down(case: Case, waybill: str, now: datetime, *, outbound: bool) -> None:
    """Make it the number of a parcel of the case. Raises NotAllowed where it is another parcel's."""
    for known in await Parcel.filter(waybill=waybill).exclude(case_id=None).prefetch_related("case"):
        mine = known.case_id == case.id
        if known.case is None or (mine and known.outbound == outbound):
            continue
        way = "寄给客户" if known.outbound else "客户寄回"
        what = f"是 {case.no} {way}的包裹" if mine else f"已登记在 {known.case.no}"
        raise NotAllowed(f"运单 {waybill} {what}，请核对运单号")
    said = {"announced_at": now, "outbound": outbound}
    await Parcel.get_or_create(case_id=case.id, waybill=waybill, defaults=said)


async def send_off(case: Case, node: Node | None, said: Mapping[str, Any], now: datetime) -> None:
    """Put down the parcels to the customer that the form of a node has just been told of."""
    for field in node.form if node else ():
        if field.kind == d.WAYBILL and said.get(field.name):
            await put_down(case, str(said[field.name]), now, outbound=True)
