"""The returns of one typed line: of each order that it names, and of each reason that it gives for goods of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.access.lookup import shops_of
from flow.definitions.eligibility import GRANTED
from flow.definitions.permissions import KINDS
from flow.errors import FlowError
from flow.orders.lookup import SeveralShops, find_bill
from flow.orders.near import orders_among, skus_of
from handlers.chat import drafts, portions
from handlers.commands.order_shop import number_first, with_shop

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from handlers.chat.context import Ctx


async def each(ctx: Ctx, line: Sequence[str]) -> list[list[str]]:
    """A line as its words from 退货 on, as a line for each return, with the number of its order first."""
    kind, *words = line
    orders = await _by_order(ctx, [kind, *await number_first(words)])
    return [one for order in orders for one in await _by_reason(ctx, order)]


def type_words(ctx: Ctx) -> dict[str, str]:
    """Every word for a return type, and which."""
    return {word: each.name for each in ctx.desk.business.types.values() for word in (each.name, *each.aliases)}


async def _by_order(ctx: Ctx, line: list[str]) -> list[list[str]]:
    """A line that names several orders as a line for each; the last one's type and note hold for bare ones."""
    kind, *words = line
    words = [*words[:1], *(part for word in words[1:] for part in drafts.orders_apart(word))]
    candidates = [word for word in words[1:] if drafts.is_number(word)]
    if not words or not candidates:
        return [line]
    mine = await skus_of(words[0])
    if mine is None:
        return [line]
    others = {no.upper() for no in await orders_among(candidates)} - mine - {words[0].upper()}
    if not others:
        return [line]
    groups = _groups(kind, words, others)
    shared = await _shared(ctx, groups[-1][1:]) if len(groups) > 1 else []
    return [[*group, *(shared if len(group) == 2 else [])] for group in groups[:-1]] + groups[-1:]


async def _by_reason(ctx: Ctx, line: list[str]) -> list[list[str]]:
    """A line that gives two reasons, each for goods of its own, as a line for each."""
    if not line[2:]:
        return [line]
    kind, no, *words = line
    if len({name for _, _, name in portions.reasons_said(" ".join(words), type_words(ctx))}) < 2 or GRANTED in words:
        return [line]
    _, shop = await with_shop([no, *words])
    try:
        choices = (await find_bill(no, shop, shops_of(ctx.desk, ctx.me))).choices()
    except FlowError:
        return [line]  # which order or shop is asked when it is drafted
    return [[kind, no, *each] for each in portions.apart(words, choices, type_words(ctx))]


def _groups(kind: str, words: list[str], orders: Collection[str]) -> list[list[str]]:
    """The words of each order, behind the kind that was said of it, which is that of the one before."""
    groups: list[list[str]] = [[kind]]
    for place, word in enumerate(words):
        is_order = word.upper() in orders
        following = words[place + 1].upper() if place + 1 < len(words) else ""
        if word in KINDS and following in orders:
            groups.append([word])
        elif is_order and len(groups[-1]) > 1:
            groups.append([groups[-1][0], word])
        else:
            groups[-1].append(word)
    return groups


async def _shared(ctx: Ctx, group: list[str]) -> list[str]:
    """What of the last order's words is no product of it: the type and the note hold for the others too."""
    words, shop = await with_shop(group)
    try:
        choices = (await find_bill(words[0], shop, shops_of(ctx.desk, ctx.me))).choices()
    except SeveralShops:
        choices = []  # which of them is asked when it is drafted
    typed = drafts.read(words[1:], choices, type_words(ctx))
    return [*typed.types, *typed.note.split()]
