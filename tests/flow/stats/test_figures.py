"""The table of figures: counted again by another program on both engines, and by hand where a rule is at stake."""

from __future__ import annotations

import itertools
import random
import sqlite3
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.stats import answer, parse_period, parse_report, query
from flow.stats.figures import _MIDDLE, BEFORE, CASES, NOW, Tally, figures
from models import Case, CaseLine, Member, Order, Refund, Task
from models.database.connection import database
from models.enums import CaseState, CloseReason, RefundState, TaskState
from tests.support.figure_counts import Stretch, count, world
from tests.support.sales import TZ, at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.stats import Report

TODAY = at("2011-09-20", 14)
HOUR = timedelta(hours=1)
_number = itertools.count(1)


def by_name(report: Report, series: str = NOW) -> dict[str, Any]:
    return next((dict(s.points) for s in report.numbers.series if s.name == series), {})


async def ask(time: str, now: datetime = TODAY, where: Mapping[str, str] | None = None) -> Report:
    return await query("指标", parse_period(time, now, TZ), where or {}, by=None, now=now, tz=TZ)


async def put(opened: datetime, hours: float | None = None, **fields: Any) -> Case:
    """A case, finished after so many hours unless ``hours`` is None."""
    ended = {} if hours is None else {"state": CaseState.DONE, "closed_at": opened + hours * HOUR}
    return await Case.create(**{"no": f"R{next(_number)}", "kind": "退货", "opened_at": opened, **ended, **fields})


# ---- by another program


def _some(rng: random.Random, since: datetime, hours: float) -> datetime | None:
    return since + HOUR * rng.uniform(0, hours) if rng.random() < 0.6 else None


def _case(rng: random.Random, orders: list[int]) -> dict[str, Any]:
    opened = at("2011-07-01", 0) + HOUR * rng.uniform(0, 82 * 24)
    state = rng.choice(list(CaseState))
    over = state in (CaseState.DONE, CaseState.CLOSED)
    imported = rng.random() < 0.2
    return {
        "no": f"R{next(_number)}", "kind": rng.choice(["退货", "换货"]), "region": rng.choice(["华东", "华南"]),
        "shop": rng.choice(["天猫", "京东"]), "opened_at": opened, "state": state,
        "close_reason": rng.choice(list(CloseReason)) if state is CaseState.CLOSED else None,
        "closed_at": opened + rng.choice([0, 1]) * HOUR * rng.uniform(0, 300) if over else None,
        "order_id": rng.choice([*orders, None]), "batch_id": 1 if imported else None,
        "answered_at": None if imported else _some(rng, opened, 60),
        "reworked_at": None if imported else _some(rng, opened, 90),
    }  # fmt: skip


def _task(rng: random.Random, case: Case, owner: int) -> Task:
    state = rng.choice(list(TaskState))
    opened = case.opened_at + HOUR * rng.uniform(0, 50)
    closed = opened + HOUR * rng.uniform(0, 60) if state in (TaskState.DONE, TaskState.DEAD) else None
    return Task(
        case_id=case.id, node="审核", owner_id=owner, state=state, opened_at=opened, closed_at=closed,
        due_at=opened + HOUR * rng.uniform(0, 60), action=rng.choice(["同意", "转交"]) if closed else "",
    )  # fmt: skip


def _refund(rng: random.Random, case: Case) -> Refund:
    state = rng.choice([RefundState.PAID, RefundState.PAID, RefundState.REFUSED, RefundState.SENDING])
    paid = case.opened_at + HOUR * rng.uniform(1, 200) if state is RefundState.PAID else None
    return Refund(case_id=case.id, no=f"T{next(_number)}", amount=1, state=state, paid_at=paid)


async def some_world(seed: int, cases: int = 300) -> None:
    """Rows of every kind that could be, and some that could not."""
    rng = random.Random(seed)
    owner = await Member.create(name="王建国")
    orders = [(await Order.create(no=f"O{n}", shop="天猫", ordered_at=at("2011-06-01"))).id for n in range(60)]
    await Case.bulk_create(Case(**_case(rng, orders)) for _ in range(cases))
    made = await Case.all()
    live = [case for case in made if case.batch_id is None]
    await Task.bulk_create(_task(rng, case, owner.id) for case in live for _ in range(rng.randrange(4)))
    await Refund.bulk_create(_refund(rng, case) for case in live for _ in range(rng.randrange(3)))
    await CaseLine.bulk_create(
        CaseLine(case_id=case.id, sku=f"A{n % 3}", unit_price=1, paid=1, requested=1)
        for n, case in enumerate(made) for _ in range(1 + n % 2)
    )  # fmt: skip


