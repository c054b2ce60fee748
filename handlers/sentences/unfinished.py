"""A command without what it needs: done where that is clear, offered for my tasks, else explained."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cards.types import Text
from flow.engine.verbs import WITHDRAW
from flow.export import EXPORT
from flow.publishing.proposals import PUBLISH
from flow.views.case import open_tasks
from flow.views.overview import OVERVIEW
from handlers.chat import guesses, names, readings
from handlers.chat.context import Reply
from handlers.chat.cues import cues
from handlers.chat.spelling import asks_at_all, bare
from handlers.sentences import exports, in_hand, nearest, objects, second_thoughts, subjects
from handlers.sentences.hearing import (
    COMMENT,
    GIVE,
    HURRY,
    LOOK,
    OFFERED,
    REPORT,
    TAKE_BACK,
    asked,
    report,
    report_words,
    short,
    unled,
)
from models import Task, TaskState

if TYPE_CHECKING:
    from handlers.chat.sentences import Sentence
    from handlers.sentences.hearing import Hearing

HELP, MINE, LISTS = "帮助", "我的单", "名单"
FIGURES, RULES = (f"{REPORT} 指标", f"{REPORT} 退货原因", OVERVIEW), ("规则", "流程", "自动规则")
TO_CHANGE = "要改规矩：回复 规则 看金额和资格，回复 流程 退货 看每一步，例子在 帮助 规则、帮助 流程"
_NAMED = re.compile(r"[\u4e00-\u9fff·]{2,8}")
_OPENED = re.compile(r"提交|[开建提]的|刚开|那单|这单")  #: what is to be taken back is a case, and no decision
_NEWEST = re.compile(r"刚|最新|最后|上一|最近")


async def meant(hearing: Hearing, said: Sentence) -> Reply | None:
    """The answer to a sentence about a command that says neither a case nor another number."""
    command = said.commands[0]
    if reply := await _by_itself(hearing, said, command):
        return reply
    if command in hearing.lexicon.about_orders and (reply := await _opens_none(hearing, said, command)):
        return reply
    if not cues().asks_how(said.text) and (reply := await nearest.meant(hearing, said.text)):
        return reply
    words = command.split() if " " in command else [HELP, command]
    known = command.split()[0] in hearing.lexicon.commands
    able = not known or await guesses.works(hearing.ctx, words, hearing.strictly)
    return await hearing.run(hearing.ctx, words) if able or not hearing.ctx.may(command) else None


async def _by_itself(hearing: Hearing, said: Sentence, command: str) -> Reply | None:
    """The commands that need no number, or find theirs among what is mine; None for another one."""
    match command:
        case "名单 禁止" | "名单 移除" if asks_at_all(said.text):
            return await hearing.run(hearing.ctx, [LISTS])
        case "报表":
            return await _reported(hearing, said)
        case "导出":
            return await _exported(hearing, said)
        case "撤回":
            return await _taken_back(hearing, said)
        case "评论" if reply := await _remark(hearing, said):
            return reply
        case "查" | "催办" | "转交":
            if reply := await _of_mine(hearing, said, command):
                return reply
    return None


async def _reported(hearing: Hearing, said: Sentence) -> Reply:
    """The chart that a sentence asks for; where it says what no chart knows, what it may be about instead."""
    words = report_words(hearing, said)
    if not hearing.ctx.may(REPORT) or await readings.are_known(hearing.ctx, REPORT, words):
        return await report(hearing, said)
    return await nearest.meant(hearing, said.text) or await report(hearing, said)


async def _opens_none(hearing: Hearing, said: Sentence, command: str) -> Reply | None:
    """What is said with a word for a case by whoever asks for figures, or wishes for a rule; None for anybody else."""
    if reply := await nearest.meant(hearing, said.text):
        return reply
    told = f"“{short(said.text)}”没看懂，什么都没有做"
    if asks_at_all(said.text) and hearing.ctx.may(REPORT):
        shown = await hearing.run(hearing.ctx, [HELP, REPORT])
        return await nearest.beside(hearing, replace(shown, says=[Text(told), *shown.says]), FIGURES)
    wishes = not hearing.ctx.may(command) and hearing.ctx.may(PUBLISH)
    return await nearest.beside(hearing, Reply.of(Text(f"{told}。{TO_CHANGE}")), RULES) if wishes else None


async def _of_mine(hearing: Hearing, said: Sentence, command: str) -> Reply | None:
    """What can be said of my tasks; of what I opened last, or all that I opened, where I only ask how far it is."""
    ctx, (who, _) = hearing.ctx, names.in_text(said.text, hearing.ctx.staff)
    if command == HURRY:
        return await _hurried(hearing, said, who)
    opened = await _opened(hearing) if command == LOOK else ""
    if opened and (pointed := await _pointed(hearing, said, opened)):
        return pointed
    called = bare(said.left, hearing.lexicon) if command == LOOK else ""
    if _NAMED.fullmatch(called) and await guesses.works(ctx, [LOOK, called], hearing.strictly):
        return await hearing.run(ctx, [LOOK, called])  # 查张三
    tail = f" {who}".rstrip() if command == GIVE else ""
    of_others = who or len(await open_tasks(ctx.me)) > 1
    looks = nearest.meant if of_others else nearest.elsewhere
    if command == LOOK and (reply := await looks(hearing, said.text)):
        return reply
    waiting = await subjects.narrowed([task.case.no for task in await open_tasks(ctx.me)], said.text)
    mine = [f"{command} {no}{tail}" for no in waiting[:OFFERED]]
    if command == LOOK and len(mine) == 1:
        return await hearing.run(ctx, mine[0].split())
    if reply := await asked(hearing, said, mine):
        return reply
    seen = MINE if opened else OVERVIEW if ctx.may(OVERVIEW) else ""
    if command != LOOK or not seen or not asks_at_all(said.text):
        return None
    shown = await hearing.run(ctx, [seen])
    what = "你开的单" if opened else OVERVIEW
    return replace(shown, says=[Text(f"“{short(said.text)}”没写是哪一单；下面是{what}"), *shown.says])


async def _pointed(hearing: Hearing, said: Sentence, newest: str) -> Reply | None:
    """``刚开的那单``, ``赵四那个抓板退了没``: the case of mine that a text points to, which of a few; None for none."""
    named = [newest] if _NEWEST.search(said.text) else await subjects.named(await _mine(hearing), said.text)
    if len(named) == 1:
        return await hearing.run(hearing.ctx, [LOOK, named[0]])
    looks = [f"{LOOK} {no}" for no in named] if len(named) <= OFFERED else []
    return await asked(hearing, said, looks)


async def _hurried(hearing: Hearing, said: Sentence, who: str) -> Reply | None:
    """A colleague, or what of mine waits for them; of nobody what I have opened."""
    if who:
        theirs = await in_hand.waiting_at(hearing, who)
        able = [f"{HURRY} {who}", *(f"{HURRY} {no}" for no in await subjects.narrowed(theirs, said.text))]
        return await asked(hearing, said, able) or await hearing.run(hearing.ctx, [HURRY, who])
    if role := objects.role_named(hearing, said.text):
        people = [person.name for person in hearing.ctx.staff.with_role(role)]
        tasks = Task.filter(owner__name__in=people, state=TaskState.OPEN).order_by("due_at").limit(OFFERED)
        numbers = [str(no) for no in await tasks.values_list("case__no", flat=True)]
        able = [f"{HURRY} {each}" for each in (*people, *dict.fromkeys(numbers))]
        return await asked(hearing, said, able) or Reply.of(Text(f"{role}手上没有能催的单，什么都没有催"))
    opened = [case.no for case in await readings.opened_lately(hearing.ctx)]
    waiting = await subjects.narrowed(opened, said.text)
    return await asked(hearing, said, [f"{HURRY} {no}" for no in waiting[:OFFERED]])


async def _remark(hearing: Hearing, said: Sentence) -> Reply | None:
    """``备注客户周五上门``: for which of my tasks, or of what I have opened, it is to be kept."""
    words = unled(hearing.lexicon, said.text)
    if words == said.text:
        return None
    numbers = await subjects.narrowed(await _mine(hearing), words)
    return await asked(hearing, said, [f"{COMMENT} {no} {words}" for no in numbers][:OFFERED])


async def _mine(hearing: Hearing) -> list[str]:
    """The cases that wait for me, and those that I have opened."""
    waiting = [task.case.no for task in await open_tasks(hearing.ctx.me)]
    return [*waiting, *(case.no for case in await readings.opened_lately(hearing.ctx))]


async def _taken_back(hearing: Hearing, said: Sentence) -> Reply | None:
    """A decision of mine, or what I have just opened."""
    recent, opened = await readings.recent(hearing.ctx), await _opened(hearing)
    if not recent and (reply := await nearest.meant(hearing, said.text)):
        return reply
    if opened and _OPENED.search(said.text):
        return await asked(hearing, said, [f"{WITHDRAW} {opened}", f"{TAKE_BACK} {opened}", f"{LOOK} {opened}"])
    return await second_thoughts.taken_back(hearing, said, await subjects.narrowed(recent, said.text))


async def _opened(hearing: Hearing) -> str:
    """The number of the case that I opened last; "" for none."""
    found = await readings.opened_lately(hearing.ctx)
    return found[0].no if found else ""


async def _exported(hearing: Hearing, said: Sentence) -> Reply:
    """``上月退货单导出``: the list that the other words ask for; how it is written where one of them is not known."""
    words = exports.words(hearing, said)
    if not hearing.ctx.may(EXPORT) or await exports.is_clear(hearing, said):
        return await hearing.run(hearing.ctx, [EXPORT, *words])
    if reply := await nearest.meant(hearing, said.text):
        return reply
    shown = await hearing.run(hearing.ctx, [HELP, EXPORT])
    return replace(shown, says=[Text(f"“{short(' '.join(words), 20)}”没看懂，什么都没有导出"), *shown.says])
