"""A change for a season, tried on the past: on the days that the steps had, or as if the past had been that season."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.definitions.business import POLICY
from flow.simulation import simulation_words
from flow.versions import active_texts
from models import Task
from tests.flow.simulation.test_history import Told, edited, shop, tried
from tests.support.sales import at

if TYPE_CHECKING:
    from flow.definitions.business import Bundle
    from flow.simulation import Simulation

__all__ = ["shop"]
TIER = "- {规则: 主管审批"


def with_a_season(texts: Bundle, cell: str) -> Bundle:
    tier = f'- {{规则: 大促, 金额: "<=50", {cell}, 审批: 客服组长}}\n  '
    return edited(texts, POLICY, "standard", TIER, tier + TIER)


def moved(sim: Simulation) -> int:
    return sum(part.count for (old, new), part in sim.approvers.items() if old != new)


SEASONS = [
    ("日期: 2026-08-10~2026-08-11", 4),  # all up to 50.00 but the one of 09-30
    ("提交日期: 2026-08-11", 1),
    ("日期: '>=2026-09-01'", 1),
]


@pytest.mark.parametrize(("cell", "cases"), SEASONS)
async def test_each_case_is_judged_on_its_own_days(shop: str, cell: str, cases: int) -> None:
    sim = await tried(with_a_season(await active_texts(), cell))
    assert moved(sim) == cases
    assert sim.season is None


async def test_a_step_is_judged_on_the_day_on_which_it_was_taken(shop: str) -> None:
    """Who approves is settled when the review before it is done, be that the day after the opening."""
    case = await Told("10.00", day="2026-07-01").write()
    await Task.filter(case_id=case.id).update(closed_at=at("2026-07-02"))
    texts = await active_texts()
    sims = [await tried(with_a_season(texts, f"日期: 2026-07-0{day}")) for day in (1, 2)]
    assert [moved(sim) for sim in sims] == [0, 1]
    submitted = await tried(with_a_season(texts, "提交日期: 2026-07-01"))
    assert moved(submitted) == 1


async def test_a_season_to_come_is_tried_as_if_the_past_had_been_in_it(shop: str) -> None:
    sim = await tried(with_a_season(await active_texts(), "日期: 2027-11-01~2027-11-15"))
    assert moved(sim) == 5
    assert "这些单都不在 2027-11-01~2027-11-15 里，当作 2027-11-01 提交和办理来算" in simulation_words(sim)
