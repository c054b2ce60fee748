"""Looking things up: a case with its timeline, the link for its customer, a chart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.case import history, listed, timeline
from cards.types import Text
from cards.words import moment as said_at
from cards.words import named
from flow.access.lookup import SEARCH_LIMIT, TAIL, find, find_cases, others_of
from flow.cases.link_revocation import REVOKED, revoke_links
from flow.definitions.phones import phone
from flow.errors import NotFound, NotUnderstood
from flow.orders.lookup import shop_word
from flow.records import access_log
from flow.records.verification import broken
from flow.stats import StatsError, parse_report, values
from flow.stats.period import is_time, normal
from flow.stats.request import resolve
from flow.tasks.snooze import looked
from flow.views.case import case_view
from handlers.chat.context import Chart, Ctx, Invitation, Reply
from handlers.chat.grammar import nothing_left
from handlers.chat.readings import looked_up
from handlers.chat.router import Router
from handlers.commands.export import listing
from handlers.commands.found_orders import beside, choosing, orders_found
from handlers.commands.order_shop import with_shop
from models import Case, Refusal, Task, TaskState

if TYPE_CHECKING:
    from flow.access.lookup import Found
    from models.views.case import CaseView

router = Router()
REFUSALS_SHOWN = 5


@router.command("查", "查 <单号、订单号、运单号或手机号>；查 提交人=<姓名> 本周；查 今天", needs="查")
async def look_up(ctx: Ctx, words: list[str]) -> Reply:
    if not words:
        raise NotFound("请写上要查的号，例如：查 R20261122-0007")
    if any(map(_is_condition, words)):
        return Reply.of(await listing(ctx, words, "case_lines"))
    words, shop = await with_shop(words)
    number = "".join(words) if phone("".join(words)) else words[0]
    nothing_left([] if number != words[0] else words[1:], "查 <单号、订单号、运单号或手机号>")
    spellings = dict.fromkeys((ctx.kept(number), number))  # a name may be on record in either script
    for each in spellings:
        try:
            found = await find(ctx.desk, each, ctx.me)
        except NotFound as missing:
            if reply := await orders_found(ctx, each, shop):
                return reply
            refusal = missing
        else:
            return await _found(ctx, each, found, shop)
    raise refusal


def _is_condition(word: str) -> bool:
    """Whether a word is no number, but says which cases: 店铺=京东, 本周; 9000 is a tail, and no year."""
    return bool(re.search("[=<>≤≥]", word)) or (is_time(normal(word)) and not word.isdigit())


async def _found(ctx: Ctx, number: str, found: list[Found], shop: str) -> Reply:
    ids = [case_id for each in found for case_id in each.ids]
    if shop:
        kept = await Case.filter(id__in=ids).only("id", "shop")
        ids = [case.id for case in sorted(kept, key=lambda case: -case.id) if shop_word(case.shop) == shop]
        if not ids:
            return await orders_found(ctx, number, shop) or Reply.of(Text(f"{shop} 的订单 {number} 没有售后单"))
    elif len(ids) == 1 and (more := await beside(ctx, number, ids)):
        one = await _one(ctx, ids[0])
        return Reply.of(*one.says, Text(more))
    if len(ids) == 1:
        return await _one(ctx, ids[0])
    cases = [await case_view(ctx.desk, case_id, viewer=ctx.me) for case_id in ids[:SEARCH_LIMIT]]
    await access_log.looked(ctx.me, [case.no for case in cases], ctx.at)
    more = f"，最近的 {len(cases)} 单" if len(ids) > len(cases) else ""
    head = "\n".join(part for part in (f"找到 {len(ids)} 单{more}：", await _meanings(number, found)) if part)
    tail = "" if shop else await beside(ctx, number, ids)
    text = listed(head, cases)
    text = Text("\n".join(part for part in (text.body, tail) if part))
    return await choosing(ctx, text, [f"查 {case.no}" for case in cases])


async def _meanings(number: str, found: list[Found]) -> str:
    """What a number was taken for, where it may be several things, or several people's; "" where it is clear."""
    parts = [f"{each.what}的 {len(each.ids)} 单" for each in found] if len(found) > 1 else []
    for each in found:
        if each.what == TAIL:
            people = await Case.filter(id__in=each.ids).values_list("order__mobile", flat=True)
            count = len({phone(str(mobile)) for mobile in people})
            parts += [f"{each.what} {number} 是 {count} 位客户的"] if count > 1 else []
    return "，".join(parts)


async def _one(ctx: Ctx, case_id: int) -> Reply:
    """A case with its timeline; of a duplicate, the one that it became part of."""
    case = await Case.get(id=case_id)
    await looked(await Task.filter(case_id=case.id, owner_id=ctx.me.id, state=TaskState.OPEN), ctx.at)
    await looked_up(ctx, case.no)
    if case.merged_into_id is None:
        return Reply.of(await _told(ctx, await case_view(ctx.desk, case.id, events=True, viewer=ctx.me)))
    kept = await case_view(ctx.desk, case.merged_into_id, events=True, viewer=ctx.me)
    return Reply.of(Text(f"{case.no} 已并入 {kept.no}"), await _told(ctx, kept))


