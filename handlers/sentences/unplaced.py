"""Decisions and counts without a case, of which nothing that waits for somebody is surely meant: never in silence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cards.types import Text
from flow.errors import NotFound, NotUnderstood
from flow.views.case import open_tasks
from handlers.chat import arrivals, quantities, stays
from handlers.chat.context import Reply
from handlers.chat.decisions import clauses_of
from handlers.chat.manual import examples
from handlers.chat.readings import nodes_of
from handlers.chat.spelling import asks, bare
from handlers.sentences.buttons import own_buttons
from handlers.sentences.hearing import LOOK, OFFERED, WHICH, short

if TYPE_CHECKING:
    from collections.abc import Collection

    from handlers.chat.lexicon import Lexicon
    from handlers.sentences.hearing import Hearing
    from models import Task

_BUT = re.compile(r"除|别|不要|先|等|但|不过|只")  #: what makes a button's word no decision
_EVERY = re.compile(
    rf"^(?:(?:\d{{1,3}}|[一二两三四五六七八九十])?{quantities.MEASURE})?(?:全部都|全部|全都|都是|都|全|统统|一起)"
)
_COUNTING = {arrivals.CAME, arrivals.GOOD, arrivals.BAD}
MOST_PLACES = 20
REWRITTEN = "退货 536365 85123A×2"
GOODS = "收货、验货"


def decided(text: str, lexicon: Lexicon) -> tuple[str, str]:
    """The button that is the first or the last clause of a text, and the other clauses; "" where none is.

    ``全部合格`` says of all goods what a button says.
    """
    clauses = clauses_of(text)
    for place in dict.fromkeys((0, len(clauses) - 1)) if clauses and not _BUT.search(text) else ():
        clause = clauses[place]
        for word in (clause, clause.rstrip("吧了啊"), bare(clause, lexicon), _EVERY.sub("", clause)):
            if len(word) > 1 and lexicon.is_button(word):
                return word, ",".join(each for n, each in enumerate(clauses) if n != place)
    return "", ""


def nobody_waits(hearing: Hearing, word: str) -> NotFound:
    """Said of a button that no task of mine has, by the name of the button."""
    names = sorted(hearing.lexicon.phrases.named(word) - {word})
    named = word if word in hearing.lexicon.actions or len(names) != 1 else names[0]
    return NotFound(f"没有等你{named}的待办，什么都没有做。{examples(hearing.ctx)}")


async def places(hearing: Hearing, text: str) -> Reply | None:
    """``1退 2先不退`` where nothing is asked that has places; None for another text."""
    if not stays.verdicts(text, MOST_PLACES):
        return None
    raise NotFound(
        f"“{short(text)}”说的是第几件，现在没有在问哪一件，什么都没有做；请写上订单号和商品，例如：{REWRITTEN}"
    )


async def goods(hearing: Hearing, text: str) -> Reply | None:
    """What is said of goods, and could not be read as a count of those that wait for me."""
    if asks(text) or not any(word in text for word in hearing.lexicon.phrases.condition):
        return None
    tasks = await _of_goods(hearing, await open_tasks(hearing.ctx.me))
    if not tasks and not (_counts(text) or _EVERY.match(text)):
        return None
    if not tasks:
        raise NotUnderstood(f"没有等你{GOODS}的待办，什么都没有做。{examples(hearing.ctx)}")
    lead = f"“{short(text)}”没看出怎么记，什么都没有做"
    if len(tasks) == 1 and (card := await own_buttons(hearing.ctx, tasks[0].case)):
        return Reply.of(Text(f"{lead}，请点卡片上的按钮，或写成：{tasks[0].case.no} 1件合格 1件破损"), card)
    return await hearing.offer(WHICH, lead, [f"{LOOK} {task.case.no}" for task in tasks[:OFFERED]])


def _counts(text: str) -> bool:
    found = quantities.read(text, ())
    return bool(found.lines or found.loose)


async def _of_goods(hearing: Hearing, tasks: Collection[Task]) -> list[Task]:
    """Those of the tasks that have a button by which goods are counted."""
    found: list[Task] = []
    for task in tasks:
        buttons = (await nodes_of(hearing.ctx, task.case))[task.node].buttons
        if any(_COUNTING & set(button.effects) for button in buttons):
            found.append(task)
    return found
