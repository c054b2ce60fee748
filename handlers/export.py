"""导出: the documents of a case, or a list of cases, as a file for the asker alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.types import Text
from flow import export as files
from flow.errors import NotFound, PolicyRefused
from flow.finding import ensure_in_scope, find_cases
from flow.remarks import case_named
from flow.stats.errors import StatsError
from handlers import parse
from handlers.context import CaseList, CasePapers, Ctx, Reply
from handlers.router import Router
from models import Case

if TYPE_CHECKING:
    from handlers.context import Say

router = Router()
ALONE = "文件里有客户资料，只发给你自己，请看和我的单聊"


@router.command(
    files.EXPORT, "导出 <单号>：三张单据；导出 [时间] [筛选]：清单，例如 导出 上月 质量问题", needs=files.EXPORT
)
async def export(ctx: Ctx, words: list[str]) -> Reply:
    if words and parse.is_case_no(words[0]):
        return await _papers(ctx, words)
    try:
        return _sent(ctx, await listing(ctx, words))
    except NotFound:
        if len(words) == 1 and (case := await _named_otherwise(ctx, words[0])):
            return await _papers(ctx, [case])
        raise


async def _named_otherwise(ctx: Ctx, word: str) -> str:
    """The number of the one case that an order, a waybill or a phone means; "" for none. Raises NotFound for more."""
    try:
        found = await find_cases(ctx.desk, word, ctx.me)
    except NotFound:
        return ""
    numbers = [case.no for case in await Case.filter(id__in=found).order_by("-id").only("id", "no")]
    if len(numbers) > 1:
        raise NotFound(f"{word} 有 {len(numbers)} 单：{'、'.join(numbers)}，请写其中一个单号")
    return numbers[0]


async def listing(ctx: Ctx, words: list[str], *, as_file: bool = True) -> CaseList:
    """The list that words ask for, which is made later. Raises NotFound, now, for words that ask for nothing known."""
    try:
        known = await files.known(ctx.desk)
        await files.resolve_list(files.parse_list(words, known, ctx.at, ctx.desk.zone), known)
    except StatsError as error:
        raise NotFound(str(error)) from error
    return CaseList(tuple(words), as_file)


async def _papers(ctx: Ctx, words: list[str]) -> Reply:
    if len(words) > 1:
        raise PolicyRefused("一次导出一张单的单据，请写成：导出 单号；很多张单要清单，请写时间和筛选，例如 导出 本月")
    case = await case_named(words[0])
    await ensure_in_scope(ctx.desk, case.id, ctx.me, files.EXPORT)
    return _sent(ctx, CasePapers(case.id))


def _sent(ctx: Ctx, what: Say) -> Reply:
    return Reply.of(Text(ALONE), what) if ctx.chat else Reply.of(what)
