"""How a rehearsal begins: of an order of the shop, or of one that is invented, and what is still to be chosen."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from cards.draft import SUBMIT
from cards.payload import Words
from cards.rehearsal import HEAD, MARK, REHEARSE
from cards.types import BUTTON_CHARS, LEAD_CHARS, MAX_BUTTONS, TITLE_CHARS, Button, Card, Text, short
from flow.access.lookup import shops_of
from flow.cases.assessment import Draft, assess, permitted
from flow.definitions.permissions import KINDS
from flow.edits.quantities import whole
from flow.errors import NotAllowed, PolicyRefused
from flow.orders.lookup import find_bill
from flow.publishing.proposals import PUBLISH
from flow.rehearsal import walk
from flow.rehearsal.invented import SKU, invented
from flow.rehearsal.play import NUMBER
from flow.rehearsal.rules import rehearsal_desk
from handlers.chat.context import Named, Reply
from handlers.commands import return_fields, return_sheet, returns
from handlers.commands.order_shop import with_shop
from handlers.commands.return_lines import type_words
from handlers.commands.return_view import types_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.cases.assessment import Assessment
    from flow.rehearsal.play import Play
    from flow.rehearsal.rules import RehearsalDesk
    from handlers.chat.context import Ctx
    from handlers.commands.return_sheet import Sheet

CARD = "rehearsal"  #: name of its cards, and kind of the row that keeps it
PUBLISHED = ("现行", "现在的", "已发布")  #: ahead of the rest: by the rules in force, whatever draft there is
ANY = ("随便", "假订单", "随便一单", "随便来一单")
FILLERS = ("开始", "一下", "一遍", "一次", "一场", "一张", "一单", "个", "流程")
SHOWN = ("退货", "换货", "仅退款", "维修")  #: kinds that are offered as buttons
PRICE = Decimal("100.00")  #: of an invented product
_PRICE = re.compile(r"(?P<minus>[-−－负])?¥?(?P<yuan>\d{1,8}(?:\.\d{1,2})?)(?P<times>[百千万])?(?:元|块钱?)?")
_SPELT_PRICE = re.compile(r"(?P<minus>负)?(?P<yuan>[零〇一二两三四五六七八九十百千万]+)(?:元|块钱?)?")
_MONEY = re.compile(r"(?:元|块钱?)$|^[-−－负]\s?\d|^¥")
_TIMES = {"百": 100, "千": 1000, "万": 10000}
MOST_YUAN = 10_000_000


def how_to_begin(ctx: Ctx) -> Named:
    """What a rehearsal is, with one of each kind at a tap."""
    kinds = [kind for kind in SHOWN if types_of(ctx, kind)]
    buttons = tuple(
        Button(f"{kind} 随便", Words(f"{REHEARSE} {kind} 随便").pack(), "primary" if n == 0 else "plain")
        for n, kind in enumerate(kinds)
    )
    lead = f"{HEAD}。有自己的草稿就按草稿走。"
    details = (f"用真的订单：{REHEARSE} 订单号 商品×数量 原因", f"自己定金额：{REHEARSE} 随便 300元")
    return _named(ctx, Card(f"{MARK}一个人走完一张单", lead, buttons=buttons, details=details))


def _named(ctx: Ctx, card: Card) -> Named:
    return Named(card, f"{CARD}-q{ctx.me.id}-{int(ctx.at.timestamp() * 1000)}", CARD)


def begins(words: Sequence[str]) -> bool:
    """Whether words are of a rehearsal that begins: a kind, an invented order, or something with a digit in it."""
    return words[0] in (*PUBLISHED, *ANY, *KINDS, *FILLERS) or any(char.isdigit() for char in words[0])


async def opening(ctx: Ctx, words: list[str]) -> Play | Reply:
    """A rehearsal from what was typed, or the question that is left. Raises FlowError for what cannot be one."""
    words = [word for word in words if word not in FILLERS]
    if not words:
        return Reply.of(how_to_begin(ctx))
    published = words[0] in PUBLISHED
    desk = await rehearsal_desk(ctx.desk, ctx.me, published=published)
    own = replace(ctx, desk=desk)
    rest = words[1:] if published else list(words)
    kind = rest[0] if rest and rest[0] in KINDS else returns.RETURN
    rest = rest[1:] if rest and rest[0] in KINDS else rest
    if not rest:
        raise PolicyRefused(
            f"要演练哪个订单？请写成：{REHEARSE} {kind} 536365 85123A×2 质量问题；没有就写：{REHEARSE} {kind} 随便"
        )
    if not types_of(own, kind):
        raise PolicyRefused(f"没有退货类型走“{kind}”，演练不了这样的单")
    if rest[0] in ANY:
        return await _opened(own, desk, *await _invented(own, kind, rest[1:]))
    if not (ctx.may(kind) or ctx.may(PUBLISH)):
        raise NotAllowed(f"真的订单要能开{kind}单的人才能用，你可以用假订单：{REHEARSE} {kind} 随便")
    found = await _of_order(own, kind, rest, [REHEARSE, *([words[0]] if published else []), kind])
    return found if isinstance(found, Reply) else await _opened(own, desk, *found)


async def _invented(ctx: Ctx, kind: str, words: Sequence[str]) -> tuple[Draft, Assessment]:
    types, known = types_of(ctx, kind), type_words(ctx)
    prices = [price for word in words if word not in known and (price := _price(word)) is not None]
    price = prices[0] if prices else PRICE
    chosen = next((known[word] for word in words if known.get(word) in types), types[0])
    note = " ".join(word for word in words if known.get(word) not in types and _price(word) is None)
    if len(prices) > 1 or not 0 < price <= MOST_YUAN:
        said = "、".join(word for word in words if word not in known and _price(word) is not None)
        raise PolicyRefused(
            f"金额“{said}”不行，要写一个，大于 0，最多 {MOST_YUAN:,} 元，没有开始；例如：{REHEARSE} {kind} 随便 300元"
        )
    draft = Draft(kind, NUMBER, ((SKU, 1),), chosen, note)
    return draft, await assess(ctx.desk, draft, ctx.at, invented(price, ctx.at))


def _price(word: str) -> Decimal | None:
    """A word as yuan, in figures or in words; None for what speaks of no money. Raises PolicyRefused for no sum."""
    if match := _PRICE.fullmatch(word):
        yuan = Decimal(match["yuan"]) * _TIMES.get(match["times"] or "", 1)
    elif (match := _SPELT_PRICE.fullmatch(word)) and (found := whole(match["yuan"])) is not None:
        yuan = Decimal(found)
    elif _MONEY.search(word):
        raise PolicyRefused(f"“{word}”不是金额，例如：{REHEARSE} 随便 300元；没有开始演练")
    else:
        return None
    return -yuan if match["minus"] else yuan


async def _of_order(ctx: Ctx, kind: str, words: list[str], head: list[str]) -> tuple[Draft, Assessment] | Reply:
    said = [*head, *words]
    words, exception = return_sheet.without_exception(kind, words)
    words, shop = await with_shop(words)
    bill = await find_bill(words[0], shop, shops_of(ctx.desk, ctx.me))
    sheet = return_sheet.Sheet(kind, bill.order.no, exception=exception, shop=shop)
    sheet = await returns.sorted_sheet(ctx, sheet, words[1:], bill)
    sheet = return_sheet.asked_first(sheet, bill, types_of(ctx, kind))
    sheet = await return_fields.asked_next(ctx, sheet, only_needed=True)
    if sheet.ask != SUBMIT:
        return _asked(ctx, sheet, said)
    draft = sheet.draft()
    return draft, await assess(ctx.desk, draft, ctx.at, who=ctx.me)


async def _opened(ctx: Ctx, desk: RehearsalDesk, draft: Draft, assessment: Assessment) -> Play:
    """As somebody submits it whose work that is. Raises PolicyRefused where it may not be opened."""
    who = walk.submitter(desk, draft.kind, ctx.me, ctx.staff)
    return await walk.opened(desk, draft, permitted(assessment, draft, who), who, ctx.at)


def _asked(ctx: Ctx, sheet: Sheet, said: Sequence[str]) -> Reply:
    """What is still to be chosen; each choice says the whole sentence anew."""
    question = return_sheet.question(sheet)
    counted = sheet.sku.upper() if sheet.ask == return_sheet.UNITS else ""
    kept = [word for word in said if not (counted and word.upper().startswith(counted))]
    whole = [(" ".join([*kept, _word(sheet, value)]), text) for value, text in sheet.options]
    if not whole:
        raise PolicyRefused(
            f"{sheet.hint}{question}请写全，例如：{REHEARSE} {sheet.kind} {sheet.order_no} 85123A×2 质量问题"
        )
    if len(whole) > MAX_BUTTONS or any(len(text) > BUTTON_CHARS for _, text in whole):
        return Reply.of(
            Text("\n".join([f"{MARK}{sheet.hint}{question}请回复其中一句：", *(words for words, _ in whole)]))
        )
    buttons = tuple(Button(text, Words(words).pack()) for words, text in whole)
    card = Card(short(f"{MARK}{question}", TITLE_CHARS), short(f"{sheet.hint}{HEAD}", LEAD_CHARS), buttons=buttons)
    return Reply.of(_named(ctx, card))


def _word(sheet: Sheet, value: str) -> str:
    """An answer as it is typed behind the rest."""
    if sheet.ask == return_sheet.FIELD:
        return f"{sheet.field['name']}:{value}"
    return (
        f"{sheet.sku}×{value}"
        if sheet.ask == return_sheet.UNITS
        else f"{value}×1"
        if sheet.ask == return_sheet.GOODS
        else value
    )
