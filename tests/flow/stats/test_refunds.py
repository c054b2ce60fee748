"""The money that has gone back, counted again refund by refund in plain Python, on both engines."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from flow.stats import parse_period
from flow.stats.refunds import refunded
from flow.stats.scope import Scope
from models import Case, CaseLine, Refund
from models.database.connection import database
from models.enums import CaseState, CloseReason, RefundState
from tests.support.sales import TZ, at

if TYPE_CHECKING:
    from collections.abc import Collection

NOW = at("2011-09-20", 14)
_number = itertools.count(1)


async def _some_refunds(seed: int) -> None:
    rng = random.Random(seed)
    for n in range(80):
        case = await Case.create(
            no=f"R{seed}-{n}", kind=rng.choice(["退货", "换货"]), shop=rng.choice(["天猫", "京东", ""]),
            opened_at=at("2011-08-01") + timedelta(hours=rng.uniform(0, 24 * 45)), state=CaseState.DONE,
            close_reason=rng.choice([None, None, CloseReason.DUPLICATE]),
        )  # fmt: skip
        await CaseLine.create(case=case, sku=f"A{n % 3}", unit_price=1, paid=1, requested=1)
        for _ in range(rng.randrange(3)):
            state = rng.choice([RefundState.PAID, RefundState.PAID, RefundState.SENDING, RefundState.REFUSED])
            paid = case.opened_at + timedelta(hours=rng.uniform(1, 24 * 20)) if state is RefundState.PAID else None
            amount = Decimal(rng.randrange(1, 99_999)) / 100
            await Refund.create(case=case, no=f"T{seed}-{next(_number)}", amount=amount, state=state, paid_at=paid)


async def _counted(time: str, where: dict[str, str], shops: Collection[str] | None) -> tuple[int, int, Decimal]:
    """The same, slowly."""
    window = parse_period(time, NOW, TZ).window(TZ)
    found: list[Refund] = []
    for refund in await Refund.all().prefetch_related("case"):
        case = refund.case
        skus = {line.sku for line in await CaseLine.filter(case_id=case.id)}
        mine = shops is None or case.shop in shops
        fits = {"店铺": case.shop, "类型": case.kind}
        wanted = all(value in skus if name == "SKU" else fits[name] == value for name, value in where.items())
        real = case.close_reason not in (CloseReason.DUPLICATE, CloseReason.WITHDRAWN)
        if refund.paid_at and window.start <= refund.paid_at < window.end and mine and wanted and real:
            found.append(refund)
    return len(found), len({refund.case_id for refund in found}), sum((r.amount for r in found), Decimal("0.00"))


@pytest.mark.parametrize("seed", range(2))
async def test_another_program_comes_to_the_same_sum(database_url: str, seed: int) -> None:
    async with database(database_url):
        await _some_refunds(seed)
        wheres: list[dict[str, str]] = [{}, {"店铺": "京东"}, {"类型": "换货"}, {"SKU": "A1"}]
        for time, where, shops in itertools.product(
            ["2011-08", "本月", "今天", "2011-08-15~2011-09-10"], wheres, [None, {"天猫"}, {"天猫", "京东"}]
        ):
            window = parse_period(time, NOW, TZ).window(TZ)
            expected = await _counted(time, where, shops)
            assert await refunded(window, Scope.of(where), shops) == expected, (time, where, shops)
