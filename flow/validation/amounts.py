"""Rows of a table by amounts: those that never come up, and the amounts between them that no row answers. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, groupby
from typing import TYPE_CHECKING, Any

from flow.definitions.conditions import When
from flow.definitions.vocabulary import CALENDAR
from flow.errors import Place, Problem
from flow.validation.conditions import domain_of
from flow.validation.coverage import Domain, TooManyCases, covered, numbers_beside, overlapping, spelt
from flow.validation.surroundings import MONEY, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Rows = Sequence[tuple[str, When]]  #: each with its name
    Parts = tuple[str | int, ...]  #: of a sentence; a number is a row

AMOUNT = "金额"
MAX_TOLD = 5  #: gaps of one table that are named at once
_MONEY = Domain(always=True)
_DAYS = {fact: domain_of(fact) for fact in CALENDAR}
_ALWAYS = {"件数": Domain(step=Decimal(1), always=True), **_DAYS}  #: what is known of every case


@dataclass(frozen=True, slots=True)
class Gap:
    """From ``low`` to ``high``, both included; no ``high``: and all above. The rows beside it, by their place."""

    low: Decimal
    high: Decimal | None
    below: int | None
    above: int | None


def late_problems(rows: Rows, table: str) -> Iterator[Problem]:
    """A sentence for each row of a table that is never the first that fits."""
    domains = {fact: domain_of(fact) for fact in MONEY | WHOLE | CALENDAR}
    for masked in covered([when for _, when in rows], domains):
        at, place, name = f"{table}第 {masked.row + 1} 行", Place(table=table, row=masked.row + 1), rows[masked.row][0]
        cells = rows[masked.row][1].cells
        never = [cell for cell in cells if any(not row.by for row in covered([When((cell,))], domains))]
        if masked.by:
            before = _joined([_row(n, rows) for n in masked.by])
            yield Problem((f"（{name}）永远轮不到：", *before, "已经包含它"), place).under(at)
        elif never:
            words = f"“{never[0].text}”什么时候都不成立"
            yield Problem(words, replace(place, column=never[0].fact)).under(f"{at} {never[0].fact}：")
        else:
            yield Problem(f"（{name}）的条件什么时候都不成立", place).under(at)


def gap_problems(rows: Rows, most: int = MAX_TOLD) -> list[Problem]:
    """A sentence for each gap up to ``most``, and for which cases it is one, where it is not for all."""
    others = [When(tuple(cell for cell in when.cells if cell.fact != AMOUNT)) for _, when in rows]
    try:
        cases = overlapping(others, _ALWAYS)
    except TooManyCases:
        cases = {sum(1 << n for n, when in enumerate(others) if when({})): {}}
    found: dict[Gap, list[Mapping[str, Any]]] = {}
    for held, example in cases.items():
        for gap in _gaps([(n, when) for n, (_, when) in enumerate(rows) if held >> n & 1]):
            found.setdefault(gap, []).append(example)
    told = [_sentence(gap, rows, {} if len(of) == len(cases) else of[0]) for gap, of in found.items()]
    more = [Problem(f"另外还有 {len(told) - most} 处没有人审批", Place(column=AMOUNT))] if len(told) > most else []
    return [*told[:most], *more]


def overlap_problems(rows: Rows) -> list[Problem]:
    """A sentence for each two rows that share amounts though neither holds all of the other's.

    One row within another is how tables are written, and of a shared bound the first row has it; what lies across is a
    slip. Rows that ask for different things beside the amount are different rules.
    """
    edges = {number for _, when in rows for cell in when.cells if cell.fact == AMOUNT for number in cell.numbers}
    amounts = sorted(amount for amount in numbers_beside(sorted(edges | {Decimal(0)}), _MONEY) if amount >= 0)
    spans = [{amount for amount in amounts if _first([(0, when)], amount) is not None} for _, when in rows]
    found = []
    for low, high in combinations(range(len(rows)), 2):
        both = spans[low] & spans[high]
        across = len(both) > 1 and both != spans[low] and both != spans[high]
        if across and _beside(rows[low][1]) == _beside(rows[high][1]):
            words = f"都管金额 {_yuan(min(both))}～{_yuan(max(both))}，算前面那行的；请把界限改成一样"
            found.append(Problem((*_row(low, rows), "和", *_row(high, rows), words)))
    return found


def _beside(when: When) -> frozenset[tuple[str, str]]:
    """What a row asks for beside the amount."""
    return frozenset((cell.fact, cell.text) for cell in when.cells if cell.fact != AMOUNT)


def _gaps(rows: Sequence[tuple[int, When]]) -> Iterator[Gap]:
    """Gaps of the rows that can answer a case, from the smallest amount on."""
    edges = sorted({Decimal(0)}.union(*(cell.numbers for _, when in rows for cell in when.cells)))
    amounts = sorted(amount for amount in numbers_beside(edges, _MONEY) if amount >= 0)
    answers = [(amount, _first(rows, amount)) for amount in amounts]
    runs = [list(run) for _, run in groupby(answers, key=lambda answer: answer[1] is None)]
    for n, run in enumerate(runs):
        if run[0][1] is None:
            last = n == len(runs) - 1
            below, above = runs[n - 1][-1][1] if n else None, None if last else runs[n + 1][0][1]
            yield Gap(run[0][0], None if last else run[-1][0], below, above)


def _first(rows: Iterable[tuple[int, When]], amount: Decimal) -> int | None:
    return next((n for n, when in rows if all(c({AMOUNT: amount}) for c in when.cells if c.fact == AMOUNT)), None)


def _sentence(gap: Gap, rows: Rows, facts: Mapping[str, Any]) -> Problem:
    """``第 2 行（组长）到 500、第 3 行（总监）从 800 起：金额 500.01～799.99 没有人审批（风险客户 是）``."""
    below = (*_row(gap.below, rows), f"到 {_yuan(gap.low - _MONEY.step)}") if gap.below is not None else ()
    above = (*_row(gap.above, rows), f"从 {_yuan(gap.high + _MONEY.step)} 起") if gap.high is not None else ()
    between = _joined([parts for parts in (below, above) if parts]) or ("没有一行管得到",)
    when = f"（{spelt(facts)}）" if facts else ""
    return Problem((*between, f"：金额 {_range(gap)}没有人审批{when}"), Place(column=AMOUNT))


def _range(gap: Gap) -> str:
    if gap.high is None:
        return f"{_yuan(gap.low)} 以上" if gap.low else "不管多少都"
    return f"{_yuan(gap.low)} " if gap.low == gap.high else f"{_yuan(gap.low)}～{_yuan(gap.high)} "


def _row(place: int | None, rows: Rows) -> Parts:
    return ("第 ", place + 1, f" 行（{rows[place][0]}）") if place is not None else ()


def _joined(several: Sequence[Parts]) -> Parts:
    return tuple(part for n, parts in enumerate(several) for part in (("、", *parts) if n else parts))


def _yuan(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
