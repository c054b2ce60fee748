"""上手: a guided first hour, a step at a time; where one has come to is remembered."""

from __future__ import annotations

from cards.lesson import ANEW, LEARN, LEAVE, StepView, finished, left, lesson_card, passed
from flow.errors import NotFound, NotUnderstood
from handlers.chat import dialogs
from handlers.chat.context import Ctx, Named, Reply
from handlers.chat.lessons import Lesson, lesson_for
from handlers.chat.router import Router

router = Router()
CARD = "lesson"  #: name of its cards, and kind of the row that remembers
STOPPING = ("停", "停下", "先到这里", "不学了", "取消")
USAGE = f"{LEARN}；{LEARN} <第几步>；{LEARN} {ANEW}；{LEARN} {LEAVE}"


@router.command(LEARN, USAGE)
async def learn(ctx: Ctx, words: list[str]) -> Reply:
    first = ctx.desk.business.present.ids.roles
    lesson = lesson_for({*ctx.me.roles, *(first.get(role, role) for role in ctx.me.roles)})
    if lesson is None:
        raise NotFound("你的角色还没有上手的步骤，回复 帮助 看能说什么")
    row = await dialogs.last(ctx.me.id, CARD)
    at, shown = (int(row.data["step"]), int(row.data["shown"])) if row else (1, 0)
    at = min(at, len(lesson.steps))
    word = words[0] if words else ""
    tapped = int(word) - 1 if word.isdecimal() and 1 < int(word) <= len(lesson.steps) else at
    face = passed(_view(lesson, tapped)) if ctx.card else None
    if word in STOPPING:
        return Reply(face, [left(at, len(lesson.steps))])
    if word == LEAVE:
        await _remember(ctx, 1, shown)
        return Reply(face, [finished(len(lesson.steps))])
    return Reply(face, [await _step(ctx, lesson, _wanted(word, at, len(lesson.steps)), shown + 1)])


def _wanted(word: str, at: int, of: int) -> int:
    """The step that is meant. Raises NotUnderstood for none."""
    if not word:
        return at
    if word == ANEW:
        return 1
    if not word.isdecimal() or not 1 <= int(word) <= of:
        raise NotUnderstood(f"{LEARN}一共 {of} 步，请写成：{LEARN} 2，或 {LEARN}、{LEARN} {ANEW}、{LEARN} {LEAVE}")
    return int(word)


async def _step(ctx: Ctx, lesson: Lesson, number: int, shown: int) -> Named:
    await _remember(ctx, number, shown)
    if (before := _token(ctx, shown - 1)) != ctx.card:
        await dialogs.retire(before, ctx.me.id, ctx.at)
    return Named(lesson_card(_view(lesson, number)), _token(ctx, shown), CARD)


def _token(ctx: Ctx, shown: int) -> str:
    return f"{CARD}-m{ctx.me.id}-{shown}"


def _view(lesson: Lesson, number: int) -> StepView:
    step = lesson.steps[number - 1]
    return StepView(number, len(lesson.steps), step.title, step.about, step.button, step.words)


async def _remember(ctx: Ctx, step: int, shown: int) -> None:
    await dialogs.note(ctx.me.id, CARD, {"step": step, "shown": shown}, ctx.at)
