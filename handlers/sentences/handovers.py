"""Work for a colleague who is named: 给李敏看一下, 转刘洋 在他那边, 我在开会,让李敏先看."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.chat import guesses, names, wordings
from handlers.chat.persons import FROM
from handlers.chat.spelling import MARKS, bare
from handlers.sentences.hearing import COMMENT, GIVE, HURRY, LOOK, OFFERED, WHICH, short
from models import Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing

COUNTERSIGN, COPY = "加签", "抄送"
_GIVEN = re.compile(
    r"^[\s,]*(?:这个|这单|那单|那个|包裹|件|货|单子|单|活)?(?:转给?|给|让|请|找|叫|问)?[\s,]*(?:先|来|帮忙|帮我|麻烦|辛苦|也|再|你)*(?=看|接|弄|顶|核|查|联系|回|审|批|收(?![了到回])|验|处理|定|决定|办|过目|把关|确认|跟|你来|$)"
)
_LOOKS = re.compile(r"^(?:看|审|批|收|收下|验|处理|办|过目|把关|确认|跟)(?:一下|一眼|下|吧)*$")
_NEEDS_NOT, _WORKS = (
    r"(?:不用|不必|不需要|无需|用不着|别|甭)",
    r"(?:再|来|去)?(?:看|审|批|管|签|验|收|办|过目|处理|操心)",
)
_SPARED = (
    rf"{{name}}\s?(?:那边|那里|那|就|也|可以)*{_NEEDS_NOT}{_WORKS}|{_NEEDS_NOT}(?:让|叫|请|给|麻烦)?{{name}}{_WORKS}"
)
_ASKED_TO = r"(?:给|让|请|找|叫|问|@)\s?{name}[^,。]{{0,4}}?(?:看|审|批|收(?![了到回])|验|处理|定|办|过目|把关|确认)"


async def given(hearing: Hearing, text: str, numbers: Sequence[str]) -> Reply | None:
    """``我在开会,让李敏先看`` of my tasks, which nobody names; None for another text."""
    lines = [line for no in numbers[:OFFERED] for line in readings(hearing, no, text)[: 3 if len(numbers) == 1 else 1]]
    lead = f"“{short(text)}”要点一下才算，现在什么都没有做"
    return await hearing.offer(WHICH, lead, lines)


async def to_somebody(hearing: Hearing, no: str, text: str) -> Reply | None:
    """The task for a colleague who is named, by a tap; None where nothing of it can go to anybody."""
    if reply := await spared(hearing, no, text):
        return reply
    found = readings(hearing, no, text)
    if found and found[0].startswith(f"{GIVE} ") and (reply := await shared(hearing, no, text, found[0].split()[2])):
        return reply
    if not [each for each in found if await guesses.works(hearing.ctx, each.split(), hearing.strictly)]:
        return None
    return await hearing.offer(WHICH, f"“{short(text)}”要点一下才算，现在什么都没有做", [*found, f"{LOOK} {no}"])


async def shared(hearing: Hearing, no: str, text: str, name: str) -> Reply | None:
    """``刘洋你收一下`` of what both of us have: nothing goes over, and the words reach them; None for another case."""
    owners = await Task.filter(case__no=no, state=TaskState.OPEN).values_list("owner__name", flat=True)
    if not {name, hearing.ctx.me.name} <= set(owners):
        return None
    lead = f"“{short(text)}”：{no} 本来也在 {name} 手上，不用转交；点“{COMMENT}”{name} 就收到，现在什么都没有做"
    return await hearing.offer(WHICH, lead, [f"{COMMENT} {no} {text}", f"{COPY} {no} {name} {text}", f"{LOOK} {no}"])


async def spared(hearing: Hearing, no: str, text: str) -> Reply | None:
    """``我同意了，李敏不用看了``: whose step it is, and that it stays one; None where nobody is to be spared."""
    ctx, (name, _) = hearing.ctx, names.in_text(text, hearing.ctx.staff)
    match = re.search(_SPARED.format(name=name), text) if name and name != ctx.me.name else None
    task = await Task.get_or_none(case__no=no, owner__name=name, state=TaskState.OPEN) if match else None
    if task is None:
        return None
    lead = f"“{short(text)}”：{no} 现在等 {name} 办“{task.node}”，这一步不会因为别人同意了就省掉，现在什么都没有做"
    take = f"{GIVE} {no} {ctx.me.name} {FROM} {name} {text}"
    return await hearing.offer(WHICH, lead, [take, f"{COMMENT} {no} {text}", f"{HURRY} {no} {text}", f"{LOOK} {no}"])


def names_somebody(hearing: Hearing, text: str) -> bool:
    """Whether a sentence has to do with a colleague's looking at something: 让李敏来看, 不用让李敏看."""
    return _asked_to(hearing, text) is not None


def _is_for_somebody(hearing: Hearing, text: str) -> bool:
    match = _asked_to(hearing, text)
    return match is not None and not text[: match.start()].endswith(
        (*hearing.lexicon.phrases.noes, *wordings.wordings().noes)
    )


def _asked_to(hearing: Hearing, text: str) -> re.Match[str] | None:
    name, _ = names.in_text(text, hearing.ctx.staff)
    return re.search(_ASKED_TO.format(name=name), text) if name and name != hearing.ctx.me.name else None


def readings(hearing: Hearing, no: str, whole: str) -> list[str]:
    """What ``给李敏看一下`` may ask for: the task to somebody, a second opinion, or that they know."""
    clauses = whole.replace(",", " ").split()
    named = [clause for clause in clauses if names.in_text(clause, hearing.ctx.staff)[0]]
    name, left = names.in_text(named[0], hearing.ctx.staff) if len(named) == 1 else ("", "")
    match = _GIVEN.match(left) if name and name != hearing.ctx.me.name else None
    if match is None and not _is_for_somebody(hearing, whole):
        return []
    rest = _LOOKS.sub("", left[match.end() :].strip(MARKS)) if match else whole
    others = [clause for clause in clauses if match and clause != named[0]]
    why = ",".join([*others, *([rest] if len(bare(rest, hearing.lexicon)) > 1 else [])])
    verbs = (GIVE, COUNTERSIGN, COPY) if match else (COUNTERSIGN, GIVE, COPY)
    return [" ".join(filter(None, (verb, no, name, why))) for verb in verbs]


def handed(hearing: Hearing, no: str, text: str) -> list[str]:
    """``转刘洋 在他那边``: to whom it is to go, and why; none for another text."""
    name, _ = names.in_text(text, hearing.ctx.staff)
    called = f"转{name}"
    return [GIVE, no, name, *text.removeprefix(called).split()] if name and text.startswith(called) else []
