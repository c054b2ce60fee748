"""The files of 导出: made when they are sent, off the loop, as their reader may see them at that moment."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cards.case import listed
from cards.types import File, Text
from flow import export
from flow.errors import FlowError
from flow.export.request import DEFAULT_PERIOD
from flow.finding import SEARCH_LIMIT, ensure_in_scope
from flow.reading import case_view
from flow.scope import LOOK_UP
from flow.stats.errors import StatsError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cards.types import Content
    from flow.desk import Desk
    from flow.export import ListRequest
    from models.papers import Papers, Roll

LATELY = "近30天"  #: where cases are looked for that no number names


async def papers(desk: Desk, case_id: int, member_id: int, now: datetime) -> list[Content]:
    """The documents of a case; in words why not, where the asker has lost the right meanwhile."""
    reader = (await desk.staff.now()).by_id.get(member_id)
    if reader is None:
        return []
    try:
        await ensure_in_scope(desk, case_id, reader, export.EXPORT)
    except FlowError as error:
        return [Text(str(error))]
    found = await export.papers(desk, case_id, reader, now)
    return [File(await asyncio.to_thread(_papers_file, found), f"{found.case.no} 单据.xlsx")]


def _papers_file(found: Papers) -> bytes:
    from cards.papers import to_xlsx  # with openpyxl, which is not loaded at every start, and not in the loop

    return to_xlsx(found)


async def case_list(
    desk: Desk, words: Sequence[str], member_id: int, now: datetime, limit: int = export.MAX_ROWS
) -> list[Content]:
    """The file, with a word where there is more; in words why not."""
    reader = (await desk.staff.now()).by_id.get(member_id)
    if reader is None:
        return []
    try:
        roll = await export.roll(desk, await _request(desk, words, now), reader, limit)
    except StatsError as error:
        return [Text(str(error))]
    note, name, data = await asyncio.to_thread(_list_file, roll)
    said: list[Content] = [Text(note)] if note else []
    return [*said, File(data, name)] if roll.rows else said


def _list_file(roll: Roll) -> tuple[str, str, bytes]:
    """What to say of the list, what the file is called, and the file."""
    from cards import roll as table  # as above

    return table.told(roll), table.file_name(roll), table.to_xlsx(roll)


async def case_lines(desk: Desk, words: Sequence[str], member_id: int, now: datetime) -> list[Content]:
    """The newest cases that may be looked up, a line each; in words why not."""
    reader = (await desk.staff.now()).by_id.get(member_id)
    if reader is None:
        return []
    try:
        request = await _request(desk, words, now, LATELY)
        found, more = await export.find(desk, request, reader, LOOK_UP, SEARCH_LIMIT)
    except StatsError as error:
        return [Text(str(error))]
    if not found:
        return [Text(f"{request.title}：没有你能看的单，换个时间或筛选再试")]
    cases = [await case_view(desk, each.row.id, viewer=reader) for each in found]
    return [listed(f"{request.title}：{f'最新的 {len(cases)} 单' if more else f'{len(cases)} 单'}", cases)]


async def _request(desk: Desk, words: Sequence[str], now: datetime, default: str = DEFAULT_PERIOD) -> ListRequest:
    known = await export.known(desk)
    return await export.resolve_list(export.parse_list(words, known, now, desk.zone, default), known)
