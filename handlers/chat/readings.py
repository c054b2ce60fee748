"""What is wanted of my own tasks where no button is named: goods that are counted, a step back, 那个退货的."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flow import export
from flow.definitions.flow import REASON
from flow.errors import PolicyRefused
from flow.stats import StatsError, parse_report, values
from flow.stats.period import is_time, normal
from flow.stats.request import resolve
from flow.views.case import case_view
from handlers.chat import action_answers, arrivals, dialogs, parts, questions, shortfalls
from models import Case, CaseState, Order, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flow.definitions.flow import Node
    from handlers.chat.context import Ctx
    from handlers.chat.lexicon import Lexicon

_COUNTING = {arrivals.CAME, arrivals.GOOD, arrivals.BAD}
SEEN = "seen"  #: kind of the row that keeps which case somebody has looked up
_FRESH = timedelta(minutes=10)  #: what was looked up longer ago is not what one speaks of
_JUST_OPENED = re.compile(
    r"刚(?:才|刚)?我?(?:提交|提|开|建|录)(?:(?:了|好|完)?的|(?:了|好|完)?(?:那|这|一)(?:个|单|张|笔))"
)
_RECENT = 20  #: cases of mine that are looked at for a step to take back
_LOOKED = 20  #: running cases of mine that are looked through for what a sentence names
_LATELY = timedelta(days=7)  #: further back nobody means "the last one"
_READ = 200  #: tasks among which it is looked for
_POINTING = re.compile(
    r"[那这]一?(?:个|单|张|件|笔|条)?|刚才|刚刚|刚|上面|前面|上一|最后|最新|今天|早上|昨天|客户|买家|顾客|叫|姓|的|了|吧|[个单张件笔条]"
)
_OTHERWISE = re.compile(r"撤回|取消|别|不要|不能|错|除|先|等")  #: what makes a button's word no decision
_POINTS = re.compile(r"[那这刚]|上面|前面|上一|最后|最新|(?:的|单|件|笔)$")
_LONGEST_TIME = 8  #: characters of 2026年11月, beside which others are no time


@dataclass(frozen=True, slots=True)
class Counted:
    """A button with the words behind it, and what they count."""

    reading: str
    told: str
    short: bool = False  #: more goods are said to be on their way, and would come too late


async def counted(ctx: Ctx, text: str, tasks: Iterable[Task]) -> list[Counted]:
    """The buttons of my tasks that count goods, where the words say plainly how many."""
    found: list[Counted] = []
    for task in tasks:
        for button in (await nodes_of(ctx, task.case))[task.node].buttons:
            if set(button.asks) - {REASON} and "扣" in text and (pair := parts.part_and_fee(text)):
                found.append(Counted(f"{button.name} {task.case.no} {text}", f"{button.name} {pair[0]} 扣 ¥{pair[1]}"))
            if not _COUNTING & set(button.effects):
                continue
            try:
                behind = await action_answers.read(ctx, task.case, button.name, text.split())
            except PolicyRefused:
                continue
            counts = behind.said.get(questions.COUNTS) or {}
            if any(counts.values()) and not behind.todo:
                goods = "、".join(f"{sku} ×{units}" for sku, units in counts.items())
                less = await shortfalls.told(ctx, task.case, button, counts, text)
                told = f"{button.name} {goods}{f'：{less}' if less else ''}"
                found.append(Counted(f"{button.name} {task.case.no} {text}", told, short=bool(less)))
    return found


async def recent(ctx: Ctx) -> list[str]:
    """The cases on which I have decided something, the newest first."""
    mine = Task.filter(owner_id=ctx.me.id, state=TaskState.DONE, due_at__gt=ctx.at - _LATELY)
    tasks = await mine.order_by("-due_at").limit(_READ).prefetch_related("case")
    newest = sorted(tasks, key=lambda task: task.closed_at or task.opened_at, reverse=True)
    return list(dict.fromkeys(task.case.no for task in newest))[:_RECENT]


async def running(ctx: Ctx) -> list[str]:
    """The numbers of the cases that I have opened and that are not over, the newest first: as many as are looked at."""
    mine = Case.filter(creator_id=ctx.me.id, state__in=(CaseState.OPEN, CaseState.HELD)).order_by("-id")
    return [str(no) for no in await mine.limit(_LOOKED).values_list("no", flat=True)]


async def opened_lately(ctx: Ctx) -> list[Case]:
    """The cases that I have opened, the newest first."""
    mine = Case.filter(creator_id=ctx.me.id, opened_at__gt=ctx.at - _LATELY).order_by("-opened_at", "-id")
    return await mine.limit(_RECENT).only("id", "no", "opened_at")


async def seen(ctx: Ctx) -> str:
    """The running case that I have looked up just now; "" for none."""
    wait = await dialogs.last(ctx.me.id, SEEN)
    if wait is None or ctx.at - datetime.fromisoformat(wait.data["at"]) > _FRESH:
        return ""
    running = await Case.get_or_none(no=wait.data["no"], state__in=(CaseState.OPEN, CaseState.HELD)).only("id", "no")
    return running.no if running else ""


async def looked_up(ctx: Ctx, no: str) -> None:
    """Keep which case somebody looks at, for what they say of it next."""
    await dialogs.note(ctx.me.id, SEEN, {"no": no, "at": ctx.at.isoformat()}, ctx.at)


async def pointed_first(ctx: Ctx, numbers: Sequence[str], text: str) -> list[str]:
    """Some cases, the one that was looked up just now before all; of those that I opened only the newest: 刚提那个."""
    if _JUST_OPENED.search(text) and (newest := [case.no for case in (await opened_lately(ctx))[:1]]):
        return [no for no in numbers if no in newest] or list(numbers)
    return await seen_first(ctx, numbers)


async def seen_first(ctx: Ctx, numbers: Sequence[str]) -> list[str]:
    """Some cases, the one that was looked up just now before all."""
    last = await seen(ctx) if len(numbers) > 1 else ""
    return sorted(numbers, key=lambda no: no != last)


async def are_known(ctx: Ctx, command: str, words: Sequence[str]) -> bool:
    """Whether a command that looks has a use for all of the words: a time, a filter's value, a colleague."""
    try:
        if command == "报表":
            known = values.configured(ctx.desk.business, await ctx.desk.staff.now())
            request = parse_report(words, ctx.at, ctx.desk.zone)
            return bool(request and await resolve(request, known))
        if command in ("我的单", "查", export.EXPORT):
            lists = await export.known(ctx.desk)
            found = export.parse_list(words, lists, ctx.at, ctx.desk.zone)
            return bool(await export.resolve_list(found, lists))
    except StatsError:
        return False
    return len(words) == 1 and ctx.staff.named(words[0]) is not None


