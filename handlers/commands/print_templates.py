"""打印模板: one's own workbook for each paper, sent as a file, tried on a case, published by a second person."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cards.documents.fields import ALIASES, ASKED, OF_PAPER, ROW_ALIASES, ROWS
from cards.types import Text
from flow import export as files
from flow import workbook as book
from flow.access.lookup import case_of
from flow.definitions import yamlfile
from flow.definitions.nearest import suggestion
from flow.definitions.own_papers import MAX_NAME, TITLE, OwnPaper, data_of, parse_papers
from flow.errors import DefinitionError, NotFound, PolicyRefused
from flow.export import own_papers
from flow.publishing import drafts, proposals
from flow.spreadsheets.parts import UnfitError
from flow.versions import active_texts, active_versions
from handlers.chat import dialogs
from handlers.chat.context import CasePapers, Reply, TemplateKit
from handlers.chat.router import Router
from handlers.commands.flows import offered
from handlers.commands.publishing import permitted_to_edit
from models.outside import one_line
from models.views.case import By
from models.views.papers import PAPERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flow.spreadsheets.template import Hole
    from handlers.chat.context import Ctx

router = Router()
KEY = ("papers", "papers")
TRY, RESTORE = "预览", "恢复"
FILE = "print_file"  #: kind of what is remembered of a person: the paper that they named, or the file that they sent
FRESH = timedelta(minutes=30)
MAX_SAID = 20  #: problems that one message lists
HOW = (
    "换一张：回复 打印模板 退款单，再把做好的 XLSX 发给我；\n"
    "发布前看样子：打印模板 退款单 预览 R20261201-0001；用回随安装的：打印模板 退款单 恢复"
)


@router.command(
    TITLE, "打印模板；打印模板 退款单（再发 XLSX）；打印模板 退款单 预览 <单号>；打印模板 退款单 恢复",
    needs=proposals.PUBLISH,
)  # fmt: skip
async def print_template(ctx: Ctx, words: list[str]) -> Reply:
    if not words:
        return Reply.of(Text(await _listed(ctx)))
    paper, rest = _paper(words[0]), words[1:]
    if not rest:
        return await _named(ctx, paper)
    if rest[0] == RESTORE and len(rest) == 1:
        return await _restored(ctx, paper)
    if rest[0] == TRY and len(rest) == 2:
        return await _tried(ctx, paper, rest[1])
    raise PolicyRefused(f"打印模板后面看不懂“{' '.join(rest)}”，可以写：{TRY} <单号>、{RESTORE}，或者直接发文件")


def _paper(word: str) -> str:
    """Raises NotFound."""
    if word in PAPERS:
        return word
    raise NotFound(f"没有单据“{word}”{suggestion(word, PAPERS)}")


async def _listed(ctx: Ctx) -> str:
    versions, own = await active_versions(), (await ctx.desk.fresh()).papers
    lines = [f"· {paper}：{_said(own.get(paper))}" for paper in PAPERS]
    head = f"打印模板（第 {versions.get(KEY, 1)} 版），导出 <单号> 时用："
    mine = parse_papers(await drafts.started(KEY, ctx.me))
    changed = [f"· {paper}：{_said(mine.get(paper))}" for paper in PAPERS if mine.get(paper) != own.get(paper)]
    return "\n".join([head, *lines, *(["草稿里（还没有发布）：", *changed] if changed else []), HOW])


def _said(own: OwnPaper | None) -> str:
    return f"自己的 {own.file}" if own else "随安装的"


async def _named(ctx: Ctx, paper: str) -> Reply:
    """The file that was sent a moment ago is for this paper; else one is waited for."""
    if (note := await _noted(ctx)) and (digest := note.get("digest")):
        data = await own_papers.kept(digest)
        if data is not None:
            await dialogs.note(ctx.me.id, FILE, {}, ctx.at)
            return await _proposed(ctx, paper, (str(note["name"]), data))
    await dialogs.note(ctx.me.id, FILE, {"paper": paper, "at": ctx.at.isoformat()}, ctx.at)
    return Reply.of(Text(_places(paper)), TemplateKit(paper))


def _places(paper: str) -> str:
    """What may be written in a template of a paper."""
    rows = [
        f"{group}一行写 {' '.join(f'{{{group}.{name}}}' for name in names)}，有几行就重复几行"
        for group, names in ROWS[paper].items()
    ]
    plain = " ".join(f"{{{name}}}" for name in OF_PAPER[paper])
    return "\n".join(
        [
            f"把做好的{paper} XLSX 发给我（30 分钟内不用写是哪一张）。里面写占位，打印时换成这一单的：",
            plain,
            *rows,
            f"表单填的：{{{ASKED}:颜色}}，冒号后面是那一栏的名字",
            "字体、颜色、合并、图片、列宽、打印设置都照你的；不收公式、宏和外部链接。下面是现在用的，或一份可以从它改起的：",
        ]
    )


async def _noted(ctx: Ctx) -> Mapping[str, str]:
    """What was remembered a moment ago."""
    note = await dialogs.last(ctx.me.id, FILE)
    if note is None or "at" not in note.data or ctx.at - datetime.fromisoformat(note.data["at"]) > FRESH:
        return {}
    return note.data


async def _restored(ctx: Ctx, paper: str) -> Reply:
    await permitted_to_edit(ctx)
    own = parse_papers(await drafts.started(KEY, ctx.me))
    if paper not in own:
        raise PolicyRefused(f"{paper}本来就是随安装的样子，没有改动")
    left = {name: each for name, each in own.items() if name != paper}
    return await _put(ctx, left, f"{paper}用回随安装的样子")


async def _put(ctx: Ctx, own: dict[str, OwnPaper], said: str) -> Reply:
    text = yamlfile.write(data_of(own))
    try:
        return await offered(ctx, await drafts.put_text(KEY, text, said, By(ctx.me, ctx.at), ctx.staff))
    except DefinitionError as error:
        raise PolicyRefused("；".join(error.problems)) from error


async def _tried(ctx: Ctx, paper: str, no: str) -> Reply:
    """By the template that I have drafted, that waits for me or others, or that is published; the first there is."""
    case = await case_of(ctx.desk, no, ctx.me, files.EXPORT)
    found = await _digest(ctx, paper)
    if found is None:
        raise NotFound(
            f"{paper}没有自己的打印模板：回复 打印模板 {paper}，再把 XLSX 发给我；看随安装的回复 导出 {case.no}"
        )
    where, own = found
    return Reply.of(Text(f"用{where}的 {own.file} 填 {case.no}，什么都不会改"), CasePapers(case.id, paper, own.digest))


async def _digest(ctx: Ctx, paper: str) -> tuple[str, OwnPaper] | None:
    draft = await proposals.draft_of(ctx.me)
    waiting = [*await proposals.asked_of(ctx.me), *await proposals.asked_by(ctx.me)]
    texts = [("草稿里", proposals.texts_of(each)) for each in ([draft] if draft else [])]
    texts += [("等发布", proposals.texts_of(each)) for each in reversed(waiting)]
    texts.append(("现在用", await active_texts()))
    for where, bundle in texts:
        if KEY in bundle and (own := parse_papers(bundle[KEY]).get(paper)):
            return where, own
    return None


# -- a file ------------------------------------------------------------------------------------------------------------


async def taken(ctx: Ctx, name: str, data: bytes) -> Reply | None:
    """A file that is a print template, as the draft of a change; None for one that is none.

    Raises PolicyRefused with everything that is wrong with it.
    """
    if await asyncio.to_thread(_is_of_rules, data):
        return None
    note = await _noted(ctx)
    paper = note.get("paper") or next((each for each in PAPERS if each in name), "")
    if not paper:
        try:
            holes = await asyncio.to_thread(own_papers.holes_of, data)
        except UnfitError:
            return None
        paper = _guessed(holes)
    called = one_line(name)[:MAX_NAME] or f"{paper or '打印模板'}.xlsx"
    if not paper:
        return await _asked(ctx, called, data)
    await dialogs.note(ctx.me.id, FILE, {}, ctx.at)
    return await _proposed(ctx, paper, (called, data))


def _is_of_rules(data: bytes) -> bool:
    """Whether it is a workbook of flows that we have given out."""
    try:
        book.read_stamp(data)
    except DefinitionError:
        return False
    return True


def _guessed(holes: Sequence[Hole]) -> str:
    """The paper that a sheet is called after, or the only one that has all these places; "" for none or several."""
    named = [paper for paper in PAPERS if any(paper in hole.sheet for hole in holes)]
    if len(named) == 1:
        return named[0]
    fit = [paper for paper in PAPERS if all(_knows(paper, hole) for hole in holes)]
    return fit[0] if len(fit) == 1 else ""


def _knows(paper: str, hole: Hole) -> bool:
    slot = hole.slot
    if slot.group:
        return slot.name in _rows(paper).get(slot.group, ())
    return slot.name in OF_PAPER[paper] or slot.name in ALIASES[paper] or slot.name.startswith(f"{ASKED}:")


def _rows(paper: str) -> dict[str, list[str]]:
    """What may be asked for in rows, by every name."""
    return {
        group: [*names, *(also for also, name in ROW_ALIASES.items() if name in names)]
        for group, names in ROWS[paper].items()
    }


async def _asked(ctx: Ctx, name: str, data: bytes) -> Reply:
    digest = await own_papers.keep(data, ctx.at)
    await dialogs.note(ctx.me.id, FILE, {"digest": digest, "name": name, "at": ctx.at.isoformat()}, ctx.at)
    ways = "、".join(f"打印模板 {paper}" for paper in PAPERS)
    return Reply.of(Text(f"收到打印模板 {name}，看不出是哪一张单据的，先没有改动。请回复其中一句：{ways}"))


async def _proposed(ctx: Ctx, paper: str, file: tuple[str, bytes]) -> Reply:
    """The file in my draft."""
    await permitted_to_edit(ctx)
    name, data = file
    plain = [*OF_PAPER[paper], *ALIASES[paper], *(f"{ASKED}:{each}" for each in await own_papers.asked_for())]
    if problems := await asyncio.to_thread(own_papers.check, data, plain, _rows(paper)):
        raise PolicyRefused(_refused(paper, problems))
    digest = await own_papers.keep(data, ctx.at)
    own = parse_papers(await drafts.started(KEY, ctx.me))
    if (now := own.get(paper)) and now.digest == digest:
        raise PolicyRefused(f"{paper}已经用的是这一份（{now.file}），没有改动")
    said = f"收到{paper}的打印模板 {name}；发布以前看样子：打印模板 {paper} {TRY} <单号>"
    return await _put(ctx, {**own, paper: OwnPaper(name, digest)}, said)


def _refused(paper: str, problems: Sequence[str]) -> str:
    lines = [f"{n}. {problem}" for n, problem in enumerate(problems[:MAX_SAID], 1)]
    more = [f"……还有 {len(problems) - MAX_SAID} 处，改完这些再发一次"] if len(problems) > MAX_SAID else []
    head = f"{paper}的打印模板有 {len(problems)} 处要改，没有收下，现在用的没有动："
    return "\n".join([head, *lines, *more, f"能写的占位回复 打印模板 {paper} 看"])
