"""What is said of money, or of another house's goods, at work that counts goods: asked before a button is offered."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cards.words import money
from flow.definitions.flow import HUMAN
from flow.definitions.permissions import AMOUNT, WHOLE
from flow.definitions.vocabulary import CREATOR, PATH, PAYS
from flow.engine.verbs import GIVE_BACK
from handlers.chat import guesses
from handlers.chat.arrivals import BAD, CAME, GOOD
from handlers.chat.goods_clauses import clauses, of_others
from handlers.chat.goods_states import states
from handlers.chat.readings import nodes_of
from handlers.chat.spelling import asks
from handlers.chat.terms import terms
from handlers.sentences import in_hand
from handlers.sentences.hearing import COMMENT, LOOK, WHICH, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing
    from handlers.sentences.in_hand import InHand
    from models import Task

_LACKS = re.compile(r"[缺丢漏]|少(?![退付打给赔])")


async def meant(hearing: Hearing, text: str, tasks: Sequence[Task]) -> Reply | None:
    """The case given back, the words as a remark, and the buttons last, with what they pay; None for another text.

    Of the only task in hand that counts goods: no button follows what is said of the money, or books what is not ours.
    """
    if asks(text):
        return None
    found = [each for each in await in_hand.of(hearing, tasks, text) if _effects(each) & in_hand.COUNTED]
    if len(found) != 1:
        return None
    [each] = found
    strange, sums = of_others(text), terms(text, hearing.lexicon.phrases) if _effects(each) & {GOOD, BAD} else []
    if not strange and not sums:
        return None
    kept, back = f"{COMMENT} {each.no} {text}", await given_back(hearing, each, text)
    first = [kept, *back] if CAME in _effects(each) else [*back, kept]  # at the dock the parcel has yet to be counted
    buttons = [in_hand.with_remark(hearing, each, name, text) for name in _buttons(each, strange=bool(strange))]
    return await hearing.offer(WHICH, _lead(hearing, each, text, strange), [*first, *buttons[:2], f"{LOOK} {each.no}"])


async def given_back(hearing: Hearing, each: InHand, text: str, *, of_sum: bool = False) -> list[str]:
    """The case given back to where its sum may still be changed; nothing where it may not.

    That is whoever opened it before the goods have come, then the dock where a part is missing, else who approved it;
    never the bench. ``of_sum``: another sum is named, which the dock can't write down.
    """
    case = each.task.case
    nodes = await nodes_of(hearing.ctx, case)
    path = list(case.facts.get(PATH) or [])
    before = path[: path.index(each.task.node)] if each.task.node in path else path
    human = [nodes[name] for name in reversed(before) if name in nodes and nodes[name].kind == HUMAN]
    docks = [node.name for node in human if any(CAME in button.effects for button in node.buttons)]
    counting = {node.name for node in human if any({CAME, GOOD, BAD} & {*b.effects} for b in node.buttons)}
    others = [node.name for node in human if node.name not in counting]  # the bench can change no sum
    of_goods = of_others(text) or any(states().lacking.search(word) or _LACKS.search(word) for word in clauses(text))
    order = [*docks[:1], *others[:1]] if of_goods and not of_sum else [*others[:1], *docks[:1]]
    lines = [f"{GIVE_BACK} {case.no} {to} {text}" for to in (CREATOR, *order)]
    sure = replace(hearing.ctx, sure=True)
    able = [line for line in lines if await guesses.works(sure, line.split(), hearing.strictly)]
    return able[:1]


def _effects(each: InHand) -> set[str]:
    return {effect for button in each.buttons for effect in button.effects}


def _buttons(each: InHand, *, strange: bool) -> list[str]:
    """Those that are spoken for; not such as would pass for good, or for damaged, what is none of ours."""
    effects = {button.name: {*button.effects} for button in each.buttons}
    return [name for name in each.heard.first if not (strange and effects.get(name, set()) & {GOOD, BAD, PAYS})]


def _lead(hearing: Hearing, each: InHand, text: str, strange: Sequence[str]) -> str:
    shown = hearing.ctx.desk.business.matrix.sees(hearing.ctx.me.roles, AMOUNT) == WHOLE
    amount = f"（{money(each.task.case.amount)}）" if shown else ""
    goods = "不是这一单的货不算收到、合格或次品的件数；" if strange else ""
    paid = f"退款照单子上的金额{amount}，不会跟着这句话少退，要少退就退回，不退回就照退"
    return f"“{short(text)}”要点一下才算，现在什么都没有做；这句话会跟着按钮一起记下。{goods}{paid}"
