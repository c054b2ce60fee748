"""``今天一共退出去多少钱``: the money that has gone back in a time, of the shops that the asker may know of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cards.types import Text
from cards.words import money
from flow.access.lookup import shops_of
from flow.access.permissions import able_to, ask
from flow.definitions.permissions import AMOUNT, WHOLE
from flow.errors import NotShown, PolicyRefused
from flow.stats import StatsError, parse_report, values
from flow.stats.period import is_time, normal
from flow.stats.refunds import refunded
from flow.stats.request import resolve
from flow.stats.scope import Scope
from handlers.chat import readings
from handlers.chat.context import Reply
from handlers.chat.spelling import bare
from handlers.sentences.hearing import REPORT, short

if TYPE_CHECKING:
    from flow.stats import ReportRequest
    from handlers.chat.context import Ctx
    from handlers.sentences.hearing import Hearing

TODAY = "今天"
HOW_COUNTED = "。按付款渠道确认的时间算，还没确认的不在里面"
#: by what the money is to be told apart, and the chart that tells goods apart so
_CHARTS = {
    "原因": "退货原因",
    "商品": "SKU退货",
    "产品线": "产品线退货",
    "产品": "SKU退货",
    "款": "SKU退货",
    "类型": "售后类型",
    "售后": "售后类型",
}


async def meant(hearing: Hearing, text: str) -> Reply | None:
    """The sum with its time; None for a text that asks for no such thing. Raises NotShown for who may not see it."""
    asked = hearing.lexicon.phrases.refunded
    word = next((word for word in asked["问"] if word in text), "")
    both = _compared(hearing, text)
    if not word and not both:
        return None
    sees = hearing.ctx.desk.business.matrix.sees(hearing.ctx.me.roles, AMOUNT) == WHOLE
    if not sees or not hearing.ctx.may(REPORT):
        raise NotShown(f"“{short(text)}”：退款金额你的角色看不到，可以找：{_able(hearing.ctx)}")
    if both:
        return await _each(hearing.ctx, both)
    words = _beside(hearing, text.replace(word, " ", 1))
    try:
        request, strange = await _request(hearing.ctx, words)
    except StatsError as error:
        raise PolicyRefused(str(error)) from error
    told = Text(await _told(hearing.ctx, request, strange))
    others = await _parted(hearing, request.period.label, strange)
    return Reply(says=[told, *(others.says if others else ())])


async def _parted(hearing: Hearing, time: str, strange: list[str]) -> Reply | None:
    """``按原因分一下``: the charts that tell goods apart so, of the same time; none tells the money apart."""
    charts = [chart for word, chart in _CHARTS.items() if any(word in each for each in strange)]
    lead = "金额没有分开的图；按件数分的在这里，点一下看"
    return await hearing.offer("要不要看这些？", lead, [f"{REPORT} {chart} {time}" for chart in dict.fromkeys(charts)])


def _compared(hearing: Hearing, text: str) -> tuple[str, ...]:
    """The two times whose refunds are set side by side: 上周和这周的退款金额对比; none for another text, or a chart."""
    known = hearing.lexicon.phrases
    charts = [word for name, words in known.figures.items() if name.startswith(REPORT) for word in words]
    if not all(any(word in text for word in known.refunded[part]) for part in ("比", "钱")):
        return ()
    first = readings.time_in(text)
    rest = text.replace(first, ",", 1) if first else ""
    second = readings.time_in(rest)
    if not second or first == second or any(word in text for word in (*charts, "上上")):
        return ()
    return (first, second) if text.index(first) < text.index(second) else (second, first)


async def _each(ctx: Ctx, times: tuple[str, ...]) -> Reply:
    """What has gone back in either time, the earlier one first."""
    requests = sorted((_parsed(ctx, [time]) for time in times), key=lambda request: request.period.from_)
    told = [await _told(ctx, request, []) for request in requests]
    lines = [line.removesuffix(HOW_COUNTED) for line in told]
    return Reply.of(Text("\n".join([*lines, HOW_COUNTED.strip("。")])))


def _able(ctx: Ctx) -> str:
    return ask(ctx.desk.business.matrix, able_to(ctx.desk.business.matrix, ctx.staff, REPORT), REPORT)


def _beside(hearing: Hearing, rest: str) -> list[str]:
    """The time and the conditions that stand beside the question, without its small words."""
    for word in hearing.lexicon.phrases.refunded["旁"]:
        rest = rest.replace(word, " ")
    words = rest.strip(" ?？。,").split()
    pieces = [piece for word in words for piece in ([word] if is_time(normal(word)) else readings.timed(word))]
    plain = [piece if is_time(normal(piece)) else bare(piece, hearing.lexicon) for piece in pieces]
    return [piece.strip(",。?？") for piece in plain if piece.strip(",。?？")]


async def _request(ctx: Ctx, words: list[str]) -> tuple[ReportRequest, list[str]]:
    """The time and the filters, and the words that are neither."""
    times = [word for word in words if is_time(normal(word))][:1]
    known = values.configured(ctx.desk.business, await ctx.desk.staff.now())
    used = times or [TODAY]
    strange = []
    request = _parsed(ctx, used)
    for word in (word for word in words if word not in times):
        try:
            request = await resolve(_parsed(ctx, [*used, word]), known)
        except StatsError:
            strange.append(word)
        else:
            used.append(word)
    return await resolve(request, known), strange


def _parsed(ctx: Ctx, words: list[str]) -> ReportRequest:
    request = parse_report(words, ctx.at, ctx.desk.zone)
    if request is None:
        raise StatsError(f"没看懂时间“{' '.join(words)}”")
    return replace(request)


async def _told(ctx: Ctx, request: ReportRequest, strange: list[str]) -> str:
    shops = shops_of(ctx.desk, ctx.me)
    period = request.period
    found = await refunded(period.window(ctx.desk.zone), Scope.of(request.where), shops)
    days = f"{period.from_}" if period.from_ == period.to else f"{period.from_} 到 {period.to}"
    of = "".join(f"，{name} {value}" for name, value in request.where.items())
    of += f"，只算你的店铺 {'、'.join(sorted(shops))}" if shops else ""
    told = f"{period.label}（{days}{of}）退出去 {money(found.amount)}：{found.refunds} 笔，{found.cases} 单"
    told += HOW_COUNTED
    lost = f"“{'、'.join(strange)}”没看懂，没有算进去；" if strange else ""
    return f"{lost}{told}"
