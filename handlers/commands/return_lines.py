"""The returns of one typed line: of each order that it names, and of each reason that it gives for goods of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.access.lookup import shops_of
from flow.definitions.eligibility import GRANTED
from flow.errors import FlowError
from flow.orders.lookup import SeveralShops, find_bill
from flow.orders.near import orders_among, skus_of
from handlers.chat import drafts, further, portions
from handlers.chat.phrases import phrases
from handlers.commands.order_shop import number_first, with_shop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.orders.lookup import Choice
    from handlers.chat.context import Ctx
    from handlers.chat.drafts import Typed


async def each(ctx: Ctx, line: Sequence[str]) -> list[list[str]]:
    """A line as its words from 退货 on, as a line for each return, with the number of its order first."""
    kind, *words = line
    orders = await _by_order(ctx, [kind, *await number_first(words)])
    kinds = [one for order in orders for one in await _by_kind(ctx, order)]
    return [one for line in kinds for one in await _by_reason(ctx, line)]


def type_words(ctx: Ctx) -> dict[str, str]:
    """Every word for a return type, and which."""
    return {word: each.name for each in ctx.desk.business.types.values() for word in (each.name, *each.aliases)}


async def in_doubt(typed: Typed, kind: str, order_no: str) -> tuple[str, ...]:
    """What of the remark of a return may be more than a remark: to be asked about before it is drafted."""
    orders = set(await orders_among(further.numbers(typed.note.split()))) - {order_no}
    return further.in_doubt(typed.doubts, typed.note, kind, orders)


async def _by_order(ctx: Ctx, line: list[str]) -> list[list[str]]:
    """A line that names several orders as a line for each; what is said of them together holds for each."""
    kind, *words = line
    mine = await skus_of(words[0]) if words else None
    numbers = further.numbers(words[1:]) if mine is not None else []
    if mine is None or not numbers:
        return [line]
    others = {no.upper() for no in await orders_among(numbers)} - mine - {words[0].upper()}
    groups = further.groups([kind, *words], others)
    if len(groups) < 2:
        return [line]
    each = any(word in " ".join(words) for word in phrases().opening["各"])  # of each the same, goods and all
    alike = len({kind for kind, *_ in groups}) == 1  # else how many goes with the verb of each
    shared = groups[-1][2:] if each else await _shared(ctx, groups[-1][1:], counted=alike)
    bare: tuple[list[str], ...] = ([], further.reason_of_all(words))
    return [[*group[:2], *shared] if group[2:] in bare else group for group in groups[:-1]] + groups[-1:]


async def _choices(ctx: Ctx, no: str, words: list[str]) -> list[Choice]:
    """The products of an order; none where which order or shop has to be asked first."""
    _, shop = await with_shop([no, *words])
    try:
        return (await find_bill(no, shop, shops_of(ctx.desk, ctx.me))).choices()
    except FlowError:
        return []


async def _by_kind(ctx: Ctx, line: list[str]) -> list[list[str]]:
    """A line that wants one thing of some goods and another of others, as a line for each."""
    kind, no, *words = [*line, ""][:2] + further.verbs_last(line[2:])
    like = ctx.desk.business.like(kind)
    if not words or not further.has_kinds(words, like):
        return [line]
    found = further.kinds(like, words, await _choices(ctx, no, words))
    return [[kind if each == like else each, no, *rest] for each, rest in found]


async def _by_reason(ctx: Ctx, line: list[str]) -> list[list[str]]:
    """A line that gives two reasons, each for goods of its own, as a line for each."""
    if not line[2:]:
        return [line]
    kind, no, *words = line
    if len({name for _, _, name in portions.reasons_said(" ".join(words), type_words(ctx))}) < 2 or GRANTED in words:
        return [line]
    choices = await _choices(ctx, no, words)
    if not choices:
        return [line]
    return [[kind, no, *each] for each in portions.apart(words, choices, type_words(ctx))]


async def _shared(ctx: Ctx, group: list[str], *, counted: bool) -> list[str]:
    """What of the last order's words is no product of it: the type and the note hold for the others too."""
    words, shop = await with_shop(group)
    try:
        choices = (await find_bill(words[0], shop, shops_of(ctx.desk, ctx.me))).choices()
    except SeveralShops:
        choices = []  # which of them is asked when it is drafted
    typed = drafts.read(words[1:], choices, type_words(ctx))
    units = [f"{typed.units[0]}个"] if len(typed.units) == 1 else ["全部"] if typed.everything else []
    return [*(units if counted else []), *typed.types, *typed.note.split()]
