"""What is said of the work in hand without a button's word: its buttons are offered, and the words go along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cards.words import money
from flow.exemption import PAYS
from flow.inquiry import station
from flow.roles import AMOUNT, WHOLE
from handlers.chat import decisions
from handlers.chat.decisions import Heard, hear, is_question
from handlers.chat.hearing import COMMENT, LOOK, OFFERED, WHICH, short
from models import Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flow.definition import Action
    from handlers.chat.hearing import Hearing
    from handlers.context import Reply
    from models import Case

MOST = 3  #: buttons of one task on a card, beside a remark and a look


@dataclass(frozen=True, slots=True)
class InHand:
    """A task of mine with its buttons, and what a sentence says of them."""

    task: Task
    buttons: Sequence[Action]
    heard: Heard

    @property
    def no(self) -> str:
        return self.task.case.no

    def pays(self, name: str) -> bool:
        return any(PAYS in button.effects for button in self.buttons if button.name == name)

    @property
    def offered(self) -> Sequence[str]:
        """The buttons that are spoken for, else all that the sentence does not speak against."""
        others = [button.name for button in self.buttons if not button.hands_over]
        open_ones = [name for name in others if name not in self.heard.against]
        found = [name for name in self.heard.first if name in others] or open_ones
        return sorted(found, key=self.pays) if self.heard.paid else found


async def of(hearing: Hearing, tasks: Sequence[Task], text: str) -> list[InHand]:
    """What a text says of each of the tasks."""
    found = []
    for task in tasks:
        case = task.case
        flow = (await hearing.ctx.desk.rules(case.flow_id or 0, case.policy_id or 0)).flow
        buttons = station(flow, task.node).buttons
        found.append(InHand(task, list(buttons), hear(text, buttons, hearing.lexicon)))
    return found


async def at_case(hearing: Hearing, case: Case, text: str, *, sure: bool = False) -> Reply | None:
    """The buttons of my task at a case with what was said of it; None where there is none, or where it is a question.

    ``sure`` asks for a button that is spoken for.
    """
    mine = Task.filter(case_id=case.id, owner_id=hearing.ctx.me.id, state=TaskState.OPEN).order_by("id")
    tasks = await mine.prefetch_related("case")
    found = await of(hearing, tasks, text)
    if not found or is_question(text) or (sure and not any(each.heard.first for each in found)):
        return None
    readings = [reading for each in found for reading in _readings(hearing, each, text)]
    return await hearing.offer(WHICH, _lead(hearing, found, text), [*readings, f"{LOOK} {case.no}"])


async def among(hearing: Hearing, tasks: Sequence[Task], text: str) -> Reply | None:
    """The tasks that have a button which a text speaks for, where several are in hand; None where none has."""
    if is_question(text):
        return None
    found = [each for each in await of(hearing, tasks, text) if each.heard.first and not each.heard.undecided]
    named = [each for each in found if await _is_named(each, text)]
    found = named or found
    readings = [
        f"{name} {each.no} {decisions.remark(text, name, hearing.lexicon)}".rstrip()
        for each in found
        for name in each.offered[:1]
    ]
    if not readings:
        return None
    return await hearing.offer(WHICH, _lead(hearing, found, text), [*readings[:OFFERED]])


async def _is_named(each: InHand, text: str) -> bool:
    """Whether a text names goods of the case."""
    titles = await each.task.case.lines.all().values_list("title", flat=True)
    return any(str(title) in text for title in titles if title)


def _readings(hearing: Hearing, each: InHand, text: str) -> list[str]:
    kept = f"{COMMENT} {each.no} {text}"
    buttons = [
        f"{name} {each.no} {decisions.remark(text, name, hearing.lexicon)}".rstrip() for name in each.offered[:MOST]
    ]
    return [kept, *buttons] if each.heard.paid and any(map(each.pays, each.offered)) else [*buttons, kept]


def _lead(hearing: Hearing, found: Sequence[InHand], text: str) -> str:
    """What the buttons will do; that one of them pays, where the money is said to have gone another way."""
    sure = any(each.heard.first for each in found)
    lead = f"“{short(text)}”要点一下才算，现在什么都没有做" if sure else f"“{short(text)}”没看懂，什么都没有做"
    paying = [(each, name) for each in found if each.heard.paid for name in each.offered if each.pays(name)]
    if not paying:
        return f"{lead}；这句话会跟着按钮一起记下"
    each, name = paying[0]
    shown = hearing.ctx.desk.business.matrix.sees(hearing.ctx.me.roles, AMOUNT) == WHOLE
    amount = f" {money(each.task.case.amount)}" if shown else ""
    return f"钱已经在别处付过？点“{name}”，店铺会再付一次{amount}。付过了先记成评论，再找主管撤单。现在什么都没有做"