async def _told(ctx: Ctx, case: CaseView) -> Text:
    """With what else the customer has sent back.

    Whoever opens such cases talks to customers, and is told how to let them look for themselves.
    """
    others = [await case_view(ctx.desk, other, viewer=ctx.me) for other in await others_of(ctx.desk, case.id, ctx.me)]
    await access_log.looked(ctx.me, [case.no, *(other.no for other in others)], ctx.at)
    link = f"发给客户自己看：回复 链接 {case.no}" if ctx.may(case.kind) else ""
    parts = (timeline(case, ctx.at).body, history(case, others, ctx.at), link)
    return Text("\n".join(part for part in parts if part))


@router.command("我的单", "我的单 [状态、时间、类型或订单号]：我开的单，没办完的在前", needs="查")
async def my_cases(ctx: Ctx, words: list[str]) -> Reply:
    return Reply.of(await listing(ctx, words, "my_cases"))


@router.command("验真", "验真 <单号>：这单的流水有没有被人改过", needs="验真")
async def verify(ctx: Ctx, words: list[str]) -> Reply:
    case_id, no = await _one_case(ctx, words, "验真")
    count, sentence = await broken(case_id)
    found = f"对不上：{sentence}。请管理员从备份核对，这单先别放款" if sentence else ""
    whole = f"{no} 的 {count} 条流水首尾相接，没有被改动过"
    return Reply.of(Text("\n".join([found or whole, *await _refused(ctx, case_id)])))


async def _refused(ctx: Ctx, case_id: int) -> list[str]:
    """Who has tried what they may not, the newest first: no part of the chain, for it changed nothing."""
    tries = Refusal.filter(case_id=case_id)
    shown, count = await tries.order_by("-id").limit(REFUSALS_SHOWN), await tries.count()
    names = (await ctx.desk.staff.now()).by_id
    rows = [
        f"· {said_at(each.at, ctx.at)} {names[each.member_id].name if each.member_id in names else '已离职的员工'} "
        f"{each.action}：{each.words}"
        for each in shown
    ]
    return [f"被拒绝的操作 {count} 次，什么都没有改：", *rows] if rows else []


@router.command("链接", "链接 <单号>：客户自己看进度的链接", needs="查")
async def link(ctx: Ctx, words: list[str]) -> Reply:
    case_id, no = await _one_case(ctx, words, "链接")
    await access_log.looked(ctx.me, [no], ctx.at, access_log.LINKED)
    return Reply.of(Invitation(case_id))


@router.command(REVOKED, "作废链接 <单号>：给客户的旧链接从此打不开", needs="查")
async def revoke(ctx: Ctx, words: list[str]) -> Reply:
    case_id, no = await _one_case(ctx, words, REVOKED)
    await revoke_links(case_id, ctx.me, ctx.at)
    return Reply.of(Text(
        f"{no} 给出去的客户链接都作废了：再打开只会看到“没有找到这个页面，请联系客服”，看不到单子的任何内容。"
        f"要给客户新的：回复 链接 {no}，只发给客户本人"
    ))  # fmt: skip


async def _one_case(ctx: Ctx, words: list[str], command: str) -> tuple[int, str]:
    """The one case that is meant, by id and number. Raises NotFound, with the numbers where there are several."""
    if not words:
        raise NotFound(f"请写上单号，例如：{command} R20261122-0007")
    words, shop = await with_shop(words)
    number = "".join(words) if phone("".join(words)) else words[0]
    nothing_left([] if number != words[0] else words[1:], f"{command} <单号>")
    found = await find_cases(ctx.desk, number, ctx.me)
    cases = await Case.filter(id__in=found).order_by("-id").only("id", "no", "shop")
    cases = [case for case in cases if not shop or shop_word(case.shop) == shop]
    if not cases:
        raise NotFound(f"{shop} 的订单 {number} 没有售后单")
    if len(cases) > 1:
        several = len({case.shop for case in cases}) > 1
        numbers = "、".join(named(case.no, shop_word(case.shop) if several else "") for case in cases)
        raise NotFound(f"{number} 有 {len(cases)} 单：{numbers}，请写其中一个单号")
    return cases[0].id, cases[0].no


@router.command("报表", "报表 [图名] [时间] [筛选]", needs="报表", private=False)
async def report(ctx: Ctx, words: list[str]) -> Reply:
    try:
        if request := parse_report(words, ctx.at, ctx.desk.zone):
            await resolve(request, values.configured(ctx.desk.business, await ctx.desk.staff.now()))
    except StatsError as error:  # told now, so that nobody is offered a chart that there is not
        raise NotUnderstood(str(error)) from error
    return Reply.of(Chart(tuple(words)))
