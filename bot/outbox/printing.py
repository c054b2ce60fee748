"""The papers of a case as files: each by its owner's template where it has one, the others as they ship, in one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cards.documents import fields
from cards.types import File, Text
from flow.export import own_papers
from flow.spreadsheets.filling import Filling, fill
from flow.spreadsheets.parts import UnfitError
from models.outside import file_name
from models.views.papers import PAPERS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cards.documents.fields import Sheet
    from cards.types import Content
    from flow.definitions.own_papers import OwnPaper
    from models.views.papers import Papers

MAX_FILES = 5  #: of one paper: the newest


async def printed(found: Papers, own: Mapping[str, OwnPaper], anchor: str) -> list[Content]:
    """The papers of a case. One whose template cannot be had or filled is printed as it ships, and that is said."""
    made: list[Content] = []
    words: list[str] = []
    instead = [paper for paper in PAPERS if paper not in own]
    for paper in PAPERS:
        if paper not in own:
            continue
        data = await own_papers.kept(own[paper].digest)
        try:
            if data is None:
                raise UnfitError(["找不到模板文件"])
            files, said = await asyncio.to_thread(_files, found, (paper, data), anchor)
            made, words = [*made, *files], [*words, *said]
        except UnfitError as error:
            instead.append(paper)
            words.append(
                f"{paper}没有用自己的打印模板，用的是随安装的：{'；'.join(error.problems[:3])}；请管理员看一下"
            )
    if instead:
        made = [File(await asyncio.to_thread(_shipped, found, anchor, instead), f"{found.case.no} 单据.xlsx"), *made]
    return [*made, *([Text("\n".join(words))] if words else [])]


async def tried(found: Papers, paper: str, digest: str, anchor: str) -> list[Content]:
    """One paper by a template that is not published yet; in words why not."""
    data = await own_papers.kept(digest)
    try:
        if data is None:
            raise UnfitError(["找不到模板文件，请再发一次"])
        files, said = await asyncio.to_thread(_files, found, (paper, data), anchor, "预览 ")
    except UnfitError as error:
        return [Text(f"预览不了：{'；'.join(error.problems)}")]
    return [*files, *([Text("\n".join([*said, "换一张已经走到那一步的单再预览"]))] if said and not files else [])]


def _files(found: Papers, template: tuple[str, bytes], anchor: str, head: str = "") -> tuple[list[Content], list[str]]:
    """A file for each report or refund, and in words what there is none of, or more than is sent."""
    from cards.documents.papers import not_yet  # with openpyxl, as in ``_shipped``

    paper, data = template
    sheets = fields.sheets_of(found, paper, anchor)
    files: list[Content] = [
        File(fill(data, _filling(each)), _named(found, paper, each, head)) for each in sheets[-MAX_FILES:]
    ]
    more = len(sheets) - MAX_FILES
    words = [] if sheets else [not_yet(found, paper)]
    return files, [*words, *([f"{paper}一共 {len(sheets)} 张，发的是最近 {MAX_FILES} 张"] if more > 0 else [])]


def _filling(sheet: Sheet) -> Filling:
    return Filling(sheet.plain, sheet.rows)


def _named(found: Papers, paper: str, sheet: Sheet, head: str) -> str:
    """``R20261201-0001 退款单 TK1.xlsx``."""
    no = "" if sheet.no == found.case.no else f" {sheet.no}"
    return file_name(f"{head}{found.case.no} {paper}{no}.xlsx")


def _shipped(found: Papers, anchor: str, wanted: Collection[str]) -> bytes:
    from cards.documents.papers import to_xlsx  # with openpyxl, which is not loaded at every start, and not in the loop

    return to_xlsx(found, anchor, wanted)
