"""Counts the table of figures again, case by case in plain Python, without the SQL of the statistics.

``count`` reads the tables as rows; ``lived`` first tells from the chained events, not from the columns that the engine
keeps, when a case was answered and when it was worked on again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from models import Case, Event, Refund, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    Row = dict[str, Any]
    Wanted = Callable[[Row], bool]

WEEK = timedelta(days=7)
GOODS = {"确认收货", "配件缺失", "拒收"}
ASIDE = {"提交", "转交", "前加签", "后加签", "评论", "催办", "抄送", "稍后", "挂起", "恢复", "撤单", "合并", "拆分"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Cases opened from ``start`` to ``end``, as they stood at ``seen``."""

    start: datetime
    end: datetime
    seen: datetime


@dataclass(frozen=True, slots=True)
class World:
    """All rows, by what they hang on."""

    cases: list[Row]
    tasks: dict[int, list[Row]]
    refunds: dict[int, list[Row]]


async def world() -> World:
    """The open database."""
    tasks: dict[int, list[Row]] = defaultdict(list)
    refunds: dict[int, list[Row]] = defaultdict(list)
    for task in await Task.all().values():
        tasks[task["case_id"]].append(task)
    for refund in await Refund.all().values():
        refunds[refund["case_id"]].append(refund)
    return World(list(await Case.all().values()), tasks, refunds)


async def lived() -> World:
    """The open database, the two moments told from the events."""
    found = await world()
    for case in found.cases:
        events = await Event.filter(case_id=case["id"]).order_by("seq").values()
        case["answered_at"], case["reworked_at"] = _moments(case, events)
    return found


def count(found: World, stretch: Stretch, wanted: Wanted = lambda case: True) -> dict[str, float | None]:
    """Every figure by its name and unit."""
    own = [case for case in found.cases if stretch.start <= case["opened_at"] < stretch.end and wanted(case)]
    own = [case for case in own if _real(case)]
    ours = [case for case in own if case["batch_id"] is None]
    answers = [_hours(case, case["answered_at"]) for case in own if _had(case["answered_at"], stretch)]
    ended = [case for case in own if _ended(case, stretch)]
    took = [_hours(case, case["closed_at"]) for case in ended if case in ours or case["closed_at"] > case["opened_at"]]
    done = [case for case in ended if case in ours and case["state"] == "已完成"]
    work = [
        late for case in own for task in found.tasks[case["id"]] if (late := _late(task, case, stretch)) is not None
    ]
    return {
        "单数（单）": len(own),
        "办结数（单）": len(ended),
        "还在处理（单）": len(own) - len(ended),
        "首次响应（平均，小时）": _mean(answers),
        "处理时长（平均，小时）": _mean(took),
        "处理时长（中位，小时）": median(took) if took else None,
        "退款时长（平均，小时）": _mean(_refunds(own, found, stretch)),
        "一次解决率（%）": _share([_at_once(case, found, stretch) for case in done]),
        "返工率（%）": _share([_had(case["reworked_at"], stretch) for case in ours]),
        "超时率（%）": _share(work),
    }  # fmt: skip


def _real(case: Row) -> bool:
    return case["close_reason"] not in ("撤销", "重复")


def _had(moment: datetime | None, stretch: Stretch) -> bool:
    return moment is not None and moment <= stretch.seen


def _ended(case: Row, stretch: Stretch) -> bool:
    return case["state"] in ("已完成", "已关闭") and _had(case["closed_at"], stretch)


def _hours(case: Row, moment: datetime) -> float:
    took: timedelta = moment - case["opened_at"]
    return took / timedelta(hours=1)


def _refunds(own: list[Row], found: World, stretch: Stretch) -> Iterable[float]:
    for case in own:
        paid = [
            r["paid_at"] for r in found.refunds[case["id"]] if r["state"] == "已退款" and _had(r["paid_at"], stretch)
        ]
        if paid:
            yield _hours(case, min(paid))


def _at_once(case: Row, found: World, stretch: Stretch) -> bool:
    after = [
        other
        for other in found.cases
        if other["id"] != case["id"] and other["order_id"] is not None and other["order_id"] == case["order_id"]
        and timedelta(0) <= other["opened_at"] - case["closed_at"] <= WEEK
        and other["opened_at"] <= stretch.seen and _real(other)
    ]  # fmt: skip
    return not after and not _had(case["reworked_at"], stretch)


def _late(task: Row, case: Row, stretch: Stretch) -> bool | None:
    """None for a task that says nothing, or nothing yet."""
    if task["state"] == "held" or task["opened_at"] > stretch.seen:
        return None
    over = _had(task["closed_at"], stretch)
    if over:
        return (
            task["closed_at"] > task["due_at"] if (task["state"], task["action"] == "转交") == ("done", False) else None
        )
    stands_still = task["state"] == "open" and case["state"] == "已挂起"
    return True if task["due_at"] < stretch.seen and not stands_still else None


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return fmean(listed) if listed else None


def _share(found: list[bool]) -> float | None:
    return 100 * sum(found) / len(found) if found else None


def _moments(case: Row, events: list[Row]) -> tuple[datetime | None, datetime | None]:
    """When somebody else first decided on the case, and when it first came to a node for the second time."""
    decisions: list[Row] = []
    for event in (event for event in events if event["actor_id"] and event["action"] not in ASIDE):
        if event["action"] == "撤回":
            decisions.pop()
        else:
            decisions.append(event)
    return _answered(case, decisions), _reworked(case, decisions)


def _answered(case: Row, decisions: list[Row]) -> datetime | None:
    for event in decisions:
        if event["action"] in GOODS:
            return None
        if event["actor_id"] != case["creator_id"] and event["action"] != "重开":
            return event["at"]  # type: ignore[no-any-return]
    return None


def _reworked(case: Row, decisions: list[Row]) -> datetime | None:
    been: list[str] = []
    for n, event in enumerate(decisions):
        following = decisions[n + 1]["node"] if n + 1 < len(decisions) else next(iter(case["nodes"]), "")
        been.append(event["node"])
        if event["action"] in ("退回", "重开") or following in been:
            return event["at"]  # type: ignore[no-any-return]
    return None
