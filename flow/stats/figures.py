"""The table of figures: how many, how fast, how often right at once; of the cases opened in a stretch, in one SELECT.

``docs/figures.md`` defines each; a figure that nothing speaks for is None, never 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flow.definitions.vocabulary import HAND_OVER
from flow.stats.measures import rate
from flow.stats.reader import hours, rows
from flow.stats.report import Numbers, Series
from flow.stats.scope import counted
from models.enums import CaseState, RefundState, TaskState

if TYPE_CHECKING:
    from flow.stats.measures import Ask
    from flow.stats.reader import Param
    from flow.stats.report import Number

#: Hours after its end in which another case of the order means that it was not solved; SQLite's hours are not exact.
FOLLOWED_WITHIN = 7 * 24 + 0.001
NOW, BEFORE = "本期", "上期"
CASES = "单数（单）"
_ENDED = f"'{CaseState.DONE}', '{CaseState.CLOSED}'"


class Tally(NamedTuple):
    """The columns of the SELECT, in its order; hours are None where there are none."""

    cases: int
    ended: int
    answer: float | None
    took: float | None
    middle: float | None
    paid: float | None
    ours: int  #: not imported, so that what was done to them is on record
    reworked: int
    solved: int
    at_once: int
    judged: int  #: tasks of which is known whether they were in time
    late: int


def figures(tally: Tally) -> tuple[tuple[str, Number | None], ...]:
    """The table's lines: each figure, with its unit, and its value."""
    return (
        (CASES, tally.cases),
        ("办结数（单）", tally.ended),
        ("还在处理（单）", tally.cases - tally.ended),
        ("首次响应（平均，小时）", _short(tally.answer)),
        ("处理时长（平均，小时）", _short(tally.took)),
        ("处理时长（中位，小时）", _short(tally.middle)),
        ("退款时长（平均，小时）", _short(tally.paid)),
        ("一次解决率（%）", rate(tally.at_once, tally.solved)),
        ("返工率（%）", rate(tally.reworked, tally.ours)),
        ("超时率（%）", rate(tally.late, tally.judged)),
    )


async def indicators(ask: Ask) -> Numbers:
    """Every figure of the cases opened in the stretch, as things stood at ``ask.seen``."""
    [found] = await rows(*_statement(ask))
    whole = [0 if value is None else int(value) for value in found]
    times = {name: found[Tally._fields.index(name)] for name in ("answer", "took", "middle", "paid")}
    tally = Tally(*whole)._replace(**times)
    return Numbers((Series(NOW, figures(tally)),), None)


def beside(now: Numbers, before: Numbers) -> Numbers:
    """Both stretches in one; nothing at all when no case was opened in this one."""
    if not dict(now.series[0].points)[CASES]:
        return Numbers((), None)
    return Numbers((now.series[0], Series(BEFORE, before.series[0].points)), None)


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _statement(ask: Ask) -> tuple[str, list[Param]]:
    """``own`` are the cases with what had come of each; all that follows is of them."""
    where, seen = ask.scope.cases(), ask.seen
    cohort = f"""
      SELECT c.id, c.order_id, c.state, c.batch_id, c.opened_at,
        CASE WHEN c.state IN ({_ENDED}) AND c.closed_at <= ? THEN c.closed_at END AS ended,
        CASE WHEN c.answered_at <= ? THEN {hours("c.opened_at", "c.answered_at")} END AS answer,
        CASE WHEN c.reworked_at <= ? THEN 1 ELSE 0 END AS reworked,
        (SELECT MIN(r.paid_at) FROM refund r
          WHERE r.case_id = c.id AND r.state = '{RefundState.PAID}' AND r.paid_at <= ?) AS paid
      FROM return_case c WHERE c.opened_at >= ? AND c.opened_at < ? AND {where.sql}"""  # noqa: S608
    timed = f"""
      SELECT own.*, CASE WHEN batch_id IS NULL OR ended > opened_at THEN {hours("opened_at", "ended")} END AS took,
        CASE WHEN batch_id IS NULL THEN 1 ELSE 0 END AS ours,
        CASE WHEN batch_id IS NULL AND ended IS NOT NULL AND state = '{CaseState.DONE}' THEN 1 ELSE 0 END AS solved
      FROM own"""  # noqa: S608
    at_once = f"CASE WHEN solved = 1 AND reworked = 0 AND NOT EXISTS ({_followed()}) THEN 1 ELSE 0 END"
    statement = f"""
      WITH own AS ({cohort}), timed AS ({timed})
      SELECT COUNT(*) AS cases, COUNT(ended) AS ended, AVG(answer) AS answer, AVG(took) AS took, ({_MIDDLE}) AS middle,
        AVG({hours("opened_at", "paid")}) AS paid, SUM(ours) AS ours, SUM(ours * reworked) AS reworked,
        SUM(solved) AS solved, SUM({at_once}) AS at_once, MAX(w.judged) AS judged, MAX(w.late) AS late
      FROM timed t CROSS JOIN ({_WORK}) w"""  # noqa: S608
    window = (ask.buckets[0].window.start, ask.buckets[-1].window.end)
    return statement, [*[seen] * 4, *window, *where.params, *[seen] * 5]


_MIDDLE = """SELECT AVG(took) FROM (SELECT took, ROW_NUMBER() OVER (ORDER BY took) AS n, COUNT(*) OVER () AS k
        FROM timed WHERE took IS NOT NULL) m WHERE n IN ((k + 1) / 2, (k + 2) / 2)"""


def _followed() -> str:
    """Another case of the same order that was opened soon after the end of ``t``."""
    return f"""SELECT 1 FROM return_case f WHERE f.order_id = t.order_id AND f.id <> t.id AND f.opened_at >= t.ended
        AND f.opened_at <= ? AND {hours("t.ended", "f.opened_at")} <= {FOLLOWED_WITHIN} AND {counted("f")}"""  # noqa: S608


#: A task handed on lives on in the next one; one that somebody else has done says nothing; an open one does when it is
#: late, unless its case is put aside and its deadline stands still.
_IN_TIME = f"t.state = '{TaskState.DONE}' AND t.action <> '{HAND_OVER}' AND t.closed_at <= ?"
_OVERDUE = f"""t.opened_at <= ? AND t.due_at < ? AND ((t.state = '{TaskState.OPEN}' AND own.state <> '{CaseState.HELD}')
        OR (t.state IN ('{TaskState.DONE}', '{TaskState.DEAD}') AND t.closed_at > ?))"""
_WORK = f"""SELECT COUNT(*) AS judged, SUM(CASE WHEN t.closed_at <= t.due_at THEN 0 ELSE 1 END) AS late
        FROM own CROSS JOIN task t WHERE t.case_id = own.id AND (({_IN_TIME}) OR ({_OVERDUE}))"""  # noqa: S608
