"""What the person before has said with their step: the next one reads it on the card, whatever rows the node shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cards.types import LEAD_CHARS, VALUE_CHARS, short
from cards.words import moment, money
from models.values import ADDED_TO, BECAUSE, NOW, WAS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cards.types import Fact
    from models.values import CaseView, TaskView

PREVIOUS = "上一步"  #: the row that names the last step before a task
LEAST = 12  #: characters of a remark that are worth their room beside another sentence
_WORDS = ("说", "理由")  #: of an event's data: what people said in their own words


@dataclass(frozen=True, slots=True)
class Before:
    """The last thing that a person did before a task, and what they said with it."""

    actor: str
    action: str
    at: datetime
    words: str

    def row(self, now: datetime) -> str:
        """``王建国 今天 14:03 驳回：照片看不出破损``; the words give way where they are too long for a row."""
        step = f"{self.actor} {moment(self.at, now)} {self.action}"
        room = VALUE_CHARS - len(step) - 1
        return f"{step}：{short(self.words, room)}" if self.words and room >= LEAST // 2 else step


def before(case: CaseView, task: TaskView) -> Before | None:
    """The step before ``task``, with what was added to its reason since."""
    steps = [
        (seq, event)
        for seq, event in enumerate(case.events, 1)
        if event.node and "rule" not in event.data and ADDED_TO not in event.data and event.at <= task.opened_at
    ]
    if not steps:
        return None
    number, step = steps[-1]
    later = [event for event in case.events if event.data.get(ADDED_TO) == number]
    said = [str(event.data[key]) for event in (step, *later) for key in _WORDS if event.data.get(key)]
    return Before(step.actor, step.action, step.at, "，".join(said))


def booked(data: Mapping[str, Any]) -> list[str]:
    """What a step has counted and taken off, and how the amount changed by it, where the reader may see amounts."""
    counts = data.get("件数")
    parts = ["、".join(f"{sku} ×{units}" for sku, units in counts.items())] if isinstance(counts, Mapping) else []
    if data.get("缺件") and data.get("扣款"):
        parts.append(f"缺{data['缺件']}，扣 {money(Decimal(data['扣款']))}")
    why = str(data.get(BECAUSE) or "")
    if WAS in data and NOW in data:
        change = f"退款 {money(Decimal(data[WAS]))} → {money(Decimal(data[NOW]))}"
        parts.append(f"{change}（{why}）" if why else change)
    elif why:
        parts.append(why)
    return parts


def lead(said: Before | None, words: str, rows: Iterable[Fact]) -> str:
    """The first line of a card, with the remark before it where no row holds all of it."""
    if said is None or not said.words or any(row.value.endswith(f"：{said.words}") for row in rows):
        return short(words, LEAD_CHARS)
    head, room = f"{said.actor}：", LEAD_CHARS - (len(words) + 3 if words else 0)
    if room - len(head) < LEAST:
        return short(words, LEAD_CHARS)
    remark = short(f"{head}{said.words}", room)
    return f"{remark} · {words}" if words else remark
