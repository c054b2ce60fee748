"""The files of 导出: made when they are sent, off the loop, as their reader may see them at that moment."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.outbox import printing
from cards.case import listed
from cards.types import File, Text
from flow import export
from flow.access.lookup import SEARCH_LIMIT, ensure_in_scope
from flow.access.scope import LOOK_UP
from flow.errors import FlowError
from flow.export.request import DEFAULT_PERIOD
from flow.records import access_log
from flow.records.anchors import foot
from flow.stats.errors import StatsError
from flow.views.case import case_view
from models.enums import CaseState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cards.types import Content
    from flow.desk import Desk
    from flow.export import Found, ListRequest
    from models.views.case import Person
    from models.views.papers import Roll

LATELY = "近30天"  #: where cases are looked for that no number names
COUNTED = 2000  #: cases of a list that are counted before it says 以上
_ENDED = frozenset({CaseState.DONE, CaseState.CLOSED})


@dataclass(frozen=True, slots=True)
class Ask:
    """Whose documents somebody has asked for; ``paper`` is the one that a template of that digest is tried on."""

    case_id: int
    member_id: int
    paper: str = ""
    digest: str = ""


async def papers(desk: Desk, ask: Ask, now: datetime) -> list[Content]:
    """The documents of a case; in words why not, where the asker has lost the right meanwhile."""
    reader = (await desk.staff.now()).by_id.get(ask.member_id)
    if reader is None:
        return []
    try:
        await ensure_in_scope(desk, ask.case_id, reader, export.EXPORT)
    except FlowError as error:
        return [Text(str(error))]
    found = await export.papers(desk, ask.case_id, reader, now)
    await access_log.looked(reader, [found.case.no], now, access_log.EXPORTED)
    if ask.paper:
        return await printing.tried(found, ask.paper, ask.digest, await foot())
    return await printing.printed(found, (await desk.fresh()).papers, await foot())


async def case_list(
    desk: Desk, words: Sequence[str], member_id: int, now: datetime, limit: int = export.MAX_ROWS
) -> list[Content]:
    """The file, with a word where there is more; in words why not."""
    reader = (await desk.staff.now()).by_id.get(member_id)
    if reader is None:
        return []
    try:
        roll = await export.roll(desk, await _request(desk, words, now, reader), reader, limit)
    except StatsError as error:
        return [Text(str(error))]
    if roll.rows:
        await access_log.looked(reader, [str(row[0]) for row in roll.rows], now, access_log.EXPORTED)
    note, name, data = await asyncio.to_thread(_list_file, roll, await foot())
    said: list[Content] = [Text(note)] if note else []
    return [*said, File(data, name)] if roll.rows else said


def _list_file(roll: Roll, anchor: str) -> tuple[str, str, bytes]:
    """What to say of the list, what the file is called, and the file."""
    from cards.documents import case_list as table

    return table.told(roll), table.file_name(roll), table.to_xlsx(roll, anchor)


async def case_lines(desk: Desk, words: Sequence[str], member_id: int, now: datetime) -> list[Content]:
    """The newest cases that may be looked up, a line each, and how many there are of each state; in words why not."""
    reader = (await desk.staff.now()).by_id.get(member_id)
    if reader is None:
        return []
    try:
        request = await _request(desk, words, now, reader, LATELY)
        found, more = await export.find(desk, request, reader, LOOK_UP, COUNTED)
    except StatsError as error:
        return [Text(str(error))]
    if not found:
        return [Text(f"{request.title}：没有你能看的单，换个时间或筛选再试")]
    cases = [await case_view(desk, each.row.id, viewer=reader) for each in found[:SEARCH_LIMIT]]
    await access_log.looked(reader, [case.no for case in cases], now)
    return [listed(f"{request.title}：{tally(found, more=more)}", cases)]


async def my_cases(desk: Desk, words: Sequence[str], member_id: int, now: datetime) -> list[Content]:
    """Cases that somebody has opened, those under way first; of what has ended only the last days, unless asked."""
    reader = (await desk.staff.now()).by_id.get(member_id)
    if reader is None:
        return []
    asked = (
        [words]
        if words
        else [[f"状态={CaseState.OPEN}、{CaseState.HELD}"], [f"状态={CaseState.DONE}、{CaseState.CLOSED}", LATELY]]
    )
    found: list[Found] = []
    try:
        for each in asked:
            request = await _request(desk, [*each, f"{export.CREATOR}={reader.name}"], now, reader, export.EVER)
            some, more = await export.find(desk, request, reader, LOOK_UP, COUNTED)
            found += some
    except StatsError as error:
        return [Text(str(error))]
    if not found:
        return [Text(f"没有你开的单：{' '.join(words)}" if words else f"你没有在办的单，{LATELY}也没有结束的")]
    ordered = sorted(found, key=lambda each: each.row.state in _ENDED)
    cases = [await case_view(desk, each.row.id, viewer=reader) for each in ordered[:SEARCH_LIMIT]]
    await access_log.looked(reader, [case.no for case in cases], now)
    head = f"你开的单 · {' '.join(words)}" if words else f"你开的单（结束的只算{LATELY}）"
    return [listed(f"{head}：{tally(ordered, more=more)}", cases)]


def tally(found: Sequence[Found], *, more: bool) -> str:
    """``12 单，处理中 5 · 已完成 7，最新的 10 单``."""
    states = Counter(found.row.state for found in found)
    parts = " · ".join(f"{state} {states[state]}" for state in CaseState if states[state])
    count = f"{len(found)} 单" + ("以上" if more else "")
    shown = f"，列出 {SEARCH_LIMIT} 单" if len(found) > SEARCH_LIMIT else ""
    return f"{count}，{parts}{shown}"


async def _request(
    desk: Desk, words: Sequence[str], now: datetime, reader: Person, default: str = DEFAULT_PERIOD
) -> ListRequest:
    known, said = await export.known(desk), export.of_asker(words, reader.name)
    return await export.resolve_list(export.parse_list(said, known, now, desk.zone, default), known)
