"""What one person hears of many cases in one message: what is late, and what has waited over the quiet hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cards.case import overdue
from cards.types import Text
from cards.words import money, span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.views.case import CaseView, TaskView

_NUMBER = re.compile(r"^R\d{8}-\d{4,} ")
WAITED, AT_ONCE = "免打扰时间里", ""  #: why several texts come in one message
MAX_CASES = 30  #: cases of one message; more are counted, and stand in 待办
PAID = "已退款"  #: fact: its money is out of the house, and no longer waits for anybody


@dataclass(frozen=True, slots=True)
class Late:
    """A task that is over its limit, as its reader may see it; ``copied`` where it is somebody else's."""

    case: CaseView
    task: TaskView
    copied: bool = False
    by: str = ""  #: who asks to hurry
    why: str = ""  #: what they said with it


def digest(late: Sequence[Late], said: Sequence[tuple[int, Text]], now: datetime, head: str = WAITED) -> Text:
    """All of it; one thing alone stays as it is. ``head`` is why several texts come together."""
    if len(late) == 1 and not said and not late[0].by:
        return overdue(late[0].case, late[0].task, now, to_manager=late[0].copied)
    mine = [each for each in late if not each.copied and not each.by]
    copied = [each for each in late if each.copied]
    urged: dict[str, list[Late]] = {}
    for each in late:
        if each.by:
            urged.setdefault(each.by, []).append(each)
    parts = [
        *(
            _late(f"{by} 催办{_why(some)}：你有 {len(some)} 件待办超时", some, "回复 待办 逐件办", now)
            for by, some in urged.items()
        ),
        _late(f"超时提醒：你有 {len(mine)} 件待办超时", mine, "回复 待办 逐件办", now),
        _late(f"抄送：你的人有 {len(copied)} 件待办超时", copied, "回复 总览 看谁手上多少", now),
        _said(said, head),
    ]
    return Text("\n".join(part for part in parts if part))


def _why(urged: Sequence[Late]) -> str:
    """What was said with it, as often as it was said otherwise."""
    said = "；".join(dict.fromkeys(each.why for each in urged if each.why))
    return f"（{said}）" if said else ""


def _late(head: str, late: Sequence[Late], then: str, now: datetime) -> str:
    """The longest late first, with how late and how much money each."""
    if not late:
        return ""
    ordered = sorted(late, key=lambda each: each.task.due_at)
    lines = [f"· {_line(each, now)}" for each in ordered[:MAX_CASES]]
    more = [f"……还有 {len(late) - MAX_CASES} 件"] if len(late) > MAX_CASES else []
    total = at_stake([each.case for each in late])
    sum_words = f"，涉及 {money(total)}" if total else ""
    return "\n".join([f"{head}{sum_words}：", *lines, *more, then])


def _line(each: Late, now: datetime) -> str:
    who = f"{each.task.owner} " if each.copied else ""
    amount = money(each.case.amount) if waits_for_money(each.case) else ""
    worth = f" {amount}" if amount and amount not in each.task.title else ""
    return f"{who}{each.task.title}{worth} · {each.case.no} · 已超时 {span(now - each.task.due_at)}"


def waits_for_money(case: CaseView) -> bool:
    """Whether a customer still waits for its amount; a repair is no money, and what was paid is paid."""
    return case.pays and not case.facts.get(PAID)


def at_stake(cases: Sequence[CaseView]) -> Decimal | None:
    """The money that still waits, each case once; None where the reader may not see amounts."""
    waiting = {case.id: case.amount for case in cases if waits_for_money(case)}
    known = [amount for amount in waiting.values() if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(waiting) else None


def _said(said: Sequence[tuple[int, Text]], head: str) -> str:
    """Texts with the cases that they are about, in the order in which they came; one alone stays as it is."""
    if len(said) < 2:
        return "".join(text.body for _, text in said)
    cases: dict[int, list[str]] = {}
    for case_id, text in said:
        cases.setdefault(case_id, []).extend(text.body.splitlines())
    lines = [f"· {'，'.join(_once(each))}" for each in cases.values()]
    more = [f"……还有 {len(lines) - MAX_CASES} 单，回复 待办 看全部"] if len(lines) > MAX_CASES else []
    return "\n".join([f"{head}有 {len(lines)} 单有消息：", *lines[:MAX_CASES], *more])


def _once(lines: Sequence[str]) -> list[str]:
    """Each line where it was last said: where a case stands comes after what has happened to it, its number first."""
    kept = list(dict.fromkeys(reversed(lines)))[::-1]
    return [kept[0], *(_NUMBER.sub("", line) for line in kept[1:])]
