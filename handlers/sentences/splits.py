"""``把 R… 拆成两单，灯笼单独一单``: which goods are to be a case of their own, by a tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.cases.merge_split import SPLIT
from flow.orders.lookup import Choice
from handlers.chat import guesses, quantities, stays
from handlers.chat.decisions import clauses_of
from handlers.sentences.hearing import LOOK, OFFERED, WHICH, beside, short
from models import Case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Reply
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

Goods = list[tuple[str, int]]


async def meant(hearing: Hearing, said: Sentence, no: str) -> Reply | None:
    """The splits that a sentence may ask for; why there is none where none can be done."""
    case, text = await Case.get(no=no), beside(said)
    lines = [
        Choice(line.sku, line.title, line.requested, line.requested) for line in await case.lines.all().order_by("id")
    ]
    found = [goods] if (goods := _named(text.replace(said.phrase, " "), lines)) else _each(lines)
    readings = [" ".join([SPLIT, no, *(f"{sku}×{units}" for sku, units in goods)]) for goods in found][:OFFERED]
    able = [each for each in readings if await guesses.works(hearing.ctx, each.split(), hearing.strictly)]
    if readings and not able:
        return await hearing.run(hearing.ctx, readings[0].split())  # which says why not
    lead = f"“{short(text)}”点一下才算，现在什么都没有做。写出来的拆成另一单，两单接着办；哪一单不退了再撤单"
    return await hearing.offer(WHICH, lead, [*able, f"{LOOK} {no}"])


def _named(text: str, lines: Sequence[Choice]) -> Goods:
    """The goods that are named, or stay where 1退 2先不退; none for no goods, and for all that there are."""
    found: dict[str, int] = {}
    for clause in clauses_of(text):
        for place, goes in stays.verdicts(clause, len(lines)).items():
            if not goes:
                found[lines[place - 1].sku] = lines[place - 1].bought
    for line in lines if not found else ():
        if name := next((name for name in _names(line) if name in text), ""):
            counted = quantities.counts(text[text.index(name) + len(name) :][:4])
            found[line.sku] = counted[0][2] if counted else line.bought
    whole = all(found.get(line.sku, 0) >= line.bought for line in lines)
    return [] if whole else list(found.items())


def _names(line: Choice) -> list[str]:
    """What a product may be called: its number, its title, and the last words of that."""
    title = line.title
    return [line.sku, *(title[at:] for at in range(len(title) - 1))]


def _each(lines: Sequence[Choice]) -> list[Goods]:
    """Every product as the one to be moved; of a single one, one unit of it."""
    if len(lines) == 1:
        return [[(lines[0].sku, 1)]] if lines[0].bought > 1 else []
    return [[(line.sku, line.bought)] for line in lines]
