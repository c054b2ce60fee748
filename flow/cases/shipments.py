"""Numbers of parcels: each belongs to one, which goes one way, and is no code of goods or of sorting machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.access.lookup import within_reach
from flow.definitions import flow as d
from flow.definitions.waybills import is_article, is_route
from flow.errors import NotAllowed, PolicyRefused
from models import OrderLine, Parcel, Product

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from flow.definitions.flow import Flow, Node
    from flow.desk import Desk
    from flow.engine.values import Transition
    from models import Case
    from models.views.case import By, Person


@dataclass(frozen=True, slots=True)
class Putting:
    """Who puts a waybill down, when, and whether its parcel goes to the customer."""

    who: Person | None  #: None is the system
    now: datetime
    outbound: bool


async def put_down(desk: Desk, case: Case, waybill: str, how: Putting) -> None:
    """Make it the number of a parcel of the case.

    Raises PolicyRefused for an article's or a sorting machine's code, NotAllowed where it is another parcel's; whose,
    only those hear who may look that case up.
    """
    await _ensure_parcels(waybill)
    for known in await Parcel.filter(waybill=waybill).exclude(case_id=None).prefetch_related("case"):
        mine = known.case_id == case.id
        if known.case is None or (mine and known.outbound == how.outbound):
            continue
        way = "寄给客户" if known.outbound else "客户寄回"
        seen = how.who is None or bool(await within_reach(desk, [known.case.id], how.who))
        other = known.case.no if seen else "别的售后单"
        what = f"是 {case.no} {way}的包裹" if mine else f"已登记在 {other}"
        raise NotAllowed(f"运单 {waybill} {what}，请核对运单号")
    said = {"announced_at": how.now, "outbound": how.outbound}
    await Parcel.get_or_create(case_id=case.id, waybill=waybill, defaults=said)


def sends(node: Node | None, said: Mapping[str, Any]) -> bool:
    """Whether the form of a node has just been told of a parcel to the customer."""
    return any(field.kind == d.WAYBILL and said.get(field.name) for field in (node.form if node else ()))


def sender(flow: Flow, transition: Transition) -> Node | None:
    """The node of a step, where what it sends goes to the customer: of a side branch it goes to somebody else."""
    name = transition.steps[0].node
    return None if name in flow.aside else flow.nodes.get(name)


async def send_off(desk: Desk, case: Case, node: Node | None, said: Mapping[str, Any], by: By[Person | None]) -> None:
    """Put down the parcels to the customer that the form of a node has just been told of."""
    for field in node.form if node else ():
        if field.kind == d.WAYBILL and said.get(field.name):
            await put_down(desk, case, str(said[field.name]), Putting(by.who, by.at, outbound=True))


async def _ensure_parcels(number: str) -> None:
    """Goods of the same kind bear the same code: as a waybill it would bring up the wrong case for the next of them."""
    if is_article(number) or await articles([number]):
        raise PolicyRefused(f"{number} 是商品条码，不是运单号，没有登记；请写面单上快递的号")
    if is_route(number):
        raise PolicyRefused(f"{number} 是面单上分拣用的码，不是运单号，没有登记；请写快递的号")


async def articles(texts: Collection[str]) -> set[str]:
    """Those of the texts that name goods which the shop has or has sold."""
    sold = await OrderLine.filter(sku__in=texts).distinct().values_list("sku", flat=True)
    kept = await Product.filter(sku__in=texts).values_list("sku", flat=True)
    return {str(sku) for sku in (*sold, *kept)}
