"""Cases that are named in short: by their place in the list that one was shown last, or by their last digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flow.access.lookup import find_cases, within_reach
from flow.errors import FlowError
from handlers.chat import dialogs
from models import Case, CaseState, Dialog, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Ctx

LIST = "list"  #: kind of the row that keeps what somebody was shown; it is over at once, for it asks nothing
FRESH = timedelta(hours=2)  #: an older list may not be the one that somebody has in mind
MOST = 200  #: newest cases that last digits may mean
_NUMERALS = {numeral: n for n, numeral in enumerate("一二三四五六七八九十", 1)}
_PLACE = re.compile(
    r"(?:第(?P<nth>\d{1,2}|[一二三四五六七八九十])(?:个|条|单|件|号|项)?|#?(?P<bare>\d{1,2})号?)"
)  #: 2件 is a count
_TAIL = re.compile(r"(?:尾号|末尾|#|-)?(\d{3,8})(?:号|那单|那张|单)?")


@dataclass(frozen=True, slots=True)
class Meant:
    """The cases that a short name may mean; ``sure`` where the only one is meant without doubt, else ``why`` not."""

    numbers: tuple[str, ...]
    sure: bool = True
    why: str = ""


async def remember(ctx: Ctx, tasks: Sequence[Task]) -> None:
    """Keep the list that somebody is shown now."""
    data = {"at": ctx.at.isoformat(), "tasks": [task.id for task in tasks]}
    await dialogs.note(ctx.me.id, LIST, data, ctx.at)


async def meant(ctx: Ctx, word: str) -> Meant | None:
    """What ``1`` or ``0007`` means to this person; None for a word that is no such thing."""
    if match := _PLACE.fullmatch(word):
        said = match["nth"] or match["bare"]
        return await _at(ctx, _NUMERALS.get(said) or int(said))
    if match := _TAIL.fullmatch(word):
        return await _ending(ctx, match[1])
    return None


async def of_number(ctx: Ctx, number: str) -> Meant | None:
    """The running case that an order, waybill or phone number means: one that waits for me before any other."""
    try:
        found = await find_cases(ctx.desk, number, ctx.me)
    except FlowError:
        return None
    running = (CaseState.OPEN, CaseState.HELD)
    cases = await Case.filter(id__in=found, state__in=running).order_by("-id").only("id", "no")
    mine = {task.case_id for task in await Task.filter(owner_id=ctx.me.id, state=TaskState.OPEN, case_id__in=found)}
    numbers = tuple(case.no for case in cases if case.id in mine) or tuple(case.no for case in cases)
    if not numbers:
        return None
    return Meant(numbers, sure=len(numbers) == 1, why=f"{number} 有 {len(numbers)} 单，是哪一单？")


async def _at(ctx: Ctx, place: int) -> Meant:
    row = await Dialog.get_or_none(member_id=ctx.me.id, kind=LIST)
    shown = row.data["tasks"] if row else []
    if not 1 <= place <= len(shown):
        return Meant(
            (), why=f"没有第 {place} 件：{f'上次的待办只有 {len(shown)} 件' if shown else '还没有给你列过待办'}"
        )
    task = await Task.get_or_none(id=shown[place - 1]).prefetch_related("case")
    if task is None or task.state is not TaskState.OPEN or task.owner_id != ctx.me.id:
        no = f" {task.case.no}" if task else ""
        return Meant((), why=f"上次列的第 {place} 件{no}已经不在你的待办里了")
    age = ctx.at - datetime.fromisoformat(row.data["at"]) if row else FRESH
    if age > FRESH:
        return Meant(
            (task.case.no,),
            sure=False,
            why=f"上次的待办是 {int(age / timedelta(hours=1))} 小时前列的，第 {place} 件是它吗？",
        )
    return Meant((task.case.no,))


async def _ending(ctx: Ctx, digits: str) -> Meant:
    """My tasks before what I have opened, before what I may look up."""
    mine = await Task.filter(owner_id=ctx.me.id, state=TaskState.OPEN).prefetch_related("case")
    tiers = [[task.case.no for task in mine]]
    running = Case.filter(state__in=(CaseState.OPEN, CaseState.HELD), no__endswith=digits).order_by("-id").limit(MOST)
    cases = await running.only("id", "no", "creator_id")
    tiers.append([case.no for case in cases if case.creator_id == ctx.me.id])
    reach = set(await within_reach(ctx.desk, [case.id for case in cases], ctx.me))
    tiers.append([case.no for case in cases if case.id in reach])
    for tier in tiers:
        if found := tuple(dict.fromkeys(no for no in tier if _ends(no, digits))):
            several = len(found) > 1
            return Meant(
                found, sure=not several, why=f"尾号 {digits} 有 {len(found)} 单，是哪一单？" if several else ""
            )
    return Meant((), why=f"没有尾号是 {digits} 的售后单")


def _ends(no: str, digits: str) -> bool:
    """Whether the running number of a case is, or ends with, these digits."""
    return no.rpartition("-")[2].endswith(digits) or int(no.rpartition("-")[2]) == int(digits)
