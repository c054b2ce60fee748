"""The buttons of the node at which a case waits for somebody, by any of their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.lines import ALL
from cards.types import Text
from flow.access.lookup import case_of
from flow.definitions.flow import WAIT
from flow.engine.inquiry import station
from flow.engine.verbs import VERBS, WITHDRAW
from handlers.chat import guesses, readings
from handlers.chat.case_cards import task_copy
from handlers.chat.context import Reply
from handlers.chat.readings import nodes_of
from handlers.commands import tasks
from handlers.sentences.hearing import WHICH
from models import Case, CaseState, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flow.definitions.flow import Action
    from handlers.chat.context import Ctx, Named
    from handlers.chat.guesses import Run
    from handlers.chat.lexicon import Lexicon


_OF_PARCEL = re.compile(r"^的?(?:包裹|快递|货|东西)了?[,。\s]+")  #: 收到 R… 的包裹了，就两件


async def buttons_known(ctx: Ctx) -> frozenset[str]:
    """Every button of the published flows, and what may be said of any case that is no command."""
    return await ctx.desk.buttons() | {WITHDRAW, ALL, tasks.WHY}


async def _own(ctx: Ctx, case: Case) -> list[Action]:
    """The buttons of my open tasks at a case."""
    flow = (await ctx.desk.rules(case.flow_id or 0, case.policy_id or 0)).flow
    return [action for task in await _open(ctx, case) for action in station(flow, task.node).buttons]


async def _open(ctx: Ctx, case: Case) -> list[Task]:
    return await Task.filter(case_id=case.id, owner_id=ctx.me.id, state=TaskState.OPEN).order_by("id")


async def own_buttons(ctx: Ctx, case: Case) -> Named | None:
    """The card of my task at a case, to be tapped; None where nothing of it waits for me."""
    found = await _open(ctx, case)
    return await task_copy(ctx, found[0]) if found else None


async def books(ctx: Ctx, word: str, no: str) -> bool:
    """Whether a button of mine at that case counts goods or moves money, so that a number behind it may be a count."""
    case = await Case.get(no=no)
    return any(action.effects for action in await _own(ctx, case) if action.name == word)


async def press(ctx: Ctx, word: str, case: Case, rest: list[str], lexicon: Lexicon) -> Reply | None:
    """Do what a word means at a case: its own button, or the only one that it can mean and that books nothing.

    Else my own buttons are shown, and nothing is done. None where nothing of the case waits for me and the word is
    no button either.
    """
    if word in (ALL, tasks.WHY):  # in the menu of every card: it looks, and does nothing
        return await tasks.say_action(ctx, word, [case.no, *rest])
    nodes = await nodes_of(ctx, case)
    own = {action.name: action for action in await _own(ctx, case)}
    here = [nodes[name] for name in case.nodes if name in nodes and word in nodes[name].actions]
    if here and (any(node.kind == WAIT for node in here) or not lexicon.is_button(word)):
        return await tasks.say_action(ctx, word, [case.no, *rest])  # what happens by itself, which says so
    if word not in own and not lexicon.is_button(word):
        return None
    if word in own or word in VERBS or case.state is CaseState.HELD:
        return await tasks.say_action(ctx, word, [case.no, *rest])
    if button := _sure(word, own, lexicon):
        return await tasks.say_action(ctx, button, [case.no, *rest])
    if word not in lexicon.actions:
        return None  # another name, of which it is asked what it means here
    if own and (card := await own_buttons(ctx, case)):
        why = f"这单现在在{'、'.join(case.nodes)}，不能{word}"
        return Reply.of(Text(f"{why}。{case.no} 什么都没有做，请点卡片上的按钮"), card)
    return await tasks.say_action(ctx, word, [case.no, *rest])


def _sure(word: str, own: Mapping[str, Action], lexicon: Lexicon) -> str:
    """The one button that a word means without doubt; "" where goods or money would be booked, or several fit."""
    found = [name for name in lexicon.phrases.sure.get(word.lower(), ()) if name in own]
    return found[0] if len(found) == 1 and not own[found[0]].effects else ""


async def pressed(ctx: Ctx, words: list[str], lexicon: Lexicon) -> Reply | None:
    """The button with its case; of another name, with goods counted behind it, which of the buttons is meant."""
    case = await case_of(ctx.desk, words[1], ctx.me)
    if words[2:] and words[0] not in lexicon.actions and (counted := await _counted(ctx, words, case, lexicon)):
        return counted
    return await press(ctx, words[0], case, words[2:], lexicon)


async def _counted(ctx: Ctx, words: Sequence[str], case: Case, lexicon: Lexicon) -> Reply | None:
    """``收到 R… 就两件``: another name of a button, and goods that are counted behind it."""
    mine = Task.filter(case_id=case.id, owner_id=ctx.me.id, state=TaskState.OPEN).prefetch_related("case")
    tasks, text = await mine, _OF_PARCEL.sub("", " ".join(words[2:]))
    found = await readings.counted(ctx, f"{words[0]}{text}", tasks) or await readings.counted(ctx, text, tasks)
    lead = f"“{words[0]} {text}”要点一下才算，现在什么都没有做。{'；'.join(each.told for each in found)}"
    return await guesses.offer(ctx, (WHICH, lead), [each.reading for each in found], _try(lexicon)) if found else None


def _try(lexicon: Lexicon) -> Run:
    """Carries out a button with its case, to see whether it can be done."""

    async def run(ctx: Ctx, words: list[str]) -> Reply:
        return await press(ctx, words[0], await case_of(ctx.desk, words[1], ctx.me), words[2:], lexicon) or Reply()

    return run