QUESTIONS = ["2011-08", "2011-07~2011-08", "上周", "本月", "今天", "2011-07-15"]
FILTERS: list[dict[str, str]] = [{}, {"区域": "华东"}, {"店铺": "京东", "类型": "换货"}, {"SKU": "A1"}]


@pytest.mark.parametrize("seed", range(3))
async def test_another_program_counts_the_same(database_url: str, seed: int) -> None:
    async with database(database_url):
        await some_world(seed)
        rows = await world()
        lines: dict[int, set[str]] = {}
        for line in await CaseLine.all():
            lines.setdefault(line.case_id, set()).add(line.sku)

        def wanted(case: dict[str, Any], where: dict[str, str]) -> bool:
            columns = {"区域": case["region"], "店铺": case["shop"], "类型": case["kind"]}
            return all(
                value in (lines[case["id"]] if name == "SKU" else [columns[name]]) for name, value in where.items()
            )

        for time, where in itertools.product(QUESTIONS, FILTERS):
            period = parse_period(time, TODAY, TZ)
            opens, ends = period.window(TZ)
            before = period.window_before(TODAY, TZ)
            found = await ask(time, where=where)
            for series, stretch in {
                NOW: Stretch(opens, ends, TODAY), BEFORE: Stretch(*before, before.start + (TODAY - opens)),
            }.items():  # fmt: skip
                expected = count(rows, stretch, lambda case, where=where: wanted(case, where))  # type: ignore[misc]
                if by_name(found):
                    assert by_name(found, series) == pytest.approx(expected, abs=0.006), (time, where, series)
                else:
                    assert count(rows, Stretch(opens, ends, TODAY), lambda c, w=where: wanted(c, w))[CASES] == 0  # type: ignore[misc]


# ---- by hand


async def test_what_no_case_speaks_for_is_not_nothing(sqlite: str) -> None:
    async with database(sqlite):
        await put(at("2011-09-02"))
        found = by_name(await ask("本月"))
    assert found == {
        "单数（单）": 1, "办结数（单）": 0, "还在处理（单）": 1, "首次响应（平均，小时）": None,
        "处理时长（平均，小时）": None, "处理时长（中位，小时）": None, "退款时长（平均，小时）": None,
        "一次解决率（%）": None, "返工率（%）": 0.0, "超时率（%）": None,
    }  # fmt: skip


async def test_without_cases_there_is_no_table(sqlite: str) -> None:
    async with database(sqlite):
        await put(at("2011-07-02"), 5)
        found = await ask("2011-08")
    assert (found.empty, found.latest) == (True, "2011-07-02")


async def test_the_stretch_before_is_seen_at_the_same_age(sqlite: str) -> None:
    """Last month's cases all ended in the end; ten days into that month one of two had."""
    async with database(sqlite):
        for month in ("08", "09"):
            await put(at(f"2011-{month}-02"), 24)
            await put(at(f"2011-{month}-03"), 24 * 17 if month == "08" else None)
        found = await ask("本月", at("2011-09-10"))
    assert [by_name(found, series)["办结数（单）"] for series in (NOW, BEFORE)] == [1, 1]
    assert by_name(found, BEFORE)["处理时长（平均，小时）"] == 24.0


async def test_history_that_was_imported_is_counted_but_not_timed(sqlite: str) -> None:
    """Without an end of its own an imported case would have taken no time at all."""
    async with database(sqlite):
        await put(at("2011-08-02"), 10)
        await put(at("2011-08-03"), 0, batch_id=1)
        await put(at("2011-08-04"), 30, batch_id=1)  # the file said when it ended
        found = by_name(await ask("2011-08"))
    assert (found["单数（单）"], found["办结数（单）"], found["处理时长（平均，小时）"]) == (3, 3, 20.0)
    assert (found["一次解决率（%）"], found["返工率（%）"]) == (100.0, 0.0)


