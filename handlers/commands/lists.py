"""名单: who is refused or let through, why, and until when."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.types import Text
from cards.words import moment as said_at
from flow.access.lookup import case_of
from flow.cases import customer_lists
from flow.definitions.calendar_text import EVENING, moment
from flow.definitions.patterns import alternatives
from flow.errors import NotFound, NotUnderstood, PolicyRefused
from handlers.chat import parse
from handlers.chat.context import Ctx, Reply
from handlers.chat.phrases import phrases
from handlers.chat.router import Router
from models import Case, CustomerEntry, Order
from models.views.masks import tail

if TYPE_CHECKING:
    from datetime import datetime

router = Router()
LISTS, REMOVE = "名单", "移除"
MAX_SHOWN = 30
MOST = 20  #: shops that may have an order of one number
MAX_NAME, MAX_WHY = 64, 255  #: of the columns
_TAIL = re.compile(r"尾号(\d{4})")
_UNTIL = re.compile(r"到(?=\d|$)")
_USAGE = "名单 禁止 <手机、客户号或单号> <理由> [到 2027-03-01]"


@router.command(LISTS, f"{LISTS}；{_USAGE}；名单 允许 …；名单 移除 <手机、客户号或单号>", needs=LISTS)
async def lists(ctx: Ctx, words: list[str]) -> Reply:
    if not words:
        return Reply.of(Text(await _shown(ctx)))
    if len(words) == 2 and words[0] == REMOVE:
        return await _remove(ctx, await _listed(words[1], ctx.at) or await _customer(ctx, words[1]))
    if len(words) > 2 and words[0] in customer_lists.VERDICTS:
        return await _put_on(ctx, words[0], await _customer(ctx, words[1]), words[2:])
    raise NotUnderstood(f"请写成：{_USAGE}，理由一定要写；名单 移除 <手机、客户号或单号>；名单")


async def _customer(ctx: Ctx, word: str) -> str:
    """A number that names a customer, or that of whoever has bought an order or sent a case back.

    Raises PolicyRefused for another word, NotFound for a case that is not theirs to see.
    """
    if parse.is_case_no(word):
        return await _of_case(await case_of(ctx.desk, word, ctx.me))
    found = customer_lists.plain(word)
    if not any(char.isdigit() for char in found) or len(found) > MAX_NAME:
        raise PolicyRefused(f"“{word}”不是手机号、客户号或单号，例如：名单 禁止 13800138000 恶意退货")
    return found if await Order.exists(customer=found) else await _of_order(word) or found


async def _listed(word: str, now: datetime) -> str:
    """Whom 尾号8000 means on the list, as a review of the rules names them; "" for another word.

    Raises NotFound where nobody's mobile ends so, PolicyRefused where several do.
    """
    if not (match := _TAIL.fullmatch(word)):
        return ""
    entries = await customer_lists.current(now)
    ends = {e.customer for e in entries if customer_lists.is_mobile(e.customer) and e.customer.endswith(match[1])}
    if not ends:
        raise NotFound(f"名单里没有尾号 {match[1]} 的手机，名单没有动；回复“名单”看现在有谁")
    if len(ends) > 1:
        raise PolicyRefused(f"名单里有 {len(ends)} 个尾号 {match[1]}，名单没有动；请写完整的手机号")
    return ends.pop()


async def _of_order(no: str) -> str:
    """Who has bought the order of a number; "" where no order has it. Raises PolicyRefused where several have."""
    orders = await Order.filter(no__in=[no, no.upper()]).limit(MOST)
    customers = {_buyer(f"订单 {no}", order.mobile, order.customer) for order in orders}
    if len(customers) > 1:
        raise PolicyRefused(f"有几家店都有订单 {no}，客户不是同一个，名单没有动；请写手机号或客户号")
    return customers.pop() if customers else ""


async def _of_case(case: Case) -> str:
    order = await Order.get_or_none(id=case.order_id).only("id", "mobile")
    return _buyer(f"{case.no} 的订单", order.mobile if order else "", case.customer)


def _buyer(what: str, mobile: str, customer: str) -> str:
    """The mobile, else the number in the shop: a privacy number is of one order. Raises PolicyRefused for neither."""
    mobile = customer_lists.plain(mobile)
    if not (found := mobile if customer_lists.is_mobile(mobile) else customer or mobile):
        raise PolicyRefused(f"{what} 上没有客户号和手机，名单没有动")
    return found


async def _put_on(ctx: Ctx, verdict: str, customer: str, rest: list[str]) -> Reply:
    why, until = _read(rest, ctx.at)
    if not_yet := re.search(rf"(?:{alternatives(phrases().noes)})(?:禁|拉黑|放进|加进|加到)", why):
        raise PolicyRefused(f"“{not_yet[0]}”像是还没有定，名单没有动；要放进去请只写理由")
    why = ctx.kept(why)
    entry = CustomerEntry(customer=customer, verdict=verdict, why=why, until=until)
    await customer_lists.put_on(entry, ctx.me, ctx.at)
    return Reply.of(Text(f"已放进名单：{_line(entry, ctx.me.name, ctx.at)}\n新开的单按它判断，办到一半的单不变"))


async def _remove(ctx: Ctx, customer: str) -> Reply:
    await customer_lists.take_off(customer, ctx.me, ctx.at)
    return Reply.of(Text(f"已从名单移除：{_masked(customer)}"))


def _read(words: list[str], now: datetime) -> tuple[str, datetime | None]:
    """Why, and until when if that is said. Raises PolicyRefused for no reason and for a day that is over."""
    place = next((n for n in range(len(words) - 1, -1, -1) if _begins_end(words[n:], now)), len(words))
    why = " ".join(words[:place])
    if not 0 < len(why) <= MAX_WHY:
        raise PolicyRefused(f"理由要写，{MAX_WHY} 个字以内，例如：{_USAGE}")
    if place == len(words):
        return why, None
    said = [word for word in (words[place].removeprefix("到"), *words[place + 1 :]) if word]
    until = moment(said, now, hour=EVENING)
    if until is None or until <= now:
        raise PolicyRefused(f"“到 {' '.join(said)}”看不懂或已经过了，应像 到 2027-03-01")
    return why, until


def _begins_end(words: list[str], now: datetime) -> bool:
    """Whether words say until when: 到 alone or before a digit, and 到月底, which 到货拒收 is not."""
    if _UNTIL.match(words[0]):
        return True
    rest = [words[0].removeprefix("到"), *words[1:]]
    return words[0].startswith("到") and moment(rest, now, hour=EVENING) is not None


async def _shown(ctx: Ctx) -> str:
    entries = await customer_lists.current(ctx.at)
    if not entries:
        return f"名单是空的。要放人进去：{_USAGE}"
    people = (await ctx.desk.staff.now()).by_id
    names = [people[entry.by_id].name if entry.by_id in people else "已离职的人" for entry in entries]
    lines = [f"{n}. {_line(e, name, ctx.at)}" for n, (e, name) in enumerate(zip(entries, names, strict=True), 1)]
    more = [f"还有 {len(lines) - MAX_SHOWN} 个更早的"] if len(lines) > MAX_SHOWN else []
    return "\n".join([f"名单上现在有 {len(lines)} 个：", *lines[:MAX_SHOWN], *more])


def _line(entry: CustomerEntry, by: str, now: datetime) -> str:
    until = f"到 {entry.until.astimezone(now.tzinfo):%Y-%m-%d %H:%M}" if entry.until else "一直有效"
    return f"{entry.verdict} {_masked(entry.customer)}：{entry.why}（{by} {said_at(entry.at, now)}，{until}）"


def _masked(customer: str) -> str:
    return tail(customer) if customer_lists.is_mobile(customer) else customer