def timed(word: str) -> list[str]:
    """A word with a time at one of its ends apart from what it is glued to: 上周质量问题 is two."""
    for cut in range(len(word) - 1, 0, -1):
        if is_time(normal(word[:cut])):
            return [word[:cut], word[cut:]]
    for cut in range(1, len(word)):
        if is_time(normal(word[cut:])):
            return [word[:cut], word[cut:]]
    return [word]


def time_in(text: str) -> str:
    """The longest time that a text says; "" for none."""
    for size in range(min(_LONGEST_TIME, len(text)), 1, -1):
        for start in range(len(text) - size + 1):
            word = text[start : start + size]
            if word.strip() == word and not word.isdigit() and is_time(normal(word)):
                return word
    return ""


def pointed(text: str, lexicon: Lexicon) -> tuple[str, str]:
    """A button at either end of a text, and what points to the case: ``通过那个退货的``; "" for none."""
    text = text.rstrip("吧啊呀哈哦呢。!, ")
    names = sorted({*lexicon.actions, *lexicon.phrases.buttons}, key=len, reverse=True)
    for name in () if _OTHERWISE.search(text) else names:
        if len(name) > 1 and text.startswith(name) and _POINTS.search(text[len(name) :]):
            return name, text[len(name) :]
        if len(name) > 1 and text.endswith(name) and _POINTS.search(text[: -len(name)]):
            return name, text[: -len(name)]
    return "", ""


async def meant(ctx: Ctx, tasks: Sequence[Task], words: str) -> list[Task]:
    """Those of the tasks that the words fit, by kind, type, customer or goods; all of them where they say nothing."""
    said = _POINTING.sub("", words).strip(" ,。、")
    if not said:
        return list(tasks)
    return [task for task in tasks if await _fits(ctx, task, said)]


async def _fits(ctx: Ctx, task: Task, said: str) -> bool:
    view = await case_view(ctx.desk, task.case_id, viewer=ctx.me)
    order = await Order.get(id=task.case.order_id).only("id", "customer_name", "shop")
    names = [view.kind, view.return_type, order.customer_name, order.shop, view.creator]
    names += [line.title for line in view.lines]
    return any(name and (said in name or name in said) for name in names)


async def nodes_of(ctx: Ctx, case: Case) -> Mapping[str, Node]:
    return (await ctx.desk.rules(case.flow_id or 0, case.policy_id or 0)).flow.nodes
