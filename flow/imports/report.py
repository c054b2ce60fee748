"""What an import says of itself: how much went in, and every row that did not, with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from flow.errors import FlowError

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    Progress = Callable[[str, int, int | None], None]  #: stage, rows done, rows in all when known

SHOWN_LINES = 8  # line numbers named per reason; the whole list goes to a file
SHOWN_FIXES = 3  #: ways to mend rows of one reason
FIX_COLUMNS = ("原来的行号", "没有导入的原因", "怎么改")  #: added behind the rows that are given back, and not read
UNREADABLE = "这一行读不了"  #: reason of a row whose cells cannot be told apart
KINDS = {"members": "成员", "orders": "订单", "products": "商品", "cases": "售后单"}


class ImportRefused(FlowError):
    """The whole file, mapping or batch was refused and nothing was changed; the sentence says why and what to do."""


class BadRow(NamedTuple):
    """A row that was left out: its line in the file (the first is 1), why, and how to put it right.

    ``order`` is the shop and number of an order that cannot go in for it, ``filled`` what its blank cells stood for.
    A row that is no line of its ``order`` but freight that was sold like goods says how much.
    """

    line: int
    reason: str
    fix: str
    order: tuple[str, str] | None = None
    filled: tuple[tuple[int, str], ...] = ()
    freight: Decimal | None = None


def silent(stage: str, done: int, total: int | None) -> None:
    """The progress of a run that nobody watches."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The outcome of one run; a dry run has the same numbers and no batch."""

    kind: str
    file: str
    mapping: str
    good: dict[str, int]
    bad: list[BadRow] = field(default_factory=list)
    batch_id: int | None = None
    seconds: float = 0.0
    remarks: tuple[str, ...] = ()  #: how the file was understood
    header: int = 1  #: the line of the header
    sheet: str = ""  #: of a workbook
    dated: frozenset[int] = frozenset()  #: columns of moments

    def reasons(self) -> dict[str, list[BadRow]]:
        """The bad rows by reason, the most frequent first."""
        grouped: dict[str, list[BadRow]] = {}
        for row in self.bad:
            grouped.setdefault(row.reason, []).append(row)
        return dict(sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0])))

    def text(self) -> str:
        """The report as an operator reads it."""
        run = f"批次 {self.batch_id}" if self.batch_id else "试运行，没有写入"
        head = f"导入{KINDS[self.kind]}：{self.file}（映射 {self.mapping}），{run}，用时 {self.seconds:.1f} 秒"
        totals = " · ".join(f"{name} {count:,}" for name, count in self.good.items()) or "没有可导入的内容"
        lines = [head, totals, *self.remarks]
        if self.bad:
            lines.append(f"没有导入 {len(self.bad):,} 行：")
            lines += [_reason_line(reason, rows) for reason, rows in self.reasons().items()]
        return "\n".join(lines)


def _reason_line(reason: str, rows: list[BadRow]) -> str:
    numbers = "、".join(str(row.line) for row in islice(rows, SHOWN_LINES))
    more = " 等" if len(rows) > SHOWN_LINES else ""
    return f"· {reason} {len(rows):,} 行（第 {numbers} 行{more}）→ {_fixes(rows)}"


def _fixes(rows: list[BadRow]) -> str:
    """How to mend them: one sentence where it is the same for all, else whose is whose."""
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(row.fix, row.line)
    if len(first) == 1:
        return rows[0].fix
    told = "；".join(f"第 {line} 行：{fix}" for fix, line in islice(first.items(), SHOWN_FIXES))
    return told + ("；其余各行见 --report 写出的文件" if len(first) > SHOWN_FIXES else "")