@pytest.mark.parametrize(
    ("days", "closed", "rate"),
    [
        (0, None, 0.0),  # at the very moment: one case became another
        (7, None, 0.0),
        (7.01, None, 100.0),
        (-1, None, 100.0),  # it ran beside, for other goods
        (2, CloseReason.WITHDRAWN, 100.0),  # nobody wanted it after all
        (2, CloseReason.REFUSED, 0.0),
    ],
)
async def test_another_case_within_a_week_means_not_solved(
    database_url: str, days: float, closed: CloseReason | None, rate: float
) -> None:
    async with database(database_url):
        order = await Order.create(no="O1", shop="天猫", ordered_at=at("2011-06-01"))
        first = await put(at("2011-07-20"), 48, order_id=order.id)
        await put(first.closed_at + timedelta(days=days), order_id=order.id, close_reason=closed)
        await put(first.closed_at + HOUR)  # of no order
        assert by_name(await ask("2011-07-20"))["一次解决率（%）"] == rate


@pytest.mark.parametrize(
    ("fields", "rate"),
    [
        ({"state": TaskState.DONE, "closed_at": 5, "action": "同意"}, 0.0),
        ({"state": TaskState.DONE, "closed_at": 15, "action": "同意"}, 100.0),
        ({"state": TaskState.DONE, "closed_at": 15, "action": "转交"}, None),  # the next one's task has the deadline
        ({"state": TaskState.DEAD, "closed_at": 15}, None),  # somebody else acted
        ({"state": TaskState.HELD}, None),
        ({"state": TaskState.OPEN}, 100.0),
    ],
)
async def test_in_time_or_not(sqlite: str, fields: dict[str, Any], rate: float | None) -> None:
    """Each task was due after ten hours."""
    async with database(sqlite):
        owner = await Member.create(name="王建国")
        case = await put(at("2011-09-20", 1))
        moment = {"closed_at": case.opened_at + fields.pop("closed_at") * HOUR} if "closed_at" in fields else {}
        fixed = {"case_id": case.id, "owner_id": owner.id, "node": "审核", "opened_at": case.opened_at}
        await Task.create(**fixed, due_at=case.opened_at + 10 * HOUR, **fields, **moment)
        assert by_name(await ask("今天", at("2011-09-20", 20)))["超时率（%）"] == rate


async def test_the_deadline_of_what_is_put_aside_stands_still(sqlite: str) -> None:
    async with database(sqlite):
        owner = await Member.create(name="王建国")
        case = await put(at("2011-09-20", 1), state=CaseState.HELD)
        moments = {"opened_at": case.opened_at, "due_at": case.opened_at + HOUR}
        await Task.create(case_id=case.id, owner_id=owner.id, node="审核", **moments)
        assert by_name(await ask("今天"))["超时率（%）"] is None


async def test_words_lead_to_the_table(sqlite: str) -> None:
    async with database(sqlite):
        await put(at("2011-08-02"), 10, region="华东")
        await put(at("2011-08-02"), 10, region="华南")
        for words in ("指标 上月 区域=华东", "kpi 2011-08 华东", "上月 指标表 区域=华东"):
            request = parse_report(words.split(), TODAY, TZ)
            assert request
            found = await answer(request, now=TODAY, tz=TZ)
            assert (found.form, found.scope, by_name(found)["单数（单）"]) == ("table", ("华东",), 1)


# ---- the arithmetic

COUNT = st.integers(0, 10**7)


@given(
    st.tuples(COUNT, COUNT), st.lists(COUNT, min_size=3, max_size=3), st.lists(st.floats(0, 1), min_size=3, max_size=3)
)
def test_figures_hold_together(cases: tuple[int, int], wholes: list[int], shares: list[float]) -> None:
    ended, total = sorted(cases)
    ours, solved, judged = wholes
    reworked, at_once, late = (int(share * whole) for share, whole in zip(shares, wholes, strict=True))
    found = dict(figures(Tally(total, ended, None, None, None, None, ours, reworked, solved, at_once, judged, late)))
    assert found["办结数（单）"] + found["还在处理（单）"] == found["单数（单）"] == total  # type: ignore[operator]
    for name, whole in (("返工率（%）", ours), ("一次解决率（%）", solved), ("超时率（%）", judged)):
        value = found[name]
        assert (value is None) == (whole == 0)
        assert value is None or 0 <= value <= 100


@given(st.lists(st.floats(0, 10**6), min_size=1, max_size=50))
def test_the_middle_is_the_median(values: list[float]) -> None:
    marks = ", ".join("(?)" for _ in values)
    [found] = sqlite3.connect(":memory:").execute(f"WITH timed(took) AS (VALUES {marks}) {_MIDDLE}", values).fetchone()
    assert found == pytest.approx(median(values))
