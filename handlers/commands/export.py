"""导出: the documents of a case, or a list of cases, as a file for the asker alone."""

from __future__ import annotations

from flow import export as files
from flow.access.lookup import case_of, find_cases
from flow.errors import NotFound, NotUnderstood, PolicyRefused
from flow.stats.errors import StatsError
from flow.stats.period import is_time, normal
from handlers.chat import parse
from handlers.chat.context import CaseList, CasePapers, Ctx, Form, Reply
from handlers.chat.router import Router
from models import Case

router = Router()


@router.command(
    files.EXPORT, "导出 <单号>：三张单据；导出 [时间] [筛选]：清单，例如 导出 上月 质量问题", needs=files.EXPORT
)
async def export(ctx: Ctx, words: list[str]) -> Reply:
    if words and parse.is_case_no(words[0]):
        return await _papers(ctx, words)
    found = await listing(ctx, words)
    if len(words) == 1 and (number := await _named_otherwise(ctx, words[0])):
        return await _papers(ctx, [number])
    return Reply.of(found)


async def _named_otherwise(ctx: Ctx, word: str) -> str:
    """The number of the one case that an order, a waybill or a phone means; "" for none. Raises NotFound for more."""
    if is_time(normal(word)) or not any(char.isdigit() for char in word) or "=" in word:
        return ""
    try:
        found = await find_cases(ctx.desk, word, ctx.me)
    except NotFound:
        return ""
    numbers = [case.no for case in await Case.filter(id__in=found).order_by("-id").only("id", "no")]
    if len(numbers) > 1:
        raise NotFound(f"{word} 有 {len(numbers)} 单：{'、'.join(numbers)}，请写其中一个单号")
    return numbers[0]


async def listing(ctx: Ctx, words: list[str], form: Form = "case_list") -> CaseList:
    """The list that words ask for, which is made later. Raises NotFound, now, for words that ask for nothing known."""
    said = files.of_asker(words, ctx.me.name)
    try:
        known = await files.known(ctx.desk)
        await files.resolve_list(files.parse_list(said, known, ctx.at, ctx.desk.zone), known)
    except StatsError as error:
        raise NotUnderstood(str(error)) from error
    return CaseList(tuple(said), form)


async def _papers(ctx: Ctx, words: list[str]) -> Reply:
    if len(words) > 1:
        raise PolicyRefused("一次导出一张单的单据，请写成：导出 单号；很多张单要清单，请写时间和筛选，例如 导出 本月")
    case = await case_of(ctx.desk, words[0], ctx.me, files.EXPORT)
    return Reply.of(CasePapers(case.id))
